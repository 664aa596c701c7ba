"""LLVM IR of activation quantisation and of matmuls with int8 weights.

An activation row x is written as middle + half * n with n in -1..1, and n is rounded to as many
steps as the instructions allow (isa.py): 8 bits, with a zero point of 128 where they want unsigned
bytes, or 10 bits. Its products with int8 weights are accumulated in 32 bits, which is exact. Since
W x = half * W n + middle * (sum of W's columns), everything that is not an integer happens once per
element of the result, in the same order whatever other rows there are.

In the arguments of the functions `act_scale` is half / levels, `act_offset` is
middle - act_scale * zero point, and `row_sums` are the sums of the weight's rows times their scale.
"""

from __future__ import annotations

import math
from typing import Any

from llvmlite import ir

from mmdesk.engine.native.isa import Isa
from mmdesk.engine.native.llvm_ir import (
    FLOAT,
    I8,
    I32,
    I64,
    POINTER,
    IrValue,
    IrWriter,
    i64,
    write_prefetch,
)
from mmdesk.engine.native.matmul_amx import MIN_TILE_ROWS, TILE_PAIR, TILE_ROWS, write_matmul_amx

ROUNDER = 12582912.0  # 1.5 * 2**23: a float32 added to it is rounded to an integer
OUTPUT_TILE = 4  # weight rows whose results are finished together
CACHE_LINE = 64  # bytes
PREFETCH_ROUNDS = 2  # rounds of OUTPUT_TILE rows with several rows of x: the latency of memory
FOUR_FLOATS, FOUR_INTS = ir.VectorType(FLOAT, OUTPUT_TILE), ir.VectorType(I32, OUTPUT_TILE)


GATED = ("swiglu", "geglu")  # kinds of write_quantize with two operands of a row each
ACTIVATIONS = ("q", "act_scale", "act_offset", "rows")
WEIGHTS = ("inputs", "weight", "scale", "row_sums", "start", "end")
RESULT = ("y", "ld_y", "base", "ld_base")
POINTERS = {
    *("packed", "q", "act_scale", "act_offset", "weight", "scale", "row_sums", "y", "base"),
}


def _parameters(*names: str) -> dict[str, Any]:
    return {name: POINTER if name in POINTERS else I64 for name in names}


def write_matmul(module: ir.Module, isa: Isa) -> ir.Function:
    """Write the matmul of quantised rows with an int8 weight matrix.

    matmul(packed, q, act_scale, act_offset, rows, inputs, weight, scale, row_sums, start, end, y,
    ld_y, base, ld_base): y[m, n] = base[m, n] + act_scale[m] * scale[n] * (q W)[m, n] +
    act_offset[m] * row_sums[n], for n from `start` to `end`. ld_y and ld_base are the distances of
    rows; ld_base may be 0. `packed` holds what q holds, in the order of matmul_amx.py.
    """
    by_rows = _write_matmul_rows(module, isa)
    code = IrWriter(module, "matmul", _parameters("packed", *ACTIVATIONS, *WEIGHTS, *RESULT))
    packed, q, act_scale, act_offset, rows, *rest = code.arguments
    b = code.b
    if not isa.has_amx:
        b.call(by_rows, [q, act_scale, act_offset, rows, *rest])
        return code.done()
    inputs, weight, scale, row_sums, start, end, y, ld_y, base, ld_base = rest
    by_tiles = write_matmul_amx(module, _parameters("packed", *ACTIVATIONS[1:], *WEIGHTS, *RESULT))
    # Rows behind the last whole tile go one by one if they are few.
    left = b.and_(rows, i64(TILE_ROWS - 1))
    single = b.select(b.icmp_signed("<", left, i64(MIN_TILE_ROWS)), left, i64(0))
    tiled = b.sub(rows, single)
    tiled_end = b.sub(end, b.and_(b.sub(end, start), i64(TILE_PAIR * TILE_ROWS - 1)))
    matrix, result = [inputs, weight, scale, row_sums], [y, ld_y, base, ld_base]
    with b.if_then(b.icmp_signed(">", tiled, i64(0))):
        b.call(by_tiles, [packed, act_scale, act_offset, tiled, *matrix, start, tiled_end, *result])
        b.call(by_rows, [q, act_scale, act_offset, tiled, *matrix, tiled_end, end, *result])
    acts = _activations_from(code, isa, tiled, (q, act_scale, act_offset), inputs)
    b.call(by_rows, [*acts, single, *matrix, start, end, *_result_from(code, tiled, *result)])
    return code.done()


def _activations_from(
    code: IrWriter, isa: Isa, row: IrValue, acts: tuple[IrValue, IrValue, IrValue], inputs: IrValue
) -> list[IrValue]:
    """Return q, act_scale and act_offset from `row` on."""
    q, act_scale, act_offset = acts
    first = code.address(q, code.b.mul(row, inputs), isa.act_type)
    return [first, code.address(act_scale, row), code.address(act_offset, row)]


def _result_from(
    code: IrWriter, row: IrValue, y: IrValue, ld_y: IrValue, base: IrValue, ld_base: IrValue
) -> list[IrValue]:
    """Return the parameters of RESULT from `row` on."""
    start = code.address(y, code.b.mul(row, ld_y))
    return [start, ld_y, code.address(base, code.b.mul(row, ld_base)), ld_base]


def _write_matmul_rows(module: ir.Module, isa: Isa) -> ir.Function:
    """Write `matmul` with vector instructions, a few rows at a time."""
    tiles = {rows: _write_matmul_tile(module, isa, rows) for rows in isa.row_tiles}
    code = IrWriter(module, "matmul_rows", _parameters(*ACTIVATIONS, *WEIGHTS, *RESULT))
    q, act_scale, act_offset, rows, inputs, *matrix = code.arguments[: -len(RESULT)]
    result = code.arguments[-len(RESULT) :]
    b = code.b
    done: IrValue = i64(0)
    for count, tile in tiles.items():
        with code.loop(done, b.sub(rows, i64(count - 1)), count) as loop:
            m = loop.index
            acts = _activations_from(code, isa, m, (q, act_scale, act_offset), inputs)
            b.call(tile, [*acts, inputs, *matrix, *_result_from(code, m, *result)])
        done = m  # where the loop stopped
    return code.done()


def _write_matmul_tile(module: ir.Module, isa: Isa, rows: int) -> ir.Function:
    """Write `matmul` for a fixed number of rows."""
    parameters = _parameters(*ACTIVATIONS[:-1], *WEIGHTS, *RESULT)
    code = IrWriter(module, f"matmul_tile{rows}", parameters, isa.lanes)
    q, act_scale, act_offset, inputs, weight, scale, row_sums, start, end, *result = code.arguments
    y, ld_y, base, ld_base = result
    b = code.b
    with code.loop(start, end, OUTPUT_TILE) as outer:
        n = outer.index
        first = code.address(weight, b.mul(n, inputs), I8)
        totals: list[IrValue] = []  # [OUTPUT_TILE, rows], flat
        for outputs in _output_groups(isa, rows):
            totals += _write_accumulation(code, isa, q, first, inputs, rows, outputs)
        acts = (act_scale, act_offset)
        write_outputs(code, totals, rows, n, acts, (scale, row_sums), (y, ld_y, base, ld_base))
    function = code.done()
    function.attributes.add("noinline")
    return function


def write_outputs(
    code: IrWriter,
    totals: list[IrValue],
    rows: int,
    n: IrValue,
    acts: tuple[IrValue, IrValue],
    weights: tuple[IrValue, IrValue],
    result: tuple[IrValue, IrValue, IrValue, IrValue],
) -> None:
    """Write OUTPUT_TILE outputs of some rows from `n` on.

    Args:
        code: the function being written.
        totals: [OUTPUT_TILE, rows], flat: int32 vectors whose lanes add up to the results.
        rows: how many.
        n: first output.
        acts: act_scale and act_offset.
        weights: scale and row_sums.
        result: the parameters of RESULT.
    """
    b = code.b
    y, ld_y, base, ld_base = result
    scales, sums = (code.load_vector(pointer, n, FOUR_FLOATS) for pointer in weights)
    for m in range(rows):
        total = _reduce_four(code, totals[m::rows])
        value = b.fmul(b.sitofp(total, FOUR_FLOATS), scales)
        row = i64(m)
        added = code.load_vector(base, b.add(b.mul(row, ld_base), n), FOUR_FLOATS)
        row_scale, row_offset = (code.splat(code.load(p, row), FOUR_FLOATS) for p in acts)
        value = code.fma(value, row_scale, code.fma(sums, row_offset, added))
        code.store(value, y, b.add(b.mul(row, ld_y), n))


def _output_groups(isa: Isa, rows: int) -> list[range]:
    """Split OUTPUT_TILE weight rows into those that are read at the same time.

    With several rows of x the number of loads counts, and it is smallest when many weight rows go
    together. With one, memory bandwidth counts: weights are read fastest from one end to the other.
    """
    together = isa.weight_tile if rows > 1 else 1
    return [range(w, w + together) for w in range(0, OUTPUT_TILE, together)]


def _write_accumulation(
    code: IrWriter,
    isa: Isa,
    q: IrValue,
    first: IrValue,
    inputs: IrValue,
    rows: int,
    outputs: range,
) -> list[IrValue]:
    """Accumulate the products of `rows` rows of x with the weight rows `outputs`.

    Returns:
        int32 vectors [len(outputs) * rows] whose lanes add up to the results.
    """
    b = code.b
    zero = code.splat_constant(0, code.ints)
    step = CACHE_LINE if rows == 1 else isa.dot_width
    with code.loop(i64(0), inputs, step, [zero] * (rows * len(outputs))) as loop:
        if len(outputs) > 1:
            _write_prefetches(code, isa, first, inputs, loop.index, outputs)
        else:
            index = b.add(loop.index, b.mul(i64(outputs[0]), inputs))
            write_prefetch(code, code.address(first, b.add(index, i64(isa.prefetch_bytes)), I8))
        for skipped in range(0, step, isa.dot_width):
            k = b.add(loop.index, i64(skipped))
            weights = [
                isa.load_weights(code, first, b.add(k, b.mul(i64(w), inputs))) for w in outputs
            ]
            for m in range(rows):
                x = isa.load_activations(code, q, b.add(k, b.mul(i64(m), inputs)))
                for n, weight in enumerate(weights):
                    slot = n * rows + m
                    loop.after[slot] = isa.dot(code, loop.after[slot], x, weight)
    return loop.values


def _write_prefetches(
    code: IrWriter, isa: Isa, first: IrValue, inputs: IrValue, k: IrValue, outputs: range
) -> None:
    """Prefetch the weights of PREFETCH_ROUNDS rounds later, in the order they lie in memory.

    The processor does not guess that order from several rows that are read side by side.
    """
    b = code.b
    skipped = b.mul(inputs, i64(PREFETCH_ROUNDS * OUTPUT_TILE + outputs[0]))
    start = code.address(first, b.add(skipped, b.mul(k, i64(len(outputs)))), I8)
    for line in range(0, len(outputs) * isa.dot_width, CACHE_LINE):
        write_prefetch(code, code.address(start, i64(line), I8))


def _reduce_four(code: IrWriter, vectors: list[IrValue]) -> IrValue:
    """Return the sums of the lanes of four vectors, as one vector of four."""
    quarters = range(0, code.lanes, 4)

    def combined(
        left: IrValue, right: IrValue, low: tuple[int, ...], high: tuple[int, ...]
    ) -> IrValue:
        def order(picks: tuple[int, ...]) -> list[int]:
            return [q + (p if p < 4 else p - 4 + code.lanes) for q in quarters for p in picks]

        return code.b.add(
            code.shuffle(left, right, order(low)), code.shuffle(left, right, order(high))
        )

    a, b, c, d = vectors
    ab, cd = (combined(x, y, (0, 4, 1, 5), (2, 6, 3, 7)) for x, y in ((a, b), (c, d)))
    total = combined(ab, cd, (0, 1, 4, 5), (2, 3, 6, 7))
    while total.type.count > 4:
        count = total.type.count // 2
        low = code.shuffle(total, total, range(count))
        total = code.b.add(low, code.shuffle(total, total, range(count, 2 * count)))
    return total


def _gelu_exponent(code: IrWriter, x: IrValue) -> IrValue:
    """Return -2 sqrt(2 / pi) (x + 0.044715 x**3)."""
    b = code.b
    factor = -2 * (2 / math.pi) ** 0.5
    square = b.fmul(x, x)
    weight = code.fma(square, code.splat_constant(0.044715 * factor), code.splat_constant(factor))
    return b.fmul(x, weight)


def write_quantize(module: ir.Module, isa: Isa, kind: str) -> ir.Function:
    """Write the quantisation of one activation row of `count` numbers.

    quantize_KIND(x, other, count, q, act_scale, act_offset), where `kind` says what is done to x
    first: "plain" nothing; "rms_norm" an RMS norm whose weight is `other`, followed by its epsilon;
    "swiglu" x becomes silu(x) * other; "geglu" x becomes gelu(x) * other, gelu in its tanh
    approximation, which is x * sigmoid(2 sqrt(2 / pi) (x + 0.044715 x**3)).
    """
    names: dict[str, Any] = {"x": POINTER, "other": POINTER, "count": I64} | dict.fromkeys(
        ("q", "act_scale", "act_offset"), POINTER
    )
    code = IrWriter(module, f"quantize_{kind}", names, isa.lanes)
    x, other, count, q, act_scale, act_offset = code.arguments
    b = code.b

    def value(k: IrValue) -> IrValue:
        loaded = code.load_vector(x, k)
        return b.fmul(loaded, code.load_vector(other, k)) if kind == "rms_norm" else loaded

    start = [
        code.splat_constant(float("inf")),
        code.splat_constant(float("-inf")),
        code.splat_constant(0.0),
    ]
    with code.loop(i64(0), count, isa.lanes, start) as loop:
        k = loop.index
        lowest, highest, squares = loop.values
        if kind in GATED:
            gate = code.load_vector(x, k)
            exponent = b.fneg(gate) if kind == "swiglu" else _gelu_exponent(code, gate)
            divisor = b.fadd(code.splat_constant(1.0), code.exp(exponent))
            loaded = b.fmul(b.fdiv(gate, divisor), code.load_vector(other, k))
            code.store(loaded, x, k)
        else:
            loaded = value(k)
        if kind == "rms_norm":
            raw = code.load_vector(x, k)
            squares = code.fma(raw, raw, squares)
        loop.after = [code.minimum(loaded, lowest), code.maximum(loaded, highest), squares]
    lowest, highest, squares = loop.values
    low, high = code.reduce(lowest, code.minimum), code.reduce(highest, code.maximum)
    levels = ir.Constant(FLOAT, float(isa.act_levels))
    half = b.fmul(b.fsub(high, low), ir.Constant(FLOAT, 0.5))
    middle = b.fadd(low, half)
    half = code.maximum(half, ir.Constant(FLOAT, 2.0**-100))
    inverse = code.splat(b.fdiv(levels, half))
    middles = code.splat(middle)
    with code.loop(i64(0), count, isa.lanes) as loop:
        k = loop.index
        scaled = b.fmul(b.fsub(value(k), middles), inverse)
        bits = b.bitcast(b.fadd(scaled, code.splat_constant(ROUNDER)), code.ints)
        if isa.zero_point:
            bits = b.xor(bits, code.splat_constant(isa.zero_point, code.ints))
        code.store(b.trunc(bits, ir.VectorType(isa.act_type, isa.lanes)), q, k)
    scale = b.fdiv(half, levels)
    offset = b.fsub(middle, b.fmul(scale, ir.Constant(FLOAT, float(isa.zero_point))))
    if kind == "rms_norm":
        total = code.reduce(squares, b.fadd)
        mean = b.fdiv(total, b.sitofp(count, FLOAT))
        root = code.intrinsic("llvm.sqrt.f32", FLOAT, [b.fadd(mean, code.load(other, count))])
        scale, offset = b.fdiv(scale, root), b.fdiv(offset, root)
    code.store(scale, act_scale, i64(0))
    code.store(offset, act_offset, i64(0))
    return code.done()


def write_row_sums(module: ir.Module, isa: Isa) -> ir.Function:
    """Write sum_rows(weight, scale, rows, inputs, row_sums).

    row_sums[n] = scale[n] * the sum of row n of the weight.
    """
    code = IrWriter(
        module,
        "sum_rows",
        {"weight": POINTER, "scale": POINTER, "rows": I64, "inputs": I64, "row_sums": POINTER},
        isa.lanes,
    )
    weight, scale, rows, inputs, row_sums = code.arguments
    b = code.b
    zero = code.splat_constant(0, code.ints)
    with code.loop(i64(0), rows) as outer:
        row = code.address(weight, b.mul(outer.index, inputs), I8)
        with code.loop(i64(0), inputs, isa.dot_width, [zero]) as inner:
            weights = isa.load_weights(code, row, inner.index)
            inner.after = [isa.dot(code, inner.values[0], isa.ones(), weights)]
        total = b.sitofp(code.reduce(inner.values[0], b.add), FLOAT)
        code.store(b.fmul(total, code.load(scale, outer.index)), row_sums, outer.index)
    return code.done()
