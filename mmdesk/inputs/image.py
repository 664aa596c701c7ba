"""Image decoding: any common format becomes upright, opaque RGB of bounded size."""

from __future__ import annotations

import functools
import hashlib
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from mmdesk.errors import InputError
from mmdesk.inputs.open_file import DECODER_ERRORS, OpenedFile, opened
from mmdesk.translatable import TranslatableText
from mmdesk.values import ImageInput

MAX_BYTES = 512_000_000
MAX_PIXELS = 120_000_000
LONG_EDGE = 2048  # px; a photographed page stays readable, and a picture below 13 MB
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "HEIF")
READABLE = TranslatableText("Supported formats: JPEG, PNG, WebP, GIF, BMP, TIFF, HEIC.")
_REDUCED_DIRECTLY = ("RGB", "L", "CMYK", "YCbCr")  # no palette or alpha that would bleed
_pillow_limit = threading.Lock()


def load_image(source: Path | bytes, name: str | None = None) -> ImageInput:
    """Decode the first picture of a file: upright, on white, at most 2048 px long.

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
            return from_pil(_decode(picture, src.name), src.name)


def from_pil(picture: Image.Image, name: str) -> ImageInput:
    """Return any Pillow picture as a value of bounded size."""
    rgb = _bounded(_opaque_rgb(picture))
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


# --- decoding -------------------------------------------------------------------------------------


def _decode(picture: Image.Image, name: str) -> Image.Image:
    """Decode the pixels, upright; large pictures are reduced where their mode allows it."""
    try:
        with _without_pillow_limit():
            if picture.mode in _REDUCED_DIRECTLY:
                # Lets a JPEG decoder skip what would be thrown away (reducing_gap uses draft).
                picture.thumbnail((LONG_EDGE, LONG_EDGE), Image.Resampling.LANCZOS, 2.0)
            picture.load()
    except DECODER_ERRORS as error:
        raise _undecodable(error, name) from None
    return _upright(picture)


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


# --- to 8-bit RGB on white ------------------------------------------------------------------------


def _opaque_rgb(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith(("I", "F")):
        picture = _eight_bits(picture)
    if picture.has_transparency_data:
        rgba = picture.convert("RGBA")
        white = Image.new("RGBA", rgba.size, "white")
        return Image.alpha_composite(white, rgba).convert("RGB")
    return picture if picture.mode == "RGB" else picture.convert("RGB")


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Scale 16-bit, 32-bit and float grey to 8 bits, which Pillow would clip at 255."""
    grey = np.nan_to_num(np.asarray(picture, np.float32), posinf=0.0, neginf=0.0)
    if picture.mode.startswith("I;16"):
        grey = grey / 257.0
    elif grey.min() < 0.0 or grey.max() > 255.0 or picture.mode == "F":
        low, high = float(grey.min()), float(grey.max())
        grey = (grey - low) * (255.0 / max(high - low, 1e-6))
    return Image.fromarray(np.rint(grey).astype(np.uint8), "L")


def _bounded(rgb: Image.Image) -> Image.Image:
    if max(rgb.size) <= LONG_EDGE:
        return rgb
    scale = LONG_EDGE / max(rgb.size)
    size = tuple(max(1, round(side * scale)) for side in rgb.size)
    return rgb.resize((size[0], size[1]), Image.Resampling.LANCZOS, reducing_gap=3.0)
