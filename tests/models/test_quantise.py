"""8-bit weights: close to what they were made from, the same bytes by every way of making them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from mmdesk.errors import ModelUnavailable
from mmdesk.models.install_record import CONVERTER_VERSION, Record, read_record, write_record
from mmdesk.models.manifest import Manifest, ModelPart
from mmdesk.models.model_store import ModelStore
from mmdesk.models.quantise import SCALE, int8_tensors, quantised, write_int8
from mmdesk.values import NeverCancelled
from tests.models.conftest import make_part, spec


def weights() -> dict[str, torch.Tensor]:
    torch.manual_seed(5)
    return {
        "model.layers.0.mlp.up_proj.weight": torch.randn(300, 40, dtype=torch.bfloat16),
        "model.norm.weight": torch.randn(40, dtype=torch.bfloat16),
        "model.layers.0.self_attn.q_proj.bias": torch.randn(7, dtype=torch.bfloat16),
    }


@pytest.fixture
def floats(tmp_path: Path) -> Path:
    path = tmp_path / "floats.safetensors"
    save_file(weights(), path)
    return path


def test_each_row_is_within_half_a_step() -> None:
    rows = torch.randn(50, 64) * torch.logspace(-3, 3, 50)[:, None]
    rows[7] = 0
    weight, scale = quantised(rows)
    assert weight.dtype == torch.int8
    assert ((weight * scale[:, None] - rows).abs() <= scale[:, None] * 0.501).all()
    assert torch.equal(weight[7], torch.zeros(64, dtype=torch.int8))


def test_the_file_holds_what_quantising_in_memory_gives(
    floats: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mmdesk.models.quantise.PIECE_VALUES", 40 * 7)  # many pieces
    target = tmp_path / "model.safetensors"
    assert sum(write_int8(floats, target)) > 0
    written = load_file(target)
    expected = dict(int8_tensors(weights(), weights().__getitem__))
    assert written.keys() == expected.keys()
    assert all(torch.equal(written[name], expected[name]) for name in written)
    assert {name for name in written if name.endswith(SCALE)} == {
        "model.layers.0.mlp.up_proj.weight" + SCALE
    }


@pytest.fixture
def old_store(floats: Path, tmp_path: Path) -> ModelStore:
    """Return a store with a part of the first converter and no source to download it from."""
    folder = tmp_path / "models" / "chat"
    folder.mkdir(parents=True)
    content = floats.read_bytes()
    (folder / "model.safetensors").write_bytes(content)
    (folder / "config.json").write_text("{}")
    write_record(folder, Record("chat", "wheels:x", 1, "big"), NeverCancelled())
    expected = tmp_path / "expected"
    list(write_int8(floats, expected))
    part = make_part(
        "chat",
        (),
        conversion="gguf",
        pinned=(spec("model.safetensors", expected.read_bytes()),),
        earlier={1: (spec("model.safetensors", content),)},
    )
    return ModelStore(tmp_path / "models", Manifest((part,)))


def test_an_older_folder_is_sound_and_is_upgraded_without_fetching(old_store: ModelStore) -> None:
    old_store.verify("chat")
    folder = old_store.install("chat")
    old_store.verify("chat")
    record = read_record(folder)
    assert record is not None
    assert (record.converter, record.source) == (CONVERTER_VERSION, "wheels:x")
    assert record.stands_in_for == "big"
    assert load_file(folder / "model.safetensors").keys() != weights().keys()
    assert json.loads((folder / "config.json").read_text()) == {}
    before = (folder / "model.safetensors").stat().st_ino
    assert (old_store.install("chat") / "model.safetensors").stat().st_ino == before


def test_an_older_folder_that_was_changed_is_damaged(old_store: ModelStore) -> None:
    file = old_store.path("chat") / "model.safetensors"
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    with pytest.raises(ModelUnavailable, match=r"model\.safetensors has changed"):
        old_store.verify("chat")


def test_older_weights_do_not_pass_for_new_ones(old_store: ModelStore) -> None:
    folder = old_store.path("chat")
    record = read_record(folder)
    assert record is not None
    (folder / "installed.json").unlink()
    write_record(folder, replace(record, converter=CONVERTER_VERSION), NeverCancelled())
    with pytest.raises(ModelUnavailable, match="does not belong"):
        old_store.verify("chat")


def test_a_part_without_earlier_weights_is_not_upgraded(old_store: ModelStore) -> None:
    part: ModelPart = old_store.manifest.part("chat")
    plain = replace(part, earlier={}, pinned=part.earlier[1])
    store = ModelStore(old_store.root, Manifest((plain,)))
    store.install("chat")
    record = read_record(store.path("chat"))
    assert record is not None
    assert record.converter == 1
