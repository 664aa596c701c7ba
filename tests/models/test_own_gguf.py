"""GGUF files of the user's own: converted once, or refused with the reason; never changed."""

from __future__ import annotations

import json
import struct
import threading
from pathlib import Path
from typing import Any

import pytest

from mmdesk.errors import Cancelled, InputError
from mmdesk.models.gguf_families import GGUF_FAMILIES
from mmdesk.models.gguf_header import read_gguf_header
from mmdesk.models.manifest import Manifest
from mmdesk.models.model_store import ModelStore
from tests.fakes.tiny_gguf import add_tokenizer, write_tiny_gguf
from tests.models.test_gguf_weights import gguf_tensors, tiny_model, write_gguf


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "models", Manifest(()))


def header_only(path: Path, **fields: Any) -> Path:
    """Write a GGUF file with texts and numbers and without tensors."""

    def text(value: str) -> bytes:
        return struct.pack("<Q", len(value.encode())) + value.encode()

    data = b"GGUF" + struct.pack("<IQQ", 3, 0, len(fields))
    for key, value in fields.items():
        data += text(key.replace("__", "."))
        if isinstance(value, str):
            data += struct.pack("<I", 8) + text(value)
        else:
            data += struct.pack("<II", 4, value)
    path.write_bytes(data)
    return path


def test_a_gguf_file_answers_and_stays_as_it_is(store: ModelStore, tmp_path: Path) -> None:
    from mmdesk.engine.local import LocalEngine
    from mmdesk.values import ChatRequest, Finished, NeverCancelled, Sampling, TextChunk, Turn

    path = write_tiny_gguf(tmp_path / "Tiny-Q8_0.gguf")
    before = path.read_bytes()
    added = store.local.add(path)
    assert (added.id, added.title, added.source) == ("local-tiny-q8-0", "Tiny-Q8_0", str(path))
    engine = LocalEngine(store, threads=1)
    request = ChatRequest((Turn("user", "hello"),), Sampling(max_tokens=8), model=added.id)
    events = list(engine.generate(request, NeverCancelled()))
    engine.close()
    assert "".join(event.text for event in events if isinstance(event, TextChunk))
    assert isinstance(events[-1], Finished)
    assert path.read_bytes() == before
    store.verify(added.id)


@pytest.mark.parametrize("arch", list(GGUF_FAMILIES))
def test_every_architecture_is_computed_natively(
    store: ModelStore, tmp_path: Path, arch: str
) -> None:
    import torch

    from mmdesk.engine.llm.cache_pool import make_cache
    from mmdesk.engine.llm.loading import load_language
    from mmdesk.engine.native.jit import supported_isas
    from mmdesk.engine.native.native_model import NativeModel
    from tests.fakes.tiny_model import build_tokenizer

    build_tokenizer(tmp_path / "tokenizer")
    tokenizer = json.loads((tmp_path / "tokenizer/tokenizer.json").read_text())
    original = tiny_model(arch, vocabulary=len(tokenizer["model"]["vocab"]))
    path = tmp_path / f"{arch}.gguf"
    write_gguf(
        path,
        arch,
        gguf_tensors(original, arch),
        add_tokenizer=lambda writer: add_tokenizer(writer, tokenizer),
    )
    added = store.local.add(path)
    loaded = load_language(
        added.id, store.path(added.id), lambda: store.verify(added.id), threads=1
    )
    assert isinstance(loaded.model, NativeModel) is bool(supported_isas())
    ids = loaded.tokenizer("hello, who are you?")["input_ids"]
    assert loaded.tokenizer.decode(ids) == "hello, who are you?"
    ours = torch.from_numpy(make_cache(loaded.model).append(ids, len(ids)))
    with torch.inference_mode():
        exact = original.float()(torch.tensor([ids])).logits[0]
    assert (ours - exact).square().mean().sqrt() < 0.15 * exact.std()


def test_removing_it_deletes_the_conversion_and_keeps_the_file(
    store: ModelStore, tmp_path: Path
) -> None:
    path = write_tiny_gguf(tmp_path / "tiny.gguf")
    added = store.local.add(path)
    folder = store.path(added.id)
    assert folder.is_dir()
    store.remove(added.id)
    assert not folder.exists()
    assert path.exists()
    assert store.infos() == ()


def test_adding_it_again_keeps_its_id(store: ModelStore, tmp_path: Path) -> None:
    path = write_tiny_gguf(tmp_path / "tiny.gguf")
    assert store.local.add(path).id == store.local.add(path).id
    assert len(store.infos()) == 1


def test_stopping_leaves_nothing_half_made(store: ModelStore, tmp_path: Path) -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(Cancelled):
        store.local.add(write_tiny_gguf(tmp_path / "tiny.gguf"), stop)
    assert [path for path in store.root.rglob("*") if path.is_file()] == []


CHAT = {"tokenizer__chat_template": "{{ messages }}"}


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"general__architecture": "clip"}, "only the picture part of a model"),
        ({"general__architecture": "llama", "general__type": "adapter"}, "an adapter"),
        ({"general__architecture": "llama", "split__count": 3}, "one piece of a model"),
        ({"general__architecture": "bert"}, "a bert model, which does not chat"),
        ({"general__architecture": "rwkv7", **CHAT}, "a rwkv7 model, which mmdesk cannot read"),
        ({"general__architecture": "llama"}, "no chat template"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_the_reason(
    store: ModelStore, tmp_path: Path, fields: dict[str, Any], reason: str
) -> None:
    with pytest.raises(InputError, match=reason) as refused:
        store.local.add(header_only(tmp_path / "some model.gguf", **fields))
    assert "some model.gguf" in str(refused.value)


@pytest.mark.parametrize(
    "data",
    [
        b"GGUF",
        b"GGUF" + struct.pack("<IQQ", 3, 1 << 60, 1 << 60),
        b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + struct.pack("<Q", 1 << 62),
        b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 1) + b"a" + struct.pack("<IIQ", 9, 8, 1 << 62),
        b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 1) + b"a" + struct.pack("<IIQ", 9, 0, 1 << 27),
    ],
)
def test_a_damaged_file_is_refused_at_once(store: ModelStore, tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "broken.gguf"
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"broken\.gguf is not a complete GGUF file"):
        store.local.add(path)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04" + bytes(100)])
def test_a_file_of_another_format_is_no_model(
    store: ModelStore, tmp_path: Path, data: bytes
) -> None:
    path = tmp_path / "book.docx"
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"book\.docx is not a model"):
        store.local.add(path)


def test_a_file_whose_weights_are_cut_off_is_refused(store: ModelStore, tmp_path: Path) -> None:
    path = write_tiny_gguf(tmp_path / "tiny.gguf")
    path.write_bytes(path.read_bytes()[:-5000])
    with pytest.raises(InputError, match=r"tiny\.gguf could not be converted"):
        store.local.add(path)
    assert store.infos() == ()


def test_the_header_says_what_the_gguf_library_says(tmp_path: Path) -> None:
    from gguf import GGUFReader

    path = tmp_path / "model.gguf"
    write_gguf(path, "llama", gguf_tensors(tiny_model("llama"), "llama"))
    header = read_gguf_header(path)
    reader = GGUFReader(path)
    for key, value in header.fields.items():
        assert reader.get_field(key).contents() == value
    assert header.arrays == {"tokenizer.ggml.tokens": 320}
    assert header.tensors == len(reader.tensors)
