"""Document loading: text, Markdown, HTML, PDF and Word become plain text with its blocks."""

from __future__ import annotations

from pathlib import Path

from mmdesk.errors import InputError
from mmdesk.inputs.encoding import decode
from mmdesk.inputs.open_file import DECODER_ERRORS, OpenedFile, opened
from mmdesk.translatable import TranslatableText
from mmdesk.values import DocumentInput

MAX_BYTES = 256_000_000
MAX_CHARACTERS = 5_000_000  # about 1,700 pages; anything longer is data, not a text to read
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
READABLE = TranslatableText("Supported formats: TXT, MD, HTML, PDF, DOCX.")
_MEDIA_TYPES = {
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "text/html",
}
_HTML_STARTS = (b"<!doctype html", b"<html")


def load_document(source: Path | bytes, name: str | None = None) -> DocumentInput:
    """Extract a document's text.

    The content decides on the format; the extension only where the content proves nothing.

    Raises:
        InputError: not a document, damaged, protected by a password, or without any text.
    """
    with opened(source, name, MAX_BYTES, TranslatableText("The document")) as src:
        document = _load(src)
    if not document.text.strip():
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
        from mmdesk.inputs.pdf import pdf_text

        text, pages = pdf_text(src)
        return DocumentInput(src.name, text, "application/pdf", pages)
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")) or src.suffix == ".docx":
        from mmdesk.inputs.docx_reader import docx_text

        return DocumentInput(src.name, docx_text(src), DOCX)
    return _load_text(src, head)


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
        raise InputError("{name} is an RTF file, which cannot be read.", READABLE, name=src.name)
    data = src.stream.read()
    media_type = _MEDIA_TYPES.get(src.suffix, "text/plain")
    if media_type == "text/html" or _starts_as_html(head):
        from mmdesk.inputs.html import html_text

        try:
            return DocumentInput(src.name, html_text(data, src.name), "text/html")
        except RecursionError:
            raise InputError("{name} is nested too deeply to be read.", name=src.name) from None
        except DECODER_ERRORS as error:
            raise InputError(
                "{name} is damaged: {reason}.", READABLE, name=src.name, reason=str(error)
            ) from None
    return DocumentInput(src.name, decode(data, src.name), media_type)
