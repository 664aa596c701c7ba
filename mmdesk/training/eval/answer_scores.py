"""Scores of answers by kind of question, and thresholds for 'not sure'.

Answers come from the fused model with cached features, from mmdesk with the picture itself, or from
a chat model in whole sentences, with or without the picture.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import torch

from mmdesk.fusion import FusedTransformer, GeneratedText, generate
from mmdesk.perception import QUESTION_TOKEN, FusedTokenizer
from mmdesk.training.data.feature_cache import FeatureCache
from mmdesk.training.data.question_list import EvalQuestion
from mmdesk.training.data.question_words import COLOURS, NUMBERS
from mmdesk.training.data.synthetic_image import KINDS
from mmdesk.training.eval.caption_scores import rules_for

NOT_SURE = re.compile(
    r"\b(?:not (?:sure|certain|clear|possible|specified|mentioned|provided|recogni[sz]ed|able)"
    r"|unsure|can(?:not|'t| not)|unable|do(?:n't| not) (?:have|know|see)|sorry|no information"
    r"|unknown|could you|please provide|more context|as an ai)\b",
    re.IGNORECASE,
)
MIN_ANSWERS = 25  # that a kind needs for a threshold of its own
MAX_COLOURS = 3  # an answer that lists more is no answer
# Patterns of all possible answers of a kind.
ALTERNATIVES = {
    "count": (*NUMBERS, *"123456"),
    "inside": ("indoors?", "inside", "outdoors?", "outside"),
    "kind": KINDS,
}


class Answered(Protocol):
    """Anything that has a probability (0..1) and is right or not."""

    @property
    def probability(self) -> float:
        """Return the probability."""
        ...

    @property
    def right(self) -> bool:
        """Return True if it is right."""
        ...


@dataclass(frozen=True, slots=True)
class JudgedAnswer:
    """Answer to a question, its probability (0..1) and its correctness."""

    asked: EvalQuestion
    answer: str
    probability: float
    right: bool


def answer_all(
    model: FusedTransformer,
    features: FeatureCache,
    tokenizer: FusedTokenizer,
    asked: Sequence[EvalQuestion],
) -> list[JudgedAnswer]:
    """Answer the questions and return the answers in their order.

    Prompts of the same length are answered together.
    """
    groups: dict[int, list[int]] = defaultdict(list)
    prompts = [tokenizer.prompt(QUESTION_TOKEN, one.question.text) for one in asked]
    for number, prompt in enumerate(prompts):
        groups[len(prompt)].append(number)
    texts: dict[int, GeneratedText] = {}
    was_training = model.training
    model.eval()
    rules = rules_for(tokenizer, longest=12, no_repeat=2)
    for numbers in groups.values():
        grid, labels = features.get([(asked[n].view, asked[n].index) for n in numbers])
        prompt_ids = torch.tensor([prompts[n] for n in numbers])
        image = torch.from_numpy(grid), torch.from_numpy(labels)
        texts.update(zip(numbers, generate(model, *image, prompt_ids, rules), strict=True))
    model.train(was_training)
    return [
        judge(one, tokenizer.decode(texts[n].ids), texts[n].probability)
        for n, one in enumerate(asked)
    ]


def judge(asked: EvalQuestion, answer: str, probability: float) -> JudgedAnswer:
    """Judge a short answer: right if it contains an accepted one."""
    return JudgedAnswer(asked, answer, probability, asked.question.is_right(answer))


def judge_sentence(asked: EvalQuestion, answer: str) -> JudgedAnswer:
    """Judge an answer in sentences; one that cannot tell is 'not sure' (probability 0).

    A sentence can contain two answers ("indoors or outdoors"). Where all possible answers are
    known, it is right only if all those it contains are accepted.
    """
    if NOT_SURE.search(answer):
        return JudgedAnswer(asked, answer, 0.0, False)
    question = asked.question
    right = question.is_right(answer) or _contains_variant(question.accepted, answer)
    others = [
        word
        for word in ALTERNATIVES.get(question.kind, ())
        if word.removesuffix("?") not in question.accepted
    ]
    if question.kind == "presence":
        right = _yes_or_no(answer) == question.answer
    elif question.kind == "colour":
        right = right and len(_colours(answer)) <= MAX_COLOURS
    elif right and others:
        right = not _contains(answer, others)
    return JudgedAnswer(asked, answer, 1.0, right)


def _contains(answer: str, words: Sequence[str]) -> bool:
    return re.search(rf"\b(?:{'|'.join(words)})\b", answer.lower()) is not None


def _contains_variant(accepted: Sequence[str], answer: str) -> bool:
    """Return True for a variant of an accepted answer: 'an outdoor scene' means 'outdoors'."""
    return _contains(
        answer, [f"{word.removesuffix('s')}s?" for word in accepted if "door" in word] or ["^$"]
    )


def _colours(answer: str) -> set[str]:
    return set(COLOURS.split()) & set(re.findall(r"[a-z]+", answer.lower()))


def _yes_or_no(answer: str) -> str:
    text = answer.strip().lower()
    if text.startswith(("yes", "no")) and not text.startswith("not"):
        return "yes" if text.startswith("yes") else "no"
    return "no" if re.search(r"\b(?:no|not|isn't)\b", text) else "yes"


def score(answered: Sequence[JudgedAnswer], thresholds: Mapping[str, float]) -> dict[str, Any]:
    """Count right, wrong and 'not sure' answers, in all and by kind.

    An answer less probable than the threshold of its kind ("" for all others) is 'not sure'.
    """
    kinds = sorted({one.asked.question.kind for one in answered})
    rows = {kind: [a for a in answered if a.asked.question.kind == kind] for kind in kinds}
    table = {kind: _row(chosen, _threshold(thresholds, kind)) for kind, chosen in rows.items()}
    total = {
        name: sum(row[name] for row in table.values())
        for name in ("questions", "right", "wrong", "not_sure")
    }
    return {
        "thresholds": {kind: round(value, 4) for kind, value in thresholds.items()},
        "all": {**total, "share_right": round(total["right"] / max(total["questions"], 1), 4)},
        "kinds": table,
    }


def _threshold(thresholds: Mapping[str, float], kind: str) -> float:
    return thresholds.get(kind, thresholds.get("", 0.0))


def _row(answered: Sequence[Answered], threshold: float) -> dict[str, float]:
    sure = [one for one in answered if one.probability >= threshold]
    right = sum(one.right for one in sure)
    return {
        "questions": len(answered),
        "right": right,
        "wrong": len(sure) - right,
        "not_sure": len(answered) - len(sure),
        "share_right": round(right / max(len(answered), 1), 4),
    }


def choose_thresholds(
    answered: Sequence[JudgedAnswer], wrong_costs: float = 0.5
) -> dict[str, float]:
    """Choose a threshold for all kinds (""), and one for each with at least MIN_ANSWERS answers."""
    kinds = Counter(one.asked.question.kind for one in answered)
    chosen = {"": choose_threshold(answered, wrong_costs)}
    for kind in sorted(kind for kind, count in kinds.items() if count >= MIN_ANSWERS):
        of_kind = [one for one in answered if one.asked.question.kind == kind]
        chosen[kind] = choose_threshold(of_kind, wrong_costs)
    return chosen


def choose_threshold(answered: Sequence[Answered], wrong_costs: float = 0.5) -> float:
    """Choose the threshold with the largest gain.

    A right answer gains 1, a wrong one loses `wrong_costs`, and 'not sure' is worth nothing.
    """
    best, best_gain = 0.0, float("-inf")
    for threshold in [0.0, *sorted(one.probability for one in answered)]:
        row = _row(answered, threshold)
        gain = row["right"] - wrong_costs * row["wrong"]
        if gain > best_gain:
            best, best_gain = threshold, gain
    return best
