"""Every family of FAMILIES gives what transformers gives, from the same weights."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file, save_file

from mmdesk.engine.families import Features, LayerKind, Multipliers, read_architecture
from mmdesk.engine.llm.loading import _transformers_model
from mmdesk.engine.model_config import read_config
from mmdesk.engine.native.isa import ALL_ISAS, Isa
from mmdesk.engine.native.jit import supported_isas
from mmdesk.engine.native.load_weights import load_native
from mmdesk.engine.native.native_model import NativeModel
from mmdesk.engine.rope import no_rope
from mmdesk.models import INT4_BLOCK, int8_reader, quantise_int4
from mmdesk.models.quantise_int4 import write_int4
from tests.engine.conftest import pieces_of, read
from tests.engine.native.test_native_model import IDS
from tests.fakes.tiny_families import FAMILIES, LONG_FROM, build_family, store_int8

SAFE = {"local_files_only": True, "trust_remote_code": False}
# Root mean square error of the logits, in their standard deviations. The weights are the same, so
# only the rounding of activations sets the logits apart. Leaving out any feature of a family costs
# far more, as test_every_feature_counts shows.
MAX_ERROR = {127: 0.08, 511: 0.02}  # by the levels of an activation
# By how much transformers has to prefer a token, in standard deviations of the logits, so that
# rounding changes nothing. Random models are undecided: half of their choices are closer.
CLEAR = 0.35


@pytest.fixture(scope="module", params=list(FAMILIES))
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp(request.param)
    store_int8(build_family(root / "floats", request.param), root / "stored")
    return root


@pytest.fixture(autouse=True, params=ALL_ISAS, ids=lambda isa: isa.name)
def isa(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Isa:
    """Use each instruction set that this processor has in turn."""
    chosen: Isa = request.param
    if chosen not in supported_isas():
        pytest.skip("not for this processor")
    monkeypatch.setattr("mmdesk.engine.native.load_weights.best_isa", lambda: chosen)
    return chosen


def native(folder: Path, threads: int = 1) -> NativeModel:
    model = load_native(folder, read_config(folder), threads)
    assert model is not None
    return model


def error(exact: torch.Tensor, ours: torch.Tensor) -> float:
    return float((ours - exact).square().mean().sqrt() / exact.std())


def transformers_logits(model: Any, **inputs: Any) -> torch.Tensor:
    with torch.inference_mode():
        logits: torch.Tensor = model(**inputs).logits[0]
    return logits


@pytest.fixture(scope="module")
def theirs(folder: Path) -> Any:
    """Return transformers' model of the int8 weights, in float32."""
    return _transformers_model(folder / "stored", torch.float32, SAFE).eval()


def test_logits_are_those_of_transformers(folder: Path, theirs: Any, isa: Isa) -> None:
    length = LONG_FROM if "phi-4" in folder.name else len(IDS)
    exact = transformers_logits(theirs, input_ids=torch.tensor([IDS[:length]]))
    ours = read(native(folder / "stored"), IDS[:length])
    assert error(exact, ours) < MAX_ERROR[isa.act_levels]
    best = exact.topk(2, -1)
    clear = best.values[:, 0] - best.values[:, 1] > CLEAR * exact.std()
    assert clear.sum() > length / 5
    assert torch.equal(ours.argmax(-1)[clear], best.indices[clear, 0])


@pytest.mark.parametrize("length", [40, LONG_FROM - 10])
def test_greedy_answers_follow_those_of_transformers(
    folder: Path, theirs: Any, length: int
) -> None:
    """Each token is transformers' own, or one that it finds as likely but for rounding.

    The longer prompt grows beyond the length from which Phi's frequencies are others.
    """
    options = {"max_new_tokens": 24, "do_sample": False, "eos_token_id": None}
    options |= {"output_logits": True, "return_dict_in_generate": True}
    with torch.inference_mode():
        prompt = torch.tensor([IDS[:length]])
        expected = theirs.generate(prompt, attention_mask=torch.ones_like(prompt), **options)
    answer = expected.sequences[0, length:].tolist()
    model = native(folder / "stored")
    cache = model.new_cache()
    ids = IDS[:length]
    same = 0
    for token, logits in zip(answer, expected.logits, strict=True):
        chosen = int(model.forward(ids, cache)[-1].argmax())
        assert logits[0, chosen] > logits.max() - CLEAR * logits.std()
        same += chosen == token
        ids = [token]
    assert same >= 16


@pytest.mark.parametrize("sizes", [(100, 1, 1, 2, 3, 250), (255, 2)])
def test_it_is_the_same_to_the_bit_in_any_pieces_and_threads(
    folder: Path, sizes: tuple[int, ...]
) -> None:
    model = native(folder / "stored")
    whole = read(model, IDS)
    assert torch.equal(read(model, *pieces_of(IDS, *sizes)), whole)
    assert torch.equal(read(native(folder / "stored", threads=3), IDS), whole)


def test_what_was_trimmed_leaves_no_trace(folder: Path) -> None:
    model = native(folder / "stored")
    cache = model.new_cache()
    model.forward(IDS, cache)
    kept = cache.trim(150)
    assert kept > (0 if model.architecture.features.conv else 149)
    again = torch.from_numpy(model.forward(IDS[kept:190], cache, 40))
    assert torch.equal(again, read(model, IDS[:190])[150:])


def test_a_rejected_draft_leaves_no_trace(folder: Path) -> None:
    model = native(folder / "stored")
    cache = model.new_cache()
    model.forward(IDS[:300], cache)
    model.forward([3, 4, 5, 6, 7, 8, 9], cache, 7)
    assert cache.trim(301) == 301  # short convolutions go back a few tokens without a snapshot
    again = torch.from_numpy(model.forward(IDS[301:340], cache, 39))
    expected = read(model, [*IDS[:300], 3, *IDS[301:340]])[301:]
    assert torch.equal(again, expected)
    assert cache.trim(0) == 0
    assert torch.equal(torch.from_numpy(model.forward(IDS[:9], cache, 9)), read(model, IDS[:9]))


def test_4_bit_codes_give_the_bits_of_the_int8_weights_that_they_stand_for(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        quantise_int4,
        "is_packable",
        lambda name, weight: (
            name not in quantise_int4.EMBEDDINGS and weight.shape[1] % INT4_BLOCK == 0
        ),
    )
    for kind in ("int4", "int8"):
        shutil.copytree(folder / "stored", tmp_path / kind)
    list(write_int4(folder / "stored/model.safetensors", tmp_path / "int4/model.safetensors"))
    tensors = load_file(tmp_path / "int4/model.safetensors")
    names, read_int8 = int8_reader(set(tensors), tensors.__getitem__)
    save_file({name: read_int8(name) for name in names}, tmp_path / "int8/model.safetensors")
    model = native(tmp_path / "int4")
    assert model.precision == "int4"
    expected = read(native(tmp_path / "int8"), IDS[:150])
    assert torch.equal(read(model, *pieces_of(IDS[:150], 140)), expected)
    model.unpack_weights()
    assert torch.equal(read(model, IDS[:150]), expected)


def test_embeddings_in_the_place_of_tokens(folder: Path, theirs: Any, isa: Isa) -> None:
    """Rows that no token has, as a vision encoder makes them, between those of tokens."""
    model = native(folder / "stored")
    before, after = IDS[:20], IDS[20:30]
    with torch.inference_mode():
        embedded = [theirs.get_input_embeddings()(torch.tensor(ids)) for ids in (before, after)]
        torch.manual_seed(4)
        picture = torch.randn(150, model.shape.hidden) * embedded[0].std()
        rows = torch.cat([embedded[0], picture, embedded[1]])
    exact = transformers_logits(theirs, inputs_embeds=rows[None])
    factor = model.architecture.multipliers.inputs
    ours = np.concatenate(
        [model.embed(before), picture.numpy() * np.float32(factor), model.embed(after)]
    )
    logits = torch.from_numpy(model.forward_embeddings(ours, model.new_cache(), len(ours)))
    assert error(exact, logits) < MAX_ERROR[isa.act_levels]
    cache = model.new_cache()
    model.forward(before, cache)
    model.forward_embeddings(ours[20:170], cache)
    last = torch.from_numpy(model.forward(after, cache, 10))
    assert torch.equal(last, logits[-10:])


@pytest.mark.parametrize(
    ("name", "without"),
    [
        ("qwen3", {"features": Features()}),
        ("gemma-3", {"features": Features(qk_norm=True, sandwich_norm=True, windows=True)}),
        ("gemma-3", {"layers": (LayerKind(0),) * 3}),
        ("smollm3", {"layers": (LayerKind(0),) * 3}),
        ("smollm3", {"layers": (LayerKind(1),) * 3}),
        ("mistral", {"features": Features()}),
        ("granite", {"multipliers": Multipliers()}),
        ("gemma-3", {"multipliers": Multipliers()}),
        ("phi-4-mini", {"ropes": (no_rope(),)}),
        ("llama-3.2", {"ropes": (no_rope(),)}),
    ],
)
def test_every_feature_counts(
    name: str, without: dict[str, Any], tmp_path: Path, isa: Isa, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each feature matters: without it, the logits are no longer those of transformers."""
    stored = store_int8(build_family(tmp_path / "floats", name), tmp_path / "stored")
    length = LONG_FROM if name == "phi-4-mini" else len(IDS)
    expected = read(native(stored), IDS[:length])
    right = read_architecture(read_config(stored))
    assert right is not None
    wrong = replace(right, **without)
    monkeypatch.setattr("mmdesk.engine.native.load_weights.read_architecture", lambda config: wrong)
    assert error(expected, read(native(stored), IDS[:length])) > 1.3 * MAX_ERROR[isa.act_levels]
