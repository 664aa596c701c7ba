"""How the window and its short-lived children talk: one pickled value per frame, over pipes.

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
    """One value as a frame."""
    body = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    return _LENGTH.pack(len(body)) + body


class Unpacker:
    """Collects bytes as they arrive and gives the values whose frames are complete."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._size = 0

    def feed(self, data: bytes) -> list[Any]:
        """Take some bytes; returns the values completed by them, in order."""
        self._pieces.append(data)
        self._size += len(data)
        values = []
        while self._size >= _LENGTH.size and self._size >= _LENGTH.size + self._wanted():
            values.append(self._take())
        return values

    def _wanted(self) -> int:
        if len(self._pieces[0]) < _LENGTH.size:
            self._pieces = [b"".join(self._pieces)]
        length: int = _LENGTH.unpack_from(self._pieces[0])[0]
        return length

    def _take(self) -> Any:
        end = _LENGTH.size + self._wanted()
        whole = b"".join(self._pieces)
        self._pieces, self._size = [whole[end:]], len(whole) - end
        return pickle.loads(memoryview(whole)[_LENGTH.size : end])


def read(stream: BinaryIO) -> Any:
    """The next value from a blocking stream.

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
    """Keep this process's standard output for frames; what libraries print goes to stderr."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return out
