"""Writer of Markdown tables as tables of a QTextDocument."""

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
MAX_COLUMNS = 24  # of a table; further cells are joined in the last one


def insert_table(cursor: QTextCursor, rows: list[list[Token]], left: float) -> QTextTable:
    """Insert a table with its head at the cursor; `left` is its margin in px."""
    columns = min(max(map(len, rows)), MAX_COLUMNS)
    table_format = _table_format(left)
    table_format.setHeaderRowCount(1)
    table_format.setTopMargin(4)
    table_format.setBottomMargin(12)
    table = cursor.insertTable(len(rows), columns, table_format)
    _fill_rows(table, rows, head=True)
    return table


def continue_table(cursor: QTextCursor, rows: list[list[Token]], above: QTextTable) -> None:
    """Insert more rows at the cursor, in the column widths of the table above.

    The table above must be laid out.
    """
    upper = above.format()
    if not upper.columnWidthConstraints():
        upper.setBottomMargin(0)
        _fix_widths(upper, above)
        above.setFormat(upper)
    lower = _table_format(upper.leftMargin())
    lower.setBottomMargin(4)
    lower.setWidth(upper.width())
    lower.setColumnWidthConstraints(upper.columnWidthConstraints())
    table = cursor.insertTable(len(rows), above.columns(), lower)
    _fill_rows(table, rows, head=False)


def _fix_widths(table_format: QTextTableFormat, table: QTextTable) -> None:
    """Set the columns to their present widths, as shares of the message's width.

    Shares still fit when that width changes.
    """
    layout = table.document().documentLayout()
    percent = QTextLength.Type.PercentageLength
    whole = layout.frameBoundingRect(table).width() - table_format.leftMargin()
    cells = [table.cellAt(0, c).firstCursorPosition().block() for c in range(table.columns())]
    widths = [layout.blockBoundingRect(block).width() + 2 * _PADDING + 1 for block in cells]
    available = max(whole, table.document().textWidth() - table_format.leftMargin())
    table_format.setWidth(QTextLength(percent, 100 * whole / max(1.0, available)))
    table_format.setColumnWidthConstraints(
        [QTextLength(percent, 100 * width / max(1.0, sum(widths))) for width in widths]
    )


def _fill_rows(table: QTextTable, rows: list[list[Token]], *, head: bool) -> None:
    last = table.columns() - 1
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            if c > last:
                table.cellAt(r, last).lastCursorPosition().insertText(" | ")
            _fill_cell(table, r, min(c, last), cell, head=head and r == 0)


def rows_of(tokens: list[Token]) -> list[list[Token]]:
    """Return the inline tokens of a table's cells, with their alignment in `meta`."""
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


def _table_format(left: float) -> QTextTableFormat:
    table_format = QTextTableFormat()
    table_format.setBorder(1)
    table_format.setBorderCollapse(True)
    table_format.setBorderStyle(QTextTableFormat.BorderStyle.BorderStyle_Solid)
    table_format.setBorderBrush(theme.colour(theme.current().border))
    table_format.setCellPadding(_PADDING)
    table_format.setCellSpacing(0)
    table_format.setLeftMargin(left)
    return table_format


def _fill_cell(table: QTextTable, row: int, column: int, token: Token, *, head: bool) -> None:
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
