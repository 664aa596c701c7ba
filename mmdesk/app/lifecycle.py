"""Garbage collection and Ctrl+C in the window's process."""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer, Signal, Slot

COLLECT_MS = 1000


class Collector(QObject):
    """Garbage collector that runs in the window's thread only.

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
        """Give garbage collection back to Python."""
        self._timer.stop()
        gc.enable()


class Interrupt(QObject):
    """Ctrl+C in the terminal as a signal of the event loop, without polling.

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
        """Restore the previous handling of Ctrl+C."""
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
    """Accept the signal; the wake-up byte does the work."""
