"""Products of many rows at once on processors that multiply tiles (AMX), as LLVM code.

A tile register holds 16 rows of 64 bytes. TDPBSUD adds to 16 x 16 whole numbers the products of 16
rows of the matrix (signed bytes, loaded as they lie in the file) with 16 rows of x (unsigned bytes,
`packed`: [blocks of 16 rows, inputs / 4, 16 rows, 4 bytes]). The whole numbers are exact and what
follows is as in products.py, so every result is to the bit what the other instructions give.

The instructions: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 1, chapter
"Programming with Intel AMX".
"""

from __future__ import annotations

from collections.abc import Sequence

from llvmlite import ir

from mmdesk.engine.native.llvm_ir import I8, I32, I64, POINTER, VOID, IrValue, IrWriter, number

BLOCK = 16  # rows of a tile, and whole numbers of 32 bits in one of its rows
BYTES = 64  # of one row of a tile
PAIR = 2  # tiles of the matrix and of x at the same time: with their four sums they fill all eight
FEW = 10  # rows behind the last whole block that are worth a block of their own
MATRIX, ROWS = 4, 6  # the first tile of the matrix, and of x; the sums stand before them


def write_blocks(module: ir.Module, names: dict[str, object]) -> ir.Function:
    """blocks(packed, half, offset, rows, inputs, weight, scale, sums, start, end, y, ld_y, base,
    ld_base): as `multiply` of products.py, for as many `rows` as there are; end - start must be
    divisible by PAIR * BLOCK.
    """
    code = IrWriter(module, "blocks", names, BLOCK)
    b = code.b
    space = b.alloca(I32, PAIR * PAIR * BLOCK * BLOCK)
    space.align = BYTES
    packed, half, offset, rows, inputs, weight, scale, sums, start, end, y, ld_y, base, ld_base = (
        code.arguments
    )
    code.intrinsic("llvm.x86.ldtilecfg", VOID, [_configuration(module)])
    with code.loop(start, end, PAIR * BLOCK) as outer:
        n = outer.index
        matrix = code.place(weight, b.mul(n, inputs), I8)
        done: IrValue = number(0)
        for width, least in ((PAIR, (PAIR - 1) * BLOCK + FEW), (1, 1)):
            with code.loop(done, b.sub(rows, number(least - 1)), width * BLOCK) as turn:
                m = turn.index
                x = code.place(packed, b.mul(m, inputs), I8)
                _add_up(code, matrix, x, inputs, width, space)
                for block in range(width):
                    first = b.add(m, number(block * BLOCK))
                    by_row = [code.place(p, first) for p in (half, offset)]
                    out = code.place(y, b.add(b.mul(first, ld_y), n))
                    below = code.place(base, b.add(b.mul(first, ld_base), n))
                    left = b.sub(rows, first)
                    of_matrix = [code.place(p, n) for p in (scale, sums)]
                    _finish(
                        code, space, block, of_matrix, by_row, left, (out, ld_y), (below, ld_base)
                    )
            done = turn.index
    code.intrinsic("llvm.x86.tilerelease", VOID, [])
    function = code.done()
    function.attributes.add("noinline")
    return function


def _configuration(module: ir.Module) -> ir.GlobalVariable:
    """Palette 1, all eight tiles of 16 rows of 64 bytes."""
    values = [0] * 64
    values[0] = 1
    values[16:32] = [BYTES, 0] * 8
    values[48:56] = [BLOCK] * 8
    kind = ir.ArrayType(I8, 64)
    told = ir.GlobalVariable(module, kind, "tile_configuration")
    told.initializer = ir.Constant(kind, values)
    told.global_constant = True
    told.linkage = "internal"
    told.align = BYTES
    return told


def _tile(index: int) -> IrValue:
    return ir.Constant(I8, index)


def _add_up(
    code: IrWriter, matrix: IrValue, x: IrValue, inputs: IrValue, width: int, space: IrValue
) -> None:
    """The sums of PAIR tiles of the matrix with `width` of x -> space [width, PAIR, 16 outputs, 16
    rows].
    """
    b = code.b
    sums = {(i, j): _tile(i * width + j) for i in range(PAIR) for j in range(width)}
    for tile in sums.values():
        code.intrinsic("llvm.x86.tilezero", VOID, [tile])
    with code.loop(number(0), inputs, BYTES) as turn:
        k = turn.index
        for i in range(PAIR):
            at = code.place(matrix, b.add(k, b.mul(inputs, number(i * BLOCK))), I8)
            code.intrinsic("llvm.x86.tileloadd64", VOID, [_tile(MATRIX + i), at, inputs])
        for j in range(width):
            skipped = b.add(b.mul(k, number(BLOCK)), b.mul(inputs, number(j * BLOCK)))
            at = code.place(x, skipped, I8)
            code.intrinsic("llvm.x86.tileloadd64", VOID, [_tile(ROWS + j), at, number(BYTES)])
        for (i, j), tile in sums.items():
            code.intrinsic("llvm.x86.tdpbsud", VOID, [tile, _tile(MATRIX + i), _tile(ROWS + j)])
    for (i, j), tile in sums.items():
        at = code.place(space, number((j * PAIR + i) * BLOCK * BLOCK), I32)
        code.intrinsic("llvm.x86.tilestored64", VOID, [tile, at, number(BYTES)])


def _finish(
    code: IrWriter,
    space: IrValue,
    block: int,
    of_matrix: Sequence[IrValue],
    by_row: Sequence[IrValue],
    left: IrValue,
    out: tuple[IrValue, IrValue],
    below: tuple[IrValue, IrValue],
) -> None:
    """From one block's whole numbers to the results of the `left` rows that there still are."""
    b = code.b
    for i in range(PAIR):
        place = (block * PAIR + i) * BLOCK
        turned = _transposed(
            code, [code.loads(space, number((place + n) * BLOCK), code.ints) for n in range(BLOCK)]
        )
        at = number(i * BLOCK)
        scales, summed = (code.loads(p, at) for p in of_matrix)
        for m, whole in enumerate(turned):
            row = number(m)
            with b.if_then(b.icmp_signed("<", row, left)):
                by_half, by_offset = (code.splat(code.load(p, row)) for p in by_row)
                value = b.fmul(b.sitofp(whole, code.floats), scales)
                under = code.loads(below[0], b.add(b.mul(row, below[1]), at))
                value = code.fma(value, by_half, code.fma(summed, by_offset, under))
                code.store(value, out[0], b.add(b.mul(row, out[1]), at))


def _transposed(code: IrWriter, rows: list[IrValue]) -> list[IrValue]:
    """16 vectors of 16: two halves of them shuffled into each other like cards, four times."""
    low = [k // 2 + BLOCK * (k % 2) for k in range(BLOCK)]
    high = [k + BLOCK // 2 for k in low]
    for _ in range(4):
        pairs = zip(rows[: BLOCK // 2], rows[BLOCK // 2 :], strict=True)
        rows = [code.shuffle(a, c, order) for a, c in pairs for order in (low, high)]
    return rows


def write_pack(module: ir.Module) -> ir.Function:
    """pack(q, inputs, packed): BLOCK rows of bytes as `blocks` wants them."""
    code = IrWriter(module, "pack", {"q": POINTER, "inputs": I64, "packed": POINTER}, BLOCK)
    q, inputs, packed = code.arguments
    b = code.b
    kind = ir.VectorType(I8, BYTES)
    with code.loop(number(0), inputs, BYTES) as turn:
        k = turn.index
        rows = [code.loads(q, b.add(k, b.mul(inputs, number(m))), kind) for m in range(BLOCK)]
        fours = _transposed(code, [b.bitcast(row, code.ints) for row in rows])
        for n, four in enumerate(fours):
            code.store(four, packed, b.add(b.mul(k, number(BLOCK // 4)), number(n * BLOCK)))
    return code.done()
