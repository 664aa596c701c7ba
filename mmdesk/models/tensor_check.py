"""Check of a model folder's safetensors headers against its config, before a weight is read.

Code that computes with a tensor of another shape than the config says reads outside it. Layout of
a file: the header's length (u64), the header in JSON, the tensors
(https://github.com/huggingface/safetensors, "Format").
"""

from __future__ import annotations

import json
import math
import os
import re
import stat
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from mmdesk.errors import InputError
from mmdesk.models.quantise import SCALE
from mmdesk.models.regular_files import MAX_JSON_BYTES

ITEM_BITS = {
    "BOOL": 8, "U8": 8, "I8": 8, "F8_E4M3": 8, "F8_E5M2": 8, "I16": 16, "U16": 16, "F16": 16,
    "BF16": 16, "I32": 32, "U32": 32, "F32": 32, "I64": 64, "U64": 64, "F64": 64,
}  # fmt: skip
FLOATS = ("F16", "BF16", "F32", "F64")
CHECKED_TYPES = ("llama", "qwen2", "qwen3", "mistral")  # whose layers have the names below
MAX_SIDE = 1 << 24  # of any tensor, and of any number of the config
_LAYER = re.compile(r"model\.layers\.(\d{1,5})\.(.+)")


class Tensor(NamedTuple):
    """Entry of a header."""

    dtype: str
    shape: tuple[int, ...]


def read_header(path: Path) -> dict[str, Tensor]:
    """Return the tensors of a safetensors file whose bytes are all there.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no such file, or cut off.
    """
    with path.open("rb") as stream:
        status = os.fstat(stream.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise ValueError("no file")
        head = stream.read(8)
        if len(head) < 8:
            raise ValueError("no header")
        (length,) = struct.unpack("<Q", head)
        if length > MAX_JSON_BYTES:
            raise ValueError("header too long")
        try:
            entries = json.loads(stream.read(length))
        except RecursionError:
            raise ValueError("header nested too deeply") from None
    if not isinstance(entries, dict):
        raise ValueError("no header")
    entries.pop("__metadata__", None)
    end = 0
    tensors = {}
    for name, entry in entries.items():
        tensors[name], last = _tensor(entry)
        end = max(end, last)
    if not tensors or status.st_size != 8 + length + end:
        raise ValueError("cut off")
    return tensors


def _tensor(entry: object) -> tuple[Tensor, int]:
    """Return an entry, and where its bytes end."""
    try:
        dtype, shape, (begin, end) = entry["dtype"], entry["shape"], entry["data_offsets"]  # type: ignore[index]
        bits, numbers = ITEM_BITS[dtype], [*shape, begin, end]
    except (TypeError, KeyError, ValueError):
        raise ValueError("no tensor") from None
    if not all(type(number) is int and 0 <= number < 1 << 48 for number in numbers):
        raise ValueError("no shape")
    if begin > end or 8 * (end - begin) != bits * math.prod(shape):
        raise ValueError("a tensor of another size than its shape's")
    return Tensor(dtype, tuple(shape)), end


def check_tensors(folder: str, config: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> None:
    """Compare every tensor with the config.

    Of model types with other layers only the sizes that every model has are looked at;
    transformers compares the rest as it loads.

    Args:
        folder: its name, for the message.
        config: config.json.
        tensors: those of all files.

    Raises:
        InputError: a number of the config makes no sense, or a tensor is missing or does not fit.
    """
    kind = config.get("model_type")
    if kind is not None and not isinstance(kind, str):
        raise _Numbers(folder, config).wrong("model_type")
    if kind not in CHECKED_TYPES:
        return
    expected = _expected(folder, config, tensors)
    for name, shape in expected.items():
        if name not in tensors:
            raise InputError("{folder} has no weights for {tensor}.", folder=folder, tensor=name)
        if tensors[name].shape != shape:
            raise InputError(
                "{folder}: its weights do not fit its config: {tensor} is {found}, not {expected}.",
                "Download the model again.",
                folder=folder,
                tensor=name,
                found=_size(tensors[name].shape),
                expected=_size(shape),
            )
        _check_type(folder, name, tensors)


def _check_type(folder: str, name: str, tensors: Mapping[str, Tensor]) -> None:
    tensor = tensors[name]
    scale = tensors.get(name + SCALE)
    if tensor.dtype == "I8":  # mmdesk's own int8: a scale for every row
        right = len(tensor.shape) == 2 and scale == Tensor("F32", tensor.shape[:1])
    else:
        right = tensor.dtype in FLOATS and scale is None
    if not right:
        raise InputError(
            "{folder}: {tensor} is stored in a format that mmdesk does not support.",
            "Choose the model's original weights (bf16 or fp16).",
            folder=folder,
            tensor=name,
        )


def _expected(
    folder: str, config: Mapping[str, Any], tensors: Mapping[str, Tensor]
) -> dict[str, tuple[int, ...]]:
    """Return the shapes that the config asks for."""
    number = _Numbers(folder, config)
    hidden, heads = number("hidden_size"), number("num_attention_heads")
    kv_heads = number("num_key_value_heads", heads)
    head_dim = number("head_dim", hidden // heads)
    inner, words = number("intermediate_size"), number("vocab_size")
    number("max_position_embeddings", 1)
    number.check_positive("rms_norm_eps")
    number.check_positive("rope_theta", 10_000.0)
    layers = number("num_hidden_layers")
    if heads % kv_heads or head_dim % 2:
        raise number.wrong("num_key_value_heads" if heads % kv_heads else "head_dim")
    found = {int(match[1]) for name in tensors if (match := _LAYER.match(name))}
    if layers != len(found) or found != set(range(layers)):
        raise number.wrong("num_hidden_layers")
    layer = {
        "input_layernorm.weight": (hidden,),
        "post_attention_layernorm.weight": (hidden,),
        "self_attn.q_proj.weight": (heads * head_dim, hidden),
        "self_attn.k_proj.weight": (kv_heads * head_dim, hidden),
        "self_attn.v_proj.weight": (kv_heads * head_dim, hidden),
        "self_attn.o_proj.weight": (hidden, heads * head_dim),
        "mlp.gate_proj.weight": (inner, hidden),
        "mlp.up_proj.weight": (inner, hidden),
        "mlp.down_proj.weight": (hidden, inner),
    }
    expected: dict[str, tuple[int, ...]] = {
        "model.embed_tokens.weight": (words, hidden),
        "model.norm.weight": (hidden,),
    }
    if "lm_head.weight" in tensors:
        expected["lm_head.weight"] = (words, hidden)
    for at in range(layers):
        for name, shape in layer.items():
            expected[f"model.layers.{at}.{name}"] = shape
            bias = f"model.layers.{at}.{name.removesuffix('.weight')}.bias"
            if bias in tensors:
                expected[bias] = shape[:1]
    return expected


class _Numbers:
    """Reader of a config's counts."""

    def __init__(self, folder: str, config: Mapping[str, Any]) -> None:
        self._folder, self._config = folder, config

    def __call__(self, name: str, default: int | None = None) -> int:
        """Return a count of at least 1; `default` where it is missing.

        Raises:
            InputError: it is something else.
        """
        stored = self._config.get(name)
        value = default if stored is None else stored
        if type(value) is not int or not 0 < value <= MAX_SIDE:
            raise self.wrong(name)
        return value

    def check_positive(self, name: str, default: float | None = None) -> None:
        """Check a number that need not be whole.

        Raises:
            InputError: it is no finite number above 0.
        """
        stored = self._config.get(name)
        value = default if stored is None else stored
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e300:
            raise self.wrong(name)

    def wrong(self, name: str) -> InputError:
        """Return the error about one of the config's values."""
        return InputError(
            "{folder}: {setting} in {file} does not fit the model.",
            "Download the model again.",
            folder=self._folder,
            setting=name,
            file="config.json",
        )


def _size(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape)) or "1"
