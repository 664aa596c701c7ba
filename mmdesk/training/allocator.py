"""glibc's allocator, told to keep memory: without this it took 30 % of a training run's time.

The variables are read when a process starts, so the program starts itself once more with them.
"""

from __future__ import annotations

import os
import sys

SETTINGS = {
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": "1073741824",
    "MALLOC_TRIM_THRESHOLD_": "4294967296",
    "MALLOC_TOP_PAD_": "67108864",
}


def restart_with_settings(arguments: list[str]) -> None:
    """Start `python <arguments>` in this process's place, once; does nothing where it is no use."""
    if not sys.platform.startswith("linux") or os.environ.get("MALLOC_ARENA_MAX"):
        return
    os.execve(sys.executable, [sys.executable, *arguments], {**os.environ, **SETTINGS})
