"""Spectrogram of the recording: what the microphone hears, as colours over time."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from PySide6.QtCore import QSize, QTimer
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from mmdesk.ui import theme
from mmdesk.ui.i18n import tr
from mmdesk.ui.widgets import named

_COLUMNS = 160
_HEIGHT = 72  # px
_FRAME_MS = 50


class Spectrogram(QWidget):
    """The last seconds of a recording; time runs to the right, pitch upwards.

    Attributes:
        columns: the levels of the bands from low to high, 0..1 each; the newest column last.
    """

    def __init__(self) -> None:
        super().__init__()
        named(self, "spectrogram", tr("Spectrogram"))
        self.columns: deque[Sequence[float]] = deque(maxlen=_COLUMNS)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_FRAME_MS)
        self._timer.timeout.connect(self.update)

    def add(self, bands: Sequence[float]) -> None:
        """Add a column; it is painted with the next frame."""
        self.columns.append(bands)
        if not self._timer.isActive():
            self._timer.start()

    def clear(self) -> None:
        """Remove all columns."""
        self.columns.clear()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the preferred size."""
        return QSize(200, _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a pixel for each band of each column, stretched over the widget."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour(theme.current().raised))
        if self.columns:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(self.rect(), self._image())
        painter.end()

    def _image(self) -> QImage:
        bands = len(self.columns[-1])
        image = QImage(_COLUMNS, bands, QImage.Format.Format_RGB32)
        low, high = QColor(theme.current().raised), QColor(theme.current().accent)
        image.fill(low)
        colours = [_mixed(low, high, step / 15) for step in range(16)]
        start = _COLUMNS - len(self.columns)
        for x, column in enumerate(self.columns, start):
            for band, level in enumerate(column):
                shade = colours[min(15, max(0, round(15 * level)))]
                image.setPixel(x, bands - 1 - band, shade)
        return image


def _mixed(low: QColor, high: QColor, share: float) -> int:
    pairs = ((low.red(), high.red()), (low.green(), high.green()), (low.blue(), high.blue()))
    red, green, blue = (round(a + (b - a) * share) for a, b in pairs)
    return QColor(red, green, blue).rgb()
