"""Evaluation questions with known answers, about pictures that were not trained on.

They come from the dev split, where at least two captions agree, and from synthetic images, with a
quota for each kind. The list is computed and not stored: captions and photographs belong to their
authors.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from mmdesk.training.data.captions import Collection
from mmdesk.training.data.questions import Question, questions_of
from mmdesk.training.data.synthetic import COUNTS, SYNTHETIC_DEV, make_image
from mmdesk.training.data.synthetic_documents import TITLES, kind_question
from mmdesk.training.data.synthetic_image import SyntheticImage, exact_question

# (kind, answer) -> number of questions; the answer "" stands for all others.
PHOTO_QUOTAS = {
    ("colour", ""): 30,
    ("count", "one"): 8,
    ("count", "two"): 8,
    ("count", "three"): 6,
    ("count", ""): 6,
    ("activity", ""): 30,
    ("place", ""): 25,
    ("inside", "outdoors"): 12,
    ("inside", "indoors"): 12,
    ("presence", "yes"): 12,
    ("presence", "no"): 12,
    ("wearing", ""): 10,
    ("kind", ""): 5,
}
SYNTHETIC_QUOTAS = {
    ("colour", ""): 12,
    ("count", ""): 12,
    ("where", ""): 10,
    ("shape", ""): 4,
    ("kind", ""): 15,
    ("text", ""): 24,
}
HELD_OUT_FACTOR = 3  # the held-out list may have so many times the questions of each kind


@dataclass(frozen=True, slots=True)
class EvalQuestion:
    """Question about picture `index` of the view."""

    view: str
    index: int
    question: Question


def question_list(collection: Collection, held_out: bool = False) -> list[EvalQuestion]:
    """Return the list, always the same; `held_out`: a longer one to choose the thresholds on."""
    dev = collection.indices("dev")
    middle = len(dev) // 2
    photos = dev[middle:] if held_out else dev[:middle]
    count = COUNTS[SYNTHETIC_DEV] // 2
    numbers = range(count, 2 * count) if held_out else range(count)
    factor = HELD_OUT_FACTOR if held_out else 1
    return [
        *_select(_photo_questions(collection, photos), _scaled(PHOTO_QUOTAS, factor)),
        *_select(_synthetic_questions(numbers), _scaled(SYNTHETIC_QUOTAS, factor)),
    ]


def _scaled(quotas: dict[tuple[str, str], int], factor: int) -> dict[tuple[str, str], int]:
    return {key: factor * count for key, count in quotas.items()}


def _photo_questions(
    collection: Collection, indices: Sequence[int]
) -> Iterator[list[EvalQuestion]]:
    for index in indices:
        asked = [*questions_of(collection.photos[index].captions), kind_question("photo")]
        yield [EvalQuestion("base", index, question) for question in asked if question.agreed > 1]


def _synthetic_questions(numbers: Sequence[int]) -> Iterator[list[EvalQuestion]]:
    for number in numbers:
        image = make_image(SYNTHETIC_DEV, number)
        asked = [*image.questions, kind_question(image.kind), *text_questions(image)]
        yield [EvalQuestion(SYNTHETIC_DEV, number, question) for question in asked]


def text_questions(image: SyntheticImage) -> list[Question]:
    """Return the questions that only OCR answers.

    They are not trained on, since the vision tower cannot read.
    """
    lines = image.text.split("\n")
    if image.kind == "sign":
        return [exact_question("text", "what does the sign say?", lines[0].lower())]
    if image.kind == "chart":
        return [exact_question("text", "what is the title of the chart?", lines[0].lower())]
    if image.kind == "page" and lines[0] in TITLES:
        return [exact_question("text", "what is the heading of the page?", lines[0].lower())]
    return []


def _select(
    pictures: Iterator[list[EvalQuestion]], quotas: dict[tuple[str, str], int]
) -> Iterator[EvalQuestion]:
    """Yield at most two questions about a picture, until every quota is filled."""
    taken: Counter[tuple[str, str]] = Counter()
    rng = np.random.default_rng(4)
    for asked in pictures:
        used = 0
        for position in rng.permutation(len(asked)):
            question = asked[int(position)].question
            key = (question.kind, question.answer)
            key = key if key in quotas else (question.kind, "")
            if used < 2 and taken[key] < quotas.get(key, 0):
                taken[key] += 1
                used += 1
                yield asked[int(position)]
