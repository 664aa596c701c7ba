"""Pixels of any mode as opaque 8-bit RGB: bit depths, transparency."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image

_VISIBLE = 32  # alpha, from which a pixel counts as visible
_LEGIBLE = 64  # grey levels between a stroke and its ground
_SEE_THROUGH = 0.05  # share of transparent pixels, below which the ground matters little
_SHOWN_ENOUGH = 0.95  # share of the edges that are legible on white, from which white is taken
_GROUNDS = (255, 0, 127)  # grey levels, the preferred first
_MEASURED_EDGE = 1024  # px, the long edge on which the ground is chosen


def opaque_rgb(picture: Image.Image) -> Image.Image:
    """Return a picture of any mode as RGB, transparent parts on white or what shows them best."""
    if picture.mode.startswith(("I", "F")):
        picture = _eight_bits(picture)
    if picture.has_transparency_data:
        rgba = picture.convert("RGBA")
        ground = Image.new("RGBA", rgba.size, (_ground(rgba),) * 3 + (255,))
        return Image.alpha_composite(ground, rgba).convert("RGB")
    return picture if picture.mode == "RGB" else picture.convert("RGB")


def stretch_upper_bits(picture: Image.Image) -> Image.Image:
    """Use the whole range for 16-bit colours of which only a small part was used.

    Pillow keeps the upper 8 bits of 16-bit colours: of 10 bits stored in 16, two are left.
    """
    bands = np.array(picture)
    colours = bands[:, :, : 3 if picture.mode.startswith("RGB") else 1]
    low, high = int(colours.min()), int(colours.max())
    if high == low and 0 < high < 32:  # one colour
        low, high = 0, 2 ** high.bit_length() - 1
    if not 0 < high - low < 32:
        return picture
    colours[:] = np.rint((colours - np.float32(low)) * (255.0 / (high - low)))
    return Image.fromarray(bands, picture.mode)


# --- bit depths -----------------------------------------------------------------------------------


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Scale 10- to 16-bit, 32-bit and float grey to 8 bits, which Pillow would clip at 255."""
    grey = np.nan_to_num(np.asarray(picture, np.float32), posinf=0.0, neginf=0.0)
    low, high = float(grey.min()), float(grey.max())
    if picture.mode.startswith("I;16"):
        grey = _scaled_sixteen_bits(grey, low, high)
    elif low < 0.0 or high > 255.0 or picture.mode == "F":
        grey = (grey - low) * (255.0 / max(high - low, 1e-6))
    return Image.fromarray(np.rint(grey).astype(np.uint8), "L")


def _scaled_sixteen_bits(
    grey: npt.NDArray[np.float32], low: float, high: float
) -> npt.NDArray[np.float32]:
    """Scale by the used range where it is less than half of 16 bits, as cameras of 10 bits do."""
    if high - low >= 32768.0:
        return grey / np.float32(257.0)
    if high - low < 16.0:  # one colour: its brightness within the bits that it needs
        return grey * np.float32(255.0 / (2.0 ** max(8, int(high).bit_length()) - 1.0))
    return (grey - np.float32(low)) * np.float32(255.0 / (high - low))


# --- transparency ---------------------------------------------------------------------------------


def _ground(rgba: Image.Image) -> int:
    """Return the grey level on which the edges of what is visible have the most contrast.

    White, unless more than a few edges would be lost on it, e.g. those of white letters. Only the
    edges count: what is inside has its own ground.
    """
    alpha = rgba.getchannel("A")
    if alpha.getextrema()[0] >= _VISIBLE:  # type: ignore[operator]
        return _GROUNDS[0]
    step = max(1, max(rgba.size) // _MEASURED_EDGE)
    pixels = np.asarray(rgba)
    visible = pixels[:, :, 3] >= _VISIBLE
    if 1.0 - visible.mean() < _SEE_THROUGH:
        return _GROUNDS[0]
    rows, columns = np.nonzero(_edges(visible))
    if len(rows) == 0:
        return _GROUNDS[0]
    edges = pixels[rows[::step], columns[::step], :3] @ np.array([0.299, 0.587, 0.114])
    shares = {level: float((abs(edges - level) >= _LEGIBLE).mean()) for level in _GROUNDS}
    if shares[_GROUNDS[0]] >= _SHOWN_ENOUGH:
        return _GROUNDS[0]
    return max(_GROUNDS, key=lambda level: shares[level])


def _edges(visible: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Return the visible pixels that have a transparent one next to them."""
    inside = visible.copy()
    inside[1:] &= visible[:-1]
    inside[:-1] &= visible[1:]
    inside[:, 1:] &= visible[:, :-1]
    inside[:, :-1] &= visible[:, 1:]
    return visible & ~inside
