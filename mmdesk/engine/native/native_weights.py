"""Weights of a model as the native code reads them: arrays, mostly of a mapped file."""

from __future__ import annotations

import mmap
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmdesk.engine.native.matmul import CACHE_LINE

PRIVATE: dict[str, Any] = (
    {"flags": mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS} if sys.platform != "win32" else {}
)

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Int8Matrix:
    """Weight int8 [outputs, inputs], scale float32 [outputs], bias float32 [outputs] or None."""

    weight: Array
    scale: Array
    bias: Array | None = None

    def rows(self, ids: Sequence[int]) -> Array:
        """Return some rows as float32; only these are ever touched."""
        indices = np.asarray(ids)
        rows: Array = self.weight[indices].astype(np.float32) * self.scale[indices, None]
        return rows

    @property
    def shape(self) -> tuple[int, int]:
        """Outputs and inputs."""
        return self.weight.shape[0], self.weight.shape[1]

    @property
    def size(self) -> int:
        """Bytes read to multiply by it."""
        return self.weight.nbytes + self.scale.nbytes


@dataclass(frozen=True, slots=True)
class Int4Matrix:
    """Matrix of 4-bit codes over int8 rows.

    Attributes:
        codes: uint8 [outputs, inputs / 2].
        groups: uint8 [outputs, inputs / 16].
        scale: float32 [outputs].
        bias: float32 [outputs] or None.
    """

    codes: Array
    groups: Array
    scale: Array
    bias: Array | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """Outputs and inputs."""
        return self.codes.shape[0], 2 * self.codes.shape[1]

    @property
    def size(self) -> int:
        """Bytes read to multiply by it."""
        return self.codes.nbytes + self.groups.nbytes + self.scale.nbytes


Matrix = Int8Matrix | Int4Matrix


@dataclass(frozen=True, slots=True)
class NativeWeights:
    """All weights of a model.

    Attributes:
        embed: token embeddings.
        layers: per layer the norms, by the names of NORMS to float32 [hidden], and the matrices,
            by the names of MATRICES. Norms that a family does not have are missing.
        norm: the final norm, float32 [hidden].
        head: the output projection to the vocabulary.
    """

    embed: Int8Matrix
    layers: Sequence[tuple[Mapping[str, Array], Mapping[str, Matrix]]]
    norm: Array
    head: Int8Matrix

    @property
    def has_int4(self) -> bool:
        """True if any matrix of the layers has 4-bit codes."""
        return any(isinstance(m, Int4Matrix) for _, layer in self.layers for m in layer.values())

    @property
    def size(self) -> int:
        """Bytes read for one token."""
        return self.head.size + sum(m.size for _, layer in self.layers for m in layer.values())


def aligned(*shape: int, dtype: Any = np.float32) -> Array:
    """Return zeros that begin at a cache line."""
    size = prod(shape) * np.dtype(dtype).itemsize
    memory = np.zeros(size + CACHE_LINE, np.uint8)
    start = -memory.ctypes.data % CACHE_LINE
    return memory[start : start + size].view(dtype).reshape(shape)


def reserved(*shape: int, dtype: Any = np.float32) -> Array:
    """Return zeros that take no memory before they are touched.

    So buffers for MAX_ROWS cost a short question nothing. (numpy's own zeros may lie in memory used
    before, and are then written.)
    """
    size = prod(shape) * np.dtype(dtype).itemsize
    memory = mmap.mmap(-1, max(size, 1), **PRIVATE)
    return np.frombuffer(memory, np.uint8, size).view(dtype).reshape(shape)


def weight_addresses(matrix: Matrix) -> tuple[int, int]:
    """Return the addresses of a matrix's weight or codes, and of its groups, 0 without them."""
    if isinstance(matrix, Int8Matrix):
        return matrix.weight.ctypes.data, 0
    return matrix.codes.ctypes.data, matrix.groups.ctypes.data


def scaled(matrix: Matrix, factor: float) -> Matrix:
    """Return a matrix whose results, biases included, are multiplied by a factor."""
    if factor == 1:
        return matrix
    number = np.float32(factor)
    bias = None if matrix.bias is None else matrix.bias * number
    return replace(matrix, scale=matrix.scale * number, bias=bias)


def rows_of(matrix: Matrix, rows: slice | Array) -> Matrix:
    """Return some rows of a matrix: those of a slice where they are, others as a copy."""
    bias = None if matrix.bias is None else matrix.bias[rows]
    if isinstance(matrix, Int8Matrix):
        return Int8Matrix(matrix.weight[rows], matrix.scale[rows], bias)
    return Int4Matrix(matrix.codes[rows], matrix.groups[rows], matrix.scale[rows], bias)
