"""The race is fair, and what it prints is what was measured."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.bench import compare
from tests.bench.compare import Rival, fastest, markdown, own_environment, rivals_of
from tests.bench.weights import requantise

ENGINE = """
import json, os, sys
print(json.dumps({"load_s": 1.5, "rss": 600e6, "precision": "int8", "weight_bytes": 500_000_000,
                  "omp": os.environ.get("OMP_WAIT_POLICY")}), flush=True)
for line in sys.stdin:
    prompt, answer = map(int, line.split())
    print(json.dumps({"prefill_s": prompt / 400, "decode_s": (answer - 1) / 50, "peak": 7e8}),
          flush=True)
"""


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every engine be a script of known speed."""
    monkeypatch.setattr(
        Rival, "_command", lambda self, ids, modules: [sys.executable, "-c", ENGINE]
    )


@pytest.mark.usefixtures("scripted")
def test_a_turn_measures_alone_and_ends(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OMP_WAIT_POLICY", "PASSIVE")
    started: list[subprocess.Popen[str]] = []
    popen = subprocess.Popen
    monkeypatch.setattr(
        compare.subprocess, "Popen", lambda *a, **k: started.append(popen(*a, **k)) or started[-1]
    )
    rival = Rival("mmdesk", "", "m")
    for _ in range(2):
        rival.turn(tmp_path, tmp_path, [100, 200], 26)
        assert started[-1].poll() is not None
    assert rival.problem == ""
    told = rival.summary()
    assert told["prefill_tokens_per_s"] == {100: 400.0, 200: 400.0}
    assert told["decode_tokens_per_s"] == 50.0
    assert [loaded["omp"] for loaded in rival.loaded] == [None, None]


def test_an_engine_that_ends_is_left_out_with_its_reason(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(Rival, "_command", lambda self, ids, modules: [sys.executable, "-c", ""])
    rival = Rival("xllamacpp", "Q4_0", "f", "on")
    rival.turn(tmp_path, tmp_path, [100], 26)
    assert rival.problem == "It ended without an answer."


def test_settings_of_openmp_are_taken_out(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OMP_NUM_THREADS", "KMP_BLOCKTIME", "GOMP_SPINCOUNT"):
        monkeypatch.setenv(name, "1")
    assert not [n for n in own_environment() if n.startswith(("OMP_", "KMP_", "GOMP_"))]


def test_llama_cpp_runs_in_every_form() -> None:
    rivals = rivals_of("m", Path("f"), ["mmdesk", "xllamacpp", "node-llama-cpp"])
    assert len(rivals) == len({rival.name for rival in rivals}) == 1 + 2 * 3 * 2


def engine(prefill: float, decode: float) -> dict[str, object]:
    return {
        "prefill_tokens_per_s": {128: prefill}, "decode_tokens_per_s": decode, "load_s": 1.0,
        "rest_rss_mb": 600, "precision": "int8", "weight_bytes": 500_000_000,
    }  # fmt: skip


def test_each_figure_is_compared_with_the_best_of_llama_cpp() -> None:
    engines = {
        "mmdesk": engine(1000, 100),
        "xllamacpp, Q4_0": engine(250, 40),
        "node-llama-cpp, Q8_0": engine(200, 50),
        "ctranslate2, int8": engine(2000, 200),
    }
    best = fastest(engines, [128])
    assert best["decode"] == {
        "engine": "node-llama-cpp, Q8_0", "tokens_per_s": 50, "mmdesk_is_faster_by": 2.0,
    }  # fmt: skip
    assert best["prefill 128"]["mmdesk_is_faster_by"] == 4.0
    told = {
        "engines": engines, "fastest_llama_cpp": best, "read_gigabytes_per_s": 62.5,
        "left_out": {"x": "no npm"},
    }  # fmt: skip
    text = markdown("m", told, [128])
    assert "| mmdesk, int8 | 1000 | 100 | 1 s | 600 MB |" in text
    assert "50.0 GB/s, 80 % of the 62.5 GB/s" in text
    assert "left out: x (no npm)" in text


@pytest.mark.parametrize(("kind", "most"), [("Q8_0", 0.01), ("Q4_0", 0.12)])
def test_a_gguf_file_is_made_in_another_format(tmp_path: Path, kind: str, most: float) -> None:
    from gguf import GGMLQuantizationType, GGUFReader, GGUFWriter, dequantize, quants

    draw = np.random.default_rng(2)
    matrices = {n: draw.standard_normal((8, 64)).astype(np.float32) for n in ("a.weight", "b")}
    writer = GGUFWriter(tmp_path / "model.gguf", "qwen2")
    writer.add_uint32("qwen2.block_count", 3)
    writer.add_array("tokenizer.ggml.tokens", ["x", "y"])
    q5 = GGMLQuantizationType.Q5_0
    for name in ("token_embd.weight", *matrices):
        values = matrices.get(name, matrices["b"])
        writer.add_tensor(name, quants.quantize(values, q5), raw_dtype=q5)
    writer.add_tensor("norm", np.ones(64, np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()

    requantise(tmp_path / "model.gguf", tmp_path / "other.gguf", kind)
    old, new = GGUFReader(tmp_path / "model.gguf"), GGUFReader(tmp_path / "other.gguf")
    field = new.get_field("qwen2.block_count")
    assert field is not None
    assert field.contents() == 3
    before = {t.name: dequantize(t.data, t.tensor_type) for t in old.tensors}
    kinds = {t.name: t.tensor_type.name for t in new.tensors}
    embedding = "Q5_0" if kind == "Q4_0" else kind
    assert kinds == {"token_embd.weight": embedding, "a.weight": kind, "b": kind, "norm": "F32"}
    for tensor in new.tensors:
        values = dequantize(tensor.data, tensor.tensor_type)
        error = np.abs(values - before[tensor.name]).mean() / np.abs(before[tensor.name]).mean()
        assert error <= most
