"""Text extraction from e-books (.epub): chapters in the order in which they are read."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import unquote

from mmdesk.errors import InputError
from mmdesk.inputs.embedded_pictures import is_counted, linked_pictures, unread_picture_notices
from mmdesk.inputs.html import check_marks, html_text
from mmdesk.inputs.office_archive import OfficeArchive, attribute, local_name
from mmdesk.translatable import TranslatableText

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

EPUB = "application/epub+zip"
_PAGES = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml")
_FEW_CHARACTERS = 40  # of a chapter that is a picture


def epub_text(name: str, archive: OfficeArchive) -> tuple[str, tuple[TranslatableText, ...]]:
    """Extract title, author and chapters of an opened e-book, and tell what was not read.

    Raises:
        InputError: it is copy-protected, too large, or has no list of chapters.
    """
    container = archive.xml("META-INF/container.xml")
    roots = () if container is None else container.iter()
    path = next((attribute(e, "full-path") for e in roots if local_name(e) == "rootfile"), "")
    package = archive.xml(path)
    if package is None:
        raise InputError("{name} is an e-book without a list of its chapters.", name=name)
    _check_protection(name, archive)
    chapters = list(_chapters(package, posixpath.dirname(path)))
    pages = (archive.read(chapter) for chapter in chapters if chapter in archive.names)
    check_marks(sum(page.count(b"<") + page.count(b"&") for page in pages), name)
    texts = [
        html_text(archive.read(chapter), name) if chapter in archive.names else ""
        for chapter in chapters
    ]
    heads = [e.text or "" for e in package.iter() if local_name(e) in ("title", "creator")]
    head = "\n".join(entry.strip() for entry in heads if entry.strip())
    text = "\n\n".join(part for part in (head, *texts) if part.strip())
    return text, _notices(archive, chapters, texts)


def _chapters(package: Element, folder: str) -> Iterator[str]:
    """Yield the parts with the chapters, in order, as names in the archive."""
    parts = {
        attribute(item, "id"): posixpath.normpath(
            posixpath.join(folder, unquote(attribute(item, "href")))
        )
        for item in package.iter()
        if local_name(item) == "item" and attribute(item, "media-type") in _PAGES
    }
    seen: set[str] = set()
    for reference in package.iter():
        part = parts.get(attribute(reference, "idref"), "")
        if local_name(reference) == "itemref" and part and part not in seen:
            seen.add(part)
            yield part


def _check_protection(name: str, archive: OfficeArchive) -> None:
    """Refuse chapters that are encrypted; encrypted fonts do not matter."""
    encryption = archive.xml("META-INF/encryption.xml")
    for element in () if encryption is None else encryption.iter():
        target = attribute(element, "URI") if local_name(element) == "CipherReference" else ""
        if target.lower().endswith((".xhtml", ".html", ".htm", ".xml")):
            raise InputError(
                "{name} is copy-protected (DRM).", "Use a copy without protection.", name=name
            )


def _notices(
    archive: OfficeArchive, chapters: list[str], texts: list[str]
) -> tuple[TranslatableText, ...]:
    missing = sum(chapter not in archive.names for chapter in chapters)
    pictures = sum(
        len(text) < _FEW_CHARACTERS and archive.has_picture(chapter)
        for chapter, text in zip(chapters, texts, strict=True)
    )
    notices = []
    if missing == 1:
        notices.append(TranslatableText("One chapter is missing in the file."))
    elif missing:
        notices.append(TranslatableText("{count} chapters are missing in the file.", count=missing))
    if pictures > 1:  # one is the cover
        notices.append(
            TranslatableText("{count} chapters are pictures. They were not read.", count=pictures)
        )
    return (*notices, *unread_picture_notices(_pictures_in_text(archive, chapters, texts)))


def _pictures_in_text(archive: OfficeArchive, chapters: list[str], texts: list[str]) -> int:
    """Return how many pictures stand between the words of chapters."""
    shown = {
        posixpath.normpath(posixpath.join(posixpath.dirname(chapter), unquote(address)))
        for chapter, text in zip(chapters, texts, strict=True)
        if len(text) >= _FEW_CHARACTERS
        for address in linked_pictures(archive.read(chapter))
    }
    return sum(is_counted(archive.size(picture)) for picture in shown)
