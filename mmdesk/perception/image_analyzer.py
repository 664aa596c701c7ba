"""A picture becomes words: what it shows, what is written in it, what kind of picture it is."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch

from mmdesk.perception.fused_model import FusedModel, FusedOutput
from mmdesk.perception.fused_tokenizer import sentence
from mmdesk.perception.labels import labels_worth_saying
from mmdesk.perception.ocr import ReadText, TextReader
from mmdesk.perception.picture_kind import picture_kind, surface
from mmdesk.perception.vision_tower import ImageFeatures, VisionTower, load_tower
from mmdesk.values import ImageDescription, ImageInput, Label, PictureKind

__all__ = ["ImageAnalyzer", "load_tower"]


DRAWN = 0.7  # share of flat surface from which a picture is no photo for sure (see `kind`)
FEW_LINES = 8  # of text, up to which a drawn picture may be a chart rather than a window
SURE_KIND = 0.85


class ImageAnalyzer:
    """Looks at pictures. Weights are loaded at the first one that needs them.

    Without a fused model, descriptions have no caption and questions no answer.
    """

    def __init__(
        self, vision_folder: Path, reader: TextReader | None = None, fused: FusedModel | None = None
    ) -> None:
        self._tower = VisionTower(vision_folder)
        self._reader = reader or TextReader()
        self._fused = fused

    def see(self, image: ImageInput) -> ImageDescription:
        """What is in one picture; as `see_all`."""
        return self.see_all((image,))[0]

    def see_all(self, images: Sequence[ImageInput]) -> list[ImageDescription]:
        """What is in each picture; those that show things are captioned together.

        A screenshot or a page is read, not labelled: the classes are things in photographs.

        Raises:
            ModelUnavailable: weights are missing or damaged.
        """
        likely = [image for image in images if surface(image).flat < DRAWN]
        with ThreadPoolExecutor(1, thread_name_prefix="reader") as beside:
            reading = beside.map(self._reader.read, images)
            scenes = self._scenes(likely)  # meanwhile, on another core
            read = list(reading)
        kinds = [self._kind(image, text) for image, text in zip(images, read, strict=True)]
        shown = [i for i, kind in zip(images, kinds, strict=True) if not kind.is_read]
        scenes |= self._scenes([image for image in shown if image.sha256 not in scenes])
        return [
            ImageDescription(kind, text=text.text)
            if kind.is_read
            else ImageDescription(kind, *scenes[image.sha256], text.text)
            for image, kind, text in zip(images, kinds, read, strict=True)
        ]

    def _kind(self, image: ImageInput, read: ReadText) -> PictureKind:
        """A drawn picture with little text may be a drawing or a chart, if the fused model is
        sure of that (of real screenshots it is never sure).
        """
        kind = picture_kind(image, read)
        if self._fused is None or kind is PictureKind.PAGE:
            return kind
        if surface(image).flat < DRAWN or len(read.lines) > FEW_LINES:
            return kind
        (glance,) = self._tower.look((image,))
        (said,) = self._fused.kind(*self._fused.seen([glance]))
        if said.text in ("drawing", "chart") and said.probability >= SURE_KIND:
            return PictureKind(said.text)
        return kind

    def _scenes(self, images: Sequence[ImageInput]) -> dict[str, tuple[tuple[Label, ...], str]]:
        """Labels and caption by the picture's digest."""
        glances = self._tower.look(images)
        return {
            image.sha256: (_labels(image, glance), caption)
            for image, glance, caption in zip(images, glances, self._captions(glances), strict=True)
        }

    def answer(self, image: ImageInput, question: str) -> tuple[FusedOutput, bool] | None:
        """What the fused model says to a question, and whether it is sure of it; None without one.

        `question` is in a form it was taught (see `asking`); "" asks for a longer description.
        """
        if self._fused is None:
            return None
        (glance,) = self._tower.look((image,))
        seen = self._fused.seen([glance])
        describing = not question
        (said,) = self._fused.describe(*seen) if describing else self._fused.answer(question, *seen)
        return said, self._fused.is_sure(question, said)

    def question(self, frames: np.ndarray) -> str:
        """The taught question that the fused model hears in a recording's frames (see `frames`),
        as a person writes it; "" where it hears none, is not sure, or there is no such model.
        """
        said = self._fused.recognize_question(frames) if self._fused is not None else None
        return sentence(said.text) if said is not None else ""

    def probabilities(self, image: ImageInput) -> torch.Tensor:
        """float32 [1000] over ImageNet's classes; see `ImageFeatures`."""
        return self._tower.look((image,))[0].probabilities

    def _captions(self, glances: Sequence[ImageFeatures]) -> list[str]:
        if self._fused is None or not glances:
            return [""] * len(glances)
        return [said.text for said in self._fused.caption(*self._fused.seen(glances))]


def _labels(image: ImageInput, glance: ImageFeatures) -> tuple[Label, ...]:
    drawn = surface(image).flat > 0.9
    return labels_worth_saying(glance.probabilities.tolist(), strict=drawn)
