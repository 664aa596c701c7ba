"""An error and its hint in a frame of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from mmdesk.ui.i18n import TranslatedText, say, sentences, translated
from mmdesk.ui.widgets import glyph, label, named

if TYPE_CHECKING:
    from PySide6.QtWidgets import QLabel, QWidget


class ErrorCard(QFrame):
    """Message and hint of an error, and buttons below or beside them.

    It is hidden until there is an error. Its content is made by `complete` or by the first error,
    since the window has none at its first paint.

    Attributes:
        message: the label of what went wrong.
        hint: the label of what the user can do; hidden where there is nothing to say.
    """

    message: QLabel
    hint: QLabel

    def __init__(
        self,
        object_name: str,
        accessible: str,
        margins: tuple[int, int, int, int] = (14, 12, 14, 12),
        glyph_side: int = 16,
    ) -> None:
        super().__init__()
        self.setProperty("kind", "error")
        named(self, object_name, accessible)
        self._margins = margins
        self._glyph_side = glyph_side
        self._row: QHBoxLayout | None = None
        self.hide()

    def complete(self) -> None:
        """Make the sign and the labels, if they are not there yet."""
        if self._row is not None:
            return
        from PySide6.QtCore import Qt

        self.message = label("", "danger", wrap=True)
        self.hint = label("", "danger", wrap=True)
        self._text_column = QVBoxLayout()
        self._text_column.setSpacing(2)
        self._text_column.addWidget(self.message)
        self._text_column.addWidget(self.hint)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(*self._margins)
        self._row.setSpacing(10)
        sign = glyph("warning", "danger", self._glyph_side)
        self._row.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        self._row.addLayout(self._text_column, 1)

    def add_below(self, button: QWidget) -> None:
        """Put a button below the hint."""
        from PySide6.QtCore import Qt

        self.complete()
        self._text_column.addSpacing(4)
        self._text_column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)

    def add_beside(self, button: QWidget) -> None:
        """Put a button to the right of the message."""
        from PySide6.QtCore import Qt

        self.complete()
        assert self._row is not None
        self._row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)

    def show_error(self, message: str, hint: str) -> TranslatedText:
        """Show what went wrong and the hint.

        Returns:
            Both as one text, to be announced to a screen reader.
        """
        self.complete()
        whole = sentences(translated(message), translated(hint))
        say(self.message.setText, translated(message))
        say(self.hint.setText, translated(hint))
        self.hint.setVisible(bool(hint))
        say(self.setAccessibleDescription, whole)
        self.show()
        return whole
