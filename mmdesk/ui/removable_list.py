"""List of entries that the user may remove."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListWidget


class RemovableList(QListWidget):
    """List in which Delete removes the current entry.

    Signals:
        removed(): the current entry is to be removed.
    """

    removed = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Handle Delete."""
        if event.key() == Qt.Key.Key_Delete:
            self.removed.emit()
        else:
            super().keyPressEvent(event)
