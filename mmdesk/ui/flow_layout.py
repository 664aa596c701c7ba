"""A layout of rows that wraps to the next row at the right edge."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget


class FlowLayout(QLayout):
    """Rows of widgets at their preferred sizes, from the left or the right edge."""

    def __init__(self, parent: QWidget, *, align_right: bool = False, gap: int = 8) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._right = align_right
        self._gap = gap
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        """Add an item at the end."""
        self._items.append(item)

    def count(self) -> int:
        """Return the number of items."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """Return an item, or None beyond the last one."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Remove and return an item, or None beyond the last one."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """Return none: the items keep their sizes."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """Return True: a narrower layout has more rows."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the px that the rows take at a width."""
        return self._arrange(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:
        """Place the items in a rectangle."""
        super().setGeometry(rect)
        self._arrange(rect, move=True)

    def sizeHint(self) -> QSize:
        """Return the minimum size."""
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        """Return the size of the largest item."""
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size

    def _rows(self, width: int) -> list[list[tuple[QLayoutItem, QSize]]]:
        rows: list[list[tuple[QLayoutItem, QSize]]] = []
        used = 0
        for item in self._items:
            if item.isEmpty():  # a hidden widget takes no space
                continue
            size = _size_of(item)
            if not rows or used + size.width() > width:
                rows.append([])
                used = 0
            rows[-1].append((item, size))
            used += size.width() + self._gap
        return rows

    def _arrange(self, rect: QRect, *, move: bool) -> int:
        """Return the height of the rows, and with `move` place the items."""
        y = rect.y()
        for row in self._rows(rect.width()):
            row_width = sum(size.width() for _, size in row) + self._gap * (len(row) - 1)
            x = rect.x() + (max(0, rect.width() - row_width) if self._right else 0)
            for item, size in row:
                if move:
                    item.setGeometry(QRect(QPoint(x, y), size))
                x += size.width() + self._gap
            y += max(size.height() for _, size in row) + self._gap
        return max(0, y - rect.y() - (self._gap if y > rect.y() else 0))


def _size_of(item: QLayoutItem) -> QSize:
    """Return the preferred size of an item, with the height of its text at that width."""
    size = item.sizeHint()
    if item.hasHeightForWidth():
        size.setHeight(item.heightForWidth(size.width()))
    return size
