"""A folder whose config and weights do not fit is refused in a sentence; nothing hangs."""

from __future__ import annotations

import json
import math
import os
import random
import struct
import threading
from pathlib import Path
from typing import Any

import pytest

from mmdesk.errors import InputError
from mmdesk.models.own_folders import check_model_folder
from mmdesk.models.tensor_check import ITEM_BITS

CONFIG: dict[str, Any] = {
    "architectures": ["Qwen2ForCausalLM"],
    "model_type": "qwen2",
    "hidden_size": 8,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "intermediate_size": 12,
    "vocab_size": 10,
    "num_hidden_layers": 2,
    "max_position_embeddings": 64,
    "rms_norm_eps": 1e-6,
}
LAYER = {
    "input_layernorm.weight": [8],
    "post_attention_layernorm.weight": [8],
    "self_attn.q_proj.weight": [8, 8],
    "self_attn.q_proj.bias": [8],
    "self_attn.k_proj.weight": [4, 8],
    "self_attn.v_proj.weight": [4, 8],
    "self_attn.o_proj.weight": [8, 8],
    "mlp.gate_proj.weight": [12, 8],
    "mlp.up_proj.weight": [12, 8],
    "mlp.down_proj.weight": [8, 12],
}


def entries(int8: bool = True) -> dict[str, tuple[str, list[int]]]:
    """Return dtype and shape of every tensor of a tiny model."""
    shapes = {"model.embed_tokens.weight": [10, 8], "model.norm.weight": [8]}
    for at in range(2):
        shapes |= {f"model.layers.{at}.{name}": shape for name, shape in LAYER.items()}
    found: dict[str, tuple[str, list[int]]] = {}
    for name, shape in shapes.items():
        quantised = int8 and len(shape) == 2
        found[name] = ("I8" if quantised else "F32", shape)
        if quantised:
            found[f"{name}_scale"] = ("F32", shape[:1])
    return found


def safetensors(tensors: dict[str, tuple[str, list[int]]]) -> bytes:
    header, end = {}, 0
    for name, (dtype, shape) in tensors.items():
        size = math.prod(shape) * ITEM_BITS[dtype] // 8
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [end, end + size]}
        end += size
    table = json.dumps(header).encode()
    return struct.pack("<Q", len(table)) + table + bytes(end)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "Tiny"
    made.mkdir()
    (made / "config.json").write_text(json.dumps(CONFIG))
    (made / "tokenizer.json").write_text("{}")
    (made / "tokenizer_config.json").write_text(json.dumps({"chat_template": "{{ x }}"}))
    (made / "model.safetensors").write_bytes(safetensors(entries()))
    return made


@pytest.mark.parametrize("int8", [True, False])
def test_a_model_that_fits_is_accepted(folder: Path, int8: bool) -> None:
    (folder / "model.safetensors").write_bytes(safetensors(entries(int8)))
    assert "model.safetensors" in check_model_folder(folder)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("head_dim", 128),
        ("head_dim", 3),
        ("num_key_value_heads", 4),
        ("num_key_value_heads", 3),
        ("num_attention_heads", 8),
        ("num_attention_heads", 0),
        ("hidden_size", 16),
        ("hidden_size", None),
        ("hidden_size", "8"),
        ("hidden_size", 8.0),
        ("hidden_size", True),
        ("intermediate_size", 10**30),
        ("vocab_size", 11),
        ("vocab_size", -1),
        ("num_hidden_layers", 3),
        ("num_hidden_layers", 1),
        ("num_hidden_layers", 10**7),
        ("max_position_embeddings", 0),
    ],
)
def test_a_config_that_does_not_fit_the_weights_is_refused(
    folder: Path, setting: str, value: object
) -> None:
    (folder / "config.json").write_text(json.dumps({**CONFIG, setting: value}))
    with pytest.raises(InputError, match="Tiny") as told:
        check_model_folder(folder)
    assert "fit" in told.value.user_message


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("model.norm.weight", ("F32", [9])),
        ("model.norm.weight", ("I32", [8])),
        ("model.norm.weight", ("I8", [8])),
        ("model.layers.1.mlp.up_proj.weight", ("I8", [8, 12])),
        ("model.layers.1.mlp.up_proj.weight_scale", ("F32", [8])),
        ("model.layers.1.mlp.up_proj.weight_scale", ("F16", [12])),
        ("model.layers.0.self_attn.q_proj.bias", ("F32", [4])),
    ],
)
def test_a_tensor_that_does_not_fit_is_named(
    folder: Path, name: str, entry: tuple[str, list[int]]
) -> None:
    (folder / "model.safetensors").write_bytes(safetensors({**entries(), name: entry}))
    with pytest.raises(InputError, match=name.removesuffix("_scale")):
        check_model_folder(folder)


@pytest.mark.parametrize("name", ["model.norm.weight", "model.layers.0.mlp.up_proj.weight_scale"])
def test_a_tensor_that_is_missing_is_named(folder: Path, name: str) -> None:
    tensors = entries()
    del tensors[name]
    (folder / "model.safetensors").write_bytes(safetensors(tensors))
    with pytest.raises(InputError, match=name.removesuffix("_scale")):
        check_model_folder(folder)


@pytest.mark.skipif(os.name != "posix", reason="pipes and devices of POSIX")
@pytest.mark.parametrize("kind", ["pipe", "device", "folder"])
@pytest.mark.parametrize(
    "name",
    ["config.json", "tokenizer.json", "tokenizer_config.json", "README.md", "model.safetensors"],
)
def test_what_is_no_file_is_never_read(folder: Path, tmp_path: Path, name: str, kind: str) -> None:
    from mmdesk.models.manifest import Manifest
    from mmdesk.models.model_store import ModelStore

    (folder / name).unlink(missing_ok=True)
    if kind == "pipe":
        os.mkfifo(folder / name)
    elif kind == "device":
        (folder / name).symlink_to("/dev/zero")
    else:
        (folder / name).mkdir()
    store, outcome = ModelStore(tmp_path / "models", Manifest(())), []

    def add() -> None:
        try:
            outcome.append(store.local.add(folder).licence)
        except InputError as error:
            outcome.append(error)

    thread = threading.Thread(target=add, daemon=True)
    thread.start()
    thread.join(5)
    assert outcome, "it hangs"
    assert outcome == [""] if name == "README.md" else isinstance(outcome[0], InputError)


def test_a_config_without_end_is_refused(folder: Path) -> None:
    with (folder / "config.json").open("wb") as stream:
        stream.truncate(10**11)  # sparse
    with pytest.raises(InputError, match=r"config\.json cannot be read"):
        check_model_folder(folder)


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json"])
def test_deep_nesting_is_refused(folder: Path, name: str) -> None:
    (folder / name).write_text("[" * 200_000)
    with pytest.raises(InputError, match="cannot be read"):
        check_model_folder(folder)


STRANGE: list[Any] = [None, 0, -1, 1, 2**31, 2**64, 10**40, 1.5, True, "8", [], [8], {}, "é", 1e308]


def mutated(value: Any, dice: random.Random) -> Any:
    """Return JSON data with one place of it changed."""
    if isinstance(value, dict) and value and dice.random() < 0.9:
        key = dice.choice(list(value))
        return {**value, key: mutated(value[key], dice)}
    if isinstance(value, list) and value and dice.random() < 0.7:
        at = dice.randrange(len(value))
        return [*value[:at], mutated(value[at], dice), *value[at + 1 :]]
    return dice.choice(STRANGE)


def mutate(folder: Path, dice: random.Random) -> None:
    """Change the config or the weights' header in one to three places."""
    config: Any = CONFIG
    data = safetensors(entries())
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    for _ in range(dice.randint(1, 3)):
        if dice.random() < 0.5:
            config = mutated(config, dice)
        else:
            header = mutated(header, dice)
    (folder / "config.json").write_text(json.dumps(config))
    table = json.dumps(header).encode()
    size = struct.pack("<Q", dice.choice([len(table)] * 9 + [2**63]))
    (folder / "model.safetensors").write_bytes(size + table + data[8 + length :])


def check_mutations(folder: Path, count: int, seed: int = 0) -> int:
    """Return how many of so many mutations were accepted; the rest were one sentence each."""
    dice, accepted = random.Random(seed), 0
    for _ in range(count):
        mutate(folder, dice)
        try:
            check_model_folder(folder)
            accepted += 1
        except InputError:
            continue
    return accepted


def test_random_changes_are_accepted_or_refused_in_a_sentence(folder: Path) -> None:
    check_mutations(folder, 500)
