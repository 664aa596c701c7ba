"""Formulas in answers: LaTeX drawn as vectors, in the colours in force, sharp at every scale.

ziamath lays a formula out in pure Python, which takes 10 to 100 ms: it happens in a thread, and
until it is done (or where it cannot be: a model writes LaTeX that is none) the source stands in
the formula's place. What was drawn once is kept.
"""

from __future__ import annotations

import logging
import queue
import threading
from dataclasses import dataclass
from functools import cache
from math import ceil

from PySide6.QtCore import QObject, QRect, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPixmap,
    QPyTextObject,
    QTextCharFormat,
    QTextDocument,
    QTextFormat,
)
from PySide6.QtSvg import QSvgRenderer

from mmdesk.ui import theme

log = logging.getLogger(__name__)

FORMULA = QTextFormat.ObjectTypes.UserObject + 1
SIGN = "\ufffc"  # stands for an object in Qt's text
LONGEST = 1500  # characters of LaTeX; more would be drawn for seconds
_MOST_KEPT = 400
_TEX = QTextFormat.Property.UserProperty + 11
_DISPLAY = "\\displaystyle "  # before a formula that stands alone
_SCALE = 1.18  # of the text's height: the formulas' font runs small


@dataclass(frozen=True, slots=True)
class Drawn:
    """A formula as SVG; its size in px at 1:1, `below` of it under the line it stands on."""

    svg: bytes
    width: float
    height: float
    below: float


class Formulas(QObject):
    """Draws formulas in a thread, one after the other.

    Signals:
        drawn(str): the formula with this source has come.
    """

    drawn = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[
            tuple[str, int], Drawn | None
        ] = {}  # None: it cannot be drawn, or not yet
        self._wanted: queue.SimpleQueue[tuple[str, int]] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def get(self, tex: str) -> Drawn | None:
        """The formula at the text's present size, if it is there; else it is going to be drawn."""
        key = (tex, theme.base_pixels())
        if key not in self._known and len(tex) <= LONGEST:
            while len(self._known) >= _MOST_KEPT:
                self._known.pop(next(iter(self._known)))
            self._known[key] = None
            self._wanted.put(key)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="formulas", daemon=True)
                self._thread.start()
        return self._known.get(key)

    def _work(self) -> None:
        while True:
            key = self._wanted.get()
            self._known[key] = _draw(*key)
            if self._known[key] is not None:
                self.drawn.emit(key[0])


@cache
def formulas() -> Formulas:
    """The one place where formulas are drawn."""
    return Formulas()


def _draw(tex: str, pixels: int) -> Drawn | None:
    try:
        import ziamath  # late: it takes a while

        ziamath.config.svg2 = False  # Qt draws SVG 1
        inline = not tex.startswith(_DISPLAY)
        made = ziamath.Latex(tex.removeprefix(_DISPLAY), size=pixels * _SCALE, inline=inline)
        width, height = made.getsize()
        return Drawn(made.svg().encode(), width + 2, height + 2, max(0.0, 1 - made.getyofst()))
    except Exception:
        log.debug("no formula: %r", tex, exc_info=True)
        return None


def formula_format(tex: str, *, display: bool) -> QTextCharFormat:
    """The format of the one character that stands for a formula."""
    made = QTextCharFormat()
    made.setObjectType(FORMULA)
    made.setProperty(_TEX, (_DISPLAY if display else "") + tex.strip())
    made.setToolTip(tex.strip())
    settle(made)
    return made


def source_of(shape: QTextFormat) -> str:
    """The LaTeX behind a format of `formula_format`."""
    return str(shape.property(_TEX) or "")


def settle(shape: QTextCharFormat) -> None:
    """Let the formula hang below its line as far as it should.

    Qt hangs an object on the baseline by the descent of its format's font: so that font is given
    the size that has this descent.
    """
    drawn = formulas().get(source_of(shape))
    shape.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignBaseline)
    below = drawn.below if drawn is not None else QFontMetricsF(theme.code_font()).descent()
    size = max(1, round(below / _descent()))
    shape.setProperty(QTextCharFormat.Property.FontPixelSize, size)


@cache
def _descent() -> float:
    """Descent of the text's font, as a share of its size."""
    font = QFont(theme.text_font())
    font.setPixelSize(200)
    return QFontMetricsF(font).descent() / 200


class FormulaPainter(QPyTextObject):
    """Tells Qt how large a formula is, and draws it."""

    def intrinsicSize(self, doc: QTextDocument, place: int, shape: QTextFormat) -> QSizeF:
        tex = source_of(shape)
        drawn = formulas().get(tex)
        if drawn is None:
            metrics = QFontMetricsF(theme.code_font())
            return QSizeF(metrics.horizontalAdvance(_shown(tex)) + 4, metrics.height())
        share = _share(doc, drawn)
        return QSizeF(ceil(drawn.width * share) + 2, ceil(drawn.height * share))

    def drawObject(
        self,
        painter: QPainter,
        rect: QRectF | QRect,
        doc: QTextDocument,
        place: int,
        shape: QTextFormat,
    ) -> None:
        area = QRectF(rect)
        tex = source_of(shape)
        drawn = formulas().get(tex)
        if drawn is None:
            painter.save()
            painter.setFont(theme.code_font())
            painter.setPen(QColor(theme.current().muted))
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, _shown(tex))
            painter.restore()
            return
        device = painter.device()
        ratio = device.devicePixelRatioF() if device is not None else 1.0
        painter.drawPixmap(area.topLeft(), _tinted(drawn, area.size(), ratio))


def _shown(tex: str) -> str:
    return tex.removeprefix(_DISPLAY).replace("\n", " ")


def _share(doc: QTextDocument, drawn: Drawn) -> float:
    """A formula wider than the column is drawn smaller."""
    room = doc.textWidth() - 8
    return min(1.0, room / drawn.width) if room > 40 else 1.0


def _tinted(drawn: Drawn, size: QSizeF, ratio: float) -> QPixmap:
    """The formula in the colour of text."""
    picture = QPixmap(ceil(size.width() * ratio), ceil(size.height() * ratio))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    QSvgRenderer(drawn.svg).render(painter, QRectF(picture.rect()))
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(picture.rect(), QColor(theme.current().text))
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture
