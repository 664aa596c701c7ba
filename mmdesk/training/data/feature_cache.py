"""Cache of the vision tower's features, so that a training step costs the transformer alone.

There is one set of files for each view (see `views`). Grids are float16 memory maps, 1.2 GB for
7,091 pictures.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from mmdesk.errors import InputError
from mmdesk.fusion import TRUNK_CHANNELS

TOKENS, CHANNELS, LABELS = 64, 1280, 1000


class CachedFeatures(NamedTuple):
    """Features of B pictures, all float.

    Attributes:
        trunk: [B, 64, 208], cells row by row.
        grid: [B, 64, 1280], cells row by row.
        logits: [B, 1000] of the labels.
    """

    trunk: np.ndarray
    grid: np.ndarray
    logits: np.ndarray


TowerFunction = Callable[[np.ndarray], CachedFeatures]
"""uint8 pixels [B, 256, 256, 3] -> features."""


class FeatureCache:
    """Cached views of one collection, read on demand.

    Attributes:
        folder: contains the files.
        names: views, "base" first.
    """

    def __init__(self, folder: Path, views: tuple[str, ...], trunk: bool = False) -> None:
        """Open `views` of `folder`; with `trunk`, `get` returns the tower's trunk for its grid.

        Raises:
            InputError: a view has not been cached.
        """
        missing = [view for view in views if not grid_path(folder, view).exists()]
        if missing:
            raise InputError(
                "{folder} has no features for {views}.",
                "Run `mmdesk train features` with the same recipe first.",
                folder=folder,
                views=", ".join(missing),
            )
        self.folder, self.names = folder, views
        path_of = trunk_path if trunk else grid_path
        self.grids = {view: np.load(path_of(folder, view), mmap_mode="r") for view in views}
        self.logits = {view: np.load(logits_path(folder, view)) for view in views}

    def get(self, pairs: list[tuple[str, int]]) -> tuple[np.ndarray, np.ndarray]:
        """Return the features of (view, index) pairs.

        Returns:
            float32 grid [B, 64, 1280] (or trunk [B, 64, 208]) and label logits [B, 1000].
        """
        grid = np.stack([self.grids[view][index] for view, index in pairs])
        logits = np.stack([self.logits[view][index] for view, index in pairs])
        return grid.astype(np.float32), logits.astype(np.float32)


def grid_path(folder: Path, view: str) -> Path:
    """Return the path of a view's grids."""
    return folder / f"{view}.grid.npy"


def trunk_path(folder: Path, view: str) -> Path:
    """Return the path of a view's trunks."""
    return folder / f"{view}.trunk.npy"


def logits_path(folder: Path, view: str) -> Path:
    """Return the path of a view's label logits."""
    return folder / f"{view}.logits.npy"


def cache_pixels(
    view: str,
    count: int,
    pixels: Callable[[int], np.ndarray],
    tower: TowerFunction,
    folder: Path,
    batch: int = 8,
    on_progress: Callable[[int, int], None] | None = None,
) -> None:
    """Compute one view of `count` pictures; do nothing when it is cached already.

    Args:
        view: name of the view.
        count: number of pictures.
        pixels: picture number -> uint8 [SIDE, SIDE, 3].
        tower: computes the features.
        folder: for the files.
        batch: pictures in one call of `tower`.
        on_progress: called with the pictures that are done, and `count`.
    """
    target = grid_path(folder, view)
    if target.exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    partial = target.with_suffix(".part")
    grids: Any = np.lib.format.open_memmap(
        partial, mode="w+", dtype=np.float16, shape=(count, TOKENS, CHANNELS)
    )
    trunks = np.zeros((count, TOKENS, TRUNK_CHANNELS), np.float16)
    logits = np.zeros((count, LABELS), np.float16)
    for start in range(0, count, batch):
        numbers = range(start, min(start + batch, count))
        rows = slice(numbers.start, numbers.stop)
        images = np.stack([pixels(number) for number in numbers])
        trunks[rows], grids[rows], logits[rows] = tower(images)
        if on_progress is not None:
            on_progress(numbers.stop, count)
    grids.flush()
    np.save(logits_path(folder, view), logits)
    np.save(trunk_path(folder, view), trunks)
    partial.rename(target)
