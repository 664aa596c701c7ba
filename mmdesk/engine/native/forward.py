"""The whole forward of a Llama or Qwen2 model over some tokens, as one LLVM function that all
threads run together.

Work is cut into pieces that whichever thread is free takes next, so that a thread whose core is
wanted elsewhere does not make the others wait for a fixed share; a barrier ends each step.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum, auto
from typing import TYPE_CHECKING

from llvmlite import ir

from mmdesk.engine.native.attention import head_groups, write_attend, write_keep, write_turn
from mmdesk.engine.native.isa import Isa
from mmdesk.engine.native.llvm_ir import I8, I64, POINTER, VOID, IrValue, IrWriter, number
from mmdesk.engine.native.matmul import write_products, write_row, write_sums
from mmdesk.engine.native.matmul_amx import BLOCK, FEW, write_pack

if TYPE_CHECKING:
    from mmdesk.engine.decoder import DecoderShape

PIECE = 64  # rows of a matrix in one piece of work
STEPS = 16  # counters per layer
APART = 8  # 64-bit numbers from one counter to the next: a cache line
# Cycles at the barrier, one or two milliseconds, before the core is offered to others: no piece of
# work takes as long, so that a thread that is not here by then has lost its own core.
PATIENCE = 5_000_000


class Slot(IntEnum):
    """What stands where in the table of one forward (64-bit numbers, most of them addresses)."""

    X = 0  # float32 [rows, hidden]
    Q8 = auto()  # whole numbers as the instructions want them, [rows, the widest input]
    PACKED = auto()  # the same once more, as blocks.py wants them
    HALF = auto()  # float32 [rows]
    OFFSET = auto()
    QKV = auto()  # float32 [rows, (heads + 2 kv_heads) * head_dim]
    MIXED = auto()  # float32 [rows, heads * head_dim]
    GATES = auto()  # float32 [rows, 2, inner]
    SCORES = auto()  # float32 [threads, MOST_HEADS, room]
    COSINES = auto()  # float32 [rows, head_dim / 2]
    SINES = auto()
    LAYERS = auto()  # the tables of the layers, one after another
    CACHES = auto()  # addresses of keys and values, layer by layer
    COUNTERS = auto()  # zeros, APART * (STEPS * (layers + 1))
    BARRIER = auto()  # three zeros, APART apart: threads here, rounds, how often one was late
    ROWS = auto()
    START = auto()  # tokens held before these
    ROOM = auto()  # positions that the caches have room for
    THREADS = auto()
    WANTED = auto()
    LOGITS = auto()  # float32 [wanted, vocabulary]
    NORM = auto()
    HEAD = auto()  # weight, scale, sums
    HEAD_SCALE = auto()
    HEAD_SUMS = auto()
    NOUGHT = auto()  # zeros, as many as any matrix has outputs


# Of one layer: a norm's weight has its epsilon behind it; a matrix is weight, scale, sums, bias.
NORMS = {"norm_in": 0, "norm_mlp": 1}
MATRICES = {name: 2 + 4 * n for n, name in enumerate(("q", "k", "v", "o", "gate", "up", "down"))}
LAYER_SLOTS = 30


class ForwardProgram:
    """Writes the function `forward(table, thread)`."""

    def __init__(
        self, isa: Isa, shape: DecoderShape, inner: int, layers: int, vocabulary: int
    ) -> None:
        self.isa = isa
        self.shape, self.inner, self.layers, self.vocabulary = shape, inner, layers, vocabulary
        self.module = ir.Module("mmdesk")
        self._multiply = write_products(self.module, isa)
        self._pack = write_pack(self.module) if isa.blocks else None
        write_sums(self.module, isa)
        self._rows = {
            name: write_row(self.module, isa, name) for name in ("plain", "normed", "gated")
        }
        self._turn = write_turn(self.module, isa, shape.head_dim)
        self._keep = write_keep(self.module, isa, shape.head_dim)
        self._groups = head_groups(shape.heads // shape.kv_heads)
        self._attends = {
            heads: write_attend(self.module, isa, heads, shape.head_dim)
            for heads in set(self._groups)
        }
        self._give_way = ir.Function(self.module, ir.FunctionType(VOID, []), "give_way")
        self._barrier = self._write_barrier()
        self._write_forward()

    def _write_barrier(self) -> ir.Function:
        """meet(barrier, threads): return when all threads are here."""
        code = IrWriter(self.module, "meet", {"barrier": POINTER, "threads": I64})
        barrier, threads = code.arguments
        b = code.b
        rounds = code.place(barrier, number(APART), I64)
        before = b.load_atomic(rounds, "seq_cst", 8, typ=I64)
        since = code.intrinsic("llvm.readcyclecounter", I64, [])
        here = b.add(b.atomic_rmw("add", barrier, number(1), "seq_cst"), number(1))
        with b.if_else(b.icmp_signed("==", here, threads)) as (last, others):
            with last:
                b.atomic_rmw("xchg", barrier, number(0), "seq_cst")
                b.atomic_rmw("add", rounds, number(1), "seq_cst")
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
                with b.if_then(b.icmp_signed(">", waited, number(PATIENCE))):
                    late = code.place(barrier, number(2 * APART), I64)
                    b.atomic_rmw("add", late, number(1), "seq_cst")
                    b.call(self._give_way, [])
                b.branch(wait)
                b.position_at_end(done)
        function = code.done()
        function.attributes.add("noinline")
        return function

    def _write_forward(self) -> None:
        code = IrWriter(self.module, "forward", {"table": POINTER, "thread": I64})
        table, thread = code.arguments
        self._code = code
        self._slots = {
            slot: code.load(table, number(slot), I64)
            for slot in (Slot.ROWS, Slot.START, Slot.ROOM, Slot.THREADS, Slot.WANTED)
        }
        self._at = {
            slot: code.load(table, number(slot), POINTER)
            for slot in Slot
            if slot not in self._slots
        }
        shape = self.shape
        scores = code.b.mul(code.b.mul(thread, number(max(self._groups))), self._slots[Slot.ROOM])
        self._scores = code.place(self._at[Slot.SCORES], scores)
        with code.loop(number(0), number(self.layers)) as turn:
            self._write_layer(turn.index)
        last = code.b.mul(number(self.layers), number(STEPS))
        skipped = code.b.sub(self._slots[Slot.ROWS], self._slots[Slot.WANTED])
        x = code.place(self._at[Slot.X], code.b.mul(skipped, number(shape.hidden)))
        wanted = self._slots[Slot.WANTED]
        self._squeeze(last, "normed", x, self._at[Slot.NORM], shape.hidden, shape.hidden, wanted)
        at = self._at
        self._product(
            code.b.add(last, number(1)),
            (at[Slot.HEAD], at[Slot.HEAD_SCALE], at[Slot.HEAD_SUMS], at[Slot.NOUGHT]),
            shape.hidden,
            self.vocabulary,
            at[Slot.LOGITS],
            self.vocabulary,
            rows=wanted,
        )
        self._meet()
        code.done()

    def _write_layer(self, layer: IrValue) -> None:
        code, shape, at = self._code, self.shape, self._at
        b = code.b
        own = code.place(at[Slot.LAYERS], b.mul(layer, number(LAYER_SLOTS)), I64)
        steps = iter(b.add(b.mul(layer, number(STEPS)), number(n)) for n in range(STEPS))

        def vector(slot: int) -> IrValue:
            return code.load(own, number(slot), POINTER)

        def matrix(name: str) -> tuple[IrValue, ...]:
            return tuple(vector(MATRICES[name] + n) for n in range(4))

        hidden, inner = shape.hidden, self.inner
        x, qkv, mixed, gates = at[Slot.X], at[Slot.QKV], at[Slot.MIXED], at[Slot.GATES]
        self._squeeze(next(steps), "normed", x, vector(NORMS["norm_in"]), hidden, hidden)
        start = 0
        for name, heads in (("q", shape.heads), ("k", shape.kv_heads), ("v", shape.kv_heads)):
            width = heads * shape.head_dim
            y = code.place(qkv, number(start))
            self._product(next(steps), matrix(name), hidden, width, y, shape.qkv)
            start += width
        self._meet()
        pair = b.mul(layer, number(2))
        caches = [code.load(at[Slot.CACHES], b.add(pair, number(n)), POINTER) for n in range(2)]
        self._place(next(steps), caches)
        self._attend(next(steps), caches)
        width = shape.heads * shape.head_dim
        self._squeeze(next(steps), "plain", mixed, mixed, width, width)
        self._product(next(steps), matrix("o"), width, hidden, x, hidden, added=True)
        self._meet()
        self._squeeze(next(steps), "normed", x, vector(NORMS["norm_mlp"]), hidden, hidden)
        up = code.place(gates, number(inner))
        self._product(next(steps), matrix("gate"), hidden, inner, gates, 2 * inner)
        self._product(next(steps), matrix("up"), hidden, inner, up, 2 * inner)
        self._meet()
        self._squeeze(next(steps), "gated", gates, up, inner, 2 * inner)
        self._product(next(steps), matrix("down"), inner, hidden, x, hidden, added=True)
        self._meet()

    # Steps

    def _share(self, step: IrValue, pieces: IrValue, work: Callable[[IrValue], None]) -> None:
        """Do `work` for every piece, each by the thread that takes it first."""
        b = self._code.b
        counter = self._code.place(self._at[Slot.COUNTERS], b.mul(step, number(APART)), I64)
        take, do, done = (b.append_basic_block(name) for name in ("take", "do", "done"))
        b.branch(take)
        b.position_at_end(take)
        piece = b.atomic_rmw("add", counter, number(1), "seq_cst")
        b.cbranch(b.icmp_signed("<", piece, pieces), do, done)
        b.position_at_end(do)
        work(piece)
        b.branch(take)
        b.position_at_end(done)

    def _meet(self) -> None:
        self._code.b.call(self._barrier, [self._at[Slot.BARRIER], self._slots[Slot.THREADS]])

    def _squeeze(
        self,
        step: IrValue,
        kind: str,
        x: IrValue,
        other: IrValue,
        count: int,
        apart: int,
        rows: IrValue | None = None,
    ) -> None:
        """Rows of x in 8 bits; `apart` numbers from one to the next."""
        code, at = self._code, self._at

        def squeeze(row: IrValue) -> None:
            start = code.b.mul(row, number(apart))
            values = [
                code.place(x, start),
                code.place(other, start) if kind == "gated" else other,
                number(count),
                code.place(at[Slot.Q8], code.b.mul(row, number(count)), self.isa.row),
                code.place(at[Slot.HALF], row),
                code.place(at[Slot.OFFSET], row),
            ]
            code.b.call(self._rows[kind], values)

        rows = self._slots[Slot.ROWS] if rows is None else rows
        if self.isa.blocks:
            self._share_blocks(step, rows, squeeze, count)
        else:
            self._share(step, rows, squeeze)
        self._meet()

    def _share_blocks(
        self, step: IrValue, rows: IrValue, squeeze: Callable[[IrValue], None], count: int
    ) -> None:
        """Rows in 8 bits, block by block, packed for blocks.py; a few rows one by one."""
        code, at = self._code, self._at
        b = code.b
        alone = b.icmp_signed("<", rows, number(FEW))
        each = b.select(alone, number(1), number(BLOCK))
        pieces = b.sdiv(b.add(rows, b.sub(each, number(1))), each)

        def work(piece: IrValue) -> None:
            start = b.mul(piece, each)
            end = b.add(start, each)
            with code.loop(start, b.select(b.icmp_signed("<", end, rows), end, rows)) as turn:
                squeeze(turn.index)
            with b.if_then(b.not_(alone)):
                place = b.mul(start, number(count))
                q, packed = (code.place(at[slot], place, I8) for slot in (Slot.Q8, Slot.PACKED))
                b.call(self._pack, [q, number(count), packed])

        self._share(step, pieces, work)

    def _product(
        self,
        step: IrValue,
        matrix: tuple[IrValue, ...],
        inputs: int,
        outputs: int,
        y: IrValue,
        apart: int,
        added: bool = False,
        rows: IrValue | None = None,
    ) -> None:
        """The rows in 8 bits times a matrix, into y or (`added`) onto it."""
        code, at = self._code, self._at
        weight, scale, sums, bias = matrix
        base, base_apart = (y, number(apart)) if added else (bias, number(0))

        def work(piece: IrValue) -> None:
            start = code.b.mul(piece, number(PIECE))
            end = code.b.add(start, number(PIECE))
            if outputs % PIECE:
                most = number(outputs)
                end = code.b.select(code.b.icmp_signed("<", end, most), end, most)
            count = self._slots[Slot.ROWS] if rows is None else rows
            values = [at[Slot.PACKED], at[Slot.Q8], at[Slot.HALF], at[Slot.OFFSET], count]
            values += [number(inputs), weight, scale, sums, start, end]
            values += [y, number(apart), base, base_apart]
            code.b.call(self._multiply, values)

        self._share(step, number(-(-outputs // PIECE)), work)

    def _place(self, step: IrValue, caches: list[IrValue]) -> None:
        """Turn queries and keys, and put keys and values into the cache."""
        code, shape, at = self._code, self.shape, self._at
        b = code.b
        dim = shape.head_dim

        def work(row: IrValue) -> None:
            start = code.place(at[Slot.QKV], b.mul(row, number(shape.qkv)))
            half = b.mul(row, number(dim // 2))
            turns = [code.place(at[slot], half) for slot in (Slot.COSINES, Slot.SINES)]
            b.call(self._turn, [start, number(shape.heads + shape.kv_heads), *turns])
            position = b.add(self._slots[Slot.START], row)
            each = b.mul(self._slots[Slot.ROOM], number(dim))
            for head in range(shape.kv_heads):
                key = code.place(start, number((shape.heads + head) * dim))
                value = code.place(start, number((shape.heads + shape.kv_heads + head) * dim))
                own = [code.place(cache, b.mul(number(head), each)) for cache in caches]
                b.call(self._keep, [key, value, *own, position])

        self._share(step, self._slots[Slot.ROWS], work)
        self._meet()

    def _attend(self, step: IrValue, caches: list[IrValue]) -> None:
        code, shape, at = self._code, self.shape, self._at
        b = code.b
        dim, group = shape.head_dim, shape.heads // shape.kv_heads

        def work(piece: IrValue) -> None:
            # The last rows look at the most positions: they come first, so that nobody waits
            # for a large piece at the end.
            rows = self._slots[Slot.ROWS]
            row = b.sub(b.sub(rows, number(1)), b.sdiv(piece, number(shape.kv_heads)))
            kv = b.srem(piece, number(shape.kv_heads))
            each = b.mul(b.mul(self._slots[Slot.ROOM], number(dim)), kv)
            own = [code.place(cache, each) for cache in caches]
            count = b.add(b.add(self._slots[Slot.START], row), number(1))
            start = b.mul(kv, number(group * dim))
            q = code.place(at[Slot.QKV], b.add(b.mul(row, number(shape.qkv)), start))
            width = number(shape.heads * dim)
            out = code.place(at[Slot.MIXED], b.add(b.mul(row, width), start))
            first = 0
            for heads in self._groups:
                skip = number(first * dim)
                values = [code.place(q, skip), *own, count, self._scores, self._slots[Slot.ROOM]]
                b.call(self._attends[heads], [*values, code.place(out, skip)])
                first += heads

        self._share(step, b.mul(self._slots[Slot.ROWS], number(shape.kv_heads)), work)
        self._meet()
