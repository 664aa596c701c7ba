"""LLVM IR of the steps of a forward pass.

Each step is cut into work items, and whichever thread is free takes the next one. So a thread whose
core is wanted elsewhere does not make the others wait for a fixed share. A barrier ends each step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from llvmlite import ir

from mmdesk.engine.families import Features
from mmdesk.engine.native.attention import (
    head_groups,
    write_add_norm,
    write_attention,
    write_head_norm,
    write_kv_store,
    write_rope,
)
from mmdesk.engine.native.barrier import write_barrier
from mmdesk.engine.native.forward_table import (
    COUNTER_STRIDE,
    OUTPUTS_PER_ITEM,
    ROPE_TABLES,
    Slot,
)
from mmdesk.engine.native.isa import Isa
from mmdesk.engine.native.llvm_ir import HALF, I8, I64, POINTER, IrValue, IrWriter, i64
from mmdesk.engine.native.matmul import GATED, write_matmul, write_quantize, write_row_sums
from mmdesk.engine.native.matmul_amx import MIN_TILE_ROWS, TILE_ROWS, write_pack_tiles
from mmdesk.engine.native.matmul_int4 import (
    CODE_BYTES,
    GROUP_BYTES,
    write_matmul_row_int4,
    write_unpack,
)
from mmdesk.engine.native.short_conv import write_conv_input, write_short_conv
from mmdesk.models import INT4_BLOCK

if TYPE_CHECKING:
    from mmdesk.engine.decoder import DecoderShape


class ForwardSteps:
    """Writer of the steps of a forward pass into one function.

    Args:
        isa: the instruction set.
        shape: sizes of the model.
        inner: width of the MLP.
        int4: whether matrices of the layers may have 4-bit codes.
        features: what the layers have beyond Llama's.
    """

    def __init__(
        self,
        isa: Isa,
        shape: DecoderShape,
        inner: int,
        int4: bool,
        features: Features,
    ) -> None:
        self.isa = isa
        self.features, self.shape, self.inner = features, shape, inner
        self.module = ir.Module("mmdesk")
        self._matmul_function = write_matmul(self.module, isa)
        self._unpack = write_unpack(self.module, isa) if int4 else None
        self._matmul_row_int4 = write_matmul_row_int4(self.module, isa) if int4 else None
        self._pack_tiles = write_pack_tiles(self.module) if isa.has_amx else None
        write_row_sums(self.module, isa)
        self._gated = "geglu" if features.gelu else "swiglu"
        kinds = ("plain", "rms_norm", self._gated)
        self._quantize = {kind: write_quantize(self.module, isa, kind) for kind in kinds}
        self._rope = write_rope(self.module, isa, shape.head_dim)
        if features.qk_norm:
            self._head_norm = write_head_norm(self.module, isa, shape.head_dim)
        if features.sandwich_norm:
            self._add_norm = write_add_norm(self.module, isa)
        self._kv_store = write_kv_store(self.module, isa, shape.head_dim)
        if features.conv:
            self._conv_input = write_conv_input(self.module, isa, shape.hidden)
            self._short_conv = write_short_conv(self.module, isa, shape.hidden, features.conv)
        self._groups = head_groups(shape.heads // shape.kv_heads)
        self._attention_functions = {
            heads: write_attention(self.module, isa, heads, shape.head_dim, features.windows)
            for heads in set(self._groups)
        }
        self._barrier_function = write_barrier(self.module)

    def _begin(self) -> None:
        """Begin the function `forward(table, thread)`, and load what stands in the table."""
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

    def _add_to_residual(
        self, steps: Iterator[IrValue], matrix: tuple[IrValue, ...], inputs: int, norm: IrValue
    ) -> None:
        """Add the product of the quantised rows and a matrix to HIDDEN, normed in a sandwich."""
        hidden, x = self.shape.hidden, self._pointers[Slot.HIDDEN]
        if not self.features.sandwich_norm:
            self._matmul(next(steps), matrix, inputs, hidden, x, hidden, residual=True)
            self._barrier()
            return
        code, added = self._code, self._pointers[Slot.ADDED]
        self._matmul(next(steps), matrix, inputs, hidden, added, hidden)
        self._barrier()

        def add(row: IrValue) -> None:
            start = code.b.mul(row, i64(hidden))
            rows = [code.address(pointer, start) for pointer in (x, added)]
            code.b.call(self._add_norm, [*rows, norm, i64(hidden)])

        self._share(next(steps), self._numbers[Slot.ROWS], add)
        self._barrier()

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
                code.address(other, start) if kind in GATED else other,
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

    def _rope_and_store(
        self,
        step: IrValue,
        caches: list[IrValue],
        kind: IrValue,
        norms: tuple[IrValue, IrValue] | None,
    ) -> None:
        """Norm and rotate queries and keys, and append keys and values to the KV cache."""
        code, shape, pointers = self._code, self.shape, self._pointers
        b = code.b
        dim = shape.head_dim
        own = b.mul(kind, i64(ROPE_TABLES))
        tables = [
            code.load(pointers[Slot.ROPES], b.add(own, i64(n)), POINTER) for n in range(ROPE_TABLES)
        ]

        def work(row: IrValue) -> None:
            start = code.address(pointers[Slot.QKV], b.mul(row, i64(shape.qkv)))
            skipped = b.mul(row, i64(dim // 2))
            angles = [code.address(table, skipped) for table in tables]
            keys = code.address(start, i64(shape.heads * dim))
            parts = (start, i64(shape.heads)), (keys, i64(shape.kv_heads))
            for n, part in enumerate(parts):
                if norms:
                    b.call(self._head_norm, [*part, norms[n]])
                b.call(self._rope, [*part, *angles[2 * n : 2 * n + 2]])
            position = b.add(self._numbers[Slot.PAST_TOKENS], row)
            each = b.mul(self._numbers[Slot.CAPACITY], i64(dim))
            for head in range(shape.kv_heads):
                key = code.address(start, i64((shape.heads + head) * dim))
                value = code.address(start, i64((shape.heads + shape.kv_heads + head) * dim))
                own = [code.address(cache, b.mul(i64(head), each), HALF) for cache in caches]
                b.call(self._kv_store, [key, value, *own, position])

        self._share(step, self._numbers[Slot.ROWS], work)
        self._barrier()

    def _attention(self, step: IrValue, caches: list[IrValue], window: IrValue | None) -> None:
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
            begin: IrValue = i64(0)
            if window is not None:
                inside = b.icmp_signed("<=", count, window)
                everything = b.or_(inside, b.icmp_signed("==", window, i64(0)))
                begin = b.select(everything, i64(0), b.sub(count, window))
            start = b.mul(kv_head, i64(group * dim))
            q = code.address(pointers[Slot.QKV], b.add(b.mul(row, i64(shape.qkv)), start))
            width = i64(shape.heads * dim)
            out = code.address(pointers[Slot.ATTENTION_OUT], b.add(b.mul(row, width), start))
            first = 0
            for heads in self._groups:
                skip = i64(first * dim)
                values = [code.address(q, skip), *own, begin, count, self._scores, capacity]
                values.append(code.address(out, skip))
                b.call(self._attention_functions[heads], values)
                first += heads

        self._share(step, b.mul(self._numbers[Slot.ROWS], i64(shape.kv_heads)), work)
        self._barrier()
