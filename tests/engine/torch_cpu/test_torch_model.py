"""The torch decoder agrees with transformers, and computes each token by itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from mmdesk.engine.model_config import is_supported, read_config
from mmdesk.engine.torch_cpu.linear import FloatLinear, Int8Linear, has_int8
from mmdesk.engine.torch_cpu.torch_model import PAGE
from mmdesk.engine.torch_cpu.weights import load_decoder
from mmdesk.models.quantise import quantised
from tests.engine.conftest import pieces_of, read
from tests.fakes.tiny_model import build_random_model

LENGTH = PAGE + 44  # into the second page of keys
IDS = [(place * place * 7) % 250 for place in range(LENGTH)]

needs_int8 = pytest.mark.skipif(not has_int8(), reason="no int8 kernels on this processor")


def build(folder: Path, family: str, heads: int = 6, kv_heads: int = 2, **options: Any) -> Path:
    """Write a tiny random model of these sizes."""
    sizes = {"vocab_size": 250, "intermediate_size": 160, "initializer_range": 0.2}
    options = {"hidden_size": 16 * heads, **sizes, **options}
    return build_random_model(folder, family, heads, kv_heads, **options)


@pytest.fixture(scope="module", params=["llama", "qwen2", "llama-untied-mha"])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    family, *rest = request.param.split("-")
    options: dict[str, Any] = (
        {"kv_heads": 6, "tie_word_embeddings": False} if rest else {"tie_word_embeddings": True}
    )
    return build(tmp_path_factory.mktemp(request.param), family, **options)


def test_fp32_agrees_with_transformers_logit_for_logit(folder: Path) -> None:
    from transformers import AutoModelForCausalLM

    theirs = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    with torch.inference_mode():
        expected = theirs(torch.tensor([IDS])).logits[0]
    model = load_decoder(folder, "fp32", threads=1)
    for pieces in ([IDS], pieces_of(IDS, 100, 150)):
        torch.testing.assert_close(read(model, *pieces), expected, rtol=1e-4, atol=1e-4)


@needs_int8
@pytest.mark.parametrize(
    "sizes", [(100, 1, 1, 2, 3, 150), (255, 2), (256,), (7, 249, 30), (33, 66, 99), (1,)]
)
def test_int8_is_the_same_to_the_bit_in_any_pieces(folder: Path, sizes: tuple[int, ...]) -> None:
    model = load_decoder(folder, "int8", threads=1)
    assert model.exact
    assert torch.equal(read(model, *pieces_of(IDS, *sizes)), read(model, IDS))


@needs_int8
def test_what_was_trimmed_leaves_no_trace(folder: Path) -> None:
    model = load_decoder(folder, "int8", threads=1)
    cache = model.new_cache()
    model.forward(IDS, cache)
    cache.trim(50)
    model.forward([3, 4, 5], cache)
    cache.trim(50)
    again = torch.from_numpy(model.forward(IDS[50:90], cache, 40))
    assert torch.equal(again, read(model, IDS[:90])[50:])


@needs_int8
def test_int8_stays_close_to_fp32(folder: Path) -> None:
    exact, ours = (read(load_decoder(folder, kind, 1), IDS) for kind in ("fp32", "int8"))
    cosine = torch.nn.functional.cosine_similarity(exact, ours, dim=-1)
    assert cosine.mean() > 0.98  # 7 bits of each row on processors without VNNI


def test_bf16_stays_close_to_fp32(folder: Path) -> None:
    exact, ours = (read(load_decoder(folder, kind, 1), IDS) for kind in ("fp32", "bf16"))
    assert torch.nn.functional.cosine_similarity(exact, ours, dim=-1).mean() > 0.99


def test_floats_are_not_called_exact(folder: Path) -> None:
    assert not load_decoder(folder, "fp32", threads=1).exact


@needs_int8
def test_one_token_with_large_values_does_not_coarsen_the_others() -> None:
    torch.manual_seed(2)
    weight, scale = quantised(torch.randn(64, 96))
    layer, exact = Int8Linear(weight, scale), FloatLinear(weight * scale[:, None])
    x = torch.randn(8, 96)
    alone = layer(x.clone())
    x[3] *= 1000
    assert torch.equal(layer(x.clone())[[0, 1, 2, 4]], alone[[0, 1, 2, 4]])
    error = (layer(x.clone()) - exact(x)).norm(dim=-1) / exact(x).norm(dim=-1)
    assert error.max() < 0.02


@needs_int8
def test_factor_bias_and_addition_are_applied() -> None:
    torch.manual_seed(3)
    weight, scale = quantised(torch.randn(64, 96))
    bias, x, add, factor = torch.randn(64), torch.randn(5, 96), torch.randn(5, 64), torch.rand(5, 1)
    expected = (x * factor) @ (weight * scale[:, None]).T + bias + add
    for layer in (Int8Linear(weight, scale, bias), FloatLinear(weight * scale[:, None], bias)):
        y = layer(x.clone(), factor, add.clone())
        torch.testing.assert_close(y, expected, rtol=0.05, atol=0.3)


@pytest.mark.parametrize(
    "odd",
    [
        {"model_type": "gemma"},
        {"hidden_act": "gelu"},
        {"rope_parameters": {"rope_type": "yarn"}},
        {"use_sliding_window": True},
        {"attention_bias": True},
        {"quantization_config": {}},
    ],
)
def test_other_models_are_left_to_transformers(folder: Path, odd: dict[str, Any]) -> None:
    config = read_config(folder)
    assert is_supported(folder, config)
    assert not is_supported(folder, config | odd)
