"""Reading order of lines scattered over a page: columns, then lines.

A recursive cut, after Nagy and Seth's X-Y cut (1984). Where an empty gutter runs through, the part
left of it is read first. Where only part of the page has columns, the part above is read first. The
rows of a table are not torn apart, although its columns have gutters too.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

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

    def moved(self, x: float, y: float) -> Box:
        """Return the box moved to the right and down."""
        return Box(self.left + x, self.top + y, self.right + x, self.bottom + y)

    def joined(self, other: Box) -> Box:
        """Return the box around both."""
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )


def in_reading_order(boxes: Sequence[Box], texts: Sequence[str]) -> list[list[int]]:
    """Return the indices of `boxes` in rows; only rows of a table hold more than one."""
    return _Page(boxes, texts).order(list(range(len(boxes))))


def screens(boxes: Sequence[Box], width: float) -> list[list[int]]:
    """Cut a tall picture into screens or pages, which are read one after another.

    Each ends at the widest empty stripe between one and 1.8 widths below its beginning: that is
    where pages meet, and in a long screenshot as good a place as any.
    """
    by_top = sorted(range(len(boxes)), key=lambda index: boxes[index].top)
    cut, start = [], 0
    while start < len(by_top):
        end = _end_of_screen([boxes[index] for index in by_top[start:]], width)
        cut.append(by_top[start : start + end])
        start += end
    return cut


def _end_of_screen(boxes: list[Box], width: float) -> int:
    """Return how many of `boxes`, which are in order from the top, belong to the first screen."""
    top, reach = boxes[0].top, boxes[0].bottom
    if max(box.bottom for box in boxes) - top <= 1.8 * width:
        return len(boxes)
    widest, end = -math.inf, len(boxes)
    for position, box in enumerate(boxes[1:], start=1):
        if reach - top > 1.8 * width and end < len(boxes):
            break
        if box.top - top >= width and box.top - reach > widest:
            widest, end = box.top - reach, position
        reach = max(reach, box.bottom)
    return end


class _Page:
    """Lines of one page.

    Attributes:
        line_height: median, in pixels.
    """

    def __init__(self, boxes: Sequence[Box], texts: Sequence[str]) -> None:
        self.boxes, self.texts = boxes, texts
        self.line_height = median(box.height for box in boxes) if boxes else 0.0
        top, bottom = (np.array([getattr(b, side) for b in boxes]) for side in ("top", "bottom"))
        apart = np.abs((top + bottom)[:, None] - (top + bottom)) / 2
        lower = np.minimum((bottom - top)[:, None], bottom - top)
        self._in_row = apart < 0.5 * lower  # [lines, lines]
        self._beside = np.minimum(bottom[:, None], bottom) > np.maximum(top[:, None], top)

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
        if self._is_table(left, right) or self._take_turns(left, right):
            return None
        return left, right

    def _is_table(self, left: list[int], right: list[int]) -> bool:
        """Return true if nearly every line has one next to it, and one side is short: cells."""
        in_row = self._in_row[np.ix_(left, right)]
        paired = in_row.any(axis=1).sum() + in_row.any(axis=0).sum()
        if paired < 0.75 * (len(left) + len(right)):
            return False
        shorter = min(median(len(self.texts[i]) for i in side) for side in (left, right))
        return shorter < _MAX_CELL or len(left) == len(right) == 1

    def _take_turns(self, left: list[int], right: list[int]) -> bool:
        """Return true if the sides answer each other from the top down, as in a chat.

        Columns have lines next to each other; the messages of two people have none.
        """
        beside = self._beside[np.ix_(left, right)].any(axis=0 if len(right) < len(left) else 1)
        return bool(beside.mean() <= 0.1)

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
            if rows and self._in_row[rows[-1][-1], index]:
                rows[-1].append(index)
            else:
                rows.append([index])
        return [sorted(row, key=lambda index: self.boxes[index].left) for row in rows]
