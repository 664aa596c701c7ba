"""Header of a GGUF file, read with bounds and without its weights.

The gguf library turns every entry of the vocabulary into an array of its own, which takes seconds
and has no limit on memory. To say whether a file of somebody else's can be used, a few of its
fields are enough: they are read here in milliseconds, and arrays are passed over.

The format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md (versions 2 and 3,
little-endian).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from mmdesk.models.gguf_families import GGUF_FAMILIES
from mmdesk.models.regular_files import open_regular

# What mmdesk converts by itself (models/gguf_weights.py), with the class of transformers.
ARCHITECTURES = {name: family.model_class for name, family in GGUF_FAMILIES.items()}
# What transformers reads in its place: more slowly, and with all of the model in memory.
TRANSFORMERS_ARCHITECTURES = ("gemma2", "stablelm", "starcoder2")

MAGIC = b"GGUF"
VERSIONS = (2, 3)
MAX_FIELDS = 4096
MAX_TENSORS = 100_000
MAX_TEXT_BYTES = 1_000_000  # a chat template has some 10 kB
MAX_HEADER_BYTES = 256_000_000  # a vocabulary of 260,000 tokens with scores has 10 MB
PIECE_BYTES = 1 << 20
# struct's letters for the numbers of the format's scalar types
SCALARS = {
    0: "B",
    1: "b",
    2: "H",
    3: "h",
    4: "I",
    5: "i",
    6: "f",
    7: "?",
    10: "Q",
    11: "q",
    12: "d",
}
TEXT, ARRAY = 8, 9


@dataclass(frozen=True, slots=True)
class GgufHeader:
    """Fields from the header of a GGUF file.

    Attributes:
        fields: texts and numbers by their key; arrays are not in it.
        arrays: length of each array by its key.
        tensors: number of tensors in the file.
    """

    fields: dict[str, Any] = field(default_factory=dict)
    arrays: dict[str, int] = field(default_factory=dict)
    tensors: int = 0

    @property
    def architecture(self) -> str:
        """Name of the architecture; "" where the file names none."""
        return str(self.fields.get("general.architecture", ""))


class NotGguf(ValueError):  # noqa: N818  says what the file is
    """File of another format."""


def read_gguf_header(path: Path) -> GgufHeader:
    """Return a file's fields.

    Raises:
        OSError: the file is missing, unreadable, or no regular file.
        NotGguf: it is a file of another format.
        ValueError: it is cut off, damaged, or of a version that is not known.
    """
    with open_regular(path) as stream:
        return _Reader(stream).header()


class _Reader:
    """Reader of the fields at the beginning of a stream."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._left = MAX_HEADER_BYTES

    def header(self) -> GgufHeader:
        """Read the header."""
        if self._stream.read(4) != MAGIC:
            raise NotGguf("no GGUF file")
        (version,) = self._unpack("I")
        if version not in VERSIONS:
            raise ValueError(f"GGUF version {version}")
        tensors, count = self._unpack("QQ")
        if tensors > MAX_TENSORS or count > MAX_FIELDS:
            raise ValueError("too many fields")
        fields: dict[str, Any] = {}
        arrays: dict[str, int] = {}
        for _ in range(count):
            key = self._text()
            (kind,) = self._unpack("I")
            if kind == ARRAY:
                arrays[key] = self._skip_array()
            else:
                fields[key] = self._value(kind)
        return GgufHeader(fields, arrays, tensors)

    def _value(self, kind: int) -> Any:
        if kind == TEXT:
            return self._text()
        if kind not in SCALARS:
            raise ValueError(f"type {kind}")
        return self._unpack(SCALARS[kind])[0]

    def _skip_array(self) -> int:
        """Pass over an array and return its length."""
        kind, count = self._unpack("IQ")
        if count > MAX_HEADER_BYTES:
            raise ValueError("too long")
        if kind == TEXT:
            for _ in range(count):
                self._skip(self._unpack("Q")[0])
        elif kind in SCALARS:
            self._skip(count * struct.calcsize(SCALARS[kind]))
        else:
            raise ValueError(f"array of type {kind}")
        return int(count)

    def _text(self) -> str:
        (length,) = self._unpack("Q")
        if length > MAX_TEXT_BYTES:
            raise ValueError("too long")
        return self._bytes(length).decode("utf-8", "replace")

    def _unpack(self, kinds: str) -> tuple[Any, ...]:
        return struct.unpack("<" + kinds, self._bytes(struct.calcsize("<" + kinds)))

    def _bytes(self, count: int) -> bytes:
        self._count(count)
        data = self._stream.read(count)
        if len(data) != count:
            raise ValueError("cut off")
        return data

    def _skip(self, count: int) -> None:
        """Pass over bytes by reading them: a seek would not notice the end of the file."""
        for start in range(0, count, PIECE_BYTES):
            self._bytes(min(PIECE_BYTES, count - start))

    def _count(self, count: int) -> None:
        self._left -= count
        if self._left < 0:
            raise ValueError("header too long")
