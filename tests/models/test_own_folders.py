"""Models in the user's own folders: accepted, refused with a reason, and never changed."""

from __future__ import annotations

import json
import os
import struct
from pathlib import Path

import pytest

from mmdesk.errors import InputError, ModelUnavailable
from mmdesk.models.manifest import Manifest
from mmdesk.models.model_store import ModelStore


def weights(size: int = 8) -> bytes:
    """Return a safetensors file with one tensor of `size` bytes."""
    table = json.dumps({"w": {"dtype": "U8", "shape": [size], "data_offsets": [0, size]}}).encode()
    return struct.pack("<Q", len(table)) + table + bytes(size)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Create a folder that has all that a text model needs."""
    made = tmp_path / "My Model 7B"
    made.mkdir()
    (made / "config.json").write_text(json.dumps({"architectures": ["LlamaForCausalLM"]}))
    (made / "tokenizer.json").write_text("{}")
    (made / "tokenizer_config.json").write_text(json.dumps({"chat_template": "{{ x }}"}))
    (made / "model.safetensors").write_bytes(weights())
    (made / "README.md").write_text("---\nlicense: apache-2.0\n---\n# My model\n")
    return made


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "models", Manifest(()))


def test_a_folder_is_listed_where_it_lies(store: ModelStore, folder: Path) -> None:
    added = store.local.add(folder)
    (info,) = store.infos()
    assert (info.id, info.title) == ("local-my-model-7b", "My Model 7B")
    assert (info.licence, info.takes, info.installed) == ("apache-2.0", ("text",), True)
    assert info.disk_bytes == sum(
        (folder / name).stat().st_size
        for name in ("config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors")
    )
    assert store.path(added.id) == folder
    store.verify(added.id)


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_other_accounts_cannot_read_the_list(store: ModelStore, folder: Path) -> None:
    before = os.umask(0o022)
    try:
        store.local.add(folder)
    finally:
        os.umask(before)
    assert store.root.stat().st_mode & 0o777 == 0o700
    assert (store.root / "local.json").stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o077  # the user's own folder stays as it is


def test_another_start_knows_it(store: ModelStore, folder: Path) -> None:
    added = store.local.add(folder)
    assert ModelStore(store.root, Manifest(())).path(added.id) == folder


def test_removing_takes_it_off_the_list_and_leaves_the_folder(
    store: ModelStore, folder: Path
) -> None:
    before = sorted((path.name, path.read_bytes()) for path in folder.iterdir())
    added = store.local.add(folder)
    store.remove(added.id)
    assert store.infos() == ()
    assert sorted((path.name, path.read_bytes()) for path in folder.iterdir()) == before
    with pytest.raises(InputError):
        store.path(added.id)


def test_a_change_is_noticed_at_the_next_load(store: ModelStore, folder: Path) -> None:
    added = store.local.add(folder)
    content = bytearray((folder / "model.safetensors").read_bytes())
    content[-1] ^= 1
    (folder / "model.safetensors").write_bytes(content)
    with pytest.raises(ModelUnavailable, match=r"model\.safetensors is a different file"):
        store.verify(added.id)
    assert store.local.add(folder).id == added.id  # the person says that it is meant
    store.verify(added.id)


def test_a_folder_that_is_gone_says_where_it_should_be(store: ModelStore, folder: Path) -> None:
    added = store.local.add(folder)
    folder.rename(folder.with_name("moved"))
    (info,) = store.infos()
    assert not info.installed
    with pytest.raises(ModelUnavailable, match="cannot be read") as told:
        store.verify(added.id)
    assert str(folder) in told.value.hint


def test_two_folders_of_one_name_have_two_ids(
    store: ModelStore, folder: Path, tmp_path: Path
) -> None:
    other = tmp_path / "else" / folder.name
    other.parent.mkdir()
    folder.rename(other)
    first = store.local.add(other)
    folder.mkdir()
    for path in other.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    assert store.local.add(folder).id == f"{first.id}-2"


def _cut_weights(folder: Path) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-3])


def _sharded(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "model-1.safetensors")
    placed = {"a": "model-1.safetensors", "b": "model-2.safetensors"}
    index = folder / "model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": placed}))


def _config(folder: Path, **values: object) -> None:
    (folder / "config.json").write_text(json.dumps(values))


REFUSED = {
    "no config": (lambda f: (f / "config.json").unlink(), "config.json is missing"),
    "config is no JSON": (lambda f: (f / "config.json").write_text("{"), "cannot be read"),
    "pickles only": (
        lambda f: (f / "model.safetensors").rename(f / "pytorch_model.bin"),
        "no safetensors weights",
    ),
    "cut off": (_cut_weights, "cut off or damaged"),
    "a shard is missing": (_sharded, "model-2.safetensors is missing"),
    "no tokenizer": (lambda f: (f / "tokenizer.json").unlink(), "has no tokenizer"),
    "no chat template": (
        lambda f: (f / "tokenizer_config.json").write_text("{}"),
        "no chat template",
    ),
    "own code": (
        lambda f: _config(f, architectures=["XForCausalLM"], auto_map={"AutoModel": "x.X"}),
        "its own program code",
    ),
    "not a model for chat": (
        lambda f: _config(f, architectures=["WhisperForConditionalGeneration"]),
        "not a model for chat: it is made for WhisperForConditionalGeneration",
    ),
    "quantised": (
        lambda f: _config(f, architectures=["XForCausalLM"], quantization_config={"bits": 4}),
        "quantised",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_loaded_is_refused_with_the_reason(
    store: ModelStore, folder: Path, name: str
) -> None:
    spoil, reason = REFUSED[name]
    spoil(folder)
    with pytest.raises(InputError) as told:
        store.local.add(folder)
    assert reason in told.value.user_message
    assert store.infos() == ()


def test_a_file_is_no_folder(store: ModelStore, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="file is not a model"):
        store.local.add(tmp_path / "file")


def test_shards_are_all_hashed(store: ModelStore, folder: Path) -> None:
    _sharded(folder)
    (folder / "model-2.safetensors").write_bytes(weights(4))
    names = {file.name for file in store.local.add(folder).files}
    assert {"model-1.safetensors", "model-2.safetensors", "model.safetensors.index.json"} <= names


def test_a_list_that_cannot_be_read_is_an_empty_one(store: ModelStore, folder: Path) -> None:
    store.local.add(folder)
    (store.root / "local.json").write_text("[")
    assert store.infos() == ()


def test_a_real_folder_answers_from_where_it_lies(store: ModelStore, tmp_path: Path) -> None:
    from mmdesk.engine.local import LocalEngine
    from mmdesk.values import ChatRequest, Finished, NeverCancelled, Sampling, TextChunk, Turn
    from tests.fakes.tiny_model import build_model

    folder = tmp_path / "tiny"
    folder.mkdir()
    added = store.local.add(build_model(folder))
    engine = LocalEngine(store, threads=1)
    request = ChatRequest((Turn("user", "hello"),), Sampling(max_tokens=8), model=added.id)
    events = list(engine.generate(request, NeverCancelled()))
    engine.close()
    assert "".join(event.text for event in events if isinstance(event, TextChunk))
    assert isinstance(events[-1], Finished)
    assert events[-1].stats.model == added.id
