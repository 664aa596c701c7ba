"""The level meter of the microphone: a row of bars, painted at most 30 times a second."""

from __future__ import annotations

from collections import deque

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from mmdesk.ui import theme
from mmdesk.ui.i18n import tr
from mmdesk.ui.widgets import named

_BARS = 28
_FRAME_MS = 34


class LevelMeter(QWidget):
    """The last levels as bars, the newest on the right.

    Attributes:
        levels: 0..1, the oldest first.
        paints: how often it was painted (for tests of the cost).
    """

    def __init__(self) -> None:
        super().__init__()
        named(self, "levelMeter", tr("Microphone level"))
        self.levels: deque[float] = deque([0.0] * _BARS, maxlen=_BARS)
        self.paints = 0
        self._loudest = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_FRAME_MS)
        self._timer.timeout.connect(self._advance)

    def set_level(self, level: float) -> None:
        """Take a level in 0..1; the loudest between two frames is shown."""
        self._loudest = max(self._loudest, min(1.0, max(0.0, level)))
        if not self._timer.isActive():
            self._timer.start()

    def clear(self) -> None:
        """Show silence."""
        self._timer.stop()
        self._loudest = 0.0
        self.levels.extend([0.0] * _BARS)
        self.update()

    def _advance(self) -> None:
        self.levels.append(self._loudest)
        self._loudest = 0.0
        self.update()

    def sizeHint(self) -> QSize:
        """Return the preferred size."""
        return QSize(120, 30)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the bars."""
        self.paints += 1
        tokens = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        step = self.width() / _BARS
        middle = self.height() / 2
        for index, level in enumerate(self.levels):
            half = max(1.5, level**0.6 * (middle - 1))
            painter.setBrush(theme.colour(tokens.accent if level > 0.01 else tokens.border))
            bar = QRectF(index * step + 1, middle - half, max(1.5, step - 2.5), 2 * half)
            painter.drawRoundedRect(bar, 1.5, 1.5)
        painter.end()
