"""Instruction sets that native code is generated for, the best first.

An `Isa` says how wide a vector register is, how many there are, and which instruction multiplies
int8 activations with int8 weights.

VPDPBUSD multiplies bytes and accumulates in 32 bits; AMX does so with 16 rows at once. AVX2 alone
has only VPMADDUBSW for bytes. Its 16-bit sums overflow unless one side is cut to 7 bits, which
costs quality. So weights are widened to 16 bits there, and VPMADDWD accumulates in 32 bits.
Activations can then have more than 8 bits at no cost.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from llvmlite import ir

from mmdesk.engine.native.llvm_ir import I8, I16, SIZES, IrValue, IrWriter


@dataclass(frozen=True, slots=True)
class Isa:
    """Instruction set and the tile sizes that suit it.

    Attributes:
        name: as the processor's makers call it.
        required_features: groups of LLVM feature names; a processor needs all of one group.
        lanes: float32 or int32 numbers in one register.
        dot_width: int8 weights multiplied by one instruction.
        act_type: LLVM type of a quantised activation.
        act_levels: quantisation steps of an activation on either side of the zero point.
        zero_point: of the activations; 128 where the instruction wants unsigned bytes.
        row_tiles: how many activation rows are multiplied at once, the largest first and 1 last.
        weight_tile: weight rows multiplied at once with several activation rows;
            row_tiles[0] * weight_tile accumulators and their operands fill the registers.
        accumulators: registers for sums where one operand vector is read beside them.
        prefetch_bytes: how far ahead weights are prefetched with one activation row. It makes a
            token a sixth faster in int8, and half as fast again in int4 with AVX-512: processors
            prefetch within a page of 4096 bytes only.
        has_amx: whether many rows are multiplied in tiles of 16 (matmul_amx.py).
    """

    name: str
    required_features: tuple[frozenset[str], ...]
    lanes: int
    dot_width: int
    act_type: Any
    act_levels: int
    zero_point: int
    row_tiles: tuple[int, ...]
    weight_tile: int
    accumulators: int
    prefetch_bytes: int
    has_amx: bool = False

    def is_supported_by(self, features: dict[str, bool]) -> bool:
        """Return whether a processor with these features has the instruction set."""
        return any(all(features.get(name) for name in group) for group in self.required_features)

    def load_weights(self, code: IrWriter, pointer: IrValue, index: IrValue) -> IrValue:
        """Load `dot_width` int8 weights from item `index` on, widened where needed."""
        weights = code.load_vector(pointer, index, ir.VectorType(I8, self.dot_width))
        return weights if self.act_type == I8 else code.b.sext(weights, self._act_vector)

    def load_activations(self, code: IrWriter, pointer: IrValue, index: IrValue) -> IrValue:
        """Load `dot_width` quantised activations from item `index` on."""
        return code.load_vector(pointer, index, self._act_vector)

    def ones(self) -> IrValue:
        """Return a vector of activations that are all 1."""
        return ir.Constant(self._act_vector, [1] * self.dot_width)

    def dot(self, code: IrWriter, total: IrValue, acts: IrValue, weights: IrValue) -> IrValue:
        """Add the products of neighbouring items to the accumulator `total`, int32 [lanes]."""
        if self.act_type == I16:
            products = code.intrinsic("llvm.x86.avx2.pmadd.wd", code.ints, [acts, weights])
            return code.b.add(total, products)
        values = [total, code.b.bitcast(acts, code.ints), code.b.bitcast(weights, code.ints)]
        return code.intrinsic(f"llvm.x86.avx512.vpdpbusd.{32 * self.lanes}", code.ints, values)

    @property
    def act_bytes(self) -> int:
        """Size of one quantised activation."""
        return SIZES[self.act_type]

    @property
    def _act_vector(self) -> Any:
        return ir.VectorType(self.act_type, self.dot_width)


AVX512_VNNI = Isa(
    name="AVX-512 VNNI",
    required_features=(frozenset({"avx512f", "avx512bw", "avx512vl", "avx512dq", "avx512vnni"}),),
    lanes=16,
    dot_width=64,
    act_type=I8,
    act_levels=127,
    zero_point=128,
    row_tiles=(6, 4, 2, 1),
    weight_tile=4,
    accumulators=24,
    prefetch_bytes=4096,
)
AMX = replace(
    AVX512_VNNI,
    name="AMX",
    required_features=(AVX512_VNNI.required_features[0] | {"amx-tile", "amx-int8"},),
    has_amx=True,
)
AVX_VNNI = Isa(
    name="AVX-VNNI",
    required_features=(
        frozenset({"avx2", "fma", "f16c", "avxvnni"}),
        frozenset({"avx2", "fma", "f16c", "avx512vl", "avx512vnni"}),
    ),
    lanes=8,
    dot_width=32,
    act_type=I8,
    act_levels=127,
    zero_point=128,
    row_tiles=(4, 2, 1),
    weight_tile=2,
    accumulators=12,
    prefetch_bytes=2048,
)
AVX2 = Isa(
    name="AVX2",
    required_features=(frozenset({"avx2", "fma", "f16c"}),),
    lanes=8,
    dot_width=16,
    act_type=I16,
    act_levels=511,  # 511 * 127 * 33,000 inputs fit into 32 bits
    zero_point=0,
    row_tiles=(4, 2, 1),
    weight_tile=2,
    accumulators=12,
    prefetch_bytes=2048,
)
ALL_ISAS = (AMX, AVX512_VNNI, AVX_VNNI, AVX2)
