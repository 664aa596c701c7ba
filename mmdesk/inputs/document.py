"""Document loading: text, web pages, PDF, Word, OpenDocument and e-mails become plain text."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from mmdesk.errors import InputError
from mmdesk.inputs.encoding import damage_notices, decode_with_notices
from mmdesk.inputs.open_file import DECODER_ERRORS, OpenedFile, opened
from mmdesk.translatable import TranslatableText
from mmdesk.values import DocumentInput

if TYPE_CHECKING:
    from mmdesk.inputs.office_archive import OfficeArchive

MAX_BYTES = 256_000_000
MAX_CHARACTERS = 5_000_000  # about 1,700 pages; anything longer is data, not a text to read
ODT = "application/vnd.oasis.opendocument.text"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
READABLE = TranslatableText(
    "Supported formats: TXT, MD, HTML, PDF, DOCX, ODT, RTF, EPUB, PPTX, XLSX, CSV, EML."
)
_MEDIA_TYPES = {
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "text/html",
}
_SAVE_AGAIN = TranslatableText("Save it again in the program that made it.")
_OFFICE = (
    *(".docx", ".docm", ".dotx", ".dotm", ".odt", ".ott", ".epub"),
    *(".pptx", ".pptm", ".ppsx", ".potx", ".xlsx", ".xlsm", ".xltx"),
)
_MAIL = (".eml", ".mht", ".mhtml", ".mbox")
# The head of a message that was saved under another name.
_MAIL_START = re.compile(
    rb"^(?:[!-9;-~]+:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*)*MIME-Version:", re.I
)
_HTML_STARTS = (b"<!doctype html", b"<html")


def load_document(source: Path | bytes, name: str | None = None) -> DocumentInput:
    """Extract a document's text.

    The content decides on the format; the extension only where the content proves nothing.

    Raises:
        InputError: not a document, damaged, protected by a password, or without any text.
    """
    with opened(source, name, MAX_BYTES, TranslatableText("The document")) as src:
        document = _load(src)
    if not document.text.strip() and not document.scanned:
        raise InputError(
            "{name} has no text.", "There is nothing in it to read.", name=document.name
        )
    if len(document.text) > MAX_CHARACTERS:
        raise InputError(
            "{name} has {characters:,} characters; at most {most:,} can be read.",
            "Split it into parts.",
            name=document.name,
            characters=len(document.text),
            most=MAX_CHARACTERS,
        )
    return document


def _load(src: OpenedFile) -> DocumentInput:
    head = src.head()
    if b"%PDF-" in head[:1024] or src.suffix == ".pdf":
        from mmdesk.inputs.pdf import load_pdf

        return load_pdf(src)
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")) or src.suffix in _OFFICE:
        return _load_office(src, head)
    return _load_text(src, head)


def _load_office(src: OpenedFile, head: bytes) -> DocumentInput:
    from mmdesk.inputs import office_archive

    if head.startswith(office_archive.OLE):
        raise office_archive.unreadable_ole(src)
    try:
        return _load_archive(src, office_archive.OfficeArchive(src))
    except SyntaxError as error:
        raise _xml_error(error, src.name) from None
    except (*DECODER_ERRORS, zipfile.BadZipFile) as error:
        raise InputError(
            "{name} is damaged: {reason}.",
            _SAVE_AGAIN,
            name=src.name,
            reason=error.args[0] if isinstance(error, ValueError) and error.args else str(error),
        ) from None


def _xml_error(error: SyntaxError, name: str) -> InputError:
    """Return what to say of XML that is refused: the parser has limits of its own."""
    reason = str(error)
    if "xcessive depth" in reason:
        return _nested_too_deeply(name)
    if "ntity" in reason and ("amplification" in reason or "loop" in reason):
        return InputError("{name} is too large to open.", _SAVE_AGAIN, name=name)
    return InputError("{name} is damaged: {reason}.", _SAVE_AGAIN, name=name, reason=reason)


def _nested_too_deeply(name: str) -> InputError:
    return InputError("{name} is nested too deeply to be read.", name=name)


def _load_archive(src: OpenedFile, archive: OfficeArchive) -> DocumentInput:
    if archive.media_type == "application/epub+zip" or "META-INF/container.xml" in archive.names:
        from mmdesk.inputs.epub_reader import EPUB, epub_text

        text, notices = epub_text(src.name, archive)
        return DocumentInput(src.name, text, EPUB, notices=notices)
    if archive.is_open_document_text():
        from mmdesk.inputs.odt_reader import odt_text

        text, notices = odt_text(src.name, archive)
        return DocumentInput(src.name, text, ODT, notices=notices)
    if archive.is_workbook():
        from mmdesk.inputs.xlsx_reader import XLSX, xlsx_text

        text, notices = xlsx_text(src.stream, archive)
        return DocumentInput(src.name, text, XLSX, notices=notices)
    if archive.is_presentation():
        from mmdesk.inputs.pptx_reader import PPTX, pptx_text

        text, starts, notices = pptx_text(src.stream, archive)
        return DocumentInput(src.name, text, PPTX, len(starts), notices, starts)
    from mmdesk.inputs.docx_reader import docx_text

    text, notices = docx_text(src.name, archive)
    return DocumentInput(src.name, text, DOCX, notices=notices)


def _load_rtf(src: OpenedFile) -> DocumentInput:
    from mmdesk.inputs.rtf_reader import MAX_BYTES as MAX_RTF
    from mmdesk.inputs.rtf_reader import rtf_text

    if src.size > MAX_RTF:
        raise InputError("{name} is too large to open.", "Save it as DOCX.", name=src.name)
    try:
        text, notices = rtf_text(src.stream.read(), src.name)
    except DECODER_ERRORS as error:
        raise InputError(
            "{name} is damaged: {reason}.", READABLE, name=src.name, reason=str(error)
        ) from None
    return DocumentInput(src.name, text, "application/rtf", notices=notices)


def _load_email(name: str, data: bytes) -> DocumentInput:
    from mmdesk.inputs.email_reader import email_text

    try:
        text, notices = email_text(data, name)
    except RecursionError:
        raise _nested_too_deeply(name) from None
    except DECODER_ERRORS as error:
        raise InputError(
            "{name} is damaged: {reason}.", READABLE, name=name, reason=str(error)
        ) from None
    return DocumentInput(name, text, "message/rfc822", notices=notices)


def _starts_as_html(head: bytes) -> bool:
    """Return whether the first thing after white space and comments is a page's beginning.

    Not a regular expression: over comments it takes exponential time.
    """
    rest = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    while rest.startswith(b"<!--"):
        rest = rest.partition(b"-->")[2].lstrip()
    start = next((s for s in _HTML_STARTS if rest[: len(s)].lower() == s), None)
    return start is not None and not _is_word(rest[len(start) : len(start) + 1])


def _is_word(byte: bytes) -> bool:
    return byte.isalnum() or byte == b"_"


def _load_text(src: OpenedFile, head: bytes) -> DocumentInput:
    if head.startswith(b"{\\rtf"):
        return _load_rtf(src)
    data = src.stream.read()
    if src.suffix in _MAIL or _MAIL_START.match(head):
        return _load_email(src.name, data)
    media_type = _MEDIA_TYPES.get(src.suffix, "text/plain")
    if media_type == "text/html" or _starts_as_html(head):
        from mmdesk.inputs.embedded_pictures import data_pictures, unread_picture_notices
        from mmdesk.inputs.html import html_text

        try:
            text = html_text(data, src.name)
            notices = damage_notices(text, src.name)
            notices += unread_picture_notices(data_pictures(data))
            return DocumentInput(src.name, text, "text/html", notices=notices)
        except RecursionError:
            raise _nested_too_deeply(src.name) from None
        except DECODER_ERRORS as error:
            raise InputError(
                "{name} is damaged: {reason}.", READABLE, name=src.name, reason=str(error)
            ) from None
    text, notices = decode_with_notices(data, src.name)
    return DocumentInput(src.name, text, media_type, notices=notices)
