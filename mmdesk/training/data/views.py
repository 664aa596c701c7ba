"""Augmented views of a photograph, and which of them keep its captions true.

`base` is the picture as it is, `flip` is mirrored; `crop1`, `crop2`, … are a random part, sometimes
mirrored, a little lighter or darker. Hues never change, since captions name colours.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageEnhance, ImageOps

from mmdesk.training.data.captions import Photo

SIDE = 256  # pixels; the aspect ratio is not kept


def views_for(photo: Photo, views: Sequence[str]) -> tuple[str, ...]:
    """Return the views that keep this picture's captions true."""
    return tuple(view for view in views if view != "flip" or not photo.sided)


def render_view(image: Image.Image, view: str, index: int, sided: bool) -> Image.Image:
    """Return one view of picture `index`, SIDE×SIDE; the same arguments give the same pixels.

    Args:
        image: RGB.
        view: "base", "flip" or "cropN".
        index: seeds the crop, with N.
        sided: the picture must not be mirrored in a crop.
    """
    if view == "flip":
        image = ImageOps.mirror(image)
    elif view.startswith("crop"):
        image = _random_crop(image, np.random.default_rng([int(view[4:]), index]), sided)
    return image.resize((SIDE, SIDE), Image.Resampling.BICUBIC)


def _random_crop(image: Image.Image, rng: np.random.Generator, sided: bool) -> Image.Image:
    width, height = image.size
    scale = rng.uniform(0.82, 0.97)
    wide, high = int(width * scale), int(height * scale * rng.uniform(0.95, 1.0))
    left, top = rng.integers(0, width - wide + 1), rng.integers(0, height - high + 1)
    image = image.crop((int(left), int(top), int(left) + wide, int(top) + high))
    if not sided and rng.random() < 0.5:
        image = ImageOps.mirror(image)
    image = ImageEnhance.Brightness(image).enhance(rng.uniform(0.85, 1.15))
    return ImageEnhance.Contrast(image).enhance(rng.uniform(0.85, 1.15))
