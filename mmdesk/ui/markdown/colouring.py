"""Lays the colours of code over a document's lines, a little at a time.

Colours are additional formats of a line's layout, as QSyntaxHighlighter makes them: the text
itself is not touched, so colouring costs no edit and does not change what is copied.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from PySide6.QtGui import QTextBlock, QTextCharFormat, QTextDocument, QTextLayout

from mmdesk.ui import theme
from mmdesk.ui.markdown.build import CodeRegion
from mmdesk.ui.markdown.highlight import MOST_CHARACTERS, Range, line_ranges

_WINDOW = 2500  # characters of unfinished code that are read again


def colouring(document: QTextDocument, regions: list[CodeRegion]) -> Iterator[None]:
    """Colour what has no colours yet; yields after every line, to be interrupted there."""
    for region in list(regions):
        if region.coloured or region.broken or len(region.source) > MOST_CHARACTERS:
            continue
        if region.whole:
            yield from _colour_whole(document, region)
        else:
            yield from _colour_end(document, region)


def _colour_whole(document: QTextDocument, region: CodeRegion) -> Iterator[None]:
    block = region.first.block()
    for ranges in line_ranges(region.source, region.language):
        if not block.isValid() or block == region.foot.block():
            break
        _lay(document, block, ranges)
        block = block.next()
        yield
    region.coloured = True


def _colour_end(document: QTextDocument, region: CodeRegion) -> Iterator[None]:
    window = region.source[-_WINDOW:]
    if len(window) < len(region.source):
        window = window[window.find("\n") + 1 :]
    lines = list(line_ranges(window, region.language))
    block = region.foot.block().previous()
    for ranges in reversed(lines):
        if not block.isValid() or block == region.head.block():
            break
        _lay(document, block, ranges)
        block = block.previous()
    yield


def _lay(document: QTextDocument, block: QTextBlock, ranges: Iterable[Range]) -> None:
    made = [_format_range(*entry) for entry in ranges]
    layout = block.layout()
    if made or layout.formats():
        layout.setFormats(made)
        document.markContentsDirty(block.position(), block.length())


def _format_range(start: int, length: int, field: str) -> QTextLayout.FormatRange:
    look = QTextCharFormat()
    look.setForeground(theme.colour(getattr(theme.current().syntax, field)))
    made = QTextLayout.FormatRange()
    made.start, made.length, made.format = start, length, look
    return made
