"""Scores of a fused model on the questions of a data set (VQA v2, COCO-QA)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from mmdesk.fusion import FusedTransformer, GeneratedText, generate
from mmdesk.perception import (
    OPEN_NUMBER,
    OPEN_OTHER,
    OPEN_YES_NO,
    QUESTION_TOKEN,
    FusedTokenizer,
    normalise_text,
    open_kind,
)
from mmdesk.training.data.captions import AskedQuestion, Collection
from mmdesk.training.data.feature_cache import FeatureCache
from mmdesk.training.data.question_words import NUMBER_WORDS
from mmdesk.training.eval.answer_scores import choose_threshold
from mmdesk.training.eval.caption_scores import rules_for

BATCH = 64
WRONG_COSTS = {OPEN_YES_NO: 1.5, OPEN_NUMBER: 0.5, OPEN_OTHER: 0.5}  # against a right one
_ARTICLES = re.compile(r"\b(?:an?|the|some)\b")
_NUMBERS = {word: number for number, word in enumerate(NUMBER_WORDS)}

PictureOf = Callable[[int, int], int]
"""Position of a question and number of its photograph -> number of the photograph to show."""


@dataclass(frozen=True, slots=True)
class AskedAnswer:
    """Answer to a question about photograph `index`, and its probability (0..1)."""

    index: int
    asked: AskedQuestion
    answer: str
    probability: float

    @property
    def right(self) -> bool:
        """Return True if the answer is the data set's, but for articles and ways to write."""
        return plain_answer(self.answer) == plain_answer(self.asked.answer)


def plain_answer(answer: str) -> str:
    """Return an answer without articles and punctuation, numbers in digits, as VQA compares."""
    words = re.sub(r"[^a-z0-9' ]", " ", _ARTICLES.sub(" ", normalise_text(answer))).split()
    return " ".join(str(_NUMBERS.get(word, word)) for word in words)


def answer_asked(
    model: FusedTransformer,
    features: FeatureCache,
    tokenizer: FusedTokenizer,
    collection: Collection,
    indices: Sequence[int],
    source: str = "",
    picture_of: PictureOf = lambda position, index: index,
) -> list[AskedAnswer]:
    """Answer all questions of a source ("": all) about the photographs at `indices`.

    Args:
        model: of the answers.
        features: cached "base" views.
        tokenizer: of the model.
        collection: of the photographs.
        indices: of the photographs.
        source: data set of the questions.
        picture_of: which photograph to show: another one measures what the model guesses blindly.
    """
    asked = [
        (index, one)
        for index in indices
        for one in collection.photos[index].asked
        if source in ("", one.source)
    ]
    prompts = [tokenizer.prompt(QUESTION_TOKEN, one.text) for _, one in asked]
    rules = rules_for(tokenizer, longest=6, no_repeat=2)
    texts: dict[int, GeneratedText] = {}
    was_training = model.training
    model.eval()
    for numbers in _same_length(prompts):
        shown = [("base", picture_of(n, asked[n][0])) for n in numbers]
        grid, labels = (torch.from_numpy(array) for array in features.get(shown))
        prompt = torch.tensor([prompts[n] for n in numbers])
        texts.update(zip(numbers, generate(model, grid, labels, prompt, rules), strict=True))
    model.train(was_training)
    return [
        AskedAnswer(index, one, tokenizer.decode(texts[n].ids), texts[n].probability)
        for n, (index, one) in enumerate(asked)
    ]


def _same_length(prompts: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Yield the numbers of prompts of the same length, BATCH at most."""
    groups: dict[int, list[int]] = defaultdict(list)
    for number, prompt in enumerate(prompts):
        groups[len(prompt)].append(number)
    for numbers in groups.values():
        for start in range(0, len(numbers), BATCH):
            yield numbers[start : start + BATCH]


def share_right(
    model: FusedTransformer,
    features: FeatureCache,
    tokenizer: FusedTokenizer,
    collection: Collection,
    source: str = "VQA v2",
) -> float:
    """Return the share of the dev questions of a source that are answered right."""
    answers = answer_asked(
        model, features, tokenizer, collection, collection.indices("dev"), source
    )
    return round(sum(one.right for one in answers) / max(len(answers), 1), 4)


def other_picture(indices: Sequence[int], seed: int = 5) -> PictureOf:
    """Return a choice that shows another of the photographs, always the same, for every question.

    What a model answers then, it would answer without looking.
    """
    rng = np.random.default_rng(seed)
    following = dict(zip(indices, [*indices[1:], *indices[:1]], strict=True))
    others: dict[int, int] = {}

    def picture(position: int, index: int) -> int:
        if position not in others:
            chosen = int(rng.choice(indices))
            others[position] = following[index] if chosen == index else chosen
        return others[position]

    return picture


def choose_open_thresholds(answers: Sequence[AskedAnswer]) -> dict[str, float]:
    """Choose the probability from which an open question is answered, by kind.

    A guess between yes and no is right half the time: an answer must be right more often.
    """
    found = {}
    for kind, cost in WRONG_COSTS.items():
        of_kind = [one for one in answers if open_kind(one.asked.text.lower()) == kind]
        found[kind] = round(choose_threshold(of_kind, cost), 4)
    return found


def asked_report(
    answers: Sequence[AskedAnswer], thresholds: Mapping[str, float] | None = None
) -> dict[str, Any]:
    """Count right, wrong and 'not sure' answers by the data set's kinds of question.

    Args:
        answers: to count.
        thresholds: of `choose_open_thresholds`; every answer counts without.
    """
    sure_from = thresholds or {}
    kinds = sorted({one.asked.kind for one in answers})
    of_kind = {kind: [one for one in answers if one.asked.kind == kind] for kind in kinds}
    rows = {kind: _row(chosen, sure_from) for kind, chosen in of_kind.items()}
    return {"all": _row(answers, sure_from), "kinds": rows}


def _row(answers: Sequence[AskedAnswer], sure_from: Mapping[str, float]) -> dict[str, float]:
    sure = [
        one
        for one in answers
        if one.probability >= sure_from.get(open_kind(one.asked.text.lower()), 0.0)
    ]
    right = sum(one.right for one in sure)
    return {
        "questions": len(answers),
        "right": right,
        "wrong": len(sure) - right,
        "not_sure": len(answers) - len(sure),
        "share_right": round(right / max(len(answers), 1), 4),
    }
