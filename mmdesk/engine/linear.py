"""Linear layers for the fast path: 8-bit integers where the CPU has them, floats elsewhere.

Int8Linear keeps a scale per output channel of the weights and a range per row (token) of the
activations: one range per *tensor* would let a single token with large values coarsen all others,
which doubles this family's perplexity. Every row is computed with whole numbers and by itself, so
its result does not depend, to the bit, on which rows stand beside it (`tests/engine/test_fast.py`
holds the kernels to that).
"""

from __future__ import annotations

import platform
import warnings
from typing import Protocol

import torch
import torch.nn.functional as F

class Linear(Protocol):
    """x float32 [n, inputs] -> float32 [n, outputs].

    `factor` [n, 1] multiplies each row of x; `add` [n, outputs] is added to the result. Both are
    there because they cost less inside than as steps of their own.
    """

    def __call__(
        self,
        x: torch.Tensor,
        factor: torch.Tensor | None = None,
        add: torch.Tensor | None = None,
    ) -> torch.Tensor: ...


def has_int8() -> bool:
    """Whether this CPU and this torch have the kernel that Int8Linear uses (FBGEMM on x86)."""
    return (
        platform.machine().lower() in ("x86_64", "amd64")
        and "fbgemm" in torch.backends.quantized.supported_engines
        and torch.backends.cpu.get_cpu_capability() != "DEFAULT"
        and hasattr(torch, "_make_per_channel_quantized_tensor")
        and hasattr(torch.ops.quantized, "linear_with_input_q_dq_qweight_dq_output_fp32")
    )


def _activation_levels() -> int:
    """Steps on either side of nothing: 8 bits, or 7 where products of 8 bits would saturate the
    16-bit sums that processors without VNNI instructions add them up in."""
    able: dict[str, bool] = getattr(torch.cpu, "get_capabilities", dict)()
    vnni = able.get("avx512_vnni") or able.get("avx_vnni") or able.get("avx512_vnni_bf16")
    return 127 if vnni else 63


def quantised(weight: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Symmetric 8 bits, one scale per output channel.

    Args:
        weight: float [outputs, inputs].

    Returns:
        (int8 [outputs, inputs], float32 scale [outputs]).
    """
    weight = weight.float()
    scale = weight.abs().amax(1) / 127
    scale.masked_fill_(scale == 0, 1.0)
    return (weight / scale[:, None]).round_().to(torch.int8), scale


class Int8Linear:
    """W8A8 with float32 in and out.

    A row x is written as middle + half * n with n in -1..1, and n is rounded to 8 bits. Since
    W x = half * W n + middle * (sum of W's columns), the range need not be symmetric; where it
    nearly is, middle is 0 and the second term is saved.

    Args:
        weight: int8 [outputs, inputs]; copied into the kernel's own order, not kept.
        scale: float32 [outputs].
        bias: float32 [outputs] or None.
        lopsided: whether rows have ranges far from symmetric (what comes out of SwiGLU does).
    """

    def __init__(
        self,
        weight: torch.Tensor,
        scale: torch.Tensor,
        bias: torch.Tensor | None = None,
        lopsided: bool = False,
    ) -> None:
        levels = _activation_levels()
        self._step, self._zero = 1 / levels, levels + 1
        # W's columns added up.
        self._sums = weight.sum(1, dtype=torch.int32) * scale if lopsided else None
        self._bias = bias
        self._one_half = torch.tensor(0.5)  # a number would be made a tensor at every call
        self._packed = _packed(weight, scale)
        self._multiply = torch.ops.quantized.linear_with_input_q_dq_qweight_dq_output_fp32.default

    def __call__(
        self,
        x: torch.Tensor,
        factor: torch.Tensor | None = None,
        add: torch.Tensor | None = None,
    ) -> torch.Tensor:
        # amax and amin are vectorised, aminmax and vector_norm(inf) are not.
        if self._sums is None:
            half, middle = x.abs().amax(-1, True), None  # [n, 1]
            n = x / half
        else:
            low = x.amin(-1, True)
            half = x.amax(-1, True).sub_(low).mul_(self._one_half)
            middle = low.add_(half)
            n = (x - middle).div_(half)
        y = self._multiply(n, self._step, self._zero, self._packed)
        if factor is not None:
            half.mul_(factor)
        base = self._bias if add is None else add
        y = y.mul_(half) if base is None else torch.addcmul(base, y, half)
        if middle is not None:
            y.addcmul_(middle if factor is None else middle.mul_(factor), self._sums)
        return y


def _packed(weight: torch.Tensor, scale: torch.Tensor) -> torch.Tensor:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a deprecation that holds from torch 2.14 on
        tensor = torch._make_per_channel_quantized_tensor(
            weight, scale.double(), torch.zeros(len(scale), dtype=torch.long), 0
        )
        # "x86" takes FBGEMM for linear layers; named, since the default is the person's to change.
        engine, torch.backends.quantized.engine = torch.backends.quantized.engine, "fbgemm"
        try:
            return torch.ops.quantized.linear_prepack(tensor, None)
        finally:
            torch.backends.quantized.engine = engine


class FloatLinear:
    """The same in a floating-point format: float32, or bfloat16 where the CPU multiplies it.

    Args:
        weight: [outputs, inputs] in the format to compute in.
        bias: [outputs] or None.
    """

    def __init__(self, weight: torch.Tensor, bias: torch.Tensor | None = None) -> None:
        self._weight = weight
        self._bias = None if bias is None else bias.to(weight.dtype)

    def __call__(
        self,
        x: torch.Tensor,
        factor: torch.Tensor | None = None,
        add: torch.Tensor | None = None,
    ) -> torch.Tensor:
        if factor is not None:
            x = x * factor
        y = F.linear(x.to(self._weight.dtype), self._weight, self._bias).float()
        return y if add is None else y.add_(add)
