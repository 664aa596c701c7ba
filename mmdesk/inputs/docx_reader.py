"""Text extraction from Word documents: paragraphs and tables in document order."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from typing import Any

from mmdesk.errors import InputError
from mmdesk.inputs.open_file import DECODER_ERRORS, OpenedFile
from mmdesk.translatable import TranslatableText

MAX_UNPACKED = 400_000_000  # bytes; a ZIP may hold far more than its own size
MAX_XML = 64_000_000  # bytes of all XML parts; in memory they take 15 to 17 times as much
_OLE = b"\xd0\xcf\x11\xe0"


def docx_text(src: OpenedFile) -> str:
    """Extract the document's text.

    Headings begin with "#", list items with "-"; table cells are separated by " | ".

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
        reason = str(error)
        if isinstance(error, LookupError):
            reason = TranslatableText("it is not a Word document")
        raise InputError(
            "{name} is damaged: {reason}.",
            "Save it as DOCX again.",
            name=src.name,
            reason=reason,
        ) from None


def _old_or_protected(src: OpenedFile) -> InputError:
    if "EncryptedPackage".encode("utf-16-le") in src.stream.read():
        return InputError(
            "{name} is protected by a password.",
            "Save a copy without the password.",
            name=src.name,
        )
    return InputError("{name} is an old Office file (.doc).", "Save it as DOCX.", name=src.name)


def _check_archive(src: OpenedFile) -> None:
    with zipfile.ZipFile(src.stream) as archive:
        names = archive.namelist()
        entries = archive.infolist()
    src.stream.seek(0)
    unpacked = sum(entry.file_size for entry in entries)
    xml = sum(e.file_size for e in entries if e.filename.lower().endswith((".xml", ".rels")))
    if unpacked > MAX_UNPACKED or xml > MAX_XML:
        raise InputError(
            "{name} would unpack to {size:,.1f} GB, which is too large to open.",
            name=src.name,
            size=unpacked / 1e9,
        )
    if "word/document.xml" not in names:
        raise _other_archive(src.name, names)


def _other_archive(name: str, members: list[str]) -> InputError:
    hint = TranslatableText("Export it as PDF or text.")
    if any(member.startswith("xl/") for member in members):
        return InputError("{name} is an Excel workbook, not a Word document.", hint, name=name)
    if any(member.startswith("ppt/") for member in members):
        return InputError(
            "{name} is a PowerPoint presentation, not a Word document.", hint, name=name
        )
    return InputError(
        "{name} is a ZIP archive, not a Word document.",
        "Unpack it and choose the files inside.",
        name=name,
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
    """Yield the texts of a row's cells; python-docx reports a merged cell for every column."""
    last = None
    for cell in row.cells:
        if cell._tc is not last:
            yield " ".join(" ".join(_blocks(cell.iter_inner_content())).split())
        last = cell._tc
