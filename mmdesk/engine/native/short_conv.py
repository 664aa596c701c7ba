"""LLVM IR of short convolutions (LFM2): a gated causal convolution over each channel by itself.

A row's input projection holds B, C and x, [3, hidden]. The products B x of the last STATE_ROWS
positions stand in a ring, float32 [STATE_ROWS, hidden]. The result is C times the weighted sum of
the last few of them, in the order of the positions, whatever rows there are beside it.
"""

from __future__ import annotations

from llvmlite import ir

from mmdesk.engine.native.isa import Isa
from mmdesk.engine.native.llvm_ir import I64, POINTER, IrValue, IrWriter, i64

STATE_ROWS = 256  # a power of two, larger than the rows of a forward pass


def ring_row(code: IrWriter, ring: IrValue, position: IrValue, hidden: int) -> IrValue:
    """Return the address of a position's row of the ring."""
    row = code.b.and_(position, i64(STATE_ROWS - 1))
    return code.address(ring, code.b.mul(row, i64(hidden)))


def write_conv_input(module: ir.Module, isa: Isa, hidden: int) -> ir.Function:
    """Write conv_input(projected, ring, position), which puts B x of a row into the ring."""
    names = {"projected": POINTER, "ring": POINTER, "position": I64}
    code = IrWriter(module, "conv_input", names, isa.lanes)
    projected, ring, position = code.arguments
    out = ring_row(code, ring, position, hidden)
    with code.loop(i64(0), i64(hidden), isa.lanes) as loop:
        gate = code.load_vector(projected, loop.index)
        x = code.load_vector(projected, code.b.add(loop.index, i64(2 * hidden)))
        code.store(code.b.fmul(gate, x), out, loop.index)
    return code.done()


def write_short_conv(module: ir.Module, isa: Isa, hidden: int, kernel: int) -> ir.Function:
    """Write short_conv(projected, ring, position, weight), which replaces x by the result.

    The weight is [kernel, hidden].
    """
    names = {"projected": POINTER, "ring": POINTER, "position": I64, "weight": POINTER}
    code = IrWriter(module, "short_conv", names, isa.lanes)
    projected, ring, position, weight = code.arguments
    b = code.b
    rows = [
        ring_row(code, ring, b.add(position, i64(n - kernel + 1)), hidden) for n in range(kernel)
    ]
    with code.loop(i64(0), i64(hidden), isa.lanes) as loop:
        k = loop.index
        total = code.splat_constant(0.0)
        for n, row in enumerate(rows):
            factor = code.load_vector(weight, b.add(k, i64(n * hidden)))
            total = code.fma(factor, code.load_vector(row, k), total)
        gate = code.load_vector(projected, b.add(k, i64(hidden)))
        code.store(b.fmul(gate, total), projected, b.add(k, i64(2 * hidden)))
    return code.done()
