"""Selected text and picture of the clipboard that a quick question can take along."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QClipboard, QGuiApplication
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from mmdesk.ui.i18n import say, tr
from mmdesk.ui.paste import read
from mmdesk.ui.widgets import ElidedLabel, named

_LONGEST = 200_000  # characters of a selected text; more is cut off
_PREVIEW = 200


class QuickSources(QWidget):
    """One row for each source that there is; the user ticks what is to be used.

    The selected text is the primary selection of X11, which needs no clipboard. Elsewhere programs
    are not told what is selected, and the row is missing.

    Signals:
        changed(): something was ticked, or is not any more.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._text, self._has_picture = "", False
        self.text_choice = QCheckBox()
        say(self.text_choice.setText, tr("Use selected text"))
        named(self.text_choice, "quickTextChoice", tr("Use selected text"))
        self.preview = ElidedLabel("", "muted")
        self.preview.setObjectName("quickTextPreview")
        self.picture_choice = QCheckBox()
        say(self.picture_choice.setText, tr("Use picture from clipboard"))
        named(self.picture_choice, "quickPictureChoice", tr("Use picture from clipboard"))
        for choice in (self.text_choice, self.picture_choice):
            choice.toggled.connect(self.changed)
        self._text_row = QWidget()
        row = QHBoxLayout(self._text_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.text_choice)
        row.addWidget(self.preview, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(2, 0, 2, 0)
        column.setSpacing(2)
        column.addWidget(self._text_row)
        column.addWidget(self.picture_choice)
        self._show_rows()

    # --- looking ------------------------------------------------------------------------------

    def look(self) -> None:
        """Look what is selected on the desktop and what is in the clipboard."""
        clipboard = QGuiApplication.clipboard()
        text = ""
        if clipboard.supportsSelection() and not clipboard.ownsSelection():
            text = clipboard.text(QClipboard.Mode.Selection)
        self._text = text.strip()[:_LONGEST]
        self.look_at_clipboard()

    @Slot()
    def look_at_clipboard(self) -> None:
        """Offer the picture that is in the clipboard now, if there is one."""
        mime = QGuiApplication.clipboard().mimeData()
        self._has_picture = mime is not None and mime.hasImage()
        self._show_rows()

    def _show_rows(self) -> None:
        has_picture = self._has_picture
        start = " ".join(self._text[:_PREVIEW].split())
        self.preview.setText(f"“{start}”" if start else "")
        self._text_row.setVisible(bool(self._text))
        self.picture_choice.setVisible(has_picture)
        if not has_picture:
            self.picture_choice.setChecked(False)
        self.setVisible(bool(self._text) or has_picture)

    def clear(self) -> None:
        """Forget everything."""
        self._text, self._has_picture = "", False
        self.text_choice.setChecked(False)
        self.picture_choice.setChecked(False)
        self._show_rows()

    # --- what is wanted -----------------------------------------------------------------------

    def want_text(self) -> None:
        """Tick the selected text, where there is one."""
        self.text_choice.setChecked(bool(self._text))

    def want_picture(self) -> None:
        """Tick the picture, where there is one."""
        self.look_at_clipboard()
        self.picture_choice.setChecked(not self.picture_choice.isHidden())

    def wanted_text(self) -> str:
        """Return the selected text, if it is ticked."""
        return self._text if self.text_choice.isChecked() else ""

    def is_wanted(self) -> bool:
        """Return whether anything is ticked."""
        return bool(self.wanted_text()) or self.wants_picture()

    def wants_picture(self) -> bool:
        """Return whether the picture is ticked."""
        return self.picture_choice.isChecked()

    def wanted_picture(self) -> bytes:
        """Return the picture of the clipboard as PNG, if it is ticked."""
        mime = QGuiApplication.clipboard().mimeData() if self.wants_picture() else None
        return read(mime).png if mime is not None else b""
