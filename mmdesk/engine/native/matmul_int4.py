"""LLVM IR of matmuls with 4-bit codes over int8 rows (models/quantise_int4.py has the format).

The codes of a block of 128 weights become int8 numbers in registers: a table of a group's 16
numbers is computed (VPMULHRSW gives floor((step * code + 8) / 16)) and looked up (VPSHUFB). They
are then multiplied as int8 weights are, so the results are the same to the bit. One activation row
is multiplied so, which reads a little more than half the memory. For several rows the weights of a
work item are unpacked into memory first.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir

from mmdesk.engine.native.isa import Isa
from mmdesk.engine.native.llvm_ir import (
    I8,
    I16,
    I64,
    POINTER,
    IrValue,
    IrWriter,
    i64,
    write_prefetch,
)
from mmdesk.engine.native.matmul import OUTPUT_TILE, write_outputs
from mmdesk.models import INT4_BLOCK, INT4_GROUP

CODE_BYTES = INT4_BLOCK // 2  # of a block
GROUPS_PER_BLOCK = INT4_BLOCK // INT4_GROUP
GROUP_BYTES = 2 * GROUPS_PER_BLOCK  # of a block
TABLE = 16  # bytes
UNUSED = 0x80  # as an index of VPSHUFB: a zero

# Intrinsics of LLVM by the bytes of a register.
SHUFFLE_BYTES = {32: "avx2.pshuf.b", 64: "avx512.pshuf.b.512"}
MULTIPLY_ROUNDED = {32: "avx2.pmul.hr.sw", 64: "avx512.pmul.hr.sw.512"}
PACK_UNSIGNED = {32: "avx2.packuswb", 64: "avx512.packuswb.512"}


def write_unpack(module: ir.Module, isa: Isa) -> ir.Function:
    """Write unpack(codes, groups, blocks, weight), which unpacks blocks to int8."""
    parameters = {"codes": POINTER, "groups": POINTER, "blocks": I64, "weight": POINTER}
    code = IrWriter(module, "unpack", parameters, isa.lanes)
    codes, groups, blocks, weight = code.arguments
    with code.loop(i64(0), blocks) as loop:
        _write_code_prefetch(code, isa, codes, loop.index)
        start = code.b.mul(loop.index, i64(INT4_BLOCK))
        for number, vector in enumerate(_write_block(code, isa, codes, groups, loop.index)):
            narrow = ir.VectorType(I8, isa.dot_width)
            bytes_ = vector if isa.act_type == I8 else code.b.trunc(vector, narrow)
            code.store(bytes_, weight, code.b.add(start, i64(number * isa.dot_width)))
    function = code.done()
    function.attributes.add("noinline")
    return function


def write_matmul_row_int4(module: ir.Module, isa: Isa) -> ir.Function:
    """Write the matmul of one activation row.

    matmul_row_int4(q, act_scale, act_offset, inputs, codes, groups, scale, row_sums, start, end, y,
    base) gives what `matmul` gives.
    """
    pointers = ("q", "act_scale", "act_offset"), ("codes", "groups", "scale", "row_sums")
    parameters: dict[str, Any] = dict.fromkeys(pointers[0], POINTER) | {"inputs": I64}
    parameters |= dict.fromkeys(pointers[1], POINTER) | {"start": I64, "end": I64}
    parameters |= {"y": POINTER, "base": POINTER}
    code = IrWriter(module, "matmul_row_int4", parameters, isa.lanes)
    q, act_scale, act_offset, inputs, codes, groups, *rest = code.arguments
    scale, row_sums, start, end, y, base = rest
    b = code.b
    blocks = b.sdiv(inputs, i64(INT4_BLOCK))
    with code.loop(start, end, OUTPUT_TILE) as outer:
        totals = []
        for output in range(OUTPUT_TILE):
            skipped = b.mul(b.add(outer.index, i64(output)), blocks)
            own = [
                code.address(codes, b.mul(skipped, i64(CODE_BYTES)), I8),
                code.address(groups, b.mul(skipped, i64(GROUP_BYTES)), I8),
            ]
            totals.append(_write_row_total(code, isa, q, blocks, *own))
        acts, result = (act_scale, act_offset), (y, i64(0), base, i64(0))
        write_outputs(code, totals, 1, outer.index, acts, (scale, row_sums), result)
    function = code.done()
    function.attributes.add("noinline")
    return function


def _write_row_total(
    code: IrWriter, isa: Isa, q: IrValue, blocks: IrValue, codes: IrValue, groups: IrValue
) -> IrValue:
    """Return an int32 vector whose lanes add up to the product of q and one weight row."""
    b = code.b
    zero = code.splat_constant(0, code.ints)
    with code.loop(i64(0), blocks, 1, [zero, zero]) as loop:
        _write_code_prefetch(code, isa, codes, loop.index)
        k = b.mul(loop.index, i64(INT4_BLOCK))
        for number, weights in enumerate(_write_block(code, isa, codes, groups, loop.index)):
            acts = isa.load_activations(code, q, b.add(k, i64(number * isa.dot_width)))
            loop.after[number % 2] = isa.dot(code, loop.after[number % 2], acts, weights)
    return b.add(*loop.values)


def _write_code_prefetch(code: IrWriter, isa: Isa, codes: IrValue, block: IrValue) -> None:
    """Prefetch the codes that follow those of a block; the groups' few lines need no help."""
    ahead = code.b.add(code.b.mul(block, i64(CODE_BYTES)), i64(isa.prefetch_bytes))
    write_prefetch(code, code.address(codes, ahead, I8))


def _write_block(
    code: IrWriter, isa: Isa, codes: IrValue, groups: IrValue, block: IrValue
) -> list[IrValue]:
    """Return the weights of a block in order, as operands of `isa.dot`."""
    width = 4 * isa.lanes  # bytes of a register
    b = code.b
    kind, pairs = ir.VectorType(I8, width), ir.VectorType(I16, width // 2)
    tables = _write_tables(code, groups, block, width)
    low_half = ir.Constant(kind, [15] * width)
    start = b.mul(block, i64(CODE_BYTES))
    vectors: dict[int, IrValue] = {}
    for first in range(0, CODE_BYTES, width):
        packed = code.load_vector(codes, b.add(start, i64(first)), kind)
        shifted = b.lshr(b.bitcast(packed, pairs), ir.Constant(pairs, [4] * pairs.count))
        halves = packed, b.bitcast(shifted, kind)
        for weight, half in zip((first, CODE_BYTES + first), halves, strict=True):
            table = _table_of(code, tables, weight, width)
            vectors[weight] = _shuffle_bytes(code, table, b.and_(half, low_half))
    return [
        operand for weight in sorted(vectors) for operand in _operands(code, isa, vectors[weight])
    ]


def _write_tables(code: IrWriter, groups: IrValue, block: IrValue, width: int) -> list[IrValue]:
    """Return the tables of a block's groups, one in each 16 bytes of the registers they take."""
    b = code.b
    kind, pairs = ir.VectorType(I8, width), ir.VectorType(I16, width // 2)
    numbers = b.load(code.address(groups, block, I64), typ=I64, align=1)
    spread = b.bitcast(code.splat(numbers, ir.VectorType(I64, width // 8)), kind)
    each = width // TABLE
    tables = []
    for first in range(0, GROUPS_PER_BLOCK, each):
        own = range(first, first + each)
        indices = [index for group in own for _ in range(8) for index in (group, UNUSED)]
        steps = b.bitcast(_shuffle_bytes(code, spread, ir.Constant(kind, indices)), pairs)
        halves = []
        for half in (0, 8):
            # VPMULHRSW gives floor((a * b / 2**14 + 1) / 2): codes are scaled by 2**11.
            scaled = [(half + number) << 11 for number in range(8)] * each
            halves.append(_multiply_rounded(code, steps, ir.Constant(pairs, scaled)))
        entries = _pack_unsigned(code, *halves)
        indices = [GROUPS_PER_BLOCK + group for group in own for _ in range(TABLE)]
        offsets = _shuffle_bytes(code, spread, ir.Constant(kind, indices))
        tables.append(b.add(entries, offsets))
    return tables


def _table_of(code: IrWriter, tables: list[IrValue], first: int, width: int) -> IrValue:
    """Return, for each 16 bytes of a register of weights from `first` on, their group's table."""
    each = width // TABLE
    wanted = [(first + TABLE * lane) // INT4_GROUP for lane in range(each)]
    table = tables[wanted[0] // each]
    order = [TABLE * (group % each) + number for group in wanted for number in range(TABLE)]
    return code.shuffle(table, table, order)


def _operands(code: IrWriter, isa: Isa, vector: IrValue) -> list[IrValue]:
    """Return a register of int8 weights as operands of `isa.dot`, widened where needed."""
    count = vector.type.count
    if isa.act_type == I8:
        return [vector]
    parts = [
        code.shuffle(vector, vector, range(first, first + isa.dot_width))
        for first in range(0, count, isa.dot_width)
    ]
    return [code.b.sext(part, ir.VectorType(isa.act_type, isa.dot_width)) for part in parts]


def _shuffle_bytes(code: IrWriter, table: IrValue, indices: IrValue) -> IrValue:
    name = SHUFFLE_BYTES[table.type.count]
    return code.intrinsic(f"llvm.x86.{name}", table.type, [table, indices])


def _multiply_rounded(code: IrWriter, left: IrValue, right: IrValue) -> IrValue:
    name = MULTIPLY_ROUNDED[2 * left.type.count]
    return code.intrinsic(f"llvm.x86.{name}", left.type, [left, right])


def _pack_unsigned(code: IrWriter, low: IrValue, high: IrValue) -> IrValue:
    """Pack 16-bit numbers to bytes, within each 16 bytes of the registers."""
    name = PACK_UNSIGNED[2 * low.type.count]
    kind = ir.VectorType(I8, 2 * low.type.count)
    return code.intrinsic(f"llvm.x86.{name}", kind, [low, high])
