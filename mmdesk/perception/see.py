"""A picture becomes words: what it shows, what is written in it, what kind of picture it is."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from mmdesk.errors import ModelUnavailable
from mmdesk.fusion.tower import IMAGE_SIZE, EfficientNetLite2, normalise
from mmdesk.inputs.image import to_pil
from mmdesk.messages import ImageInput, Label, PictureKind, Sight
from mmdesk.perception.kind import picture_kind, surface
from mmdesk.perception.labels import labels_worth_saying
from mmdesk.perception.read import Reader

WEIGHTS = "model.safetensors"
_LONG = 1.25  # sides' ratio from which a picture is also looked at in its middle square


class Seer:
    """Looks at pictures. Weights are loaded at the first one that needs them.

    Whatever says more about the same picture (a fused model's caption) is computed here as well,
    from the tower's grid, and goes into `Sight.caption`.
    """

    def __init__(self, vision_folder: Path, reader: Reader | None = None) -> None:
        self._folder = vision_folder
        self._reader = reader or Reader()
        self._tower: EfficientNetLite2 | None = None
        self._lock = threading.Lock()

    def see(self, image: ImageInput) -> Sight:
        """What is in one picture. A screenshot or a page is read, not labelled: the classes are
        things in photographs.

        Raises:
            ModelUnavailable: the vision tower's weights are missing or damaged.
        """
        read = self._reader.read(image)
        kind = picture_kind(image, read)
        labels = self._labels(image) if kind is PictureKind.PHOTO else ()
        return Sight(kind, labels, text=read.text)

    def _labels(self, image: ImageInput) -> tuple[Label, ...]:
        drawn = surface(image).flat > 0.9
        return labels_worth_saying(self.probabilities(image).tolist(), strict=drawn)

    def probabilities(self, image: ImageInput) -> torch.Tensor:
        """float32 [1000] over ImageNet's classes; the mean over the whole picture and, where it
        is much longer than wide, its middle square."""
        views = torch.stack([_pixels(view) for view in _views(to_pil(image))])
        with torch.inference_mode():
            _, logits = self._loaded()(normalise(views))  # [views, 1000]
        return logits.softmax(dim=-1).mean(dim=0)

    def _loaded(self) -> EfficientNetLite2:
        with self._lock:
            if self._tower is None:
                self._tower = load_tower(self._folder)
            return self._tower


def load_tower(folder: Path) -> EfficientNetLite2:
    """The vision tower with its weights, ready to look.

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


def _views(picture: Image.Image) -> list[Image.Image]:
    short, long = sorted(picture.size)
    if long < _LONG * short:
        return [picture]
    left, top = (picture.width - short) // 2, (picture.height - short) // 2
    return [picture, picture.crop((left, top, left + short, top + short))]


def _pixels(picture: Image.Image) -> torch.Tensor:
    """uint8 [256,256,3]; squashed, so that nothing at the edges is lost"""
    small = picture.resize((IMAGE_SIZE, IMAGE_SIZE), Image.Resampling.BICUBIC, reducing_gap=3.0)
    return torch.from_numpy(np.array(small))
