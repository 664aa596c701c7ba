"""Line edits to search in: with a magnifying glass, and cleared by Escape."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QToolButton

from mmdesk.ui.i18n import say, tr
from mmdesk.ui.icons import icon
from mmdesk.ui.widgets import named


class EscapeClearedEdit(QLineEdit):
    """Line edit that Escape clears while it holds a text."""

    def event(self, event: QEvent) -> bool:
        """Take Escape before the window does, while there is a text."""
        if event.type() == QEvent.Type.ShortcutOverride and self._clears(event):
            event.accept()  # or the window takes the key to stop an answer
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Clear the text at Escape."""
        if self._clears(event):
            self.clear()
        else:
            super().keyPressEvent(event)

    def _clears(self, event: QEvent) -> bool:
        escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        return escape and bool(self.text())


def search_field(object_name: str, text: str) -> QLineEdit:
    """Return a field to search in; `text` is its placeholder and its name for screen readers."""
    field = QLineEdit()
    named(field, object_name, text)
    say(field.setPlaceholderText, text)
    field.addAction(icon("search", "muted"), QLineEdit.ActionPosition.LeadingPosition)
    for button in field.findChildren(QToolButton):
        named(button, f"{object_name}Glyph", tr("Search"))
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return field
