"""The vision tower as training uses it: batches of pixels in, cached features out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from mmdesk.fusion.tower import EfficientNetLite2, normalise
from mmdesk.training.captions import Collection
from mmdesk.training.features import SIDE, Tower, cache_pixels, look
from mmdesk.training.made import COUNTS, make


def as_tower(module: EfficientNetLite2) -> Tower:
    """The module as a function from pixels to features."""

    @torch.inference_mode()
    def run(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        grid, logits = module(normalise(torch.from_numpy(pixels)))  # [B, 1280, 8, 8], [B, 1000]
        return grid.flatten(2).transpose(1, 2).numpy(), logits.numpy()

    return run


def cache_all(
    collection: Collection,
    views: Iterable[str],
    tower: Tower,
    folder: Path,
    on_progress: Callable[[int, int], None] | None = None,
) -> None:
    """Compute every view that is not cached yet: of the photographs, and "made", "made-dev"."""
    for view in views:
        if view in COUNTS:
            count, pixels = COUNTS[view], _made_pixels(view)
        else:
            count, pixels = len(collection.photos), _photo_pixels(collection, view)
        cache_pixels(view, count, pixels, tower, folder, on_progress=on_progress)


def _made_pixels(view: str) -> Callable[[int], np.ndarray]:
    def pixels(number: int) -> np.ndarray:
        image = make(view, number).image
        return np.array(image.resize((SIDE, SIDE), Image.Resampling.BICUBIC))

    return pixels


def _photo_pixels(collection: Collection, view: str) -> Callable[[int], np.ndarray]:
    def pixels(index: int) -> np.ndarray:
        with Image.open(collection.path(index)) as image:
            return np.array(look(image.convert("RGB"), view, index, collection.photos[index].sided))

    return pixels
