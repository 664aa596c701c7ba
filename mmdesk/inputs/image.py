"""Image decoding: any common format becomes upright, opaque RGB of bounded size."""

from __future__ import annotations

import functools
import hashlib
import math
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from mmdesk.errors import InputError
from mmdesk.inputs.open_file import DECODER_ERRORS, OpenedFile, opened
from mmdesk.inputs.pixels import opaque_rgb, stretch_upper_bits
from mmdesk.translatable import TranslatableText
from mmdesk.values import ImageInput

MAX_BYTES = 512_000_000
MAX_PIXELS = 120_000_000
LONG_EDGE = 2048  # px; a photographed page stays readable, and a picture below 13 MB
LONG_ASPECT = 2.5  # from which a picture is long or wide: several screens, not one
SHORT_EDGE = 1440  # px that a long or wide picture keeps across
MIN_READABLE_EDGE = 12  # px; in less there is no letter, and nothing to keep
KEPT_PIXELS = 24_000_000  # of one value: 72 MB
PAGE_EDGE = 1754  # px: a page of A4 at 150 dpi, where several share one picture
MAX_PAGES = 40
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "HEIF", "AVIF")
READABLE = TranslatableText("Supported formats: JPEG, PNG, WebP, GIF, BMP, TIFF, HEIC, AVIF.")
_ANIMATED = ("GIF", "WEBP", "PNG", "AVIF", "HEIF")
_REDUCED_PAGE = 1  # bit of a TIFF page's tag 254: a thumbnail of another page
_REDUCED_DIRECTLY = ("RGB", "L", "CMYK", "YCbCr")  # no palette or alpha that would bleed
_pillow_limit = threading.Lock()


def load_image(source: Path | bytes, name: str | None = None) -> ImageInput:
    """Decode a picture: upright, opaque, of bounded size; the pages of a TIFF one below another.

    What was not read, e.g. the other frames of an animation, is in the value's notices.

    Raises:
        InputError: not a picture, damaged, incomplete, or of more than 120 megapixels.
    """
    with (
        opened(source, name, MAX_BYTES, TranslatableText("The picture")) as src,
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")  # about metadata, which is not used
        with _opened_picture(src) as picture:
            _check_pixels(picture, src.name)
            frames = _frame_count(picture)
            if picture.format == "TIFF" and frames > 1:
                return _load_pages(picture, frames, src.name)
            notices = []
            if picture.format in _ANIMATED and frames > 1:
                notices.append(_frames_notice(src.name, frames))
            notices += _reduced_notices(src.name, *picture.size)
            image = from_pil(_decode(picture, src.name), src.name)
            return replace(image, notices=tuple(notices))


def from_pil(picture: Image.Image, name: str) -> ImageInput:
    """Return any Pillow picture as a value of bounded size."""
    return as_value(_bounded(opaque_rgb(picture)), name)


def as_value(rgb: Image.Image, name: str) -> ImageInput:
    """Return a picture in RGB as a value of its own size."""
    pixels = rgb.tobytes()
    digest = hashlib.sha256(b"%dx%d:" % rgb.size)
    digest.update(pixels)
    return ImageInput(name, rgb.width, rgb.height, pixels, digest.hexdigest())


def to_pil(image: ImageInput) -> Image.Image:
    """Return the value as a Pillow picture, RGB."""
    return Image.frombytes("RGB", (image.width, image.height), image.rgb)


# --- opening, from the header alone -------------------------------------------------------------


@contextmanager
def _opened_picture(src: OpenedFile) -> Iterator[Image.Image]:
    _register_heif()
    try:
        with _without_pillow_limit():
            picture = Image.open(src.stream, formats=FORMATS)
    except UnidentifiedImageError:
        raise InputError(
            "{name} is not a picture mmdesk can read.", READABLE, name=src.name
        ) from None
    except DECODER_ERRORS as error:
        raise InputError(
            "{name} is damaged: {reason}.", READABLE, name=src.name, reason=_reason(error)
        ) from None
    with picture:
        yield picture


@functools.cache
def _register_heif() -> None:
    import pi_heif

    pi_heif.register_heif_opener()


@contextmanager
def _without_pillow_limit() -> Iterator[None]:
    """Lift Pillow's limit on pixels while the block runs.

    Its message names neither the file nor its size. Our own limit is checked right after opening,
    before a pixel is decoded.
    """
    with _pillow_limit:
        kept, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
        try:
            yield
        finally:
            Image.MAX_IMAGE_PIXELS = kept


def _check_pixels(picture: Image.Image, name: str) -> None:
    width, height = picture.size
    if width * height > MAX_PIXELS:
        raise InputError(
            "{name} has {width:,} × {height:,} pixels; at most {most} megapixels can be opened.",
            "Use a smaller copy of the picture.",
            name=name,
            width=width,
            height=height,
            most=MAX_PIXELS // 1_000_000,
        )
    if width == 0 or height == 0:
        raise InputError("{name} is a picture without pixels.", name=name)


# --- pages and frames -----------------------------------------------------------------------------


def _frame_count(picture: Image.Image) -> int:
    try:
        return int(getattr(picture, "n_frames", 1))
    except DECODER_ERRORS:  # of a later frame; the first is checked when it is decoded
        return 1


def _load_pages(picture: Image.Image, count: int, name: str) -> ImageInput:
    """Return the pages of a TIFF as one tall picture, as many as are allowed in one."""
    pages: list[Image.Image] = []
    notices: list[TranslatableText] = []
    read = 0
    for number in range(min(count, MAX_PAGES)):
        try:
            page = _load_page(picture, number, name)
        except InputError:
            if not pages:
                raise
            notices.append(_damaged_page_notice(name, number + 1))
            break
        if page is not None:
            height, width = sum(p.height for p in pages), max(p.width for p in [*pages, page])
            if pages and (height + page.height) * width > KEPT_PIXELS:
                break
            pages.append(page)
        read = number + 1
    if read < count and not notices:
        notices.append(_pages_notice(name, count, read))
    if len(pages) == 1:  # the other one was a thumbnail of it
        picture.seek(0)
        return replace(from_pil(_decode(picture, name), name), notices=tuple(notices))
    return replace(as_value(_stacked(pages), name), notices=tuple(notices))


def _load_page(picture: Image.Image, number: int, name: str) -> Image.Image | None:
    """Decode one page of a TIFF; None for the thumbnail of another one."""
    try:
        picture.seek(number)
    except DECODER_ERRORS as error:
        raise _undecodable(error, name) from None
    subfile = getattr(picture, "tag_v2", {}).get(254, 0)
    if number and isinstance(subfile, int) and subfile & _REDUCED_PAGE:
        return None
    _check_pixels(picture, name)
    page = opaque_rgb(_decode(picture, name))
    page.thumbnail((PAGE_EDGE, PAGE_EDGE), Image.Resampling.LANCZOS)
    return page


def _stacked(pages: list[Image.Image]) -> Image.Image:
    size = max(page.width for page in pages), sum(page.height for page in pages)
    stack = Image.new("RGB", size, "white")
    top = 0
    for page in pages:
        stack.paste(page, (0, top))
        top += page.height
    return stack


def _frames_notice(name: str, count: int) -> TranslatableText:
    return TranslatableText(
        "{name} has {count:,} frames. Only the first one was read.", name=name, count=count
    )


def _pages_notice(name: str, count: int, read: int) -> TranslatableText:
    return TranslatableText(
        "{name} has {count:,} pages. Only pages 1 to {read} were read.",
        name=name,
        count=count,
        read=read,
    )


def _damaged_page_notice(name: str, page: int) -> TranslatableText:
    return TranslatableText(
        "Page {page} of {name} is damaged. Only the pages before it were read.",
        name=name,
        page=page,
    )


def _reduced_notices(name: str, width: int, height: int) -> list[TranslatableText]:
    """Tell that a long or wide picture had to be reduced; one screen or photo loses little."""
    share = max(_size_within_bounds(width, height)) / max(width, height)
    if share > 0.75 or max(width, height) <= LONG_ASPECT * min(width, height):
        return []
    return [
        TranslatableText(
            "{name} was reduced to {share:.0%} of its size, so small text may be missing.",
            name=name,
            share=share,
        )
    ]


# --- decoding -------------------------------------------------------------------------------------


def _decode(picture: Image.Image, name: str) -> Image.Image:
    """Decode the pixels, upright; large pictures are reduced where their mode allows it."""
    edge = max(_size_within_bounds(*picture.size))
    # Known from the header only: once decoded, the tiles are gone.
    sixteen_bits = any(";16" in str(tile) for tile in getattr(picture, "tile", ()))
    try:
        with _without_pillow_limit():
            if picture.mode in _REDUCED_DIRECTLY:
                # Lets a JPEG decoder skip what would be thrown away (reducing_gap uses draft).
                picture.thumbnail((edge, edge), Image.Resampling.LANCZOS, 2.0)
            picture.load()
    except DECODER_ERRORS as error:
        raise _undecodable(error, name) from None
    upright = _upright(picture)
    if sixteen_bits and upright.mode in ("RGB", "RGBA", "LA"):
        return stretch_upper_bits(upright)
    return upright


def _undecodable(error: BaseException, name: str) -> InputError:
    reason = str(error).lower()
    if "truncated" in reason or "end of" in reason or "not enough" in reason:
        return InputError(
            "{name} is incomplete: the end of the picture is missing.", "Copy it again.", name=name
        )
    if isinstance(error, MemoryError):
        return InputError(
            "There is not enough memory to open {name}.", "Use a smaller copy.", name=name
        )
    return InputError(
        "{name} is damaged: {reason}.",
        "Copy or export it again.",
        name=name,
        reason=_reason(error),
    )


def _reason(error: BaseException) -> str:
    return " ".join(str(error).split()).rstrip(".")[:120] or type(error).__name__


def _upright(picture: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(picture)
    except DECODER_ERRORS:  # unreadable EXIF says nothing about the pixels
        return picture


# --- bounded size ---------------------------------------------------------------------------------


def _size_within_bounds(width: int, height: int) -> tuple[int, int]:
    """Return the size that a picture is kept at.

    A long or wide screenshot keeps its short edge: reduced to a long edge of 2048 px, one of 14,000
    rows would be 150 px wide, and no letter of it could be read.
    """
    long, short = max(width, height), min(width, height)
    scale = min(1.0, LONG_EDGE / long)
    if short >= MIN_READABLE_EDGE and long > LONG_ASPECT * short:
        whole = min(1.0, SHORT_EDGE / short, math.sqrt(KEPT_PIXELS / (width * height)))
        scale = max(scale, whole)
    if scale == 1.0:
        return width, height
    return max(1, round(width * scale)), max(1, round(height * scale))


def _bounded(rgb: Image.Image) -> Image.Image:
    size = _size_within_bounds(*rgb.size)
    if size == rgb.size:
        return rgb
    return rgb.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
