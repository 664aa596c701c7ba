"""Tiny random models of the families that the native code computes, as ordinary hub folders."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

HEAD_DIM = 32
LLAMA3 = {
    "rope_type": "llama3",
    "rope_theta": 500_000.0,
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 64,
}
YARN = {
    "rope_type": "yarn",
    "rope_theta": 10_000.0,
    "factor": 4.0,
    "original_max_position_embeddings": 128,
}
MINISTRAL = {
    **YARN,
    **{"mscale": 1.0, "mscale_all_dim": 1.0, "llama_4_scaling_beta": 0.3},
    **{"beta_fast": 32.0, "beta_slow": 1.0},
}
ROTATED = 12  # pairs of coordinates of a head that Phi-4-mini rotates: three quarters
LONG = {
    "rope_type": "longrope",
    "rope_theta": 10_000.0,
    "short_factor": [1.0 + 0.02 * n for n in range(ROTATED)],
    "long_factor": [1.0 + 0.5 * n for n in range(ROTATED)],
    "partial_rotary_factor": 0.75,
}
LONG_FROM = 200  # tokens from which its texts are long ones
GRANITE = {
    "embedding_multiplier": 3.0,
    "attention_multiplier": 0.1,
    "residual_multiplier": 0.5,
    "logits_scaling": 2.0,
}
GEMMA = {
    "initializer_range": 0.03,  # its embeddings are multiplied, its layers' results are normed
    "hidden_activation": "gelu_pytorch_tanh",
    "sliding_window": 50,
    "layer_types": ["sliding_attention", "full_attention", "sliding_attention"],
    "query_pre_attn_scalar": 48,
    "rope_parameters": {
        "full_attention": {"rope_type": "linear", "factor": 8.0, "rope_theta": 1_000_000.0},
        "sliding_attention": {"rope_type": "default", "rope_theta": 10_000.0},
    },
}
LFM = {
    "layer_types": ["conv", "full_attention", "conv"],
    "conv_L_cache": 3,
    "block_auto_adjust_ff_dim": False,
}
# By name: the model type, and what its config says beyond the sizes.
FAMILIES: dict[str, tuple[str, dict[str, Any]]] = {
    "llama-3.2": ("llama", {"rope_parameters": LLAMA3, "tie_word_embeddings": True}),
    "llama-linear": (
        "llama",
        {"rope_parameters": {"rope_type": "linear", "factor": 4.0, "rope_theta": 10_000.0}},
    ),
    "llama-yarn": ("llama", {"rope_parameters": YARN}),
    "smollm2": ("llama", {"num_attention_heads": 6, "num_key_value_heads": 2}),
    "mistral": ("mistral", {"sliding_window": 70}),
    "ministral-3": ("ministral3", {"rope_parameters": MINISTRAL}),
    "granite": ("granite", {**GRANITE, "tie_word_embeddings": True}),
    "phi-3": ("phi3", {"sliding_window": 90}),
    "phi-4-mini": (
        "phi3",
        {"rope_parameters": LONG, "original_max_position_embeddings": LONG_FROM},
    ),
    "qwen3": ("qwen3", {"tie_word_embeddings": True}),
    "smollm3": ("smollm3", {"no_rope_layer_interval": 2}),
    "gemma-3": ("gemma3_text", GEMMA),
    "lfm2": ("lfm2", LFM),
}


WITHOUT_HEAD_DIM = ("phi3", "granite", "lfm2")  # their config has no such entry


def build_family(
    folder: Path, name: str, vocabulary: int = 252, dtype: str = "float32", **options: Any
) -> Path:
    """Write a random model of three layers, norms random as well, and return its folder."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    torch.manual_seed(1)
    model_type, own = FAMILIES[name]
    sizes = {
        "vocab_size": vocabulary,
        "num_hidden_layers": 3,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "intermediate_size": 384,
        "max_position_embeddings": 2048,
        "initializer_range": 0.1,
        "bos_token_id": 1,
        "eos_token_id": 2,
        "pad_token_id": 0,
    }
    given = {**sizes, **own, **options}
    given.setdefault("hidden_size", HEAD_DIM * given["num_attention_heads"])
    if model_type not in WITHOUT_HEAD_DIM:
        given.setdefault("head_dim", HEAD_DIM)
    model = AutoModelForCausalLM.from_config(
        AutoConfig.for_model(model_type, **given), dtype=getattr(torch, dtype)
    )
    middle = 0.0 if model_type == "gemma3_text" else 1.0  # Gemma adds 1 to it
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() == 1:
                parameter.normal_(middle, 0.3)
    model.generation_config.do_sample = False
    model.save_pretrained(folder)
    return folder


def store_int8(floats: Path, target: Path) -> Path:
    """Write a model folder as mmdesk stores it, with int8 weights."""
    from mmdesk.models.quantise import write_int8

    shutil.copytree(floats, target, ignore=shutil.ignore_patterns("*.safetensors"))
    list(write_int8(floats / "model.safetensors", target / "model.safetensors"))
    return target
