"""Image analysis: the content of a picture, its text and its kind."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch

from mmdesk.perception.caption_check import (
    contradicting_label,
    label_caption,
    names_absent_animal,
    unsure_caption,
)
from mmdesk.perception.fused_model import FusedModel, FusedOutput
from mmdesk.perception.fused_tokenizer import as_sentence
from mmdesk.perception.known_questions import OPEN_NUMBER, OPEN_YES_NO, question_kind
from mmdesk.perception.labels import labels_worth_saying
from mmdesk.perception.ocr import Progress, RecognisedText, TextReader
from mmdesk.perception.picture_kind import (
    empty_caption,
    picture_kind,
    pixel_statistics,
    single_colour,
)
from mmdesk.perception.vision_tower import ImageFeatures, VisionTower
from mmdesk.values import ImageDescription, ImageInput, Label, PictureKind

DRAWN = 0.7  # share of flat surface from which a picture is no photo for sure (see `_kind`)
SURELY_DRAWN = 0.9  # from which only sure labels are said
CHART_LINES = 8  # of text, up to which a drawn picture may be a chart rather than a window
SURE_KIND = 0.85


class ImageAnalyzer:
    """Description of pictures and answers about them. Weights are loaded when first needed.

    Without a fused model, descriptions have no caption and questions no answer.

    Args:
        vision_folder: of the vision tower's weights.
        reader: OCR; None for the usual one.
        fused: the fused model; None where there is none.
    """

    def __init__(
        self, vision_folder: Path, reader: TextReader | None = None, fused: FusedModel | None = None
    ) -> None:
        self._tower = VisionTower(vision_folder)
        self._reader = reader or TextReader()
        self._fused = fused

    def analyze(self, image: ImageInput) -> ImageDescription:
        """Describe one picture, as `analyze_all`."""
        return self.analyze_all((image,))[0]

    def analyze_all(
        self, images: Sequence[ImageInput], progress: Progress | None = None
    ) -> list[ImageDescription]:
        """Describe pictures; those that show things are captioned in one batch.

        A screenshot or a page is read, not labelled: the classes are things in photographs. For a
        picture of one colour the models are not asked, as they see something in everything.

        Args:
            images: the pictures.
            progress: gets the share of the text that is read; what it raises ends the work.

        Raises:
            ModelUnavailable: weights are missing or damaged.
        """
        colours = {image.sha256: single_colour(image) for image in images}
        empty = {
            digest: ImageDescription(PictureKind.PHOTO, caption=empty_caption(colour))
            for digest, colour in colours.items()
            if colour
        }
        some = self._analyze_contents([i for i in images if i.sha256 not in empty], progress)
        found = iter(some)
        return [empty.get(image.sha256) or next(found) for image in images]

    def _analyze_contents(
        self, images: Sequence[ImageInput], progress: Progress | None
    ) -> list[ImageDescription]:
        likely_photos = [image for image in images if pixel_statistics(image).flat < DRAWN]
        with ThreadPoolExecutor(1, thread_name_prefix="reader") as executor:
            reading = executor.map(self._reader.read, images, _shared(progress, len(images)))
            scenes = self._scenes(likely_photos)  # meanwhile, on another core
            texts = list(reading)
        kinds = [self._kind(image, text) for image, text in zip(images, texts, strict=True)]
        shown = [i for i, kind in zip(images, kinds, strict=True) if not kind.is_read]
        scenes |= self._scenes([image for image in shown if image.sha256 not in scenes])
        return [
            ImageDescription(kind, text=text.text)
            if kind.is_read
            else ImageDescription(kind, *scenes[image.sha256], text.text)
            for image, kind, text in zip(images, kinds, texts, strict=True)
        ]

    def answer(self, image: ImageInput, question: str) -> tuple[FusedOutput, bool] | None:
        """Answer a question with the fused model; None without one.

        Args:
            image: what the question is about.
            question: in the form of `as_known_question` or `as_open_question`; "" asks for a longer
                description.

        Returns:
            The answer, and true if the model is sure of it.
        """
        if self._fused is None:
            return None
        colour = single_colour(image)
        if colour:
            return _answer_about_empty(colour, question)
        inputs = self._fused.inputs(self._tower.features((image,)))
        if question:
            (output,) = self._fused.answer(question, *inputs)
        else:
            (output,) = self._fused.describe(*inputs)
        return output, self._fused.is_sure(question, output)

    def recognize_question(self, frames: np.ndarray) -> str:
        """Return the known question in a recording, as a sentence.

        Args:
            frames: of the recording (see `speech_frames`).

        Returns:
            "" where the fused model recognises none or is not sure, and without such a model.
        """
        output = self._fused.recognize_question(frames) if self._fused is not None else None
        return as_sentence(output.text) if output is not None else ""

    def probabilities(self, image: ImageInput) -> torch.Tensor:
        """Return float32 [1000] over ImageNet's classes; see `ImageFeatures`."""
        return self._tower.features((image,))[0].probabilities

    def _kind(self, image: ImageInput, text: RecognisedText) -> PictureKind:
        """Ask the fused model where a drawn picture with little text may be a drawing or a chart.

        It counts only where it is sure; of real screenshots it never is.
        """
        kind = picture_kind(image, text)
        if self._fused is None or kind is PictureKind.PAGE:
            return kind
        if pixel_statistics(image).flat < DRAWN or len(text.lines) > CHART_LINES:
            return kind
        (output,) = self._fused.kind(*self._fused.inputs(self._tower.features((image,))))
        if output.text in ("drawing", "chart") and output.probability >= SURE_KIND:
            return PictureKind(output.text)
        return kind

    def _scenes(self, images: Sequence[ImageInput]) -> dict[str, tuple[tuple[Label, ...], str]]:
        """Return labels and caption by the picture's digest."""
        features = self._tower.features(images)
        captions = self._captions(features)
        found = {}
        for image, own, caption in zip(images, features, captions, strict=True):
            labels = _labels(image, own)
            probabilities = own.probabilities.tolist()
            found[image.sha256] = (labels, self._checked(caption, labels, probabilities))
        return found

    def _captions(self, features: Sequence[ImageFeatures]) -> list[FusedOutput | None]:
        if self._fused is None or not features:
            return [None] * len(features)
        return list(self._fused.caption(*self._fused.inputs(features)))

    def _checked(
        self, caption: FusedOutput | None, labels: Sequence[Label], probabilities: Sequence[float]
    ) -> str:
        """Return the caption, or what is left of it: a sure label, or a guess that says so."""
        if self._fused is None or caption is None:
            return ""
        other = contradicting_label(caption.text, labels)
        if other is not None:
            return label_caption(other)
        sure = self._fused.is_sure_caption(caption)
        if sure and not names_absent_animal(caption.text, probabilities):
            return caption.text
        return unsure_caption(caption.text)


def _shared(progress: Progress | None, count: int) -> list[Progress | None]:
    """Return the progress of each of `count` pictures, as parts of one."""
    if progress is None:
        return [None] * count

    def part(done: int) -> Progress:
        return lambda share: progress((done + share) / count)

    return [part(done) for done in range(count)]


def _labels(image: ImageInput, features: ImageFeatures) -> tuple[Label, ...]:
    drawn = pixel_statistics(image).flat > SURELY_DRAWN
    return labels_worth_saying(features.probabilities.tolist(), strict=drawn)


def _answer_about_empty(colour: str, question: str) -> tuple[FusedOutput, bool]:
    """Answer a known question about a picture of one colour; not sure where it was taken."""
    kind = question_kind(question)
    if not question:
        return FusedOutput(empty_caption(colour), 1.0), True
    if kind == "presence":
        return FusedOutput("no", 1.0), True
    if kind in ("count", OPEN_NUMBER):
        return FusedOutput("none", 1.0), True
    if kind == "colour" and "background" in question:
        return FusedOutput(colour, 1.0), True
    if kind in ("inside", OPEN_YES_NO):
        return FusedOutput("unknown", 0.0), False
    return FusedOutput(f"nothing, the picture is empty and {colour}", 1.0), True
