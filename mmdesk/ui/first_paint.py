"""Detection of a window's first paint, after which the heavier work may begin."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

_NEVER_PAINTED_MS = 1500  # a window that opens minimised is never painted; work begins all the same


class FirstPaint(QObject):
    """Event filter of a window until its first paint.

    Attributes:
        is_over: `over` was emitted.

    Signals:
        over(): the first paint is over and the event loop is free again; exactly once, also where
            the window opens minimised.
    """

    over = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.is_over = False
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Wait for the paint a bounded time, and for the children's paint in the same round."""
        kind = event.type()
        if kind == QEvent.Type.Show:
            QTimer.singleShot(_NEVER_PAINTED_MS, self, self._end)
        elif kind == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self, self._end)
        return False

    @Slot()
    def _end(self) -> None:
        if not self.is_over:
            self.is_over = True
            self.over.emit()
