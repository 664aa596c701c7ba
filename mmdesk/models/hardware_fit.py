"""Check of a model part against the hardware, before it is downloaded."""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path

import psutil

from mmdesk.values import DecodeSpeed, HardwareFit, HardwareInfo, ModelInfo

# Memory of the engine's process in addition to the weights. Measured with the 0.5B part: 1.48 GB at
# its peak, of which 0.99 GB are weights; a full context of 8,192 tokens adds 0.1 GB.
RUNTIME = 600_000_000
SMALL_RUNTIME = 250_000_000  # of the speech and vision parts
DISK_MARGIN = 64_000_000  # bytes left free, as the installer does
SLOW = 5.0  # tokens per second; people read about as fast
_CGROUP_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def this_machine(folder: Path) -> HardwareInfo:
    """Return this machine's memory, disk and cores. Takes milliseconds, but asks the disk.

    Args:
        folder: where parts are kept or will be.
    """
    memory = psutil.virtual_memory()
    limit = _container_limit()
    total = min(memory.total, limit) if limit else memory.total
    cores = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):
        cores = min(cores, len(os.sched_getaffinity(0)))
    return HardwareInfo(
        memory=total,
        memory_free=min(memory.available, total),
        disk_free=psutil.disk_usage(str(_existing(folder))).free,
        cores=cores,
        plain_bf16=_multiplies_bf16(),
    )


def memory_needed(info: ModelInfo, plain_bf16: bool) -> int:
    """Return about how many bytes of memory the part takes when it works."""
    if info.role != "language":
        return info.disk_bytes + SMALL_RUNTIME
    return _weights(info, plain_bf16) + RUNTIME


def judge(
    info: ModelInfo,
    machine: HardwareInfo,
    *,
    kept_bytes: int = 0,
    speed: DecodeSpeed | None = None,
) -> HardwareFit:
    """Check whether a machine can run a part.

    Args:
        info: the part.
        machine: the hardware.
        kept_bytes: of its download that are on the disk already.
        speed: of a language model here, where something was measured.
    """
    disk = max(0, info.download_bytes - kept_bytes) + info.disk_bytes + DISK_MARGIN
    needs = memory_needed(info, machine.plain_bf16)
    if needs > machine.memory:
        return HardwareFit("memory", needs, machine.memory)
    if not info.installed and disk > machine.disk_free:
        return HardwareFit("disk", disk, machine.disk_free)
    if needs > machine.memory_free:
        return HardwareFit("tightly", needs, machine.memory_free, speed)
    slow = speed is not None and speed.tokens_per_s < SLOW
    return HardwareFit("slowly" if slow else "well", needs, machine.memory, speed)


def _weights(info: ModelInfo, plain_bf16: bool) -> int:
    """Return the bytes of the loaded weights: bf16 as installed, or widened to fp32."""
    return info.disk_bytes * (1 if plain_bf16 else 2)


def _existing(folder: Path) -> Path:
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder


def _container_limit() -> int:
    """Return the bytes that the container may use; 0 without a limit."""
    for name in _CGROUP_LIMITS:
        try:
            limit = Path(name).read_text(encoding="ascii").strip()
        except OSError:
            continue
        return int(limit) if limit.isdigit() else 0
    return 0


@cache
def _multiplies_bf16() -> bool:
    """Decide like engine.hardware.best_dtype, but without importing torch; only Linux tells."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        cpuinfo = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    flags = next((line for line in cpuinfo.splitlines() if line.startswith("flags")), "").split()
    return not {"avx512_bf16", "amx_bf16", "amx_tile"}.isdisjoint(flags)
