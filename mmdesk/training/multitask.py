"""Multi-task examples: captions, descriptions, questions and kinds of photographs and synthetics.

The prompt tells the tasks apart. Every epoch pairs each picture with other texts about it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
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
from mmdesk.training.data.caption_examples import training_text
from mmdesk.training.data.captions import QUESTIONS_ONLY, AskedQuestion, Collection
from mmdesk.training.data.question_words import COLOURS, NUMBER_WORDS
from mmdesk.training.data.questions import Question, questions_of
from mmdesk.training.data.synthetic import COUNTS, SYNTHETIC_TRAIN, make_image
from mmdesk.training.data.synthetic_documents import kind_question
from mmdesk.training.data.views import views_for
from mmdesk.training.recipe import Recipe
from mmdesk.training.trainer import EpochExamples

DESCRIPTION_SHARE, KIND_SHARE = 0.35, 0.15  # of the pictures, in an epoch
MAX_ASKED_TOKENS = 40  # of a question of the data set
SYNTHETIC_EPOCHS = 3  # epochs over which the synthetic images are spread


@dataclass(frozen=True, slots=True)
class TextPool:
    """All texts about one picture, by task.

    Attributes:
        index: number of the picture in its view.
        views: views in which the texts stay true.
        captions, descriptions, questions: texts of these tasks.
        absent: questions whose answer is no. They are many, so that only one is drawn.
        asked: questions of the data set.
        kind: names the kind of picture.
    """

    index: int
    views: tuple[str, ...]
    captions: tuple[TrainingText, ...]
    descriptions: tuple[TrainingText, ...]
    questions: tuple[TrainingText, ...]
    absent: tuple[TrainingText, ...]
    kind: TrainingText
    asked: tuple[TrainingText, ...] = ()

    def draw(
        self, rng: np.random.Generator, captions: int, questions: int, asked: int = 0
    ) -> Example:
        """Return an example of some of the texts; the generator decides which."""
        texts = [*_sample(rng, self.captions, captions), *_sample(rng, self.questions, questions)]
        texts += _sample(rng, self.absent, 1)
        if asked:
            texts += _sample(rng, self.asked, asked)
        if rng.random() < DESCRIPTION_SHARE:
            texts += _sample(rng, self.descriptions, 1)
        if rng.random() < KIND_SHARE:
            texts.append(self.kind)
        return Example(self.index, tuple(texts), self.views)


def _sample(
    rng: np.random.Generator, texts: Sequence[TrainingText], count: int
) -> list[TrainingText]:
    return [texts[int(i)] for i in rng.permutation(len(texts))[:count]]


def description_of(captions: Sequence[str]) -> str:
    """Join two or three captions: the longest, then those that add most words to it."""
    texts = sorted({normalise_text(caption) for caption in captions}, key=lambda text: -len(text))
    chosen, known = texts[:1], set(texts[0].split()) if texts else set()
    for _ in range(2):
        fresh = max(texts, key=lambda text: len(_content_words(text) - known), default="")
        if len(_content_words(fresh) - known) < 3:
            break
        chosen.append(fresh)
        known |= set(fresh.split())
    return ". ".join(chosen)


def _content_words(text: str) -> set[str]:
    return {word for word in text.split() if len(word) > 3 or word in COLOURS.split()}


def _question_text(tokenizer: FusedTokenizer, question: Question) -> TrainingText | None:
    prompt = tokenizer.prompt(QUESTION_TOKEN, question.text)
    return training_text(tokenizer, prompt, question.answer, 60)


def _asked_text(tokenizer: FusedTokenizer, asked: AskedQuestion) -> TrainingText | None:
    """Return a question of the data set; None for one that is too long."""
    prompt = tokenizer.prompt(QUESTION_TOKEN, asked.text)
    if len(prompt) > MAX_ASKED_TOKENS:
        return None
    return training_text(tokenizer, prompt, number_word(asked.answer), 60)


def number_word(answer: str) -> str:
    """Return a number up to ten as a word, as the captions' questions are answered."""
    return NUMBER_WORDS[int(answer)] if re.fullmatch(r"10|[0-9]", answer) else answer


def _kept(texts: Sequence[TrainingText | None]) -> tuple[TrainingText, ...]:
    return tuple(text for text in texts if text is not None)


def _pool(
    tokenizer: FusedTokenizer,
    index: int,
    views: tuple[str, ...],
    captions: Sequence[str],
    description: str,
    questions: Sequence[Question],
    kind: str,
    asked: Sequence[AskedQuestion] = (),
) -> TextPool:
    absent = [question for question in questions if question.answer == "no"]
    present = [question for question in questions if question.answer != "no"]
    caption, describe = tokenizer.prompt(CAPTION_TOKEN), tokenizer.prompt(DESCRIBE_TOKEN)
    kind_text = training_text(tokenizer, tokenizer.prompt(KIND_TOKEN), kind, 60)
    if kind_text is None:
        raise ValueError(f"no tokens for the kind {kind!r}")
    return TextPool(
        index,
        views,
        _kept([training_text(tokenizer, caption, text, 60) for text in captions]),
        _kept([training_text(tokenizer, describe, description, 90)]),
        _kept([_question_text(tokenizer, one) for one in [*present, kind_question(kind)]]),
        _kept([_question_text(tokenizer, one) for one in absent]),
        kind_text,
        _kept([_asked_text(tokenizer, one) for one in asked]),
    )


def photo_pools(
    collection: Collection,
    indices: Sequence[int],
    tokenizer: FusedTokenizer,
    views: Sequence[str],
    has_view: Callable[[str, int], bool] = lambda view, index: True,
) -> list[TextPool]:
    """Return the texts about the photographs at `indices`.

    Args:
        collection: of the photographs.
        indices: of the photographs.
        tokenizer: of the texts.
        views: to show them in, where they stay true.
        has_view: view and index -> whether it is cached.
    """
    pools = []
    for index in indices:
        photo = collection.photos[index]
        captions = () if photo.split in QUESTIONS_ONLY else photo.captions
        pools.append(
            _pool(
                tokenizer,
                index,
                tuple(view for view in views_for(photo, views) if has_view(view, index)),
                captions,
                description_of(captions),
                questions_of(captions) if captions else (),
                "photo",
                photo.asked,
            )
        )
    return pools


def synthetic_pools(tokenizer: FusedTokenizer, count: int = 0) -> list[TextPool]:
    """Return the texts about the synthetic training images (`count`, or all).

    The images are drawn again for their texts; their features are cached.
    """
    pools = []
    for number in range(count or COUNTS[SYNTHETIC_TRAIN]):
        image = make_image(SYNTHETIC_TRAIN, number)
        pools.append(
            _pool(
                tokenizer,
                number,
                (SYNTHETIC_TRAIN,),
                (image.caption,),
                image.description,
                image.questions,
                image.kind,
            )
        )
    return pools


def multitask_epochs(
    photos: Sequence[TextPool], synthetic: Sequence[TextPool], recipe: Recipe
) -> EpochExamples:
    """Return epochs of all photographs and, in turn, a third of the synthetic images."""

    def examples(number: int) -> list[Example]:
        rng = np.random.default_rng([recipe.seed, 11, number])
        share = len(synthetic) // SYNTHETIC_EPOCHS
        start = (number % SYNTHETIC_EPOCHS) * share
        pools = [*photos, *synthetic[start : start + share]]
        return [pool.draw(rng, recipe.captions, recipe.questions, recipe.asked) for pool in pools]

    return examples
