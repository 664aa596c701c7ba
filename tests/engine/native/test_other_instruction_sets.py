"""The native code of other processors, run on this one.

The instruction that multiplies bytes is replaced by plain LLVM code, and LLVM splits the wider
registers.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from mmdesk.engine.native.isa import ALL_ISAS, Isa
from mmdesk.engine.native.jit import CompiledProgram, supported_isas
from tests.engine.conftest import pieces_of, read
from tests.engine.native.test_native_model import (
    IDS,
    KINDS,
    build,
    divergence,
    native,
)

# Those that multiply with VPDPBUSD; AMX tiles cannot be replaced by plain code.
BYTES_ONLY = [isa for isa in ALL_ISAS if isa.zero_point and not isa.has_amx]
INTRINSIC = re.compile(r"llvm\.x86\.avx512\.vpdpbusd\.\d+")


def dot(lanes: int) -> str:
    """Return @dot(total, unsigned bytes, signed bytes), which adds 4 products to each lane."""
    whole, bytes_ = f"<{lanes} x i32>", f"<{4 * lanes} x i8>"
    wide = f"<{4 * lanes} x i32>"
    lines = [
        f"define {whole} @dot({whole} %t0, {whole} %u, {whole} %s) {{",
        f"%ub = bitcast {whole} %u to {bytes_}",
        f"%sb = bitcast {whole} %s to {bytes_}",
        f"%ue = zext {bytes_} %ub to {wide}",
        f"%se = sext {bytes_} %sb to {wide}",
        f"%p = mul {wide} %ue, %se",
    ]
    for k in range(4):
        order = ", ".join(f"i32 {4 * lane + k}" for lane in range(lanes))
        lines.append(f"%q{k} = shufflevector {wide} %p, {wide} undef, {whole} <{order}>")
        lines.append(f"%t{k + 1} = add {whole} %t{k}, %q{k}")
    return "\n".join([*lines, f"ret {whole} %t4", "}"])


def with_plain_dot(isa: Isa) -> Callable[..., CompiledProgram]:
    def compiled(write: Callable[[], str], key: str) -> CompiledProgram:
        text = write()
        found = INTRINSIC.search(text)
        assert found is not None
        kept = [line for line in text.splitlines() if not _declares(line, found[0])]
        text = "\n".join(kept).replace(f'@"{found[0]}"', "@dot")
        return CompiledProgram(lambda: text + "\n" + dot(isa.lanes))

    return compiled


def _declares(line: str, name: str) -> bool:
    return line.startswith("declare") and name in line


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    family, heads, kv_heads, options = KINDS["qwen2"]
    return build(tmp_path_factory.mktemp("qwen2"), family, heads, kv_heads, **options)


@pytest.fixture(params=BYTES_ONLY, ids=lambda isa: isa.name)
def isa(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Isa:
    if not supported_isas():
        pytest.skip("nothing is compiled for this processor")
    chosen: Isa = request.param
    monkeypatch.setattr("mmdesk.engine.native.load_weights.best_isa", lambda: chosen)
    monkeypatch.setattr("mmdesk.engine.native.native_model.CompiledProgram", with_plain_dot(chosen))
    return chosen


def test_it_computes_what_transformers_computes(folder: Path, isa: Isa) -> None:
    from transformers import AutoModelForCausalLM

    theirs = AutoModelForCausalLM.from_pretrained(folder / "floats", dtype=torch.float32)
    with torch.inference_mode():
        exact = theirs(torch.tensor([IDS])).logits[0]
    model = native(folder)
    assert model.isa is isa
    assert divergence(exact, read(model, IDS)) < 0.1


def test_it_is_the_same_to_the_bit_in_any_pieces_and_threads(folder: Path, isa: Isa) -> None:
    whole = read(native(folder), IDS)
    assert torch.equal(read(native(folder), *pieces_of(IDS, 100, 1, 1, 2, 3, 250)), whole)
    assert torch.equal(read(native(folder, threads=3), IDS), whole)
