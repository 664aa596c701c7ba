"""Text extraction from PDF: the text layer, page by page; a scan without one is an error."""

from __future__ import annotations

import re
import threading
from typing import Any

from mmdesk.errors import InputError
from mmdesk.inputs.open_file import DECODER_ERRORS, OpenedFile
from mmdesk.translatable import TranslatableText

_pdfium = threading.Lock()  # PDFium has global state and is not thread-safe


def pdf_text(src: OpenedFile) -> tuple[str, int]:
    """Extract the text layer.

    Returns:
        The text, with an empty line between pages, and the number of pages.

    Raises:
        InputError: damaged, protected by a password, or a scan without a text layer.
    """
    with _pdfium:
        document = _open(src)
        try:
            pages = [_page_text(document, index) for index in range(len(document))]
        except DECODER_ERRORS as error:
            raise InputError(
                "{name} is damaged: {reason}.",
                "Export it again.",
                name=src.name,
                reason=str(error),
            ) from None
        finally:
            document.close()
    if not pages:
        raise InputError("{name} has no pages.", name=src.name)
    text = "\n\n".join(page for page in pages if page)
    if not text.strip():
        raise _scan_error(src.name, len(pages))
    return text, len(pages)


def _scan_error(name: str, pages: int) -> InputError:
    hint = TranslatableText("Add its pages as pictures (PNG or JPEG): text in pictures is read.")
    if pages == 1:
        return InputError(
            "{name} is a scan: its only page is a picture without a text layer.", hint, name=name
        )
    return InputError(
        "{name} is a scan: its {pages} pages are pictures without a text layer.",
        hint,
        name=name,
        pages=pages,
    )


def _open(src: OpenedFile) -> Any:
    import pypdfium2

    try:
        return pypdfium2.PdfDocument(src.stream.read())
    except DECODER_ERRORS as error:
        if "password" in str(error).lower() or "security" in str(error).lower():
            raise InputError(
                "{name} is protected by a password.",
                "Open it in a PDF viewer and save a copy without the password.",
                name=src.name,
            ) from None
        raise InputError(
            "{name} is not a PDF mmdesk can read: it is damaged or incomplete.",
            "Copy or export it again.",
            name=src.name,
        ) from None


def _page_text(document: Any, index: int) -> str:
    page = document[index]
    try:
        text_page = page.get_textpage()
        try:
            return _tidy(text_page.get_text_bounded())
        finally:
            text_page.close()
    finally:
        page.close()


def _tidy(text: str) -> str:
    """Tidy line ends and join words that PDFium reports as hyphenated at a line's end."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    text = re.sub(r"[\u0002\ufffe\u00ad]\n?", "", text)
    return re.sub(r"(?<![^\S\n])[^\S\n]+\n", "\n", text).strip()
