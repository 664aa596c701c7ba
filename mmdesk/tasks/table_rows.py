"""Tables within a text: their rows stay whole and keep the names of their columns.

A row that is cut off its header says nothing, and rows that are joined like the lines of a
paragraph are no table any more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from mmdesk.tasks.table_summary import Table, read_table, split_title

ROWS_TOGETHER = 10  # of a table that is cut into chunks


@dataclass(frozen=True, slots=True)
class TextSection:
    """Stretch of a text: prose, or a table."""

    text: str
    table: Table | None = None


def split_tables(text: str) -> Iterator[TextSection]:
    """Yield the tables of a text and what stands between them, in order.

    What would lose a line as a table is prose.
    """
    whole = _whole_table(text)
    if whole is not None:
        yield TextSection(text, whole)
        return
    prose = ""
    for is_row, lines in groupby(text.splitlines(keepends=True), _is_row):
        section = "".join(lines)
        title, run = split_title(section) if is_row else (section, "")
        prose += f"{title}\n" if title and is_row else title
        table = _whole_table(run)
        if table is None:
            prose += run
            continue
        if prose.strip():
            yield TextSection(prose)
        prose = ""
        yield TextSection(run, table)
    if prose.strip():
        yield TextSection(prose)


def _whole_table(text: str) -> Table | None:
    """Return the table that a text is, if every line of it is a row."""
    table = read_table(text)
    if table is None:
        return None
    lines = sum(any(map(str.isalnum, line)) for line in text.splitlines())
    return table if len(table.rows) + table.has_header == lines else None


def _is_row(line: str) -> bool:
    return " | " in line or "\t" in line.strip() or line.count("|") > 1


def row_texts(table: Table) -> list[str]:
    """Return every row with the names of its columns, e.g. "Item: Lamp; Amount: 20"."""
    rows = (zip(table.columns, row, strict=True) for row in table.rows)
    if not table.has_header:
        return [" | ".join(cell for _, cell in row) for row in rows]
    return ["; ".join(f"{name}: {cell}" for name, cell in row if cell) for row in rows]


def table_chunks(table: Table) -> Iterator[str]:
    """Yield the rows, a few together, each time below the header."""
    head = [" | ".join(table.columns)] if table.has_header else []
    for start in range(0, len(table.rows), ROWS_TOGETHER):
        rows = table.rows[start : start + ROWS_TOGETHER]
        yield "\n".join([*head, *(" | ".join(row) for row in rows)])
