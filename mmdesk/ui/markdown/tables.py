"""Tables of Markdown as tables of a document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QTextBlockFormat,
    QTextCursor,
    QTextLength,
    QTextTable,
    QTextTableFormat,
)

from mmdesk.ui import theme
from mmdesk.ui.markdown.inline import plain_format, runs

if TYPE_CHECKING:
    from markdown_it.token import Token

_PADDING = 7  # px
MOST_COLUMNS = 24  # of a table; what is wider stands in the last one


def insert_table(cursor: QTextCursor, rows: list[list[Token]], left: float) -> QTextTable:
    """Insert a table with its head at the cursor; `left` is its margin in px."""
    columns = min(max(map(len, rows)), MOST_COLUMNS)
    look = _format(left)
    look.setHeaderRowCount(1)
    look.setTopMargin(4)
    look.setBottomMargin(12)
    table = cursor.insertTable(len(rows), columns, look)
    _fill_rows(table, rows, head=True)
    return table


def continue_table(cursor: QTextCursor, rows: list[list[Token]], above: QTextTable) -> None:
    """Insert more rows at the cursor, below the table they belong to, in its columns' widths. The
    table above must be laid out.
    """
    shape = above.format()
    if not shape.columnWidthConstraints():
        shape.setBottomMargin(0)
        _fix_widths(shape, above)
        above.setFormat(shape)
    look = _format(shape.leftMargin())
    look.setBottomMargin(4)
    look.setWidth(shape.width())
    look.setColumnWidthConstraints(shape.columnWidthConstraints())
    table = cursor.insertTable(len(rows), above.columns(), look)
    _fill_rows(table, rows, head=False)


def _fix_widths(shape: QTextTableFormat, table: QTextTable) -> None:
    """Keep the columns as they are laid out now, as shares of the message's width, so that they
    still fit when it changes.
    """
    layout = table.document().documentLayout()
    share = QTextLength.Type.PercentageLength
    whole = layout.frameBoundingRect(table).width() - shape.leftMargin()
    cells = [table.cellAt(0, c).firstCursorPosition().block() for c in range(table.columns())]
    widths = [layout.blockBoundingRect(block).width() + 2 * _PADDING + 1 for block in cells]
    room = max(whole, table.document().textWidth() - shape.leftMargin())
    shape.setWidth(QTextLength(share, 100 * whole / max(1.0, room)))
    shape.setColumnWidthConstraints(
        [QTextLength(share, 100 * width / max(1.0, sum(widths))) for width in widths]
    )


def _fill_rows(table: QTextTable, rows: list[list[Token]], *, head: bool) -> None:
    last = table.columns() - 1
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            if c > last:
                table.cellAt(r, last).lastCursorPosition().insertText(" | ")
            _fill(table, r, min(c, last), cell, head=head and r == 0)


def rows_of(tokens: list[Token]) -> list[list[Token]]:
    """The inline tokens of a table's cells; a cell's alignment is put into its `meta`."""
    rows: list[list[Token]] = []
    align = ""
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type in ("td_open", "th_open"):
            style = str(token.attrs.get("style", ""))
            align = next((side for side in ("right", "center") if side in style), "")
        elif token.type == "inline" and rows:
            token.meta["align"] = align
            rows[-1].append(token)
    return rows


def _format(left: float) -> QTextTableFormat:
    look = QTextTableFormat()
    look.setBorder(1)
    look.setBorderCollapse(True)
    look.setBorderStyle(QTextTableFormat.BorderStyle.BorderStyle_Solid)
    look.setBorderBrush(theme.colour(theme.current().border))
    look.setCellPadding(_PADDING)
    look.setCellSpacing(0)
    look.setLeftMargin(left)
    return look


def _fill(table: QTextTable, row: int, column: int, token: Token, *, head: bool) -> None:
    cell = table.cellAt(row, column)
    if head:
        shade = cell.format()
        shade.setBackground(theme.colour(theme.current().raised))
        cell.setFormat(shade)
    cursor = cell.lastCursorPosition()
    style = token.meta.get("align", "")
    if style:
        block = QTextBlockFormat()
        block.setAlignment(
            Qt.AlignmentFlag.AlignRight if style == "right" else Qt.AlignmentFlag.AlignHCenter
        )
        cursor.setBlockFormat(block)
    for text, run in runs(token.children or [], plain_format(bold=head)):
        cursor.insertText(text, run)
