"""Checks of a caption before it is shown: is it probable, and do the labels contradict it?

The vision tower's classifier knows dogs, cats and big animals far better than the fused model.
Where it is sure of another animal than the caption names, it wins; where it sees nothing of the
caption's animal, the caption is shown as a guess.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mmdesk.perception.labels import SURE, classes
from mmdesk.values import Label

# What captions call the animals that the classifier knows well, by the label's (wider) word. It has
# no class for giraffes, deer and donkeys, and too few for cows, horses and sheep.
CAPTION_NOUNS = {
    "dog": "dog dogs puppy puppies",
    "cat": "cat cats kitten kittens",
    "bird": "bird birds",
    "bear": "bear bears",
    "elephant": "elephant elephants",
    "zebra": "zebra zebras",
}
# Labels of animals that a caption's word may mean as well.
_RELATED = {
    "dog": {"wolf", "fox", "coyote", "dhole", "African hunting dog"},
    "cat": {"big cat"},
    "bear": {"panda", "teddy bear"},
}
ABSENT = 0.003  # probability below which the classifier sees nothing of an animal
_IS_DOING = re.compile(r"^([^,.]+?) (?:is|are) (\w+ing\b)")
_GUESS = re.compile(r"Not sure what this shows; it may be (?P<guess>.+)", re.DOTALL)


def unsure_caption(caption: str) -> str:
    """Return a caption as the guess that it is.

    >>> unsure_caption("A dog is running in the grass.")
    'Not sure what this shows; it may be a dog running in the grass.'
    """
    guess = _IS_DOING.sub(r"\1 \2", caption[:1].lower() + caption[1:])
    return f"Not sure what this shows; it may be {guess}"


def guess_in(caption: str) -> str:
    """Return the caption within an unsure one; "" for a caption that is sure."""
    match = _GUESS.fullmatch(caption.strip())
    return match["guess"][:1].upper() + match["guess"][1:] if match else ""


def label_caption(label: Label) -> str:
    """Return a caption that says no more than a label."""
    name = label.wider or label.name
    article = "an" if name[:1].lower() in "aeiou" else "a"
    return f"A picture of {article} {name}."


def animals_in(caption: str) -> set[str]:
    """Return the animals of CAPTION_NOUNS that a caption names ("hot dog" is none)."""
    text = re.sub(r"\b(?:hot dog|teddy bear)s?\b", "", caption.lower())
    words = set(re.findall(r"[a-z]+", text))
    return {animal for animal, nouns in CAPTION_NOUNS.items() if words & set(nouns.split())}


def contradicting_label(caption: str, labels: Sequence[Label]) -> Label | None:
    """Return the sure label of another animal than the one the caption names; None without one."""
    named = animals_in(caption)
    sure = [label for label in labels if label.probability >= SURE]
    words = {label.wider or label.name for label in sure}
    expected = named.union(*(_RELATED.get(animal, set()) for animal in named))
    if not named or words & expected:
        return None
    return next((label for label in sure if (label.wider or label.name) in _ANIMALS), None)


def names_absent_animal(caption: str, probabilities: Sequence[float]) -> bool:
    """Return true if the classifier sees nothing of any animal that the caption names.

    Args:
        caption: to check.
        probabilities: [1000], of ImageNet's classes.
    """
    named = animals_in(caption)
    return bool(named) and all(_total(animal, probabilities) < ABSENT for animal in named)


def _total(animal: str, probabilities: Sequence[float]) -> float:
    words = {animal, *_RELATED.get(animal, set())}
    return sum(
        probability
        for (name, wider), probability in zip(classes(), probabilities, strict=True)
        if (wider or name) in words
    )


_ANIMALS = frozenset(CAPTION_NOUNS) | {
    "big cat", "wolf", "fox", "snake", "fish", "monkey", "ape", "lizard", "turtle", "crab",
    "insect", "butterfly", "spider", "frog", "rabbit", "pig", "whale", "crocodile", "panda",
    "koala", "hippopotamus", "Arabian camel", "llama", "sea lion", "otter", "hamster", "jellyfish",
    "starfish", "lobster", "wallaby", "salamander", "meerkat", "beaver", "hyena", "armadillo",
}  # fmt: skip
