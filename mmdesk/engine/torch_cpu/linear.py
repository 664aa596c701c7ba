"""Linear layers: int8 where the CPU has the kernels, floating point elsewhere.

Int8Linear keeps a scale per output channel of the weights and a range per row (token) of the
activations. One range per *tensor* would let a single token with large values coarsen all others,
which doubles this family's perplexity. Every row is computed with integers and by itself, so its
result does not depend, to the bit, on the other rows (tests/engine/torch_cpu/test_torch_model.py
checks the kernels for it).
"""

from __future__ import annotations

import platform
import warnings
from typing import Protocol

import torch
from torch.nn import functional


class Linear(Protocol):
    """Layer from x float32 [n, inputs] to float32 [n, outputs].

    `factor` [n, 1] multiplies each row of x; `add` [n, outputs] is added to the result. Both are
    there because they cost less inside than as steps of their own.
    """

    def __call__(
        self,
        x: torch.Tensor,
        factor: torch.Tensor | None = None,
        add: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """Apply the layer."""
        ...


def has_int8() -> bool:
    """Return whether CPU and torch have the kernel that Int8Linear uses (FBGEMM on x86)."""
    return (
        platform.machine().lower() in ("x86_64", "amd64")
        and torch.backends.quantized.engine in ("x86", "fbgemm")  # for linear layers the same
        and torch.backends.cpu.get_cpu_capability() != "DEFAULT"
        and hasattr(torch, "_make_per_channel_quantized_tensor")
        and hasattr(torch.ops.quantized, "linear_with_input_q_dq_qweight_dq_output_fp32")
    )


def _activation_levels() -> int:
    """Return the quantisation steps of an activation on either side of the zero point.

    It has 8 bits, or 7 on processors without VNNI instructions: they accumulate products in 16
    bits, which 8-bit activations would saturate.
    """
    features: dict[str, bool] = getattr(torch.cpu, "get_capabilities", dict)()
    vnni = (
        features.get("avx512_vnni") or features.get("avx_vnni") or features.get("avx512_vnni_bf16")
    )
    return 127 if vnni else 63


class Int8Linear:
    """W8A8 linear layer with float32 in and out.

    A row x is written as middle + half * n with n in -1..1, and n is rounded to 8 bits. Since
    W x = half * W n + middle * (sum of W's columns), the range need not be symmetric. That halves
    the loss against a symmetric range (measured as divergence of the next-token distributions).

    Args:
        weight: int8 [outputs, inputs]; copied into the kernel's own order, not kept.
        scale: float32 [outputs].
        bias: float32 [outputs] or None.
    """

    def __init__(
        self, weight: torch.Tensor, scale: torch.Tensor, bias: torch.Tensor | None = None
    ) -> None:
        levels = _activation_levels()
        self._act_scale, self._zero_point = 1 / levels, levels + 1
        self._bias = bias
        self._one_half = torch.tensor(0.5)  # a number would be made a tensor at every call
        self._packed = _packed(weight, scale)
        self._matmul = torch.ops.quantized.linear_with_input_q_dq_qweight_dq_output_fp32.default
        # W's columns added up, [outputs]; the kernel does it in a fiftieth of the time.
        ones = torch.ones(1, weight.shape[1])
        self._sums = self._matmul(ones, self._act_scale, self._zero_point, self._packed)[0]

    def __call__(
        self,
        x: torch.Tensor,
        factor: torch.Tensor | None = None,
        add: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """Apply the layer, see Linear."""
        low = x.amin(-1, True)  # [n, 1]; amin and amax are vectorised where aminmax is not
        half = x.amax(-1, True).sub_(low).mul_(self._one_half)
        middle = low.add_(half)
        normalised = (x - middle).div_(half)
        y = self._matmul(normalised, self._act_scale, self._zero_point, self._packed)
        if factor is not None:
            half.mul_(factor)
            middle.mul_(factor)
        if add is not None:
            y = torch.addcmul(add, y, half)
        else:
            y.mul_(half)
        if self._bias is not None:
            y.add_(self._bias)
        return y.addcmul_(middle, self._sums)


def _packed(weight: torch.Tensor, scale: torch.Tensor) -> torch.Tensor:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a deprecation that holds from torch 2.14 on
        tensor = torch._make_per_channel_quantized_tensor(
            weight, scale.double(), torch.zeros(len(scale), dtype=torch.long), 0
        )
        return torch.ops.quantized.linear_prepack(tensor, None)


class FloatLinear:
    """Linear layer in float32, or in bfloat16 where the CPU multiplies it.

    Args:
        weight: [outputs, inputs] in the dtype to compute in.
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
        """Apply the layer, see Linear."""
        if factor is not None:
            x = x * factor
        y = functional.linear(x.to(self._weight.dtype), self._weight, self._bias).float()
        return y if add is None else y.add_(add)
