"""Document loading: text, Markdown, HTML, PDF and Word become plain text with its blocks."""

from __future__ import annotations

import re
from pathlib import Path

from mmdesk.errors import InputError
from mmdesk.inputs.encoding import decode_with_notices
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
_HTML_START = re.compile(rb"^(?:\xef\xbb\xbf)?\s*(?:<!--.*?-->\s*)*<(?:!doctype html|html)\b", re.I)


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


def _load_text(src: OpenedFile, head: bytes) -> DocumentInput:
    if head.startswith(b"{\\rtf"):
        raise InputError("{name} is an RTF file, which cannot be read.", READABLE, name=src.name)
    data = src.stream.read()
    media_type = _MEDIA_TYPES.get(src.suffix, "text/plain")
    if media_type == "text/html" or _HTML_START.match(head):
        from mmdesk.inputs.html import html_text

        try:
            return DocumentInput(src.name, html_text(data, src.name), "text/html")
        except RecursionError:
            raise InputError("{name} is nested too deeply to be read.", name=src.name) from None
        except DECODER_ERRORS as error:
            raise InputError(
                "{name} is damaged: {reason}.", READABLE, name=src.name, reason=str(error)
            ) from None
    text, notices = decode_with_notices(data, src.name)
    return DocumentInput(src.name, text, media_type, notices=notices)
