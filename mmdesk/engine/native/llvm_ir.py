"""Helpers for writing LLVM IR: loops, vectors, memory.

The IR is written with llvmlite.ir and compiled on the spot by llvmlite (LLVM in a wheel, which
comes with librosa). Nothing else is needed on the user's machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from llvmlite import ir

IrValue = Any  # an ir.Value; the library is not typed

I1, I8, I16, I32, I64 = (ir.IntType(bits) for bits in (1, 8, 16, 32, 64))
HALF, FLOAT, POINTER, VOID = ir.HalfType(), ir.FloatType(), ir.PointerType(), ir.VoidType()
SIZES = {I8: 1, I16: 2, I32: 4, I64: 8, HALF: 2, FLOAT: 4, POINTER: 8}  # bytes
LARGEST_HALF = 65504.0

_LOG2_E = 1.44269504088896341
_LN2_HIGH, _LN2_LOW = 0.693359375, -2.12194440e-4
# Cephes' polynomial for exp on -ln 2 / 2 ... ln 2 / 2.
_EXP = (1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 0.5)


def i64(value: int) -> IrValue:
    """Return a 64-bit integer constant."""
    return ir.Constant(I64, value)


class IrWriter:
    """Writer of one function.

    Args:
        parameters: types by name; the arguments are then `arguments`, in this order.
        lanes: float32 or int32 numbers in one register.

    Attributes:
        b: the llvmlite builder.
        floats, ints: types of whole registers.
    """

    def __init__(
        self, module: ir.Module, name: str, parameters: dict[str, Any], lanes: int = 1
    ) -> None:
        self.lanes = lanes
        self.floats, self.ints = ir.VectorType(FLOAT, lanes), ir.VectorType(I32, lanes)
        kind = ir.FunctionType(VOID, list(parameters.values()))
        self.function = ir.Function(module, kind, name)
        self.function.attributes.add("nounwind")
        self.module = module
        self.b = ir.IRBuilder(self.function.append_basic_block())
        self.arguments = list(self.function.args)

    def intrinsic(self, name: str, result: Any, values: Sequence[IrValue]) -> IrValue:
        """Call one of LLVM's own functions."""
        known = self.module.globals.get(name)
        if known is None:
            kind = ir.FunctionType(result, [value.type for value in values])
            known = ir.Function(self.module, kind, name)
        return self.b.call(known, values)

    # Memory

    def address(self, pointer: IrValue, index: IrValue, kind: Any = FLOAT) -> IrValue:
        """Return the address of item `index` of an array."""
        return self.b.gep(pointer, [index], source_etype=kind)

    def load(self, pointer: IrValue, index: IrValue, kind: Any = FLOAT) -> IrValue:
        """Load item `index` of an array."""
        return self.b.load(self.address(pointer, index, kind), typ=kind, align=SIZES[kind])

    def load_vector(self, pointer: IrValue, index: IrValue, kind: Any = None) -> IrValue:
        """Load a vector from item `index` on; it need not be aligned."""
        kind = kind or self.floats
        start = self.address(pointer, index, kind.element)
        return self.b.load(start, typ=kind, align=SIZES[kind.element])

    def store(self, value: IrValue, pointer: IrValue, index: IrValue) -> None:
        """Store a number or a vector from item `index` on."""
        kind = getattr(value.type, "element", value.type)
        self.b.store(value, self.address(pointer, index, kind), align=SIZES[kind])

    # Vectors

    def splat(self, value: IrValue, kind: Any = None) -> IrValue:
        """Return a vector with `value` in every lane."""
        kind = kind or self.floats
        undefined = ir.Constant(kind, ir.Undefined)
        one = self.b.insert_element(undefined, value, ir.Constant(I32, 0))
        mask = ir.Constant(ir.VectorType(I32, kind.count), [0] * kind.count)
        return self.b.shuffle_vector(one, undefined, mask)

    def load_halves(self, pointer: IrValue, index: IrValue) -> IrValue:
        """Load a register of float32 from float16 numbers, from item `index` on."""
        halves = self.load_vector(pointer, index, ir.VectorType(HALF, self.lanes))
        return self.b.fpext(halves, self.floats)

    def to_half(self, value: IrValue) -> IrValue:
        """Round float32 to float16; what is too large becomes the largest one."""
        most = ir.Constant(FLOAT, LARGEST_HALF)
        least = ir.Constant(FLOAT, -LARGEST_HALF)
        kind: Any = HALF
        if value.type != FLOAT:
            most, least = (self.splat_constant(limit.constant) for limit in (most, least))
            kind = ir.VectorType(HALF, value.type.count)
        return self.b.fptrunc(self.maximum(self.minimum(value, most), least), kind)

    def splat_constant(self, value: float, kind: Any = None) -> IrValue:
        """Return a constant vector with `value` in every lane."""
        kind = kind or self.floats
        return ir.Constant(kind, [value] * kind.count)

    def shuffle(self, left: IrValue, right: IrValue, order: Sequence[int]) -> IrValue:
        """Return the lanes of two vectors in the order given."""
        mask = ir.Constant(ir.VectorType(I32, len(order)), list(order))
        return self.b.shuffle_vector(left, right, mask)

    def fma(self, a: IrValue, b: IrValue, c: IrValue) -> IrValue:
        """Return a * b + c, rounded once."""
        kind = "f32" if a.type == FLOAT else f"v{a.type.count}f32"
        return self.intrinsic(f"llvm.fma.{kind}", a.type, [a, b, c])

    def minimum(self, a: IrValue, b: IrValue) -> IrValue:
        """Return the smaller of two floats, lane by lane."""
        return self.b.select(self.b.fcmp_ordered("<", a, b), a, b)

    def maximum(self, a: IrValue, b: IrValue) -> IrValue:
        """Return the larger of two floats, lane by lane."""
        return self.b.select(self.b.fcmp_ordered(">", a, b), a, b)

    def reduce(self, vector: IrValue, combine: Callable[[IrValue, IrValue], IrValue]) -> IrValue:
        """Combine all lanes into one number, always in the same order."""
        count = vector.type.count
        while count > 1:
            count //= 2
            low = self.shuffle(vector, vector, range(count))
            high = self.shuffle(vector, vector, range(count, 2 * count))
            vector = combine(low, high)
        return self.b.extract_element(vector, ir.Constant(I32, 0))

    def exp(self, x: IrValue) -> IrValue:
        """Return e to the power of each lane, to within 2 units in the last place; 0 far below."""
        x = self.maximum(x, self.splat_constant(-87.0))
        x = self.minimum(x, self.splat_constant(88.0))
        nearest = self.intrinsic(
            f"llvm.rint.v{self.lanes}f32",
            self.floats,
            [self.b.fmul(x, self.splat_constant(_LOG2_E))],
        )
        x = self.fma(nearest, self.splat_constant(-_LN2_HIGH), x)
        x = self.fma(nearest, self.splat_constant(-_LN2_LOW), x)
        y = self.splat_constant(_EXP[0])
        for factor in _EXP[1:]:
            y = self.fma(y, x, self.splat_constant(factor))
        y = self.fma(y, self.b.fmul(x, x), self.b.fadd(x, self.splat_constant(1.0)))
        power = self.b.fptosi(nearest, self.ints)
        power = self.b.add(power, self.splat_constant(127, self.ints))
        power = self.b.shl(power, self.splat_constant(23, self.ints))
        return self.b.fmul(y, self.b.bitcast(power, self.floats))

    # Control flow

    @contextmanager
    def loop(
        self, start: IrValue, end: IrValue, step: int = 1, carried: Sequence[IrValue] = ()
    ) -> Iterator[IrLoop]:
        """Write a loop from `start` while below `end`.

        `carried` values go from round to round: read them in the loop's `values` and set its
        `after`. When the loop is over, `values` are the last ones.
        """
        entry = self.b.block
        head = self.b.append_basic_block("head")
        body = self.b.append_basic_block("body")
        done = self.b.append_basic_block("done")
        self.b.branch(head)
        self.b.position_at_end(head)
        index = self.b.phi(I64)
        index.add_incoming(start, entry)
        phis = [self.b.phi(value.type) for value in carried]
        for phi, value in zip(phis, carried, strict=True):
            phi.add_incoming(value, entry)
        self.b.cbranch(self.b.icmp_signed("<", index, end), body, done)
        self.b.position_at_end(body)
        loop = IrLoop(index, phis)
        yield loop
        index.add_incoming(self.b.add(index, i64(step)), self.b.block)
        for phi, value in zip(phis, loop.after, strict=True):
            phi.add_incoming(value, self.b.block)
        self.b.branch(head)
        self.b.position_at_end(done)

    def done(self) -> ir.Function:
        """End the function with a return."""
        self.b.ret_void()
        return self.function


def write_prefetch(code: IrWriter, address: IrValue) -> None:
    """Write a prefetch into the second-level cache."""
    read, second_level, data = (ir.Constant(I32, value) for value in (0, 2, 1))
    code.intrinsic("llvm.prefetch.p0", VOID, [address, read, second_level, data])


class IrLoop:
    """A loop while it is written: running index and carried values."""

    def __init__(self, index: IrValue, values: list[IrValue]) -> None:
        self.index, self.values = index, values
        self.after: list[IrValue] = list(values)
