"""Landlock: the process may not change any file, nor use TCP, nor signal processes outside.

Documented in linux/Documentation/userspace-api/landlock.rst. Reading is not restricted: Python
imports its modules late, and the file to decode may be anywhere.
"""

from __future__ import annotations

import ctypes
import os
import sys

# System call numbers are the same on every architecture.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION = 1  # flag of _CREATE_RULESET: return the version of the interface
_PATH_BENEATH = 1
_PR_SET_NO_NEW_PRIVS = 38

_WRITE_FILE = 1 << 1
# Writing, removing and making files of every kind (bits 4 to 12 of the first version).
_CHANGES = _WRITE_FILE | sum(1 << bit for bit in range(4, 13))
_REFER = 1 << 13  # since version 2
_TRUNCATE = 1 << 14  # since version 3
_TCP = 1 << 0 | 1 << 1  # bind and connect, since version 4
_SCOPES = 1 << 0 | 1 << 1  # abstract UNIX sockets and signals, since version 6


class _Ruleset(ctypes.Structure):
    _fields_ = (
        ("handled_access_fs", ctypes.c_uint64),
        ("handled_access_net", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    )


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32))


def forbid_writing() -> bool:
    """Forbid this thread, and all threads and processes it starts, to write files.

    Files that are open already stay writable; so does /dev/null.

    Returns:
        False where the kernel does not have it, or has it switched off.
    """
    if sys.platform != "linux":
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _VERSION)
    if version < 1:
        return False
    attributes = _Ruleset(_CHANGES)
    attributes.handled_access_fs |= (_REFER if version >= 2 else 0) | (
        _TRUNCATE if version >= 3 else 0
    )
    attributes.handled_access_net = _TCP if version >= 4 else 0
    attributes.scoped = _SCOPES if version >= 6 else 0
    size = 8 if version < 4 else 16 if version < 6 else 24  # what the kernel's version knows
    ruleset = libc.syscall(
        _CREATE_RULESET, ctypes.byref(attributes), ctypes.c_size_t(size), ctypes.c_uint32(0)
    )
    if ruleset < 0:
        return False
    try:
        _allow_writing(libc, ruleset, os.devnull)
        if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
            return False
        return bool(libc.syscall(_RESTRICT_SELF, ruleset, ctypes.c_uint32(0)) == 0)
    finally:
        os.close(ruleset)


def _allow_writing(libc: ctypes.CDLL, ruleset: int, path: str) -> None:
    handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    rule = _PathBeneath(_WRITE_FILE, handle)
    libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.byref(rule), ctypes.c_uint32(0))
    os.close(handle)
