"""Reading of the small files of a model folder, which may hold anything under any name.

A name may be a link to a device without end, or a pipe that nobody writes to. Both are told from a
file before a byte is read, and a file is read up to a bound.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

MAX_JSON_BYTES = 64_000_000  # bytes; a tokenizer of 250,000 tokens has 35 MB


def read_regular(path: Path, most: int = MAX_JSON_BYTES) -> bytes:
    """Return a file's content; links to files are followed.

    Raises:
        OSError: it is missing, unreadable, or no regular file.
        ValueError: it is longer than `most` bytes.
    """
    data = read_head(path, most + 1)
    if len(data) > most:
        raise ValueError(f"{path.name} is too long")
    return data


def read_head(path: Path, count: int) -> bytes:
    """Return the first `count` bytes of a file.

    Raises:
        OSError: it is missing, unreadable, or no regular file.
    """
    with open_regular(path) as stream:
        return stream.read(count)


def open_regular(path: Path) -> BinaryIO:
    """Open a file for reading; links to files are followed.

    Raises:
        OSError: it is missing, unreadable, or no regular file.
    """
    # Without O_NONBLOCK, opening a pipe waits for its writer.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    stream = open(path, "rb", opener=lambda name, _flags: os.open(name, flags))  # noqa: SIM115
    if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
        stream.close()
        raise OSError(errno.EINVAL, "it is a device or a pipe, not a file", str(path))
    return stream
