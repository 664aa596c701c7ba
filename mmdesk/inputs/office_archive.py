"""ZIP archives of XML parts, as Word and OpenDocument files are; others are named rightly."""

from __future__ import annotations

import posixpath
import zipfile
from typing import TYPE_CHECKING, Any

from mmdesk.errors import InputError
from mmdesk.inputs.open_file import OpenedFile
from mmdesk.translatable import TranslatableText

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

MAX_UNPACKED = 400_000_000  # bytes; a ZIP may hold far more than its own size
MAX_XML = 64_000_000  # bytes of all XML parts; in memory they take 15 to 17 times as much
OLE = b"\xd0\xcf\x11\xe0"
OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
# Parts that are parsed as a whole.
_PARSED = (".xml", ".rels", ".xhtml", ".html", ".htm", ".opf", ".ncx")
_EXPORT = TranslatableText("Export it as PDF or text.")


class OfficeArchive:
    """Opened archive.

    Attributes:
        names: of its members.
        media_type: what an OpenDocument or EPUB file says of itself; "" for others.
    """

    def __init__(self, src: OpenedFile) -> None:
        """Open the archive.

        Raises:
            InputError: it would unpack to too much.
            zipfile.BadZipFile: it is damaged.
        """
        self._zip = zipfile.ZipFile(src.stream)
        self.names = frozenset(self._zip.namelist())
        entries = self._zip.infolist()
        unpacked = sum(entry.file_size for entry in entries)
        xml = sum(e.file_size for e in entries if e.filename.lower().endswith(_PARSED))
        if unpacked > MAX_UNPACKED or xml > MAX_XML:
            raise InputError(
                "{name} would unpack to {size:,.1f} GB, which is too large to open.",
                name=src.name,
                size=unpacked / 1e9,
            )
        self.media_type = ""
        if "mimetype" in self.names:
            self.media_type = self._zip.read("mimetype").decode("latin_1").strip()

    def is_open_document_text(self) -> bool:
        """Return whether it is a text of OpenDocument, by its media type or its parts."""
        if self.media_type:
            return self.media_type.startswith(f"{OPEN_DOCUMENT}text")
        return "content.xml" in self.names and "META-INF/manifest.xml" in self.names

    def xml(self, name: str) -> Element | None:
        """Return the root of an XML part, or None where there is no such part.

        Raises:
            SyntaxError: it is not XML.
        """
        if name not in self.names:
            return None
        from lxml import etree

        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        root: Element = etree.fromstring(self._zip.read(name), parser)
        return root

    def read(self, name: str) -> bytes:
        """Return the bytes of a member."""
        return self._zip.read(name)

    def has_picture(self, name: str) -> bool:
        """Return whether a page of HTML in the archive shows a picture."""
        return name in self.names and any(tag in self.read(name) for tag in (b"<img", b"<image"))

    def size(self, name: str) -> int:
        """Return the bytes of a member when it is unpacked; 0 where there is none."""
        return self._zip.getinfo(name).file_size if name in self.names else 0

    def is_workbook(self) -> bool:
        """Return whether it is an Excel workbook that openpyxl reads."""
        return "xl/workbook.xml" in self.names

    def is_presentation(self) -> bool:
        """Return whether it is a PowerPoint presentation."""
        return "ppt/presentation.xml" in self.names

    def relations(self, part: str) -> list[tuple[str, str, str]]:
        """Return (id, last word of the type, part) of what a part refers to inside the archive."""
        folder, name = posixpath.split(part)
        root = self.xml(posixpath.join(folder, "_rels", f"{name}.rels"))
        return [
            (
                relation.get("Id", ""),
                relation.get("Type", "").rpartition("/")[2],
                posixpath.normpath(posixpath.join("/", folder, relation.get("Target", "")))[1:],
            )
            for relation in ([] if root is None else root)
            if isinstance(relation.tag, str) and relation.get("TargetMode") != "External"
        ]


def local_name(element: Any) -> str:
    """Return the tag without its namespace; "" for comments and processing instructions."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: Any, name: str, default: str = "") -> str:
    """Return an attribute by its local name, since the namespace differs between dialects."""
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return str(value)
    return default


def unreadable_archive(name: str, archive: OfficeArchive) -> InputError:
    """Return the error for an archive that is no text document."""
    kinds = {
        "xl/": TranslatableText("a binary Excel workbook (.xlsb)"),
        "Index/": TranslatableText("an Apple Pages, Numbers or Keynote file"),
    }
    media_types = {
        "spreadsheet": TranslatableText("an OpenDocument spreadsheet (.ods)"),
        "presentation": TranslatableText("an OpenDocument presentation (.odp)"),
        "graphics": TranslatableText("an OpenDocument drawing (.odg)"),
    }
    kind = next((kind for word, kind in media_types.items() if word in archive.media_type), None)
    for folder, found in kinds.items():
        if any(member.startswith(folder) for member in archive.names):
            kind = kind or found
    if kind is not None:
        return InputError("{name} is {kind}, not a text document.", _EXPORT, name=name, kind=kind)
    return InputError(
        "{name} is a ZIP archive, not a Word document.",
        "Unpack it and choose the files inside.",
        name=name,
    )


def unreadable_ole(src: OpenedFile) -> InputError:
    """Return the error for an old Office file, a message of Outlook, or a protected Word file."""
    data = src.stream.read()

    def has(stream: str) -> bool:
        return stream.encode("utf-16-le") in data

    if has("EncryptedPackage"):
        return InputError(
            "{name} is protected by a password.",
            "Save a copy without the password.",
            name=src.name,
        )
    if has("__substg1.0_") or has("__properties_version1.0"):
        return InputError(
            "{name} is an Outlook message (.msg).",
            "Save it as PDF, text or EML.",
            name=src.name,
        )
    if has("PowerPoint Document"):
        return InputError(
            "{name} is an old PowerPoint presentation (.ppt).", _EXPORT, name=src.name
        )
    if not has("WordDocument") and (has("Workbook") or has("Book\0")):
        return InputError("{name} is an old Excel workbook (.xls).", _EXPORT, name=src.name)
    if has("WordDocument") or src.suffix in (".doc", ".dot", ".docx"):
        return InputError("{name} is an old Word file (.doc).", "Save it as DOCX.", name=src.name)
    return InputError("{name} is an old Office file.", "Save it as DOCX or PDF.", name=src.name)
