"""Text extraction from PDF, page by page: text layer, filled-in fields and comments.

A file of pictures only is an error; pictures among pages of text are reported in a notice.
"""

from __future__ import annotations

import math
import re
import threading
from dataclasses import dataclass
from typing import Any

from mmdesk.errors import InputError
from mmdesk.inputs.hyphens import LINE_END_HYPHEN, join_split_words
from mmdesk.inputs.open_file import DECODER_ERRORS, OpenedFile
from mmdesk.translatable import TranslatableText

_pdfium = threading.Lock()  # PDFium has global state and is not thread-safe
_FEW_CHARACTERS = 40  # of a scan with no more than a page number or a scanner's name as text
_LARGE_PICTURE = 0.6  # share of the page
_MANY_PATHS = 20  # letters drawn as curves; a ruled blank page has fewer
# Characters that stand for a glyph only: the font does not say which letter it is.
_UNKNOWN = re.compile("[\x01-\x08\x0e-\x1f\ufffd\ue000-\uf8ff]")
_REPLACEMENT = "\ufffd"


@dataclass(frozen=True, slots=True)
class _PdfPage:
    """Text of one page, with what of it could not be read.

    Attributes:
        text: of its text layer, its fields and its comments.
        is_picture: whether there may be text that is only painted.
        unknown: characters whose font does not say which letter they are.
    """

    text: str
    is_picture: bool
    unknown: int


def pdf_text(src: OpenedFile) -> tuple[str, int, tuple[TranslatableText, ...]]:
    """Extract the text.

    Returns:
        The text, with an empty line between pages; the number of pages; what was not read.

    Raises:
        InputError: damaged, protected by a password, or a scan without a text layer.
    """
    with _pdfium:
        document = _open(src)
        try:
            document.init_forms()
            pages = [_read_page(document, index) for index in range(len(document))]
            notices = (*_page_notices(pages), *_file_notices(document))
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
    text = "\n\n".join(page.text for page in pages if page.text)
    if not text.strip():
        raise _scan_error(src.name, len(pages))
    return join_split_words(text), len(pages), notices


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


# --- one page ---------------------------------------------------------------------------------


def _read_page(document: Any, index: int) -> _PdfPage:
    from mmdesk.inputs.pdf_fields import comments, filled_fields

    page = document[index]
    try:
        text_page = page.get_textpage()
        try:
            layer, unknown = _tidy(_text_layer(page, text_page))
            fields = filled_fields(document, page, text_page)
            notes = [note for note in comments(page) if note not in layer]
        finally:
            text_page.close()
        is_picture = len(layer) < _FEW_CHARACTERS and _is_painted(page, bool(layer))
    finally:
        page.close()
    parts = (layer, "\n".join(fields), "\n".join(notes))
    return _PdfPage("\n\n".join(part for part in parts if part), is_picture, unknown)


def _text_layer(page: Any, text_page: Any) -> str:
    """Return the text with its line ends.

    PDFium finds lines by height: of text that runs up or down the page it keeps none, unless the
    text is taken in the order it is written in.
    """
    if page.get_rotation() in (90, 270) or _runs_sideways(text_page):
        text: str = text_page.get_text_range()
        return text.replace("\ufffe", LINE_END_HYPHEN)
    bounded: str = text_page.get_text_bounded()
    return bounded


def _runs_sideways(text_page: Any) -> bool:
    import pypdfium2.raw as pdfium

    count = text_page.count_chars()
    sample = range(0, count, max(1, count // 40))
    angles = [pdfium.FPDFText_GetCharAngle(text_page, index) for index in sample]
    turned = sum(angle >= 0 and abs(math.sin(angle)) > 0.9 for angle in angles)
    return turned > len(angles) / 2


def _tidy(text: str) -> tuple[str, int]:
    """Return the text with tidy line ends, and how many of its characters are unknown."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    text = re.sub(r"\u00ad\n?", "", text).replace("\ufffe\n", LINE_END_HYPHEN)
    text = text.replace("\ufffe", LINE_END_HYPHEN)
    # The mark of a line-end hyphen stands between letters; elsewhere it is an unknown glyph.
    text = re.sub(rf"(?<!\w){LINE_END_HYPHEN}|{LINE_END_HYPHEN}(?!\s*\w)", _REPLACEMENT, text)
    hyphens = text.split(LINE_END_HYPHEN)
    found = [_UNKNOWN.subn(_REPLACEMENT, part) for part in hyphens]
    text = LINE_END_HYPHEN.join(part for part, _ in found)
    return re.sub(r"(?<![^\S\n])[^\S\n]+\n", "\n", text).strip(), sum(count for _, count in found)


def _is_painted(page: Any, has_text: bool) -> bool:
    """Return whether a page without much text has a picture, or letters drawn as curves."""
    import pypdfium2.raw as pdfium

    area = page.get_width() * page.get_height()
    paths, largest = 0, 0.0
    for item in page.get_objects(max_depth=4):
        if item.type == pdfium.FPDF_PAGEOBJ_PATH:
            paths += 1
        elif item.type == pdfium.FPDF_PAGEOBJ_IMAGE:
            left, bottom, right, top = item.get_bounds()
            largest = max(largest, abs((right - left) * (top - bottom)))
    if has_text:
        return largest > _LARGE_PICTURE * area
    return largest > 0 or paths > _MANY_PATHS


# --- notices ----------------------------------------------------------------------------------


def _page_notices(pages: list[_PdfPage]) -> list[TranslatableText]:
    notices = []
    pictures = [number for number, page in enumerate(pages, 1) if page.is_picture]
    if len(pictures) == 1:
        notices.append(
            TranslatableText(
                "Page {page} is a picture. The text in it was not read.", page=pictures[0]
            )
        )
    elif pictures:
        notices.append(
            TranslatableText(
                "Pages {pages} are pictures. The text in them was not read.",
                pages=_list(pictures),
            )
        )
    unknown = sum(page.unknown for page in pages)
    if unknown:
        notices.append(
            TranslatableText(
                "Some letters could not be read ({count}): the file does not say what they are.",
                count=unknown,
            )
        )
    return notices


def _list(numbers: list[int]) -> str:
    """Return page numbers in short, e.g. "2, 5–9 and 12"."""
    *first, last = _ranges(numbers)
    if not first:
        return last
    return TranslatableText("{pages} and {last}", pages=", ".join(first), last=last)


def _ranges(numbers: list[int]) -> list[str]:
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return [
        entry
        for first, last in runs
        for entry in ([f"{first}–{last}"] if last > first + 1 else map(str, {first: 0, last: 0}))
    ]


def _file_notices(document: Any) -> list[TranslatableText]:
    import pypdfium2.raw as pdfium

    notices = []
    if document.get_formtype() == pdfium.FORMTYPE_XFA_FULL:
        notices.append(
            TranslatableText("It is an XFA form: what is filled in may not have been read.")
        )
    attached = document.count_attachments()
    if attached:
        names = [document.get_attachment(index).get_name() for index in range(min(attached, 5))]
        notices.append(
            TranslatableText("Attached files were not read: {names}.", names=", ".join(names))
        )
    return notices
