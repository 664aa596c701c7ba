"""What is judged end to end: pictures go in as files, words come out as a person would get them.

The command line supplies the product itself; training knows only this much of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from mmdesk.inputs import from_pil, load_image
from mmdesk.training.data.captions import Collection
from mmdesk.training.data.question_list import KnownQuestion
from mmdesk.training.data.synthetic import COUNTS, make
from mmdesk.training.eval.answer_scores import JudgedAnswer, judged_sentence
from mmdesk.values import ImageAnswer, ImageDescription, ImageInput

TOGETHER = 8
WORDS = ("labels", "caption", "text", "answer")  # what the chat model may be told of a picture
Progress = Callable[[int, int], None]


class ImageQuestionAnswerer(Protocol):
    """The product: what it says about pictures."""

    def captions(self, images: Sequence[ImageInput]) -> list[str]:
        """What `describe --style caption` says of each."""
        ...

    def see(self, image: ImageInput) -> ImageDescription: ...

    def look(self, image: ImageInput, question: str) -> ImageAnswer | None:
        """What the fused model says to a question it was taught."""
        ...

    def ask(self, image: ImageInput | None, question: str, words: Sequence[str]) -> str:
        """What the chat model answers, told those kinds of WORDS about the picture."""
        ...


@dataclass(frozen=True, slots=True)
class PictureFolder:
    """The pictures that questions are about, by view and number."""

    collection: Collection

    def get(self, view: str, index: int) -> ImageInput:
        if view in COUNTS:
            return from_pil(make(view, index).image, f"{view}-{index}.png")
        return load_image(self.collection.path(index))


def all_captions(
    eyes: ImageQuestionAnswerer,
    collection: Collection,
    indices: Sequence[int],
    on_progress: Progress,
) -> list[str]:
    """Captions of the pictures at `indices`, a few in memory at a time."""
    said: list[str] = []
    for start in range(0, len(indices), TOGETHER):
        rows = indices[start : start + TOGETHER]
        said += eyes.captions([load_image(collection.path(index)) for index in rows])
        on_progress(len(said), len(indices))
    return said


def all_looked(
    eyes: ImageQuestionAnswerer,
    pictures: PictureFolder,
    asked: Sequence[KnownQuestion],
    on_progress: Progress,
) -> list[JudgedAnswer]:
    """The fused model's answers; what is written in a picture is its reader's to answer: the
    first line that was read.
    """
    answered = []
    for number, one in enumerate(asked):
        image = pictures.get(one.view, one.index)
        if one.question.kind == "text":
            text = eyes.see(image).text.split("\n")[0]
            answered.append(JudgedAnswer(one, text, float(bool(text)), one.question.is_right(text)))
        else:
            found = eyes.look(image, one.question.text)
            text, odds = (found.text, found.probability) if found else ("", 0.0)
            answered.append(JudgedAnswer(one, text, odds, one.question.is_right(text)))
        on_progress(number + 1, len(asked))
    return answered


def all_asked(
    eyes: ImageQuestionAnswerer,
    pictures: PictureFolder,
    asked: Sequence[KnownQuestion],
    words: Sequence[str],
    blind: bool,
    on_progress: Progress,
) -> list[JudgedAnswer]:
    """The chat model's answers in sentences; `blind` without the picture."""
    answered = []
    for number, one in enumerate(asked):
        image = None if blind else pictures.get(one.view, one.index)
        question = one.question.text[0].upper() + one.question.text[1:]
        answered.append(judged_sentence(one, eyes.ask(image, question, words)))
        on_progress(number + 1, len(asked))
    return answered
