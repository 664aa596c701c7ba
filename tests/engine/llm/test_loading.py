"""Loading takes safetensors only, verified, in the precision that is right for the CPU."""

from __future__ import annotations

import errno
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from mmdesk.engine.hardware import best_precision
from mmdesk.engine.llm import loading
from mmdesk.engine.llm.cache_pool import make_cache
from mmdesk.engine.llm.loading import LoadedModel, load_language
from mmdesk.engine.native.jit import supported_isas
from mmdesk.engine.torch_cpu.torch_model import TorchModel
from mmdesk.errors import InputError, ModelUnavailable
from mmdesk.models import MeasuredSpeed, remembered_speed
from mmdesk.models.quantise import write_int8
from tests.fakes.tiny_model import build_model


def fine() -> None:
    return None


def copy(folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(folder, tmp_path / "copy"))


def test_what_is_loaded(tiny_folder: Path) -> None:
    loaded = load_language("tiny", tiny_folder, fine, threads=1)
    assert loaded.part == "tiny"
    assert loaded.precision == best_precision()
    assert loaded.context_length == 4096
    assert loaded.stop_ids == {loaded.tokenizer.eos_token_id}


@pytest.fixture
def int8_folder(tiny_folder: Path, tmp_path: Path) -> Path:
    """Store the tiny model as mmdesk does."""
    folder = copy(tiny_folder, tmp_path)
    list(write_int8(tiny_folder / "model.safetensors", folder / "model.safetensors"))
    return folder


@pytest.fixture
def native_folder(tiny_folder: Path, tmp_path: Path) -> Path:
    """Store a model of a shape that the native code supports."""
    folder = build_model(tmp_path / "native", wider=4)
    floats = folder / "model.safetensors"
    list(write_int8(floats.rename(folder / "floats"), floats))
    return folder


def logits(loaded: LoadedModel) -> torch.Tensor:
    return torch.from_numpy(make_cache(loaded.model).append([5, 6, 7, 8, 9], 5))


def test_stored_in_8_bits_every_way_of_computing_gives_the_same_but_for_rounding(
    int8_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fp32, bf16 = (load_language("tiny", int8_folder, fine, 1, p) for p in ("fp32", "bf16"))
    assert (fp32.precision, bf16.precision) == ("fp32", "bf16")
    monkeypatch.setattr("mmdesk.engine.model_config.MODEL_TYPES", set())  # as on another device
    theirs = load_language("tiny", int8_folder, fine, 1, "fp32")
    assert not isinstance(theirs.model, TorchModel)
    torch.testing.assert_close(logits(theirs), logits(fp32), rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(logits(bf16), logits(fp32), rtol=0.1, atol=0.5)


def test_int8_where_there_is_none_is_refused_with_the_way_out(
    tiny_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mmdesk.engine.native.load_weights.best_isa", lambda: None)
    monkeypatch.setattr("mmdesk.engine.llm.loading.best_precision", lambda: "fp32")
    assert load_language("tiny", tiny_folder, fine, 1).precision == "fp32"
    with pytest.raises(InputError, match="cannot compute in int8"):
        load_language("tiny", tiny_folder, fine, 1, "int8")
    monkeypatch.setattr("mmdesk.engine.model_config.MODEL_TYPES", set())
    with pytest.raises(InputError, match="cannot compute in int8"):
        load_language("tiny", tiny_folder, fine, 1, "int8")


def test_a_supported_model_does_not_import_transformers(tiny_folder: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from mmdesk.engine.llm.loading import load_language;"
        f"load_language('tiny', Path({str(tiny_folder)!r}), lambda: None, 1);"
        "assert 'transformers' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.skipif(not supported_isas(), reason="not for this processor")
def test_the_native_code_imports_neither_torch_nor_transformers(native_folder: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from mmdesk.engine.llm.loading import load_language;"
        "from mmdesk.engine.llm.generate import decode, prefill;"
        "from mmdesk.engine.llm.cache_pool import make_cache;"
        "from mmdesk.engine.llm.sampling import Sampler;"
        "from mmdesk.values import NeverCancelled, Sampling;"
        f"loaded = load_language('tiny', Path({str(native_folder)!r}), lambda: None, 1);"
        "cache = make_cache(loaded.model); logits = cache.append([5, 6, 7]);"
        "sampler = Sampler(Sampling(temperature=1.0, top_p=0.9), [5, 6, 7]);"
        "ids = list(decode(logits, cache, sampler, set(), 5, NeverCancelled()));"
        "assert len(ids) == 5 and loaded.precision == 'int8', ids;"
        "assert not {'torch', 'transformers'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.skipif(not supported_isas(), reason="not for this processor")
def test_where_the_native_code_cannot_be_compiled_torch_computes(
    native_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(write: object, key: str) -> None:
        raise RuntimeError("LLVM does not know this processor")

    monkeypatch.setattr("mmdesk.engine.native.native_model.CompiledProgram", refused)
    loaded = load_language("tiny", native_folder, fine, threads=1)
    assert isinstance(loaded.model, TorchModel)
    assert loaded.precision == best_precision()


def test_stop_tokens_of_the_generation_config_count_as_well(
    tiny_folder: Path, tmp_path: Path
) -> None:
    folder = copy(tiny_folder, tmp_path)
    file = folder / "generation_config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"eos_token_id": [0, 1]}))
    loaded = load_language("tiny", folder, fine, threads=1)
    assert loaded.stop_ids == {0, 1, loaded.tokenizer.eos_token_id}


def test_a_failed_verification_is_the_error(tiny_folder: Path, tmp_path: Path) -> None:
    def damaged() -> None:
        raise ModelUnavailable("model.safetensors is damaged.")

    with pytest.raises(ModelUnavailable, match="is damaged"):
        load_language("tiny", tiny_folder, damaged, threads=1)
    broken = copy(tiny_folder, tmp_path)
    (broken / "model.safetensors").write_bytes(b"rubbish")
    with pytest.raises(ModelUnavailable, match="is damaged"):
        load_language("tiny", broken, damaged, threads=1)


@pytest.mark.parametrize(
    "missing", ["config.json", "model.safetensors", "tokenizer.json", "chat_template.jinja"]
)
def test_an_incomplete_folder_is_an_error_in_one_sentence(
    tiny_folder: Path, tmp_path: Path, missing: str
) -> None:
    folder = copy(tiny_folder, tmp_path)
    (folder / missing).unlink()
    with pytest.raises(ModelUnavailable, match='"tiny"'):
        load_language("tiny", folder, fine, threads=1)


def test_pickles_are_never_loaded(tiny_folder: Path, tmp_path: Path) -> None:
    from safetensors.torch import load_file

    folder = copy(tiny_folder, tmp_path)
    torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    with pytest.raises(ModelUnavailable):
        load_language("tiny", folder, fine, threads=1)


@pytest.mark.parametrize(
    "problem",
    [
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 8 bytes"),
        RuntimeError("CUDA out of memory. Tried to allocate 1.00 GiB"),
        OSError(errno.ENOMEM, "Cannot allocate memory"),
        MemoryError(),
    ],
)
def test_too_little_memory_is_said_and_no_new_download_is_advised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, problem: Exception
) -> None:
    def fails(*arguments: object) -> None:
        raise problem

    monkeypatch.setattr(loading, "_load", fails)
    with pytest.raises(ModelUnavailable, match="not enough memory") as caught:
        load_language("tiny", tmp_path, lambda: None, threads=1)
    assert "ownload" not in caught.value.hint


@pytest.mark.skipif(not supported_isas(), reason="not for this processor")
def test_the_best_speed_of_the_first_loads_is_kept(
    native_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MMDESK_HOME", str(tmp_path))
    load_language("tiny", native_folder, fine, threads=1)
    assert remembered_speed("tiny") is None  # too small to tell how fast memory is
    for module in ("mmdesk.engine.llm.loading", "mmdesk.models.measured_speed"):
        monkeypatch.setattr(f"{module}.MIN_BYTES", 1)
    loaded = load_language("tiny", native_folder, fine, threads=1)
    speed = remembered_speed("tiny")
    assert speed is not None
    assert (speed.precision, speed.weight_bytes) == ("int8", loaded.weight_bytes)
    assert speed.decode_tokens_per_s > 0
    assert speed.measurements == 1

    def at_load(tokens_per_s: float, threads: int) -> MeasuredSpeed | None:
        measure = "mmdesk.engine.llm.speed.measure_decode"
        monkeypatch.setattr(measure, lambda model: tokens_per_s)
        load_language("tiny", native_folder, fine, threads=threads)
        return remembered_speed("tiny")

    kept = [at_load(tokens, 1) for tokens in (1e6, 0.1, 1e7)]
    times = (2, 3, 3)  # the last load measures nothing
    assert kept == [MeasuredSpeed("int8", loaded.weight_bytes, 1e6, 1, n) for n in times]
    assert at_load(0.1, 2) == MeasuredSpeed("int8", loaded.weight_bytes, 0.1, 2)
