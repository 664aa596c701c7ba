"""Syntax highlighting of the code in a document, a few lines at a time.

Colours are additional formats of a line's layout, as QSyntaxHighlighter makes them: the text
itself is not touched, so colouring costs no edit and does not change what is copied.
"""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtGui import QTextBlock, QTextCharFormat, QTextDocument, QTextLayout

from mmdesk.ui import theme
from mmdesk.ui.markdown.code_block import CodeRegion
from mmdesk.ui.markdown.highlight import MOST_CHARACTERS, Range, line_ranges

_CONTEXT = 800  # characters before new code that are tokenised again with it
_AT_ONCE = 12  # lines that are laid out again together


def colouring(document: QTextDocument, regions: list[CodeRegion]) -> Iterator[None]:
    """Colour what has no colours yet; yield every few lines, to be interrupted there."""
    for region in list(regions):
        if region.coloured or region.broken or len(region.source) > MOST_CHARACTERS:
            continue
        if region.whole:
            yield from _colour_whole(document, region)
        else:
            _colour_end(document, region)
            yield


def _colour_whole(document: QTextDocument, region: CodeRegion) -> Iterator[None]:
    block, foot = region.first.block(), region.foot.block()
    changed: list[QTextBlock] = []
    for line, ranges in enumerate(line_ranges(region.source, region.language)):
        if not block.isValid() or block == foot:
            break
        if _set_colours(block, region, line, ranges):
            changed.append(block)
        block = block.next()
        if line % _AT_ONCE == 0:
            _lay_out(document, changed)
            changed = []
            yield
    _lay_out(document, changed)
    region.coloured = True


def _colour_end(document: QTextDocument, region: CodeRegion) -> None:
    """Colour the lines that came since the last time, tokenised with a little before them."""
    new_lines = region.lines - max(0, len(region.formats) - 1) + 1
    start = len(region.source)
    for _ in range(new_lines):
        start = region.source.rfind("\n", 0, max(0, start)) if start > 0 else -1
    begin = max(0, start - _CONTEXT)
    if begin:
        begin = region.source.find("\n", begin) + 1
    lines = list(line_ranges(region.source[begin:], region.language))[-new_lines:]
    block = region.foot.block().previous()
    changed: list[QTextBlock] = []
    for back, ranges in enumerate(reversed(lines)):
        if not block.isValid() or block == region.head.block():
            break
        if _set_colours(block, region, region.lines - back, ranges):
            changed.append(block)
        block = block.previous()
    _lay_out(document, changed[::-1])


def _set_colours(block: QTextBlock, region: CodeRegion, line: int, ranges: list[Range]) -> bool:
    """Set the colours of a line; return False when it has them already."""
    region.formats.extend([None] * (line + 1 - len(region.formats)))
    if region.formats[line] == ranges or not (ranges or region.formats[line]):
        return False
    region.formats[line] = ranges
    block.layout().setFormats([_format_range(*entry) for entry in ranges])
    return True


def _lay_out(document: QTextDocument, blocks: list[QTextBlock]) -> None:
    """Lay out again, in one go, from the first of these blocks to the last."""
    if blocks:
        start = blocks[0].position()
        document.markContentsDirty(start, blocks[-1].position() + blocks[-1].length() - start)


def _format_range(start: int, length: int, field: str) -> QTextLayout.FormatRange:
    colour = QTextCharFormat()
    colour.setForeground(theme.colour(getattr(theme.current().syntax, field)))
    format_range = QTextLayout.FormatRange()
    format_range.start, format_range.length, format_range.format = start, length, colour
    return format_range
