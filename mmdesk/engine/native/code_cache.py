"""Cache of compiled code in mmdesk's home: writing and compiling it takes most of a load.

Each file is named by the SHA-256 of its key, and begins with the SHA-256 of the code that follows.
So a file of another version, processor or model is never taken, nor one that was cut off; nor one
that another account could have written.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path

from mmdesk.private_files import make_private_folder
from mmdesk.settings import home

FOLDER = "compiled"
MAX_FILES = 8  # about 0.3 MB each; the oldest go
DIGEST_BYTES = 32


def kept_code(key: str, compile_: Callable[[], bytes]) -> bytes:
    """Return the code kept under `key`, or compile and keep it; "" keeps nothing."""
    if not key:
        return compile_()
    path = home() / FOLDER / f"{sha256(key.encode()).hexdigest()}.o"
    code = _read(path)
    if code is None:
        code = compile_()
        _write(path, code)
    return code


@cache
def source_key() -> str:
    """Return a name for this version of the code generator; "" where its source is not at hand."""
    try:
        files = sorted(Path(__file__).parent.glob("*.py"))
        digest = sha256(b"".join(file.read_bytes() for file in files))
    except OSError:
        return ""
    return digest.hexdigest() if files else ""


def _read(path: Path) -> bytes | None:
    try:
        if not (_is_private(path) and _is_private(path.parent)):
            return None
        stored = path.read_bytes()
    except OSError:
        return None
    digest, code = stored[:DIGEST_BYTES], stored[DIGEST_BYTES:]
    return code if code and sha256(code).digest() == digest else None


def _is_private(path: Path) -> bool:
    """Return whether nobody but this account can write a file or folder."""
    if os.name != "posix":
        return True  # the user's data folder is private there
    status = path.lstat()
    return status.st_uid == os.geteuid() and not status.st_mode & 0o022


def _write(path: Path, code: bytes) -> None:
    """Write the file whole or not at all; without it, the next load compiles again."""
    with contextlib.suppress(OSError):
        make_private_folder(path.parent)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".code-")
        with os.fdopen(handle, "wb") as stream:
            stream.write(sha256(code).digest() + code)
        os.replace(temporary, path)
        files = sorted(path.parent.glob("*.o"), key=lambda file: file.stat().st_mtime)
        for old in files[:-MAX_FILES]:
            old.unlink(missing_ok=True)
