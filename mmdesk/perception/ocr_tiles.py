"""Tiles of pictures that are too long or wide to be read at once, and the lines found in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from mmdesk.perception.line_order import Box

TILE_EDGE = 960  # px, the least length of a tile; text detection then sees it unreduced
OVERLAP = 160  # px; more than a line of text is high
_AT_EDGE = 6.0  # px, within which a line is cut by the edge of its tile
_SAME = 0.5  # share of the lower box that both share, from which two lines are one


@dataclass(frozen=True, slots=True)
class TextLine:
    """Recognised line.

    Attributes:
        text: of the line.
        confidence: 0..1.
        box: around the line.
    """

    text: str
    confidence: float
    box: Box


def tiles_of(width: int, height: int) -> list[Box]:
    """Return overlapping tiles along the longer edge, all of one size, that cover a picture."""
    long, short = max(width, height), min(width, height)
    edge = min(long, max(TILE_EDGE, short))
    count = max(1, -(-(long - OVERLAP) // (edge - OVERLAP)))
    starts = [round(i * (long - edge) / max(1, count - 1)) for i in range(count)]
    if height >= width:
        return [Box(0, start, width, start + edge) for start in starts]
    return [Box(start, 0, start + edge, height) for start in starts]


def merged_tiles(
    tiles: Sequence[Box],
    found: Sequence[Sequence[TextLine]],
    recognise: Callable[[Box], TextLine],
) -> list[TextLine]:
    """Return each line once, those across the edge of a tile read anew as a whole.

    Args:
        tiles: in order, as by `tiles_of`.
        found: the lines of each tile, in pixels of the picture.
        recognise: reads one line in a box of the picture.
    """
    lines = [(line, _is_cut(line.box, number, tiles)) for number, line in _numbered(found)]
    merged: list[tuple[TextLine, bool]] = []
    for line, cut in lines:
        same = [entry for entry in merged if _are_one(entry[0].box, line.box)]
        for entry in same:
            merged.remove(entry)
        merged.append(_one_of([*same, (line, cut)]))
    return [recognise(line.box) if cut else line for line, cut in merged]


def _numbered(found: Sequence[Sequence[TextLine]]) -> Iterator[tuple[int, TextLine]]:
    for number, lines in enumerate(found):
        for line in lines:
            yield number, line


def _one_of(same: list[tuple[TextLine, bool]]) -> tuple[TextLine, bool]:
    """Return the whole line with the best reading; where all are cut, the box around them."""
    whole = [entry for entry in same if not entry[1]]
    if whole:
        return max(whole, key=lambda entry: entry[0].confidence)
    box = same[0][0].box
    for line, _ in same[1:]:
        box = box.joined(line.box)
    return TextLine(same[0][0].text, same[0][0].confidence, box), True


def _is_cut(box: Box, number: int, tiles: Sequence[Box]) -> bool:
    """Return true if the line goes on beyond its tile."""
    tile = tiles[number]
    vertical = len(tiles) < 2 or tiles[1].top > tiles[0].top
    near, far = (
        (box.top - tile.top, tile.bottom - box.bottom)
        if vertical
        else (box.left - tile.left, tile.right - box.right)
    )
    return (number > 0 and near < _AT_EDGE) or (number < len(tiles) - 1 and far < _AT_EDGE)


def _are_one(a: Box, b: Box) -> bool:
    """Return true if two boxes overlap in width, and in most of the lower one's height."""
    across = min(a.right, b.right) - max(a.left, b.left)
    down = min(a.bottom, b.bottom) - max(a.top, b.top)
    return across > 0 and down >= _SAME * min(a.height, b.height)
