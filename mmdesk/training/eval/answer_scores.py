"""How many questions are answered rightly, by kind, and when it should be said 'not sure'.

Three may answer: the fused model from cached features, whoever looks at the picture itself, and a
chat model in sentences of its own, with or without the picture.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from mmdesk.fusion import FusedTransformer, GeneratedText, generate
from mmdesk.perception import QUESTION_TOKEN, FusedTokenizer
from mmdesk.training.data.drawing import KINDS
from mmdesk.training.data.features import Features
from mmdesk.training.data.question_list import KnownQuestion
from mmdesk.training.data.question_words import COLOURS, NUMBERS
from mmdesk.training.eval.caption_scores import rules_for

NOT_SURE = re.compile(
    r"\b(?:not (?:sure|certain|clear|possible|specified|mentioned|provided|recogni[sz]ed|able)"
    r"|unsure|can(?:not|'t| not)|unable|do(?:n't| not) (?:have|know|see)|sorry|no information"
    r"|unknown|could you|please provide|more context|as an ai)\b",
    re.IGNORECASE,
)
FEWEST = 25  # answers that a kind's own threshold is chosen from
MOST_COLOURS = 3  # an answer that lists more has not answered
ALTERNATIVES = {
    "count": (*NUMBERS, *"123456"),
    "inside": ("indoors?", "inside", "outdoors?", "outside"),
    "kind": KINDS,
}


@dataclass(frozen=True, slots=True)
class JudgedAnswer:
    """A question, what was answered, how sure the model was (0..1), and whether it is right."""

    asked: KnownQuestion
    answer: str
    probability: float
    right: bool


def answer_all(
    model: FusedTransformer,
    features: Features,
    words: FusedTokenizer,
    asked: Sequence[KnownQuestion],
) -> list[JudgedAnswer]:
    """Answers in the order of the questions; those of one length are answered together."""
    groups: dict[int, list[int]] = defaultdict(list)
    prompts = [words.prompt(QUESTION_TOKEN, one.question.text) for one in asked]
    for number, prompt in enumerate(prompts):
        groups[len(prompt)].append(number)
    texts: dict[int, GeneratedText] = {}
    was_training = model.training
    model.eval()
    rules = rules_for(words, longest=12, no_repeat=2)
    for numbers in groups.values():
        grid, labels = features.get([(asked[n].view, asked[n].index) for n in numbers])
        prompt_ids = torch.tensor([prompts[n] for n in numbers])
        said = generate(model, torch.from_numpy(grid), torch.from_numpy(labels), prompt_ids, rules)
        texts.update(zip(numbers, said, strict=True))
    model.train(was_training)
    return [_judged(one, words.decode(texts[n].ids), texts[n]) for n, one in enumerate(asked)]


def _judged(asked: KnownQuestion, answer: str, text: GeneratedText) -> JudgedAnswer:
    return JudgedAnswer(asked, answer, text.probability, asked.question.is_right(answer))


def judged_sentence(asked: KnownQuestion, said: str) -> JudgedAnswer:
    """An answer in sentences; one that says that it cannot know is 'not sure' (probability 0).

    A sentence can hold two answers ("indoors or outdoors"): where all possible answers are known,
    it is right only if it holds none but accepted ones.
    """
    if NOT_SURE.search(said):
        return JudgedAnswer(asked, said, 0.0, False)
    question = asked.question
    right = question.is_right(said) or _says_kin(question.accepted, said)
    others = [
        word
        for word in ALTERNATIVES.get(question.kind, ())
        if word.removesuffix("?") not in question.accepted
    ]
    if question.kind == "presence":
        right = _yes_or_no(said) == question.answer
    elif question.kind == "colour":
        right = right and len(_colours(said)) <= MOST_COLOURS
    elif right and others:
        right = not _holds(said, others)
    return JudgedAnswer(asked, said, 1.0, right)


def _holds(said: str, words: Sequence[str]) -> bool:
    return re.search(rf"\b(?:{'|'.join(words)})\b", said.lower()) is not None


def _says_kin(accepted: Sequence[str], said: str) -> bool:
    """'an outdoor scene' says 'outdoors'."""
    return _holds(
        said, [f"{word.removesuffix('s')}s?" for word in accepted if "door" in word] or ["^$"]
    )


def _colours(said: str) -> set[str]:
    return set(COLOURS.split()) & set(re.findall(r"[a-z]+", said.lower()))


def _yes_or_no(said: str) -> str:
    told = said.strip().lower()
    if told.startswith(("yes", "no")) and not told.startswith("not"):
        return "yes" if told.startswith("yes") else "no"
    return "no" if re.search(r"\b(?:no|not|isn't)\b", told) else "yes"


def score(answered: Sequence[JudgedAnswer], thresholds: Mapping[str, float]) -> dict[str, Any]:
    """Right, wrong and not sure, altogether and by kind; an answer less probable than its kind's
    threshold ("" for all others) is 'not sure'.
    """
    kinds = sorted({one.asked.question.kind for one in answered})
    rows = {kind: [a for a in answered if a.asked.question.kind == kind] for kind in kinds}
    table = {kind: _row(chosen, _of(thresholds, kind)) for kind, chosen in rows.items()}
    whole = {
        name: sum(row[name] for row in table.values())
        for name in ("questions", "right", "wrong", "not_sure")
    }
    return {
        "thresholds": {kind: round(value, 4) for kind, value in thresholds.items()},
        "all": {**whole, "share_right": round(whole["right"] / max(whole["questions"], 1), 4)},
        "kinds": table,
    }


def _of(thresholds: Mapping[str, float], kind: str) -> float:
    return thresholds.get(kind, thresholds.get("", 0.0))


def _row(answered: Sequence[JudgedAnswer], threshold: float) -> dict[str, float]:
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
    """A threshold for all kinds (""), and one for every kind with FEWEST answers or more."""
    kinds = Counter(one.asked.question.kind for one in answered)
    chosen = {"": choose_threshold(answered, wrong_costs)}
    for kind in sorted(kind for kind, count in kinds.items() if count >= FEWEST):
        of_kind = [one for one in answered if one.asked.question.kind == kind]
        chosen[kind] = choose_threshold(of_kind, wrong_costs)
    return chosen


def choose_threshold(answered: Sequence[JudgedAnswer], wrong_costs: float = 0.5) -> float:
    """The threshold that gains most when a wrong answer costs and 'not sure' is worth nothing.

    A wrong answer takes away `wrong_costs` of what a right one gives.
    """
    best, gain = 0.0, float("-inf")
    for threshold in [0.0, *sorted(one.probability for one in answered)]:
        row = _row(answered, threshold)
        now = row["right"] - wrong_costs * row["wrong"]
        if now > gain:
            best, gain = threshold, now
    return best
