"""Imports what the first answer needs while nobody waits for it yet.

Importing torch takes longer than anything else on the way to a model that answers. So a child that
will serve a window begins it at once, in a thread: by the time the window has found out which model
to load, much of it is done, and hashing and reading the tokenizer go on beside the rest.
"""

from __future__ import annotations

import contextlib
import threading

_begun = threading.Event()


def import_ahead() -> None:
    """Begin once; returns at once. What cannot be imported is told when it is needed."""
    if not _begun.is_set():
        _begun.set()
        threading.Thread(target=_import, name="import-ahead", daemon=True).start()


def _import() -> None:
    with contextlib.suppress(ImportError, OSError):
        import torch  # noqa: F401
