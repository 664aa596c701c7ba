"""The native code agrees with transformers, and computes each token by itself."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import torch

from mmdesk.engine.native import jit
from mmdesk.engine.native.attention import head_groups
from mmdesk.engine.native.isa import ALL_ISAS, AMX, AVX512_VNNI, Isa
from mmdesk.engine.native.jit import supported_isas
from mmdesk.engine.native.matmul_amx import MIN_TILE_ROWS, TILE_ROWS
from mmdesk.engine.native.native_kv_cache import PAGE
from mmdesk.engine.native.native_model import MAX_LATE_SPINS, MAX_ROWS, NativeModel
from mmdesk.engine.torch_cpu.weights import load_decoder
from mmdesk.models.quantise import write_int8
from tests.engine.conftest import pieces_of, read
from tests.fakes.tiny_model import build_random_model

LENGTH = PAGE + MAX_ROWS + 44  # beyond the cache's capacity at first
IDS = [(place * place * 7) % 250 for place in range(LENGTH)]
VOCABULARY = 252  # not a whole number of work items


def build(folder: Path, family: str, heads: int, kv_heads: int, **options: Any) -> Path:
    """Write a tiny random model as floats and as int8."""
    sizes = {"vocab_size": VOCABULARY, "intermediate_size": 320, "initializer_range": 0.1}
    options = {"hidden_size": 32 * heads, **sizes, **options}
    floats = build_random_model(folder / "floats", family, heads, kv_heads, **options)
    stored = folder / "stored"
    shutil.copytree(floats, stored, ignore=shutil.ignore_patterns("*.safetensors"))
    list(write_int8(floats / "model.safetensors", stored / "model.safetensors"))
    return folder


KINDS: dict[str, tuple[str, int, int, dict[str, Any]]] = {
    "llama": ("llama", 6, 2, {"tie_word_embeddings": True}),
    "qwen2": ("qwen2", 14, 2, {"tie_word_embeddings": True}),
    "untied": ("llama", 4, 4, {"tie_word_embeddings": False}),
    "many-heads": ("llama", 16, 2, {"head_dim": 64, "tie_word_embeddings": True}),
}


@pytest.fixture(scope="module", params=list(KINDS))
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    family, heads, kv_heads, options = KINDS[request.param]
    return build(tmp_path_factory.mktemp(request.param), family, heads, kv_heads, **options)


@pytest.fixture(autouse=True, params=ALL_ISAS, ids=lambda isa: isa.name)
def isa(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Isa:
    """Use each instruction set that this processor has in turn."""
    chosen: Isa = request.param
    if chosen not in supported_isas():
        pytest.skip("not for this processor")
    monkeypatch.setattr("mmdesk.engine.native.load_weights.best_isa", lambda: chosen)
    return chosen


def native(folder: Path, threads: int = 1) -> NativeModel:
    model = load_decoder(folder / "stored", "int8", threads)
    assert isinstance(model, NativeModel)
    return model


def divergence(exact: torch.Tensor, ours: torch.Tensor) -> float:
    """Return the divergence of the next-token distributions, in nats."""
    p, q = exact.double().log_softmax(-1), ours.double().log_softmax(-1)
    return float((p.exp() * (p - q)).sum(-1).mean())


def test_it_is_as_close_to_transformers_as_torch_in_8_bits(folder: Path) -> None:
    from transformers import AutoModelForCausalLM

    theirs = AutoModelForCausalLM.from_pretrained(folder / "floats", dtype=torch.float32)
    with torch.inference_mode():
        exact = theirs(torch.tensor([IDS])).logits[0]
    ours = divergence(exact, read(native(folder), IDS))
    other = divergence(exact, read(load_decoder(folder / "stored", "int8", 1, native=False), IDS))
    assert ours < 1.1 * other + 1e-4


@pytest.mark.parametrize("sizes", [(100, 1, 1, 2, 3, 250), (255, 2), (7, 249, 30, 5), (1,)])
def test_it_is_the_same_to_the_bit_in_any_pieces(folder: Path, sizes: tuple[int, ...]) -> None:
    model = native(folder)
    assert model.exact
    assert torch.equal(read(model, *pieces_of(IDS, *sizes)), read(model, IDS))


def test_it_is_the_same_to_the_bit_with_any_number_of_threads(folder: Path) -> None:
    assert torch.equal(read(native(folder), IDS), read(native(folder, threads=3), IDS))


def test_what_was_trimmed_leaves_no_trace(folder: Path) -> None:
    model = native(folder)
    cache = model.new_cache()
    model.forward(IDS, cache)
    cache.trim(50)
    model.forward([3, 4, 5], cache)
    cache.trim(50)
    again = torch.from_numpy(model.forward(IDS[50:90], cache, 40))
    assert torch.equal(again, read(model, IDS[:90])[50:])


def test_two_texts_do_not_disturb_each_other(folder: Path) -> None:
    model = native(folder)
    one, other = model.new_cache(), model.new_cache()
    model.forward(IDS[:60], one)
    model.forward(IDS[100:200], other)
    logits = torch.from_numpy(model.forward(IDS[60:90], one, 30))
    assert torch.equal(logits, read(model, IDS[:90])[60:])


def test_logits_stay_what_they_were(folder: Path) -> None:
    model = native(folder)
    cache = model.new_cache()
    first = model.forward(IDS[:5], cache)
    kept = first.copy()
    model.forward(IDS[5:9], cache)
    assert (first == kept).all()


def test_floats_are_made_int8_when_they_are_read(folder: Path) -> None:
    made = load_decoder(folder / "floats", "int8", 1)
    assert isinstance(made, NativeModel)
    assert torch.equal(read(made, IDS[:40]), read(native(folder), IDS[:40]))


def test_where_the_processor_lacks_the_instructions_torch_computes(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mmdesk.engine.native.load_weights.best_isa", lambda: None)
    assert not isinstance(load_decoder(folder / "stored", "int8", 1), NativeModel)


def test_the_best_instructions_of_a_processor_are_taken() -> None:
    laptop = {"avx2": True, "fma": True, "f16c": True}
    vnni = dict.fromkeys(("avx512f", "avx512bw", "avx512vl", "avx512dq", "avx512vnni"), True)

    def names(features: dict[str, bool]) -> list[str]:
        return [isa.name for isa in ALL_ISAS if isa.is_supported_by(features)]

    assert names({"avx2": True}) == []
    assert names(laptop) == ["AVX2"]
    assert names(laptop | {"avxvnni": True}) == ["AVX-VNNI", "AVX2"]
    assert names(laptop | vnni)[0] == "AVX-512 VNNI"
    assert names(laptop | vnni | {"amx-tile": True})[0] == "AVX-512 VNNI"
    assert names(laptop | vnni | {"amx-tile": True, "amx-int8": True})[0] == "AMX"


def test_tiles_that_the_system_refuses_are_not_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(jit, "request_tiles", lambda: False)
    known = jit.supported_isas.__wrapped__()
    assert AMX not in known
    assert [isa for isa in supported_isas() if isa is not AMX] == list(known)


@pytest.mark.parametrize(
    "count",
    [
        MIN_TILE_ROWS,
        TILE_ROWS + 1,
        2 * TILE_ROWS,
        2 * TILE_ROWS + MIN_TILE_ROWS,
        MAX_ROWS + MIN_TILE_ROWS,
    ],
)
def test_tiles_give_what_vectors_give_to_the_bit(
    folder: Path, isa: Isa, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if isa is not AMX:
        pytest.skip("about tiles")
    in_tiles = read(native(folder), IDS[:count])
    monkeypatch.setattr("mmdesk.engine.native.load_weights.best_isa", lambda: AVX512_VNNI)
    assert torch.equal(in_tiles, read(native(folder), IDS[:count]))


def test_heads_that_share_keys_are_split_evenly() -> None:
    assert [head_groups(n) for n in (1, 7, 8, 15)] == [[1], [7], [4, 4], [5, 5, 5]]


def test_one_thread_computes_while_another_program_wants_the_cores(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A window that draws makes a forward late now and then, a busy program several in a row."""
    model = native(folder, threads=2)
    computed: list[int] = []
    late = iter([False, True, False, True, True, False, True, False, False, False, True, False])

    def forward(table: int, thread: int) -> None:
        computed.append(thread)
        if thread == 0:
            model._late_spins[0] = 10 * MAX_LATE_SPINS if next(late) else 0

    monkeypatch.setattr(model, "_forward", forward)
    threads = []
    for _ in range(12):
        computed.clear()
        model._run(1)
        threads.append(len(computed))
    assert threads == [2, 2, 2, 2, 2, 1, 2, 1, 1, 2, 2, 2]
