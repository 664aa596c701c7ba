"""Opening of the user's files, with the checks that every kind needs before its decoder."""

from __future__ import annotations

import io
import logging
import os
import stat
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from mmdesk.errors import InputError, MMDeskError
from mmdesk.translatable import TranslatableText

log = logging.getLogger(__name__)

# What decoders raise on damaged or hostile files. They are many libraries with no common base,
# and for the user all of them mean the same: this file cannot be read.
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
    """Opened, non-empty file (or bytes) at its beginning.

    Attributes:
        name: its name in messages.
        suffix: lower-case extension with its dot, or "".
        size: in bytes.
        stream: the bytes, seekable.
        path: of the file, absolute; "" for bytes.
    """

    name: str
    suffix: str
    size: int
    stream: BinaryIO
    path: str = ""

    def head(self, count: int = 4096) -> bytes:
        """Return the first bytes; the stream stays at its beginning."""
        data = self.stream.read(count)
        self.stream.seek(0)
        return data


@contextmanager
def opened(
    source: Path | bytes, name: str | None, limit: int, nameless: TranslatableText
) -> Iterator[OpenedFile]:
    """Open `source` for a decoder.

    Args:
        source: a path, or the file's content.
        name: its name in messages; a path's own name if None.
        limit: most bytes that are accepted.
        nameless: stands for the name of bytes without one, e.g. "The picture".

    Raises:
        InputError: missing, a folder, not a regular file, not permitted, empty, or too big.
    """
    if isinstance(source, bytes | bytearray | memoryview):
        label = name or nameless
        _check_size(len(source), label, limit)
        opened_file = OpenedFile(label, Path(label).suffix.lower(), len(source), io.BytesIO(source))
        with _unforeseen_errors(label):
            yield opened_file
        return
    path = Path(source)
    label = name or path.name or str(path)
    size = _check_path(path, label)
    _check_size(size, label, limit)
    with _open(path, label) as stream, _unforeseen_errors(label):
        yield OpenedFile(label, path.suffix.lower(), size, stream, os.path.abspath(path))


@contextmanager
def _unforeseen_errors(label: str) -> Iterator[None]:
    """Turn whatever a decoder raises beyond `DECODER_ERRORS` into one sentence about the file."""
    try:
        yield
    except MMDeskError:
        raise
    except MemoryError:
        raise InputError(
            "{name} needs too much memory to be opened.", "Use a smaller copy.", name=label
        ) from None
    except RecursionError:
        raise InputError("{name} is nested too deeply to be read.", name=label) from None
    except Exception as error:
        log.exception("decoding %s", label)
        raise InputError(
            "{name} cannot be read ({kind}).", name=label, kind=type(error).__name__
        ) from error


def _check_path(path: Path, label: str) -> int:
    try:
        status = os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        raise InputError(
            "{path} does not exist.", "Check the name and the folder.", path=str(path)
        ) from None
    except PermissionError:
        raise _not_permitted(label) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError("{name} cannot be opened: {reason}.", name=label, reason=reason) from None
    if stat.S_ISDIR(status.st_mode):
        raise InputError(
            "{name} is a folder, not a file.", "Choose the files inside it.", name=label
        )
    if not stat.S_ISREG(status.st_mode):
        raise InputError("{name} is a device or a pipe, not a file.", name=label)
    return status.st_size


def _check_size(size: int, label: str, limit: int) -> None:
    if size == 0:
        raise InputError(
            "{name} is empty.", "The file has no bytes; was it copied completely?", name=label
        )
    if size > limit:
        raise InputError(
            "{name} has {size:,.0f} MB; at most {most:,.0f} MB can be opened.",
            "Use a smaller copy.",
            name=label,
            size=size / 1e6,
            most=limit / 1e6,
        )


def _open(path: Path, label: str) -> BinaryIO:
    try:
        return path.open("rb")
    except PermissionError:
        raise _not_permitted(label) from None
    except OSError as error:
        raise InputError(
            "{name} cannot be opened: {reason}.", name=label, reason=error.strerror
        ) from None


def _not_permitted(label: str) -> InputError:
    return InputError(
        "{name} cannot be opened: permission denied.", "Check the file's permissions.", name=label
    )
