"""Seccomp: system calls that the kernel refuses to this process from now on.

The filter is a program for the kernel's packet filter (linux/Documentation/userspace-api/
seccomp_filter.rst). It allows what it does not name: it is not there to list all that Python and
its libraries need, but to close the ways out of the process.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
import sys

_PR_SET_NO_NEW_PRIVS = 38
_SET_MODE_FILTER = 1
_ALL_THREADS, _NO_SLOWDOWN = 1 << 0, 1 << 2  # SECCOMP_FILTER_FLAG_TSYNC, _SPEC_ALLOW

_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _KILL, _REFUSE = 0x7FFF0000, 0x80000000, 0x00050000 | errno.EACCES
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data
_X32 = 0x40000000  # numbers from here on are those of a second table on x86_64
_AF_UNIX, _AF_NETLINK = 1, 16

_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}  # AUDIT_ARCH_...
_NUMBERS = {
    "x86_64": {
        "socket": 41, "connect": 42, "execve": 59, "ptrace": 101, "add_key": 248,
        "request_key": 249, "keyctl": 250, "perf_event_open": 298, "process_vm_readv": 310,
        "process_vm_writev": 311, "seccomp": 317, "bpf": 321, "execveat": 322, "userfaultfd": 323,
        "io_uring_setup": 425, "pidfd_getfd": 438,
    },
    "aarch64": {
        "socket": 198, "connect": 203, "execve": 221, "ptrace": 117, "add_key": 217,
        "request_key": 218, "keyctl": 219, "perf_event_open": 241, "process_vm_readv": 270,
        "process_vm_writev": 271, "seccomp": 277, "bpf": 280, "execveat": 281, "userfaultfd": 282,
        "io_uring_setup": 425, "pidfd_getfd": 438,
    },
}  # fmt: skip
# Ways out of a decoder: other computers and programs, other processes, the kernel's workshops.
DECODER_CALLS = (
    "socket", "connect", "execve", "execveat", "ptrace", "process_vm_readv", "process_vm_writev",
    "pidfd_getfd", "io_uring_setup", "bpf", "userfaultfd", "perf_event_open", "keyctl", "add_key",
    "request_key",
)  # fmt: skip


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def forbid_calls(names: tuple[str, ...] = DECODER_CALLS) -> bool:
    """Let these system calls fail with EACCES, in all threads and in what they start.

    Returns:
        False where that is not possible: another system or processor, or no seccomp.
    """
    numbers = _numbers()
    if numbers is None:
        return False
    rules = [_refuse_call(numbers[name]) for name in names]
    return _install(numbers, b"".join(rules))


def forbid_internet() -> bool:
    """Let every new socket fail with EACCES that is not one of this computer's own.

    io_uring fails as well, since it can open sockets too. Returns as `forbid_calls` does.
    """
    numbers = _numbers()
    if numbers is None:
        return False
    sockets = [
        _instruction(_EQUAL, numbers["socket"], otherwise=4),
        _instruction(_LOAD, _FIRST_ARGUMENT),
        _instruction(_EQUAL, _AF_UNIX, then=2),
        _instruction(_EQUAL, _AF_NETLINK, then=1),
        _instruction(_RETURN, _REFUSE),
        _instruction(_LOAD, _NUMBER),  # the calls of other families than sockets need it again
    ]
    return _install(numbers, _refuse_call(numbers["io_uring_setup"]) + b"".join(sockets))


def _numbers() -> dict[str, int] | None:
    if sys.platform != "linux" or sys.maxsize < 1 << 32:
        return None
    return _NUMBERS.get(platform.machine())


def _instruction(code: int, value: int, then: int = 0, otherwise: int = 0) -> bytes:
    return struct.pack("=HBBI", code, then, otherwise, value)


def _refuse_call(number: int) -> bytes:
    return _instruction(_EQUAL, number, otherwise=1) + _instruction(_RETURN, _REFUSE)


def _install(numbers: dict[str, int], rules: bytes) -> bool:
    architecture = _ARCHITECTURES[platform.machine()]
    program = b"".join(
        (
            _instruction(_LOAD, _ARCHITECTURE),
            _instruction(_EQUAL, architecture, then=1),
            _instruction(_RETURN, _KILL),  # numbers of another table
            _instruction(_LOAD, _NUMBER),
            _instruction(_AT_LEAST, _X32, otherwise=1),
            _instruction(_RETURN, _REFUSE),
            rules,
            _instruction(_RETURN, _ALLOW),
        )
    )
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        return False
    flags = _ALL_THREADS | _NO_SLOWDOWN
    argument = _Program(len(program) // 8, program)
    result = libc.syscall(
        numbers["seccomp"], _SET_MODE_FILTER, ctypes.c_uint(flags), ctypes.byref(argument)
    )
    return bool(result == 0)
