"""GGUF file of the tiny model with its tokenizer and chat template, as llama.cpp writes it."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from tests.fakes.tiny_model import SPECIALS, TEMPLATE, build_model

CONTROL, NORMAL = 3, 1  # gguf.TokenType


def write_tiny_gguf(path: Path, name: str = "Tiny Model") -> Path:
    """Write the tiny qwen2 model in float32 and return its path."""
    from gguf import GGUFWriter

    with tempfile.TemporaryDirectory() as folder:
        built = build_model(Path(folder))
        config = json.loads((built / "config.json").read_text())
        tokenizer = json.loads((built / "tokenizer.json").read_text())
        writer = GGUFWriter(path, "qwen2")
        writer.add_name(name)
        writer.add_license("apache-2.0")
        writer.add_context_length(config["max_position_embeddings"])
        writer.add_embedding_length(config["hidden_size"])
        writer.add_block_count(config["num_hidden_layers"])
        writer.add_feed_forward_length(config["intermediate_size"])
        writer.add_head_count(config["num_attention_heads"])
        writer.add_head_count_kv(config["num_key_value_heads"])
        writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
        writer.add_rope_freq_base(10_000.0)
        add_tokenizer(writer, tokenizer)
        _add_tensors(writer, built)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
    return path


def add_tokenizer(writer, tokenizer) -> None:  # type: ignore[no-untyped-def]
    vocabulary = {**tokenizer["model"]["vocab"]}
    vocabulary.update({token["content"]: token["id"] for token in tokenizer["added_tokens"]})
    tokens = sorted(vocabulary, key=vocabulary.__getitem__)
    merges = [m if isinstance(m, str) else " ".join(m) for m in tokenizer["model"]["merges"]]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(tokens)
    writer.add_token_types([CONTROL if token in SPECIALS else NORMAL for token in tokens])
    writer.add_token_merges(merges)
    writer.add_eos_token_id(vocabulary["<|im_end|>"])
    writer.add_pad_token_id(vocabulary["<|endoftext|>"])
    writer.add_chat_template(TEMPLATE)


def _add_tensors(writer, folder: Path) -> None:  # type: ignore[no-untyped-def]
    from safetensors.numpy import load_file

    from mmdesk.models.gguf_families import LAYER_NAMES
    from mmdesk.models.gguf_weights import OUTER_NAMES

    outer = {hf: gguf for gguf, hf in OUTER_NAMES.items()}
    blocks = {hf: gguf for gguf, hf in LAYER_NAMES.items()}
    for name, values in load_file(folder / "model.safetensors").items():
        if name in outer:
            writer.add_tensor(outer[name], values)
        else:
            _, _, layer, *middle, suffix = name.split(".")
            writer.add_tensor(f"blk.{layer}.{blocks['.'.join(middle)]}.{suffix}", values)
