"""Captions against the labels, and captions that are guesses."""

from __future__ import annotations

import pytest

from mmdesk.perception.caption_check import (
    animals_in,
    contradicting_label,
    guess_in,
    label_caption,
    names_absent_animal,
    unsure_caption,
)
from mmdesk.perception.labels import classes
from mmdesk.values import Label


def probabilities(**shares: float) -> list[float]:
    """Return probabilities of the first class with each wider word (or name); else nothing."""
    found = [0.0] * 1000
    for word, share in shares.items():
        index = next(i for i, (name, wider) in enumerate(classes()) if word in (wider or name,))
        found[index] = share
    return found


@pytest.mark.parametrize(
    ("caption", "animals"),
    [
        ("A brown dog is jumping over a tree.", {"dog"}),
        ("Two puppies and a cat.", {"dog", "cat"}),
        ("A hot dog on a tray.", set()),
        ("A child with a teddy bear.", set()),
        ("A giraffe eats leaves.", set()),
    ],
)
def test_the_animals_of_a_caption_are_found(caption: str, animals: set[str]) -> None:
    assert animals_in(caption) == animals


def test_a_sure_label_of_another_animal_contradicts() -> None:
    zebra = Label("zebra", 0.97)
    assert contradicting_label("A brown dog is running in the grass.", [zebra]) == zebra
    assert label_caption(zebra) == "A picture of a zebra."
    assert label_caption(Label("African elephant", 0.9, "elephant")) == "A picture of an elephant."


@pytest.mark.parametrize(
    ("caption", "label"),
    [
        ("A zebra in a field.", Label("zebra", 0.97)),
        ("A brown dog runs.", Label("zebra", 0.6)),  # not sure
        ("A brown dog runs.", Label("red fox", 0.9, "fox")),  # looks like one
        ("A brown dog runs.", Label("frisbee", 0.9)),  # may be there too
        ("A man rides a horse.", Label("zebra", 0.97)),  # horses are hardly known to the tower
    ],
)
def test_other_labels_do_not_contradict(caption: str, label: Label) -> None:
    assert contradicting_label(caption, [label]) is None


def test_an_animal_of_which_nothing_is_seen_is_noticed() -> None:
    assert names_absent_animal("A dog jumps over a tree.", probabilities(fish=0.2))
    assert not names_absent_animal("A dog jumps over a tree.", probabilities(dog=0.02))
    assert not names_absent_animal("A dog jumps over a tree.", probabilities(wolf=0.02))
    assert not names_absent_animal("A man jumps over a tree.", probabilities(fish=0.2))
    assert not names_absent_animal("A dog and a cat.", probabilities(cat=0.1))


def test_a_guess_says_that_it_is_one_and_keeps_the_caption() -> None:
    said = unsure_caption("Two dogs are running in the grass.")
    assert said == "Not sure what this shows; it may be two dogs running in the grass."
    assert guess_in(said) == "Two dogs running in the grass."
    assert unsure_caption("A bench.").endswith("it may be a bench.")
    assert guess_in("A dog runs.") == ""
