"""Loading of int8 and int4 weights into the native code, as they lie in the file."""

from __future__ import annotations

from collections.abc import Callable, Set
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmdesk.engine.families import Architecture, LayerKind, read_architecture
from mmdesk.engine.model_config import WEIGHTS
from mmdesk.engine.native.jit import best_isa
from mmdesk.engine.native.native_model import NativeModel, supports_shape
from mmdesk.engine.native.native_weights import (
    Int4Matrix,
    Int8Matrix,
    Matrix,
    NativeWeights,
    rows_of,
    scaled,
)
from mmdesk.engine.native.safetensors_mmap import MappedSafetensors
from mmdesk.models import CODES, GROUPS, INT4_BLOCK, SCALE

ReadTensor = Callable[[str], NDArray[Any]]


def load_native(folder: Path, config: dict[str, Any], threads: int) -> NativeModel | None:
    """Load a model whose weights are stored in int8 or int4.

    Returns:
        None where the weights are floats, or where the native code does not support this
        processor, the model's family or its shape.

    Raises:
        OSError, KeyError, ValueError: the files are damaged or do not fit together.
    """
    architecture = read_architecture(config)
    if best_isa() is None or architecture is None or not (folder / WEIGHTS).is_file():
        return None
    file = MappedSafetensors(folder / WEIGHTS)
    if not any(name.endswith(SCALE) for name in file.names):
        return None
    return build_native(file.names, file.read, architecture, threads)


def build_native(
    names: Set[str],
    read: ReadTensor,
    architecture: Architecture,
    threads: int,
    prefix: str = "model.",
    head: str = "lm_head",
) -> NativeModel | None:
    """Build the model from its tensors.

    Args:
        names: tensors that exist, each int8 or int4 one with a scale.
        read: returns one of them.
        architecture: how the model is computed.
        threads: how many compute.
        prefix: before the names of all tensors but the head's; in a multimodal model the language
            model is a part, e.g. "model.language_model.".
        head: name of the output projection, which is the embedding matrix where it is missing.

    Returns:
        None where the native code does not support this processor or the model's shape.

    Raises:
        KeyError: a tensor is missing.
        ValueError: one does not fit the model's shape.
    """
    isa = best_isa()
    if isa is None:
        return None
    reader = _Reader(names, read, architecture, prefix, head)
    if not supports_shape(isa, architecture.shape, reader.inner):
        return None
    return NativeModel(architecture, reader.weights(), threads, isa)


class _Reader:
    """Reader of a model's tensors, with the multipliers folded in."""

    def __init__(
        self,
        names: Set[str],
        read: ReadTensor,
        architecture: Architecture,
        prefix: str,
        head: str,
    ) -> None:
        self._names, self._read, self._prefix, self._head = names, read, prefix, head
        self._family, self._shape = architecture.family, architecture.shape
        self._factors = architecture.multipliers
        rotary = max(rope.rotary for rope in architecture.ropes)
        self._order = _rotation_order(rotary, self._shape.head_dim)
        self._tensors, self._kinds = self._family.names, architecture.layers
        self._conv = architecture.features.conv
        gate = "mlp.gate_up_proj" if self._family.fused else self._tensors.mlp[0]
        gates = read(f"{prefix}layers.0.{gate}.weight{SCALE}")
        self.inner = len(gates) // (2 if self._family.fused else 1)

    def weights(self) -> NativeWeights:
        """Return all weights."""
        embed = self._embedding(f"{self._prefix}embed_tokens")
        head = self._embedding(self._head) if f"{self._head}.weight" in self._names else embed
        norm = self._norm(self._prefix + self._tensors.final_norm, self._shape.hidden)
        layers = [self._layer(number, kind) for number, kind in enumerate(self._kinds)]
        factors = self._factors
        return NativeWeights(
            _scaled(embed, factors.embedding), layers, norm, _scaled(head, factors.logits)
        )

    def _layer(
        self, number: int, kind: LayerKind
    ) -> tuple[dict[str, NDArray[Any]], dict[str, Matrix]]:
        prefix = f"{self._prefix}layers.{number}."
        vectors = {
            name: self._norm(prefix + file, self._shape.hidden)
            for name, file in self._tensors.norms.items()
        }
        if kind.conv:
            vectors["conv"] = self._convolution(prefix)
            return vectors, self._projections(prefix) | self._mlp(prefix)
        if self._family.features.qk_norm:
            vectors |= self._head_norms(prefix)
        return vectors, self._attention(prefix) | self._mlp(prefix)

    def _head_norms(self, prefix: str) -> dict[str, NDArray[Any]]:
        norms = {}
        for name, file in self._tensors.head_norms.items():
            norm = self._norm(prefix + file, self._shape.head_dim)
            norms[name] = norm if self._order is None else norm[self._order]
        norms["q"] = norms["q"] * np.float32(self._factors.query)
        return norms

    def _attention(self, prefix: str) -> dict[str, Matrix]:
        shape = self._shape
        queries, keys = shape.heads * shape.head_dim, shape.kv_heads * shape.head_dim
        outputs = {"q": queries, "k": keys, "v": keys}
        if self._family.fused:
            matrices = self._split(f"{prefix}self_attn.qkv_proj", outputs)
        else:
            matrices = {
                name: self._matrix(f"{prefix}self_attn.{name}_proj", rows, shape.hidden)
                for name, rows in outputs.items()
            }
        if self._order is not None:
            for name, heads in (("q", shape.heads), ("k", shape.kv_heads)):
                starts = np.arange(heads)[:, None] * shape.head_dim
                matrices[name] = rows_of(matrices[name], (starts + self._order).reshape(-1))
        if not self._family.features.qk_norm:  # the norm would undo it, and takes it instead
            matrices["q"] = scaled(matrices["q"], self._factors.query)
        out = self._matrix(prefix + self._tensors.out, shape.hidden, queries)
        return matrices | {"o": scaled(out, self._factors.residual)}

    def _mlp(self, prefix: str) -> dict[str, Matrix]:
        hidden, inner = self._shape.hidden, self.inner
        gate, up, down = (prefix + name for name in self._tensors.mlp)
        last = {"down": scaled(self._matrix(down, hidden, inner), self._factors.residual)}
        if self._family.fused:
            fused = self._split(f"{prefix}mlp.gate_up_proj", {"gate": inner, "up": inner})
            return fused | last
        matrices = {
            name: self._matrix(f, inner, hidden) for name, f in (("gate", gate), ("up", up))
        }
        return matrices | last

    def _projections(self, prefix: str) -> dict[str, Matrix]:
        """Return the matrices around a short convolution."""
        hidden = self._shape.hidden
        return {
            "conv_in": self._matrix(f"{prefix}conv.in_proj", 3 * hidden, hidden),
            "o": self._matrix(f"{prefix}conv.out_proj", hidden, hidden),
        }

    def _convolution(self, prefix: str) -> NDArray[Any]:
        """Return the weight of a short convolution, float32 [kernel, hidden]."""
        name = f"{prefix}conv.conv"
        weight = self._read(f"{name}.weight")  # [hidden, 1, kernel]
        if weight.shape != (self._shape.hidden, 1, self._conv):
            raise ValueError(f"{name} does not fit the model's shape")
        return np.ascontiguousarray(weight[:, 0].T)

    def _split(self, name: str, outputs: dict[str, int]) -> dict[str, Matrix]:
        """Return the parts of a fused matrix."""
        whole = self._matrix(name, sum(outputs.values()), self._shape.hidden)
        parts, start = {}, 0
        for part, rows in outputs.items():
            parts[part] = rows_of(whole, slice(start, start + rows))
            start += rows
        return parts

    def _matrix(self, name: str, outputs: int, inputs: int) -> Matrix:
        weight, read = f"{name}.weight", self._read
        bias = read(f"{name}.bias") if f"{name}.bias" in self._names else None
        matrix: Matrix
        if weight + CODES in self._names:
            codes, groups = read(weight + CODES), read(weight + GROUPS)
            matrix = Int4Matrix(codes, groups, read(weight + SCALE), bias)
        else:
            matrix = Int8Matrix(read(weight), read(weight + SCALE), bias)
        _check(name, matrix, (outputs, inputs))
        return matrix

    def _embedding(self, name: str) -> Int8Matrix:
        matrix = Int8Matrix(self._read(f"{name}.weight"), self._read(f"{name}.weight{SCALE}"))
        _check(name, matrix, (len(matrix.scale), self._shape.hidden))
        return matrix

    def _norm(self, name: str, count: int) -> NDArray[Any]:
        weight = self._read(f"{name}.weight")
        if weight.shape != (count,):
            raise ValueError(f"{name} does not fit the model's shape")
        return weight + np.float32(self._family.norm_offset) if self._family.norm_offset else weight


def _scaled(matrix: Int8Matrix, factor: float) -> Int8Matrix:
    result = scaled(matrix, factor)
    assert isinstance(result, Int8Matrix)
    return result


def _rotation_order(rotary: int, head_dim: int) -> NDArray[Any] | None:
    """Return the order of a head's rows in which rotated pairs lie half a head apart.

    A rotation of part of a head pairs rows i and i + rotary / 2. Dot products of q and k stay what
    they are where both have the same order.

    Returns:
        None where the whole head is rotated, and the order stays.
    """
    if rotary in (0, head_dim):
        return None
    half, rest = rotary // 2, np.arange(rotary, head_dim)
    middle = head_dim // 2 - half
    return np.concatenate([np.arange(half), rest[:middle], np.arange(half, rotary), rest[middle:]])


def _check(name: str, matrix: Matrix, shape: tuple[int, int]) -> None:
    """Check the shapes, since the native code would read beyond arrays that are too short."""
    outputs, inputs = shape
    fits = matrix.shape == shape and matrix.scale.shape == (outputs,)
    if matrix.bias is not None:
        fits = fits and matrix.bias.shape == (outputs,)
    if isinstance(matrix, Int4Matrix):
        fits = fits and inputs % INT4_BLOCK == 0 and matrix.groups.shape == (outputs, inputs // 16)
    if not fits:
        raise ValueError(f"{name} does not fit the model's shape")
