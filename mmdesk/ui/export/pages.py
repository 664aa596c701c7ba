"""Pages of an export: texts and pictures one below the other, broken between lines, and painted.

Each message is a QTextDocument of its own, laid out at the page's width as the window lays it out,
so that code, tables, lists and formulas look the same. No line is cut by the end of a page.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QLocale, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QFont,
    QImage,
    QPageSize,
    QPainter,
    QPalette,
    QTextDocument,
    QTextOption,
)

from mmdesk.ui import theme
from mmdesk.ui.markdown.block_painter import paint_behind
from mmdesk.ui.markdown.block_stream import MarkdownStream
from mmdesk.ui.markdown.code_colours import colouring
from mmdesk.ui.markdown.document_builder import DocumentBuilder
from mmdesk.ui.markdown.formula import FORMULA, FormulaPainter

# Countries whose paper is US Letter; all others use A4 (Unicode CLDR, paperSize).
_LETTER = "BZ CA CL CO CR GT MX NI PA PH PR SV US VE"
_PADDING = 12.0  # px around the text of a question
_HIGHEST_PICTURE = 0.55  # of a page
_LEAST = 60.0  # px below a heading on the same page


def page_size() -> QPageSize:
    """Return the paper of the system's country."""
    code = QLocale.territoryToCode(QLocale.system().territory())
    letter, a4 = QPageSize.PageSizeId.Letter, QPageSize.PageSizeId.A4
    return QPageSize(letter if code in _LETTER.split() else a4)


def page_millimetres() -> tuple[float, float]:
    """Return the width and the height of the system's paper."""
    size = page_size().size(QPageSize.Unit.Millimeter)
    return size.width(), size.height()


class FlowItem(Protocol):
    """Part of the flow of an export.

    Attributes:
        height: px.
        gap: px above it.
        keeps_next: the next item begins on the same page.
    """

    height: float
    gap: float
    keeps_next: bool

    def spans(self) -> list[tuple[float, float]]:
        """Return (top, bottom) of what must not be cut, in px."""
        ...

    def paint(self, painter: QPainter, top: float, bottom: float) -> None:
        """Paint what lies between `top` and `bottom`."""
        ...


class TextItem:
    """Text as Markdown or as it is.

    Args:
        text: the whole of it.
        width: px.
        markdown: read it as Markdown.
        shaded: paint a background, as of a question's bubble.
        scale: of the text's height.
        bold: write a heading.
        muted: write it in the quiet colour.
    """

    def __init__(
        self,
        text: str,
        width: float,
        *,
        markdown: bool = False,
        shaded: bool = False,
        scale: float = 1.0,
        bold: bool = False,
        muted: bool = False,
        gap: float = 0.0,
        keeps_next: bool = False,
    ) -> None:
        self.gap, self.keeps_next = gap, keeps_next
        self._shaded, self._muted = shaded, muted
        self._padding = _PADDING if shaded else 0.0
        self._width = width
        self._document = document = QTextDocument()
        document.setDocumentMargin(0)
        document.setIndentWidth(26)
        document.setUseDesignMetrics(True)
        wrapping = document.defaultTextOption()
        wrapping.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        document.setDefaultTextOption(wrapping)
        document.setDefaultFont(_paper_font(scale, bold=bold))
        self._formulas = FormulaPainter(document)
        document.documentLayout().registerHandler(FORMULA, self._formulas)
        self._builder = DocumentBuilder(document)
        document.setTextWidth(width - 2 * self._padding)
        if markdown:
            self._write_markdown(text)
        else:
            self._builder.plain(text)
        self.height = document.size().height() + 2 * self._padding

    def _write_markdown(self, text: str) -> None:
        stream = MarkdownStream()
        self._builder.apply(stream.feed(text))
        self._builder.apply(stream.finish())
        for _ in colouring(self._document, self._builder.regions):
            pass

    def spans(self) -> list[tuple[float, float]]:
        """Return the lines; a heading and a code block's head include the line after them."""
        heads = {region.head.block().position() for region in self._builder.regions}
        layout = self._document.documentLayout()
        found: list[tuple[float, float]] = []
        kept: float | None = None
        block = self._document.begin()
        while block.isValid():
            area = layout.blockBoundingRect(block)
            lines = block.layout()
            for index in range(lines.lineCount()):
                line = lines.lineAt(index)
                top = area.top() + line.y() + self._padding
                begin = top if kept is None else kept
                found.append((begin, top + line.height()))
                kept = None
            if block.blockFormat().headingLevel() or block.position() in heads:
                kept = area.top() + self._padding
            block = block.next()
        return found

    def paint(self, painter: QPainter, top: float, bottom: float) -> None:
        """Paint the backgrounds and the text between two heights."""
        clip = QRectF(0, top, self._width, bottom - top)
        painter.setClipRect(clip)
        if self._shaded:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour(theme.current().raised))
            painter.drawRoundedRect(QRectF(0, 0, self._width, self.height), 10, 10)
        painter.translate(self._padding, self._padding)
        inside = clip.translated(-self._padding, -self._padding)
        paint_behind(painter, self._document, self._builder.regions, inside)
        context = QAbstractTextDocumentLayout.PaintContext()
        # Lines that only touch the cut are left out: clipped, they would still be text of a PDF.
        context.clip = inside.adjusted(0, 1, 0, -1)
        context.palette = _palette(muted=self._muted)
        self._document.documentLayout().draw(painter, context)


class PictureItem:
    """Picture as wide as the page at most."""

    gap = 8.0
    keeps_next = True

    def __init__(self, image: QImage, width: float, page_height: float) -> None:
        self._image = image
        size = QSizeF(image.size())
        most = QSizeF(width, page_height * _HIGHEST_PICTURE)
        if size.width() > most.width() or size.height() > most.height():
            size.scale(most, Qt.AspectRatioMode.KeepAspectRatio)
        self._area = QRectF(0, 0, size.width(), size.height())
        self.height = size.height()

    def spans(self) -> list[tuple[float, float]]:
        """Return the whole picture."""
        return [(0.0, self.height)]

    def paint(self, painter: QPainter, top: float, bottom: float) -> None:
        """Paint the picture."""
        painter.drawImage(self._area, self._image)


@dataclass(frozen=True, slots=True)
class Slice:
    """Part of an item on a page: what lies between `top` and `bottom`, painted at `y`."""

    item: FlowItem
    top: float
    bottom: float
    y: float


def paginate(items: list[FlowItem], height: float) -> list[list[Slice]]:
    """Return the slices of each page of this height in px."""
    pages: list[list[Slice]] = [[]]
    y = 0.0
    for index, item in enumerate(items):
        y += item.gap if pages[-1] else 0.0
        needed = _needed(items, index)
        if pages[-1] and y + needed > height:
            pages.append([])
            y = 0.0
        top = 0.0
        for bottom in _cuts(item, height - y, height, bool(pages[-1])):
            if bottom == top:  # nothing of it fits
                pages.append([])
                y = 0.0
                continue
            if top:
                pages.append([])
                y = 0.0
            pages[-1].append(Slice(item, top, bottom, y))
            y += bottom - top
            top = bottom
    return pages


def _needed(items: list[FlowItem], index: int) -> float:
    """Return the px that an item needs on the page where it begins."""
    needed, item = 0.0, items[index]
    while item.keeps_next and index + 1 < len(items):
        needed += item.height
        index += 1
        item = items[index]
        needed += item.gap
    return needed + min(item.height, _LEAST) if needed else 0.0


def _cuts(item: FlowItem, first: float, height: float, has_more: bool) -> Iterator[float]:
    """Yield where an item is cut: its end last; its beginning where nothing fits on the first page.

    Args:
        item: what is cut.
        first: px left on the present page.
        height: px of all others.
        has_more: the present page has something else.
    """
    top, room = 0.0, first
    if item.height <= room:
        yield item.height
        return
    gaps = _gaps(item.spans())
    while item.height - top > room:
        fitting = [gap for gap in gaps if top < gap <= top + room]
        if fitting:
            top = fitting[-1]
        elif not top and has_more:
            has_more = False
        else:
            top += room  # one line or picture is higher than a page
        yield top
        room = height
    yield item.height


def _gaps(spans: list[tuple[float, float]]) -> list[float]:
    """Return the heights at which no span is cut, in the middle between two: a table's border."""
    gaps, bottom = [], 0.0
    for begin, end in sorted(spans):
        if begin >= bottom - 0.5 and bottom:
            gaps.append((max(begin, bottom) + bottom) / 2)
        bottom = max(bottom, end)
    return gaps


def _paper_font(scale: float, *, bold: bool) -> QFont:
    font = theme.text_font(scale)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    if bold:
        font.setWeight(QFont.Weight.DemiBold)
    return font


def _palette(*, muted: bool) -> QPalette:
    palette = theme.palette(theme.current())
    if muted:
        palette.setColor(QPalette.ColorRole.Text, theme.colour(theme.current().muted))
    return palette
