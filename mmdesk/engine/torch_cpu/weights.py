"""Loading of Llama and Qwen2 weights into a `Decoder`, in the precision wanted.

They are stored in int8 or int4, as mmdesk does, or in floats, as model hubs do. int8 is
`NAME.weight` (I8) with `NAME.weight_scale` (F32, one per row), the names being transformers'. 4-bit
codes over int8 (models/quantise_int4.py) are unpacked. The file is mapped. The native code reads it
where it is.
FBGEMM wants merged matrices in an order of its own, so each is copied once and the mapping is let
go. A second mapping of the embedding matrix stays then, of which only the rows that are looked up
ever come into memory.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Literal

import torch
from safetensors import safe_open

from mmdesk.engine.decoder import Decoder, DecoderShape
from mmdesk.engine.families import Architecture, read_architecture
from mmdesk.engine.model_config import WEIGHTS, decoder_shape, read_config
from mmdesk.engine.torch_cpu.linear import FloatLinear, Int8Linear, Linear
from mmdesk.engine.torch_cpu.torch_model import (
    DecoderLayer,
    TokenEmbedding,
    TorchModel,
    interleaved_rows,
)
from mmdesk.models import CODES, SCALE, int8_reader, int8_tensors

Precision = Literal["int8", "bf16", "fp32"]

DTYPES = {"bf16": torch.bfloat16, "fp32": torch.float32}


def load_decoder(folder: Path, precision: Precision, threads: int, native: bool = True) -> Decoder:
    """Load the model in `folder`, which must be one that `is_supported`.

    Args:
        folder: holds config.json and the weights.
        precision: what to compute in.
        threads: how many compute.
        native: whether the native code may be used where it computes in this precision.

    Raises:
        OSError, KeyError, ValueError, RuntimeError, SafetensorError: the files are damaged or do
            not fit together.
    """
    config = read_config(folder)
    shape = decoder_shape(config)
    with safe_open(folder / WEIGHTS, "pt") as file:
        names = set(file.keys())
        read = file.get_tensor
        if precision == "int8" and not any(name.endswith(SCALE) for name in names):
            quantised = dict(int8_tensors(names, file.get_tensor))
            names, read = set(quantised), quantised.__getitem__
        if native and precision == "int8":
            found = _native(names, read, read_architecture(config), threads)
            if found is not None:
                return found
        reader = TensorReader(*_without_int4(names, read), precision, shape)
        with ThreadPoolExecutor(max(1, threads), thread_name_prefix="weights") as pool:
            # The largest first, so that nobody waits for it at the end.
            head = pool.submit(reader.linear, [_head_name(names)])
            layers = list(pool.map(reader.layer, range(config["num_hidden_layers"])))
            norm = reader.vector("model.norm.weight")
            model = TorchModel(shape, _embedding(folder), layers, norm, head.result())
    model.exact = model.is_exact()
    model.weight_bytes = sum(reader.sizes)
    return model


def _native(
    names: set[str],
    read: Callable[[str], torch.Tensor],
    architecture: Architecture | None,
    threads: int,
) -> Decoder | None:
    if architecture is None:
        return None
    try:
        from mmdesk.engine.native.load_weights import build_native

        model = build_native(names, lambda name: read(name).numpy(), architecture, threads)
        if model is not None:
            model.unpack_weights()
        return model
    except (ImportError, RuntimeError):  # no llvmlite, or one that cannot compile here
        return None


def _without_int4(
    names: set[str], read: Callable[[str], torch.Tensor]
) -> tuple[set[str], Callable[[str], torch.Tensor]]:
    """Return names and reader of the tensors with int8 matrices in the place of 4-bit codes."""
    if not any(name.endswith(CODES) for name in names):
        return names, read
    int8_names, read_int8 = int8_reader(names, lambda name: read(name).numpy())
    return int8_names, lambda name: torch.from_numpy(read_int8(name))


def dequantised_weights(folder: Path, dtype: torch.dtype) -> dict[str, torch.Tensor] | None:
    """Return int8 and int4 weights in `dtype`; None where they are stored in floats."""
    if not (folder / WEIGHTS).is_file():
        return None
    with safe_open(folder / WEIGHTS, "pt") as file:
        names, read = _without_int4(set(file.keys()), file.get_tensor)
        scales = {name for name in names if name.endswith(SCALE)}
        if not scales:
            return None
        state = {}
        for name in names - scales:
            tensor = read(name)
            scale = read(name + SCALE)[:, None] if name + SCALE in scales else 1.0
            state[name] = (tensor * scale).to(dtype)
    return state


def _head_name(names: set[str]) -> str:
    return "lm_head" if "lm_head.weight" in names else "model.embed_tokens"


def _embedding(folder: Path) -> TokenEmbedding:
    name = "model.embed_tokens.weight"
    with safe_open(folder / WEIGHTS, "pt") as file:
        weight = file.get_tensor(name)
        return TokenEmbedding(weight, file.get_tensor(name + SCALE) if _is_int8(weight) else None)


def _is_int8(weight: torch.Tensor) -> bool:
    return weight.dtype == torch.int8


class TensorReader:
    """Reader of one model's layers, converted to a precision.

    Args:
        names: tensors that exist.
        read: returns one of them.
        precision: what the layers compute in.
        shape: sizes of the model.

    Attributes:
        sizes: bytes of each matrix as it is computed with.
    """

    def __init__(
        self,
        names: set[str],
        read: Callable[[str], torch.Tensor],
        precision: Precision,
        shape: DecoderShape,
    ) -> None:
        self._names, self._read, self._precision = names, read, precision
        self.sizes: list[int] = []
        rotated_heads, value_rows = shape.heads + shape.kv_heads, shape.kv_heads * shape.head_dim
        order = interleaved_rows(rotated_heads, shape.head_dim)
        self._qkv_order = torch.cat([order, torch.arange(value_rows) + len(order)])

    def layer(self, number: int) -> DecoderLayer:
        """Return the decoder layer with this number."""
        prefix = f"model.layers.{number}"
        linear = partial(self._merged, prefix)
        return DecoderLayer(
            norm_in=self.vector(f"{prefix}.input_layernorm.weight"),
            qkv=linear("self_attn", ("q_proj", "k_proj", "v_proj"), self._qkv_order),
            out=linear("self_attn", ("o_proj",)),
            norm_mlp=self.vector(f"{prefix}.post_attention_layernorm.weight"),
            gate_up=linear("mlp", ("gate_proj", "up_proj")),
            down=linear("mlp", ("down_proj",)),
        )

    def _merged(
        self, prefix: str, block: str, names: Sequence[str], order: torch.Tensor | None = None
    ) -> Linear:
        return self.linear([f"{prefix}.{block}.{name}" for name in names], order)

    def vector(self, name: str) -> torch.Tensor:
        """Return a tensor as float32, in memory of its own."""
        vector: torch.Tensor = self._read(name)
        return vector.to(torch.float32, copy=True)

    def linear(self, names: Sequence[str], order: torch.Tensor | None = None) -> Linear:
        """Return one layer of the matrices of these names, stacked, with its rows in `order`."""
        rows = slice(None) if order is None else order
        biases = [f"{name}.bias" for name in names if f"{name}.bias" in self._names]
        with torch.inference_mode():
            bias = torch.cat([self.vector(name) for name in biases])[rows] if biases else None
            if self._precision == "int8":
                int8 = [self._int8(f"{name}.weight") for name in names]
                weight, scale = (torch.cat(tensors)[rows] for tensors in zip(*int8, strict=True))
                self.sizes.append(weight.nbytes + scale.nbytes)
                return Int8Linear(weight, scale, bias)
            dtype = DTYPES[self._precision]
            floats = [self._float(f"{name}.weight", dtype) for name in names]
            joined = torch.cat(floats)[rows]
            self.sizes.append(joined.nbytes)
            return FloatLinear(joined, bias)

    def _int8(self, name: str) -> tuple[torch.Tensor, torch.Tensor]:
        return self._read(name), self._read(name + SCALE)

    def _float(self, name: str, dtype: torch.dtype) -> torch.Tensor:
        weight: torch.Tensor = self._read(name)
        if _is_int8(weight):
            return (weight * self._read(name + SCALE)[:, None]).to(dtype)
        return weight.to(dtype)
