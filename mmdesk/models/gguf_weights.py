"""Conversion of GGUF weights to bfloat16 safetensors with transformers' names and layout.

transformers reads GGUF itself, but takes most of a minute for it at every load; here it is done
once. Tensors are dequantised a few million values at a time, so memory stays small whatever the
model's size. The architectures that mmdesk's own decoder computes, or soon will, are covered here;
everything else about the model comes from the file's own fields.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from gguf import GGUFReader, ReaderTensor, dequantize

from mmdesk.models.gguf_families import GGUF_FAMILIES, ROPE_FACTORS
from mmdesk.models.safetensors_writer import SafetensorsWriter, TensorSpec

PIECE_VALUES = 1 << 20  # values dequantised at a time: their temporaries stay in the CPU's cache

OUTER_NAMES = {
    "token_embd.weight": "model.embed_tokens.weight",
    "output.weight": "lm_head.weight",
    "output_norm.weight": "model.norm.weight",
    "token_embd_norm.weight": "model.embedding_norm.weight",  # LFM2's name for the same
}
# RoPE of Llama 3.1 and 3.2. A GGUF file holds the factors that follow from these numbers and not
# the numbers; all models of the family have them, but for the largest factor.
LLAMA3_ROPE = {
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 8192,
}


class _GgufReader(GGUFReader):
    """Reader of the gguf library over a plain array.

    The vocabulary needs 6 million slices, and slicing a memmap object takes three times as long as
    slicing the array that views it.
    """

    data: Any

    def _get(self, *args: Any, **kwargs: Any) -> Any:
        if isinstance(self.data, np.memmap):
            self.data = self.data.view(np.ndarray)
        return super()._get(*args, **kwargs)


class GgufModel:
    """Opened GGUF file of a language model.

    Attributes:
        architecture: one of GGUF_FAMILIES.
        tied: the output matrix is the embedding matrix, so only one of them is kept.
        weights_bytes: bytes of all tensors in bfloat16.

    Raises:
        ValueError: the architecture or a tensor is not covered.
    """

    def __init__(self, path: Path) -> None:
        self._reader = _GgufReader(path)
        self.architecture = str(self._field("general.architecture"))
        if self.architecture not in GGUF_FAMILIES:
            raise ValueError(f"architecture {self.architecture!r} is not covered")
        self._family = GGUF_FAMILIES[self.architecture]
        found = {t.name: t for t in self._reader.tensors}
        self._rope_factors: dict[str, list[float]] = {}
        for name in ROPE_FACTORS.keys() & found.keys():
            tensor = found.pop(name)
            factors = dequantize(tensor.data, tensor.tensor_type).reshape(-1)
            self._rope_factors[ROPE_FACTORS[name]] = [float(factor) for factor in factors]
        self.tied = self._is_tied(found)
        if self.tied and "output.weight" in found:
            found["token_embd.weight"] = self._more_precise(found)
            del found["output.weight"]
        self._tensors = {self._hf_name(name): tensor for name, tensor in found.items()}
        self.weights_bytes = sum(2 * int(t.n_elements) for t in self._tensors.values())

    def _field(self, name: str, default: Any = None) -> Any:
        field = self._reader.get_field(name)
        return default if field is None else field.contents()

    def _model_field(self, name: str, default: Any = None) -> Any:
        return self._field(f"{self.architecture}.{name}", default)

    def _hf_name(self, name: str) -> str:
        if name in OUTER_NAMES:
            return OUTER_NAMES[name]
        block, layer, *kinds, suffix = name.split(".") if name.count(".") > 2 else [""] * 3
        kind = ".".join(kinds)
        if block != "blk" or kind not in self._family.names:
            raise ValueError(f"tensor {name!r} is not covered")
        return f"model.layers.{layer}.{self._family.names[kind]}.{suffix}"

    def _is_tied(self, found: dict[str, ReaderTensor]) -> bool:
        """Return whether embedding and output matrix are the same but for rounding.

        Some files contain the tied matrix twice, quantised differently. They are compared by the
        median cosine similarity of a hundred rows.
        """
        if "output.weight" not in found:
            return True
        embedding, output = found["token_embd.weight"], found["output.weight"]
        step = max(1, int(embedding.shape[1]) // 100)
        a = dequantize(embedding.data[::step], embedding.tensor_type)
        b = dequantize(output.data[::step], output.tensor_type)
        lengths = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
        cosines = np.sum(a * b, axis=1) / np.maximum(lengths, 1e-12)
        return bool(np.median(cosines) > 0.98)

    @staticmethod
    def _more_precise(found: dict[str, ReaderTensor]) -> ReaderTensor:
        embedding, output = found["token_embd.weight"], found["output.weight"]
        return output if output.n_bytes > embedding.n_bytes else embedding

    def write_weights(self, path: Path) -> Iterator[int]:
        """Write model.safetensors and yield the size of each piece written."""
        specs = [
            TensorSpec(name, "BF16", _hf_shape(name, tensor))
            for name, tensor in self._tensors.items()
        ]
        with path.open("wb") as stream:
            writer = SafetensorsWriter(stream, specs)
            for spec in writer.tensors:
                yield from writer.write(spec, self._pieces(spec))

    def _pieces(self, spec: TensorSpec) -> Iterator[bytes]:
        tensor = self._tensors[spec.name]
        heads = self._permuted_heads(spec.name)
        if heads:
            yield _bf16(_unpermuted(dequantize(tensor.data, tensor.tensor_type), heads))
        elif len(spec.shape) != 2:
            vector = dequantize(tensor.data, tensor.tensor_type)
            offset = self._family.norm_offset if spec.name.endswith("norm.weight") else 0.0
            yield _bf16(vector - np.float32(offset))
        else:
            rows = max(1, PIECE_VALUES // spec.shape[1])
            for start in range(0, spec.shape[0], rows):
                part = tensor.data[start : start + rows]
                yield _bf16(dequantize(part, tensor.tensor_type))

    def _permuted_heads(self, name: str) -> int:
        """Return the number of heads whose rows are interleaved; 0 where none are.

        llama.cpp reorders the rows of q and k of some architectures for its RoPE.
        """
        if not self._family.permuted:
            return 0
        if ".q_proj." in name:
            return int(self._model_field("attention.head_count"))
        return int(self._key_value_heads()) if ".k_proj." in name else 0

    def _key_value_heads(self) -> Any:
        return self._model_field(
            "attention.head_count_kv", self._model_field("attention.head_count")
        )

    def config(self) -> dict[str, Any]:
        """Return the content of config.json."""
        embedding = self._tensors["model.embed_tokens.weight"]
        further = self._family.config(self._model_field, self._rope_factors)
        hidden, heads = (
            self._model_field("embedding_length"),
            self._model_field("attention.head_count"),
        )
        return {
            "architectures": [self._family.model_class],
            "model_type": self._family.model_type or self.architecture,
            "dtype": "bfloat16",
            "vocab_size": int(embedding.shape[1]),
            "hidden_size": hidden,
            "head_dim": self._model_field(
                "attention.key_length", self._model_field("rope.dimension_count", hidden // heads)
            ),
            "intermediate_size": self._model_field("feed_forward_length"),
            "num_hidden_layers": self._model_field("block_count"),
            "num_attention_heads": heads,
            "num_key_value_heads": self._key_value_heads(),
            "max_position_embeddings": self._model_field("context_length"),
            "rms_norm_eps": float(f"{self._model_field('attention.layer_norm_rms_epsilon'):.6g}"),
            "rope_parameters": further.pop("rope_parameters", None) or self._rope_parameters(),
            "hidden_act": "silu",
            "tie_word_embeddings": self.tied,
            "use_cache": True,
            **self.special_ids(),
            **further,
        }

    def _rope_parameters(self) -> dict[str, Any]:
        """Return config.json's "rope_parameters".

        Raises:
            ValueError: the file scales its RoPE in a way that is not covered.
        """
        theta = float(self._model_field("rope.freq_base", 10_000.0))
        scaling = self._model_field("rope.scaling.type") or "none"
        if scaling == "none":
            return self._llama3_rope(theta)
        if scaling not in ("linear", "yarn"):
            raise ValueError(f"RoPE scaling {scaling!r} is not covered")
        scaled = {
            "rope_type": scaling,
            "rope_theta": theta,
            "factor": float(self._model_field("rope.scaling.factor", 1.0)),
        }
        original = self._model_field("rope.scaling.original_context_length")
        return scaled | ({"original_max_position_embeddings": int(original)} if original else {})

    def _llama3_rope(self, theta: float) -> dict[str, Any]:
        """Return plain RoPE or Llama 3.1's, which the file has the divisors of."""
        plain = {"rope_type": "default", "rope_theta": theta}
        factors = np.array(self._rope_factors.get("factors", [1.0]))
        if factors.max() == 1:
            return plain
        scaled = {
            "rope_type": "llama3",
            "rope_theta": theta,
            "factor": float(factors.max()),
            **LLAMA3_ROPE,
        }
        if not np.allclose(factors, _llama3_factors(scaled, 2 * len(factors)), rtol=1e-3):
            raise ValueError("its RoPE factors are not covered")
        return scaled

    def special_ids(self) -> dict[str, int]:
        """Return the ids of the BOS, EOS and padding tokens, as far as the file has them."""
        names = {"bos_token_id": "bos", "eos_token_id": "eos", "pad_token_id": "padding"}
        ids = {key: self._field(f"tokenizer.ggml.{name}_token_id") for key, name in names.items()}
        return {key: int(value) for key, value in ids.items() if value is not None}

    def generation_config(self) -> dict[str, Any]:
        """Return the content of generation_config.json.

        The end of a chat turn and the end of a text both end the answer, so both tokens are in
        `eos_token_id`.
        """
        ids = self.special_ids()
        ends = dict.fromkeys(
            ids[key] for key in ("eos_token_id", "bos_token_id", "pad_token_id") if key in ids
        )
        texts = [self._token(token) for token in ends]
        eos = [t for t, text in zip(ends, texts, strict=True) if text in END_TOKENS]
        eos += [t for t in self._turn_ends() if t not in eos]
        return {**ids, "eos_token_id": eos or ids.get("eos_token_id"), "do_sample": False}

    def _turn_ends(self) -> list[int]:
        """Return the ids of the token that ends a turn, of families whose files may not name it."""
        wanted = self._family.turn_end
        if not wanted:
            return []
        count = len(self._reader.fields["tokenizer.ggml.tokens"].data)
        return [token for token in range(count) if self._token(token) == wanted][:1]

    def _token(self, token: int) -> str:
        field = self._reader.fields["tokenizer.ggml.tokens"]
        return bytes(field.parts[field.data[token]]).decode("utf-8", "replace")


END_TOKENS = {
    *("<|im_end|>", "<|endoftext|>", "</s>", "<|eot_id|>", "<|end_of_text|>"),
    *("<|end|>", "<end_of_turn>", "<eos>"),
}


def _hf_shape(name: str, tensor: ReaderTensor) -> tuple[int, ...]:
    """Return a tensor's shape as transformers has it, with the input channel of convolutions."""
    shape = tuple(int(n) for n in reversed(tensor.shape))
    return (shape[0], 1, shape[1]) if name.endswith(".conv.conv.weight") else shape


def _llama3_factors(rope: dict[str, Any], head_dim: int) -> np.ndarray:
    """Return the divisors of Llama 3.1's RoPE frequencies, [head_dim / 2].

    Source: `_compute_llama3_parameters` in transformers/modeling_rope_utils.py.
    """
    frequencies = rope["rope_theta"] ** -(np.arange(0, head_dim, 2) / head_dim)
    wavelengths = 2 * np.pi / frequencies
    low, high = rope["low_freq_factor"], rope["high_freq_factor"]
    context = rope["original_max_position_embeddings"]
    smooth = np.clip((context / wavelengths - low) / (high - low), 0, 1)
    return np.asarray(1 / ((1 - smooth) / rope["factor"] + smooth))


def _unpermuted(weights: np.ndarray, heads: int) -> np.ndarray:
    """Undo the interleaving of each head's two halves: [heads * 2 * half, n] -> the same shape."""
    half = weights.shape[0] // heads // 2
    apart = weights.reshape(heads, half, 2, *weights.shape[1:])
    return apart.swapaxes(1, 2).reshape(weights.shape)


def _bf16(values: np.ndarray) -> bytes:
    """Convert float32 to bfloat16 bytes, rounded to nearest, ties to even (weights have no NaN)."""
    bits = np.ascontiguousarray(values, dtype=np.float32).view(np.uint32)
    rounded = bits + np.uint32(0x7FFF) + ((bits >> np.uint32(16)) & np.uint32(1))
    return (rounded >> np.uint32(16)).astype("<u2").tobytes()


def write_json(path: Path, value: dict[str, Any]) -> None:
    """Write a config file as indented JSON."""
    path.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")
