"""Rows in 8 bits, and their products with matrices in 8 bits, as LLVM code.

A row x is written as middle + half * n with n in -1..1, n rounded to as many steps as the
instructions allow (isa.py): 8 bits, moved to 1..255 where they want unsigned bytes, or 10. Its
products with a matrix of signed bytes are added up in 32 bits, which is exact. Since
W x = half * W n + middle * (sum of W's columns), all that is not whole numbers happens once per
element of the result, in the same order whatever rows stand beside it.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir

from mmdesk.engine.native.isa import Isa
from mmdesk.engine.native.llvm_ir import (
    FLOAT,
    I8,
    I32,
    I64,
    POINTER,
    VOID,
    IrValue,
    IrWriter,
    number,
)
from mmdesk.engine.native.matmul_amx import BLOCK, FEW, PAIR, write_blocks

ROUND = 12582912.0  # 1.5 * 2**23: a float32 added to it is rounded to a whole number
WIDE = 4  # rows of the matrix whose products are finished together
LINE = 64  # bytes that memory gives at once
AHEAD = 2  # rounds of WIDE rows with several rows of x: what memory takes to answer
FOUR_FLOATS, FOUR_INTS = ir.VectorType(FLOAT, WIDE), ir.VectorType(I32, WIDE)


ROWS = ("q", "half", "offset", "rows")
MATRIX = ("inputs", "weight", "scale", "sums", "start", "end")
RESULT = ("y", "ld_y", "base", "ld_base")
POINTERS = {"packed", "q", "half", "offset", "weight", "scale", "sums", "y", "base"}


def _parameters(*names: str) -> dict[str, Any]:
    return {name: POINTER if name in POINTERS else I64 for name in names}


def write_products(module: ir.Module, isa: Isa) -> ir.Function:
    """multiply(packed, q, half, offset, rows, inputs, weight, scale, sums, start, end, y, ld_y,
    base, ld_base): y[m, n] = base[m, n] + half[m] * scale[n] * (q W)[m, n] + offset[m] * sums[n],
    for n from `start` to `end`; ld_base may be 0. `packed` holds what q holds, for blocks.py.
    """
    by_rows = _write_by_rows(module, isa)
    code = IrWriter(module, "multiply", _parameters("packed", *ROWS, *MATRIX, *RESULT))
    packed, q, half, offset, rows, *rest = code.arguments
    b = code.b
    if not isa.blocks:
        b.call(by_rows, [q, half, offset, rows, *rest])
        return code.done()
    inputs, weight, scale, sums, start, end, y, ld_y, base, ld_base = rest
    blocks = write_blocks(module, _parameters("packed", *ROWS[1:], *MATRIX, *RESULT))
    left = b.and_(rows, number(BLOCK - 1))
    alone = b.select(b.icmp_signed("<", left, number(FEW)), left, number(0))
    together = b.sub(rows, alone)
    whole = b.sub(end, b.and_(b.sub(end, start), number(PAIR * BLOCK - 1)))
    matrix, result = [inputs, weight, scale, sums], [y, ld_y, base, ld_base]
    with b.if_then(b.icmp_signed(">", together, number(0))):
        b.call(blocks, [packed, half, offset, together, *matrix, start, whole, *result])
        b.call(by_rows, [q, half, offset, together, *matrix, whole, end, *result])
    there = _rows_from(code, isa, together, (q, half, offset), inputs)
    b.call(by_rows, [*there, alone, *matrix, start, end, *_result_from(code, together, *result)])
    return code.done()


def _rows_from(
    code: IrWriter, isa: Isa, row: IrValue, rows: tuple[IrValue, IrValue, IrValue], inputs: IrValue
) -> list[IrValue]:
    """q, half and offset from `row` on."""
    q, half, offset = rows
    first = code.place(q, code.b.mul(row, inputs), isa.row)
    return [first, code.place(half, row), code.place(offset, row)]


def _result_from(
    code: IrWriter, row: IrValue, y: IrValue, ld_y: IrValue, base: IrValue, ld_base: IrValue
) -> list[IrValue]:
    """The parameters of RESULT from `row` on."""
    at = code.place(y, code.b.mul(row, ld_y))
    return [at, ld_y, code.place(base, code.b.mul(row, ld_base)), ld_base]


def _write_by_rows(module: ir.Module, isa: Isa) -> ir.Function:
    """`multiply`, a few rows at a time."""
    tiles = {rows: _tile(module, isa, rows) for rows in isa.tiles}
    code = IrWriter(module, "by_rows", _parameters(*ROWS, *MATRIX, *RESULT))
    q, half, offset, rows, inputs, *matrix = code.arguments[: -len(RESULT)]
    result = code.arguments[-len(RESULT) :]
    b = code.b
    done: IrValue = number(0)
    for count, tile in tiles.items():
        with code.loop(done, b.sub(rows, number(count - 1)), count) as turn:
            m = turn.index
            there = _rows_from(code, isa, m, (q, half, offset), inputs)
            b.call(tile, [*there, inputs, *matrix, *_result_from(code, m, *result)])
        done = m  # where the loop stopped
    return code.done()


def _tile(module: ir.Module, isa: Isa, rows: int) -> ir.Function:
    """`multiply` for a fixed number of rows."""
    parameters = _parameters(*ROWS[:-1], *MATRIX, *RESULT)
    code = IrWriter(module, f"tile{rows}", parameters, isa.lanes)
    q, half, offset, inputs, weight, scale, sums, start, end, y, ld_y, base, ld_base = (
        code.arguments
    )
    b = code.b
    with code.loop(start, end, WIDE) as outer:
        n = outer.index
        first = code.place(weight, b.mul(n, inputs), I8)
        totals: list[IrValue] = []  # rows of x times WIDE, those of one row of the matrix together
        for together in _parted(isa, rows):
            totals += _sums_of(code, isa, q, first, inputs, rows, together)
        scales, summed = (code.loads(p, n, FOUR_FLOATS) for p in (scale, sums))
        for m in range(rows):
            whole = _four_sums(code, totals[m::rows])
            value = b.fmul(b.sitofp(whole, FOUR_FLOATS), scales)
            row = number(m)
            below = code.loads(base, b.add(b.mul(row, ld_base), n), FOUR_FLOATS)
            by_offset = code.splat(code.load(offset, row), FOUR_FLOATS)
            by_half = code.splat(code.load(half, row), FOUR_FLOATS)
            value = code.fma(value, by_half, code.fma(summed, by_offset, below))
            code.store(value, y, b.add(b.mul(row, ld_y), n))
    function = code.done()
    function.attributes.add("noinline")
    return function


def _parted(isa: Isa, rows: int) -> list[range]:
    """Which rows of the matrix are read at the same time. With several rows of x the loads count,
    and there are fewest when many go together. With one, memory counts: it is read fastest from
    one end to the other.
    """
    beside = isa.beside if rows > 1 else 1
    return [range(w, w + beside) for w in range(0, WIDE, beside)]


def _sums_of(
    code: IrWriter,
    isa: Isa,
    q: IrValue,
    first: IrValue,
    inputs: IrValue,
    rows: int,
    together: range,
) -> list[IrValue]:
    """Vectors of 32 bits that add up to the products, [len(together) * rows]."""
    b = code.b
    nought = code.constants(0, code.ints)
    several = LINE if rows == 1 else isa.step
    with code.loop(number(0), inputs, several, [nought] * (rows * len(together))) as turn:
        if len(together) > 1:
            _fetch_ahead(code, isa, first, inputs, turn.index, together)
        elif isa.ahead:
            place = b.add(turn.index, b.mul(number(together[0]), inputs))
            _fetch(code, code.place(first, b.add(place, number(isa.ahead)), I8))
        for skipped in range(0, several, isa.step):
            k = b.add(turn.index, number(skipped))
            wide = [isa.weights(code, first, b.add(k, b.mul(number(w), inputs))) for w in together]
            for m in range(rows):
                x = isa.numbers(code, q, b.add(k, b.mul(number(m), inputs)))
                for place, weight in enumerate(wide):
                    at = place * rows + m
                    turn.after[at] = isa.dot(code, turn.after[at], x, weight)
    return turn.values


def _fetch_ahead(
    code: IrWriter, isa: Isa, first: IrValue, inputs: IrValue, k: IrValue, together: range
) -> None:
    """Ask for what will be read AHEAD rounds later, in the order in which it lies in memory: the
    processor does not guess that from several rows read side by side.
    """
    b = code.b
    skipped = b.mul(inputs, number(AHEAD * WIDE + together[0]))
    start = code.place(first, b.add(skipped, b.mul(k, number(len(together)))), I8)
    for line in range(0, len(together) * isa.step, LINE):
        _fetch(code, code.place(start, number(line), I8))


def _fetch(code: IrWriter, address: IrValue) -> None:
    read, second_level, data = (ir.Constant(I32, value) for value in (0, 2, 1))
    code.intrinsic("llvm.prefetch.p0", VOID, [address, read, second_level, data])


def _four_sums(code: IrWriter, vectors: list[IrValue]) -> IrValue:
    """The sums of the lanes of four vectors, as one vector of four."""
    quarters = range(0, code.lanes, 4)

    def joined(
        left: IrValue, right: IrValue, low: tuple[int, ...], high: tuple[int, ...]
    ) -> IrValue:
        def order(picks: tuple[int, ...]) -> list[int]:
            return [q + (p if p < 4 else p - 4 + code.lanes) for q in quarters for p in picks]

        return code.b.add(
            code.shuffle(left, right, order(low)), code.shuffle(left, right, order(high))
        )

    a, b, c, d = vectors
    ab, cd = (joined(x, y, (0, 4, 1, 5), (2, 6, 3, 7)) for x, y in ((a, b), (c, d)))
    whole = joined(ab, cd, (0, 1, 4, 5), (2, 3, 6, 7))
    while whole.type.count > 4:
        count = whole.type.count // 2
        low = code.shuffle(whole, whole, range(count))
        whole = code.b.add(low, code.shuffle(whole, whole, range(count, 2 * count)))
    return whole


def write_row(module: ir.Module, isa: Isa, kind: str) -> ir.Function:
    """NAME(x, other, count, q, half, offset): one row of `count` numbers in 8 bits.

    `kind` says what is done to x first: "plain" nothing; "normed" an RMS norm whose weight is
    `other` and whose epsilon stands after it; "gated" x becomes silu(x) * other.
    """
    names: dict[str, Any] = {"x": POINTER, "other": POINTER, "count": I64} | dict.fromkeys(
        ("q", "half", "offset"), POINTER
    )
    code = IrWriter(module, kind, names, isa.lanes)
    x, other, count, q, half, offset = code.arguments
    b = code.b

    def value(k: IrValue) -> IrValue:
        number_ = code.loads(x, k)
        return b.fmul(number_, code.loads(other, k)) if kind == "normed" else number_

    start = [code.constants(float("inf")), code.constants(float("-inf")), code.constants(0.0)]
    with code.loop(number(0), count, isa.lanes, start) as turn:
        k = turn.index
        least, most, squares = turn.values
        if kind == "gated":
            gate = code.loads(x, k)
            one = code.constants(1.0)
            down = b.fadd(one, code.exp(b.fneg(gate)))
            it = b.fmul(b.fdiv(gate, down), code.loads(other, k))
            code.store(it, x, k)
        else:
            it = value(k)
        if kind == "normed":
            raw = code.loads(x, k)
            squares = code.fma(raw, raw, squares)
        turn.after = [code.least(it, least), code.most(it, most), squares]
    least, most, squares = turn.values
    low, high = code.fold(least, code.least), code.fold(most, code.most)
    levels = ir.Constant(FLOAT, float(isa.levels))
    spread = b.fmul(b.fsub(high, low), ir.Constant(FLOAT, 0.5))
    middle = b.fadd(low, spread)
    spread = code.most(spread, ir.Constant(FLOAT, 2.0**-100))
    inverse = code.splat(b.fdiv(levels, spread))
    away = code.splat(middle)
    with code.loop(number(0), count, isa.lanes) as turn:
        k = turn.index
        scaled = b.fmul(b.fsub(value(k), away), inverse)
        bits = b.bitcast(b.fadd(scaled, code.constants(ROUND)), code.ints)
        if isa.zero:
            bits = b.xor(bits, code.constants(isa.zero, code.ints))
        code.store(b.trunc(bits, ir.VectorType(isa.row, isa.lanes)), q, k)
    step = b.fdiv(spread, levels)
    shift = b.fsub(middle, b.fmul(step, ir.Constant(FLOAT, float(isa.zero))))
    if kind == "normed":
        total = code.fold(squares, b.fadd)
        mean = b.fdiv(total, b.sitofp(count, FLOAT))
        root = code.intrinsic("llvm.sqrt.f32", FLOAT, [b.fadd(mean, code.load(other, count))])
        step, shift = b.fdiv(step, root), b.fdiv(shift, root)
    code.store(step, half, number(0))
    code.store(shift, offset, number(0))
    return code.done()


def write_sums(module: ir.Module, isa: Isa) -> ir.Function:
    """add_up(weight, scale, rows, inputs, sums): sums[n] = scale[n] * the sum of row n."""
    code = IrWriter(
        module,
        "add_up",
        {"weight": POINTER, "scale": POINTER, "rows": I64, "inputs": I64, "sums": POINTER},
        isa.lanes,
    )
    weight, scale, rows, inputs, sums = code.arguments
    b = code.b
    nought = code.constants(0, code.ints)
    with code.loop(number(0), rows) as outer:
        row = code.place(weight, b.mul(outer.index, inputs), I8)
        with code.loop(number(0), inputs, isa.step, [nought]) as inner:
            part = isa.weights(code, row, inner.index)
            inner.after = [isa.dot(code, inner.values[0], isa.ones(), part)]
        total = b.sitofp(code.fold(inner.values[0], b.add), FLOAT)
        code.store(b.fmul(total, code.load(scale, outer.index)), sums, outer.index)
    return code.done()
