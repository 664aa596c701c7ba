"""Which config files the native code takes, and how it reads them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mmdesk.engine.families import FULL, Architecture, read_architecture
from mmdesk.engine.model_config import read_config
from mmdesk.engine.rope import read_rope
from tests.fakes.tiny_families import FAMILIES, LLAMA3, LONG, MINISTRAL, YARN, build_family

HEAD_DIM = 32


@pytest.fixture(scope="module", params=list(FAMILIES))
def config(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    return read_config(build_family(tmp_path_factory.mktemp("family"), request.param))


def understood(config: dict[str, Any]) -> Architecture:
    architecture = read_architecture(config)
    assert architecture is not None
    return architecture


@pytest.mark.parametrize(
    "odd",
    [
        {"model_type": "mamba"},
        {"model_type": ["llama"]},
        {"hidden_act": "relu", "hidden_activation": "relu"},
        {"attention_bias": True},
        {"mlp_bias": True},
        {"use_sliding_window": True},
        {"quantization_config": {"bits": 4}},
        {"final_logit_softcapping": 30.0},
        {"use_bidirectional_attention": True},
        {"layer_types": ["chunked_attention"] * 3},
        {"rope_parameters": {"rope_type": "dynamic", "factor": 2.0}, "rope_scaling": None},
        {"num_attention_heads": None},
        {"num_hidden_layers": "three"},
    ],
)
def test_what_is_not_covered_goes_to_transformers(
    config: dict[str, Any], odd: dict[str, Any]
) -> None:
    assert read_architecture(config) is not None
    assert read_architecture(config | odd) is None


def transformers_frequencies(parameters: dict[str, Any], length: int | None) -> tuple[Any, float]:
    from transformers import LlamaConfig
    from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

    config = LlamaConfig(
        hidden_size=2 * HEAD_DIM,
        num_attention_heads=2,
        max_position_embeddings=2048,
        rope_parameters=dict(parameters),
    )
    frequencies, factor = ROPE_INIT_FUNCTIONS[parameters["rope_type"]](config, seq_len=length)
    return frequencies.numpy(), factor


LINEAR = {"rope_type": "linear", "rope_theta": 10_000.0, "factor": 4.0}
LONGROPE = LONG | {"original_max_position_embeddings": 200}


@pytest.mark.parametrize(
    "parameters",
    [
        LINEAR,
        LINEAR | {"partial_rotary_factor": 0.5},
        LLAMA3,
        LLAMA3 | {"factor": 32.0, "original_max_position_embeddings": 8192},
        YARN,
        YARN | {"truncate": False, "attention_factor": 1.3},
        YARN | {"factor": 40.0, "mscale": 0.8, "mscale_all_dim": 1.2},
        {name: value for name, value in MINISTRAL.items() if "llama_4" not in name},
        LONGROPE,
        LONGROPE | {"attention_factor": 1.2},
        LONGROPE | {"factor": 16.0},
    ],
)
def test_every_kind_of_rope_has_the_frequencies_of_transformers(parameters: dict[str, Any]) -> None:
    rope = read_rope(parameters, HEAD_DIM, 2048)
    assert rope is not None
    expected, factor = transformers_frequencies(parameters, None)
    np.testing.assert_allclose(rope.frequencies, expected, rtol=2e-6)
    assert rope.factor == pytest.approx(factor)
    if rope.long_frequencies is not None:
        expected, _ = transformers_frequencies(parameters, 201)
        np.testing.assert_allclose(rope.long_frequencies, expected, rtol=2e-6)


def test_what_is_not_rotated_stays() -> None:
    rope = read_rope(LINEAR | {"partial_rotary_factor": 0.5}, HEAD_DIM, 2048)
    assert rope is not None
    cosines, sines, *keys = rope.tables(5, HEAD_DIM)
    assert (cosines[:, 8:] == 1).all()
    assert (sines[:, 8:] == 0).all()
    assert cosines is keys[0]


def test_queries_far_into_a_text_grow_and_keys_do_not() -> None:
    rope = read_rope(MINISTRAL, HEAD_DIM, 2048)
    assert rope is not None
    queries, _, keys, _ = rope.tables(300, HEAD_DIM)
    assert np.array_equal(queries[:128], keys[:128])
    expected = 1 + 0.3 * np.log(3)  # in the third round of 128
    np.testing.assert_allclose(queries[256:], keys[256:] * expected, rtol=1e-6)


def gemma(**spelling: Any) -> dict[str, Any]:
    sizes = {"hidden_size": 128, "num_attention_heads": 4, "num_key_value_heads": 2}
    sizes |= {"head_dim": 32, "num_hidden_layers": 12, "sliding_window": 512}
    common = {"model_type": "gemma3_text", "hidden_activation": "gelu_pytorch_tanh"}
    return {**common, **sizes, "rms_norm_eps": 1e-6, "max_position_embeddings": 32768, **spelling}


def test_the_first_spelling_of_gemma_3_means_what_the_new_one_means() -> None:
    old = gemma(
        sliding_window_pattern=6,
        rope_theta=1_000_000.0,
        rope_local_base_freq=10_000.0,
        rope_scaling={"rope_type": "linear", "factor": 8.0},
    )
    ropes = {
        FULL: {"rope_type": "linear", "factor": 8.0, "rope_theta": 1_000_000.0},
        "sliding_attention": {"rope_type": "default", "rope_theta": 10_000.0},
    }
    kinds = ["sliding_attention"] * 5 + [FULL]
    one, other = understood(old), understood(gemma(layer_types=kinds * 2, rope_parameters=ropes))
    assert one.layers == other.layers
    assert [layer.window for layer in one.layers] == [512] * 5 + [0] + [512] * 5 + [0]
    for left, right in zip(one.ropes, other.ropes, strict=True):
        assert np.array_equal(left.frequencies, right.frequencies)


def llama(**spelling: Any) -> dict[str, Any]:
    sizes = {"hidden_size": 128, "num_attention_heads": 4, "num_hidden_layers": 2}
    return {"model_type": "llama", **sizes, "rms_norm_eps": 1e-5, **spelling}


def test_the_first_spelling_of_rope_means_what_the_new_one_means() -> None:
    scaling = {name: value for name, value in LLAMA3.items() if name != "rope_theta"}
    old = understood(llama(rope_theta=500_000.0, rope_scaling=scaling))
    new = understood(llama(rope_parameters=LLAMA3))
    assert np.array_equal(old.ropes[0].frequencies, new.ropes[0].frequencies)


def test_part_of_a_head_is_rotated_where_transformers_does_so_too() -> None:
    assert read_architecture(llama(partial_rotary_factor=1.0)) is not None
    assert read_architecture(llama(partial_rotary_factor=0.5)) is None
    assert read_architecture(llama(model_type="phi3", partial_rotary_factor=0.5)) is not None


def test_phi_3s_first_name_for_longrope_is_known() -> None:
    phi = {"model_type": "phi3", "original_max_position_embeddings": 200}
    phi |= {"partial_rotary_factor": 0.75, "max_position_embeddings": 2048}
    old = {name: LONG[name] for name in ("short_factor", "long_factor")} | {"type": "su"}
    one = understood(llama(**phi, rope_scaling=old))
    other = understood(llama(**phi, rope_parameters=LONG))
    assert one.ropes[0].long_frequencies is not None
    assert np.array_equal(one.ropes[0].long_frequencies, other.ropes[0].long_frequencies)


def test_a_window_as_long_as_the_context_is_none(tmp_path: Path) -> None:
    config = read_config(build_family(tmp_path, "phi-3", sliding_window=2048))
    assert not understood(config).features.windows
