"""Text extraction from Word documents: everything a reader of the printed document sees.

Tracked changes are read as accepted. The XML is walked by the names of its elements: python-docx
returns neither insertions, content controls, text boxes and notes nor documents with macros,
templates and the strict dialect.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from mmdesk.inputs.embedded_pictures import EMU_PER_CM, unread_pictures
from mmdesk.inputs.office_archive import (
    OfficeArchive,
    attribute,
    local_name,
    unreadable_archive,
)
from mmdesk.inputs.office_math import formula_text
from mmdesk.translatable import TranslatableText

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_OFF = ("0", "false", "off")
# Deleted text, instructions and properties.
_SKIPPED = frozenset(
    (
        *("del", "moveFrom", "delText", "instrText", "delInstrText", "pPr", "rPr", "sdtPr"),
        *("sdtEndPr", "tblPr", "tblGrid", "trPr", "tcPr", "sectPr", "rt", "rubyPr", "ctrlPr"),
    )
)
_NOT_ENTERED = _SKIPPED | {"tbl", "p", ""}  # to find the cells of a row
_CM_PER_POINT = 2.54 / 72
_VML_SIZE = re.compile(r"(?:^|;)\s?(width|height):(\d+(?:\.\d+)?)pt")
_BREAKS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_NOTES = {"footnoteReference": "footnotes", "endnoteReference": "endnotes"}
_SHOWN = frozenset(("t", "commentReference", "oMath", "txbxContent", *_BREAKS, *_NOTES))


def docx_text(name: str, archive: OfficeArchive) -> tuple[str, tuple[TranslatableText, ...]]:
    """Extract the text of an opened Word document, and tell what was not read.

    Headings begin with "#", list items with "-"; table cells are separated by " | ". Headers come
    first and footers last; notes and text boxes follow the paragraph that they belong to.

    Raises:
        InputError: it is another kind of archive.
    """
    main = next(
        (part for _, kind, part in archive.relations("") if kind == "officeDocument"),
        "word/document.xml",
    )
    if not main.startswith("word/") or main not in archive.names:
        raise unreadable_archive(name, archive)
    root = archive.xml(main)
    body = None if root is None else next(_children(root, "body"), None)
    if body is None:
        raise ValueError(TranslatableText("it is not a Word document"))
    return _DocxBody(archive, main).text(body), _notices(body, archive)


def _notices(body: Element, archive: OfficeArchive) -> tuple[TranslatableText, ...]:
    notices = unread_pictures(_picture_areas(body))
    if any(name.startswith("word/charts/") for name in archive.names):
        notices += (TranslatableText("Charts in it were not read."),)
    return notices


def _picture_areas(body: Element) -> Iterator[float]:
    """Yield the size of each picture of the body in square centimetres."""
    for element in body.iter():
        name = local_name(element)
        if name in ("inline", "anchor") and any(local_name(e) == "blip" for e in element.iter()):
            for extent in _children(element, "extent"):
                width, height = int(attribute(extent, "cx", "0")), int(attribute(extent, "cy", "0"))
                yield width * height / EMU_PER_CM**2
        elif name == "shape" and "imagedata" in map(local_name, element):  # of Word 97 to 2003
            size = dict(_VML_SIZE.findall(attribute(element, "style")))
            points = float(size.get("width", 0)) * float(size.get("height", 0))
            yield points * _CM_PER_POINT**2


class _DocxBody:
    """Walk through the parts of one document."""

    def __init__(self, archive: OfficeArchive, main: str) -> None:
        self._parts: dict[str, Element | None] = {}  # id or kind -> root of the part
        kinds = ("footnotes", "endnotes", "comments", "styles", "header", "footer")
        for identifier, kind, part in archive.relations(main):
            if kind in kinds:
                root = archive.xml(part)
                self._parts[identifier] = self._parts[kind] = root
        self._styles = self._style_names()
        self._after: list[str] = []  # blocks that follow the present paragraph
        self._fields: list[bool] = []  # of the open fields: whether their result has begun
        self._note_numbers: dict[tuple[str, str], int] = {}

    def text(self, body: Element) -> str:
        """Return the whole text."""
        blocks = list(self._blocks(body))
        headers = self._margins(body, "headerReference")
        footers = self._margins(body, "footerReference")
        return "\n\n".join((*headers, *blocks, *footers)).strip()

    def _style_names(self) -> dict[str, str]:
        root = self._parts.get("styles")
        styles = () if root is None else _children(root, "style")
        return {
            attribute(style, "styleId"): attribute(name, "val").casefold()
            for style in styles
            for name in _children(style, "name")
        }

    def _margins(self, body: Element, reference: str) -> list[str]:
        """Return the distinct headers or footers that hold more than a page number."""
        texts: dict[str, None] = {}
        for element in body.iter():
            if local_name(element) == reference:
                root = self._parts.get(attribute(element, "id"))
                text = "" if root is None else "\n".join(self._blocks(root))
                if any(char.isalpha() for char in text):
                    texts[text] = None
        return list(texts)

    # --- blocks -------------------------------------------------------------------------------

    def _blocks(self, parent: Element) -> Iterator[str]:
        """Yield the paragraphs and tables in an element, at any depth of controls and tags."""
        before = ""  # a paragraph whose end was deleted goes on in the next one
        for element in _block_elements(parent):
            outer, self._after = self._after, []
            if local_name(element) == "tbl":
                text = self._table(element)
            else:
                text = before + self._inline(element)
                before = text if _end_is_deleted(element) else ""
                text = "" if before else self._styled(element, text.strip())
            following, self._after = self._after, outer
            if text:
                yield text
            yield from following
        if before.strip():
            yield before.strip()

    def _styled(self, paragraph: Element, text: str) -> str:
        if not text:
            return ""
        style = ""
        for properties in _children(paragraph, "pPr"):
            for entry in _children(properties, "pStyle"):
                identifier = attribute(entry, "val")
                style = self._styles.get(identifier, identifier.casefold())
        if style.startswith("heading"):
            level = style.removeprefix("heading").strip()
            return "#" * (int(level) if level in tuple("123456789") else 1) + f" {text}"
        if style == "title":
            return f"# {text}"
        return f"- {text}" if style.startswith("list") else text

    def _table(self, table: Element) -> str:
        kept = [list(_descendants(row, "tc")) for row in _rows(table)]
        if len(kept) == 1 and len(kept[0]) == 1:  # a frame around text
            return "\n\n".join(self._blocks(kept[0][0]))
        rows = [list(self._cells(cells)) for cells in kept]
        above: dict[int, str] = {}
        lines = []
        for row in rows:
            column, texts = 0, []
            for text, width, continued in row:
                above[column] = above.get(column, "") if continued else text
                texts.append(above[column])
                column += width
            lines.append(" | ".join(texts))
        return "\n".join(lines)

    def _cells(self, row: list[Element]) -> Iterator[tuple[str, int, bool]]:
        """Yield text, columns, and whether the cell goes on from the row above."""
        for cell in row:
            width, continued = 1, False
            for entry in (e for properties in _children(cell, "tcPr") for e in properties):
                if local_name(entry) == "gridSpan" and attribute(entry, "val").isdigit():
                    width = int(attribute(entry, "val"))
                if local_name(entry) == "vMerge":
                    continued = attribute(entry, "val", "continue") == "continue"
            text = " ".join(" ".join(self._blocks(cell)).split())
            yield text, width, continued

    # --- text of a paragraph ------------------------------------------------------------------

    def _inline(self, paragraph: Element) -> str:
        self._fields = []  # a field that was never ended must not hide the rest of the document
        return "".join(self._pieces(paragraph))

    def _pieces(self, parent: Element) -> Iterator[str]:
        for element in parent:
            name = local_name(element)
            if name == "fldChar":
                yield self._field_character(element)
            elif name in _SHOWN and not all(self._fields):
                continue  # instructions of a field, perhaps with the results of fields in them
            elif name and name not in _SKIPPED:
                yield from self._piece(name, element)

    def _piece(self, name: str, element: Element) -> Iterator[str]:
        if name == "t":
            yield element.text or ""
        elif name in _BREAKS:
            yield _BREAKS[name]
        elif name in _NOTES:
            yield self._note(_NOTES[name], attribute(element, "id"))
        elif name == "commentReference":
            self._comment(attribute(element, "id"))
        elif name == "oMath":
            yield formula_text(element)
        elif name == "txbxContent":
            self._after.extend(self._text_box(element))
        elif name == "AlternateContent":
            yield from self._alternative(element)
        else:
            yield from self._pieces(element)

    def _field_character(self, element: Element) -> str:
        kind = attribute(element, "fldCharType")
        if kind == "begin":
            shown = _form_value(element) if all(self._fields) else ""
            self._fields.append(False)
            return shown
        if kind == "separate" and self._fields:
            self._fields[-1] = True
        elif kind == "end" and self._fields:
            self._fields.pop()
        return ""

    def _alternative(self, element: Element) -> Iterator[str]:
        """Yield the first of several drawings of the same thing."""
        choices = [*_children(element, "Choice"), *_children(element, "Fallback")]
        for choice in choices:
            before = len(self._after)
            text = "".join(self._pieces(choice))
            if text or len(self._after) > before:
                yield text
                return

    def _text_box(self, content: Element) -> list[str]:
        fields, self._fields = self._fields, []
        blocks = list(self._blocks(content))
        self._fields = fields
        return blocks

    def _note(self, kind: str, identifier: str) -> str:
        """Return the mark of a note, whose text follows the paragraph."""
        number = self._note_numbers.setdefault((kind, identifier), len(self._note_numbers) + 1)
        text = " ".join(self._entry(kind, identifier))
        if not text:
            return ""
        self._after.append(f"[{number}] {text}")
        return f"[{number}]"

    def _comment(self, identifier: str) -> None:
        text = " ".join(self._entry("comments", identifier))
        if text:
            self._after.append(f"[Comment: {text}]")

    def _entry(self, kind: str, identifier: str) -> list[str]:
        root = self._parts.get(kind)
        entries = [] if root is None else [e for e in root if attribute(e, "id") == identifier]
        return [block for entry in entries[:1] for block in self._text_box(entry)]


def _children(parent: Element, name: str) -> Iterator[Element]:
    return (element for element in parent if local_name(element) == name)


def _descendants(parent: Element, name: str) -> Iterator[Element]:
    """Yield the nearest elements of a name, through content controls and the like."""
    for element in parent:
        if local_name(element) == name:
            yield element
        elif local_name(element) not in _NOT_ENTERED:
            yield from _descendants(element, name)


def _block_elements(parent: Element) -> Iterator[Element]:
    for element in parent:
        name = local_name(element)
        if name in ("p", "tbl"):
            yield element
        elif name == "AlternateContent":
            choices: Iterable[Element] = _children(element, "Choice")
            yield from (entry for choice in choices for entry in _block_elements(choice))
        elif name and name not in _SKIPPED:
            yield from _block_elements(element)


def _rows(table: Element) -> Iterator[Element]:
    for row in _descendants(table, "tr"):
        marks = [local_name(e) for properties in _children(row, "trPr") for e in properties]
        if "del" not in marks:
            yield row


def _end_is_deleted(paragraph: Element) -> bool:
    return any(
        local_name(mark) in ("del", "moveFrom")
        for properties in _children(paragraph, "pPr")
        for run in _children(properties, "rPr")
        for mark in run
    )


def _form_value(field: Element) -> str:
    """Return what is chosen in a tick box or a list of an old form; other fields have a result."""
    for element in field.iter():
        if local_name(element) == "checkBox":
            states = {local_name(state): attribute(state, "val", "1") for state in element}
            return "☐" if states.get("checked", states.get("default", "0")) in _OFF else "☒"
        if local_name(element) == "ddList":
            entries = [attribute(entry, "val") for entry in _children(element, "listEntry")]
            chosen = next((attribute(e, "val") for e in _children(element, "result")), "0")
            index = int(chosen) if chosen.isdigit() else 0
            return entries[index] if index < len(entries) else ""
    return ""
