"""Use of the computer's hardware: CPU threads, memory, device, dtype, process environment."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from collections.abc import MutableMapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    import torch

# More threads than this only wait for each other on models of this size.
MAX_THREADS = 16

M_ARENA_MAX = -8  # of mallopt(3)

# Files that the drivers of NVIDIA and AMD create, and one that any graphics has, Intel's as well.
ACCELERATORS = ("/proc/driver/nvidia/version", "/dev/nvidiactl", "/dev/dxg", "/dev/kfd")
ANY_GRAPHICS = "/dev/dri/renderD128"

CHILD_ENVIRONMENT = {
    # Nothing leaves the computer: set before anything imports the hub's client.
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "TRANSFORMERS_VERBOSITY": "error",
    "TOKENIZERS_PARALLELISM": "false",
    # An OpenMP thread that waits for the others spins. When another program wants the same core it
    # spins away the very time that the thread it waits for needs: decoding becomes 20 to 50 times
    # slower. Waiting asleep costs a few microseconds per parallel region instead.
    # libgomp (torch's wheels), libiomp and libomp each read their own names, once, when loaded.
    "OMP_WAIT_POLICY": "PASSIVE",
    "KMP_BLOCKTIME": "0",
}


def thread_count(asked: int = 0) -> int:
    """Return how many threads compute: `asked`, or a choice for this computer when it is 0.

    One core is left to the window and the rest of the desktop. With two cores or fewer all of
    them compute: half the speed all the time is worse than sharing now and then, because the
    child runs at a lower priority (the window always wins) and its threads wait asleep (see
    CHILD_ENVIRONMENT). Hyperthreads share one core's arithmetic, so cores are counted.
    """
    if asked > 0:
        return asked
    cores = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):  # a container or taskset may give us fewer
        cores = min(cores, len(os.sched_getaffinity(0)))
    return cores if cores <= 2 else min(cores - 1, MAX_THREADS)


def use_one_heap() -> None:
    """Make all threads allocate from one heap.

    Each would get a heap of its own otherwise, and what loading leaves half empty in each of them
    adds up to about 10 MB.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):  # glibc alone has it
            ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)


def release_memory() -> None:
    """Return freed memory to the system: loading leaves holes as large as the model."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):  # glibc alone has it
            ctypes.CDLL(None).malloc_trim(0)


def lower_priority() -> None:
    """Let the user's other programs go first."""
    if sys.platform == "win32":
        psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
    else:
        os.nice(5)


def use_threads(count: int) -> None:
    """Set torch's number of threads, if it is imported; OpenMP keeps it per calling thread."""
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.set_num_threads(count)


def set_environment(environment: MutableMapping[str, str]) -> None:
    """Apply CHILD_ENVIRONMENT; the user's own OpenMP settings stay."""
    for name, value in CHILD_ENVIRONMENT.items():
        if name.startswith(("OMP_", "KMP_")):
            environment.setdefault(name, value)
        else:
            environment[name] = value


def may_have_accelerator() -> bool:
    """Return whether it is worth asking torch for one; its import takes a second and 200 MB."""
    spec = find_spec("torch")
    if spec is None or spec.origin is None:
        return False
    version = Path(spec.origin).with_name("version.py").read_text(encoding="utf-8")
    if "+cpu" in version:
        return False
    if sys.platform == "linux":
        devices = (*ACCELERATORS, ANY_GRAPHICS) if "+xpu" in version else ACCELERATORS
        return any(Path(device).exists() for device in devices)
    return True


def best_precision() -> str:
    """Return the precision in which torch runs mmdesk's own decoder on this CPU.

    It is "int8" where torch has the kernels for it, else "bf16" or "fp32".
    """
    import torch

    from mmdesk.engine.torch_cpu.linear import has_int8

    if has_int8():
        return "int8"
    return "bf16" if best_dtype("cpu") == torch.bfloat16 else "fp32"


def best_dtype(device: str) -> torch.dtype:
    """Return the dtype in which the device is fastest without losing the model's quality.

    On a CPU, bf16 halves the memory read per token, but only instructions made for it
    (AVX512-BF16, AMX) multiply it directly; elsewhere it is unpacked and fp32 is faster.
    """
    import torch

    if device.startswith("cuda"):
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
    if device == "mps":
        return torch.float16
    if device.startswith("xpu"):
        return torch.bfloat16
    get_features = getattr(torch.cpu, "get_capabilities", dict)  # not in every torch we allow
    features: dict[str, bool] = get_features()
    native = features.get("avx512_bf16") or features.get("amx_bf16") or features.get("amx_tile")
    return torch.bfloat16 if native else torch.float32
