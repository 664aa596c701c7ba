"""Profile of decode and prefill: `python -m tests.bench.decode_profile [--threads N]`.

`python -m tests.bench.decode_profile [--model ID] [--threads N]` times the matmul of each kind of
matrix, over all layers in turn, so that no CPU cache holds it, and the whole forward pass. The
difference is attention, norms, the quantisation of activations, barriers and Python. Times are
those of the 30th percentile: other programs disturb only upwards. The single matmuls run on one
thread. On a busy computer `--threads 1 --busy` counts the processor's time instead of the clock's.
Prints one JSON object. A model stored in int4 is timed as it is, except for the matmuls of many
rows, which are made from unpacked weights.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from mmdesk.engine.default_parts import LANGUAGE
from mmdesk.engine.model_config import read_config
from mmdesk.engine.native.load_weights import load_native
from mmdesk.engine.native.native_model import NativeModel
from mmdesk.engine.native.native_weights import Int4Matrix, Matrix, aligned
from mmdesk.models.model_store import ModelStore
from tests.bench.rivals import THREADS

KINDS = ("q", "k", "v", "o", "gate", "up", "down")
ROUNDS = 6
HELD = (128, 600, 2000)  # tokens in the KV cache
ROWS = (1, 4, 8)  # tokens in one forward pass
PROMPT, CHUNK = 600, 128

clock = time.perf_counter


def usual(times: list[float]) -> float:
    return sorted(times)[int(0.3 * len(times))]


def timed(work: Callable[[], Any]) -> float:
    start = clock()
    work()
    return clock() - start


class Matmul:
    """One matmul at a time, as the forward pass makes them."""

    def __init__(self, model: NativeModel) -> None:
        integer, pointer = ctypes.c_int64, ctypes.c_void_p
        types = [pointer] * 4 + [integer] * 2 + [pointer] * 3 + [integer] * 2
        types += [pointer, integer, pointer, integer]
        self._matmul = model.code.function("matmul", *types)
        self._matmul_int4 = None
        if model.precision == "int4":
            types = [pointer] * 3 + [integer] + [pointer] * 4 + [integer] * 2 + [pointer] * 2
            self._matmul_int4 = model.code.function("matmul_row_int4", *types)
        self._x = aligned(CHUNK, 1 << 16, dtype=np.uint8)
        self._x[:] = np.random.default_rng(1).integers(1, 255, self._x.shape, np.uint8)
        self._row = aligned(CHUNK)
        self._zeros = aligned(1 << 18)
        self._y = aligned(CHUNK, 1 << 14)

    def __call__(self, matrix: Matrix, rows: int) -> None:
        x, row, zeros, y = (a.ctypes.data for a in (self._x, self._row, self._zeros, self._y))
        scale = matrix.scale.ctypes.data
        if isinstance(matrix, Int4Matrix):
            assert self._matmul_int4 is not None
            assert rows == 1
            (outputs, inputs), codes = matrix.shape, matrix.codes.ctypes.data
            weight = (codes, matrix.groups.ctypes.data, scale, zeros)
            self._matmul_int4(x, row, row, inputs, *weight, 0, outputs, y, zeros)
            return
        (outputs, inputs), weight = matrix.shape, matrix.weight.ctypes.data
        ends = (0, outputs, y, outputs if rows > 1 else 0, zeros, 0)
        # The time does not depend on the values: any bytes serve as packed rows too.
        self._matmul(x, x, row, row, rows, inputs, weight, scale, zeros, *ends)


def by_matrix(model: NativeModel, rows: int) -> dict[str, dict[str, float]]:
    matmul, results = Matmul(model), {}
    kinds = {name: [matrices[name] for _, matrices in model.weights.layers] for name in KINDS}
    if rows == 1:
        kinds["head"] = [model.weights.head]
    for name, matrices in kinds.items():
        times = [
            timed(lambda matrix=matrix: matmul(matrix, rows))  # type: ignore[misc]
            for _ in range(ROUNDS)
            for matrix in matrices
        ]
        each, weights = usual(times), matrices[0].shape[0] * matrices[0].shape[1]
        results[name] = {
            "ms": round(1000 * each * len(matrices), 2),
            "gigabytes_per_s": round(matrices[0].size / each / 1e9, 1),
            "billion_products_per_s": round(rows * weights / each / 1e9),
        }
    return results


def forwards(model: NativeModel) -> dict[str, float]:
    results, cache = {}, model.new_cache()
    for held in HELD:
        model.forward([7] * (held - cache.length), cache)
        for rows in ROWS:
            times = []
            for _ in range(5 * ROUNDS):
                cache.trim(held)
                times.append(timed(lambda r=rows: model.forward([7] * r, cache, r)))  # type: ignore[misc]
            results[f"{rows} after {held}"] = round(1000 * usual(times), 2)
    return results


def prompt(model: NativeModel) -> float:
    cache = model.new_cache()
    return timed(
        lambda: [
            model.forward([7] * min(CHUNK, PROMPT - start), cache)
            for start in range(0, PROMPT, CHUNK)
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default=LANGUAGE)
    parser.add_argument("--threads", type=int, default=THREADS)
    parser.add_argument("--busy", action="store_true", help="count the processor's time")
    options = parser.parse_args()
    if options.busy:
        globals()["clock"] = time.thread_time
    folder = ModelStore().path(options.model)
    model = load_native(folder, read_config(folder), options.threads)
    if model is None:
        raise SystemExit("The native code does not support this processor.")
    took = usual([prompt(model) for _ in range(3)])
    results = {
        "instructions": model.isa.name,
        "precision": model.precision,
        "weight_bytes": model.weight_bytes,
        "threads": options.threads,
        "forward_ms": forwards(model),
        "prompt_of_600": {"s": round(took, 3), "tokens_per_s": round(PROMPT / took)},
        "products_of_one_row": by_matrix(model, 1),
    }
    model.unpack_weights()
    results["products_of_128_rows"] = by_matrix(model, CHUNK)
    print(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
