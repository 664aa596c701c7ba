"""Tiny random models, written as GGUF the way llama.cpp's converter does it, and read back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mmdesk.engine.families import read_architecture
from mmdesk.errors import Cancelled, ModelUnavailable
from mmdesk.models.convert import convert
from mmdesk.models.gguf_families import GGUF_FAMILIES
from mmdesk.models.gguf_weights import OUTER_NAMES, GgufModel, write_json
from mmdesk.values import NeverCancelled
from tests.models.conftest import make_part

HIDDEN, HEADS, KV, LAYERS, FFN, VOCAB = 128, 4, 2, 2, 192, 320
HEAD_DIM = HIDDEN // HEADS

# What the configs of some architectures say beyond the sizes, and how a GGUF file says it.
LONG = {
    "rope_type": "longrope",
    "rope_theta": 12345.0,
    "partial_rotary_factor": 0.75,
    "short_factor": [1.0 + n / 4 for n in range(12)],
    "long_factor": [2.0 + n for n in range(12)],
    "attention_factor": 1.25,
}
GEMMA_ROPES = {
    "full_attention": {"rope_type": "linear", "factor": 8.0, "rope_theta": 12345.0},
    "sliding_attention": {"rope_type": "default", "rope_theta": 10_000.0},
}
OPTIONS: dict[str, dict[str, Any]] = {
    "qwen3": {"head_dim": HEAD_DIM},
    "granite": {
        "attention_multiplier": 0.25,
        "embedding_multiplier": 12.0,
        "residual_multiplier": 0.5,
        "logits_scaling": 8.0,
    },
    "smollm3": {"num_hidden_layers": 4},
    "phi3": {"rope_parameters": LONG, "original_max_position_embeddings": 64},
    "gemma3": {
        "head_dim": HEAD_DIM,
        "sliding_window": 3,
        "query_pre_attn_scalar": HEAD_DIM,
        "num_hidden_layers": 6,
        "rope_parameters": GEMMA_ROPES,
    },
}
CONVOLVING = [0, KV, 0]  # heads of keys and values in each layer of LFM2
OPTIONS["lfm2"] = {
    "num_hidden_layers": 3,
    "layer_types": ["full_attention" if heads else "conv" for heads in CONVOLVING],
    "block_auto_adjust_ff_dim": False,
    "norm_eps": 1e-6,
}
FIELDS: dict[str, dict[str, Any]] = {
    "granite": {
        "attention.scale": 0.25,
        "embedding_scale": 12.0,
        "residual_scale": 0.5,
        "logit_scale": 8.0,
    },
    "phi3": {
        "rope.dimension_count": 24,
        "rope.scaling.original_context_length": 64,
        "rope.scaling.attn_factor": 1.25,
    },
    "gemma3": {
        "attention.key_length": HEAD_DIM,
        "attention.sliding_window": 3,
        "rope.scaling.type": "linear",
        "rope.scaling.factor": 8.0,
    },
    "qwen3": {"attention.key_length": HEAD_DIM},
    "lfm2": {"shortconv.l_cache": 3},
}


def tiny_model(
    arch: str, tied: bool = True, rope: dict[str, Any] | None = None, vocabulary: int = VOCAB
) -> Any:
    """Return a random model of the architecture, in bfloat16."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    torch.manual_seed(7)
    options = {
        "hidden_size": HIDDEN,
        "intermediate_size": FFN,
        "num_hidden_layers": LAYERS,
        "num_attention_heads": HEADS,
        "num_key_value_heads": KV,
        "vocab_size": vocabulary,
        "max_position_embeddings": 128,
        "rms_norm_eps": 1e-6,
        "tie_word_embeddings": tied,
        "rope_parameters": rope or {"rope_type": "default", "rope_theta": 12345.0},
        "pad_token_id": 0,
    }
    model_type = GGUF_FAMILIES[arch].model_type or arch
    config = AutoConfig.for_model(model_type, **options | OPTIONS.get(arch, {}))
    model = AutoModelForCausalLM.from_config(config, attn_implementation="eager")
    for name, parameter in model.named_parameters():
        if name.endswith(("bias", "norm.weight")):  # they start alike, which would hide a mistake
            torch.nn.init.normal_(parameter)
        parameter.data = parameter.data.to(torch.bfloat16)  # the rotary buffers stay float32
    return model.eval()


def interleaved(weights: np.ndarray, heads: int) -> np.ndarray:
    """Interleave the rows of q and k of a llama like llama.cpp's converter."""
    halves = weights.reshape(heads, 2, weights.shape[0] // heads // 2, *weights.shape[1:])
    return halves.swapaxes(1, 2).reshape(weights.shape)


def gguf_tensors(model: Any, arch: str) -> dict[str, np.ndarray]:
    names = {hf: gguf for gguf, hf in OUTER_NAMES.items()}
    tensors = {}
    for name, value in model.state_dict().items():
        array = value.float().numpy()
        if ".layers." in name:
            _, _, layer, *middle, suffix = name.split(".")
            names_of_layers = GGUF_FAMILIES[arch].names.items()
            kind = next(k for k, hf in names_of_layers if hf == ".".join(middle))
            if arch in ("llama", "granite", "smollm3") and kind in ("attn_q", "attn_k"):
                array = interleaved(array, HEADS if kind == "attn_q" else KV)
            tensors[f"blk.{layer}.{kind}.{suffix}"] = array
        elif name != "lm_head.weight" or not model.config.tie_word_embeddings:
            tensors[names[name]] = array
    if arch == "lfm2":
        return {k: a[:, 0] if "shortconv.conv." in k else a for k, a in tensors.items()}
    if arch == "gemma3":
        return {k: a + 1 if k.endswith("norm.weight") else a for k, a in tensors.items()}
    if arch == "phi3":
        for length in ("short", "long"):
            factors = np.array(LONG[f"{length}_factor"], np.float32)
            tensors[f"rope_factors_{length}.weight"] = factors
    return tensors


def write_gguf(
    path: Path,
    arch: str,
    tensors: dict[str, np.ndarray],
    kinds: dict[str, str] | None = None,
    add_tokenizer: Callable[[Any], None] | None = None,
) -> None:
    """Write tensors as float32, or quantised where `kinds` says so.

    Without a tokenizer the tokens have names only.
    """
    from gguf import GGMLQuantizationType, GGUFWriter, quants

    writer = GGUFWriter(path, arch)
    writer.add_context_length(128)
    writer.add_embedding_length(HIDDEN)
    writer.add_block_count(OPTIONS.get(arch, {}).get("num_hidden_layers", LAYERS))
    writer.add_feed_forward_length(FFN)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(CONVOLVING if arch == "lfm2" else KV)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_rope_freq_base(12345.0)
    for name, value in FIELDS.get(arch, {}).items():
        add = {int: writer.add_uint32, float: writer.add_float32, str: writer.add_string}
        add[type(value)](f"{arch}.{name}", value)
    (add_tokenizer or add_names)(writer)
    for name, values in tensors.items():
        if kind := (kinds or {}).get(name):
            quantised = GGMLQuantizationType[kind]
            writer.add_tensor(name, quants.quantize(values, quantised), raw_dtype=quantised)
        else:
            writer.add_tensor(name, values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def add_names(writer: Any) -> None:
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list([f"t{i}" for i in range(VOCAB - 1)] + ["<|im_end|>"])
    writer.add_eos_token_id(VOCAB - 1)
    writer.add_bos_token_id(0)
    writer.add_pad_token_id(0)


def converted(source: Path, target: Path) -> GgufModel:
    target.mkdir(exist_ok=True)
    model = GgufModel(source)
    assert sum(model.write_weights(target / "model.safetensors")) == model.weights_bytes
    write_json(target / "config.json", model.config())
    write_json(target / "generation_config.json", model.generation_config())
    return model


@pytest.mark.parametrize("arch", list(GGUF_FAMILIES))
@pytest.mark.parametrize("tied", [False, True])
def test_the_same_logits_as_the_model_it_was_made_from(
    tmp_path: Path, arch: str, tied: bool
) -> None:
    import torch
    from transformers import AutoModelForCausalLM

    original = tiny_model(arch, tied)
    write_gguf(tmp_path / "model.gguf", arch, gguf_tensors(original, arch))
    made = converted(tmp_path / "model.gguf", tmp_path / "out")
    assert made.tied is tied
    assert read_architecture(made.config()) is not None  # computed by the native code
    options = {"dtype": torch.bfloat16, "attn_implementation": "eager", "use_safetensors": True}
    ours = AutoModelForCausalLM.from_pretrained(tmp_path / "out", **options)
    ids = torch.tensor([[1, 5, 9, 200, 3]])
    with torch.inference_mode():
        assert torch.equal(ours(ids).logits, original(ids).logits)


def test_the_rope_of_llama_3_is_found_from_its_factors(tmp_path: Path) -> None:
    """llama.cpp stores the divisors of the frequencies; config.json has what they follow from."""
    rope = {
        "rope_type": "llama3",
        "rope_theta": 12345.0,
        "factor": 32.0,
        "low_freq_factor": 1.0,
        "high_freq_factor": 4.0,
        "original_max_position_embeddings": 8192,
    }
    original = tiny_model("llama", rope=rope)
    plain = tiny_model("llama")
    tensors = gguf_tensors(original, "llama")
    factors = plain.model.rotary_emb.inv_freq / original.model.rotary_emb.inv_freq
    tensors["rope_freqs.weight"] = factors.float().numpy()
    write_gguf(tmp_path / "model.gguf", "llama", tensors)
    config = converted(tmp_path / "model.gguf", tmp_path / "out").config()
    assert config["rope_parameters"] == pytest.approx(rope)


def test_rope_factors_that_are_not_known_are_refused(tmp_path: Path) -> None:
    tensors = gguf_tensors(tiny_model("llama"), "llama")
    tensors["rope_freqs.weight"] = np.linspace(1, 3, HIDDEN // HEADS // 2, dtype=np.float32)
    write_gguf(tmp_path / "model.gguf", "llama", tensors)
    with pytest.raises(ValueError, match="RoPE"):
        GgufModel(tmp_path / "model.gguf").config()


def test_a_tied_matrix_that_is_there_twice_is_kept_once_in_the_finer_form(tmp_path: Path) -> None:
    from gguf import GGMLQuantizationType, quants
    from safetensors.torch import load_file

    tensors = gguf_tensors(tiny_model("qwen2"), "qwen2")
    embedding = tensors["token_embd.weight"]
    tensors["output.weight"] = embedding
    kinds = {"token_embd.weight": "Q5_0", "output.weight": "Q8_0"}
    write_gguf(tmp_path / "twice.gguf", "qwen2", tensors, kinds)
    assert converted(tmp_path / "twice.gguf", tmp_path / "out").tied
    loaded = load_file(tmp_path / "out" / "model.safetensors")
    assert "lm_head.weight" not in loaded
    kind = GGMLQuantizationType.Q8_0
    finer = quants.dequantize(quants.quantize(embedding, kind), kind)
    got = loaded["model.embed_tokens.weight"].float().numpy()
    assert np.allclose(got, finer, rtol=2**-8)


def test_the_file_is_byte_for_byte_the_librarys(tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    write_gguf(tmp_path / "model.gguf", "llama", gguf_tensors(tiny_model("llama"), "llama"))
    converted(tmp_path / "model.gguf", tmp_path / "out")
    ours = tmp_path / "out" / "model.safetensors"
    save_file(load_file(ours), tmp_path / "theirs", metadata={"format": "pt"})
    assert ours.read_bytes() == (tmp_path / "theirs").read_bytes()


def test_the_end_token_is_in_the_generation_config(tmp_path: Path) -> None:
    write_gguf(tmp_path / "model.gguf", "qwen2", gguf_tensors(tiny_model("qwen2"), "qwen2"))
    assert GgufModel(tmp_path / "model.gguf").generation_config()["eos_token_id"] == [VOCAB - 1]


def test_rounding_is_to_nearest_even() -> None:
    import torch

    from mmdesk.models.gguf_weights import _bf16

    values = np.random.default_rng(1).normal(0, 1, 10_000).astype(np.float32)
    values[:2] = np.array([1.00390625, 1.01171875], dtype=np.float32)  # both half-way
    expected = torch.from_numpy(values).to(torch.bfloat16).view(torch.int16).numpy().tobytes()
    assert _bf16(values) == expected


def test_an_architecture_that_is_not_covered_is_refused(tmp_path: Path) -> None:
    write_gguf(tmp_path / "model.gguf", "mamba", gguf_tensors(tiny_model("llama"), "llama"))
    with pytest.raises(ValueError, match="mamba"):
        GgufModel(tmp_path / "model.gguf")


def test_a_conversion_that_fails_in_the_child_names_the_part(tmp_path: Path) -> None:
    (tmp_path / "model.gguf").write_bytes(b"not a model")
    part = make_part("ear", (), conversion="gguf")
    with pytest.raises(ModelUnavailable, match=r"Ear .*could not be converted"):
        convert(part, tmp_path, tmp_path, lambda done: None, NeverCancelled())


def test_a_conversion_is_killed_on_cancel(tmp_path: Path) -> None:
    import threading

    stop = threading.Event()
    stop.set()
    with pytest.raises(Cancelled):
        convert(
            make_part("ear", (), conversion="gguf"), tmp_path, tmp_path, lambda done: None, stop
        )
