"""Files of a folder that may be documents, within bounds."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mmdesk.errors import Cancelled, InputError
from mmdesk.inputs.file_type import kind_by_suffix
from mmdesk.values import CancelFlag

MAX_FILES = 2_000  # documents of one folder
MAX_BYTES = 100_000_000  # of one file
MAX_UNKNOWN_BYTES = 1_000_000  # of a file whose suffix says nothing
MAX_DEPTH = 12  # of folders in folders
MAX_ENTRIES = 100_000  # files and folders that are looked at
_BLOCK = 1 << 20
# Programs, archives, fonts, data: not read, and not told one by one.
_OTHER = re.compile(
    r"\.(?:zip|gz|bz2|xz|7z|rar|tar|tgz|iso|img|dmg|exe|dll|so|dylib|bin|o|a|obj|lib|class|jar|pyc"
    r"|whl|ttf|otf|woff2?|svg|ico|psd|ai|db|sqlite3?|gguf|safetensors|np[yz]|pth?|onnx|lock|tmp"
    r"|part|bak|log)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class FolderFile:
    """File of a folder as the disk has it.

    Attributes:
        name: path within the folder, with "/" on every system.
        size: in bytes.
        modified: nanoseconds since 1970.
    """

    name: str
    size: int
    modified: int


@dataclass(frozen=True, slots=True)
class FolderListing:
    """Documents of a folder, and what else there is.

    Attributes:
        files: that may be documents, by name.
        left_out: how many others there are (pictures, sounds, programs, too large).
        is_cut: there are more documents than MAX_FILES.
    """

    files: tuple[FolderFile, ...]
    left_out: int
    is_cut: bool


def list_folder(folder: Path, cancel: CancelFlag) -> FolderListing:
    """List the documents of a folder and of the folders in it; hidden ones and links are left out.

    Raises:
        InputError: there is no such folder, or it cannot be read.
        Cancelled: `cancel` was set.
    """
    _check_folder(folder)
    found: list[FolderFile] = []
    left_out = looked_at = 0
    for path, status in _walk(folder, MAX_DEPTH):
        looked_at += 1
        if cancel.is_set():
            raise Cancelled
        if looked_at > MAX_ENTRIES or len(found) > MAX_FILES:
            break
        if _may_be_document(path, status.st_size):
            name = path.relative_to(folder).as_posix()
            found.append(FolderFile(name, status.st_size, status.st_mtime_ns))
        else:
            left_out += 1
    is_cut = looked_at > MAX_ENTRIES or len(found) > MAX_FILES
    return FolderListing(tuple(found[:MAX_FILES]), left_out, is_cut)


def _check_folder(folder: Path) -> None:
    try:
        os.scandir(folder).close()
    except (FileNotFoundError, NotADirectoryError):
        raise InputError(
            "The folder {folder} does not exist.", "Add it again.", folder=str(folder)
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(
            "The folder {folder} cannot be read: {reason}.", folder=str(folder), reason=reason
        ) from None


def _walk(folder: Path, depth: int) -> Iterator[tuple[Path, os.stat_result]]:
    """Yield the regular files below a folder, in order; what cannot be listed is passed over."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        if entry.name.startswith((".", "~$")):
            continue
        try:
            status = entry.stat(follow_symlinks=False)
        except OSError:
            continue
        if stat.S_ISREG(status.st_mode):
            yield Path(entry.path), status
        elif stat.S_ISDIR(status.st_mode) and depth > 0:
            yield from _walk(Path(entry.path), depth - 1)


def _may_be_document(path: Path, size: int) -> bool:
    suffix = path.suffix.lower()
    kind = kind_by_suffix(suffix)
    if kind is None:
        return not _OTHER.search(path.name) and 0 < size <= MAX_UNKNOWN_BYTES
    return kind == "document" and 0 < size <= MAX_BYTES


def file_digest(path: Path, cancel: CancelFlag) -> str:
    """Return the hex SHA-256 of a file.

    Raises:
        OSError: it cannot be read.
        Cancelled: `cancel` was set.
    """
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            if cancel.is_set():
                raise Cancelled
            digest.update(block)
    return digest.hexdigest()
