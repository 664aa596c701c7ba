"""Quantisation of the weights of a Llama or Qwen2 model to int8.

`NAME.weight` becomes I8 [outputs, inputs] with `NAME.weight_scale` F32 [outputs]; vectors become
F32. Every output channel has its own scale, and the zero point is 0. All steps are exactly rounded
by IEEE 754 (absolute value, maximum, division), so the same weights give the same bytes on every
machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmdesk.models.safetensors_writer import SafetensorsWriter, TensorSpec

if TYPE_CHECKING:
    import torch

PIECE_VALUES = 1 << 22  # weights quantised at a time, so that memory stays small
SCALE = "_scale"  # after the name of the tensor it belongs to


def quantised(weight: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Quantise float32 [outputs, inputs] to int8 of that shape and float32 scales [outputs]."""
    import torch

    scale = weight.abs().amax(1) / 127
    scale.masked_fill_(scale == 0, 1.0)
    return (weight / scale[:, None]).round_().to(torch.int8), scale


def int8_tensors(
    names: Iterable[str], read: Callable[[str], torch.Tensor]
) -> Iterator[tuple[str, torch.Tensor]]:
    """Yield every tensor of the model in its stored form, sorted by name.

    Args:
        names: the names of the tensors.
        read: returns one of them, in any floating-point format.
    """
    for name in sorted(names):
        tensor = read(name).float()
        if tensor.dim() != 2:
            yield name, tensor
            continue
        weight, scale = quantised(tensor)
        yield name, weight
        yield name + SCALE, scale


def write_int8(source: Path, target: Path) -> Iterator[int]:
    """Quantise a safetensors file of floats and yield the size of each piece written.

    Raises:
        OSError: a file cannot be read or written.
        ValueError: a tensor does not fit its shape.
        SafetensorError: the source is not a safetensors file.
    """
    from safetensors import safe_open

    with safe_open(source, "pt") as file, target.open("wb") as stream:
        slices = {name: file.get_slice(name) for name in file.keys()}  # noqa: SIM118
        specs = [spec for name, part in slices.items() for spec in _specs(name, part.get_shape())]
        writer = SafetensorsWriter(stream, specs)
        for spec in writer.tensors:
            part = slices[spec.name.removesuffix(SCALE)]
            yield from writer.write(spec, _pieces(spec, part))


def is_int8(source: Path) -> bool:
    """Return whether a safetensors file holds int8 matrices."""
    from safetensors import safe_open

    with safe_open(source, "np") as file:
        return any(name.endswith(SCALE) for name in file.keys())  # noqa: SIM118


def _specs(name: str, shape: list[int]) -> list[TensorSpec]:
    if len(shape) != 2:
        return [TensorSpec(name, "F32", tuple(shape))]
    return [TensorSpec(name, "I8", tuple(shape)), TensorSpec(name + SCALE, "F32", (shape[0],))]


def _pieces(spec: TensorSpec, part: Any) -> Iterator[bytes]:
    """Yield the bytes of one stored tensor, a few rows at a time, which are independent."""
    shape = part.get_shape()
    if len(shape) != 2:
        yield part[:].float().numpy().tobytes()
        return
    rows = max(1, PIECE_VALUES // shape[1])
    for start in range(0, shape[0], rows):
        weight, scale = quantised(part[start : start + rows].float())
        yield (weight if spec.dtype == "I8" else scale).numpy().tobytes()
