"""Frames between the window and its short-lived children: one pickled value each, over pipes.

Standard library only. Both ends are mmdesk itself, so pickling is safe here; a frame is eight bytes
of length (big endian) and then the value.
"""

from __future__ import annotations

import os
import pickle
import struct
import sys
from typing import Any, BinaryIO

_LENGTH = struct.Struct(">Q")


def pack(value: object) -> bytes:
    """Return a value as a frame."""
    body = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    return _LENGTH.pack(len(body)) + body


class Unpacker:
    """Collector of bytes that returns the values whose frames are complete."""

    def __init__(self) -> None:
        """Begin with no bytes."""
        self._pieces: list[bytes] = []
        self._size = 0

    def feed(self, data: bytes) -> list[Any]:
        """Take some bytes and return the values completed by them, in order."""
        self._pieces.append(data)
        self._size += len(data)
        values = []
        while self._size >= _LENGTH.size and self._size >= _LENGTH.size + self._body_length():
            values.append(self._take())
        return values

    def _body_length(self) -> int:
        if len(self._pieces[0]) < _LENGTH.size:
            self._pieces = [b"".join(self._pieces)]
        length: int = _LENGTH.unpack_from(self._pieces[0])[0]
        return length

    def _take(self) -> Any:
        end = _LENGTH.size + self._body_length()
        whole = b"".join(self._pieces)
        self._pieces, self._size = [whole[end:]], len(whole) - end
        return pickle.loads(memoryview(whole)[_LENGTH.size : end])


def read(stream: BinaryIO) -> Any:
    """Read the next value from a blocking stream.

    Raises:
        EOFError: the other end is gone.
    """
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    length: int = _LENGTH.unpack(head)[0]
    body = stream.read(length)
    if len(body) < length:
        raise EOFError
    return pickle.loads(body)


def claim_stdout() -> BinaryIO:
    """Reserve standard output for frames and return it; what libraries print goes to stderr."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return out
