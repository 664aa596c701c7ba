"""The instruction sets that the native code is written for, the best first: how wide a register
is, how many there are, and how rows and matrices in 8 bits are multiplied with whole numbers.

VPDPBUSD multiplies bytes and adds up in 32 bits; AMX does so with 16 rows at once. AVX2 alone has
only VPMADDUBSW for bytes, whose sums of 16 bits overflow unless one side is cut to 7 bits, which
costs quality. So bytes of the matrix are widened to 16 bits there, and VPMADDWD adds up in 32; rows
can then be finer than 8 bits at no cost.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from llvmlite import ir

from mmdesk.engine.native.llvm_ir import I8, I16, SIZES, IrValue, IrWriter


@dataclass(frozen=True, slots=True)
class Isa:
    """One of them.

    Attributes:
        name: as the processor's makers call it.
        needed: features of which the processor must have all of one group, in LLVM's words.
        lanes: float32 or int32 numbers in one register.
        step: bytes of a matrix multiplied by one instruction.
        row: the type in which a number of a row is kept.
        levels: whole numbers of a row on either side of the middle.
        zero: what the middle is: unsigned bytes are moved, the others not.
        tiles: numbers of rows multiplied at once, the largest first and 1 at the end.
        beside: rows of the matrix multiplied at once with several rows; tiles[0] * beside sums
            and what they need fill the registers.
        sums: registers for sums where one vector is read beside them.
        ahead: bytes of the matrix that are asked for beforehand with one row; 0 leaves it to the
            processor. Without AVX-512 it makes a token a sixth faster.
        blocks: whether many rows are multiplied in tiles of 16 (blocks.py).
    """

    name: str
    needed: tuple[frozenset[str], ...]
    lanes: int
    step: int
    row: Any
    levels: int
    zero: int
    tiles: tuple[int, ...]
    beside: int
    sums: int
    ahead: int
    blocks: bool = False

    def fits(self, features: dict[str, bool]) -> bool:
        """Whether a processor with these features has it."""
        return any(all(features.get(name) for name in group) for group in self.needed)

    def weights(self, code: IrWriter, pointer: IrValue, index: IrValue) -> IrValue:
        """`step` numbers of a matrix (int8), from item `index` on."""
        read = code.loads(pointer, index, ir.VectorType(I8, self.step))
        return read if self.row == I8 else code.b.sext(read, self._wide)

    def numbers(self, code: IrWriter, pointer: IrValue, index: IrValue) -> IrValue:
        """`step` numbers of a row, from item `index` on."""
        return code.loads(pointer, index, self._wide)

    def ones(self) -> IrValue:
        """A row of ones."""
        return ir.Constant(self._wide, [1] * self.step)

    def dot(self, code: IrWriter, total: IrValue, row: IrValue, weights: IrValue) -> IrValue:
        """Total (int32, `lanes`) plus the products, neighbours together."""
        if self.row == I16:
            products = code.intrinsic("llvm.x86.avx2.pmadd.wd", code.ints, [row, weights])
            return code.b.add(total, products)
        values = [total, code.b.bitcast(row, code.ints), code.b.bitcast(weights, code.ints)]
        return code.intrinsic(f"llvm.x86.avx512.vpdpbusd.{32 * self.lanes}", code.ints, values)

    @property
    def row_bytes(self) -> int:
        """Of one number of a row."""
        return SIZES[self.row]

    @property
    def _wide(self) -> Any:
        return ir.VectorType(self.row, self.step)


AVX512_VNNI = Isa(
    name="AVX-512 VNNI",
    needed=(frozenset({"avx512f", "avx512bw", "avx512vl", "avx512dq", "avx512vnni"}),),
    lanes=16,
    step=64,
    row=I8,
    levels=127,
    zero=128,
    tiles=(6, 4, 2, 1),
    beside=4,
    sums=24,
    ahead=0,
)
AMX = replace(
    AVX512_VNNI,
    name="AMX",
    needed=(AVX512_VNNI.needed[0] | {"amx-tile", "amx-int8"},),
    blocks=True,
)
AVX_VNNI = Isa(
    name="AVX-VNNI",
    needed=(
        frozenset({"avx2", "fma", "avxvnni"}),
        frozenset({"avx2", "fma", "avx512vl", "avx512vnni"}),
    ),
    lanes=8,
    step=32,
    row=I8,
    levels=127,
    zero=128,
    tiles=(4, 2, 1),
    beside=2,
    sums=12,
    ahead=2048,
)
AVX2 = Isa(
    name="AVX2",
    needed=(frozenset({"avx2", "fma"}),),
    lanes=8,
    step=16,
    row=I16,
    levels=511,  # 511 * 127 * 33,000 inputs fit into 32 bits
    zero=0,
    tiles=(4, 2, 1),
    beside=2,
    sums=12,
    ahead=2048,
)
KNOWN = (AMX, AVX512_VNNI, AVX_VNNI, AVX2)
