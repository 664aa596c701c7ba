"""How many questions a fused model answers rightly, by kind, and when it should say 'not sure'."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from mmdesk.fusion.generation import Generated, generate
from mmdesk.fusion.transformer import FusedTransformer
from mmdesk.perception.pieces import QUESTION, Words
from mmdesk.training.features import Features
from mmdesk.training.measure import rules_for
from mmdesk.training.question_list import Asked


@dataclass(frozen=True, slots=True)
class Answered:
    """A question, what was answered, how sure the model was (0..1), and whether it is right."""

    asked: Asked
    answer: str
    probability: float
    right: bool


def answer_all(
    model: FusedTransformer, features: Features, words: Words, asked: Sequence[Asked]
) -> list[Answered]:
    """Answers in the order of the questions; those of one length are answered together."""
    groups: dict[int, list[int]] = defaultdict(list)
    prompts = [words.prompt(QUESTION, one.question.text) for one in asked]
    for number, prompt in enumerate(prompts):
        groups[len(prompt)].append(number)
    texts: dict[int, Generated] = {}
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


def _judged(asked: Asked, answer: str, text: Generated) -> Answered:
    return Answered(asked, answer, text.probability, asked.question.is_right(answer))


def score(answered: Sequence[Answered], threshold: float = 0.0) -> dict[str, Any]:
    """Right, wrong and not sure, altogether and by kind; below `threshold` it is 'not sure'."""
    kinds = sorted({one.asked.question.kind for one in answered})
    rows = {kind: [a for a in answered if a.asked.question.kind == kind] for kind in kinds}
    table = {kind: _row(chosen, threshold) for kind, chosen in rows.items()}
    return {"threshold": round(threshold, 3), "all": _row(answered, threshold), "kinds": table}


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


def choose_threshold(answered: Sequence[Answered], wrong_costs: float = 0.5) -> float:
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
