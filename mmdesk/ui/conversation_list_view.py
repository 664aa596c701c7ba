"""List view of the conversations: its keys, its menu button, and dragging into projects."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QListView

from mmdesk.ui.history_delegate import HistoryDelegate
from mmdesk.ui.history_model import ROW, HistoryRow


class ConversationListView(QListView):
    """List view in which Enter opens, F2 renames, Delete deletes, the menu key opens the menu.

    Signals:
        opened(QModelIndex), deleted(QModelIndex)
        menu_wanted(QModelIndex, QPoint): "⋯" of a row was clicked, at this point of the viewport.
    """

    opened = Signal(QModelIndex)
    deleted = Signal(QModelIndex)
    menu_wanted = Signal(QModelIndex, QPoint)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Open the menu of a row at its "⋯"."""
        at = event.position().toPoint()
        index = self.indexAt(at)
        row: HistoryRow | None = index.data(ROW)
        has_more = row is not None and bool(row.id or row.project) and row.hit is None
        left = event.button() == Qt.MouseButton.LeftButton
        if left and has_more and HistoryDelegate.more_area(self.visualRect(index)).contains(at):
            self.setCurrentIndex(index)
            self.menu_wanted.emit(index, at)
        else:
            super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Handle Enter and Delete."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit(self.currentIndex())
        elif event.key() == Qt.Key.Key_Delete:
            self.deleted.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def startDrag(self, actions: Qt.DropAction) -> None:
        """Drag a conversation; the list takes drops meanwhile, everything else is the window's."""
        for taker in (self, self.viewport()):
            taker.setAcceptDrops(True)
        super().startDrag(actions)
        for taker in (self, self.viewport()):
            taker.setAcceptDrops(False)
