"""Looking at a picture: labels for photos, text for everything, clear words about weights."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from mmdesk import settings
from mmdesk.errors import ModelUnavailable
from mmdesk.fusion.tower import EfficientNetLite2
from mmdesk.inputs import load_image
from mmdesk.messages import PictureKind
from mmdesk.perception.read import Reader
from mmdesk.perception.see import Seer, load_tower
from mmdesk.perception.words import sight_words
from tests.perception import pictures

FLICKR = Path(__file__).parents[3] / "shared" / "data" / "flickr8k"


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(threads=1)


@pytest.fixture
def dog_folder(tmp_path: Path) -> Path:
    """Weights that see a golden retriever in everything."""
    tower = EfficientNetLite2()
    with torch.no_grad():
        tower._fc.weight.zero_()
        tower._fc.bias.zero_()
        tower._fc.bias[207] = 20.0
    save_file(tower.state_dict(), tmp_path / "model.safetensors")
    return tmp_path


def test_photo_gets_labels_and_text(dog_folder: Path, reader: Reader) -> None:
    sight = Seer(dog_folder, reader).see(pictures.photo("Hotel"))
    assert sight.kind is PictureKind.PHOTO
    assert [label.name for label in sight.labels] == ["golden retriever (dog)"]
    assert sight.text == "Hotel"


def test_screenshots_and_pages_get_no_labels(dog_folder: Path, reader: Reader) -> None:
    seer = Seer(dog_folder, reader)
    for picture, kind in (
        (pictures.screenshot(), PictureKind.SCREENSHOT),
        (pictures.page(), PictureKind.PAGE),
    ):
        sight = seer.see(picture)
        assert (sight.kind, sight.labels) == (kind, ())


def test_screenshots_need_no_weights(tmp_path: Path, reader: Reader) -> None:
    sight = Seer(tmp_path / "gone", reader).see(pictures.screenshot())
    assert "Could not connect to the printer" in sight.text


@pytest.mark.parametrize("content", [None, b"", b"not weights", b"\x08\0\0\0\0\0\0\0{}      "])
def test_missing_and_damaged_weights_are_named(tmp_path: Path, content: bytes | None) -> None:
    folder = tmp_path / "efficientnet-lite2"
    folder.mkdir()
    if content is not None:
        (folder / "model.safetensors").write_bytes(content)
    problem = "is missing" if content is None else "is damaged"
    with pytest.raises(ModelUnavailable, match=rf"efficientnet-lite2 .*{problem}") as caught:
        load_tower(folder)
    assert "models get efficientnet-lite2" in caught.value.hint


@pytest.mark.model
def test_real_weights_claim_nothing_about_a_drawn_surface(reader: Reader) -> None:
    folder = settings.home() / "models" / "efficientnet-lite2"
    sight = Seer(folder, reader).see(pictures.photo())
    assert sight.labels == ()
    probabilities = Seer(folder, reader).probabilities(pictures.photo())
    assert float(probabilities.sum()) == pytest.approx(1.0, abs=1e-4)


@pytest.mark.model
@pytest.mark.skipif(not FLICKR.exists(), reason="photographs that may not be kept here")
def test_dogs_are_called_dogs(reader: Reader) -> None:
    """The first photographs whose captions all say dog, and the first where none does."""
    rows = [json.loads(line) for line in (FLICKR / "captions.jsonl").read_text().splitlines()]
    dev = [row for row in rows if row["split"] == "dev"]
    dogs = [row["image"] for row in dev if all(_says_dog(text) for text in row["captions"])][:20]
    others = [row["image"] for row in dev if not any(map(_says_dog, row["captions"]))][:20]
    seer = Seer(settings.home() / "models" / "efficientnet-lite2", reader)

    def called_dog(name: str) -> bool:
        image = load_image(FLICKR / "images" / name)
        return "dog" in sight_words(dataclasses.replace(image, sight=seer.see(image)))

    assert sum(map(called_dog, dogs)) >= 16
    assert sum(map(called_dog, others)) <= 2


def _says_dog(text: str) -> bool:
    return re.search(r"\b(dogs?|pupp(y|ies))\b", text.lower()) is not None
