"""A Llama or Qwen2 model in 8 bits whose forward is one native function (program.py).

The weights are read where the file is mapped: nothing is copied, so that the model costs the
memory of its file, which the system shares between processes and may drop and read again. Nothing
here needs torch, which takes longer to import than such a model to load, and half as much memory.

Every element of every step is computed by itself and in one order, whole numbers in 32 bits, so
a token's numbers are the same to the bit however the tokens before and beside it were read.
"""

from __future__ import annotations

import ctypes
import mmap
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmdesk.engine.decoder import Decoder, DecoderShape, Logits
from mmdesk.engine.native.attention import head_groups
from mmdesk.engine.native.forward import (
    APART,
    LAYER_SLOTS,
    MATRICES,
    NORMS,
    STEPS,
    ForwardProgram,
    Slot,
)
from mmdesk.engine.native.isa import Isa
from mmdesk.engine.native.jit import CompiledProgram
from mmdesk.engine.native.matmul import LINE, WIDE

MOST_ROWS = 128  # tokens read in one forward
# Looks at a barrier beyond the program's PATIENCE, for every row of a forward, that are still taken
# for chance. A look takes about a microsecond. Whoever comes and goes on a machine holds a core for
# two to four milliseconds: little beside the 150 of 128 rows, for which one thread takes 300.
MOST_LATE = 150
# A window that draws while it is answered for holds a core for a millisecond or two, some ten times
# a second: one forward in ten is late, two in a row hardly ever, and one thread alone takes twice
# as long for a token. Whoever wants the core for good is there in every forward.
MOST_HINDERED = 2  # late forwards in a row
MOST_PATIENCE = 32  # forwards by one thread before all are tried again
PRIVATE: dict[str, Any] = (
    {"flags": mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS} if sys.platform != "win32" else {}
)
PAGE = 256  # positions by which a cache grows

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Int8Matrix:
    """weight int8 [outputs, inputs], scale float32 [outputs], bias float32 [outputs] or None."""

    weight: Array
    scale: Array
    bias: Array | None = None

    def rows(self, ids: Sequence[int]) -> Array:
        """Some rows as float32; only these are ever touched."""
        some = np.asarray(ids)
        chosen: Array = self.weight[some].astype(np.float32) * self.scale[some, None]
        return chosen


@dataclass(frozen=True, slots=True)
class NativeWeights:
    """All of a model. Each layer maps the names of NORMS to float32 [hidden] and those of
    MATRICES to a Int8Matrix.
    """

    embed: Int8Matrix
    layers: Sequence[tuple[Mapping[str, Array], Mapping[str, Int8Matrix]]]
    norm: Array
    head: Int8Matrix


def aligned(*shape: int, dtype: Any = np.float32) -> Array:
    """Zeros from the beginning of a cache line on."""
    size = prod(shape) * np.dtype(dtype).itemsize
    space = np.zeros(size + LINE, np.uint8)
    start = -space.ctypes.data % LINE
    return space[start : start + size].view(dtype).reshape(shape)


def reserved(*shape: int, dtype: Any = np.float32) -> Array:
    """Zeros that take no memory before they are touched: what stands ready for MOST_ROWS costs a
    short question nothing. (numpy's own zeros may lie in memory used before, and are then
    written.)
    """
    size = prod(shape) * np.dtype(dtype).itemsize
    space = mmap.mmap(-1, max(size, 1), **PRIVATE)
    return np.frombuffer(space, np.uint8, size).view(dtype).reshape(shape)


def fits(isa: Isa, shape: DecoderShape, inner: int) -> bool:
    """Whether the native code is made for a model of this shape."""
    sizes = (shape.hidden, inner, shape.heads * shape.head_dim)
    return (
        all(size % LINE == 0 for size in sizes)
        and shape.head_dim % (2 * isa.lanes) == 0
        and shape.kv_heads * shape.head_dim % WIDE == 0
    )


class NativeModel(Decoder):
    """Ready to run.

    Args:
        threads: how many compute.
        isa: an instruction set of this processor that `fits`.

    Attributes:
        exact: always true: see above.
    """

    exact = True

    def __init__(self, shape: DecoderShape, weights: NativeWeights, threads: int, isa: Isa) -> None:
        self.isa = isa
        self.shape, self.layers, self._threads = shape, weights.layers, max(1, threads)
        self._weights = weights  # the table holds addresses only
        inner = weights.layers[0][1]["gate"].weight.shape[0]
        self._vocabulary = weights.head.weight.shape[0]
        program = ForwardProgram(isa, shape, inner, len(weights.layers), self._vocabulary)
        self._code = CompiledProgram(str(program.module))
        number, pointer = ctypes.c_int64, ctypes.c_void_p
        self._forward = self._code.function("forward", pointer, number)
        self._add_up = self._code.function("add_up", pointer, pointer, number, number, pointer)
        self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="native")
        self._cosines = self._sines = aligned(0, shape.head_dim // 2)
        self._alone, self._patience = 0, 1  # forwards by one thread: still to come, next time
        self._hindered = 0  # forwards in a row that a thread was late in
        self._keep: list[Array] = []  # what else the table points at
        self._table = aligned(len(Slot), dtype=np.int64)
        self._make_buffers(inner)
        self._make_tables()

    def new_cache(self) -> NativeCache:
        """See Decoder."""
        return NativeCache(self.shape, len(self.layers), self.isa.lanes)

    def _set(self, slot: Slot, value: Array | int) -> None:
        self._table[slot] = value if isinstance(value, int) else value.ctypes.data

    def _kept(self, array: Array) -> int:
        self._keep.append(array)
        return array.ctypes.data

    def _make_buffers(self, inner: int) -> None:
        shape = self.shape
        mixed = shape.heads * shape.head_dim
        self._x = reserved(MOST_ROWS, shape.hidden)
        self._set(Slot.X, self._x)
        widths = {Slot.QKV: shape.qkv, Slot.MIXED: mixed, Slot.GATES: 2 * inner}
        for slot, width in (widths | {Slot.HALF: 1, Slot.OFFSET: 1}).items():
            self._set(slot, self._kept(reserved(MOST_ROWS, width)))
        widest = max(shape.hidden, mixed, inner)
        bytes_ = {Slot.Q8: self.isa.row_bytes, Slot.PACKED: int(self.isa.blocks)}
        for slot, each in bytes_.items():
            self._set(slot, self._kept(reserved(MOST_ROWS, each * widest, dtype=np.uint8)))
        counters = APART * STEPS * (len(self.layers) + 1)
        self._counters = aligned(counters + 3 * APART, dtype=np.int64)
        self._set(Slot.COUNTERS, self._counters)
        self._set(Slot.BARRIER, self._counters[counters:])
        self._late = self._counters[counters + 2 * APART :]
        self._scores = aligned(0)

    def _make_tables(self) -> None:
        weights = self._weights
        outputs = [len(m.scale) for _, matrices in weights.layers for m in matrices.values()]
        nought = self._kept(aligned(max(self._vocabulary, *outputs)))
        self._set(Slot.NOUGHT, nought)
        table = aligned(len(weights.layers), LAYER_SLOTS, dtype=np.int64)
        jobs = []
        for row, (norms, matrices) in zip(table, weights.layers, strict=True):
            for name, slot in NORMS.items():
                row[slot] = self._norm(norms[name])
            for name, slot in MATRICES.items():
                matrix = matrices[name]
                sums = aligned(len(matrix.scale))
                jobs.append((matrix, sums))
                bias = nought if matrix.bias is None else self._kept(matrix.bias)
                weight = matrix.weight.ctypes.data
                row[slot : slot + 4] = weight, self._kept(matrix.scale), self._kept(sums), bias
        self._set(Slot.LAYERS, self._kept(table))
        self._set(Slot.NORM, self._norm(weights.norm))
        sums = aligned(self._vocabulary)
        jobs.insert(0, (weights.head, sums))
        self._set(Slot.HEAD, weights.head.weight)
        self._set(Slot.HEAD_SCALE, self._kept(weights.head.scale))
        self._set(Slot.HEAD_SUMS, self._kept(sums))
        list(self._pool.map(self._sum, jobs))

    def _norm(self, weight: Array) -> int:
        """With its epsilon behind it."""
        both = aligned(len(weight) + 1)
        both[:-1], both[-1] = weight, self.shape.eps
        return self._kept(both)

    def _sum(self, job: tuple[Int8Matrix, Array]) -> None:
        matrix, sums = job
        weight, scale = matrix.weight.ctypes.data, matrix.scale.ctypes.data
        self._add_up(weight, scale, *matrix.weight.shape, sums.ctypes.data)

    def _reserve(self, tokens: int, room: int) -> None:
        """Have the rotary table for this many positions, and space for as many scores."""
        if tokens > len(self._cosines):
            dim = self.shape.head_dim
            steps = np.arange(0, dim, 2, dtype=np.float32) / np.float32(dim)
            inverse = np.float32(1) / np.float32(self.shape.theta) ** steps
            places = np.arange(-(-tokens // 1024) * 1024, dtype=np.float32)
            angle = np.outer(places, inverse)
            self._cosines, self._sines = np.cos(angle), np.sin(angle)
        most = max(head_groups(self.shape.heads // self.shape.kv_heads))
        space = self._threads * most * room
        if space > len(self._scores):
            self._scores = aligned(space)
            self._set(Slot.SCORES, self._scores)

    def forward(self, ids: Sequence[int], cache: NativeCache, wanted: int = 1) -> Logits:
        """See Decoder."""
        if len(ids) > MOST_ROWS:
            rest = len(ids) - MOST_ROWS
            first = self.forward(ids[:MOST_ROWS], cache, max(0, wanted - rest))
            second = self.forward(ids[MOST_ROWS:], cache, min(wanted, rest))
            return second if wanted <= rest else np.concatenate([first, second])
        start, count = cache.length, len(ids)
        cache.reserve(start + count)
        self._reserve(start + count, cache.room)
        self._x[:count] = self._weights.embed.rows(ids)
        logits = np.empty((wanted, self._vocabulary), np.float32)
        self._set(Slot.COSINES, self._cosines[start])
        self._set(Slot.SINES, self._sines[start])
        self._set(Slot.CACHES, cache.table)
        self._set(Slot.ROWS, count)
        self._set(Slot.START, start)
        self._set(Slot.ROOM, cache.room)
        self._set(Slot.WANTED, wanted)
        self._set(Slot.LOGITS, logits)
        self._run(count)
        cache.length += count
        return logits

    def _run(self, rows: int) -> None:
        """With all threads, or for a while with one where another program wants the cores: a
        step waits for all, and one that has lost its core may be away for many steps.
        """
        threads = 1 if self._alone else self._threads
        self._counters.fill(0)
        self._set(Slot.THREADS, threads)
        table = self._table.ctypes.data
        others = [self._pool.submit(self._forward, table, n) for n in range(1, threads)]
        self._forward(table, 0)
        for other in others:
            other.result()
        if self._alone:
            self._alone -= 1
        elif int(self._late[0]) <= MOST_LATE * rows:
            self._hindered, self._patience = 0, 1
        else:
            self._hindered += 1
            if self._hindered >= MOST_HINDERED:
                self._alone = self._patience
                self._patience = min(2 * self._patience, MOST_PATIENCE)


class NativeCache:
    """Keys and values of one text, layer by layer.

    Attributes:
        length: tokens held.
        room: tokens there is room for.
        table: int64, the addresses of the keys and values of each layer.
    """

    def __init__(self, shape: DecoderShape, layers: int, lanes: int) -> None:
        self._shape, self._layers, self._lanes = shape, layers, lanes
        self._both: list[Array] = []
        self.length = self.room = 0
        self.table = aligned(2 * layers, dtype=np.int64)

    def reserve(self, end: int) -> None:
        """Have room for `end` tokens."""
        if end <= self.room:
            return
        room = max(end, min(2 * self.room, self.room + 16 * PAGE))
        room = -(-room // PAGE) * PAGE
        heads, dim, old = self._shape.kv_heads, self._shape.head_dim, self._both
        # Keys stand in blocks of `lanes` positions: whole blocks lie where whole rows would.
        self._both = [aligned(2 * heads, room, dim) for _ in range(self._layers)]
        held = -(-self.length // self._lanes) * self._lanes
        for number, new in enumerate(self._both):
            if held:
                new[:, :held] = old[number][:, :held]
            keys = new.ctypes.data
            self.table[2 * number] = keys
            self.table[2 * number + 1] = keys + 4 * heads * room * dim
        self.room = room

    def crop(self, length: int) -> None:
        """Forget everything after the first `length` tokens."""
        self.length = length
