"""PDF: the text layer, page by page; a scan is told from a document without words."""

from __future__ import annotations

import re
import threading
from typing import Any

from mmdesk.errors import InputError
from mmdesk.inputs.open_file import DECODER_ERRORS, OpenedFile

_pdfium = threading.Lock()  # PDFium keeps state of its own and is not safe in two threads


def pdf_text(src: OpenedFile) -> tuple[str, int]:
    """(text, pages); pages apart by an empty line.

    Raises:
        InputError: damaged, protected by a password, or a scan without a text layer.
    """
    with _pdfium:
        document = _open(src)
        try:
            pages = [_page_text(document, index) for index in range(len(document))]
        except DECODER_ERRORS as error:
            raise InputError(f"{src.name} is damaged: {error}.", "Export it again.") from None
        finally:
            document.close()
    if not pages:
        raise InputError(f"{src.name} has no pages.")
    text = "\n\n".join(page for page in pages if page)
    if not text.strip():
        raise InputError(
            f"{src.name} is a scan: its {_count(len(pages))} without a text layer.",
            "Drop its pages as pictures (PNG or JPEG): text in pictures is read.",
        )
    return text, len(pages)


def _count(pages: int) -> str:
    return "only page is a picture" if pages == 1 else f"{pages} pages are pictures"


def _open(src: OpenedFile) -> Any:
    import pypdfium2

    try:
        return pypdfium2.PdfDocument(src.stream.read())
    except DECODER_ERRORS as error:
        if "password" in str(error).lower() or "security" in str(error).lower():
            raise InputError(
                f"{src.name} is protected by a password.",
                "Open it in a PDF viewer and save a copy without the password.",
            ) from None
        raise InputError(
            f"{src.name} is not a PDF that can be read: it is damaged or cut off.",
            "Copy or export it again.",
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
    """Words that PDFium reports as hyphenated at a line's end are put together again."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    text = re.sub(r"[\u0002\ufffe\u00ad]\n?", "", text)
    return re.sub(r"[^\S\n]+\n", "\n", text).strip()
