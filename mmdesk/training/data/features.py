"""What the vision tower saw, computed once: a training step then costs the transformer alone.

A view is one way of looking at every picture of a collection: `base` (as it is), `flip` (mirrored),
`crop1`, `crop2`, ... (a random part, sometimes mirrored, a little lighter or darker; never another
colour, since captions name colours). Grids are float16 memory maps, 1.2 GB for 7,091 pictures.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image, ImageEnhance, ImageOps

from mmdesk.errors import InputError
from mmdesk.fusion import TRUNK_CHANNELS

SIDE = 256  # pixels; the aspect ratio is not kept
TOKENS, CHANNELS, LABELS = 64, 1280, 1000


class CachedFeatures(NamedTuple):
    """What the tower made of B pictures: trunk [B, 64, 208], grid [B, 64, 1280] (cells row by
    row), label logits [B, 1000]; all float.
    """

    trunk: np.ndarray
    grid: np.ndarray
    logits: np.ndarray


TowerFunction = Callable[[np.ndarray], CachedFeatures]
"""uint8 [B, 256, 256, 3] -> what was seen."""


class Features:
    """The cached views of one collection, read on demand.

    Attributes:
        folder: where they lie; names: views, "base" first.
    """

    def __init__(self, folder: Path, views: tuple[str, ...], trunk: bool = False) -> None:
        """Open `views` of `folder`; with `trunk`, `get` gives the tower's trunk for its grid.

        Raises:
            InputError: a view has not been cached.
        """
        missing = [view for view in views if not grid_path(folder, view).exists()]
        if missing:
            raise InputError(
                f"The features of {', '.join(missing)} are not in {folder}.",
                "Run `python -m mmdesk.training features` with the same recipe first.",
            )
        self.folder, self.names = folder, views
        cells = trunk_path if trunk else grid_path
        self.grids = {view: np.load(cells(folder, view), mmap_mode="r") for view in views}
        self.logits = {view: np.load(logits_path(folder, view)) for view in views}

    def get(self, pairs: list[tuple[str, int]]) -> tuple[np.ndarray, np.ndarray]:
        """(view, index) pairs -> float32 grid [B, 64, 1280] (or trunk [B, 64, 208]) and label
        logits [B, 1000].
        """
        grid = np.stack([self.grids[view][index] for view, index in pairs])
        logits = np.stack([self.logits[view][index] for view, index in pairs])
        return grid.astype(np.float32), logits.astype(np.float32)


def grid_path(folder: Path, view: str) -> Path:
    return folder / f"{view}.grid.npy"


def trunk_path(folder: Path, view: str) -> Path:
    return folder / f"{view}.trunk.npy"


def logits_path(folder: Path, view: str) -> Path:
    return folder / f"{view}.logits.npy"


def look(image: Image.Image, view: str, index: int, sided: bool) -> Image.Image:
    """One view of picture `index`, SIDE×SIDE. The same arguments give the same pixels."""
    if view == "flip":
        image = ImageOps.mirror(image)
    elif view.startswith("crop"):
        image = _random_part(image, np.random.default_rng([int(view[4:]), index]), sided)
    return image.resize((SIDE, SIDE), Image.Resampling.BICUBIC)


def _random_part(image: Image.Image, rng: np.random.Generator, sided: bool) -> Image.Image:
    width, height = image.size
    scale = rng.uniform(0.82, 0.97)
    wide, high = int(width * scale), int(height * scale * rng.uniform(0.95, 1.0))
    left, top = rng.integers(0, width - wide + 1), rng.integers(0, height - high + 1)
    image = image.crop((int(left), int(top), int(left) + wide, int(top) + high))
    if not sided and rng.random() < 0.5:
        image = ImageOps.mirror(image)
    image = ImageEnhance.Brightness(image).enhance(rng.uniform(0.85, 1.15))
    return ImageEnhance.Contrast(image).enhance(rng.uniform(0.85, 1.15))


def cache_pixels(
    view: str,
    count: int,
    pixels: Callable[[int], np.ndarray],
    tower: TowerFunction,
    folder: Path,
    batch: int = 8,
    on_progress: Callable[[int, int], None] | None = None,
) -> None:
    """Compute one view of `count` pictures; does nothing when it is there already.

    Args:
        pixels: picture number -> uint8 [SIDE, SIDE, 3].
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
        rows = range(start, min(start + batch, count))
        seen = np.stack([pixels(number) for number in rows])
        place = slice(rows.start, rows.stop)
        trunks[place], grids[place], logits[place] = tower(seen)
        if on_progress is not None:
            on_progress(rows.stop, count)
    grids.flush()
    np.save(logits_path(folder, view), logits)
    np.save(trunk_path(folder, view), trunks)
    partial.rename(target)
