"""Cache of the vision tower's features, so that a training step costs the transformer alone.

There is one set of files for each view (see `views`). Grids are float16 memory maps, 1.2 GB for
7,091 pictures. A model with a tail needs the trunks alone, a sixth of that.
"""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np

from mmdesk.errors import InputError
from mmdesk.fusion import TRUNK_CHANNELS
from mmdesk.training.data.synthetic import COUNTS

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


class Rows:
    """Rows of several arrays, one after the other; an array may be missing."""

    def __init__(self, arrays: Sequence[np.ndarray | None], sizes: Sequence[int]) -> None:
        self.arrays = arrays
        self.ends = list(itertools.accumulate(sizes))

    def has(self, index: int) -> bool:
        """Return True if there is a row of that index."""
        return self.arrays[bisect.bisect_right(self.ends, index)] is not None

    def __getitem__(self, index: int) -> np.ndarray:
        part = bisect.bisect_right(self.ends, index)
        array = self.arrays[part]
        if array is None:
            raise IndexError(index)
        row: np.ndarray = array[index - (self.ends[part - 1] if part else 0)]
        return row


class FeatureCache:
    """Cached views of one collection, or of several joined ones, read on demand.

    Attributes:
        folder: contains the files of the first collection and of the synthetic images.
        names: views, "base" first.
    """

    def __init__(
        self, folder: Path, views: tuple[str, ...], trunk: bool = False, *others: Path
    ) -> None:
        """Open `views` of `folder`; with `trunk`, `get` returns the tower's trunk for its grid.

        Of the other collections, crops and mirrored views may be missing: a photograph is shown in
        those that it has.

        Args:
            folder: of the first collection.
            views: names.
            trunk: true for a model with a tail.
            others: folders of the collections joined to the first.

        Raises:
            InputError: a view of the first collection, or the others' plain one, is not cached.
        """
        self.folder, self.names = folder, views
        path_of = trunk_path if trunk else grid_path
        folders = (folder, *others)
        for view in views:
            _check(folders if view == "base" else (folder,), view, path_of)
        first = next((one for one in views if one not in COUNTS), views[0])
        sizes = [len(np.load(logits_path(one, first), mmap_mode="r")) for one in folders]
        self.grids = {view: _rows(folders, view, path_of, sizes, "r") for view in views}
        self.logits = {view: _rows(folders, view, logits_path, sizes) for view in views}

    def has(self, view: str, index: int) -> bool:
        """Return True if that view of a photograph is cached."""
        return view in self.grids and self.grids[view].has(index)

    def get(self, pairs: list[tuple[str, int]]) -> tuple[np.ndarray, np.ndarray]:
        """Return the features of (view, index) pairs.

        Returns:
            float32 grid [B, 64, 1280] (or trunk [B, 64, 208]) and label logits [B, 1000].
        """
        grid = np.stack([self.grids[view][index] for view, index in pairs])
        logits = np.stack([self.logits[view][index] for view, index in pairs])
        return grid.astype(np.float32), logits.astype(np.float32)


PathOfView = Callable[[Path, str], Path]


def _check(folders: Sequence[Path], view: str, path_of: PathOfView) -> None:
    missing = next((one for one in folders if not path_of(one, view).exists()), None)
    if missing is not None:
        raise InputError(
            "{folder} has no features for {views}.",
            "Run `mmdesk train features` with the same recipe first.",
            folder=missing,
            views=view,
        )


def _rows(
    folders: Sequence[Path],
    view: str,
    path_of: PathOfView,
    sizes: Sequence[int],
    mode: Literal["r"] | None = None,
) -> Rows:
    """Open a view of all folders; synthetic views are in the first one only."""
    if view in COUNTS:
        return Rows([np.load(path_of(folders[0], view), mmap_mode=mode)], [COUNTS[view]])
    paths = [path_of(one, view) for one in folders]
    return Rows([np.load(one, mmap_mode=mode) if one.exists() else None for one in paths], sizes)


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
    with_grids: bool = True,
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
        with_grids: false where every model has a tail, which takes the trunk.
    """
    target = grid_path(folder, view) if with_grids else trunk_path(folder, view)
    if target.exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    partial = grid_path(folder, view).with_suffix(".part")
    shape = (count if with_grids else 0, TOKENS, CHANNELS)
    grids: Any = np.lib.format.open_memmap(partial, mode="w+", dtype=np.float16, shape=shape)
    trunks = np.zeros((count, TOKENS, TRUNK_CHANNELS), np.float16)
    logits = np.zeros((count, LABELS), np.float16)
    for start in range(0, count, batch):
        numbers = range(start, min(start + batch, count))
        rows = slice(numbers.start, numbers.stop)
        images = np.stack([pixels(number) for number in numbers])
        trunks[rows], found, logits[rows] = tower(images)
        if with_grids:
            grids[rows] = found
        if on_progress is not None:
            on_progress(numbers.stop, count)
    grids.flush()
    np.save(logits_path(folder, view), logits)
    if with_grids:
        np.save(trunk_path(folder, view), trunks)
    else:
        with partial.open("wb") as file:
            np.save(file, trunks)
    partial.rename(target)
