"""LLVM IR of matmuls of many rows with AMX tile registers.

A tile register holds 16 rows of 64 bytes. TDPBSUD adds to 16 x 16 integers the products of 16
weight rows (signed bytes, loaded as they lie in the file) with 16 rows of x (unsigned bytes,
`packed`: [tiles of 16 rows, inputs / 4, 16 rows, 4 bytes]). The integers are exact and what follows
is as in matmul.py, so every result is to the bit what the other instructions give.

The instructions: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 1, chapter
"Programming with Intel AMX".
"""

from __future__ import annotations

from collections.abc import Sequence

from llvmlite import ir

from mmdesk.engine.native.llvm_ir import I8, I32, I64, POINTER, VOID, IrValue, IrWriter, i64

TILE_ROWS = 16  # rows of a tile, and 32-bit integers in one of its rows
TILE_BYTES = 64  # of one row of a tile
TILE_PAIR = 2  # weight tiles and x tiles at a time: with four accumulators they fill all eight
MIN_TILE_ROWS = 10  # rows behind the last whole tile that are worth a tile of their own
WEIGHT_TILE, ACT_TILE = 4, 6  # the first tile of weights, and of x; accumulators stand before them


def write_matmul_amx(module: ir.Module, names: dict[str, object]) -> ir.Function:
    """Write the matmul of packed rows with AMX.

    matmul_amx(packed, act_scale, act_offset, rows, inputs, weight, scale, row_sums, start, end, y,
    ld_y, base, ld_base): as `matmul` of matmul.py, for as many `rows` as there are. end - start
    must be divisible by TILE_PAIR * TILE_ROWS.
    """
    code = IrWriter(module, "matmul_amx", names, TILE_ROWS)
    b = code.b
    space = b.alloca(I32, TILE_PAIR * TILE_PAIR * TILE_ROWS * TILE_ROWS)
    space.align = TILE_BYTES
    packed, act_scale, act_offset, rows, inputs, weight, scale, row_sums, *rest = code.arguments
    start, end, y, ld_y, base, ld_base = rest
    code.intrinsic("llvm.x86.ldtilecfg", VOID, [_tile_config(module)])
    with code.loop(start, end, TILE_PAIR * TILE_ROWS) as outer:
        n = outer.index
        weights = code.address(weight, b.mul(n, inputs), I8)
        done: IrValue = i64(0)
        for width, least in ((TILE_PAIR, (TILE_PAIR - 1) * TILE_ROWS + MIN_TILE_ROWS), (1, 1)):
            with code.loop(done, b.sub(rows, i64(least - 1)), width * TILE_ROWS) as loop:
                m = loop.index
                x = code.address(packed, b.mul(m, inputs), I8)
                _write_accumulation(code, weights, x, inputs, width, space)
                for tile in range(width):
                    first = b.add(m, i64(tile * TILE_ROWS))
                    by_row = [code.address(p, first) for p in (act_scale, act_offset)]
                    out = code.address(y, b.add(b.mul(first, ld_y), n))
                    added = code.address(base, b.add(b.mul(first, ld_base), n))
                    left = b.sub(rows, first)
                    by_output = [code.address(p, n) for p in (scale, row_sums)]
                    _write_results(
                        code, space, tile, by_output, by_row, left, (out, ld_y), (added, ld_base)
                    )
            done = loop.index
    code.intrinsic("llvm.x86.tilerelease", VOID, [])
    function = code.done()
    function.attributes.add("noinline")
    return function


def _tile_config(module: ir.Module) -> ir.GlobalVariable:
    """Return the configuration: palette 1, all eight tiles of 16 rows of 64 bytes."""
    values = [0] * 64
    values[0] = 1
    values[16:32] = [TILE_BYTES, 0] * 8
    values[48:56] = [TILE_ROWS] * 8
    kind = ir.ArrayType(I8, 64)
    config = ir.GlobalVariable(module, kind, "tile_config")
    config.initializer = ir.Constant(kind, values)
    config.global_constant = True
    config.linkage = "internal"
    config.align = TILE_BYTES
    return config


def _tile(index: int) -> IrValue:
    return ir.Constant(I8, index)


def _write_accumulation(
    code: IrWriter, weights: IrValue, x: IrValue, inputs: IrValue, width: int, space: IrValue
) -> None:
    """Accumulate the products of TILE_PAIR weight tiles with `width` tiles of x.

    They go to space, int32 [width, TILE_PAIR, 16 outputs, 16 rows].
    """
    b = code.b
    sums = {(i, j): _tile(i * width + j) for i in range(TILE_PAIR) for j in range(width)}
    for tile in sums.values():
        code.intrinsic("llvm.x86.tilezero", VOID, [tile])
    with code.loop(i64(0), inputs, TILE_BYTES) as loop:
        k = loop.index
        for i in range(TILE_PAIR):
            start = code.address(weights, b.add(k, b.mul(inputs, i64(i * TILE_ROWS))), I8)
            code.intrinsic("llvm.x86.tileloadd64", VOID, [_tile(WEIGHT_TILE + i), start, inputs])
        for j in range(width):
            skipped = b.add(b.mul(k, i64(TILE_ROWS)), b.mul(inputs, i64(j * TILE_ROWS)))
            start = code.address(x, skipped, I8)
            values = [_tile(ACT_TILE + j), start, i64(TILE_BYTES)]
            code.intrinsic("llvm.x86.tileloadd64", VOID, values)
        for (i, j), tile in sums.items():
            operands = [_tile(WEIGHT_TILE + i), _tile(ACT_TILE + j)]
            code.intrinsic("llvm.x86.tdpbsud", VOID, [tile, *operands])
    for (i, j), tile in sums.items():
        start = code.address(space, i64((j * TILE_PAIR + i) * TILE_ROWS * TILE_ROWS), I32)
        code.intrinsic("llvm.x86.tilestored64", VOID, [tile, start, i64(TILE_BYTES)])


def _write_results(
    code: IrWriter,
    space: IrValue,
    tile: int,
    by_output: Sequence[IrValue],
    by_row: Sequence[IrValue],
    left: IrValue,
    out: tuple[IrValue, IrValue],
    added: tuple[IrValue, IrValue],
) -> None:
    """Turn one tile's integers into the results of the `left` rows that there still are."""
    b = code.b
    for i in range(TILE_PAIR):
        first = (tile * TILE_PAIR + i) * TILE_ROWS
        transposed = _transpose(
            code,
            [
                code.load_vector(space, i64((first + n) * TILE_ROWS), code.ints)
                for n in range(TILE_ROWS)
            ],
        )
        start = i64(i * TILE_ROWS)
        scales, sums = (code.load_vector(p, start) for p in by_output)
        for m, total in enumerate(transposed):
            row = i64(m)
            with b.if_then(b.icmp_signed("<", row, left)):
                row_scale, row_offset = (code.splat(code.load(p, row)) for p in by_row)
                value = b.fmul(b.sitofp(total, code.floats), scales)
                base = code.load_vector(added[0], b.add(b.mul(row, added[1]), start))
                value = code.fma(value, row_scale, code.fma(sums, row_offset, base))
                code.store(value, out[0], b.add(b.mul(row, out[1]), start))


def _transpose(code: IrWriter, rows: list[IrValue]) -> list[IrValue]:
    """Transpose 16 vectors of 16: their two halves are interleaved like cards, four times."""
    low = [k // 2 + TILE_ROWS * (k % 2) for k in range(TILE_ROWS)]
    high = [k + TILE_ROWS // 2 for k in low]
    for _ in range(4):
        pairs = zip(rows[: TILE_ROWS // 2], rows[TILE_ROWS // 2 :], strict=True)
        rows = [code.shuffle(a, c, order) for a, c in pairs for order in (low, high)]
    return rows


def write_pack_tiles(module: ir.Module) -> ir.Function:
    """Write pack_tiles(q, inputs, packed): TILE_ROWS rows of bytes in the order of `matmul_amx`."""
    code = IrWriter(
        module, "pack_tiles", {"q": POINTER, "inputs": I64, "packed": POINTER}, TILE_ROWS
    )
    q, inputs, packed = code.arguments
    b = code.b
    kind = ir.VectorType(I8, TILE_BYTES)
    with code.loop(i64(0), inputs, TILE_BYTES) as loop:
        k = loop.index
        rows = [
            code.load_vector(q, b.add(k, b.mul(inputs, i64(m))), kind) for m in range(TILE_ROWS)
        ]
        fours = _transpose(code, [b.bitcast(row, code.ints) for row in rows])
        for n, four in enumerate(fours):
            code.store(four, packed, b.add(b.mul(k, i64(TILE_ROWS // 4)), i64(n * TILE_ROWS)))
    return code.done()
