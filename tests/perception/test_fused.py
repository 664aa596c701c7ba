"""The fused model at work, with tiny random weights written as a run's export writes them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from mmdesk.errors import ModelUnavailable
from mmdesk.fusion.config import FusedConfig
from mmdesk.fusion.transformer import FusedTransformer
from mmdesk.perception.fused import CONFIG, TOKENIZER, WEIGHTS, FusedSeer, _capitals
from mmdesk.training.words import train_words


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    words = train_words(["a dog runs", "what color is it? red"] * 9, 120, tmp_path / TOKENIZER)
    torch.manual_seed(0)
    config = FusedConfig(len(words), width=16, layers=2, heads=2, hidden=32)
    weights = FusedTransformer(config).half().state_dict()
    save_file(weights, tmp_path / WEIGHTS)
    (tmp_path / CONFIG).write_text(json.dumps(config.to_dict()))
    return tmp_path


def test_every_task_says_something_about_every_picture(folder: Path) -> None:
    seer = FusedSeer(folder)
    seen = torch.rand(2, 1280, 8, 8), torch.rand(2, 1000)
    for said in (
        seer.caption(*seen),
        seer.describe(*seen),
        seer.kind(*seen),
        seer.answer("What color is the dog? " * 40, *seen),  # longer than the model's places
    ):
        assert len(said) == 2
        assert all(one.text and 0 < one.probability <= 1 for one in said)
        assert all("<" not in one.text for one in said)


def test_a_caption_is_a_sentence(folder: Path) -> None:
    (said,) = FusedSeer(folder).caption(torch.rand(1, 1280, 8, 8), torch.rand(1, 1000))
    assert said.text[0] == said.text[0].upper()
    assert said.text.endswith((".", "?"))


def test_every_sentence_begins_with_a_capital() -> None:
    assert _capitals("A dog. it runs. two men") == "A dog. It runs. Two men"


@pytest.mark.parametrize("damage", [WEIGHTS, CONFIG, TOKENIZER])
def test_a_missing_or_damaged_file_is_told(folder: Path, damage: str) -> None:
    (folder / damage).write_bytes(b"nothing of use")
    with pytest.raises(ModelUnavailable, match="cannot be loaded"):
        FusedSeer(folder).kind(torch.rand(1, 1280, 8, 8), torch.rand(1, 1000))
    (folder / damage).unlink()
    with pytest.raises(ModelUnavailable, match="cannot be loaded"):
        FusedSeer(folder).kind(torch.rand(1, 1280, 8, 8), torch.rand(1, 1000))
