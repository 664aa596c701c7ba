"""Memory that a language model takes, estimated from its files before it is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

RUNTIME = 400_000_000  # bytes of the process and of intermediate results
_STORED_BYTES = {"float32": 4, "bfloat16": 2, "float16": 2}  # a weight, by the config's dtype


def weight_file_bytes(folder: Path) -> int:
    """Return the size of a model's safetensors files."""
    return sum(path.stat().st_size for path in folder.glob("*.safetensors"))


def loaded_weight_bytes(folder: Path, config: Mapping[str, Any], bytes_per_weight: int) -> int:
    """Return the bytes of a model's weights in another number of bytes each.

    Weights that mmdesk has converted to int8 or int4 are counted as they are stored.
    """
    stored = _STORED_BYTES.get(str(config.get("dtype") or config.get("torch_dtype")), 2)
    return weight_file_bytes(folder) * bytes_per_weight // stored


def kv_cache_bytes(config: Mapping[str, Any], context_tokens: int, item_bytes: int = 2) -> int:
    """Return the bytes of keys and values of a whole context; 0 where the config does not tell."""
    text = config.get("text_config")
    text = text if isinstance(text, Mapping) else config
    try:
        heads = int(text["num_attention_heads"])
        kv_heads = int(text.get("num_key_value_heads") or heads)
        head_dim = int(text.get("head_dim") or int(text["hidden_size"]) // heads)
        layers = int(text["num_hidden_layers"])
        longest = int(text.get("max_position_embeddings") or context_tokens)
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return 0
    return 2 * layers * kv_heads * head_dim * item_bytes * min(context_tokens, longest)
