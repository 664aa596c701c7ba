"""Files and folders that only the user's own account can read.

The conversations, the settings and the logs are nobody else's business, and a usual umask (022)
would let every account on the machine read them: folders get mode 0700 and files 0600. On Windows
a user's data folder is private already, and nothing is changed.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO, cast

FOLDER_MODE = 0o700
FILE_MODE = 0o600
# What mmdesk keeps in its home. Nothing else there is touched: the home may be any folder.
_KEPT = ("settings.json*", "window.json", "history.*", "attachments*", "logs", "models", "folders")


def make_private_folder(folder: Path) -> None:
    """Create a folder and its missing parents for this account alone; restrict an existing one.

    Raises:
        OSError: it cannot be created.
    """
    missing = [parent for parent in folder.parents if not parent.exists()]
    for path in (*reversed(missing), folder):
        path.mkdir(FOLDER_MODE, exist_ok=True)
    restrict(folder)


def open_private(path: Path, mode: str) -> TextIO:
    """Open a text file for writing or appending, readable by this account alone.

    Args:
        path: the file; created when it is missing, restricted when it exists.
        mode: "w" or "a".

    Raises:
        OSError: it cannot be opened.
    """
    stream = open(path, mode, encoding="utf-8", opener=_open)  # noqa: SIM115  # the caller closes it
    restrict(path)
    return cast("TextIO", stream)


def _open(path: str, flags: int) -> int:
    return os.open(path, flags, FILE_MODE)


def restrict(path: Path) -> None:
    """Take a file's or folder's permissions from all other accounts.

    Left as they are: what belongs to another account, links, folders that are shared on purpose
    (the sticky bit, as /tmp has it), and the user's home folder with those above it. Nothing
    happens where permissions cannot be changed.
    """
    if os.name != "posix":
        return
    with contextlib.suppress(OSError, RuntimeError):  # RuntimeError: an account without a home
        status = path.lstat()
        if status.st_mode & 0o077 and _is_own(path, status):
            path.chmod(stat.S_IMODE(status.st_mode) & ~0o077)


def _is_own(path: Path, status: os.stat_result) -> bool:
    if status.st_uid != os.geteuid() or stat.S_ISLNK(status.st_mode):
        return False
    shared = stat.S_ISDIR(status.st_mode) and status.st_mode & stat.S_ISVTX
    return not shared and path.absolute() not in (Path.home(), *Path.home().parents)


def restrict_tree(folder: Path) -> None:
    """Restrict a folder and everything in it; links are not followed."""
    for path in _tree(folder):
        restrict(path)


def _tree(folder: Path) -> Iterator[Path]:
    yield folder
    if folder.is_symlink():
        return
    for parent, folders, files in os.walk(folder):
        yield from (Path(parent, name) for name in (*folders, *files))


def restrict_home(home: Path) -> None:
    """Restrict mmdesk's home as earlier versions made it, and what mmdesk keeps in it.

    A home that is private needs one look at it and nothing more. It is restricted last, so that a
    call that was killed is repeated by the next start.
    """
    if os.name != "posix" or not _is_open(home):
        return
    for pattern in _KEPT:
        for path in home.glob(pattern):
            restrict_tree(path)
    restrict(home.resolve())


def _is_open(folder: Path) -> bool:
    try:
        return bool(folder.stat().st_mode & 0o077)
    except OSError:
        return False
