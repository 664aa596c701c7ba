"""Limits that the decoder child puts on itself before it reads a foreign file.

A file of a few kilobytes can ask its decoder for all the memory and time of a computer, or take it
over through a defect of a library. What the system cannot limit is left as it is. Linux has
everything that follows; macOS lacks `close_ways_out` in the kernel and the end with the parent;
Windows has no resource limits either, and there the window's own time limit holds.
"""

from __future__ import annotations

import contextlib
import ctypes
import math
import os
import signal
import sys

from mmdesk.network import forbid_network
from mmdesk.sandbox import forbid_calls, forbid_writing

if sys.platform != "win32":
    import resource

MIN_MEMORY = 5 << 29  # bytes of address space; three hours of sound take 2.1 GB
MAX_MEMORY = 4 << 30  # bytes; a picture of 120 megapixels with transparency takes 2.8 GB
CPU_SECONDS = 180  # for one file
OPEN_FILES = 64
_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def limit_resources() -> None:
    """Limit memory and open files, and take away writing files and dumping core.

    Half of a small computer's memory is left to everything else on it.
    """
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[variable] = "1"  # each thread maps memory of its own, and none is needed here
    if sys.platform == "win32":
        return
    _limit(resource.RLIMIT_AS, max(MIN_MEMORY, min(MAX_MEMORY, _physical_memory() // 2)))
    _limit(resource.RLIMIT_NOFILE, OPEN_FILES)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)
    sys.dont_write_bytecode = True


def close_ways_out() -> None:
    """Forbid this process to write files, connect or start programs, for good.

    Python's own attempts to connect fail everywhere. On Linux the kernel refuses the rest, too: any
    change of a file (Landlock), sockets, other programs and other processes (seccomp).
    """
    forbid_network()
    forbid_writing()
    forbid_calls()


def limit_cpu(seconds: int = CPU_SECONDS) -> None:
    """Let the process be killed after so many more seconds of computing."""
    if sys.platform == "win32":
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = math.ceil(used.ru_utime + used.ru_stime) + seconds
    with contextlib.suppress(OSError, ValueError):
        _soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
        if hard != resource.RLIM_INFINITY:
            until = min(until, hard)
        resource.setrlimit(resource.RLIMIT_CPU, (until, hard))


def end_with_parent() -> None:
    """Let the system kill this process when its parent ends; Linux only.

    A decoder that never lets go of the interpreter lock cannot notice that its input has ended.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _limit(kind: int, most: int) -> None:
    if sys.platform == "win32":
        return
    with contextlib.suppress(OSError, ValueError):  # a system that lacks this one
        _soft, hard = resource.getrlimit(kind)
        if hard != resource.RLIM_INFINITY:
            most = min(most, hard)
        resource.setrlimit(kind, (most, most))


def _physical_memory() -> int:
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, AttributeError):
        return 2 * MAX_MEMORY
