"""Weights of a Llama or Qwen2 model in 8 bits: `NAME.weight` becomes I8 [outputs, inputs] with
`NAME.weight_scale` F32 [outputs] beside it; vectors become F32.

Every output channel has a scale of its own. All steps are exactly rounded by IEEE 754 (absolute
value, maximum, division), so the same weights give the same bytes on every machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

SCALE = "_scale"  # after the name of the tensor it belongs to


def quantised(weight: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """float32 [outputs, inputs] -> (int8 of the same shape, float32 scale [outputs])."""
    import torch

    scale = weight.abs().amax(1) / 127
    scale.masked_fill_(scale == 0, 1.0)
    return (weight / scale[:, None]).round_().to(torch.int8), scale


def int8_tensors(
    names: Iterable[str], read: Callable[[str], torch.Tensor]
) -> Iterator[tuple[str, torch.Tensor]]:
    """Every tensor of the model in its stored form, by name.

    Args:
        names: the tensors there are.
        read: gives one of them, in any floating-point format.
    """
    for name in sorted(names):
        tensor = read(name).float()
        if tensor.dim() != 2:
            yield name, tensor
            continue
        weight, scale = quantised(tensor)
        yield name, weight
        yield name + SCALE, scale
