"""Lays the colours of code over a document's lines, a little at a time.

Colours are additional formats of a line's layout, as QSyntaxHighlighter makes them: the text
itself is not touched, so colouring costs no edit and does not change what is copied.
"""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtGui import QTextBlock, QTextCharFormat, QTextDocument, QTextLayout

from mmdesk.ui import theme
from mmdesk.ui.markdown.code_block import CodeRegion
from mmdesk.ui.markdown.highlight import MOST_CHARACTERS, Range, line_ranges

_WINDOW = 800  # characters before new code that are read again with it
_AT_ONCE = 12  # lines that are laid out again together


def colouring(document: QTextDocument, regions: list[CodeRegion]) -> Iterator[None]:
    """Colour what has no colours yet; yields every few lines, to be interrupted there."""
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
    for at, ranges in enumerate(line_ranges(region.source, region.language)):
        if not block.isValid() or block == foot:
            break
        if _lay(block, region, at, ranges):
            changed.append(block)
        block = block.next()
        if at % _AT_ONCE == 0:
            _show(document, changed)
            changed = []
            yield
    _show(document, changed)
    region.coloured = True


def _colour_end(document: QTextDocument, region: CodeRegion) -> None:
    """Colour the lines that came since the last time, reading a little before them again."""
    new_lines = region.lines - max(0, len(region.laid) - 1) + 1
    start = len(region.source)
    for _ in range(new_lines):
        start = region.source.rfind("\n", 0, max(0, start)) if start > 0 else -1
    window = max(0, start - _WINDOW)
    if window:
        window = region.source.find("\n", window) + 1
    lines = list(line_ranges(region.source[window:], region.language))[-new_lines:]
    block = region.foot.block().previous()
    changed: list[QTextBlock] = []
    for back, ranges in enumerate(reversed(lines)):
        if not block.isValid() or block == region.head.block():
            break
        if _lay(block, region, region.lines - back, ranges):
            changed.append(block)
        block = block.previous()
    _show(document, changed[::-1])


def _lay(block: QTextBlock, region: CodeRegion, line: int, ranges: list[Range]) -> bool:
    """Set a line's colours; False when it has them already."""
    region.laid.extend([None] * (line + 1 - len(region.laid)))
    if region.laid[line] == ranges or not (ranges or region.laid[line]):
        return False
    region.laid[line] = ranges
    block.layout().setFormats([_format_range(*entry) for entry in ranges])
    return True


def _show(document: QTextDocument, blocks: list[QTextBlock]) -> None:
    """Lay out again, in one go, from the first of these blocks to the last."""
    if blocks:
        start = blocks[0].position()
        document.markContentsDirty(start, blocks[-1].position() + blocks[-1].length() - start)


def _format_range(start: int, length: int, field: str) -> QTextLayout.FormatRange:
    look = QTextCharFormat()
    look.setForeground(theme.colour(getattr(theme.current().syntax, field)))
    made = QTextLayout.FormatRange()
    made.start, made.length, made.format = start, length, look
    return made
