"""Opening what a person gave: the checks every kind of file needs before its own decoder."""

from __future__ import annotations

import io
import os
import stat
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from mmdesk.errors import InputError

# What decoders raise on damaged or hostile files. They are many libraries with no common base,
# and for the person all of them mean the same: this file cannot be read.
DECODER_ERRORS = (
    OSError,
    EOFError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    AssertionError,
    ArithmeticError,
    RuntimeError,
    SyntaxError,
    MemoryError,
    struct.error,
    zlib.error,
)


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """An opened, non-empty file (or bytes) at its beginning.

    Attributes:
        name: how messages call it.
        suffix: lower-case extension with its dot, or "".
        size: bytes.
    """

    name: str
    suffix: str
    size: int
    stream: BinaryIO

    def head(self, count: int = 4096) -> bytes:
        """The first bytes; the stream stays at its beginning."""
        data = self.stream.read(count)
        self.stream.seek(0)
        return data


@contextmanager
def opened(source: Path | bytes, name: str | None, limit: int, noun: str) -> Iterator[OpenedFile]:
    """Open `source` for a decoder.

    Args:
        name: how to call it; a path's own name if None.
        limit: most bytes that are accepted.
        noun: what bytes without a name are called, e.g. "picture".

    Raises:
        InputError: missing, a folder, not a plain file, not permitted, empty, or too big.
    """
    if isinstance(source, bytes | bytearray | memoryview):
        label = name or f"The {noun}"
        _check_size(len(source), label, limit)
        yield OpenedFile(label, Path(label).suffix.lower(), len(source), io.BytesIO(source))
        return
    path = Path(source)
    label = name or path.name or str(path)
    size = _check_path(path, label)
    _check_size(size, label, limit)
    with _open(path, label) as stream:
        yield OpenedFile(label, path.suffix.lower(), size, stream)


def _check_path(path: Path, label: str) -> int:
    try:
        status = os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        raise InputError(f"{path} does not exist.", "Check the name and the folder.") from None
    except PermissionError:
        raise _not_permitted(label) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{label} cannot be opened: {reason}.") from None
    if stat.S_ISDIR(status.st_mode):
        raise InputError(f"{label} is a folder, not a file.", "Choose the files inside it.")
    if not stat.S_ISREG(status.st_mode):
        raise InputError(f"{label} is a device or a pipe, not a file.")
    return status.st_size


def _check_size(size: int, label: str, limit: int) -> None:
    if size == 0:
        raise InputError(f"{label} is empty.", "The file has no bytes; was it copied completely?")
    if size > limit:
        raise InputError(
            f"{label} has {size / 1e6:,.0f} MB; at most {limit / 1e6:,.0f} MB can be opened.",
            "Use a smaller copy.",
        )


def _open(path: Path, label: str) -> BinaryIO:
    try:
        return path.open("rb")
    except PermissionError:
        raise _not_permitted(label) from None
    except OSError as error:
        raise InputError(f"{label} cannot be opened: {error.strerror}.") from None


def _not_permitted(label: str) -> InputError:
    return InputError(f"{label} cannot be opened: permission denied.", "Check who may read it.")
