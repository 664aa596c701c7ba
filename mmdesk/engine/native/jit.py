"""Compiles the program for this very processor, and hands out its functions."""

from __future__ import annotations

import contextlib
import ctypes
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mmdesk.engine.native.isa import Isa

# arch_prctl on x86-64, ARCH_REQ_XCOMP_PERM, the number of the tiles' part of a thread's state: see
# Documentation/arch/x86/xstate.rst in Linux.
ASK_FOR_TILES = (158, 0x1023, 18)
PAGE_OUT = 21  # MADV_PAGEOUT: only what can be read again is dropped


@cache
def supported() -> tuple[Isa, ...]:
    """The instruction sets that this processor has, the best first; none where llvmlite, which
    writes for them, cannot be loaded.
    """
    try:
        from llvmlite import binding

        from mmdesk.engine.native.isa import KNOWN
    except (ImportError, OSError):
        return ()
    try:
        features = dict(binding.get_host_cpu_features())
    except RuntimeError:  # the operating system does not say
        return ()
    return tuple(isa for isa in KNOWN if isa.fits(features) and (not isa.blocks or may_use_tiles()))


@cache
def may_use_tiles() -> bool:
    """Ask the system for the tile registers, which add 8 KB to what it keeps of every thread; other
    systems than Linux are not asked, since it was not tried there.
    """
    if not sys.platform.startswith("linux"):
        return False
    with contextlib.suppress(OSError, AttributeError):
        return int(ctypes.CDLL(None).syscall(*ASK_FOR_TILES)) == 0
    return False


def best_isa() -> Isa | None:
    """The one to use; None: torch computes."""
    return next(iter(supported()), None)


class CompiledProgram:
    """HardwareInfo code; it lives as long as this object.

    Args:
        text: LLVM code, as written by program.py.
    """

    def __init__(self, text: str) -> None:
        from llvmlite import binding

        binding.initialize_native_target()
        binding.initialize_native_asmprinter()
        features = binding.get_host_cpu_features()
        machine = binding.Target.from_default_triple().create_target_machine(
            cpu=binding.get_host_cpu_name(), features=features.flatten(), opt=2
        )
        module = binding.parse_assembly(text)
        module.triple = machine.triple
        module.verify()
        # No passes over the code beforehand: they take twice as long as the rest of the compilation
        # and make a token 2 to 5 % faster on one thread.
        binding.add_symbol("give_way", _give_way())
        self._engine = binding.create_mcjit_compiler(module, machine)
        self._engine.finalize_object()
        _put_away("llvmlite")

    def function(self, name: str, *types: Any) -> Callable[..., None]:
        """One of its functions; while it runs, Python's other threads run too."""
        address = self._engine.get_function_address(name)
        found: Callable[..., None] = ctypes.CFUNCTYPE(None, *types)(address)
        return found


def _put_away(library: str) -> None:
    """Let the system take back the memory of a library that has done its work: 75 MB, which are
    read again from the file if they are wanted after all.
    """
    if not sys.platform.startswith("linux"):
        return
    with contextlib.suppress(OSError, AttributeError):
        system = ctypes.CDLL(None)
        for line in Path("/proc/self/maps").read_text(encoding="utf-8").splitlines():
            span, *_, path = line.split(maxsplit=5)
            if library in path:
                start, end = (int(number, 16) for number in span.split("-"))
                length = ctypes.c_size_t(end - start)
                system.madvise(ctypes.c_void_p(start), length, PAGE_OUT)


def _give_way() -> int:
    """The address of what lets another thread have the core."""
    if sys.platform == "win32":
        function = ctypes.WinDLL("kernel32").SwitchToThread
    else:
        function = ctypes.CDLL(None).sched_yield
    return ctypes.cast(function, ctypes.c_void_p).value or 0
