"""Text extraction from OpenDocument text (.odt), as LibreOffice writes it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from mmdesk.errors import InputError
from mmdesk.inputs.embedded_pictures import unread_pictures
from mmdesk.inputs.office_archive import OfficeArchive, attribute, local_name
from mmdesk.translatable import TranslatableText

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_SKIPPED = ("tracked-changes", "sequence-decls", "forms", "note-citation", "bookmark", "ruby-text")
_MOST_REPEATED = 100  # cells or spaces; a table's last column may be repeated a thousand times


def odt_text(name: str, archive: OfficeArchive) -> tuple[str, tuple[TranslatableText, ...]]:
    """Extract the text of an opened OpenDocument text, and tell what was not read.

    Changes are read as accepted.

    Headings begin with "#", list items with "-"; table cells are separated by " | ".

    Raises:
        InputError: it is protected by a password, or has no content.
    """
    manifest = archive.xml("META-INF/manifest.xml")
    if manifest is not None and any(local_name(e) == "encryption-data" for e in manifest.iter()):
        raise InputError(
            "{name} is protected by a password.", "Save a copy without the password.", name=name
        )
    root = archive.xml("content.xml")
    bodies = [] if root is None else [e for e in root.iter() if local_name(e) == "text"]
    reader = _OdtBody()
    blocks = [block for body in bodies[:1] for block in reader.blocks(body)]
    headers, footers = _margins(archive.xml("styles.xml"))
    pictures = [_picture_area(element) for body in bodies[:1] for element in body.iter()]
    text = "\n\n".join((*headers, *blocks, *footers)).strip()
    return text, unread_pictures(pictures)


def _picture_area(element: Element) -> float:
    """Return the size of a picture in square centimetres; 0 for anything else."""
    if local_name(element) != "frame" or "image" not in map(local_name, element):
        return 0.0
    width, height = (_centimetres(attribute(element, name)) for name in ("width", "height"))
    return width * height


def _centimetres(length: str) -> float:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(cm|mm|in|pt)", length)
    units = {"cm": 1.0, "mm": 0.1, "in": 2.54, "pt": 2.54 / 72}
    return float(match[1]) * units[match[2]] if match else 0.0


def _margins(styles: Element | None) -> tuple[list[str], list[str]]:
    """Return the headers and footers that have more than a page number."""
    found: dict[str, dict[str, None]] = {"header": {}, "footer": {}}
    for element in () if styles is None else styles.iter():
        name = local_name(element)
        kind = name.removesuffix("-first").removesuffix("-left")
        if kind in found and attribute(element, "display") != "false":
            text = "\n".join(_OdtBody().blocks(element))
            if any(char.isalpha() for char in text):
                found[kind][text] = None
    return list(found["header"]), list(found["footer"])


class _OdtBody:
    """Walk through the elements of one part."""

    def __init__(self) -> None:
        self._after: list[str] = []  # blocks that follow the present paragraph
        self._notes = 0

    def blocks(self, parent: Element) -> Iterator[str]:
        """Yield headings, paragraphs, list items and tables in order."""
        for element in parent:
            name = local_name(element)
            if name in ("p", "h"):
                yield from self._paragraph(element)
            elif name == "list":
                yield from self._list(element)
            elif name == "table":
                yield "\n".join(self._rows(element))
            elif name == "text-box" or (name and name not in _SKIPPED):
                yield from self.blocks(element)

    def _paragraph(self, element: Element) -> Iterator[str]:
        outer, self._after = self._after, []
        text = "".join(self._pieces(element)).strip()
        following, self._after = self._after, outer
        if text and local_name(element) == "h":
            level = attribute(element, "outline-level", "1")
            text = "#" * (int(level) if level in tuple("123456789") else 1) + f" {text}"
        if text:
            yield text
        yield from following

    def _list(self, element: Element) -> Iterator[str]:
        for block in self.blocks(element):
            yield block if block.startswith(("- ", "#")) else f"- {block}"

    def _rows(self, table: Element) -> Iterator[str]:
        for element in table:
            name = local_name(element)
            if name == "table-row":
                yield " | ".join(self._cells(element))
            elif name in ("table-header-rows", "table-rows", "table-row-group"):
                yield from self._rows(element)

    def _cells(self, row: Element) -> list[str]:
        texts: list[str] = []
        for cell in row:
            if local_name(cell) not in ("table-cell", "covered-table-cell"):
                continue
            text = " ".join(" ".join(self.blocks(cell)).split())
            if local_name(cell) == "table-cell":
                texts += [text] * _count(cell, "number-columns-repeated")
        return texts

    def _pieces(self, parent: Element) -> Iterator[str]:
        yield _collapsed(parent.text)
        for element in parent:
            yield from self._piece(element)
            yield _collapsed(element.tail)

    def _piece(self, element: Element) -> Iterator[str]:
        name = local_name(element)
        if name == "s":
            yield " " * _count(element, "c")
        elif name in ("tab", "line-break"):
            yield "\t" if name == "tab" else "\n"
        elif name == "note":
            self._notes += 1
            yield f"[{self._notes}]"
            self._after.append(f"[{self._notes}] {' '.join(self.blocks(element))}")
        elif name == "annotation":
            paragraphs = " ".join(self.blocks(element))
            self._after.append(f"[Comment: {paragraphs}]")
        elif name == "frame":
            self._after.extend(self.blocks(element))
        elif name and name not in _SKIPPED:
            yield from self._pieces(element)


def _collapsed(text: str | None) -> str:
    """Return a text with every run of spaces as one: more are written as elements."""
    return re.sub(r"\s+", " ", text or "")


def _count(element: Element, name: str) -> int:
    value = attribute(element, name, "1")
    return min(int(value), _MOST_REPEATED) if value.isdigit() else 1
