"""Devices: listed, chosen by what fits, and left for the CPU when their memory runs out."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from mmdesk.engine import devices
from mmdesk.engine.devices import check_memory, choose_device, list_devices
from mmdesk.engine.llm import device_loading, loading
from mmdesk.engine.llm.loading import load_language
from mmdesk.engine.local import LocalEngine
from mmdesk.engine.model_memory import kv_cache_bytes, loaded_weight_bytes
from mmdesk.errors import InputError, ModelUnavailable
from mmdesk.values import (
    ChatRequest,
    ComputeDevice,
    Event,
    Finished,
    HardwareInfo,
    NeverCancelled,
    Notice,
    Sampling,
    TextChunk,
    Turn,
)
from tests.fakes.folder_store import FolderStore
from tests.fakes.tiny_model import build_model

GB = 10**9
SMALL = ComputeDevice("cuda:1", "CUDA", "Small card", 4 * GB, 3 * GB)
LARGE = ComputeDevice("cuda:0", "CUDA", "Large card", 24 * GB, 20 * GB)
APPLE = ComputeDevice("mps", "MPS", "Apple", 16 * GB, 12 * GB)
CHIP = ComputeDevice("cpu", "CPU", "Chip", 16 * GB, 8 * GB)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return build_model(tmp_path)


def test_the_cpu_is_always_there_and_last() -> None:
    found = list_devices()
    assert found[-1].id == "cpu"
    assert found[-1].memory >= found[-1].memory_free > 0
    assert found[-1].name


def test_cards_are_listed_with_their_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "may_have_accelerator", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    memory = {0: (3 * GB, 4 * GB), 1: (20 * GB, 24 * GB)}
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda number: memory[number])
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda number: f"Card {number}")
    first, second, cpu = list_devices()
    assert first == ComputeDevice("cuda:1", "CUDA", "Card 1", 24 * GB, 20 * GB)
    assert (second.id, cpu.id) == ("cuda:0", "cpu")


def test_a_driver_that_fails_leaves_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> bool:
        raise RuntimeError("no driver")

    monkeypatch.setattr(devices, "may_have_accelerator", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_available", broken)
    assert [device.id for device in list_devices()] == ["cpu"]


def test_a_child_prints_the_devices() -> None:
    command = [sys.executable, "-m", "mmdesk.engine.devices"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)[-1]["id"] == "cpu"


@pytest.mark.parametrize(
    ("asked", "needed", "device"),
    [
        ("auto", 2 * GB, "cuda:0"),
        ("auto", 30 * GB, "cpu"),
        ("cpu", 2 * GB, "cpu"),
        ("cuda", 2 * GB, "cuda:0"),
    ],
)
def test_the_device_is_one_where_the_model_fits(asked: str, needed: int, device: str) -> None:
    assert choose_device(asked, (LARGE, SMALL, CHIP), needed, "m").device == device


def test_a_model_that_fits_on_no_card_runs_on_the_cpu_and_says_so() -> None:
    choice = choose_device("auto", (SMALL, CHIP), 5 * GB, "big")
    assert choice.device == "cpu"
    (notice,) = choice.notices
    assert notice.startswith("big needs about 5.0 GB of graphics memory")
    assert "Small card has 3.0 GB free" in notice
    assert choose_device("auto", (CHIP,), 5 * GB, "big").notices == ()


def test_a_card_that_was_asked_for_is_refused_where_it_cannot_be_used() -> None:
    with pytest.raises(InputError, match="no xpu device"):
        choose_device("xpu", (LARGE, CHIP), GB, "m")
    with pytest.raises(ModelUnavailable, match="graphics memory") as told:
        choose_device("mps", (APPLE, CHIP), 13 * GB, "m")
    assert "CPU" in told.value.hint


def test_memory_that_is_short_is_said_before_loading() -> None:
    assert check_memory("m", 4 * GB, 16 * GB, 8 * GB) == ()
    (notice,) = check_memory("m", 10 * GB, 16 * GB, 8 * GB)
    assert "10.0 GB" in notice
    assert "8.0 GB are free" in notice
    with pytest.raises(ModelUnavailable, match=r"needs about 20\.0 GB of memory"):
        check_memory("m", 20 * GB, 16 * GB, 8 * GB)


def test_the_context_is_counted_with_the_weights(folder: Path) -> None:
    config = {
        "num_hidden_layers": 24,
        "num_attention_heads": 14,
        "num_key_value_heads": 2,
        "hidden_size": 896,
        "max_position_embeddings": 32768,
    }
    assert kv_cache_bytes(config, 8192) == 2 * 24 * 2 * 64 * 2 * 8192
    assert kv_cache_bytes({"text_config": config}, 8192) == kv_cache_bytes(config, 8192)
    assert kv_cache_bytes(config, 10**9) == kv_cache_bytes(config, 32768)
    assert kv_cache_bytes({"model_type": "strange"}, 8192) == 0
    size = (folder / "model.safetensors").stat().st_size
    assert loaded_weight_bytes(folder, {"dtype": "float32"}, 2) == size // 2


@pytest.fixture
def one_card(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is a card; what is put on it goes to torch's CPU."""
    monkeypatch.setattr(device_loading, "may_have_accelerator", lambda: True)
    monkeypatch.setattr(device_loading, "list_devices", lambda: (LARGE, CHIP))
    to = torch.nn.Module.to
    monkeypatch.setattr(torch.nn.Module, "to", lambda self, *_device: to(self, "cpu"))


def test_a_model_is_loaded_on_the_card_where_it_fits(one_card: None, folder: Path) -> None:
    loaded = load_language("tiny", folder, lambda: None, 1)
    assert (loaded.device, loaded.notices) == ("cuda", ())
    assert load_language("tiny", folder, lambda: None, 1, device="cpu").device == "cpu"


def test_a_card_whose_memory_runs_out_while_loading_leaves_the_cpu(
    one_card: None, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: torch.nn.Module, *_device: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")

    monkeypatch.setattr(torch.nn.Module, "to", full)
    loaded = load_language("tiny", folder, lambda: None, 1)
    assert loaded.device == "cpu"
    (notice,) = loaded.notices
    assert notice == "The memory of the graphics card (cuda:0) ran out. tiny runs on the CPU."


def test_another_failure_of_the_card_is_no_reason_to_go_on(
    one_card: None, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: torch.nn.Module, *_device: object) -> None:
        raise RuntimeError("CUDA error: device-side assert triggered")

    monkeypatch.setattr(torch.nn.Module, "to", broken)
    with pytest.raises(ModelUnavailable, match="cannot be loaded"):
        load_language("tiny", folder, lambda: None, 1)


def answer(engine: LocalEngine) -> list[Event]:
    request = ChatRequest((Turn("user", "hello"),), Sampling(max_tokens=4), model="tiny")
    return list(engine.generate(request, NeverCancelled()))


def test_an_answer_that_runs_out_of_graphics_memory_says_so_and_the_next_one_uses_the_cpu(
    one_card: None, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from transformers import Qwen2ForCausalLM

    engine = LocalEngine(FolderStore({"tiny": folder}), threads=1)
    forward = Qwen2ForCausalLM.forward

    def full(*_arguments: object, **_options: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")

    monkeypatch.setattr(Qwen2ForCausalLM, "forward", full)
    with pytest.raises(ModelUnavailable, match="memory of the graphics card ran out") as told:
        answer(engine)
    assert "Ask again" in told.value.hint
    monkeypatch.setattr(Qwen2ForCausalLM, "forward", forward)
    events = answer(engine)
    assert any(isinstance(event, TextChunk) for event in events)
    assert isinstance(events[-1], Finished)
    assert events[-1].stats.device == "cpu"
    engine.close()


def test_short_memory_is_told_before_the_first_token(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = HardwareInfo(10**9, 1000, 10**9, 2, plain_bf16=False)
    monkeypatch.setattr(device_loading, "this_machine", lambda folder: short)
    engine = LocalEngine(FolderStore({"tiny": folder}), threads=1)
    events = answer(engine)
    engine.close()
    first = events[0]
    assert isinstance(first, Notice)
    assert first.text.startswith("tiny needs about")


def test_a_model_that_is_larger_than_the_memory_is_not_loaded(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny = HardwareInfo(1000, 1000, 10**9, 2, plain_bf16=False)
    monkeypatch.setattr(device_loading, "this_machine", lambda folder: tiny)
    monkeypatch.setattr(loading, "_load", SimpleNamespace)  # it would fail in another way
    with pytest.raises(ModelUnavailable, match="this computer has"):
        load_language("tiny", folder, lambda: None, 1)
