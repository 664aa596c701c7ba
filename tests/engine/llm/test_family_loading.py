"""Models of all families are loaded as model hubs store them, natively where that is possible."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from mmdesk.engine.decoder import Decoder
from mmdesk.engine.llm.cache_pool import make_cache
from mmdesk.engine.llm.loading import LoadedModel, load_language
from mmdesk.engine.local import LocalEngine
from mmdesk.engine.model_config import read_config
from mmdesk.engine.native.jit import supported_isas
from mmdesk.engine.native.native_model import NativeModel
from mmdesk.engine.torch_cpu.float_weights import load_native_from_floats
from mmdesk.errors import InputError
from tests.engine.conftest import ask, run, text_of
from tests.fakes.folder_store import FolderStore
from tests.fakes.tiny_families import FAMILIES, build_family, store_int8
from tests.fakes.tiny_model import build_tokenizer

needs_native = pytest.mark.skipif(not supported_isas(), reason="not for this processor")
IDS = [5, 6, 7, 8, 9]


def fine() -> None:
    return None


def build(folder: Path, name: str) -> Path:
    build_tokenizer(folder)
    return build_family(folder, name, vocabulary=420)


@pytest.fixture(scope="module")
def qwen3(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("qwen3"), "qwen3")


def logits(loaded: LoadedModel) -> torch.Tensor:
    return torch.from_numpy(make_cache(loaded.model).append(IDS, len(IDS)))


@needs_native
@pytest.mark.parametrize("name", list(FAMILIES))
def test_float_weights_of_a_hub_are_computed_natively(name: str, tmp_path: Path) -> None:
    folder = build(tmp_path, name)
    loaded = load_language("tiny", folder, fine, threads=1)
    assert isinstance(loaded.model, NativeModel)
    assert loaded.precision == "int8"
    assert loaded.context_length == 2048
    theirs = load_language("tiny", folder, fine, 1, "fp32")
    error = (logits(loaded) - logits(theirs)).square().mean().sqrt()
    assert error < 0.1 * logits(theirs).std()


@needs_native
def test_weights_in_several_files_are_those_of_one(qwen3: Path, tmp_path: Path) -> None:
    from transformers import AutoModelForCausalLM

    shutil.copytree(qwen3, tmp_path / "sharded", ignore=shutil.ignore_patterns("*.safetensors"))
    model = AutoModelForCausalLM.from_pretrained(qwen3, dtype=torch.float32)
    model.save_pretrained(tmp_path / "sharded", max_shard_size="300KB")
    assert len(list((tmp_path / "sharded").glob("*.safetensors"))) > 2
    loaded = load_language("tiny", tmp_path / "sharded", fine, threads=1)
    assert isinstance(loaded.model, NativeModel)
    assert torch.equal(logits(loaded), logits(load_language("tiny", qwen3, fine, threads=1)))


@needs_native
@pytest.mark.parametrize(("prefix", "head"), [("", ""), ("language_model.", "language_model.")])
def test_the_language_part_of_a_multimodal_model(
    qwen3: Path, tmp_path: Path, prefix: str, head: str
) -> None:
    tensors = load_file(qwen3 / "model.safetensors")
    inner = f"{prefix}model.language_model."
    renamed = {inner + name.removeprefix("model."): value for name, value in tensors.items()}
    renamed["model.vision_tower.patch.weight"] = torch.zeros(4, 3, 2, 2)
    renamed["model.vision_tower.projection.weight"] = torch.zeros(4, 3)
    save_file(renamed, tmp_path / "model.safetensors")
    config = read_config(qwen3)
    part = load_native_from_floats(tmp_path, config, 1, inner, f"{head}lm_head")
    whole = load_native_from_floats(qwen3, config, 1)
    assert part is not None
    assert whole is not None
    assert np.array_equal(*(model.forward(IDS, model.new_cache(), 5) for model in (part, whole)))


@needs_native
def test_stored_in_int8_it_needs_neither_torch_nor_transformers(
    qwen3: Path, tmp_path: Path
) -> None:
    stored = store_int8(qwen3, tmp_path / "stored")
    code = (
        "import sys; from pathlib import Path; from mmdesk.engine.llm.loading import load_language;"
        f"loaded = load_language('tiny', Path({str(stored)!r}), lambda: None, 1);"
        "assert loaded.precision == 'int8';"
        "loaded.model.forward([5, 6, 7], loaded.model.new_cache());"
        "assert not {'torch', 'transformers'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_other_precisions_go_to_transformers(qwen3: Path) -> None:
    for precision in ("bf16", "fp32"):
        loaded = load_language("tiny", qwen3, fine, 1, precision)
        assert not isinstance(loaded.model, Decoder)
        assert loaded.precision == precision


def test_without_native_code_transformers_computes(
    qwen3: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mmdesk.engine.native.load_weights.best_isa", lambda: None)
    assert not isinstance(load_language("tiny", qwen3, fine, threads=1).model, Decoder)


@needs_native
def test_4_bits_that_are_not_stored_are_refused(qwen3: Path, tmp_path: Path) -> None:
    stored = store_int8(qwen3, tmp_path / "stored")
    with pytest.raises(InputError, match="cannot compute in int4"):
        load_language("tiny", stored, fine, 1, "int4")
    with pytest.raises(InputError, match="cannot compute in int4"):
        load_language("tiny", qwen3, fine, 1, "int4")


@needs_native
@pytest.mark.parametrize("name", ["lfm2", "phi-4-mini", "gemma-3"])
def test_an_answer_does_not_depend_on_what_was_asked_before(name: str, tmp_path: Path) -> None:
    store = FolderStore({"tiny": build(tmp_path, name)})
    question = ask("one two three " * 30, max_tokens=16)
    answers = []
    for before in (None, ask("one two three " * 30 + "four", max_tokens=40)):
        engine = LocalEngine(store=store, threads=1)
        if before is not None:
            run(engine, before)
        answers.append(text_of(run(engine, question)))
        engine.close()
    assert answers[0]
    assert answers[0] == answers[1]
