"""The tasks beside captions: descriptions, questions, kinds; on photographs and made pictures.

The prompt tells the tasks apart. Every epoch shows each picture with other texts about it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mmdesk.perception import (
    CAPTION_TOKEN,
    DESCRIBE_TOKEN,
    KIND_TOKEN,
    QUESTION_TOKEN,
    FusedTokenizer,
    normalise_text,
)
from mmdesk.training.data.batches import Example, TrainingText
from mmdesk.training.data.caption_examples import learned_text, views_for
from mmdesk.training.data.captions import Collection
from mmdesk.training.data.question_words import COLOURS
from mmdesk.training.data.questions import Question, questions_of
from mmdesk.training.data.synthetic import COUNTS, LEARNED, make
from mmdesk.training.data.synthetic_documents import kind_question
from mmdesk.training.recipe import Recipe
from mmdesk.training.trainer import Lesson

DESCRIBED, SORTED = 0.35, 0.15  # share of pictures with a description, and with their kind
REPEATS = 3  # epochs' worth of made pictures are spread over as many epochs


@dataclass(frozen=True, slots=True)
class Pool:
    """All texts about one picture, by task."""

    index: int
    views: tuple[str, ...]
    captions: tuple[TrainingText, ...]
    descriptions: tuple[TrainingText, ...]
    questions: tuple[TrainingText, ...]
    absent: tuple[TrainingText, ...]  # questions whose answer is no: many, so only one is asked
    kind: TrainingText

    def draw(self, rng: np.random.Generator, captions: int, questions: int) -> Example:
        """Some of the texts; the same generator gives the same."""
        texts = [*_some(rng, self.captions, captions), *_some(rng, self.questions, questions)]
        texts += _some(rng, self.absent, 1)
        if rng.random() < DESCRIBED:
            texts += _some(rng, self.descriptions, 1)
        if rng.random() < SORTED:
            texts.append(self.kind)
        return Example(self.index, tuple(texts), self.views)


def _some(
    rng: np.random.Generator, texts: Sequence[TrainingText], count: int
) -> list[TrainingText]:
    return [texts[int(i)] for i in rng.permutation(len(texts))[:count]]


def description_of(captions: Sequence[str]) -> str:
    """Two or three sentences: the fullest caption, then those that add most words to it."""
    texts = sorted({normalise_text(caption) for caption in captions}, key=lambda text: -len(text))
    chosen, known = texts[:1], set(texts[0].split()) if texts else set()
    for _ in range(2):
        fresh = max(texts, key=lambda text: len(_content(text) - known), default="")
        if len(_content(fresh) - known) < 3:
            break
        chosen.append(fresh)
        known |= set(fresh.split())
    return ". ".join(chosen)


def _content(text: str) -> set[str]:
    return {word for word in text.split() if len(word) > 3 or word in COLOURS.split()}


def _asked(words: FusedTokenizer, question: Question) -> TrainingText | None:
    return learned_text(words, words.prompt(QUESTION_TOKEN, question.text), question.answer, 60)


def _kept(texts: Sequence[TrainingText | None]) -> tuple[TrainingText, ...]:
    return tuple(text for text in texts if text is not None)


def _pool(
    words: FusedTokenizer,
    index: int,
    views: tuple[str, ...],
    captions: Sequence[str],
    description: str,
    questions: Sequence[Question],
    kind: str,
) -> Pool:
    absent = [question for question in questions if question.answer == "no"]
    present = [question for question in questions if question.answer != "no"]
    prompt, describe = words.prompt(CAPTION_TOKEN), words.prompt(DESCRIBE_TOKEN)
    named = learned_text(words, words.prompt(KIND_TOKEN), kind, 60)
    if named is None:
        raise ValueError(f"no tokens for the kind {kind!r}")
    return Pool(
        index,
        views,
        _kept([learned_text(words, prompt, caption, 60) for caption in captions]),
        _kept([learned_text(words, describe, description, 90)]),
        _kept([_asked(words, question) for question in [*present, kind_question(kind)]]),
        _kept([_asked(words, question) for question in absent]),
        named,
    )


def photo_pools(
    collection: Collection, indices: Sequence[int], words: FusedTokenizer, views: Sequence[str]
) -> list[Pool]:
    pools = []
    for index in indices:
        photo = collection.photos[index]
        pools.append(
            _pool(
                words,
                index,
                views_for(photo, views),
                photo.captions,
                description_of(photo.captions),
                questions_of(photo.captions),
                "photo",
            )
        )
    return pools


def made_pools(words: FusedTokenizer, count: int = 0) -> list[Pool]:
    """The made pictures that are learned from; drawn anew here, their features are cached."""
    pools = []
    for number in range(count or COUNTS[LEARNED]):
        made = make(LEARNED, number)
        questions = made.questions
        pools.append(
            _pool(
                words, number, (LEARNED,), (made.caption,), made.description, questions, made.kind
            )
        )
    return pools


def multitask_lesson(photos: Sequence[Pool], made: Sequence[Pool], recipe: Recipe) -> Lesson:
    """Every epoch: all photographs, and a third of the made pictures in turn."""

    def examples(number: int) -> list[Example]:
        rng = np.random.default_rng([recipe.seed, 11, number])
        share = len(made) // REPEATS
        turn = (number % REPEATS) * share
        pools = [*photos, *made[turn : turn + share]]
        return [pool.draw(rng, recipe.captions, recipe.questions) for pool in pools]

    return examples
