"""LLVM IR of the whole forward pass of a Llama or Qwen2 model, one function for all threads.

Each step is cut into work items, and whichever thread is free takes the next one. So a thread whose
core is wanted elsewhere does not make the others wait for a fixed share. A barrier ends each step.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum, auto
from typing import TYPE_CHECKING

from llvmlite import ir

from mmdesk.engine.native.attention import (
    head_groups,
    write_attention,
    write_kv_store,
    write_rope,
)
from mmdesk.engine.native.isa import Isa
from mmdesk.engine.native.llvm_ir import HALF, I8, I64, POINTER, VOID, IrValue, IrWriter, i64
from mmdesk.engine.native.matmul import write_matmul, write_quantize, write_row_sums
from mmdesk.engine.native.matmul_amx import MIN_TILE_ROWS, TILE_ROWS, write_pack_tiles
from mmdesk.engine.native.matmul_int4 import (
    CODE_BYTES,
    GROUP_BYTES,
    write_matmul_row_int4,
    write_unpack,
)
from mmdesk.models import INT4_BLOCK

if TYPE_CHECKING:
    from mmdesk.engine.decoder import DecoderShape

OUTPUTS_PER_ITEM = 64  # weight rows of a matmul in one work item
STEPS_PER_LAYER = 16  # counters per layer
COUNTER_STRIDE = 8  # 64-bit numbers from one counter to the next: a cache line
# Cycles of spinning at the barrier, one or two milliseconds, before the core is offered to others.
# No work item takes as long, so a thread that has not arrived by then has lost its own core.
SPIN_CYCLES = 5_000_000


class Slot(IntEnum):
    """Entries in the table of one forward pass (64-bit numbers, most of them addresses)."""

    HIDDEN = 0  # float32 [rows, hidden]
    QUANTIZED = auto()  # quantised activations, [rows, the widest input]
    PACKED = auto()  # the same once more, in the order of matmul_amx.py
    ACT_SCALE = auto()  # float32 [rows]
    ACT_OFFSET = auto()  # float32 [rows]
    QKV = auto()  # float32 [rows, (heads + 2 kv_heads) * head_dim]
    ATTENTION_OUT = auto()  # float32 [rows, heads * head_dim]
    GATE_UP = auto()  # float32 [rows, 2, inner]
    SCORES = auto()  # float32 [threads, MAX_GROUP_HEADS, capacity]
    COSINES = auto()  # float32 [rows, head_dim / 2]
    SINES = auto()  # float32 [rows, head_dim / 2]
    LAYERS = auto()  # the tables of the layers, one after another
    KV_CACHES = auto()  # addresses of keys and values, layer by layer
    COUNTERS = auto()  # zeros, COUNTER_STRIDE * (STEPS_PER_LAYER * (layers + 1))
    BARRIER = auto()  # zeros, COUNTER_STRIDE apart: threads here, rounds, spins beyond SPIN_CYCLES
    ROWS = auto()
    PAST_TOKENS = auto()  # tokens in the KV cache before these
    CAPACITY = auto()  # positions that the KV caches have memory for
    THREADS = auto()
    LOGIT_ROWS = auto()
    LOGITS = auto()  # float32 [logit rows, vocabulary]
    FINAL_NORM = auto()
    LM_HEAD = auto()  # weight, scale, row sums
    LM_HEAD_SCALE = auto()
    LM_HEAD_SUMS = auto()
    ZEROS = auto()  # as many as any matrix has outputs
    UNPACKED = auto()  # int8 [threads, OUTPUTS_PER_ITEM, the widest input]


# Entries of one layer: a norm's weight, followed by its epsilon; a matrix's weight or 4-bit codes,
# scale, row sums, bias and the codes' groups, 0 with int8 weights.
NORMS = {"norm_in": 0, "norm_mlp": 1}
MATRIX_SLOTS = 5
MATRICES = {
    name: 2 + MATRIX_SLOTS * n for n, name in enumerate(("q", "k", "v", "o", "gate", "up", "down"))
}
LAYER_SLOTS = 2 + MATRIX_SLOTS * len(MATRICES)


class ForwardProgram:
    """Generator of the function `forward(table, thread)`.

    Args:
        isa: the instruction set.
        shape: sizes of the model.
        inner: width of the MLP.
        layers: how many decoder layers there are.
        vocabulary: how many tokens there are.
        int4: whether matrices of the layers may have 4-bit codes.
    """

    def __init__(
        self,
        isa: Isa,
        shape: DecoderShape,
        inner: int,
        layers: int,
        vocabulary: int,
        int4: bool = False,
    ) -> None:
        self.isa = isa
        self.shape, self.inner, self.layers, self.vocabulary = shape, inner, layers, vocabulary
        self.module = ir.Module("mmdesk")
        self._matmul_function = write_matmul(self.module, isa)
        self._unpack = write_unpack(self.module, isa) if int4 else None
        self._matmul_row_int4 = write_matmul_row_int4(self.module, isa) if int4 else None
        self._pack_tiles = write_pack_tiles(self.module) if isa.has_amx else None
        write_row_sums(self.module, isa)
        self._quantize = {
            kind: write_quantize(self.module, isa, kind) for kind in ("plain", "rms_norm", "swiglu")
        }
        self._rope = write_rope(self.module, isa, shape.head_dim)
        self._kv_store = write_kv_store(self.module, isa, shape.head_dim)
        self._groups = head_groups(shape.heads // shape.kv_heads)
        self._attention_functions = {
            heads: write_attention(self.module, isa, heads, shape.head_dim)
            for heads in set(self._groups)
        }
        self._yield_thread = ir.Function(self.module, ir.FunctionType(VOID, []), "yield_thread")
        self._barrier_function = self._write_barrier()
        self._write_forward()

    def _write_barrier(self) -> ir.Function:
        """Write barrier(state, threads), which returns when all threads have arrived."""
        code = IrWriter(self.module, "barrier", {"state": POINTER, "threads": I64})
        state, threads = code.arguments
        b = code.b
        rounds = code.address(state, i64(COUNTER_STRIDE), I64)
        before = b.load_atomic(rounds, "seq_cst", 8, typ=I64)
        since = code.intrinsic("llvm.readcyclecounter", I64, [])
        arrived = b.add(b.atomic_rmw("add", state, i64(1), "seq_cst"), i64(1))
        with b.if_else(b.icmp_signed("==", arrived, threads)) as (last, others):
            with last:
                b.atomic_rmw("xchg", state, i64(0), "seq_cst")
                b.atomic_rmw("add", rounds, i64(1), "seq_cst")
            with others:
                wait = b.append_basic_block("wait")
                again = b.append_basic_block("again")
                done = b.append_basic_block("over")
                b.branch(wait)
                b.position_at_end(wait)
                now = b.load_atomic(rounds, "seq_cst", 8, typ=I64)
                b.cbranch(b.icmp_signed("==", now, before), again, done)
                b.position_at_end(again)
                code.intrinsic("llvm.x86.sse2.pause", VOID, [])
                waited = b.sub(code.intrinsic("llvm.readcyclecounter", I64, []), since)
                with b.if_then(b.icmp_signed(">", waited, i64(SPIN_CYCLES))):
                    late = code.address(state, i64(2 * COUNTER_STRIDE), I64)
                    b.atomic_rmw("add", late, i64(1), "seq_cst")
                    b.call(self._yield_thread, [])
                b.branch(wait)
                b.position_at_end(done)
        function = code.done()
        function.attributes.add("noinline")
        return function

    def _write_forward(self) -> None:
        code = IrWriter(self.module, "forward", {"table": POINTER, "thread": I64})
        table, thread = code.arguments
        self._code = code
        self._numbers = {
            slot: code.load(table, i64(slot), I64)
            for slot in (
                Slot.ROWS,
                Slot.PAST_TOKENS,
                Slot.CAPACITY,
                Slot.THREADS,
                Slot.LOGIT_ROWS,
            )
        }
        self._pointers = {
            slot: code.load(table, i64(slot), POINTER) for slot in Slot if slot not in self._numbers
        }
        shape = self.shape
        own_scores = code.b.mul(thread, i64(max(self._groups)))
        own_scores = code.b.mul(own_scores, self._numbers[Slot.CAPACITY])
        self._scores = code.address(self._pointers[Slot.SCORES], own_scores)
        widest = max(shape.hidden, self.inner, shape.heads * shape.head_dim)
        own_unpacked = code.b.mul(thread, i64(OUTPUTS_PER_ITEM * widest))
        self._unpacked = code.address(self._pointers[Slot.UNPACKED], own_unpacked, I8)
        with code.loop(i64(0), i64(self.layers)) as loop:
            self._write_layer(loop.index)
        last = code.b.mul(i64(self.layers), i64(STEPS_PER_LAYER))
        skipped = code.b.sub(self._numbers[Slot.ROWS], self._numbers[Slot.LOGIT_ROWS])
        x = code.address(self._pointers[Slot.HIDDEN], code.b.mul(skipped, i64(shape.hidden)))
        rows, pointers = self._numbers[Slot.LOGIT_ROWS], self._pointers
        norm = pointers[Slot.FINAL_NORM]
        self._quantize_rows(last, "rms_norm", x, norm, shape.hidden, shape.hidden, rows)
        head = (Slot.LM_HEAD, Slot.LM_HEAD_SCALE, Slot.LM_HEAD_SUMS, Slot.ZEROS)
        self._matmul(
            code.b.add(last, i64(1)),
            tuple(pointers[slot] for slot in head),
            shape.hidden,
            self.vocabulary,
            pointers[Slot.LOGITS],
            self.vocabulary,
            rows=rows,
        )
        self._barrier()
        code.done()

    def _write_layer(self, layer: IrValue) -> None:
        code, shape, pointers = self._code, self.shape, self._pointers
        b = code.b
        table = code.address(pointers[Slot.LAYERS], b.mul(layer, i64(LAYER_SLOTS)), I64)
        steps = iter(
            b.add(b.mul(layer, i64(STEPS_PER_LAYER)), i64(n)) for n in range(STEPS_PER_LAYER)
        )

        def vector(slot: int) -> IrValue:
            return code.load(table, i64(slot), POINTER)

        def matrix(name: str) -> tuple[IrValue, ...]:
            return tuple(vector(MATRICES[name] + n) for n in range(MATRIX_SLOTS))

        hidden, inner = shape.hidden, self.inner
        x, qkv = pointers[Slot.HIDDEN], pointers[Slot.QKV]
        attention_out, gate = pointers[Slot.ATTENTION_OUT], pointers[Slot.GATE_UP]
        self._quantize_rows(next(steps), "rms_norm", x, vector(NORMS["norm_in"]), hidden, hidden)
        start = 0
        for name, heads in (("q", shape.heads), ("k", shape.kv_heads), ("v", shape.kv_heads)):
            width = heads * shape.head_dim
            y = code.address(qkv, i64(start))
            self._matmul(next(steps), matrix(name), hidden, width, y, shape.qkv)
            start += width
        self._barrier()
        pair = b.mul(layer, i64(2))
        caches = [
            code.load(pointers[Slot.KV_CACHES], b.add(pair, i64(n)), POINTER) for n in range(2)
        ]
        self._rope_and_store(next(steps), caches)
        self._attention(next(steps), caches)
        width = shape.heads * shape.head_dim
        self._quantize_rows(next(steps), "plain", attention_out, attention_out, width, width)
        self._matmul(next(steps), matrix("o"), width, hidden, x, hidden, residual=True)
        self._barrier()
        self._quantize_rows(next(steps), "rms_norm", x, vector(NORMS["norm_mlp"]), hidden, hidden)
        up = code.address(gate, i64(inner))
        self._matmul(next(steps), matrix("gate"), hidden, inner, gate, 2 * inner)
        self._matmul(next(steps), matrix("up"), hidden, inner, up, 2 * inner)
        self._barrier()
        self._quantize_rows(next(steps), "swiglu", gate, up, inner, 2 * inner)
        self._matmul(next(steps), matrix("down"), inner, hidden, x, hidden, residual=True)
        self._barrier()

    # Steps

    def _share(self, step: IrValue, items: IrValue, work: Callable[[IrValue], None]) -> None:
        """Do `work` for every work item, each by the thread that takes it first."""
        b = self._code.b
        skipped = b.mul(step, i64(COUNTER_STRIDE))
        counter = self._code.address(self._pointers[Slot.COUNTERS], skipped, I64)
        take, do, done = (b.append_basic_block(name) for name in ("take", "do", "done"))
        b.branch(take)
        b.position_at_end(take)
        item = b.atomic_rmw("add", counter, i64(1), "seq_cst")
        b.cbranch(b.icmp_signed("<", item, items), do, done)
        b.position_at_end(do)
        work(item)
        b.branch(take)
        b.position_at_end(done)

    def _barrier(self) -> None:
        arguments = [self._pointers[Slot.BARRIER], self._numbers[Slot.THREADS]]
        self._code.b.call(self._barrier_function, arguments)

    def _quantize_rows(
        self,
        step: IrValue,
        kind: str,
        x: IrValue,
        other: IrValue,
        count: int,
        ld_x: int,
        rows: IrValue | None = None,
    ) -> None:
        """Quantise rows of x, which lie `ld_x` numbers apart."""
        code, pointers = self._code, self._pointers

        def quantize(row: IrValue) -> None:
            start = code.b.mul(row, i64(ld_x))
            q = pointers[Slot.QUANTIZED]
            values = [
                code.address(x, start),
                code.address(other, start) if kind == "swiglu" else other,
                i64(count),
                code.address(q, code.b.mul(row, i64(count)), self.isa.act_type),
                code.address(pointers[Slot.ACT_SCALE], row),
                code.address(pointers[Slot.ACT_OFFSET], row),
            ]
            code.b.call(self._quantize[kind], values)

        rows = self._numbers[Slot.ROWS] if rows is None else rows
        if self.isa.has_amx:
            self._share_tiles(step, rows, quantize, count)
        else:
            self._share(step, rows, quantize)
        self._barrier()

    def _share_tiles(
        self, step: IrValue, rows: IrValue, quantize: Callable[[IrValue], None], count: int
    ) -> None:
        """Quantise rows tile by tile and pack them for matmul_amx.py; a few rows one by one."""
        code, pointers = self._code, self._pointers
        b = code.b
        few = b.icmp_signed("<", rows, i64(MIN_TILE_ROWS))
        each = b.select(few, i64(1), i64(TILE_ROWS))
        items = b.sdiv(b.add(rows, b.sub(each, i64(1))), each)

        def work(item: IrValue) -> None:
            start = b.mul(item, each)
            end = b.add(start, each)
            with code.loop(start, b.select(b.icmp_signed("<", end, rows), end, rows)) as loop:
                quantize(loop.index)
            with b.if_then(b.not_(few)):
                skipped = b.mul(start, i64(count))
                q, packed = (
                    code.address(pointers[slot], skipped, I8)
                    for slot in (Slot.QUANTIZED, Slot.PACKED)
                )
                b.call(self._pack_tiles, [q, i64(count), packed])

        self._share(step, items, work)

    def _matmul(
        self,
        step: IrValue,
        matrix: tuple[IrValue, ...],
        inputs: int,
        outputs: int,
        y: IrValue,
        ld_y: int,
        residual: bool = False,
        rows: IrValue | None = None,
    ) -> None:
        """Multiply the quantised rows by a matrix, into y or (`residual`) added to it."""
        code, pointers = self._code, self._pointers
        weight, scale, row_sums, bias, *groups = matrix
        base, ld_base = (y, i64(ld_y)) if residual else (bias, i64(0))

        def work(item: IrValue) -> None:
            start = code.b.mul(item, i64(OUTPUTS_PER_ITEM))
            end = code.b.add(start, i64(OUTPUTS_PER_ITEM))
            if outputs % OUTPUTS_PER_ITEM:
                most = i64(outputs)
                end = code.b.select(code.b.icmp_signed("<", end, most), end, most)
            count = self._numbers[Slot.ROWS] if rows is None else rows
            acts = (Slot.PACKED, Slot.QUANTIZED, Slot.ACT_SCALE, Slot.ACT_OFFSET)

            def multiply(int8: IrValue) -> None:
                values = [*(pointers[slot] for slot in acts), count]
                values += [i64(inputs), int8, scale, row_sums, start, end]
                values += [y, i64(ld_y), base, ld_base]
                code.b.call(self._matmul_function, values)

            if self._unpack is None or not groups:
                multiply(weight)
                return
            is_int4 = code.b.icmp_unsigned("!=", code.b.ptrtoint(groups[0], I64), i64(0))
            with code.b.if_else(is_int4) as (int4, int8):
                with int8:
                    multiply(weight)
                with int4, code.b.if_else(code.b.icmp_signed("==", count, i64(1))) as (one, many):
                    with one:
                        values = [pointers[slot] for slot in acts[1:]]
                        values += [i64(inputs), weight, groups[0], scale, row_sums, start, end]
                        code.b.call(self._matmul_row_int4, [*values, y, base])
                    with many:
                        multiply(self._write_unpack(weight, groups[0], inputs, start, end))

        self._share(step, i64(-(-outputs // OUTPUTS_PER_ITEM)), work)

    def _write_unpack(
        self, codes: IrValue, groups: IrValue, inputs: int, start: IrValue, end: IrValue
    ) -> IrValue:
        """Unpack weight rows `start` to `end`; return where row 0 would be."""
        code, blocks = self._code, inputs // INT4_BLOCK
        first = code.b.mul(start, i64(blocks))
        packed = [
            code.address(pointer, code.b.mul(first, i64(size)), I8)
            for pointer, size in ((codes, CODE_BYTES), (groups, GROUP_BYTES))
        ]
        count = code.b.mul(code.b.sub(end, start), i64(blocks))
        code.b.call(self._unpack, [*packed, count, self._unpacked])
        return code.address(self._unpacked, code.b.mul(start, i64(-inputs)), I8)

    def _rope_and_store(self, step: IrValue, caches: list[IrValue]) -> None:
        """Rotate queries and keys, and append keys and values to the KV cache."""
        code, shape, pointers = self._code, self.shape, self._pointers
        b = code.b
        dim = shape.head_dim

        def work(row: IrValue) -> None:
            start = code.address(pointers[Slot.QKV], b.mul(row, i64(shape.qkv)))
            skipped = b.mul(row, i64(dim // 2))
            angles = [code.address(pointers[slot], skipped) for slot in (Slot.COSINES, Slot.SINES)]
            b.call(self._rope, [start, i64(shape.heads + shape.kv_heads), *angles])
            position = b.add(self._numbers[Slot.PAST_TOKENS], row)
            each = b.mul(self._numbers[Slot.CAPACITY], i64(dim))
            for head in range(shape.kv_heads):
                key = code.address(start, i64((shape.heads + head) * dim))
                value = code.address(start, i64((shape.heads + shape.kv_heads + head) * dim))
                own = [code.address(cache, b.mul(i64(head), each), HALF) for cache in caches]
                b.call(self._kv_store, [key, value, *own, position])

        self._share(step, self._numbers[Slot.ROWS], work)
        self._barrier()

    def _attention(self, step: IrValue, caches: list[IrValue]) -> None:
        code, shape, pointers = self._code, self.shape, self._pointers
        b = code.b
        dim, group = shape.head_dim, shape.heads // shape.kv_heads

        def work(item: IrValue) -> None:
            # The last rows attend to the most positions: they come first, so that nobody waits
            # for a large work item at the end.
            rows, capacity = self._numbers[Slot.ROWS], self._numbers[Slot.CAPACITY]
            row = b.sub(b.sub(rows, i64(1)), b.sdiv(item, i64(shape.kv_heads)))
            kv_head = b.srem(item, i64(shape.kv_heads))
            skipped = b.mul(b.mul(capacity, i64(dim)), kv_head)
            own = [code.address(cache, skipped, HALF) for cache in caches]
            count = b.add(b.add(self._numbers[Slot.PAST_TOKENS], row), i64(1))
            start = b.mul(kv_head, i64(group * dim))
            q = code.address(pointers[Slot.QKV], b.add(b.mul(row, i64(shape.qkv)), start))
            width = i64(shape.heads * dim)
            out = code.address(pointers[Slot.ATTENTION_OUT], b.add(b.mul(row, width), start))
            first = 0
            for heads in self._groups:
                skip = i64(first * dim)
                values = [code.address(q, skip), *own, count, self._scores, capacity]
                values.append(code.address(out, skip))
                b.call(self._attention_functions[heads], values)
                first += heads

        self._share(step, b.mul(self._numbers[Slot.ROWS], i64(shape.kv_heads)), work)
        self._barrier()
