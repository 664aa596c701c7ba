"""Text extraction from Excel workbooks (.xlsx, .xlsm): every sheet as a table."""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING, Any, BinaryIO

from mmdesk.inputs.embedded_pictures import is_counted, unread_picture_notices
from mmdesk.translatable import TranslatableText

if TYPE_CHECKING:
    from mmdesk.inputs.office_archive import OfficeArchive

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_CHARACTERS = 6_000_000  # more than a document may have; the rest need not be read
_NO_RESULT = re.compile(rb"(?:</f>|<f(?: [^>]*)?/>)\s*(?:<v\s*/>|<v></v>)?\s*</c>")


def xlsx_text(stream: BinaryIO, archive: OfficeArchive) -> tuple[str, tuple[TranslatableText, ...]]:
    """Extract every sheet: its name as a heading, then its rows, cells separated by " | ".

    Of formulas, the results that the file holds are read.

    Returns:
        The text, and what was not read or is hidden in the program.
    """
    import openpyxl

    stream.seek(0)
    book = openpyxl.load_workbook(stream, read_only=True, data_only=True, keep_links=False)
    parts: list[str] = []
    hidden: list[str] = []
    for sheet in book.worksheets:
        rows = _rows(sheet, MAX_CHARACTERS - sum(map(len, parts)))
        if rows:
            parts.append(f"# {sheet.title}\n\n" + "\n".join(rows))
            hidden += [sheet.title] if sheet.sheet_state != "visible" else []
    book.close()
    return "\n\n".join(parts), _notices(archive, hidden)


def _rows(sheet: Any, most: int) -> list[str]:
    """Return the rows that are not empty, without the empty columns at the right."""
    sheet.reset_dimensions()  # a file may say anything of its size
    rows: list[list[str]] = []
    for row in sheet.iter_rows():
        cells = [_cell(cell) for cell in row]
        if any(cells):
            rows.append(cells)
            most -= sum(map(len, cells)) + 3 * len(cells)
        if most < 0:
            break
    width = max((_last(cells) for cells in rows), default=0)
    return [" | ".join((cells + [""] * width)[:width]) for cells in rows]


def _last(cells: list[str]) -> int:
    return max(index + 1 for index, cell in enumerate(cells) if cell)


def _cell(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime.datetime):
        midnight = value.time() == datetime.time()
        return value.date().isoformat() if midnight else value.isoformat(" ", "minutes")
    if isinstance(value, int | float):
        if "%" in str(cell.number_format):
            return f"{value * 100:.10g}%"
        return f"{value:.15g}"
    return " ".join(str(value).split()).replace(" | ", " / ")


def _notices(archive: OfficeArchive, hidden: list[str]) -> tuple[TranslatableText, ...]:
    notices = []
    if hidden:
        notices.append(
            TranslatableText("These sheets are hidden in Excel: {names}.", names=", ".join(hidden))
        )
    sheets = [name for name in archive.names if name.startswith("xl/worksheets/sheet")]
    missing = sum(len(_NO_RESULT.findall(archive.read(name))) for name in sheets)
    if missing == 1:
        notices.append(
            TranslatableText(
                "One cell has a formula without its result. Open the file in a spreadsheet program "
                "and save it again."
            )
        )
    elif missing:
        notices.append(
            TranslatableText(
                "{count} cells have a formula without its result. Open the file in a spreadsheet "
                "program and save it again.",
                count=missing,
            )
        )
    if any(name.startswith(("xl/comments", "xl/threadedComments")) for name in archive.names):
        notices.append(TranslatableText("Comments in it were not read."))
    if any(name.startswith("xl/charts/") for name in archive.names):
        notices.append(TranslatableText("Charts in it were not read, only the tables."))
    pictures = [name for name in archive.names if name.startswith("xl/media/")]
    count = sum(is_counted(archive.size(name)) for name in pictures)
    return (*notices, *unread_picture_notices(count))
