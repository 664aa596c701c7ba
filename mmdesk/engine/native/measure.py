"""Measurement of matmuls from int8 weights and from 4-bit codes, as decoding makes them."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from time import perf_counter

import numpy as np

from mmdesk.engine.native.matmul import OUTPUT_TILE
from mmdesk.engine.native.native_model import NativeModel
from mmdesk.engine.native.native_weights import (
    Int4Matrix,
    Int8Matrix,
    Matrix,
    aligned,
    weight_addresses,
)

ROUNDS = 3  # each over other weights, so that no CPU cache holds them


def measure_speeds(model: NativeModel) -> dict[str, float]:
    """Measure how fast one token's weights are multiplied, in weights per nanosecond.

    The output projection stands for int8 and MLPs stand for int4. Both are read from memory by all
    threads. It takes a few milliseconds.

    Returns:
        Speeds by precision, the best of ROUNDS; empty where nothing can be compared.
    """
    matmul = RowMatmul(model)
    best: dict[str, float] = {}
    head, first_row = model.weights.head, 0
    for _, layer in model.weights.layers[:ROUNDS]:
        mlp = [m for m in (layer["gate"], layer["up"]) if isinstance(m, Int4Matrix)]
        rows = sum(len(matrix.scale) for matrix in mlp)
        if not rows or first_row + rows > len(head.scale):
            break
        part = slice(first_row, first_row + rows)
        first_row += rows
        int8 = Int8Matrix(head.weight[part], head.scale[part])
        compared: dict[str, Sequence[Matrix]] = {"int8": [int8], "int4": mlp}
        for precision, matrices in compared.items():
            speed = rows * model.shape.hidden / matmul.seconds(matrices) / 1e9
            best[precision] = max(speed, best.get(precision, 0.0))
    return best


class RowMatmul:
    """Matmuls of one activation row of the model's width, by all threads together."""

    def __init__(self, model: NativeModel) -> None:
        integer, pointer = ctypes.c_int64, ctypes.c_void_p
        int8 = [*[pointer] * 4, *[integer] * 2, *[pointer] * 3, *[integer] * 2]
        int4 = [*[pointer] * 3, integer, *[pointer] * 4, *[integer] * 2, *[pointer] * 2]
        self._int8 = model.code.function("matmul", *int8, pointer, integer, pointer, integer)
        self._int4 = model.code.function("matmul_row_int4", *int4)
        self._inputs, self._threads, self._pool = model.shape.hidden, model.threads, model.pool
        act_type = np.uint8 if model.isa.act_bytes == 1 else np.int16
        self._q, self._one = aligned(self._inputs, dtype=act_type), aligned(1)

    def seconds(self, matrices: Sequence[Matrix]) -> float:
        """Return how long multiplying by all of the matrices takes."""
        outputs = [aligned(len(matrix.scale)) for matrix in matrices]

        def multiply(thread: int) -> None:
            for matrix, y in zip(matrices, outputs, strict=True):
                tiles = len(y) // OUTPUT_TILE
                shares = (tiles * n // self._threads for n in (thread, thread + 1))
                start, end = (OUTPUT_TILE * share for share in shares)
                self._multiply(matrix, y.ctypes.data, start, end)

        began = perf_counter()
        list(self._pool.map(multiply, range(self._threads)))
        return perf_counter() - began

    def _multiply(self, matrix: Matrix, y: int, start: int, end: int) -> None:
        q, one, inputs = self._q.ctypes.data, self._one.ctypes.data, self._inputs
        weight, groups = weight_addresses(matrix)
        scale = matrix.scale.ctypes.data
        # The time does not depend on the values: the result serves as row sums and base, too.
        if groups:
            self._int4(q, one, one, inputs, weight, groups, scale, y, start, end, y, y)
        else:
            self._int8(q, q, one, one, 1, inputs, weight, scale, y, start, end, y, 0, y, 0)
