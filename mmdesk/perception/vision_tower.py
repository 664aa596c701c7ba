"""The vision tower at work: pictures in, what the fused model and the labels are made from out.

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
from mmdesk.fusion import IMAGE_SIZE, EfficientNetLite2, normalise
from mmdesk.inputs import to_pil
from mmdesk.values import ImageInput

WEIGHTS = "model.safetensors"
TOGETHER = 8  # views computed at once
REMEMBERED = 32  # glances of 390 KB, for the questions that follow a look
_LONG = 1.25  # sides' ratio from which a picture is also looked at in its middle square
_NORMED = {  # which batch norm follows which convolution, in the tower and in its blocks
    "_conv_stem": "_bn0",
    "_expand_conv": "_bn0",
    "_depthwise_conv": "_bn1",
    "_project_conv": "_bn2",
    "_conv_head": "_bn1",
}


@dataclass(frozen=True, slots=True)
class ImageFeatures:
    """What the tower saw in one picture.

    Attributes:
        trunk: float32 [208, 8, 8] and grid: float32 [1280, 8, 8] of the whole picture, before and
            after the tower's last stage; logits: float32 [1000] of the same.
        probabilities: float32 [1000], the mean over the whole picture and, where it is much
            longer than wide, its middle square.
    """

    trunk: Tensor
    grid: Tensor
    logits: Tensor
    probabilities: Tensor


class VisionTower:
    """Looks at pictures, at each once. Weights are loaded at the first."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._module: EfficientNetLite2 | None = None
        self._glances: OrderedDict[str, ImageFeatures] = OrderedDict()
        self._lock = threading.Lock()

    def look(self, images: Sequence[ImageInput]) -> list[ImageFeatures]:
        """A glance for each picture, in order.

        Raises:
            ModelUnavailable: the weights are missing or damaged.
        """
        with self._lock:
            new = {i.sha256: i for i in images if i.sha256 not in self._glances}
            found = dict(zip(new, self._looked(list(new.values())), strict=True))
            glances = [found.get(i.sha256) or self._glances[i.sha256] for i in images]
            self._glances.update(found)
            while len(self._glances) > REMEMBERED:
                self._glances.popitem(last=False)
        return glances

    def _looked(self, images: Sequence[ImageInput]) -> list[ImageFeatures]:
        if not images:
            return []
        self._module = self._module or quickened(load_tower(self._folder))
        views = [_views(to_pil(image)) for image in images]
        pixels = torch.stack([_pixels(view) for some in views for view in some])
        with torch.inference_mode():
            trunks = torch.cat([self._module.trunk(_laid_out(p)) for p in pixels.split(TOGETHER)])
            grids = self._module.grid_of(trunks)  # [views, 1280, 8, 8]
            logits = self._module.labels_of(grids)  # [views, 1000]
        trunks, grids = trunks.contiguous(), grids.contiguous()
        glances, start = [], 0
        for some in views:
            odds = logits[start : start + len(some)].softmax(dim=-1).mean(dim=0)
            trunk, grid, own = (maps[start].clone() for maps in (trunks, grids, logits))
            glances.append(ImageFeatures(trunk, grid, own, odds))
            start += len(some)
        return glances


def load_tower(folder: Path) -> EfficientNetLite2:
    """The vision tower with its weights, as it was published.

    Raises:
        ModelUnavailable: the weights are missing or damaged.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    path = folder / WEIGHTS
    try:
        weights: dict[str, Any] = load_file(path)
        return EfficientNetLite2().load_published(weights).eval()
    except FileNotFoundError:
        problem = "is missing"
    except (SafetensorError, RuntimeError, OSError):
        problem = "is damaged"
    raise ModelUnavailable(
        f"The vision part {folder.name} cannot be loaded: {WEIGHTS} {problem}.",
        f"Fetch it again: mmdesk models get {folder.name}",
    )


def quickened(tower: EfficientNetLite2) -> EfficientNetLite2:
    """The same function, faster; for looking only. Changes `tower` and returns it."""
    for module in list(tower.modules()):
        for convolution, norm in _NORMED.items():
            if isinstance(getattr(module, norm, None), nn.BatchNorm2d) and hasattr(
                module, convolution
            ):
                folded = fuse_conv_bn_eval(getattr(module, convolution), getattr(module, norm))
                setattr(module, convolution, folded)
                setattr(module, norm, nn.Identity())
    return tower.to(memory_format=torch.channels_last)  # type: ignore[call-overload]


def _laid_out(pixels: Tensor) -> Tensor:
    """uint8 [B,256,256,3] -> float32 [B,3,256,256], channels last in memory"""
    return normalise(pixels).contiguous(memory_format=torch.channels_last)


def _views(picture: Image.Image) -> list[Image.Image]:
    short, long = sorted(picture.size)
    if long < _LONG * short:
        return [picture]
    left, top = (picture.width - short) // 2, (picture.height - short) // 2
    return [picture, picture.crop((left, top, left + short, top + short))]


def _pixels(picture: Image.Image) -> Tensor:
    """uint8 [256,256,3]; squashed, so that nothing at the edges is lost"""
    small = picture.resize((IMAGE_SIZE, IMAGE_SIZE), Image.Resampling.BICUBIC, reducing_gap=3.0)
    return torch.from_numpy(np.array(small))
