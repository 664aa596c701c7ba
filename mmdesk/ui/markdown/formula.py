"""Formulas in answers: LaTeX drawn as vectors, in the colours of the theme, sharp at any scale.

ziamath lays a formula out in pure Python, which takes 10 to 100 ms: it happens in a thread. Until
it is done the LaTeX source is shown, and for good where it is not valid. Drawn formulas are
cached.
"""

from __future__ import annotations

import logging
import queue
import threading
from dataclasses import dataclass
from functools import cache, lru_cache
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
from mmdesk.ui.plain_text import plain_tooltip

log = logging.getLogger(__name__)

FORMULA = QTextFormat.ObjectTypes.UserObject + 1
OBJECT_CHARACTER = "\ufffc"  # of Qt, in the place of an object in the text
LONGEST = 1500  # characters of LaTeX; more would be drawn for seconds
_CACHE_SIZE = 400
_TEX = QTextFormat.Property.UserProperty + 11
_DISPLAY = "\\displaystyle "  # before a formula on a line of its own
_SCALE = 1.18  # of the text's height: the formulas' font runs small
_drawing = threading.Lock()  # ziamath keeps its settings in its module


@dataclass(frozen=True, slots=True)
class DrawnFormula:
    """A formula as SVG; its size in px at 1:1, and `below` px of it below the baseline."""

    svg: bytes
    width: float
    height: float
    below: float


class Formulas(QObject):
    """The cache of drawn formulas, filled by a thread one after the other.

    Signals:
        drawn(str): the formula with this source was drawn.
    """

    drawn = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        # By source and px of the text; None: it cannot be drawn, or not yet.
        self._cache: dict[tuple[str, int], DrawnFormula | None] = {}
        self._queue: queue.SimpleQueue[tuple[str, int]] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def get(self, tex: str) -> DrawnFormula | None:
        """Return a formula at the present size of the text; None while it is not drawn yet."""
        key = (tex, theme.base_pixels())
        if key not in self._cache and len(tex) <= LONGEST:
            while len(self._cache) >= _CACHE_SIZE:
                self._cache.pop(next(iter(self._cache)))
            self._cache[key] = None
            self._queue.put(key)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="formulas", daemon=True)
                self._thread.start()
        return self._cache.get(key)

    def _work(self) -> None:
        while True:
            key = self._queue.get()
            self._cache[key] = _draw(*key)
            if self._cache[key] is not None:
                self.drawn.emit(key[0])


@cache
def formulas() -> Formulas:
    """Return the one cache of formulas."""
    return Formulas()


def _draw(tex: str, pixels: int) -> DrawnFormula | None:
    try:
        import ziamath  # late: it takes a while

        with _drawing:
            ziamath.config.svg2 = False  # Qt draws SVG 1
            inline = not tex.startswith(_DISPLAY)
            latex = ziamath.Latex(tex.removeprefix(_DISPLAY), size=pixels * _SCALE, inline=inline)
            width, height = latex.getsize()
            below = max(0.0, 1 - latex.getyofst())
            return DrawnFormula(latex.svg().encode(), width + 2, height + 2, below)
    except Exception:
        log.debug("no formula: %r", tex, exc_info=True)
        return None


@lru_cache(_CACHE_SIZE)
def _draw_for_page(tex: str) -> DrawnFormula | None:
    return _draw(tex, theme.PAPER_PIXELS) if len(tex) <= LONGEST else None


def draw_for_page(tex: str, *, display: bool) -> DrawnFormula | None:
    """Return a formula at the size of a page's text, drawn at once; None where it is not valid.

    It takes 10 to 100 ms: for threads that may wait.
    """
    return _draw_for_page((_DISPLAY if display else "") + tex.strip())


def _drawn(source: str) -> DrawnFormula | None:
    """Return a formula for the window, where it is drawn by now, or for the page in work."""
    return _draw_for_page(source) if theme.is_on_paper() else formulas().get(source)


def formula_format(tex: str, *, display: bool) -> QTextCharFormat:
    """Return the format of the object character of a formula, with its source as tooltip."""
    char_format = QTextCharFormat()
    char_format.setObjectType(FORMULA)
    char_format.setProperty(_TEX, (_DISPLAY if display else "") + tex.strip())
    char_format.setToolTip(plain_tooltip(tex.strip()))
    set_descent(char_format)
    return char_format


def source_of(char_format: QTextFormat) -> str:
    """Return the LaTeX of a format made by `formula_format`."""
    return str(char_format.property(_TEX) or "")


def set_descent(char_format: QTextCharFormat) -> None:
    """Let a formula reach as far below the baseline as it should.

    Qt aligns an object with the baseline by the descent of its format's font: so that font is
    given the size that has this descent.
    """
    drawn = _drawn(source_of(char_format))
    char_format.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignBaseline)
    below = drawn.below if drawn is not None else QFontMetricsF(theme.code_font()).descent()
    size = max(1, round(below / _descent()))
    char_format.setProperty(QTextCharFormat.Property.FontPixelSize, size)


@cache
def _descent() -> float:
    """Return the descent of the text's font as a share of its size."""
    font = QFont(theme.text_font())
    font.setPixelSize(200)
    return QFontMetricsF(font).descent() / 200


class FormulaPainter(QPyTextObject):
    """The text object that measures and draws formulas for Qt."""

    def intrinsicSize(self, doc: QTextDocument, position: int, char_format: QTextFormat) -> QSizeF:
        """Return the size of the formula, or of its source until it is drawn."""
        tex = source_of(char_format)
        drawn = _drawn(tex)
        if drawn is None:
            metrics = QFontMetricsF(theme.code_font())
            return QSizeF(metrics.horizontalAdvance(_one_line(tex)) + 4, metrics.height())
        scale = _scale_to_fit(doc, drawn)
        return QSizeF(ceil(drawn.width * scale) + 2, ceil(drawn.height * scale))

    def drawObject(
        self,
        painter: QPainter,
        rect: QRectF | QRect,
        doc: QTextDocument,
        position: int,
        char_format: QTextFormat,
    ) -> None:
        """Draw the formula, or its source until it is drawn."""
        area = QRectF(rect)
        tex = source_of(char_format)
        drawn = _drawn(tex)
        if drawn is None:
            painter.save()
            painter.setFont(theme.code_font())
            painter.setPen(QColor(theme.current().muted))
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, _one_line(tex))
            painter.restore()
            return
        if theme.is_on_paper():  # as vectors
            # Qt strokes what has no stroke, in a PDF with a black line: its width is set to 0.
            svg = drawn.svg.replace(b"<path ", b'<path stroke-width="0" ')
            QSvgRenderer(svg).render(painter, area)
            return
        device = painter.device()
        ratio = device.devicePixelRatioF() if device is not None else 1.0
        painter.drawPixmap(area.topLeft(), _tinted(drawn, area.size(), ratio))


def _one_line(tex: str) -> str:
    return tex.removeprefix(_DISPLAY).replace("\n", " ")


def _scale_to_fit(doc: QTextDocument, drawn: DrawnFormula) -> float:
    """Return the factor that makes a formula as wide as the column at most."""
    width = doc.textWidth() - 8
    return min(1.0, width / drawn.width) if width > 40 else 1.0


def _tinted(drawn: DrawnFormula, size: QSizeF, ratio: float) -> QPixmap:
    """Return a formula in the colour of text; `ratio` is the device pixel ratio."""
    picture = QPixmap(ceil(size.width() * ratio), ceil(size.height() * ratio))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    QSvgRenderer(drawn.svg).render(painter, QRectF(picture.rect()))
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(picture.rect(), QColor(theme.current().text))
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture
