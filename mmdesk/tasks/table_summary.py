"""Description of a table: its rows, its columns and what stands in them.

A table has no sentences to choose from, so its summary says what it holds. Everything is counted;
no model is asked.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass

MIN_ROWS = 3
_MIN_SHARE = 0.9  # of the lines that have the same number of cells
_MAX_VALUES = 6  # different values of a column that are listed
_MAX_CELL_CHARACTERS = 40  # mean of a table of two columns; longer ones may be prose
_NUMBER = re.compile(r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?|[-+]?\d+(?:[.,]\d+)?")
_DATE = re.compile(r"\d{4}-\d{2}(?:-\d{2})?(?:[T ]\d{2}:\d{2}(?::\d{2})?)?")
_SHEET = re.compile(r"^# ([^\n]+)\n\n", re.MULTILINE)
_TABLE_SHARE = 0.7  # of a text that is described by its tables
_RULE = re.compile(r"[\s|:+=-]+")


@dataclass(frozen=True, slots=True)
class Table:
    """Names of the columns, and the rows below them."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def has_header(self) -> bool:
        """Return whether the columns have names of their own, and not only numbers."""
        return self.columns != _numbers(len(self.columns))


def _numbers(count: int) -> tuple[str, ...]:
    return tuple(str(number) for number in range(1, count + 1))


def read_tables(text: str) -> list[tuple[str, Table]]:
    """Return the tables that a text consists of, each with its heading; none where it is prose.

    A workbook has one for each sheet.
    """
    whole = read_table(text)
    if whole is not None:
        return [("", whole)]
    before, *sections = _SHEET.split(text)
    if before.strip():
        return []
    found = [
        (name, table, len(body))
        for name, body in zip(sections[::2], sections[1::2], strict=True)
        if (table := read_table(split_title(body)[1])) is not None
    ]
    if sum(size for _, _, size in found) < _TABLE_SHARE * len(text):
        return []
    return [(name, table) for name, table, _ in found]


def read_table(text: str) -> Table | None:
    """Return the table that a text is, None where it is something else."""
    lines = [line for line in text.splitlines() if line.strip() and not _RULE.fullmatch(line)]
    if len(lines) < MIN_ROWS:
        return None
    for delimiter in "\t|;,":
        if sum(delimiter in line for line in lines) < _MIN_SHARE * len(lines):
            continue
        plain = list(map(_without_frame, lines)) if delimiter == "|" else lines
        rows = _rows(plain, delimiter)
        if rows:
            return _with_header(rows)
    return None


def _without_frame(line: str) -> str:
    """Return a row without the bars around it, as Markdown has them; empty cells stay."""
    return line.strip()[1:].removesuffix("|") if line.startswith("|") else line


def split_title(text: str) -> tuple[str, str]:
    """Split the lines with one filled cell off, that stand above a table of more columns."""
    lines = text.split("\n")
    count = 0
    for line in lines:
        cells = line.split("|")
        if len(cells) < 3 or sum(bool(cell.strip()) for cell in cells) != 1:
            break
        count += 1
    return "\n".join(lines[:count]), "\n".join(lines[count:])


def _rows(lines: list[str], delimiter: str) -> list[tuple[str, ...]]:
    """Return the rows of the usual width; none where the lines are no table."""
    try:
        parsed = list(csv.reader(lines, delimiter=delimiter))
    except csv.Error:
        return []
    found = [tuple(cell.strip() for cell in row) for row in parsed]
    ((width, count),) = Counter(map(len, found)).most_common(1)
    rows = [row for row in found if len(row) == width]
    if width < 2 or count < max(MIN_ROWS, _MIN_SHARE * len(found)):
        return []
    cells = [cell for row in rows for cell in row]
    is_prose = sum(map(len, cells)) / len(cells) > _MAX_CELL_CHARACTERS
    has_numbers = any(_NUMBER.fullmatch(cell) or _DATE.fullmatch(cell) for cell in cells)
    if is_prose or (delimiter == "," and width < 3 and not has_numbers):
        return []
    return rows


def _with_header(rows: list[tuple[str, ...]]) -> Table:
    first = rows[0]
    if all(cell and not _NUMBER.fullmatch(cell) and not _DATE.fullmatch(cell) for cell in first):
        return Table(first, tuple(rows[1:]))
    return Table(_numbers(len(first)), tuple(rows))


def describe_tables(tables: list[tuple[str, Table]], chinese: bool = False) -> list[str]:
    """Return sentences that say what tables hold: first each of them, then their columns."""
    colon = "：" if chinese else ": "
    described = [
        [f"{name}{colon}{sentence}" if name else sentence for sentence in sentences]
        for name, table in tables
        for sentences in [describe_table(table, chinese)]
    ]
    return [first for first, *_ in described] + [more for _, *rest in described for more in rest]


def describe_table(table: Table, chinese: bool = False) -> list[str]:
    """Return sentences that say what a table holds, in English or Chinese."""
    names = list(table.columns)
    if chinese:
        first = f"表格有{len(table.rows)}行、{len(names)}列：{'、'.join(names)}。"
    else:
        listed = f"{', '.join(names[:-1])} and {names[-1]}"
        first = f"A table with {len(table.rows)} rows and {len(names)} columns: {listed}."
    columns = zip(names, zip(*table.rows, strict=True), strict=True)
    return [first, *(_describe_column(name, cells, chinese) for name, cells in columns)]


def _describe_column(name: str, cells: tuple[str, ...], chinese: bool) -> str:
    filled = [cell for cell in cells if cell]
    values = sorted(set(filled))
    if filled and all(_DATE.fullmatch(cell) for cell in filled):
        span = f"{values[0]}至{values[-1]}" if chinese else f"{values[0]} to {values[-1]}"
        return f"{name}：{span}。" if chinese else f"{name}: {span}."
    if filled and all(_NUMBER.fullmatch(cell) for cell in filled) and len(values) > 1:
        numbers = [_value(cell) for cell in filled]
        low, high, total = (f"{n:,.10g}" for n in (min(numbers), max(numbers), sum(numbers)))
        if chinese:
            return f"{name}：{low}至{high}，合计{total}。"
        return f"{name}: {low} to {high}, {total} in all."
    if len(values) <= _MAX_VALUES:
        listed = "、".join(values) if chinese else ", ".join(values)
        return f"{name}：{listed}。" if chinese else f"{name}: {listed}."
    if chinese:
        return f"{name}：{len(values)}个不同的值，例如{filled[0]}。"
    return f"{name}: {len(values)} different values, such as {filled[0]}."


def _value(cell: str) -> float:
    if re.fullmatch(r"[-+]?\d+,\d{1,2}", cell):
        return float(cell.replace(",", "."))
    return float(cell.replace(",", ""))
