"""Reading order of lines scattered over a page: columns, then lines.

A recursive cut, after Nagy and Seth's X-Y cut (1984). Where an empty gutter runs through, the part
left of it is read first. Where only part of the page has columns, the part above is read first. The
rows of a table are not torn apart, although its columns have gutters too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

_MIN_GUTTER = 1.0  # width, in line heights
_MAX_CELL = 14  # characters: shorter text next to other text in every row is a table's cell


@dataclass(frozen=True, slots=True)
class Box:
    """Box around a line, in pixels from the top left."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """Return the width."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Return the height."""
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        """Return the vertical middle."""
        return (self.top + self.bottom) / 2


def in_reading_order(boxes: Sequence[Box], texts: Sequence[str]) -> list[list[int]]:
    """Return the indices of `boxes` in rows; only rows of a table hold more than one."""
    return _Page(boxes, texts).order(list(range(len(boxes))))


class _Page:
    """Lines of one page.

    Attributes:
        line_height: median, in pixels.
    """

    def __init__(self, boxes: Sequence[Box], texts: Sequence[str]) -> None:
        self.boxes, self.texts = boxes, texts
        self.line_height = median(box.height for box in boxes) if boxes else 0.0

    def order(self, indices: list[int]) -> list[list[int]]:
        """Cut into columns, or above and below columns; return the rows in reading order."""
        if len(indices) < 2:
            return [indices] if indices else []
        columns = self._columns(indices)
        if columns:
            return self.order(columns[0]) + self.order(columns[1])
        for above, below in self._horizontal_cuts(indices):
            if self._columns(above) or self._columns(below):
                return self.order(above) + self.order(below)
        return self._rows(indices)

    def _columns(self, indices: list[int]) -> tuple[list[int], list[int]] | None:
        """Cut at the widest gutter, unless it only separates the cells of a table."""
        by_left = sorted(indices, key=lambda index: self.boxes[index].left)
        best, cut, reach = (
            self.line_height * _MIN_GUTTER,
            0,
            self.boxes[by_left[0]].right if by_left else 0,
        )
        for position, index in enumerate(by_left[1:], start=1):
            gap = self.boxes[index].left - reach
            if gap > best:
                best, cut = gap, position
            reach = max(reach, self.boxes[index].right)
        if not cut:
            return None
        left, right = by_left[:cut], by_left[cut:]
        return None if self._is_table(left, right) else (left, right)

    def _is_table(self, left: list[int], right: list[int]) -> bool:
        """Return true if nearly every line has one next to it, and one side is short: cells."""
        paired = sum(any(self._same_row(one, other) for other in right) for one in left)
        paired += sum(any(self._same_row(one, other) for other in left) for one in right)
        if paired < 0.75 * (len(left) + len(right)):
            return False
        shorter = min(median(len(self.texts[i]) for i in side) for side in (left, right))
        return shorter < _MAX_CELL or len(left) == len(right) == 1

    def _same_row(self, one: int, other: int) -> bool:
        a, b = self.boxes[one], self.boxes[other]
        return abs(a.middle - b.middle) < 0.5 * min(a.height, b.height)

    def _horizontal_cuts(self, indices: list[int]) -> list[tuple[list[int], list[int]]]:
        """Return every cut between two rows, from the top."""
        by_top = sorted(indices, key=lambda index: self.boxes[index].top)
        cuts, reach = [], self.boxes[by_top[0]].bottom
        for position, index in enumerate(by_top[1:], start=1):
            if self.boxes[index].top >= reach - 0.2 * self.line_height:
                cuts.append((by_top[:position], by_top[position:]))
            reach = max(reach, self.boxes[index].bottom)
        return cuts

    def _rows(self, indices: list[int]) -> list[list[int]]:
        rows: list[list[int]] = []
        for index in sorted(indices, key=lambda index: self.boxes[index].middle):
            if rows and self._same_row(rows[-1][-1], index):
                rows[-1].append(index)
            else:
                rows.append([index])
        return [sorted(row, key=lambda index: self.boxes[index].left) for row in rows]
