"""The vision tower as training uses it: batches of pixels in, cached features out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from mmdesk.fusion import EfficientNetLite2
from mmdesk.perception import tower_input, tower_pixels
from mmdesk.training.data.captions import Collection
from mmdesk.training.data.features import CachedFeatures, TowerFunction, cache_pixels, look
from mmdesk.training.data.synthetic import COUNTS, make


def as_tower(module: EfficientNetLite2, exact: bool = False) -> TowerFunction:
    """The module as a function from pixels to features.

    In bfloat16 where the processor multiplies it (17 ms a picture on one core instead of 54); what
    is learned from is then a little noisy; what is measured at work is float32, as it is here
    when `exact`.
    """
    module = module.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    native = not exact and torch.cpu.get_capabilities().get("avx512_bf16", False)

    @torch.inference_mode()
    def run(pixels: np.ndarray) -> CachedFeatures:
        given = tower_input(torch.from_numpy(pixels))
        with torch.autocast("cpu", torch.bfloat16, enabled=native):
            trunk = module.trunk(given)  # [B, 208, 8, 8]
            grid = module.grid_of(trunk)  # [B, 1280, 8, 8]
            logits = module.labels_of(grid)  # [B, 1000]
        return CachedFeatures(_cells(trunk), _cells(grid), logits.float().numpy())

    return run


def _cells(maps: torch.Tensor) -> np.ndarray:
    """[B, channels, 8, 8] -> float32 [B, 64, channels]"""
    return maps.float().flatten(2).transpose(1, 2).numpy()


def cache_all(
    collection: Collection,
    views: Iterable[str],
    tower: TowerFunction,
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
        return tower_pixels(image).numpy()

    return pixels


def _photo_pixels(collection: Collection, view: str) -> Callable[[int], np.ndarray]:
    def pixels(index: int) -> np.ndarray:
        with Image.open(collection.path(index)) as image:
            return np.array(look(image.convert("RGB"), view, index, collection.photos[index].sided))

    return pixels
