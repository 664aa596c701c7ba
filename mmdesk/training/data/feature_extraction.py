"""Extraction of the vision tower's features for all pictures of a collection."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from mmdesk.fusion import EfficientNetLite2
from mmdesk.perception import tower_input, tower_pixels
from mmdesk.training.data.captions import Collection
from mmdesk.training.data.feature_cache import CachedFeatures, TowerFunction, cache_pixels
from mmdesk.training.data.synthetic import COUNTS, make_image
from mmdesk.training.data.views import render_view


def as_tower(module: EfficientNetLite2, exact: bool = False) -> TowerFunction:
    """Return the module as a function from pixels to features.

    It runs in bfloat16 where the processor has bfloat16 matmuls: 17 ms a picture on one core
    instead of 54. The training features are then a little noisy. Inference is float32, as it is
    here with `exact`.
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
    """Return a map [B, channels, 8, 8] as float32 [B, 64, channels]."""
    return maps.float().flatten(2).transpose(1, 2).numpy()


def cache_all(
    collection: Collection,
    views: Iterable[str],
    tower: TowerFunction,
    folder: Path,
    on_progress: Callable[[int, int], None] | None = None,
    with_grids: bool = True,
) -> None:
    """Compute every view that is not cached yet: of photographs, or of synthetic images.

    Args:
        collection: of the photographs.
        views: names; SYNTHETIC_TRAIN and SYNTHETIC_DEV are the synthetic images.
        tower: computes the features.
        folder: of the cache.
        on_progress: called with the pictures that are done in a view, and all of it.
        with_grids: false where every model has a tail, which takes the trunk.
    """
    for view in views:
        if view in COUNTS:
            count, pixels = COUNTS[view], _synthetic_pixels(view)
        else:
            count, pixels = len(collection.photos), _photo_pixels(collection, view)
        cache_pixels(
            view, count, pixels, tower, folder, on_progress=on_progress, with_grids=with_grids
        )


def _synthetic_pixels(view: str) -> Callable[[int], np.ndarray]:
    def pixels(number: int) -> np.ndarray:
        image = make_image(view, number).image
        return tower_pixels(image).numpy()

    return pixels


def _photo_pixels(collection: Collection, view: str) -> Callable[[int], np.ndarray]:
    def pixels(index: int) -> np.ndarray:
        with Image.open(collection.path(index)) as image:
            sided = collection.photos[index].sided
            return np.array(render_view(image.convert("RGB"), view, index, sided))

    return pixels
