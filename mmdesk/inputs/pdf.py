"""Text extraction from PDF, page by page: text layer, filled-in fields and comments.

Pages that are pictures, or whose text layer has no usable letters, are named in the document, so
that OCR can read them when their text is needed; `load_page` draws one.
"""

from __future__ import annotations

import hashlib
import math
import re
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmdesk.errors import InputError
from mmdesk.inputs.hyphens import LINE_END_HYPHEN, join_split_words
from mmdesk.inputs.open_file import DECODER_ERRORS, OpenedFile, opened
from mmdesk.translatable import TranslatableText
from mmdesk.values import DocumentInput, ImageInput, join_pages, unread_pages_notice

MAX_BYTES = 256_000_000
_pdfium = threading.Lock()  # PDFium has global state and is not thread-safe
_FEW_CHARACTERS = 40  # of a scan with no more than a page number or a scanner's name as text
_HEADER_CHARACTERS = 250  # of a scan with a line in its margin, as fax machines print it
_MARGIN = 0.1  # of the page's width and height
_LARGE_PICTURE = 0.6  # share of the page
_MANY_PATHS = 20  # letters drawn as curves; a ruled blank page has fewer
_MOSTLY_UNKNOWN = 0.2  # share of the letters, from which the text layer is of no use
_LEAST_LETTERS = 80  # of which the share of vowels is looked at
_LEAST_VOWELS = 0.2  # share in a text with Latin letters; Polish has 0.36, "Wklv lv d whvw" 0.1
# Characters that stand for a glyph only: the font does not say which letter it is.
_UNKNOWN = re.compile("[\x01-\x08\x0e-\x1f\ufffd\ue000-\uf8ff]")
_REPLACEMENT = "\ufffd"
_PAGE_END = "\x04"  # between pages, while split words are joined
_DPI = 174  # a page of A4 is 2,034 px high: text of 8 points is read well, in one piece
_MAX_PIXELS = 12_000_000  # of a drawn page; 36 MB


@dataclass(frozen=True, slots=True)
class _PdfPage:
    """Text of one page, with what of it could not be read.

    Attributes:
        text: of its text layer, its fields and its comments.
        is_scanned: whether there may be text that is only painted.
        unknown: characters whose font does not say which letter they are.
    """

    text: str
    is_scanned: bool
    unknown: int


def load_pdf(src: OpenedFile) -> DocumentInput:
    """Extract the text, and name the pages that have to be read by OCR.

    Raises:
        InputError: damaged or protected by a password.
    """
    data = src.stream.read()
    with _opened_pdf(data, src.name) as document:
        document.init_forms()
        pages = [_read_page(document, index) for index in range(len(document))]
        file_notices = _file_notices(document)
    if not pages:
        raise InputError("{name} has no pages.", name=src.name)
    text, starts = join_pages(_joined_words([page.text for page in pages]))
    scanned = tuple(number for number, page in enumerate(pages, 1) if page.is_scanned)
    notices = [unread_pages_notice(scanned)] if scanned else []
    return DocumentInput(
        src.name,
        text,
        "application/pdf",
        len(pages),
        (*notices, *_unknown_notices(pages), *file_notices),
        starts,
        scanned,
        src.path if scanned else "",
        hashlib.sha256(data).hexdigest() if scanned else "",
    )


def load_page(source: Path | bytes, number: int, sha256: str, name: str) -> ImageInput:
    """Draw a page, for OCR: without fields and comments, which are read as text.

    Args:
        source: path or content of the file.
        number: of the page, from 1.
        sha256: hex digest that the file had when it was opened.
        name: of the file, for messages.

    Raises:
        InputError: the file is gone, was changed, or has no such page.
    """
    with opened(source, name, MAX_BYTES, TranslatableText("The document")) as src:
        data = src.stream.read()
    if hashlib.sha256(data).hexdigest() != sha256:
        raise InputError("{name} was changed after it was attached.", "Attach it again.", name=name)
    with _opened_pdf(data, name) as document:
        page = document[number - 1]
        width, height = page.get_size()
        scale = min(_DPI / 72, math.sqrt(_MAX_PIXELS / max(1.0, width * height)))
        drawn = page.render(
            scale=scale, may_draw_forms=False, draw_annots=False, rev_byteorder=True
        ).to_pil()
        page.close()
    from mmdesk.inputs.image import as_value

    return as_value(drawn.convert("RGB"), name)


def _joined_words(pages: list[str]) -> list[str]:
    """Join words that are split at a line's end; what is split at a page's end is put before it."""
    pages = list(pages)
    for index in range(len(pages) - 1):
        if pages[index].endswith(LINE_END_HYPHEN):
            rest = re.match(r"\w*\S*", pages[index + 1])
            pages[index] += rest[0] if rest else ""
            pages[index + 1] = pages[index + 1][rest.end() if rest else 0 :].lstrip()
    return [page.strip() for page in join_split_words(_PAGE_END.join(pages)).split(_PAGE_END)]


@contextmanager
def _opened_pdf(data: bytes, name: str) -> Iterator[Any]:
    """Open a document; whatever PDFium raises meanwhile says that the file is damaged."""
    with _pdfium:
        document = _open(data, name)
        try:
            yield document
        except DECODER_ERRORS as error:
            raise InputError(
                "{name} is damaged: {reason}.", "Export it again.", name=name, reason=str(error)
            ) from None
        finally:
            document.close()


def _open(data: bytes, name: str) -> Any:
    import pypdfium2

    try:
        return pypdfium2.PdfDocument(data)
    except DECODER_ERRORS as error:
        if "password" in str(error).lower() or "security" in str(error).lower():
            raise InputError(
                "{name} is protected by a password.",
                "Open it in a PDF viewer and save a copy without the password.",
                name=name,
            ) from None
        raise InputError(
            "{name} is not a PDF mmdesk can read: it is damaged or incomplete.",
            "Copy or export it again.",
            name=name,
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
            in_margin = len(layer) < _HEADER_CHARACTERS and _is_in_margin(page, text_page)
        finally:
            text_page.close()
        is_usable = _is_usable(layer, unknown)
        is_scanned = not is_usable or _is_painted(page, len(layer), in_margin)
    finally:
        page.close()
    parts = (layer if is_usable else "", "\n".join(fields), "\n".join(notes))
    text = "\n\n".join(part for part in parts if part).replace(_PAGE_END, "")
    return _PdfPage(text, is_scanned, unknown if is_usable else 0)


def _is_usable(layer: str, unknown: int) -> bool:
    """Return whether a text layer says what is printed.

    A font may name no letters, or the wrong ones: what is printed as "This" is then "Wklv".
    """
    if unknown > _MOSTLY_UNKNOWN * len("".join(layer.split())):
        return False
    latin = [
        base
        for character in layer.lower()
        if character.isalpha() and (base := unicodedata.normalize("NFD", character)[0]) < "\x7f"
    ]
    if len(latin) < max(_LEAST_LETTERS, 0.8 * sum(map(str.isalpha, layer))):
        return True
    return sum(letter in "aeiouy" for letter in latin) > _LEAST_VOWELS * len(latin)


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


def _is_in_margin(page: Any, text_page: Any) -> bool:
    """Return whether all text stands at the edges of the page; a slide's is in its middle."""
    left, bottom, right, top = page.get_mediabox()
    across, up = _MARGIN * (right - left), _MARGIN * (top - bottom)
    rectangles = map(text_page.get_rect, range(text_page.count_rects()))
    return all(
        r[3] < bottom + up or r[1] > top - up or r[2] < left + across or r[0] > right - across
        for r in rectangles
    )


def _is_painted(page: Any, characters: int, in_margin: bool) -> bool:
    """Return whether a page without much text has a picture, or letters drawn as curves.

    Args:
        page: of PDFium.
        characters: of its text layer.
        in_margin: whether they all stand at its edges.
    """
    import pypdfium2.raw as pdfium

    if characters >= _FEW_CHARACTERS and not in_margin:
        return False
    paths, covered = 0, 0.0
    for item in page.get_objects(max_depth=4):
        if item.type == pdfium.FPDF_PAGEOBJ_PATH:
            paths += 1
        elif item.type == pdfium.FPDF_PAGEOBJ_IMAGE:
            left, bottom, right, top = item.get_bounds()
            covered += abs((right - left) * (top - bottom))  # a scan may be cut into strips
    if characters:
        return covered > _LARGE_PICTURE * page.get_width() * page.get_height()
    return covered > 0 or paths > _MANY_PATHS


# --- notices ----------------------------------------------------------------------------------


def _unknown_notices(pages: list[_PdfPage]) -> list[TranslatableText]:
    unknown = sum(page.unknown for page in pages)
    if not unknown:
        return []
    return [
        TranslatableText(
            "Some letters could not be read ({count}): the file does not say what they are.",
            count=unknown,
        )
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
