"""Text field of every editor: Enter takes the text, Shift+Enter breaks the line."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit


class EditField(QPlainTextEdit):
    """Text field in which Enter sends, Shift+Enter breaks the line and Escape cancels."""

    sent = Signal()
    cancelled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._composing = False

    def event(self, event: QEvent) -> bool:
        """Take Escape before a shortcut of the window does."""
        escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if escape and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # or the window takes the key to stop an answer
            return True
        return super().event(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Remember whether an input method is composing."""
        self._composing = bool(event.preeditString())
        super().inputMethodEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Send, break the line, cancel or type."""
        new_line = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.AltModifier
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        elif event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
        elif self._composing:
            event.ignore()  # it belongs to the input method
        elif event.modifiers() & new_line:
            self.textCursor().insertBlock()
            self.ensureCursorVisible()
        else:
            self.sent.emit()
