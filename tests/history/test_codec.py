"""Descriptions keep their JSON format: a label is one name there, two words in the program."""

from __future__ import annotations

from mmdesk.history import codec
from mmdesk.values import ImageDescription, Label

BEAGLE = ImageDescription(labels=(Label("beagle", 0.75, "dog"), Label("park bench", 0.5)))


def test_labels_are_stored_under_their_full_names() -> None:
    assert codec.description_data(BEAGLE) == {
        "labels": [
            {"name": "beagle (dog)", "probability": 0.75},
            {"name": "park bench", "probability": 0.5},
        ],
        "kind": "photo",
    }


def test_stored_labels_are_read_back() -> None:
    assert codec.description(codec.description_data(BEAGLE)) == BEAGLE
