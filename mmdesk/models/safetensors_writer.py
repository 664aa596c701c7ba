"""Writer of safetensors files that takes one piece of a tensor after the other.

The library's own writer needs all tensors in memory at once, which for a converted language
model is several times what a small machine has free. The bytes written here are the same as
the library's: 8 bytes of header length, a JSON header padded with spaces to a multiple of 8, and
the tensors in the header's order.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod
from typing import BinaryIO

# In the order in which the library stores tensors: the wider first, so that all are aligned.
ITEM_BYTES = {"F32": 4, "BF16": 2, "I8": 1, "U8": 1}
ORDER = {dtype: number for number, dtype in enumerate(ITEM_BYTES)}


@dataclass(frozen=True, slots=True)
class TensorSpec:
    """Name, dtype (one of ITEM_BYTES) and shape of a tensor."""

    name: str
    dtype: str
    shape: tuple[int, ...]

    @property
    def size(self) -> int:
        """Size in bytes."""
        return prod(self.shape) * ITEM_BYTES[self.dtype]


class SafetensorsWriter:
    """Writer of tensors of known shapes in file order.

    Args:
        stream: open for writing; the header is written at once.
        tensors: all tensors of the file.

    Attributes:
        tensors: in the order of the file, which is the order to write them in.

    Raises:
        ValueError: a tensor's bytes do not add up to its shape.
    """

    def __init__(self, stream: BinaryIO, tensors: Sequence[TensorSpec]) -> None:
        self._stream = stream
        # By dtype, then by name.
        self.tensors = tuple(sorted(tensors, key=lambda t: (ORDER[t.dtype], t.name)))
        stream.write(self._header())

    def _header(self) -> bytes:
        header: dict[str, object] = {"__metadata__": {"format": "pt"}}
        offset = 0
        for tensor in self.tensors:
            end = offset + tensor.size
            header[tensor.name] = {
                "dtype": tensor.dtype,
                "shape": list(tensor.shape),
                "data_offsets": [offset, end],
            }
            offset = end
        text = json.dumps(header, separators=(",", ":")).encode()
        text += b" " * (-len(text) % 8)
        return len(text).to_bytes(8, "little") + text

    def write(self, tensor: TensorSpec, pieces: Iterator[bytes]) -> Iterator[int]:
        """Write one tensor and yield the size of each piece after it was written."""
        written = 0
        for piece in pieces:
            self._stream.write(piece)
            written += len(piece)
            yield len(piece)
        if written != tensor.size:
            raise ValueError(f"{tensor.name} has {written} bytes and not {tensor.size}")
