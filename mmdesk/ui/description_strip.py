"""The strip under a picture: what was seen and read in it, for the person to correct."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from mmdesk.ui.i18n import joined, say, tr
from mmdesk.ui.pending_attachments import PendingAttachments
from mmdesk.ui.widgets import icon_button, label, named, text_button
from mmdesk.values import ImageDescription, Label

_SHORT = 110  # characters of read text that are shown before "more"


def likelihood(probability: float) -> str:
    """How sure the recognition is, in words."""
    if probability >= 0.75:
        return tr("very likely")
    if probability >= 0.4:
        return tr("likely")
    return tr("perhaps") if probability >= 0.15 else tr("a guess")


def seen_words(description: ImageDescription) -> str:
    """What was seen: the caption on a line, what was recognised on another; "" for nothing."""
    recognised = joined(", ", (_label_words(known) for known in description.labels[:4]))
    return joined("\n", (description.caption, recognised))


def _label_words(known: Label) -> str:
    return tr("{0} ({1})").format(known.full_name, likelihood(known.probability))


class DescriptionStrip(QFrame):
    """Shows a picture's ImageDescription, and takes the person's correction of it; wherever the picture
    stands, the words are those of the one `PendingAttachments`.
    """

    def __init__(self, sha256: str, attachments: PendingAttachments, name: str) -> None:
        super().__init__()
        self.sha256 = sha256
        self._attachments = attachments
        self._expanded = False
        self.setProperty("kind", "strip")
        named(self, "sightStrip", tr("What I saw and read in {0}").format(name))
        self._title = label(tr("What I saw · read"), "muted")
        self._edit_button = icon_button(
            "edit", "editSightButton", tr("Correct what was seen in {0}").format(name),
            tr("Correct this: your words are used in its place"), side=28, glyph=15,
        )  # fmt: skip
        self._seen = label(wrap=True)
        self._read = label(wrap=True)
        for words in (self._seen, self._read):
            words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._more = text_button("", "moreTextButton", "link", tr("Show all text"))
        self._editor = self._make_editor(name)
        self._lay_out()
        self._edit_button.clicked.connect(self.begin_correction)
        self._more.clicked.connect(self._on_more)
        attachments.description_changed.connect(self._on_description)
        self.refresh()

    def _make_editor(self, name: str) -> QWidget:
        box = QWidget()
        self._field = QPlainTextEdit()
        self._field.setFixedHeight(76)
        self._field.setTabChangesFocus(True)
        self._field.setAcceptDrops(False)
        named(self._field, "sightField", tr("Your words for {0}").format(name))
        say(self._field.setPlaceholderText, tr("Say what the picture shows"))
        save = text_button(tr("Save"), "saveSightButton", "primary")
        back = text_button(tr("Cancel"), "cancelSightButton", "quiet")
        save.clicked.connect(self._on_save)
        back.clicked.connect(self._end_correction)
        row = QHBoxLayout()
        row.addStretch()
        row.addWidget(back)
        row.addWidget(save)
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._field)
        column.addLayout(row)
        box.hide()
        return box

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self._edit_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 4, 6, 8)
        column.setSpacing(2)
        column.addLayout(head)
        for widget in (self._seen, self._read, self._more, self._editor):
            column.addWidget(widget)

    # --- showing ------------------------------------------------------------------------------

    @Slot(str)
    def _on_description(self, sha256: str) -> None:
        if sha256 == self.sha256 and self._editor.isHidden():
            self.refresh()

    def refresh(self) -> None:
        """Show what is known about the picture now."""
        description = self._attachments.description(self.sha256)
        self._edit_button.setVisible(description is not None)
        if description is None:
            self._show(tr("Not looked at yet"), "")
        elif description.correction:
            say(self._title.setText, tr("In your words"))
            self._show(description.correction, "")
        else:
            say(self._title.setText, tr("What I saw · read"))
            nothing = "" if description.text else tr("Nothing recognised")
            self._show(seen_words(description) or nothing, description.text)

    def _show(self, seen: str, read: str) -> None:
        flat = " ".join(read.split())
        short = flat if len(flat) <= _SHORT else flat[:_SHORT].rstrip() + "…"
        say(self._seen.setText, seen)
        self._seen.setVisible(bool(seen))
        self._read.setText(f"“{read if self._expanded else short}”")
        self._read.setVisible(bool(flat))
        self._more.setVisible(len(flat) > _SHORT)
        say(self._more.setText, tr("Show less") if self._expanded else tr("Show all text"))

    @Slot()
    def _on_more(self) -> None:
        self._expanded = not self._expanded
        self.refresh()

    # --- correcting ---------------------------------------------------------------------------

    @Slot()
    def begin_correction(self) -> None:
        """Open the field with what is shown now."""
        description = self._attachments.description(self.sha256) or ImageDescription()
        parts = [description.caption or seen_words(description), " ".join(description.text.split())]
        self._field.setPlainText(
            description.correction or "\n".join(part for part in parts if part)
        )
        for widget in (self._seen, self._read, self._more, self._edit_button):
            widget.hide()
        self._editor.show()
        self._field.setFocus()

    @Slot()
    def _on_save(self) -> None:
        words = self._field.toPlainText().strip()
        self._end_correction()
        self._attachments.correct(self.sha256, words)

    @Slot()
    def _end_correction(self) -> None:
        self._editor.hide()
        self.refresh()
