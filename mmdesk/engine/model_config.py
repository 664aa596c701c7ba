"""A model's config.json, and whether mmdesk's own decoder on torch supports such a model.

The native code supports more families: families.py lists them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from mmdesk.engine.decoder import DecoderShape
from mmdesk.models import read_regular

WEIGHTS, INDEX = "model.safetensors", "model.safetensors.index.json"
# What mmdesk's own decoder on torch computes.
MODEL_TYPES = {"llama", "qwen2"}
SUPPORTED_VALUES: dict[str, tuple[Any, ...]] = {
    "hidden_act": ("silu",),
    "attention_bias": (False, None),
    "mlp_bias": (False, None),
    "use_sliding_window": (False, None),
    "rope_scaling": (None,),
    "quantization_config": (None,),
    "pretraining_tp": (1, None),
}


def read_config(folder: Path) -> dict[str, Any]:
    """Read config.json.

    Raises:
        OSError, ValueError: it is missing, no file or not JSON.
    """
    config: dict[str, Any] = json.loads(read_regular(folder / "config.json"))
    return config


def is_supported(folder: Path, config: dict[str, Any]) -> bool:
    """Return whether mmdesk's own decoder on torch computes it; it takes a single weights file."""
    rope = config.get("rope_parameters") or {}
    return (
        config.get("model_type") in MODEL_TYPES
        and rope.get("rope_type", "default") == "default"
        and all(
            config.get(name) in values
            for name, values in SUPPORTED_VALUES.items()
            if name in config
        )
        and (folder / WEIGHTS).is_file()
    )


def decoder_shape(config: dict[str, Any]) -> DecoderShape:
    """Return the numbers the arithmetic needs.

    Raises:
        KeyError: one is missing.
    """
    heads = config["num_attention_heads"]
    rope = config.get("rope_parameters") or {}
    return DecoderShape(
        hidden=config["hidden_size"],
        heads=heads,
        kv_heads=config.get("num_key_value_heads") or heads,
        head_dim=config.get("head_dim") or config["hidden_size"] // heads,
        eps=config["rms_norm_eps"],
        theta=float(rope.get("rope_theta") or config.get("rope_theta") or 10_000.0),
        context_length=int(config.get("max_position_embeddings") or 2**31),
    )
