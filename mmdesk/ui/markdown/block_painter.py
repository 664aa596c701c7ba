"""Painting behind the text of a message: backgrounds of code, quote bars, bullets, rules."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QTextBlock, QTextDocument

from mmdesk.ui import theme
from mmdesk.ui.markdown.code_block import CodeRegion
from mmdesk.ui.markdown.document_builder import BULLET, CODE_HEAD, CODE_PAD, INDENT, QUOTE, RULE


def region_rect(document: QTextDocument, region: CodeRegion) -> QRectF:
    """Return the rectangle of a code block with its head and its padding, in px."""
    layout = document.documentLayout()
    head = layout.blockBoundingRect(region.head.block())
    # From the last line of code on: an empty line's rectangle is as high as its font, whatever
    # height its block is fixed at, and where it begins depends on the font as well.
    last = region.foot.block().previous()
    bottom = layout.blockBoundingRect(last).bottom() + CODE_PAD
    right = document.textWidth()
    return QRectF(region.left, head.top(), right - region.left, bottom - head.top())


def paint_behind(
    painter: QPainter, document: QTextDocument, regions: list[CodeRegion], clip: QRectF
) -> None:
    """Paint the backgrounds inside `clip` (in coordinates of the document)."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for region in regions:
        area = region_rect(document, region)
        if area.intersects(clip):
            _paint_code(painter, area)
    layout = document.documentLayout()
    position = layout.hitTest(QPointF(clip.left(), clip.top()), Qt.HitTestAccuracy.FuzzyHit)
    block = document.findBlock(max(0, position))
    while block.isValid():
        area = layout.blockBoundingRect(block)
        if area.top() > clip.bottom():
            break
        _paint_block(painter, document, block, area)
        block = block.next()


def _paint_code(painter: QPainter, area: QRectF) -> None:
    tokens = theme.current()
    painter.setPen(theme.colour(tokens.border))
    painter.setBrush(theme.colour(tokens.code))
    painter.drawRoundedRect(area.adjusted(0.5, 2.5, -0.5, -0.5), 10, 10)
    line = area.top() + CODE_HEAD
    painter.drawLine(QPointF(area.left() + 1, line), QPointF(area.right() - 1, line))


def _paint_block(
    painter: QPainter, document: QTextDocument, block: QTextBlock, area: QRectF
) -> None:
    block_format = block.blockFormat()
    if block_format.intProperty(QUOTE):
        _paint_quote_bars(painter, document, block, area)
    if block_format.intProperty(BULLET):
        _paint_bullet(painter, block, block_format.intProperty(BULLET))
    if block_format.boolProperty(RULE):
        painter.setPen(theme.colour(theme.current().border))
        middle = area.center().y()
        painter.drawLine(QPointF(0, middle), QPointF(document.textWidth(), middle))


def _paint_quote_bars(
    painter: QPainter, document: QTextDocument, block: QTextBlock, area: QRectF
) -> None:
    """Paint one bar per level, down to the next block where that is quoted as well."""
    depth = block.blockFormat().intProperty(QUOTE)
    bottom = area.bottom()
    following = block.next()
    if following.isValid() and following.blockFormat().intProperty(QUOTE):
        bottom = document.documentLayout().blockBoundingRect(following).top()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour(theme.current().outline, 0.55))
    left = max(0.0, block.blockFormat().leftMargin() - INDENT * depth)
    for level in range(depth):
        bar = QRectF(left + INDENT * level + 4, area.top(), 3, bottom - area.top())
        painter.drawRect(bar)


def _paint_bullet(painter: QPainter, block: QTextBlock, depth: int) -> None:
    layout = block.layout()
    if not layout.lineCount():
        return
    line = layout.lineAt(0)
    origin = layout.position()
    middle = origin.y() + line.y() + line.height() - line.descent() - line.ascent() * 0.36
    right_to_left = block.textDirection() == Qt.LayoutDirection.RightToLeft
    x = origin.x() + line.x() + (line.width() + 13 if right_to_left else -13)
    painter.setPen(theme.colour(theme.current().muted))
    painter.setBrush(theme.colour(theme.current().muted))
    if depth % 2 == 0:
        painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(QPointF(x, middle), 2.3, 2.3)
