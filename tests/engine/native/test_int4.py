"""Computing from 4-bit codes gives the bits that the unpacked int8 matrices give."""

from __future__ import annotations

import ctypes
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from llvmlite import ir
from safetensors.numpy import load_file, save_file

from mmdesk.engine.decoder import Decoder
from mmdesk.engine.families import read_architecture
from mmdesk.engine.llm import int4_choice
from mmdesk.engine.llm.int4_choice import FILE, faster_precision
from mmdesk.engine.llm.loading import _decoder
from mmdesk.engine.model_config import read_config
from mmdesk.engine.native.isa import ALL_ISAS, Isa
from mmdesk.engine.native.jit import CompiledProgram, supported_isas
from mmdesk.engine.native.load_weights import build_native, load_native
from mmdesk.engine.native.matmul import write_matmul
from mmdesk.engine.native.matmul_int4 import write_matmul_row_int4, write_unpack
from mmdesk.engine.native.measure import measure_speeds
from mmdesk.engine.native.native_model import NativeModel
from mmdesk.engine.native.native_weights import Int8Matrix
from mmdesk.engine.torch_cpu.torch_model import TorchModel
from mmdesk.engine.torch_cpu.weights import dequantised_weights, load_decoder
from mmdesk.errors import InputError
from mmdesk.models import CODES, int8_reader, quantise_int4
from mmdesk.models.quantise_int4 import unpack, write_int4
from tests.engine.conftest import pieces_of, read
from tests.engine.native.test_native_model import IDS, build
from tests.models.test_quantise_int4 import expected, packed, random_groups

needs_native = pytest.mark.skipif(not supported_isas(), reason="not for this processor")
INT8_MATRICES = ("v_proj", "layers.1.mlp.gate_proj")  # beside packed ones of the same kind


def is_packable(name: str, weight: np.ndarray) -> bool:
    return name not in quantise_int4.EMBEDDINGS and not any(kept in name for kept in INT8_MATRICES)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Store a tiny random model in int4, and in `int8` what its codes stand for."""
    root = build(tmp_path_factory.mktemp("int4"), "qwen2", 4, 2, intermediate_size=384)
    stored = root / "stored" / "model.safetensors"
    for name in ("int4", "int8"):
        shutil.copytree(root / "stored", root / name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quantise_int4, "is_packable", is_packable)
        list(write_int4(stored, root / "int4" / "model.safetensors"))
    tensors = load_file(root / "int4" / "model.safetensors")
    names, read_int8 = int8_reader(set(tensors), tensors.__getitem__)
    save_file({name: read_int8(name) for name in names}, root / "int8" / "model.safetensors")
    return root


@pytest.fixture(params=ALL_ISAS, ids=lambda isa: isa.name)
def isa(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Isa:
    chosen: Isa = request.param
    if chosen not in supported_isas():
        pytest.skip("not for this processor")
    monkeypatch.setattr("mmdesk.engine.native.load_weights.best_isa", lambda: chosen)
    return chosen


def native(folder: Path, threads: int = 1) -> NativeModel:
    model = load_native(folder, read_config(folder), threads)
    assert model is not None
    return model


def test_codes_are_unpacked_and_multiplied_as_numpy_does(isa: Isa) -> None:
    parts = random_groups(68, 384)
    weight, (codes, groups) = expected(*parts), packed(*parts)
    module = ir.Module("int4")
    write_unpack(module, isa)
    write_matmul_row_int4(module, isa)
    write_matmul(module, isa)
    code = CompiledProgram(lambda: str(module))
    integer, pointer = ctypes.c_int64, ctypes.c_void_p
    unpacked = np.zeros_like(weight)
    run = code.function("unpack", pointer, pointer, integer, pointer)
    run(codes.ctypes.data, groups.ctypes.data, weight.size // 128, unpacked.ctypes.data)
    assert np.array_equal(unpacked, weight)

    draw = np.random.default_rng(5)
    low, kind = (1, np.uint8) if isa.act_bytes == 1 else (-isa.act_levels, np.int16)
    q = draw.integers(low, low + 2 * isa.act_levels, 384).astype(kind)
    scale, sums, base = (draw.standard_normal(68).astype(np.float32) for _ in range(3))
    act = np.array([0.01, 0.3], np.float32)
    y, y8 = np.zeros(68, np.float32), np.zeros(68, np.float32)
    at = [a.ctypes.data for a in (q, act, act[1:], codes, groups, scale, sums, y, base)]
    run = code.function(
        "matmul_row_int4", *[pointer] * 3, integer, *[pointer] * 4, *[integer] * 2, *[pointer] * 2
    )
    run(*at[:3], 384, *at[3:7], 0, 68, *at[7:])
    exact = weight.astype(np.float64) @ q.astype(np.float64) * scale * 0.01 + 0.3 * sums + base
    assert np.allclose(y, exact, rtol=1e-4, atol=1e-2)
    run = code.function(
        "matmul", *[pointer] * 4, *[integer] * 2, *[pointer] * 3, *[integer] * 2,
        pointer, integer, pointer, integer,
    )  # fmt: skip
    run(
        at[0], *at[:3], 1, 384, weight.ctypes.data, at[5], at[6], 0, 68,
        y8.ctypes.data, 68, at[8], 0,
    )  # fmt: skip
    assert np.array_equal(y, y8)


def test_it_gives_the_bits_of_int8_in_any_pieces_and_threads(folder: Path, isa: Isa) -> None:
    int8 = native(folder / "int8")
    logits = read(int8, IDS)
    model = native(folder / "int4")
    assert (int8.precision, model.precision) == ("int8", "int4")
    assert model.weight_bytes < int8.weight_bytes
    assert torch.equal(read(model, IDS), logits)
    assert torch.equal(read(model, *pieces_of(IDS, 100, 1, 1, 2, 3, 250)), logits)
    assert torch.equal(read(native(folder / "int4", threads=3), IDS), logits)


def test_unpacked_in_memory_it_stays_the_same(folder: Path, isa: Isa) -> None:
    model = native(folder / "int4", threads=2)
    before, packed_bytes = read(model, IDS[:140]), model.weight_bytes
    model.unpack_weights()
    assert model.precision == "int8"
    assert model.weight_bytes > packed_bytes
    assert torch.equal(read(model, *pieces_of(IDS[:140], 130)), before)


def test_both_ways_of_computing_are_measured(folder: Path, isa: Isa) -> None:
    model = native(folder / "int4")
    assert measure_speeds(model) == {}  # the vocabulary is too small to compare with
    wide = Int8Matrix(np.ones((3000, 128), np.int8), np.ones(3000, np.float32))
    model.weights = replace(model.weights, head=wide)
    speeds = measure_speeds(model)
    assert speeds.keys() == {"int8", "int4"}
    assert min(speeds.values()) > 0


@needs_native
@pytest.mark.parametrize("suffix", ["_codes", "_groups", "_scale"])
def test_arrays_that_are_too_short_are_refused(folder: Path, suffix: str) -> None:
    tensors = load_file(folder / "int4" / "model.safetensors")
    tensors["model.layers.1.mlp.up_proj.weight" + suffix] = tensors[
        "model.layers.1.mlp.up_proj.weight" + suffix
    ][:-4]
    architecture = read_architecture(read_config(folder / "int4"))
    assert architecture is not None
    with pytest.raises(ValueError, match=r"layers\.1\.mlp\.up_proj does not fit"):
        build_native(set(tensors), tensors.__getitem__, architecture, 1)


# --- the choice -----------------------------------------------------------------------------------


class Measured:
    """Model of known speeds."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, int8: float, int4: float) -> None:
        self.isa, self.threads = ALL_ISAS[0], 2
        self.measured = 0
        self._speeds = {"int8": int8, "int4": int4}
        monkeypatch.setattr("mmdesk.engine.native.measure.measure_speeds", Measured.measure)

    def measure(self) -> dict[str, float]:
        self.measured += 1
        return self._speeds


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MMDESK_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.mark.parametrize(("int8", "int4", "faster"), [(13.0, 11.0, "int8"), (12.0, 11.5, "int4")])
def test_the_faster_precision_is_measured_once(
    home: Path, monkeypatch: pytest.MonkeyPatch, int8: float, int4: float, faster: str
) -> None:
    model = Measured(monkeypatch, int8, int4)
    assert [faster_precision(model) for _ in range(2)] == [faster] * 2  # type: ignore[arg-type]
    assert model.measured == 1
    (speeds,) = json.loads((home / FILE).read_text()).values()
    assert speeds == {"int8": int8, "int4": int4}


def test_another_processor_is_measured_anew(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = Measured(monkeypatch, 12.0, 13.0)
    faster_precision(model)  # type: ignore[arg-type]
    monkeypatch.setattr(int4_choice, "processor_name", lambda: "another")
    faster_precision(model)  # type: ignore[arg-type]
    assert model.measured == 2
    assert len(json.loads((home / FILE).read_text())) == 2


@pytest.mark.parametrize("content", ["[1, 2", "[]", '{"one, AMX, 2 threads": {"int8": "fast"}}'])
def test_a_damaged_file_is_measured_anew(
    home: Path, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    monkeypatch.setattr(int4_choice, "processor_name", lambda: "one")
    home.mkdir()
    (home / FILE).write_text(content)
    model = Measured(monkeypatch, 1.0, 2.0)
    assert faster_precision(model) == "int4"  # type: ignore[arg-type]
    assert model.measured == 1
    assert json.loads((home / FILE).read_text())


def loaded(folder: Path, precision: str) -> tuple[Decoder, str]:
    return _decoder(folder, read_config(folder), 1, precision)


@needs_native
def test_what_is_asked_for_is_computed(
    folder: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert loaded(folder / "int4", "int4")[1] == "int4"
    assert loaded(folder / "int4", "int8")[1] == "int8"
    assert loaded(folder / "int8", "auto")[1] == "int8"
    monkeypatch.setattr(int4_choice, "faster_precision", lambda model: "int4")
    assert loaded(folder / "int4", "auto")[1] == "int4"
    with pytest.raises(InputError, match="cannot compute in int4"):
        loaded(folder / "int8", "int4")


def test_without_native_code_torch_computes_from_unpacked_weights(
    folder: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mmdesk.engine.native.load_weights.best_isa", lambda: None)
    model, _ = loaded(folder / "int4", "fp32")
    assert isinstance(model, TorchModel)
    other = load_decoder(folder / "int8", "fp32", 1)
    assert torch.equal(read(model, IDS[:20]), read(other, IDS[:20]))
    with pytest.raises(InputError, match="cannot compute in int4"):
        loaded(folder / "int4", "int4")


def test_transformers_gets_floats_of_the_unpacked_weights(folder: Path) -> None:
    ours, plain = (dequantised_weights(folder / name, torch.float32) for name in ("int4", "int8"))
    assert ours is not None
    assert plain is not None
    assert ours.keys() == plain.keys()
    assert all(torch.equal(ours[name], plain[name]) for name in ours)


def test_the_file_is_packed_but_for_some_matrices(folder: Path) -> None:
    tensors = load_file(folder / "int4" / "model.safetensors")
    names = {name for name in tensors if name.endswith(CODES)}
    assert len(names) == 3 * 7 - 3 - 1
    name = "model.layers.0.mlp.down_proj.weight"
    assert unpack(tensors[name + "_codes"], tensors[name + "_groups"]).shape == (128, 384)
