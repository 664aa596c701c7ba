"""End-to-end evaluation: pictures go in as files, texts come out as a user gets them.

The command line supplies mmdesk itself as an ImageQuestionAnswerer; training knows only this
interface.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from mmdesk.inputs import from_pil, load_image
from mmdesk.training.data.captions import Collection
from mmdesk.training.data.question_list import EvalQuestion
from mmdesk.training.data.synthetic import COUNTS, make_image
from mmdesk.training.eval.answer_scores import JudgedAnswer, judge, judge_sentence
from mmdesk.values import ImageAnswer, ImageDescription, ImageInput

BATCH = 8  # photographs in memory at a time
CONTEXT = ("labels", "caption", "text", "answer")  # what the prompt of the chat model may contain
ProgressCallback = Callable[[int, int], None]


class ImageQuestionAnswerer(Protocol):
    """Interface of mmdesk under evaluation."""

    def captions(self, images: Sequence[ImageInput]) -> list[str]:
        """Return the output of `describe --style caption` for each picture."""
        ...

    def describe(self, image: ImageInput) -> ImageDescription:
        """Return the description of a picture."""
        ...

    def answer_question(self, image: ImageInput, question: str) -> ImageAnswer | None:
        """Return the fused model's answer, None to a question it does not know."""
        ...

    def ask_chat_model(
        self, image: ImageInput | None, question: str, context: Sequence[str]
    ) -> str:
        """Return the chat model's answer; `context` names what its prompt says of the picture."""
        ...


@dataclass(frozen=True, slots=True)
class PictureFolder:
    """Pictures of the questions, by view and number."""

    collection: Collection

    def get(self, view: str, index: int) -> ImageInput:
        """Load a photograph, or draw a synthetic image."""
        if view in COUNTS:
            return from_pil(make_image(view, index).image, f"{view}-{index}.png")
        return load_image(self.collection.path(index))


def caption_pictures(
    answerer: ImageQuestionAnswerer,
    collection: Collection,
    indices: Sequence[int],
    on_progress: ProgressCallback,
) -> list[str]:
    """Return captions of the pictures at `indices`."""
    captions: list[str] = []
    for start in range(0, len(indices), BATCH):
        rows = indices[start : start + BATCH]
        captions += answerer.captions([load_image(collection.path(index)) for index in rows])
        on_progress(len(captions), len(indices))
    return captions


def answer_questions(
    answerer: ImageQuestionAnswerer,
    pictures: PictureFolder,
    asked: Sequence[EvalQuestion],
    on_progress: ProgressCallback,
) -> list[JudgedAnswer]:
    """Return the fused model's answers.

    Questions about text are answered by OCR, with the first line it reads.
    """
    answered = []
    for number, one in enumerate(asked):
        image = pictures.get(one.view, one.index)
        if one.question.kind == "text":
            text = answerer.describe(image).text.split("\n")[0]
            probability = float(bool(text))
        else:
            answer = answerer.answer_question(image, one.question.text)
            text, probability = (answer.text, answer.probability) if answer else ("", 0.0)
        answered.append(judge(one, text, probability))
        on_progress(number + 1, len(asked))
    return answered


def ask_chat_model(
    answerer: ImageQuestionAnswerer,
    pictures: PictureFolder,
    asked: Sequence[EvalQuestion],
    context: Sequence[str],
    blind: bool,
    on_progress: ProgressCallback,
) -> list[JudgedAnswer]:
    """Return the chat model's answers in sentences; `blind`: without the picture."""
    answered = []
    for number, one in enumerate(asked):
        image = None if blind else pictures.get(one.view, one.index)
        question = one.question.text[0].upper() + one.question.text[1:]
        answered.append(judge_sentence(one, answerer.ask_chat_model(image, question, context)))
        on_progress(number + 1, len(asked))
    return answered
