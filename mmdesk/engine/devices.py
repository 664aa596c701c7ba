"""Devices that compute language models: which there are, and which one a model fits on.

torch tells of graphics cards, so this runs in the engine's process, or in a child of its own
(`python -m mmdesk.engine.devices`), and never in the window's. NVIDIA (CUDA), AMD (ROCm), Apple
(MPS) and Intel (XPU) cards follow torch's documentation; they were not run on the computers that
this was written on. The choice between devices and what happens without memory are tested with
made-up ones.
"""

from __future__ import annotations

import errno
import json
import logging
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import psutil

from mmdesk.engine.hardware import may_have_accelerator
from mmdesk.errors import InputError, ModelUnavailable
from mmdesk.models import processor_name
from mmdesk.translatable import TranslatableText
from mmdesk.values import AUTO, CPU, ComputeDevice

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DeviceChoice:
    """Device that computes a model.

    Attributes:
        device: torch's name for it.
        notices: sentences for the user, e.g. that the model does not fit on the graphics card.
    """

    device: str
    notices: tuple[TranslatableText, ...] = ()


def list_devices() -> tuple[ComputeDevice, ...]:
    """Return the graphics cards, the one with the most free memory first, and then the CPU.

    torch is imported only where there may be a card.
    """
    cards: list[ComputeDevice] = []
    if may_have_accelerator():
        for find in (_cuda_cards, _xpu_cards, _mps):
            try:
                cards += find()
            except (RuntimeError, AssertionError, AttributeError, OSError):
                log.warning("a graphics card cannot be asked", exc_info=True)  # its driver fails
    cards.sort(key=lambda card: -card.memory_free)
    memory = psutil.virtual_memory()
    return (*cards, ComputeDevice(CPU, "CPU", processor_name(), memory.total, memory.available))


def _cuda_cards() -> Iterator[ComputeDevice]:
    """Yield NVIDIA's and AMD's cards; not run on the computers this was written on."""
    import torch

    if not torch.cuda.is_available():
        return
    kind = "ROCm" if getattr(torch.version, "hip", None) else "CUDA"
    for number in range(torch.cuda.device_count()):
        free, total = torch.cuda.mem_get_info(number)
        name = torch.cuda.get_device_name(number)
        yield ComputeDevice(f"cuda:{number}", kind, name, total, free)


def _xpu_cards() -> Iterator[ComputeDevice]:
    """Yield Intel's cards; not run on the computers this was written on."""
    import torch

    xpu: Any = getattr(torch, "xpu", None)
    if xpu is None or not xpu.is_available():
        return
    for number in range(xpu.device_count()):
        free, total = xpu.mem_get_info(number)
        yield ComputeDevice(f"xpu:{number}", "XPU", xpu.get_device_name(number), total, free)


def _mps() -> Iterator[ComputeDevice]:
    """Yield Apple's graphics, which share the memory; not run where this was written."""
    import torch

    if not torch.backends.mps.is_available():
        return
    total = torch.mps.recommended_max_memory()
    free = max(0, total - torch.mps.driver_allocated_memory())
    yield ComputeDevice("mps", "MPS", processor_name(), total, free)


def choose_device(
    asked: str, devices: tuple[ComputeDevice, ...], needed: int, title: str
) -> DeviceChoice:
    """Return the device that computes a model.

    Args:
        asked: one of DEVICES.
        devices: those of this computer.
        needed: bytes of memory that the model takes on a graphics card.
        title: the model's name.

    Raises:
        InputError: there is no such device.
        ModelUnavailable: the model does not fit on the one that was asked for.
    """
    if asked == CPU:
        return DeviceChoice(CPU)
    cards = [card for card in devices if card.id != CPU]
    if asked != AUTO:
        cards = [card for card in cards if card.family == asked]
        if not cards:
            raise InputError(
                "This computer has no {device} device that PyTorch can use.",
                'Choose "auto" or "cpu" as the device.',
                device=asked,
            )
    fitting = next((card for card in cards if card.memory_free >= needed), None)
    if fitting is not None:
        return DeviceChoice(fitting.id)
    if not cards:
        return DeviceChoice(CPU)
    values = {
        "title": title,
        "needed": _gigabytes(needed),
        "free": _gigabytes(cards[0].memory_free),
        "device": cards[0].name,
    }
    if asked == AUTO:
        notice = TranslatableText(
            "{title} needs about {needed} of graphics memory, and {device} has {free} free. "
            "It runs on the CPU.",
            **values,
        )
        return DeviceChoice(CPU, (notice,))
    raise ModelUnavailable(
        "{title} needs about {needed} of graphics memory, and {device} has {free} free.",
        "Close other programs that use it, or choose the CPU as the device.",
        **values,
    )


def fallen_back(title: str, device: str) -> DeviceChoice:
    """Return the CPU, for a model whose memory ran out on a graphics card while it was loaded."""
    free_card_memory()
    notice = TranslatableText(
        "The memory of the graphics card ({device}) ran out. {title} runs on the CPU.",
        device=device,
        title=title,
    )
    return DeviceChoice(CPU, (notice,))


def is_out_of_memory(problem: BaseException) -> bool:
    """Return whether memory ran out: torch raises RuntimeError for it, the system ENOMEM."""
    text = str(problem).lower()
    out = isinstance(problem, MemoryError) or getattr(problem, "errno", None) == errno.ENOMEM
    return out or any(sign in text for sign in ("allocate memory", "out of memory", "alloc_cpu"))


def free_card_memory() -> None:
    """Return what a failed loading left to the graphics card's driver."""
    torch = sys.modules.get("torch")
    for name in ("cuda", "xpu"):
        module = getattr(torch, name, None)
        if module is not None and module.is_available():
            module.empty_cache()  # not run on the computers this was written on


def check_memory(title: str, needed: int, total: int, free: int) -> tuple[TranslatableText, ...]:
    """Return what to say about the computer's memory before a model is loaded on the CPU.

    Args:
        title: the model's name.
        needed: bytes that it takes at least.
        total: bytes of the computer, or of the container.
        free: bytes that other programs leave.

    Raises:
        ModelUnavailable: the computer does not have as much.
    """
    values = {"title": title, "needed": _gigabytes(needed)}
    if needed > total:
        raise ModelUnavailable(
            "{title} needs about {needed} of memory, and this computer has {total}.",
            "Choose a smaller model, or one on another computer (Settings).",
            total=_gigabytes(total),
            **values,
        )
    if needed <= free:
        return ()
    return (
        TranslatableText(
            "{title} needs about {needed} of memory, and {free} are free: it may be slow. "
            "Closing other programs helps.",
            free=_gigabytes(free),
            **values,
        ),
    )


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:.1f} GB"


def main() -> None:
    """Print the devices as JSON."""
    print(json.dumps([asdict(device) for device in list_devices()]))


if __name__ == "__main__":
    main()
