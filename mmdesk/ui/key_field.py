"""Field that takes a key sequence as it is pressed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QKeySequenceEdit, QLineEdit, QToolButton

from mmdesk.ui.i18n import say, tr
from mmdesk.ui.widgets import named

_LEFT_OUT = (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter)
_CLEARING = (Qt.Key.Key_Backspace, Qt.Key.Key_Delete)


class KeyField(QKeySequenceEdit):
    """Field for one key sequence, with a button that clears it.

    Escape and Enter alone are left to the dialog, Backspace and Delete alone clear the field.
    """

    def __init__(self, object_name: str, accessible: str, keys: str = "") -> None:
        super().__init__(QKeySequence(keys))
        named(self, object_name, accessible)
        self.setMaximumSequenceLength(1)
        self.setClearButtonEnabled(True)
        inside = self.findChild(QLineEdit)
        if inside is not None:
            say(inside.setAccessibleName, accessible)
            for button in inside.findChildren(QToolButton):
                named(button, f"{object_name}Clear", tr("Clear"))

    @property
    def portable(self) -> str:
        """The key sequence under its portable name, "" for none."""
        return self.keySequence().toString(QKeySequence.SequenceFormat.PortableText)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the keys that are pressed."""
        alone = event.modifiers() == Qt.KeyboardModifier.NoModifier
        if alone and event.key() in _LEFT_OUT:
            event.ignore()
        elif alone and event.key() in _CLEARING:
            self.clear()
        else:
            super().keyPressEvent(event)
