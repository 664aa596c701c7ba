"""What the window's process needs around its window: first paint, garbage, Ctrl+C."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

if TYPE_CHECKING:
    from PySide6.QtCore import QEvent
    from PySide6.QtWidgets import QWidget

COLLECT_MS = 1000
UNSEEN_MS = 1500  # a window that opens minimised is never painted; work begins all the same


class FirstPaint(QObject):
    """Watches a window until it has been painted once.

    Signals:
        painted: the first paint is over and the event loop is free again; comes exactly once.
    """

    painted = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._over = False
        self._window = window
        window.installEventFilter(self)
        self._unseen = QTimer(self)
        self._unseen.setSingleShot(True)
        self._unseen.timeout.connect(self._on_over)
        self._unseen.start(UNSEEN_MS)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        from PySide6.QtCore import QEvent

        if event.type() == QEvent.Type.Paint and not self._over:
            self._window.removeEventFilter(self)
            self._unseen.start(0)  # the children's paint events come in the same round
        return False

    def is_over_now(self) -> None:
        """The window was painted before anybody watched it; `painted` comes all the same."""
        self._unseen.start(0)

    @Slot()
    def _on_over(self) -> None:
        if not self._over:
            self._over = True
            self._window.removeEventFilter(self)
            self.painted.emit()


class Collector(QObject):
    """Python's garbage is collected in the window's thread, and nowhere else.

    Left to itself, a collection runs in whatever thread happens to allocate. When it finds a
    QObject there while the window's thread connects or disconnects a signal, the two can wait
    for each other's lock (Qt's and the interpreter's) for ever: seen, and reproduced with two
    threads and twenty objects within seconds.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(COLLECT_MS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    @Slot()
    def collect(self) -> None:
        """Collect the generations that are due by Python's own thresholds, the youngest first."""
        for generation in range(3):
            if gc.get_count()[generation] <= gc.get_threshold()[generation]:
                return
            gc.collect(generation)

    def close(self) -> None:
        """Python collects by itself again."""
        self._timer.stop()
        gc.enable()


class Interrupt(QObject):
    """Turns Ctrl+C in the terminal into a signal of the event loop, without polling.

    Signals:
        interrupted: SIGINT came.
    """

    interrupted = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        import signal
        import socket

        from PySide6.QtCore import QSocketNotifier

        super().__init__(parent)
        self._read, self._write = socket.socketpair()
        self._read.setblocking(False)
        self._write.setblocking(False)
        self._notifier = QSocketNotifier(
            self._read.fileno(),
            QSocketNotifier.Type.Read,
            self,
        )
        self._notifier.activated.connect(self._on_activated)
        self._old_fd = signal.set_wakeup_fd(self._write.fileno(), warn_on_full_buffer=False)
        self._old_handler = signal.signal(signal.SIGINT, _noted)

    def close(self) -> None:
        """Ctrl+C means again what it meant before."""
        import signal

        signal.set_wakeup_fd(self._old_fd)
        signal.signal(signal.SIGINT, self._old_handler)
        self._notifier.setEnabled(False)
        self._read.close()
        self._write.close()

    @Slot()
    def _on_activated(self) -> None:
        self._read.recv(64)
        self.interrupted.emit()


def _noted(_number: int, _frame: object) -> None:
    """Python's side of the signal; the wake-up byte does the work."""
