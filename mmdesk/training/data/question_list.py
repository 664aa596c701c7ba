"""The project's questions: pictures nobody trained on, and answers that are known.

From the dev split where at least two people say the same, and from made pictures; so many of each
kind. The list is computed, not kept: captions and photographs belong to their authors.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from mmdesk.training.data.captions import Collection
from mmdesk.training.data.drawing import SyntheticImage, exactly
from mmdesk.training.data.questions import Question, questions_of
from mmdesk.training.data.synthetic import COUNTS, JUDGED, make
from mmdesk.training.data.synthetic_documents import TITLES, kind_question

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
MADE_QUOTAS = {
    ("colour", ""): 12,
    ("count", ""): 12,
    ("where", ""): 10,
    ("shape", ""): 4,
    ("kind", ""): 15,
    ("text", ""): 24,
}
HELD_OUT_TIMES = 3  # as many questions of each kind, where there are as many


@dataclass(frozen=True, slots=True)
class KnownQuestion:
    """A question about one picture: `index` of the view."""

    view: str
    index: int
    question: Question


def question_list(collection: Collection, held_out: bool = False) -> list[KnownQuestion]:
    """The list, always the same; with `held_out` another, longer one to choose thresholds on."""
    dev = collection.indices("dev")
    half = len(dev) // 2
    photos = dev[half:] if held_out else dev[:half]
    number = COUNTS[JUDGED] // 2
    made = range(number, 2 * number) if held_out else range(number)
    times = HELD_OUT_TIMES if held_out else 1
    return [
        *_chosen(_photo_questions(collection, photos), _times(PHOTO_QUOTAS, times)),
        *_chosen(_made_questions(made), _times(MADE_QUOTAS, times)),
    ]


def _times(quotas: dict[tuple[str, str], int], times: int) -> dict[tuple[str, str], int]:
    return {key: times * count for key, count in quotas.items()}


def _photo_questions(
    collection: Collection, indices: Sequence[int]
) -> Iterator[list[KnownQuestion]]:
    for index in indices:
        asked = [*questions_of(collection.photos[index].captions), kind_question("photo")]
        yield [KnownQuestion("base", index, question) for question in asked if question.agreed > 1]


def _made_questions(numbers: Sequence[int]) -> Iterator[list[KnownQuestion]]:
    for number in numbers:
        made = make(JUDGED, number)
        asked = [*made.questions, kind_question(made.kind), *text_questions(made)]
        yield [KnownQuestion(JUDGED, number, question) for question in asked]


def text_questions(made: SyntheticImage) -> list[Question]:
    """Questions that only reading answers; not among the lessons, for the tower cannot read."""
    lines = made.text.split("\n")
    if made.kind == "sign":
        return [exactly("text", "what does the sign say?", lines[0].lower())]
    if made.kind == "chart":
        return [exactly("text", "what is the title of the chart?", lines[0].lower())]
    if made.kind == "page" and lines[0] in TITLES:
        return [exactly("text", "what is the heading of the page?", lines[0].lower())]
    return []


def _chosen(
    pictures: Iterator[list[KnownQuestion]], quotas: dict[tuple[str, str], int]
) -> Iterator[KnownQuestion]:
    """At most two questions about a picture, until every kind has its number."""
    taken: Counter[tuple[str, str]] = Counter()
    rng = np.random.default_rng(4)
    for asked in pictures:
        used = 0
        for place in rng.permutation(len(asked)):
            question = asked[int(place)].question
            key = (question.kind, question.answer)
            key = key if key in quotas else (question.kind, "")
            if used < 2 and taken[key] < quotas.get(key, 0):
                taken[key] += 1
                used += 1
                yield asked[int(place)]
