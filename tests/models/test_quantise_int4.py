"""4-bit codes stand for int8 weights, close to those they were made from, and always the same."""

from __future__ import annotations

import json
import multiprocessing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file
from safetensors.torch import save_file as save_torch

from mmdesk.errors import ModelUnavailable
from mmdesk.models import quantise_int4
from mmdesk.models.convert import _quantise
from mmdesk.models.install_record import CONVERTER_VERSION, Record, read_record, write_record
from mmdesk.models.manifest import Manifest
from mmdesk.models.model_store import ModelStore
from mmdesk.models.quantise import SCALE, write_int8
from mmdesk.models.quantise_int4 import (
    CODES,
    GROUPS,
    MAX_RELATIVE_ERROR,
    int8_reader,
    pack,
    relative_error,
    unpack,
    write_int4,
)
from mmdesk.values import NeverCancelled
from tests.models.conftest import digest, make_part, spec

UP, DOWN = "model.layers.0.mlp.up_proj.weight", "model.layers.0.mlp.down_proj.weight"
EMBEDDING = "model.embed_tokens.weight"
# Of the file that `write_int4` makes from `int8_file`, on every machine.
PACKED_DIGEST = "a492fd88de7a1f362b339b89d2833bb04d4b75b25965f2bc1adcb04f1dbb1339"


def random_groups(outputs: int, inputs: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return codes [outputs, inputs], steps and offsets [outputs, inputs / 32]."""
    draw = np.random.default_rng(3)
    codes = draw.integers(0, 16, (outputs, inputs))
    offsets = draw.integers(-128, 60, (outputs, inputs // 32))
    steps = np.minimum(draw.integers(1, 140, offsets.shape), (127 - offsets) * 16 // 15)
    return codes, steps, offsets


def expected(codes: np.ndarray, steps: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    each = (np.repeat(steps, 32, 1) * codes + 8) // 16 + np.repeat(offsets, 32, 1)
    return each.astype(np.int8)


def packed(
    codes: np.ndarray, steps: np.ndarray, offsets: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Pack one block at a time, as the format's description says."""
    halves = codes.reshape(len(codes), -1, 2, 64)
    joined = (halves[:, :, 0] | (halves[:, :, 1] << 4)).astype(np.uint8)
    numbers = np.concatenate(
        [
            steps.reshape(len(steps), -1, 4).astype(np.uint8),
            offsets.reshape(len(steps), -1, 4).astype(np.int8).view(np.uint8),
        ],
        axis=2,
    )
    return joined.reshape(len(codes), -1), numbers.reshape(len(codes), -1)


def like_q4_k(outputs: int, inputs: int) -> np.ndarray:
    """Return int8 rows of floats that lie on a grid of 16 per group of 32, as in Q4_K."""
    number = np.arange(outputs * inputs).reshape(outputs, inputs)
    steps = 20 + number // 32 * 7 % 31
    floats = steps * (number * number * 31 % 1009 % 16 - 7)
    return np.rint(floats * (127 / np.abs(floats).max(1, keepdims=True))).astype(np.int8)


def test_codes_and_groups_stand_for_the_numbers_of_the_formula() -> None:
    parts = random_groups(5, 512)
    assert np.array_equal(unpack(*packed(*parts)), expected(*parts))


def test_what_was_unpacked_packs_nearly_without_loss() -> None:
    weight = expected(*random_groups(40, 1024))
    codes, groups = pack(weight)
    assert (codes.dtype, codes.shape) == (np.uint8, (40, 512))
    assert (groups.dtype, groups.shape) == (np.uint8, (40, 64))
    assert (unpack(codes, groups) == weight).mean() > 0.95
    assert relative_error(weight) < 0.005


@pytest.mark.parametrize("weight", [-127, 0, 127])
def test_equal_weights_are_kept(weight: int) -> None:
    rows = np.full((2, 128), weight, np.int8)
    assert np.array_equal(unpack(*pack(rows)), rows)


def test_extreme_weights_never_wrap_around() -> None:
    draw = np.random.default_rng(1)
    rows = draw.choice([-127, -126, 126, 127], (50, 256)).astype(np.int8)
    error = unpack(*pack(rows)).astype(int) - rows
    assert np.abs(error).max() <= 20


def test_a_grid_of_16_is_packable_and_noise_is_not() -> None:
    noise = np.random.default_rng(2).normal(0, 30, (64, 256)).clip(-127, 127).astype(np.int8)
    grid = like_q4_k(64, 256)
    assert relative_error(grid) < 0.03 < MAX_RELATIVE_ERROR < 0.06 < relative_error(noise)


def test_shapes_that_do_not_belong_together_are_refused() -> None:
    codes, groups = pack(like_q4_k(4, 256))
    with pytest.raises(ValueError, match="do not belong together"):
        unpack(codes, groups[:, :-8])


@pytest.fixture
def int8_file(tmp_path: Path) -> Path:
    """Write a small int8 file with a packable matrix and several that are not."""
    grid = like_q4_k(96, 256)
    noise = (np.arange(64 * 128) * 7919 % 251 - 125).astype(np.int8).reshape(64, 128)
    tensors = {
        EMBEDDING: grid,
        EMBEDDING + SCALE: np.linspace(1, 2, 96, dtype=np.float32),
        UP: grid[::-1].copy(),
        UP + SCALE: np.linspace(2, 3, 96, dtype=np.float32),
        DOWN: noise,
        DOWN + SCALE: np.linspace(3, 4, 64, dtype=np.float32),
        "model.norm.weight": np.linspace(4, 5, 256, dtype=np.float32),
    }
    path = tmp_path / "int8.safetensors"
    save_file(tensors, path)
    return path


def test_only_matrices_of_layers_that_lose_little_are_packed(
    int8_file: Path, tmp_path: Path
) -> None:
    target = tmp_path / "int4.safetensors"
    assert sum(write_int4(int8_file, target)) > 0
    before, after = load_file(int8_file), load_file(target)
    assert after.keys() == before.keys() - {UP} | {UP + CODES, UP + GROUPS}
    assert all(np.array_equal(after[name], before[name]) for name in before.keys() - {UP})
    codes, groups = pack(before[UP])
    assert np.array_equal(after[UP + CODES], codes)
    assert np.array_equal(after[UP + GROUPS], groups)


def test_the_same_weights_give_the_same_bytes_on_every_machine(
    int8_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "int4.safetensors"
    list(write_int4(int8_file, target))
    assert digest(target.read_bytes()) == PACKED_DIGEST
    monkeypatch.setattr(quantise_int4, "PIECE_VALUES", 4 * 256 * 5)  # many pieces
    monkeypatch.setattr(quantise_int4, "FIT_VALUES", 256 * 2)
    list(write_int4(int8_file, target))
    assert digest(target.read_bytes()) == PACKED_DIGEST


def test_a_packed_file_reads_as_int8(int8_file: Path, tmp_path: Path) -> None:
    target = tmp_path / "int4.safetensors"
    list(write_int4(int8_file, target))
    before, after = load_file(int8_file), load_file(target)
    names, read = int8_reader(set(after), after.__getitem__)
    assert names == before.keys()
    assert np.array_equal(read(UP), unpack(after[UP + CODES], after[UP + GROUPS]))
    assert np.array_equal(read(DOWN), before[DOWN])


def test_what_is_no_safetensors_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "rubbish").write_bytes(b"rubbish" * 9)
    with pytest.raises(SafetensorError):
        list(write_int4(tmp_path / "rubbish", tmp_path / "target"))


# --- upgrade --------------------------------------------------------------------------------------


def store_of(version: int, tmp_path: Path) -> ModelStore:
    """Return a store with a part of an earlier converter and no source to download it from."""
    floats = like_q4_k(96, 256).astype(np.float32)
    first, second, third = (tmp_path / name for name in ("bf16", "int8", "int4"))
    save_torch({UP: torch.from_numpy(floats).bfloat16()}, first)
    list(write_int8(first, second))
    list(write_int4(second, third))
    assert UP + CODES in load_file(third)
    folder = tmp_path / "models" / "chat"
    folder.mkdir(parents=True)
    (folder / "model.safetensors").write_bytes((first, second)[version - 1].read_bytes())
    (folder / "config.json").write_text("{}")
    write_record(folder, Record("chat", "wheels:x", version, "big"), NeverCancelled())
    pins = [(spec("model.safetensors", path.read_bytes()),) for path in (first, second, third)]
    part = make_part(
        "chat",
        (),
        conversion="gguf",
        weights="int4",
        pinned=pins[2],
        earlier={1: pins[0], 2: pins[1]},
    )
    return ModelStore(tmp_path / "models", Manifest((part,)))


@pytest.mark.parametrize("version", [1, 2])
def test_folders_of_both_earlier_converters_are_sound_and_are_upgraded(
    version: int, tmp_path: Path
) -> None:
    store = store_of(version, tmp_path)
    store.verify("chat")
    folder = store.install("chat")
    store.verify("chat")
    record = read_record(folder)
    assert record is not None
    assert (record.converter, record.source) == (CONVERTER_VERSION, "wheels:x")
    assert record.stands_in_for == "big"
    assert (folder / "model.safetensors").read_bytes() == (tmp_path / "int4").read_bytes()
    assert json.loads((folder / "config.json").read_text()) == {}
    assert {path.name for path in folder.iterdir()} == {
        "config.json", "installed.json", "model.safetensors",
    }  # fmt: skip
    assert not multiprocessing.active_children()


def test_a_damaged_packed_file_is_refused(tmp_path: Path) -> None:
    store = store_of(2, tmp_path)
    file = store.install("chat") / "model.safetensors"
    content = bytearray(file.read_bytes())
    content[-5] ^= 1
    file.write_bytes(content)
    with pytest.raises(ModelUnavailable, match=r"model\.safetensors has changed"):
        store.verify("chat")


def test_weights_of_the_second_converter_do_not_pass_for_new_ones(tmp_path: Path) -> None:
    store = store_of(2, tmp_path)
    folder = store.path("chat")
    record = read_record(folder)
    assert record is not None
    (folder / "installed.json").unlink()
    write_record(folder, replace(record, converter=CONVERTER_VERSION), NeverCancelled())
    with pytest.raises(ModelUnavailable, match="does not belong"):
        store.verify("chat")


def test_temporary_weights_of_a_conversion_are_deleted(tmp_path: Path) -> None:
    """From the download the floats lie in the folder being written, and go before the last step."""
    floats = tmp_path / "floats.safetensors"
    grid = torch.from_numpy(like_q4_k(96, 256).astype(np.float32))
    save_torch({UP: grid.bfloat16()}, floats)
    present = [floats.exists() for size in _quantise(floats, tmp_path, "int4") if size]
    assert present
    assert not any(present)
    assert {path.name for path in tmp_path.iterdir()} == {"model.safetensors"}
    assert UP + CODES in load_file(tmp_path / "model.safetensors")
