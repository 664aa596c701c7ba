"""Photo, screenshot or page, told apart by how flat the picture is and how much text it has."""

from __future__ import annotations

import colorsys
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mmdesk.inputs import to_pil
from mmdesk.perception.ocr import RecognisedText
from mmdesk.values import ImageInput, PictureKind

_ONE_COLOUR = 16  # grey levels that the pixels of an empty picture may differ by
_GREYS = ((0.12, "black"), (0.35, "dark grey"), (0.65, "grey"), (0.9, "light grey"), (1.0, "white"))
_HUES = (
    (14, "red"), (45, "orange"), (68, "yellow"), (165, "green"), (195, "turquoise"),
    (255, "blue"), (290, "purple"), (340, "pink"), (360, "red"),
)  # fmt: skip  # degrees up to which a hue has the name
SAMPLES = 512  # rows and columns of pixels that are measured, spread evenly
_SAME = 2  # grey levels two neighbours may differ by and still be one flat area (JPEG's noise)


@dataclass(frozen=True, slots=True)
class PixelStatistics:
    """Statistics of a picture's pixels, each a share 0..1.

    Attributes:
        flat: neighbours of (almost) the same colour, as programs draw and cameras do not.
        paper: bright and nearly grey.
        coloured: clearly coloured.
    """

    flat: float
    paper: float
    coloured: float


def pixel_statistics(image: ImageInput) -> PixelStatistics:
    """Measure a picture, in a few milliseconds."""
    rgb = np.frombuffer(image.rgb, np.uint8).reshape(image.height, image.width, 3)
    rows = np.unique(np.linspace(0, image.height - 1, SAMPLES).astype(int))
    columns = np.unique(np.linspace(0, image.width - 1, SAMPLES).astype(int))
    neighbours = np.minimum(columns + 1, image.width - 1)
    here = rgb[rows[:, None], columns].astype(np.int16)  # [rows, columns, 3]
    right = rgb[rows[:, None], neighbours].astype(np.int16)
    brightest, darkest = here.max(axis=2), here.min(axis=2)
    spread = brightest - darkest
    return PixelStatistics(
        flat=_share(np.abs(here - right).max(axis=2) <= _SAME),
        paper=_share((brightest > 170) & (spread < 45)),
        coloured=_share(spread > 60),
    )


def single_colour(image: ImageInput) -> str:
    """Return the name of the picture's only colour, e.g. "light blue"; "" where it has more.

    Every pixel counts, since a single word may be all there is. Means of 3 x 3 pixels are compared:
    the noise of a scan or of JPEG is none of the picture's contents.
    """
    picture = to_pil(image)
    means = np.asarray(picture.reduce(3) if min(picture.size) >= 9 else picture).reshape(-1, 3)
    low, high = means.min(axis=0), means.max(axis=0)
    if (high.astype(int) - low).max() > _ONE_COLOUR:
        return ""
    return _colour_name(*(low.astype(float) + high) / 2)


def _colour_name(red: float, green: float, blue: float) -> str:
    hue, lightness, _ = colorsys.rgb_to_hls(red / 255, green / 255, blue / 255)
    if max(red, green, blue) - min(red, green, blue) < 24:
        return next(name for most, name in _GREYS if lightness <= most)
    name = next(name for most, name in _HUES if hue * 360 <= most)
    if name == "orange" and lightness < 0.35:
        return "brown"
    shade = "light " if lightness > 0.75 else "dark " if lightness < 0.25 else ""
    return f"{shade}{name}"


def empty_caption(colour: str) -> str:
    """Return the caption of a picture of one colour."""
    return f"An empty {colour} picture."


def is_empty_caption(caption: str) -> bool:
    """Return true if the caption is that of a picture of one colour."""
    return re.fullmatch(r"An empty [a-z ]+ picture\.", caption) is not None


def _share(where: npt.NDArray[Any]) -> float:
    return float(where.mean())


def picture_kind(image: ImageInput, text: RecognisedText) -> PictureKind:
    """Tell photos, screenshots and pages apart, given the text that was recognised."""
    pixels = pixel_statistics(image)
    lines = len(text.lines)
    drawn = pixels.flat > 0.85
    if _is_page(image, text, pixels, drawn):
        return PictureKind.PAGE
    if (drawn and lines >= 2) or (pixels.flat > 0.7 and lines >= 8):
        return PictureKind.SCREENSHOT
    return PictureKind.PHOTO


def _is_page(image: ImageInput, text: RecognisedText, pixels: PixelStatistics, drawn: bool) -> bool:
    lines = len(text.lines)
    on_paper = pixels.paper > 0.6 and pixels.coloured < 0.12
    aspect = image.height / image.width
    upright_sheet = 1.15 <= (1 / aspect if text.quarter_turns % 2 else aspect) <= 1.65
    if drawn:
        return on_paper and lines >= 3 and (upright_sheet or text.coverage > 0.25)
    # A photographed or scanned sheet: lines of text nearly everywhere.
    return lines >= 8 and (text.coverage > 0.12 or (on_paper and text.coverage > 0.05))
