"""int8 or int4 decoder whose forward pass is one native function (forward.py).

The weights are read where the file is mapped. Nothing is copied, so the model costs the memory of
its file, which the system shares between processes and may drop and read again. Nothing here needs
torch: its import takes longer than loading such a model, and half as much memory as the model.

Every element of every step is computed by itself and in one order, integers in 32 bits. So a
token's logits are the same to the bit however the tokens were split into forward passes. 4-bit
codes stand for int8 numbers, so the same holds for computing from codes and from unpacked weights.
"""

from __future__ import annotations

import ctypes
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np

from mmdesk.engine.decoder import Decoder, DecoderShape, Logits
from mmdesk.engine.families import Architecture
from mmdesk.engine.native.attention import head_groups
from mmdesk.engine.native.code_cache import source_key
from mmdesk.engine.native.forward import ForwardProgram
from mmdesk.engine.native.forward_table import (
    CONV_WEIGHT,
    COUNTER_STRIDE,
    LAYER_SLOTS,
    MATRICES,
    MATRIX_SLOTS,
    NORMS,
    OUTPUTS_PER_ITEM,
    ROPE_KIND,
    STEPS_PER_LAYER,
    WINDOW,
    Slot,
)
from mmdesk.engine.native.isa import Isa
from mmdesk.engine.native.jit import CompiledProgram, page_out
from mmdesk.engine.native.matmul import CACHE_LINE, OUTPUT_TILE
from mmdesk.engine.native.matmul_int4 import CODE_BYTES
from mmdesk.engine.native.native_kv_cache import NativeCache
from mmdesk.engine.native.native_weights import (
    Array,
    Int4Matrix,
    Int8Matrix,
    Matrix,
    NativeWeights,
    aligned,
    reserved,
    weight_addresses,
)
from mmdesk.engine.native.rope_tables import RopeTables
from mmdesk.models import INT4_BLOCK, INT4_GROUP

MAX_ROWS = 128  # tokens in one forward pass
# Spins at a barrier beyond SPIN_CYCLES, per row of a forward pass, that still count as chance. A
# spin takes about a microsecond. Another program that comes and goes holds a core for two to four
# milliseconds: little beside the 150 of 128 rows, for which one thread takes 300.
MAX_LATE_SPINS = 150
# A window that draws during an answer holds a core for a millisecond or two, some ten times a
# second: one forward in ten is late, two in a row hardly ever, and one thread alone takes twice as
# long for a token. A program that wants the core for good is there in every forward.
MAX_LATE_FORWARDS = 2  # in a row
MAX_SINGLE_THREADED = 32  # forwards by one thread before all are tried again


def supports_shape(isa: Isa, shape: DecoderShape, inner: int) -> bool:
    """Return whether the native code computes a model of this shape."""
    sizes = (shape.hidden, inner, shape.heads * shape.head_dim)
    return (
        all(size % CACHE_LINE == 0 for size in sizes)
        and shape.head_dim % (2 * isa.lanes) == 0
        and shape.kv_heads * shape.head_dim % OUTPUT_TILE == 0
    )


class NativeModel(Decoder):
    """Decoder that runs as machine code.

    Args:
        architecture: of a shape that `supports_shape`.
        weights: arrays of the mapped file, with the multipliers folded in.
        threads: how many compute.
        isa: an instruction set of this processor.

    Attributes:
        exact: always true, see the module.
        architecture: how the model is computed.
        isa: the instruction set.
        threads: how many compute.
        weights: arrays that the model computes from.
        code: the compiled functions.
        pool: the threads.
    """

    exact = True

    def __init__(
        self, architecture: Architecture, weights: NativeWeights, threads: int, isa: Isa
    ) -> None:
        self.isa, self.architecture = isa, architecture
        self.shape, self.threads = architecture.shape, max(1, threads)
        self.weights = weights  # the table holds addresses only
        self.weight_bytes = weights.size
        inner = len(weights.layers[0][1]["gate"].scale)
        layers, self._vocabulary = len(weights.layers), len(weights.head.scale)
        int4 = weights.has_int4
        sizes = (self.shape, inner, layers, self._vocabulary, int4, architecture.features)
        source = source_key()
        self.code = CompiledProgram(
            lambda: str(ForwardProgram(isa, *sizes).module),
            key=f"{source}, {isa.name}, {sizes}, {INT4_BLOCK}, {INT4_GROUP}" if source else "",
        )
        integer, pointer = ctypes.c_int64, ctypes.c_void_p
        self._forward = self.code.function("forward", pointer, integer)
        self._sum_rows = self.code.function("sum_rows", pointer, pointer, integer, integer, pointer)
        if int4:
            self._unpack = self.code.function("unpack", pointer, pointer, integer, pointer)
        self.pool = ThreadPoolExecutor(self.threads, thread_name_prefix="native")
        self._ropes = RopeTables(architecture.ropes, self.shape.head_dim)
        self._single_threaded = 0  # forwards by one thread that are still to come
        self._next_single_threaded = 1  # how many there will be the next time
        self._late_forwards = 0  # in a row
        self._kept: list[Array] = []  # what else the table points at
        self._table = aligned(len(Slot), dtype=np.int64)
        self._allocate_buffers(inner)
        self._fill_tables()

    @property
    def precision(self) -> str:
        """Precision of the matmuls: "int4" if any matrix has 4-bit codes, else "int8"."""
        return "int4" if self.weights.has_int4 else "int8"

    def new_cache(self) -> NativeCache:
        """See Decoder."""
        return NativeCache(self.architecture, self.isa.lanes)

    def _set(self, slot: Slot, value: Array | int) -> None:
        self._table[slot] = value if isinstance(value, int) else value.ctypes.data

    def _keep(self, array: Array) -> int:
        """Return an array's address, and keep it alive."""
        self._kept.append(array)
        return array.ctypes.data

    def _allocate_buffers(self, inner: int) -> None:
        shape = self.shape
        attention_out = shape.heads * shape.head_dim
        self._hidden = reserved(MAX_ROWS, shape.hidden)
        self._set(Slot.HIDDEN, self._hidden)
        widths = {
            Slot.QKV: shape.qkv,
            Slot.ATTENTION_OUT: attention_out,
            Slot.GATE_UP: 2 * inner,
            Slot.CONV: 3 * shape.hidden * int(self.architecture.features.conv > 0),
            Slot.ADDED: shape.hidden * int(self.architecture.features.sandwich_norm),
            Slot.ACT_SCALE: 1,
            Slot.ACT_OFFSET: 1,
        }
        for slot, width in widths.items():
            self._set(slot, self._keep(reserved(MAX_ROWS, width)))
        widest = max(shape.hidden, attention_out, inner)
        bytes_ = {Slot.QUANTIZED: self.isa.act_bytes, Slot.PACKED: int(self.isa.has_amx)}
        for slot, each in bytes_.items():
            self._set(slot, self._keep(reserved(MAX_ROWS, each * widest, dtype=np.uint8)))
        unpacked = self.threads * OUTPUTS_PER_ITEM * widest * int(self.weights.has_int4)
        self._set(Slot.UNPACKED, self._keep(reserved(unpacked, dtype=np.int8)))
        counters = COUNTER_STRIDE * STEPS_PER_LAYER * (len(self.weights.layers) + 1)
        self._counters = aligned(counters + 3 * COUNTER_STRIDE, dtype=np.int64)
        self._set(Slot.COUNTERS, self._counters)
        self._set(Slot.BARRIER, self._counters[counters:])
        self._late_spins = self._counters[counters + 2 * COUNTER_STRIDE :]
        self._scores = aligned(0)
        self._set(Slot.ROPES, self._ropes.addresses)

    def _fill_tables(self) -> None:
        weights = self.weights
        outputs = [len(m.scale) for _, matrices in weights.layers for m in matrices.values()]
        zeros = self._keep(aligned(max(self._vocabulary, *outputs)))
        self._set(Slot.ZEROS, zeros)
        table = aligned(len(weights.layers), LAYER_SLOTS, dtype=np.int64)
        pending: list[tuple[Matrix, Array]] = []  # whose row sums are still to be computed
        kinds = self.architecture.layers
        for row, kind, (norms, matrices) in zip(table, kinds, weights.layers, strict=True):
            row[ROPE_KIND], row[WINDOW] = kind.rope, kind.window
            for name, weight in norms.items():
                if name == "conv":
                    row[CONV_WEIGHT] = self._keep(weight)
                else:
                    row[NORMS[name]] = self._norm(weight)
            for name, matrix in matrices.items():
                slot = MATRICES[name]
                sums = aligned(len(matrix.scale))
                pending.append((matrix, sums))
                bias = zeros if matrix.bias is None else self._keep(matrix.bias)
                address, groups = weight_addresses(matrix)
                values = address, self._keep(matrix.scale), self._keep(sums), bias, groups
                row[slot : slot + MATRIX_SLOTS] = values
        self._layer_table = table
        self._set(Slot.LAYERS, table)
        self._set(Slot.FINAL_NORM, self._norm(weights.norm))
        sums = aligned(self._vocabulary)
        pending.insert(0, (weights.head, sums))
        self._set(Slot.LM_HEAD, weights.head.weight)
        self._set(Slot.LM_HEAD_SCALE, self._keep(weights.head.scale))
        self._set(Slot.LM_HEAD_SUMS, self._keep(sums))
        list(self.pool.map(self._compute_row_sums, pending))

    def _norm(self, weight: Array) -> int:
        """Copy a norm's weight, append its epsilon, and return the address of the copy."""
        both = aligned(len(weight) + 1)
        both[:-1], both[-1] = weight, self.shape.eps
        return self._keep(both)

    def _compute_row_sums(self, pending: tuple[Matrix, Array]) -> None:
        matrix, sums = pending
        scale = matrix.scale
        if isinstance(matrix, Int8Matrix):
            weight = matrix.weight
            self._sum_rows(weight.ctypes.data, scale.ctypes.data, *weight.shape, sums.ctypes.data)
            return
        piece = aligned(OUTPUTS_PER_ITEM, matrix.shape[1], dtype=np.int8)
        for start in range(0, len(scale), OUTPUTS_PER_ITEM):
            rows = slice(start, start + OUTPUTS_PER_ITEM)
            weight = piece[: len(scale[rows])]
            self._unpack_into(weight, matrix.codes[rows], matrix.groups[rows])
            self._sum_rows(
                weight.ctypes.data, scale[rows].ctypes.data, *weight.shape, sums[rows].ctypes.data
            )

    def _unpack_into(self, weight: Array, codes: Array, groups: Array) -> None:
        blocks = codes.size // CODE_BYTES
        self._unpack(codes.ctypes.data, groups.ctypes.data, blocks, weight.ctypes.data)

    def unpack_weights(self) -> None:
        """Replace 4-bit codes by int8 weights in memory, which give the same results.

        It takes more memory, but processors without AVX-512 or VNNI compute faster from int8.
        """
        if self.precision == "int8":
            return
        layers: list[tuple[Mapping[str, Array], dict[str, Matrix]]] = [
            (norms, dict(matrices)) for norms, matrices in self.weights.layers
        ]

        def unpack(layer: int, name: str) -> None:
            matrix = layers[layer][1][name]
            if isinstance(matrix, Int4Matrix):
                weight = reserved(*matrix.shape, dtype=np.int8)
                self._unpack_into(weight, matrix.codes, matrix.groups)
                page_out(matrix.codes.ctypes.data, matrix.codes.nbytes)
                int8 = layers[layer][1][name] = Int8Matrix(weight, matrix.scale, matrix.bias)
                slot = MATRICES[name]
                row = self._layer_table[layer]
                row[slot], row[slot + MATRIX_SLOTS - 1] = weight_addresses(int8)

        places = [(number, name) for number, (_, own) in enumerate(layers) for name in own]
        list(self.pool.map(unpack, *zip(*places, strict=True)))
        self.weights = replace(self.weights, layers=layers)
        self.weight_bytes = self.weights.size

    def _reserve_scores(self, capacity: int) -> None:
        """Grow the scores to the cache's capacity."""
        most_heads = max(head_groups(self.shape.heads // self.shape.kv_heads))
        size = self.threads * most_heads * capacity
        if size > len(self._scores):
            self._scores = aligned(size)
            self._set(Slot.SCORES, self._scores)

    def max_pass_tokens(self, cache: NativeCache) -> int:
        """See Decoder. No pass crosses the length from which texts are long (LongRoPE)."""
        before = self._ropes.short_length - cache.length
        return min(MAX_ROWS, before) if before > 0 else MAX_ROWS

    def embed(self, ids: Sequence[int]) -> Array:
        """Return what the first layer reads for tokens, float32 [tokens, hidden].

        With other rows in the place of some, which a vision or audio encoder has computed, it is
        what `forward_embeddings` takes. Rows that the encoder's model would multiply by a constant
        (Granite) are to be multiplied by `architecture.multipliers.inputs` before.
        """
        return self.weights.embed.rows(ids)

    def forward_embeddings(
        self, rows: Array, cache: NativeCache, logits_to_keep: int = 1
    ) -> Logits:
        """Run the model over embeddings in the place of tokens, see `forward`.

        Args:
            rows: float32 [n, hidden], as `embed` returns them.
            cache: one of `new_cache`.
            logits_to_keep: how many of the last positions' logits to compute.

        Raises:
            ValueError: the rows are of another width than the model.
        """
        rows = np.ascontiguousarray(rows, np.float32)
        if rows.ndim != 2 or rows.shape[1] != self.shape.hidden:
            raise ValueError(f"rows of the shape {rows.shape}, not [n, {self.shape.hidden}]")
        return self.in_passes(rows, cache, logits_to_keep, self._forward_rows)

    def forward_pass(self, ids: Sequence[int], cache: NativeCache, logits_to_keep: int) -> Logits:
        """See Decoder."""
        return self._pass(self.embed(ids), ids, cache, logits_to_keep)

    def _forward_rows(self, rows: Array, cache: NativeCache, logits_to_keep: int) -> Logits:
        return self._pass(rows, rows, cache, logits_to_keep)

    def _pass(
        self, rows: Array, inputs: Sequence[Any] | Array, cache: NativeCache, logits_to_keep: int
    ) -> Logits:
        """Run one forward pass over rows, and note what they were made from."""
        short = self._ropes.short_length
        if short:
            self._recompute(cache, cache.length + len(rows) > short)
            cache.inputs.extend(inputs)
        return self._compute(rows, cache, logits_to_keep)

    def _recompute(self, cache: NativeCache, long: bool) -> None:
        """Compute a cache anew where its text became a long one, or ceased to be one (LongRoPE).

        transformers does so, too. The frequencies of all positions are others then.
        """
        if cache.long == long:
            return
        inputs, cache.long, cache.length = cache.inputs, long, 0  # `inputs` stay what they are
        for start in range(0, len(inputs), MAX_ROWS):
            rows = [
                item if isinstance(item, np.ndarray) else self.embed([item])[0]
                for item in inputs[start : start + MAX_ROWS]
            ]
            self._compute(np.stack(rows), cache, 0)

    def _compute(self, rows: Array, cache: NativeCache, logits_to_keep: int) -> Logits:
        start, count = cache.length, len(rows)
        cache.reserve(start + count)
        self._reserve_scores(cache.capacity)
        self._ropes.point_at(start, start + count, cache.long)
        self._hidden[:count] = rows
        logits = np.empty((logits_to_keep, self._vocabulary), np.float32)
        self._set(Slot.KV_CACHES, cache.table)
        self._set(Slot.ROWS, count)
        self._set(Slot.PAST_TOKENS, start)
        self._set(Slot.CAPACITY, cache.capacity)
        self._set(Slot.LOGIT_ROWS, logits_to_keep)
        self._set(Slot.LOGITS, logits)
        self._run(count)
        cache.advance(count)
        return logits

    def _run(self, rows: int) -> None:
        """Run the compiled function with all threads, or with one while the cores are wanted.

        A step waits for all threads, and one that has lost its core to another program may be away
        for many steps.
        """
        threads = 1 if self._single_threaded else self.threads
        self._counters.fill(0)
        self._set(Slot.THREADS, threads)
        table = self._table.ctypes.data
        others = [self.pool.submit(self._forward, table, n) for n in range(1, threads)]
        self._forward(table, 0)
        for other in others:
            other.result()
        if self._single_threaded:
            self._single_threaded -= 1
        elif int(self._late_spins[0]) <= MAX_LATE_SPINS * rows:
            self._late_forwards, self._next_single_threaded = 0, 1
        else:
            self._late_forwards += 1
            if self._late_forwards >= MAX_LATE_FORWARDS:
                self._single_threaded = self._next_single_threaded
                self._next_single_threaded = min(
                    2 * self._next_single_threaded, MAX_SINGLE_THREADED
                )
