"""Keys and values are kept in float16, whatever their size."""

from __future__ import annotations

import ctypes
from pathlib import Path

import numpy as np
import pytest
from llvmlite import ir

from mmdesk.engine.model_config import read_config
from mmdesk.engine.native.attention import write_kv_store
from mmdesk.engine.native.isa import ALL_ISAS, Isa
from mmdesk.engine.native.jit import CompiledProgram, supported_isas
from mmdesk.engine.native.load_weights import load_native
from mmdesk.engine.native.native_kv_cache import PAGE
from tests.engine.native.test_native_model import IDS, build

DIM = 64


@pytest.fixture(params=ALL_ISAS, ids=lambda isa: isa.name)
def isa(request: pytest.FixtureRequest) -> Isa:
    chosen: Isa = request.param
    if chosen not in supported_isas():
        pytest.skip("not for this processor")
    return chosen


def stored(isa: Isa, key: np.ndarray, value: np.ndarray, position: int) -> tuple[np.ndarray, ...]:
    """Return a cache's keys [blocks, dim, lanes] and values [positions, dim]."""
    module = ir.Module("store")
    write_kv_store(module, isa, DIM)
    pointer = ctypes.c_void_p
    program = CompiledProgram(lambda: str(module))  # kept: its memory is that of the code
    run = program.function("kv_store", *[pointer] * 4, ctypes.c_int64)
    keys = np.zeros((PAGE // isa.lanes, DIM, isa.lanes), np.float16)
    values = np.zeros((PAGE, DIM), np.float16)
    run(key.ctypes.data, value.ctypes.data, keys.ctypes.data, values.ctypes.data, position)
    return keys, values


def test_they_are_rounded_to_the_nearest_and_never_to_infinity(isa: Isa) -> None:
    draw = np.random.default_rng(3)
    key = (draw.standard_normal(DIM) * 300).astype(np.float32)
    value = (draw.standard_normal(DIM) * 1e-6).astype(np.float32)  # below the normal numbers
    key[5], key[6], value[7] = 1e6, -7e4, np.inf
    position = 2 * isa.lanes + 3
    keys, values = stored(isa, key, value, position)
    most = np.float32(65504)
    assert np.array_equal(keys[2, :, 3], np.clip(key, -most, most).astype(np.float16))
    assert np.array_equal(values[position], np.clip(value, -most, most).astype(np.float16))
    assert np.count_nonzero(keys) <= DIM
    assert np.count_nonzero(values) <= DIM


@pytest.mark.skipif(not supported_isas(), reason="not for this processor")
def test_a_token_takes_two_bytes_for_each_coordinate(tmp_path: Path) -> None:
    folder = build(tmp_path, "qwen2", 4, 2) / "stored"
    config = read_config(folder)
    model = load_native(folder, config, 1)
    assert model is not None
    cache = model.new_cache()
    assert cache.nbytes == 0
    model.forward(IDS[: PAGE + 1], cache)
    token = 2 * 2 * model.shape.kv_heads * model.shape.head_dim * config["num_hidden_layers"]
    assert cache.nbytes == token * 2 * PAGE
