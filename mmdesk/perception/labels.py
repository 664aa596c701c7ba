"""From 1,000 class probabilities to the few words worth saying.

ImageNet knows 118 breeds of dog, and a dog's probability is spread over many of them. So the
classes are also added up to wider words ("dog"), and the breed is only said when it is sure.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence

from mmdesk.settings import resource
from mmdesk.values import Label

# Chosen by looking at 600 photographs with captions: at 0.4, "dog" is said of 89 % of the dogs and
# of 1.4 % of the pictures without one. Of things, most of what stays below 0.6 is wrong.
SAY = 0.6
SAY_ANIMAL = 0.4
ANIMALS = 398  # classes from 0; animals fill pictures, and their breeds share the probability
SAY_CLASS = 0.6  # the class itself beside its wider word
SURE = 0.75
MOST = 4


@functools.cache
def classes() -> tuple[tuple[str, str], ...]:
    """(name, wider word or "") of every class, in ImageNet's order."""
    data = json.loads(resource("imagenet_labels.json").read_text(encoding="utf-8"))
    return tuple((name, wider) for name, wider in data["labels"])


def labels_worth_saying(
    probabilities: Sequence[float], *, strict: bool = False
) -> tuple[Label, ...]:
    """Labels for the probabilities [1000] of one picture, most probable first; often none.

    `strict` says only what is sure: for drawings, which the classes were not learned from.
    """
    members: dict[str, list[int]] = {}
    for index, (name, wider) in enumerate(classes()):
        members.setdefault(wider or name, []).append(index)
    found = [
        label
        for word, indices in members.items()
        if (label := _label(word, indices, probabilities, strict))
    ]
    return tuple(sorted(found, key=lambda label: -label.probability)[:MOST])


def _label(
    word: str, indices: list[int], probabilities: Sequence[float], strict: bool
) -> Label | None:
    total = min(1.0, float(sum(probabilities[index] for index in indices)))
    threshold = SAY_ANIMAL if indices[0] < ANIMALS and len(indices) > 1 else SAY
    if total < (SURE if strict else threshold):
        return None
    best = max(indices, key=lambda index: probabilities[index])
    name = classes()[best][0]
    if name == word or probabilities[best] < SAY_CLASS:
        return Label(word, total)
    return Label(name if word in name else f"{name} ({word})", total)
