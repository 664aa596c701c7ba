"""Just-in-time compilation of LLVM IR for the processor that mmdesk runs on."""

from __future__ import annotations

import contextlib
import ctypes
import mmap
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmdesk.engine.native.code_cache import kept_code

if TYPE_CHECKING:
    from mmdesk.engine.native.isa import Isa

# arch_prctl on x86-64, ARCH_REQ_XCOMP_PERM, the number of the tiles' part of a thread's state: see
# Documentation/arch/x86/xstate.rst in Linux.
REQUEST_TILE_PERMISSION = (158, 0x1023, 18)
MADV_PAGEOUT = 21  # only what can be read again from its file is dropped


@cache
def supported_isas() -> tuple[Isa, ...]:
    """Return the instruction sets that this processor has, the best first.

    There is none where llvmlite, which compiles for them, cannot be loaded.
    """
    try:
        from llvmlite import binding

        from mmdesk.engine.native.isa import ALL_ISAS
    except (ImportError, OSError):
        return ()
    try:
        features = dict(binding.get_host_cpu_features())
    except RuntimeError:  # the operating system does not say
        return ()
    return tuple(
        isa
        for isa in ALL_ISAS
        if isa.is_supported_by(features) and (not isa.has_amx or request_tiles())
    )


@cache
def request_tiles() -> bool:
    """Ask the operating system for the AMX tile registers.

    They add 8 KB to the state it keeps of every thread. Only Linux is asked: it was not tried on
    other systems.
    """
    if not sys.platform.startswith("linux"):
        return False
    with contextlib.suppress(OSError, AttributeError):
        return int(ctypes.CDLL(None).syscall(*REQUEST_TILE_PERMISSION)) == 0
    return False


def best_isa() -> Isa | None:
    """Return the instruction set to use; None where torch has to compute."""
    return next(iter(supported_isas()), None)


class CompiledProgram:
    """Machine code in memory; it lives as long as this object.

    Args:
        write: returns LLVM IR as written by forward.py.
        key: names what `write` depends on. What was compiled is kept in mmdesk's home under it,
            and the next load neither writes nor compiles the IR; "" keeps nothing.
    """

    def __init__(self, write: Callable[[], str], key: str = "") -> None:
        import llvmlite
        from llvmlite import binding

        binding.initialize_native_target()
        binding.initialize_native_asmprinter()
        features = binding.get_host_cpu_features().flatten()
        machine = binding.Target.from_default_triple().create_target_machine(
            cpu=binding.get_host_cpu_name(), features=features, opt=2
        )
        if key:
            version = f"{llvmlite.__version__}, {binding.llvm_version_info}"
            key = f"{key}, {binding.get_host_cpu_name()}, {features}, {version}"
        # No optimisation passes: they take twice as long as the rest of the compilation and make a
        # token 2 to 5 % faster on one thread.
        code = kept_code(key, lambda: _object_code(write(), machine))
        binding.add_symbol("yield_thread", _yield_thread_address())
        empty = binding.parse_assembly("")
        empty.triple = machine.triple
        self._engine = binding.create_mcjit_compiler(empty, machine)
        self._engine.add_object_file(binding.ObjectFileRef.from_data(code))
        self._engine.finalize_object()
        _page_out("llvmlite")

    def function(self, name: str, *types: Any) -> Callable[..., None]:
        """Return a compiled function; Python's other threads run while it does."""
        address = self._engine.get_function_address(name)
        function: Callable[..., None] = ctypes.CFUNCTYPE(None, *types)(address)
        return function


def _object_code(text: str, machine: Any) -> bytes:
    from llvmlite import binding

    module = binding.parse_assembly(text)
    module.triple = machine.triple
    module.verify()
    code: bytes = machine.emit_object(module)
    return code


def _page_out(library: str) -> None:
    """Let the system take back the memory of a library that has done its work.

    It is 75 MB, which are read again from the file if they are needed after all.
    """
    if not sys.platform.startswith("linux"):
        return
    with contextlib.suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None)
        for line in Path("/proc/self/maps").read_text(encoding="utf-8").splitlines():
            span, *_, path = line.split(maxsplit=5)
            if library in path:
                start, end = (int(address, 16) for address in span.split("-"))
                _advise_page_out(libc, start, end)


def page_out(address: int, size: int) -> None:
    """Let the system take back memory that can be read again from a mapped file."""
    if not sys.platform.startswith("linux"):
        return
    start, end = (-(-address // mmap.PAGESIZE), (address + size) // mmap.PAGESIZE)
    with contextlib.suppress(OSError, AttributeError):
        _advise_page_out(ctypes.CDLL(None), start * mmap.PAGESIZE, end * mmap.PAGESIZE)


def _advise_page_out(libc: ctypes.CDLL, start: int, end: int) -> None:
    if start < end:
        libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), MADV_PAGEOUT)


def _yield_thread_address() -> int:
    """Return the address of the system's function that offers the core to another thread."""
    if sys.platform == "win32":
        function = ctypes.WinDLL("kernel32").SwitchToThread
    else:
        function = ctypes.CDLL(None).sched_yield
    return ctypes.cast(function, ctypes.c_void_p).value or 0
