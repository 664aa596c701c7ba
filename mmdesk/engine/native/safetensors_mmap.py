"""A safetensors file's tensors as they lie in the mapped file: nothing is read until it is used,
and nothing is copied (the library's own numpy reader copies every tensor).

The format: 8 bytes of header length, a JSON header of {name: dtype, shape, data_offsets}, then the
bytes (https://github.com/huggingface/safetensors).
"""

from __future__ import annotations

import json
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

LONGEST_HEADER = 100_000_000  # bytes, as in the library
TYPES: dict[str, np.dtype[Any]] = {"I8": np.dtype(np.int8), "F32": np.dtype("<f4")}


class MappedSafetensors:
    """One file, of the types that the set-up stores.

    Attributes:
        names: the tensors there are.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no such file.
    """

    def __init__(self, file: Path) -> None:
        self._bytes = np.memmap(file, dtype=np.uint8, mode="r")
        length = int.from_bytes(self._bytes[:8].tobytes(), "little")
        if not 0 < length <= min(LONGEST_HEADER, len(self._bytes) - 8):
            raise ValueError(f"{file.name}: no safetensors file")
        header: Any = json.loads(self._bytes[8 : 8 + length].tobytes())
        if not isinstance(header, dict) or not all(isinstance(t, dict) for t in header.values()):
            raise ValueError(f"{file.name}: no safetensors file")
        header.pop("__metadata__", None)
        self._header, self._start, self._name = header, 8 + length, file.name
        self.names = set(header)

    def read(self, name: str) -> NDArray[Any]:
        """One tensor; it keeps the file mapped as long as it lives.

        Raises:
            KeyError: there is none of this name.
            ValueError: it is of another type, or lies outside the file.
        """
        told = self._header[name]
        kind = TYPES.get(told["dtype"])
        start, end = (self._start + offset for offset in told["data_offsets"])
        if kind is None or end > len(self._bytes):
            raise ValueError(f"{self._name}: {name} cannot be read")
        if end - start != prod(told["shape"]) * kind.itemsize:
            raise ValueError(f"{self._name}: {name} has another size than its shape")
        return np.asarray(self._bytes[start:end]).view(kind).reshape(told["shape"])
