"""Pictures: any common format becomes upright, opaque RGB of bounded size."""

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
from mmdesk.values import ImageInput

MAX_BYTES = 512_000_000
MAX_PIXELS = 120_000_000
LONG_EDGE = 2048  # px; text of a photographed page is still readable, a picture stays below 13 MB
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "HEIF")
READABLE = "JPEG, PNG, WebP, GIF, BMP, TIFF and HEIC can be read."
_REDUCED_DIRECTLY = ("RGB", "L", "CMYK", "YCbCr")  # no palette or alpha that would bleed
_pillow_limit = threading.Lock()


def load_image(source: Path | bytes, name: str | None = None) -> ImageInput:
    """Decode the (first) picture of a file, turned upright, on white, at most 2048 px long.

    Raises:
        InputError: not a picture, damaged, cut off, or of more than 120 megapixels.
    """
    with opened(source, name, MAX_BYTES, "picture") as src, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about metadata, which is not used
        with _opened_picture(src) as picture:
            _check_pixels(picture, src.name)
            return from_pil(_decode(picture, src.name), src.name)


def from_pil(picture: Image.Image, name: str) -> ImageInput:
    """Any Pillow picture as a bounded value."""
    rgb = _bounded(_opaque_rgb(picture))
    pixels = rgb.tobytes()
    digest = hashlib.sha256(b"%dx%d:" % rgb.size)
    digest.update(pixels)
    return ImageInput(name, rgb.width, rgb.height, pixels, digest.hexdigest())


def to_pil(image: ImageInput) -> Image.Image:
    """The value as a Pillow picture, RGB."""
    return Image.frombytes("RGB", (image.width, image.height), image.rgb)


# --- opening, from the header alone -------------------------------------------------------------


@contextmanager
def _opened_picture(src: OpenedFile) -> Iterator[Image.Image]:
    _register_heif()
    try:
        with _without_pillow_limit():
            picture = Image.open(src.stream, formats=FORMATS)
    except UnidentifiedImageError:
        raise InputError(f"{src.name} is not a picture that can be read.", READABLE) from None
    except DECODER_ERRORS as error:
        raise InputError(f"{src.name} is damaged: {_reason(error)}", READABLE) from None
    with picture:
        yield picture


@functools.cache
def _register_heif() -> None:
    import pi_heif

    pi_heif.register_heif_opener()


@contextmanager
def _without_pillow_limit() -> Iterator[None]:
    """Pillow's own limit names neither the file nor its size; ours is checked right after opening,
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
            f"{name} has {width:,} × {height:,} pixels; at most"
            f" {MAX_PIXELS // 1_000_000} megapixels can be opened.",
            "Use a smaller copy of the picture.",
        )
    if width == 0 or height == 0:
        raise InputError(f"{name} is a picture without pixels.")


# --- decoding -------------------------------------------------------------------------------------


def _decode(picture: Image.Image, name: str) -> Image.Image:
    """Pixels in memory, upright; large pictures already reduced where their mode allows it."""
    try:
        with _without_pillow_limit():
            if picture.mode in _REDUCED_DIRECTLY:
                # Lets a JPEG's decoder skip what would be thrown away (reducing_gap uses draft).
                picture.thumbnail((LONG_EDGE, LONG_EDGE), Image.Resampling.LANCZOS, 2.0)
            picture.load()
    except DECODER_ERRORS as error:
        raise _undecodable(error, name) from None
    return _upright(picture)


def _undecodable(error: BaseException, name: str) -> InputError:
    reason = str(error).lower()
    if "truncated" in reason or "end of" in reason or "not enough" in reason:
        return InputError(
            f"{name} is cut off: the end of the picture is missing.", "Copy it again."
        )
    if isinstance(error, MemoryError):
        return InputError(f"{name} does not fit into memory.", "Use a smaller copy.")
    return InputError(f"{name} is damaged: {_reason(error)}", "Copy or export it again.")


def _reason(error: BaseException) -> str:
    text = " ".join(str(error).split()).rstrip(".")[:120] or type(error).__name__
    return f"{text}."


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
    """16-bit, 32-bit and float grey, which Pillow would clip at 255, scaled instead."""
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
