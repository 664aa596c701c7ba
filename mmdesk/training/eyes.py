"""What is judged end to end: pictures go in as files, words come out as a person would get them.

The command line supplies the product itself; training knows only this much of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from mmdesk.inputs.image import from_pil, load_image
from mmdesk.messages import ImageInput, SeenAnswer, Sight
from mmdesk.training.captions import Collection
from mmdesk.training.judge import Answered, judged_sentence
from mmdesk.training.made import COUNTS, make
from mmdesk.training.question_list import Asked

TOGETHER = 8
WORDS = ("labels", "caption", "text", "answer")  # what the chat model may be told of a picture
Progress = Callable[[int, int], None]


class Eyes(Protocol):
    """The product: what it says about pictures."""

    def captions(self, images: Sequence[ImageInput]) -> list[str]:
        """What `describe --style caption` says of each."""
        ...

    def see(self, image: ImageInput) -> Sight: ...

    def look(self, image: ImageInput, question: str) -> SeenAnswer | None:
        """What the fused model says to a question it was taught."""
        ...

    def ask(self, image: ImageInput | None, question: str, words: Sequence[str]) -> str:
        """What the chat model answers, told those kinds of WORDS about the picture."""
        ...


@dataclass(frozen=True, slots=True)
class Pictures:
    """The pictures that questions are about, by view and number."""

    collection: Collection

    def get(self, view: str, index: int) -> ImageInput:
        if view in COUNTS:
            return from_pil(make(view, index).image, f"{view}-{index}.png")
        return load_image(self.collection.path(index))


def all_captions(
    eyes: Eyes, collection: Collection, indices: Sequence[int], on_progress: Progress
) -> list[str]:
    """Captions of the pictures at `indices`, a few in memory at a time."""
    said: list[str] = []
    for start in range(0, len(indices), TOGETHER):
        rows = indices[start : start + TOGETHER]
        said += eyes.captions([load_image(collection.path(index)) for index in rows])
        on_progress(len(said), len(indices))
    return said


def all_looked(
    eyes: Eyes, pictures: Pictures, asked: Sequence[Asked], on_progress: Progress
) -> list[Answered]:
    """The fused model's answers; what is written in a picture is its reader's to answer: the
    first line that was read."""
    answered = []
    for number, one in enumerate(asked):
        image = pictures.get(one.view, one.index)
        if one.question.kind == "text":
            text = eyes.see(image).text.split("\n")[0]
            answered.append(Answered(one, text, float(bool(text)), one.question.is_right(text)))
        else:
            found = eyes.look(image, one.question.text)
            text, odds = (found.text, found.probability) if found else ("", 0.0)
            answered.append(Answered(one, text, odds, one.question.is_right(text)))
        on_progress(number + 1, len(asked))
    return answered


def all_asked(
    eyes: Eyes,
    pictures: Pictures,
    asked: Sequence[Asked],
    words: Sequence[str],
    blind: bool,
    on_progress: Progress,
) -> list[Answered]:
    """The chat model's answers in sentences; `blind` without the picture."""
    answered = []
    for number, one in enumerate(asked):
        image = None if blind else pictures.get(one.view, one.index)
        question = one.question.text[0].upper() + one.question.text[1:]
        answered.append(judged_sentence(one, eyes.ask(image, question, words)))
        on_progress(number + 1, len(asked))
    return answered
