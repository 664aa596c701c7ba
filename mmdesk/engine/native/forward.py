"""LLVM IR of the whole forward pass of a decoder, one function for all threads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from llvmlite import ir

from mmdesk.engine.families import Features
from mmdesk.engine.native.forward_steps import ForwardSteps
from mmdesk.engine.native.forward_table import (
    CONV_WEIGHT,
    LAYER_SLOTS,
    MATRICES,
    MATRIX_SLOTS,
    NORMS,
    ROPE_KIND,
    STEPS_PER_LAYER,
    WINDOW,
    Slot,
)
from mmdesk.engine.native.isa import Isa
from mmdesk.engine.native.llvm_ir import I64, POINTER, IrValue, i64

if TYPE_CHECKING:
    from mmdesk.engine.decoder import DecoderShape


class ForwardProgram(ForwardSteps):
    """Generator of the function `forward(table, thread)`.

    Args:
        isa: the instruction set.
        shape: sizes of the model.
        inner: width of the MLP.
        layers: how many decoder layers there are.
        vocabulary: how many tokens there are.
        int4: whether matrices of the layers may have 4-bit codes.
        features: what the layers have beyond Llama's.
    """

    def __init__(
        self,
        isa: Isa,
        shape: DecoderShape,
        inner: int,
        layers: int,
        vocabulary: int,
        int4: bool = False,
        features: Features | None = None,
    ) -> None:
        super().__init__(isa, shape, inner, int4, features or Features())
        self.layers, self.vocabulary = layers, vocabulary
        self._write_forward()

    def _write_forward(self) -> None:
        self._begin()
        code, shape = self._code, self.shape
        with code.loop(i64(0), i64(self.layers)) as loop:
            self._write_layer(loop.index)
        last = code.b.mul(i64(self.layers), i64(STEPS_PER_LAYER))
        skipped = code.b.sub(self._numbers[Slot.ROWS], self._numbers[Slot.LOGIT_ROWS])
        x = code.address(self._pointers[Slot.HIDDEN], code.b.mul(skipped, i64(shape.hidden)))
        rows, pointers = self._numbers[Slot.LOGIT_ROWS], self._pointers
        norm = pointers[Slot.FINAL_NORM]
        self._quantize_rows(last, "rms_norm", x, norm, shape.hidden, shape.hidden, rows)
        head = (Slot.LM_HEAD, Slot.LM_HEAD_SCALE, Slot.LM_HEAD_SUMS, Slot.ZEROS)
        self._matmul(
            code.b.add(last, i64(1)),
            tuple(pointers[slot] for slot in head),
            shape.hidden,
            self.vocabulary,
            pointers[Slot.LOGITS],
            self.vocabulary,
            rows=rows,
        )
        self._barrier()
        code.done()

    def _write_layer(self, layer: IrValue) -> None:
        code, shape, pointers = self._code, self.shape, self._pointers
        b = code.b
        table = code.address(pointers[Slot.LAYERS], b.mul(layer, i64(LAYER_SLOTS)), I64)
        steps = iter(
            b.add(b.mul(layer, i64(STEPS_PER_LAYER)), i64(n)) for n in range(STEPS_PER_LAYER)
        )

        def vector(slot: int) -> IrValue:
            return code.load(table, i64(slot), POINTER)

        def matrix(name: str) -> tuple[IrValue, ...]:
            return tuple(vector(MATRICES[name] + n) for n in range(MATRIX_SLOTS))

        hidden, inner, x = shape.hidden, self.inner, pointers[Slot.HIDDEN]
        gate = pointers[Slot.GATE_UP]
        self._quantize_rows(next(steps), "rms_norm", x, vector(NORMS["norm_in"]), hidden, hidden)
        pair = b.mul(layer, i64(2))
        caches = [
            code.load(pointers[Slot.KV_CACHES], b.add(pair, i64(n)), POINTER) for n in range(2)
        ]
        if self.features.conv:
            weight = vector(CONV_WEIGHT)
            has_conv = b.icmp_unsigned("!=", b.ptrtoint(weight, I64), i64(0))
            with b.if_else(has_conv) as (convolves, attends):
                with convolves:
                    own = matrix("conv_in"), matrix("o")
                    self._write_convolution(steps, *own, caches[0], weight)
                with attends:
                    self._write_attention(steps, table, matrix, caches)
        else:
            self._write_attention(steps, table, matrix, caches)
        self._quantize_rows(next(steps), "rms_norm", x, vector(NORMS["norm_mlp"]), hidden, hidden)
        up = code.address(gate, i64(inner))
        self._matmul(next(steps), matrix("gate"), hidden, inner, gate, 2 * inner)
        self._matmul(next(steps), matrix("up"), hidden, inner, up, 2 * inner)
        self._barrier()
        self._quantize_rows(next(steps), self._gated, gate, up, inner, 2 * inner)
        self._add_to_residual(steps, matrix("down"), inner, vector(NORMS["norm_mlp_out"]))

    def _write_attention(
        self,
        steps: Iterator[IrValue],
        table: IrValue,
        matrix: Callable[[str], tuple[IrValue, ...]],
        caches: list[IrValue],
    ) -> None:
        code, shape, pointers = self._code, self.shape, self._pointers
        qkv, attention_out = pointers[Slot.QKV], pointers[Slot.ATTENTION_OUT]

        def norm(name: str) -> IrValue:
            return code.load(table, i64(NORMS[name]), POINTER)

        start = 0
        for name, heads in (("q", shape.heads), ("k", shape.kv_heads), ("v", shape.kv_heads)):
            width = heads * shape.head_dim
            y = code.address(qkv, i64(start))
            self._matmul(next(steps), matrix(name), shape.hidden, width, y, shape.qkv)
            start += width
        self._barrier()
        norms = (norm("q"), norm("k")) if self.features.qk_norm else None
        self._rope_and_store(next(steps), caches, code.load(table, i64(ROPE_KIND), I64), norms)
        window = code.load(table, i64(WINDOW), I64) if self.features.windows else None
        self._attention(next(steps), caches, window)
        width = shape.heads * shape.head_dim
        self._quantize_rows(next(steps), "plain", attention_out, attention_out, width, width)
        self._add_to_residual(steps, matrix("o"), width, norm("norm_attention_out"))

    def _write_convolution(
        self,
        steps: Iterator[IrValue],
        matrix_in: tuple[IrValue, ...],
        matrix_out: tuple[IrValue, ...],
        ring: IrValue,
        weight: IrValue,
    ) -> None:
        code, hidden = self._code, self.shape.hidden
        b, projected, width = code.b, self._pointers[Slot.CONV], 3 * self.shape.hidden
        self._matmul(next(steps), matrix_in, hidden, width, projected, width)
        self._barrier()
        for function, more in ((self._conv_input, []), (self._short_conv, [weight])):

            def work(
                row: IrValue, function: ir.Function = function, more: list[IrValue] = more
            ) -> None:
                own = code.address(projected, b.mul(row, i64(width)))
                position = b.add(self._numbers[Slot.PAST_TOKENS], row)
                b.call(function, [own, ring, position, *more])

            self._share(next(steps), self._numbers[Slot.ROWS], work)
            self._barrier()
        x = code.address(projected, i64(2 * hidden))
        self._quantize_rows(next(steps), "plain", x, x, hidden, width)
        self._add_to_residual(steps, matrix_out, hidden, weight)
