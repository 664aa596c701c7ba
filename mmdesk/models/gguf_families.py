"""Architectures of GGUF files that mmdesk converts by itself, and what sets each of them apart.

Names, fields and what llama.cpp's converter does to the tensors are those of
https://github.com/ggml-org/llama.cpp (convert_hf_to_gguf.py, gguf-py/gguf/constants.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol


class ReadField(Protocol):
    """Reader of a model's fields, without the architecture's name before them."""

    def __call__(self, name: str, default: Any = None) -> Any:
        """Return a field's value, `default` where the file has none."""
        ...


# Tensors with the divisors of RoPE's frequencies, by what they are called in "rope_parameters".
ROPE_FACTORS = {
    "rope_freqs.weight": "factors",
    "rope_factors_short.weight": "short_factor",
    "rope_factors_long.weight": "long_factor",
}
RopeFactors = Mapping[str, Sequence[float]]

LAYER_NAMES = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
HEAD_NORMS = {"attn_q_norm": "self_attn.q_norm", "attn_k_norm": "self_attn.k_norm"}
SANDWICH = {
    "post_attention_norm": "post_attention_layernorm",
    "ffn_norm": "pre_feedforward_layernorm",
    "post_ffw_norm": "post_feedforward_layernorm",
}
FUSED = {"attn_qkv": "self_attn.qkv_proj", "ffn_up": "mlp.gate_up_proj"}
LFM = {
    "attn_norm": "operator_norm",
    "attn_output": "self_attn.out_proj",
    "attn_q_norm": "self_attn.q_layernorm",
    "attn_k_norm": "self_attn.k_layernorm",
    "ffn_norm": "ffn_norm",
    "ffn_gate": "feed_forward.w1",
    "ffn_up": "feed_forward.w3",
    "ffn_down": "feed_forward.w2",
    "shortconv.conv": "conv.conv",
    "shortconv.in_proj": "conv.in_proj",
    "shortconv.out_proj": "conv.out_proj",
}
GEMMA_27B_LAYERS = 62  # the only Gemma 3 whose queries are not scaled by the width of a head


def _no_more(read: ReadField, factors: RopeFactors) -> dict[str, Any]:
    return {}


def _granite(read: ReadField, factors: RopeFactors) -> dict[str, Any]:
    return {
        "attention_multiplier": float(read("attention.scale", 1.0)),
        "embedding_multiplier": float(read("embedding_scale", 1.0)),
        "residual_multiplier": float(read("residual_scale", 1.0)),
        "logits_scaling": float(read("logit_scale", 1.0)),
    }


def _smollm3(read: ReadField, factors: RopeFactors) -> dict[str, Any]:
    return {"no_rope_layer_interval": 4}  # as in llama.cpp: the file does not say


def _phi3(read: ReadField, factors: RopeFactors) -> dict[str, Any]:
    context = int(read("context_length"))
    head_dim = int(read("embedding_length")) // int(read("attention.head_count"))
    rope: dict[str, Any] = {
        "rope_type": "default",
        "rope_theta": float(read("rope.freq_base", 10_000.0)),
        "partial_rotary_factor": int(read("rope.dimension_count", head_dim)) / head_dim,
    }
    original = int(read("rope.scaling.original_context_length", context))
    if factors:
        rope |= {"rope_type": "longrope", **{name: list(each) for name, each in factors.items()}}
        if read("rope.scaling.attn_factor"):
            rope["attention_factor"] = float(read("rope.scaling.attn_factor"))
    return {
        "head_dim": head_dim,
        "rope_parameters": rope,
        "original_max_position_embeddings": original,
        "sliding_window": int(read("attention.sliding_window", 0)) or None,
    }


def _gemma3(read: ReadField, factors: RopeFactors) -> dict[str, Any]:
    full: dict[str, Any] = {"rope_type": "default"}
    if read("rope.scaling.type") == "linear":
        full = {"rope_type": "linear", "factor": float(read("rope.scaling.factor"))}
    full["rope_theta"] = float(read("rope.freq_base", 1_000_000.0))
    local = float(read("rope.freq_base_swa", 10_000.0))
    heads, hidden = int(read("attention.head_count")), int(read("embedding_length"))
    is_27b = int(read("block_count")) == GEMMA_27B_LAYERS
    return {
        "hidden_activation": "gelu_pytorch_tanh",
        "sliding_window": int(read("attention.sliding_window")),
        "query_pre_attn_scalar": hidden // heads if is_27b else int(read("attention.key_length")),
        "rope_parameters": {
            "full_attention": full,
            "sliding_attention": {"rope_type": "default", "rope_theta": local},
        },
    }


def _lfm2(read: ReadField, factors: RopeFactors) -> dict[str, Any]:
    heads = [int(count) for count in read("attention.head_count_kv")]  # 0 for convolutions
    return {
        "num_key_value_heads": max(heads),
        "layer_types": ["full_attention" if count else "conv" for count in heads],
        "norm_eps": float(f"{read('attention.layer_norm_rms_epsilon'):.6g}"),
        "conv_L_cache": int(read("shortconv.l_cache")),
        "block_auto_adjust_ff_dim": False,  # the file has the width itself
    }


@dataclass(frozen=True, slots=True)
class GgufFamily:
    """Properties that set the GGUF files of an architecture apart.

    Attributes:
        model_class: transformers' class.
        model_type: transformers' name; "" where it is the file's.
        names: tensors of a layer, by their name in the file.
        permuted: whether the rows of q and k are interleaved for llama.cpp's RoPE.
        norm_offset: what the file has added to the weights of norms.
        turn_end: token that ends a turn, where the file may name another as the end.
        config: returns further entries of config.json.
    """

    model_class: str
    model_type: str = ""
    names: Mapping[str, str] = field(default_factory=lambda: LAYER_NAMES)
    permuted: bool = False
    norm_offset: float = 0.0
    turn_end: str = ""
    config: Callable[[ReadField, RopeFactors], dict[str, Any]] = _no_more


GGUF_FAMILIES: dict[str, GgufFamily] = {
    "llama": GgufFamily("LlamaForCausalLM", permuted=True),
    "qwen2": GgufFamily("Qwen2ForCausalLM"),
    "qwen3": GgufFamily("Qwen3ForCausalLM", names=LAYER_NAMES | HEAD_NORMS),
    "granite": GgufFamily("GraniteForCausalLM", permuted=True, config=_granite),
    "smollm3": GgufFamily("SmolLM3ForCausalLM", permuted=True, config=_smollm3),
    "phi3": GgufFamily(
        "Phi3ForCausalLM", names=LAYER_NAMES | FUSED, turn_end="<|end|>", config=_phi3
    ),
    "gemma3": GgufFamily(
        "Gemma3ForCausalLM",
        model_type="gemma3_text",
        names=LAYER_NAMES | HEAD_NORMS | SANDWICH,
        norm_offset=1.0,
        turn_end="<end_of_turn>",
        config=_gemma3,
    ),
    "lfm2": GgufFamily("Lfm2ForCausalLM", names=LAYER_NAMES | LFM, config=_lfm2),
}
