"""How late an event loop is: a timer that should fire every few milliseconds, and when it did."""

from __future__ import annotations

import time
from statistics import quantiles

from PySide6.QtCore import QObject, Qt, QTimer, Slot

INTERVAL_MS = 5


class LateMeter(QObject):
    """Ticks in the thread it is made in.

    Attributes:
        late_ms: by how much each tick came after the time it was due (wall clock).
        busy_ms: this thread's own processor time between two ticks: what its slots took, whatever
            else the machine was doing.
    """

    def __init__(self) -> None:
        super().__init__()
        self.late_ms: list[float] = []
        self.busy_ms: list[float] = []
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self._on_tick)
        self._wall = self._cpu = 0.0

    def start(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.thread_time()
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    @Slot()
    def _on_tick(self) -> None:
        wall, cpu = time.perf_counter(), time.thread_time()
        self.late_ms.append(max(0.0, (wall - self._wall) * 1000 - INTERVAL_MS))
        self.busy_ms.append((cpu - self._cpu) * 1000)
        self._wall, self._cpu = wall, cpu

    def summary(self) -> dict[str, float]:
        """Milliseconds, and how many ticks they are of."""
        cuts = quantiles(self.late_ms, n=100)
        return {
            "ticks": len(self.late_ms),
            "late_p50_ms": round(cuts[49], 2),
            "late_p99_ms": round(cuts[98], 2),
            "late_max_ms": round(max(self.late_ms), 2),
            "busy_max_ms": round(max(self.busy_ms), 2),
        }
