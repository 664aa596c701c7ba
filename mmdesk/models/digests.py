"""SHA-256 of files, fast enough for every load.

hashlib releases the GIL, so several files are hashed at once while torch is imported.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from mmdesk.models.fetch_errors import stop_if
from mmdesk.values import CancelFlag, NeverCancelled

CHUNK = 1 << 22  # bytes between two checks of the cancel flag: about 3 ms


def sha256(path: Path, cancel: CancelFlag | None = None) -> str:
    """Return the file's digest in hex.

    Raises:
        OSError: the file cannot be read.
        Cancelled: `cancel` was set.
    """
    cancel = cancel or NeverCancelled()
    digest = hashlib.sha256()
    buffer = bytearray(CHUNK)
    view = memoryview(buffer)
    with path.open("rb", buffering=0) as stream:
        while count := stream.readinto(buffer):
            stop_if(cancel)
            digest.update(view[:count])
    return digest.hexdigest()


def sha256_all(paths: Sequence[Path], cancel: CancelFlag | None = None) -> dict[Path, str]:
    """Return the digests of several files, hashed in parallel.

    Raises like `sha256`.
    """
    with ThreadPoolExecutor(max_workers=max(1, min(4, len(paths)))) as pool:
        return dict(zip(paths, pool.map(lambda path: sha256(path, cancel), paths), strict=True))
