"""Memory read speed of this computer: `python -m tests.bench.read_speed FILE`.

A file of weights is mapped and summed by all threads, a cache line at a time, which no engine can
outrun. Prints gigabytes a second, the best of several passes.
"""

from __future__ import annotations

import ctypes
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from llvmlite import ir

from mmdesk.engine.native.jit import CompiledProgram
from mmdesk.engine.native.llvm_ir import I8, I64, POINTER, IrWriter, i64, write_prefetch
from tests.bench.rivals import THREADS

LANES = 8  # int32 numbers in a register of AVX2
STEP = 4 * 4 * LANES  # bytes of a round
AHEAD = 4096  # bytes
PASSES = 6


def compiled() -> CompiledProgram:
    """Compile read(memory, size, out); without prefetching and as `read_ahead` with it."""
    module = ir.Module("read")
    for name, ahead in (("read", 0), ("read_ahead", AHEAD)):
        names = {"memory": POINTER, "size": I64, "out": POINTER}
        code = IrWriter(module, name, names, LANES)
        memory, size, out = code.arguments
        with code.loop(i64(0), size, STEP, [code.splat_constant(0, code.ints)] * 4) as loop:
            for part in range(4):
                start = code.address(memory, code.b.add(loop.index, i64(4 * LANES * part)), I8)
                if ahead and part % 2 == 0:
                    write_prefetch(code, code.address(start, i64(ahead), I8))
                numbers = code.load_vector(start, i64(0), code.ints)
                loop.after[part] = code.b.add(loop.values[part], numbers)
        for part, total in enumerate(loop.values):
            code.store(total, out, i64(part * LANES))
        code.done()
    return CompiledProgram(lambda: str(module))


def read_speed(file: Path) -> float:
    """Return gigabytes a second."""
    code, integer, pointer = compiled(), ctypes.c_int64, ctypes.c_void_p
    memory = np.memmap(file, np.uint8, "r")
    each = len(memory) // THREADS // STEP * STEP
    sums = np.zeros((THREADS, 4 * LANES), np.int32)
    best = 0.0
    with ThreadPoolExecutor(THREADS) as pool:
        for _ in range(PASSES):
            for name in ("read", "read_ahead"):
                read = code.function(name, pointer, integer, pointer)

                def part(thread: int, read=read) -> None:  # type: ignore[no-untyped-def]
                    start = memory.ctypes.data + thread * each
                    read(start, each, sums[thread].ctypes.data)

                began = time.perf_counter()
                list(pool.map(part, range(THREADS)))
                best = max(best, THREADS * each / (time.perf_counter() - began) / 1e9)
    return best


if __name__ == "__main__":
    print(round(read_speed(Path(sys.argv[1])), 2))
