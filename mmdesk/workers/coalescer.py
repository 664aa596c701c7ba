"""Queue of events from a worker thread to the window's: in order, text joined, nothing dropped.

A model can produce text faster than a window can draw it, and every signal that crosses threads
costs an event. So text is gathered for a sixteenth of a second and drawn in one go, while
everything else (and the text that came before it) passes at once. On two cores, where the model
computes on both, drawing twice as often makes answers one or two in a hundred slower.
"""

from __future__ import annotations

import threading
from collections import deque
from itertools import groupby

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from mmdesk.values import ReasoningChunk, TextChunk

INTERVAL_MS = 60


class Coalescer(QObject):
    """Queue from any thread to the thread this object lives in.

    Signals:
        passed: one item; neighbouring TextChunks arrive joined into one, ReasoningChunks too.
    """

    passed = Signal(object)
    _arrival_noted = Signal(bool)

    def __init__(self, interval_ms: int = INTERVAL_MS, parent: QObject | None = None) -> None:
        """Gather text for `interval_ms`."""
        super().__init__(parent)
        self._lock = threading.Lock()
        self._arrived: list[object] = []
        self._urgent = False
        self._leaving: deque[object] = deque()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(interval_ms)
        self._timer.timeout.connect(self.flush)
        self._arrival_noted.connect(self._on_arrival, Qt.ConnectionType.QueuedConnection)

    def put(self, item: object) -> None:
        """Queue one item; may be called from any thread, never waits for the window."""
        urgent = not isinstance(item, TextChunk | ReasoningChunk)
        with self._lock:
            is_news = not self._arrived or (urgent and not self._urgent)
            self._arrived.append(item)
            self._urgent = self._urgent or urgent
        if is_news:
            self._arrival_noted.emit(urgent)

    @Slot(bool)
    def _on_arrival(self, urgent: bool) -> None:
        if urgent:
            self.flush()
        elif not self._timer.isActive():
            self._timer.start()

    @Slot()
    def flush(self) -> None:
        """Pass everything that has been put so far (called in this object's own thread).

        A receiver may run an event loop of its own (a dialog), in which this is called again: the
        items that are still leaving then go first, so the order holds.
        """
        self._timer.stop()
        with self._lock:
            arrived, self._arrived, self._urgent = self._arrived, [], False
        self._leaving.extend(_joined(arrived))
        while self._leaving:
            self.passed.emit(self._leaving.popleft())


def _joined(items: list[object]) -> list[object]:
    joined: list[object] = []
    for kind, run in groupby(items, key=type):
        if kind is TextChunk:
            joined.append(TextChunk("".join(chunk.text for chunk in run)))  # type: ignore[attr-defined]
        elif kind is ReasoningChunk:
            joined.append(ReasoningChunk("".join(chunk.text for chunk in run)))  # type: ignore[attr-defined]
        else:
            joined.extend(run)
    return joined
