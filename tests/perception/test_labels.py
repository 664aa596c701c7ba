"""Many unsure breeds make one sure dog; what is improbable is not said."""

from __future__ import annotations

import pytest

from mmdesk.perception.labels import classes, labels_worth_saying
from mmdesk.values import Label

DOGS = range(151, 269)
GOLDEN_RETRIEVER, SCHOOL_BUS, CLIFF = 207, 779, 972


def probabilities(**shares: float) -> list[float]:
    """Return probabilities of all classes; what is not given is spread over them."""
    given = {int(index[1:]): share for index, share in shares.items()}
    rest = (1 - sum(given.values())) / 1000
    return [given.get(index, 0.0) + rest for index in range(1000)]


def test_the_list_is_imagenets() -> None:
    names = classes()
    assert len(names) == 1000
    assert names[GOLDEN_RETRIEVER] == ("golden retriever", "dog")
    assert names[SCHOOL_BUS] == ("school bus", "bus")
    assert {names[index][1] for index in DOGS} == {"dog"}
    assert sum(wider == "dog" for _, wider in names) == len(DOGS) + 1  # the dingo
    assert (names[281][1], names[0][1], names[54][1]) == ("cat", "fish", "snake")
    assert all(name.strip() == name and name for name, _ in names)


def test_a_sure_breed_is_said_with_its_wider_word() -> None:
    (label,) = labels_worth_saying(probabilities(_207=0.9))
    assert label.full_name == "golden retriever (dog)"
    assert label.probability > 0.9


def test_many_unsure_breeds_are_a_dog() -> None:
    spread = [0.7 / len(DOGS) if index in DOGS else 0.3 / 882 for index in range(1000)]
    (label,) = labels_worth_saying(spread)
    assert label.full_name == "dog"
    assert label.probability == pytest.approx(0.7, abs=0.01)


def test_an_unsure_breed_is_not_said() -> None:
    (label,) = labels_worth_saying(probabilities(_207=0.3, _208=0.3))
    assert label.full_name == "dog"


def test_the_wider_word_is_not_said_twice() -> None:
    (label,) = labels_worth_saying(probabilities(_779=0.95))
    assert label.full_name == "school bus"


@pytest.mark.parametrize("share", [0.05, 0.2, 0.5])
def test_improbable_classes_are_not_said(share: float) -> None:
    assert labels_worth_saying(probabilities(_972=share)) == ()


def test_nothing_sure_says_nothing() -> None:
    assert labels_worth_saying([0.001] * 1000) == ()


def test_strict_says_only_what_is_sure() -> None:
    unsure = probabilities(_972=0.65)
    assert len(labels_worth_saying(unsure)) == 1
    assert labels_worth_saying(unsure, strict=True) == ()


def test_things_need_more_than_animals() -> None:
    ball, other_ball = 430, 805
    assert [label.full_name for label in labels_worth_saying(probabilities(_207=0.5))] == ["dog"]
    assert labels_worth_saying(probabilities(**{f"_{ball}": 0.25, f"_{other_ball}": 0.25})) == ()


def test_most_probable_first() -> None:
    shares = [0.0] * 1000
    shares[GOLDEN_RETRIEVER], shares[CLIFF] = 0.45, 0.61  # of two views, as it were
    assert [label.full_name for label in labels_worth_saying(shares)] == ["cliff", "dog"]


@pytest.mark.parametrize(
    ("full_name", "label"),
    [
        ("golden retriever (dog)", Label("golden retriever", 0.5, "dog")),
        ("kite (bird of prey)", Label("kite", 0.5, "bird of prey")),
        ("school bus", Label("school bus", 0.5)),
        ("", Label("", 0.5)),
    ],
)
def test_a_full_name_is_split_into_name_and_wider_word(full_name: str, label: Label) -> None:
    assert Label.parse(full_name, 0.5) == label
    assert label.full_name == full_name
    assert label.to_dict() == {"name": full_name, "probability": 0.5}


def test_the_wider_word_of_a_class_is_found_in_its_own_name() -> None:
    crane = [name for name, _ in classes()].index("crane (machine)")
    (label,) = labels_worth_saying([0.9 if index == crane else 0.0 for index in range(1000)])
    assert label == Label("crane", 0.9, "machine")
