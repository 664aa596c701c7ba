"""Word documents: paragraphs and tables in the order in which they stand."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from typing import Any

from mmdesk.errors import InputError
from mmdesk.inputs.open_file import DECODER_ERRORS, OpenedFile

MAX_UNPACKED = 1_000_000_000  # bytes; a ZIP may claim and hold far more than it weighs
_OLE = b"\xd0\xcf\x11\xe0"
_OTHERS = {"xl/": "an Excel workbook", "ppt/": "a PowerPoint presentation"}


def docx_text(src: OpenedFile) -> str:
    """Text of the document: headings with "#", list items with "-", table cells apart by " | ".

    Raises:
        InputError: an old .doc, protected by a password, another kind of ZIP, or damaged.
    """
    if src.head().startswith(_OLE):
        raise _old_or_protected(src)
    import docx

    try:
        _check_archive(src)
        document = docx.Document(src.stream)
        return "\n\n".join(_blocks(document.iter_inner_content())).strip()
    except (*DECODER_ERRORS, zipfile.BadZipFile, docx.exceptions.PythonDocxError) as error:
        reason = "it is no Word document" if isinstance(error, LookupError) else str(error)
        raise InputError(f"{src.name} is damaged: {reason}.", "Save it as DOCX again.") from None


def _old_or_protected(src: OpenedFile) -> InputError:
    if "EncryptedPackage".encode("utf-16-le") in src.stream.read():
        return InputError(
            f"{src.name} is protected by a password.", "Save a copy without the password."
        )
    return InputError(f"{src.name} is an old Office file (.doc).", "Save it as DOCX.")


def _check_archive(src: OpenedFile) -> None:
    with zipfile.ZipFile(src.stream) as archive:
        names = archive.namelist()
        unpacked = sum(entry.file_size for entry in archive.infolist())
    src.stream.seek(0)
    if unpacked > MAX_UNPACKED:
        raise InputError(f"{src.name} would unpack to {unpacked / 1e9:,.1f} GB: it is not opened.")
    if "word/document.xml" in names:
        return
    found = [what for folder, what in _OTHERS.items() if any(n.startswith(folder) for n in names)]
    raise InputError(
        f"{src.name} is {found[0] if found else 'a ZIP archive'}, not a Word document.",
        "Export it as PDF or text." if found else "Unpack it and choose the files inside.",
    )


def _blocks(content: Any) -> Iterator[str]:
    for block in content:
        text = _table(block) if hasattr(block, "rows") else _paragraph(block)
        if text:
            yield text


def _paragraph(paragraph: Any) -> str:
    text = paragraph.text.strip()
    style = (paragraph.style.name or "") if paragraph.style is not None else ""
    if text and style.startswith("Heading"):
        level = style.removeprefix("Heading").strip()
        return "#" * (int(level) if level.isdigit() else 1) + " " + text
    if text and style == "Title":
        return f"# {text}"
    return f"- {text}" if text and style.startswith("List") else text


def _table(table: Any) -> str:
    return "\n".join(" | ".join(_cells(row)) for row in table.rows)


def _cells(row: Any) -> Iterator[str]:
    """A merged cell is reported once for every column it spans."""
    last = None
    for cell in row.cells:
        if cell._tc is not last:
            yield " ".join(" ".join(_blocks(cell.iter_inner_content())).split())
        last = cell._tc
