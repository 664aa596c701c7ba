"""Inference with the vision tower: pictures in, features for the fused model and the labels out.

Batch norms are folded into their convolutions and channels stand last: the same figures (to 1e-4)
in two thirds of the time.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from mmdesk.errors import ModelUnavailable
from mmdesk.fusion import IMAGE_SIZE, EfficientNetLite2, normalise_pixels
from mmdesk.inputs import to_pil
from mmdesk.translatable import TranslatableText
from mmdesk.values import ImageInput

TOWER_WEIGHTS_FILE = "model.safetensors"
BATCH = 8  # views computed at once
MAX_CACHED = 32  # features of 390 KB, for the questions that follow a description
REDUCING_GAP = 3.0  # large pictures are shrunk coarsely first, which is faster
_LONG = 1.25  # sides' ratio from which a picture's middle square is a second view
_NORM_OF = {  # batch norm that follows each convolution, in the tower and in its blocks
    "_conv_stem": "_bn0",
    "_expand_conv": "_bn0",
    "_depthwise_conv": "_bn1",
    "_project_conv": "_bn2",
    "_conv_head": "_bn1",
}


@dataclass(frozen=True, slots=True)
class ImageFeatures:
    """Features of one picture.

    Attributes:
        trunk: float32 [208, 8, 8] of the whole picture, before the tower's last stage.
        grid: float32 [1280, 8, 8] of the whole picture, after the tower's last stage.
        logits: float32 [1000] of the whole picture.
        probabilities: float32 [1000], the mean over the whole picture and, where it is much
            longer than wide, its middle square.
    """

    trunk: Tensor
    grid: Tensor
    logits: Tensor
    probabilities: Tensor


class VisionTower:
    """Vision tower that computes each picture once. Weights are loaded for the first one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._module: EfficientNetLite2 | None = None
        self._cache: OrderedDict[str, ImageFeatures] = OrderedDict()
        self._lock = threading.Lock()

    def features(self, images: Sequence[ImageInput]) -> list[ImageFeatures]:
        """Return the features of each picture, in order.

        Raises:
            ModelUnavailable: the weights are missing or damaged.
        """
        with self._lock:
            new = {i.sha256: i for i in images if i.sha256 not in self._cache}
            computed = dict(zip(new, self._compute(list(new.values())), strict=True))
            features = [computed.get(i.sha256) or self._cache[i.sha256] for i in images]
            self._cache.update(computed)
            while len(self._cache) > MAX_CACHED:
                self._cache.popitem(last=False)
        return features

    def _compute(self, images: Sequence[ImageInput]) -> list[ImageFeatures]:
        if not images:
            return []
        self._module = self._module or optimise_for_inference(load_tower(self._folder))
        views = [_views(to_pil(image)) for image in images]
        pixels = torch.stack([tower_pixels(one, REDUCING_GAP) for some in views for one in some])
        with torch.inference_mode():
            trunks = torch.cat([self._module.trunk(tower_input(p)) for p in pixels.split(BATCH)])
            grids = self._module.grid_of(trunks)  # [views, 1280, 8, 8]
            logits = self._module.labels_of(grids)  # [views, 1000]
        trunks, grids = trunks.contiguous(), grids.contiguous()
        features, start = [], 0
        for some in views:
            probabilities = logits[start : start + len(some)].softmax(dim=-1).mean(dim=0)
            trunk, grid, own = (maps[start].clone() for maps in (trunks, grids, logits))
            features.append(ImageFeatures(trunk, grid, own, probabilities))
            start += len(some)
        return features


def load_tower(folder: Path) -> EfficientNetLite2:
    """Load the vision tower with its published weights.

    Raises:
        ModelUnavailable: the weights are missing or damaged.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    path = folder / TOWER_WEIGHTS_FILE
    try:
        weights: dict[str, Any] = load_file(path)
        return EfficientNetLite2().load_published(weights).eval()
    except FileNotFoundError:
        problem = TranslatableText("{name} is missing", name=TOWER_WEIGHTS_FILE)
    except (SafetensorError, RuntimeError, OSError):
        problem = TranslatableText("{name} is damaged", name=TOWER_WEIGHTS_FILE)
    raise ModelUnavailable(
        "The vision model {model} cannot be loaded: {problem}.",
        "Download it again: mmdesk models get {model}",
        model=folder.name,
        problem=problem,
    )


def optimise_for_inference(tower: EfficientNetLite2) -> EfficientNetLite2:
    """Fold batch norms into convolutions and put channels last, in place; return the tower."""
    for module in list(tower.modules()):
        for convolution, norm in _NORM_OF.items():
            if isinstance(getattr(module, norm, None), nn.BatchNorm2d) and hasattr(
                module, convolution
            ):
                folded = fuse_conv_bn_eval(getattr(module, convolution), getattr(module, norm))
                setattr(module, convolution, folded)
                setattr(module, norm, nn.Identity())
    return tower.to(memory_format=torch.channels_last)  # type: ignore[call-overload]


def tower_pixels(picture: Image.Image, reducing_gap: float | None = None) -> Tensor:
    """Return uint8 [256,256,3]; the picture is squashed, so that nothing at its edges is lost.

    Args:
        picture: RGB, of any size.
        reducing_gap: Pillow's; None filters all pixels, as the features of training were made.
    """
    size = (IMAGE_SIZE, IMAGE_SIZE)
    small = picture.resize(size, Image.Resampling.BICUBIC, reducing_gap=reducing_gap)
    return torch.from_numpy(np.array(small))


def tower_input(pixels: Tensor) -> Tensor:
    """Normalise uint8 [B,256,256,3] to float32 [B,3,256,256], channels last in memory."""
    return normalise_pixels(pixels).contiguous(memory_format=torch.channels_last)


def _views(picture: Image.Image) -> list[Image.Image]:
    short, long = sorted(picture.size)
    if long < _LONG * short:
        return [picture]
    left, top = (picture.width - short) // 2, (picture.height - short) // 2
    return [picture, picture.crop((left, top, left + short, top + short))]
