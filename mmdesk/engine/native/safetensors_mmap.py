"""Memory-mapped reading of safetensors files.

Nothing is read until it is used, and nothing is copied (the library's own numpy reader copies every
tensor).

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

MAX_HEADER_BYTES = 100_000_000  # as in the library
DTYPES: dict[str, np.dtype[Any]] = {
    "I8": np.dtype(np.int8),
    "U8": np.dtype(np.uint8),
    "F32": np.dtype("<f4"),
}


class MappedSafetensors:
    """One mapped file, of the dtypes that mmdesk stores.

    Attributes:
        names: tensors in the file.

    Raises:
        OSError: it cannot be read.
        ValueError: it is not a safetensors file.
    """

    def __init__(self, file: Path) -> None:
        self._bytes = np.memmap(file, dtype=np.uint8, mode="r")
        length = int.from_bytes(self._bytes[:8].tobytes(), "little")
        if not 0 < length <= min(MAX_HEADER_BYTES, len(self._bytes) - 8):
            raise ValueError(f"{file.name}: no safetensors file")
        header: Any = json.loads(self._bytes[8 : 8 + length].tobytes())
        if not isinstance(header, dict) or not all(isinstance(t, dict) for t in header.values()):
            raise ValueError(f"{file.name}: no safetensors file")
        header.pop("__metadata__", None)
        self._header, self._start, self._name = header, 8 + length, file.name
        self.names = set(header)

    def read(self, name: str) -> NDArray[Any]:
        """Return one tensor; it keeps the file mapped as long as it lives.

        Raises:
            KeyError: there is none of this name.
            ValueError: it is of another type, or lies outside the file.
        """
        entry = self._header[name]
        dtype = DTYPES.get(entry["dtype"])
        start, end = (self._start + offset for offset in entry["data_offsets"])
        if dtype is None or end > len(self._bytes):
            raise ValueError(f"{self._name}: {name} cannot be read")
        if end - start != prod(entry["shape"]) * dtype.itemsize:
            raise ValueError(f"{self._name}: {name} has another size than its shape")
        return np.asarray(self._bytes[start:end]).view(dtype).reshape(entry["shape"])
