"""Loading of a language model on the device where it fits, and on the CPU where it does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmdesk.engine.devices import (
    DeviceChoice,
    check_memory,
    choose_device,
    fallen_back,
    is_out_of_memory,
    list_devices,
)
from mmdesk.engine.hardware import may_have_accelerator
from mmdesk.engine.model_config import read_config
from mmdesk.engine.model_memory import (
    RUNTIME,
    kv_cache_bytes,
    loaded_weight_bytes,
    weight_file_bytes,
)
from mmdesk.models import this_machine
from mmdesk.translatable import TranslatableText
from mmdesk.values import AUTO, CPU

if TYPE_CHECKING:
    from mmdesk.engine.llm.loading import LoadedModel

HALF = 2  # bytes of a weight on a graphics card


def load_on_device(
    load: Callable[[str], LoadedModel], part: str, folder: Path, asked: str, context_tokens: int
) -> LoadedModel:
    """Load a model on a graphics card where it fits on one, else on the CPU.

    Where the memory of a card runs out all the same, the model is loaded again on the CPU.

    Args:
        load: loads the model on a device.
        part: the model's id.
        folder: holds its files.
        asked: one of DEVICES.
        context_tokens: length of the context that is to fit as well.

    Raises:
        InputError: there is no such device.
        ModelUnavailable: the model does not fit where it is to be.
    """
    choice = _choose(part, folder, asked, context_tokens)
    if choice.device != CPU:
        try:
            return replace(load(choice.device), notices=choice.notices)
        except RuntimeError as problem:
            if not is_out_of_memory(problem):
                raise
        choice = fallen_back(part, choice.device)
    foresee_memory(part, folder, context_tokens)
    return replace(load(CPU), notices=choice.notices)


def foresee_memory(part: str, folder: Path, context_tokens: int) -> tuple[TranslatableText, ...]:
    """Return what to say about the computer's memory before a model is loaded on the CPU.

    The least that the model can take is compared: int8 weights, as mmdesk's own engine holds them.

    Raises:
        ModelUnavailable: the computer does not have as much.
    """
    config = _config(folder)
    converted = loaded_weight_bytes(folder, config, 1)
    needed = min(converted, weight_file_bytes(folder)) + kv_cache_bytes(config, context_tokens)
    machine = this_machine(folder)
    return check_memory(part, needed, machine.memory, machine.memory_free)


def is_for_cpu(asked: str) -> bool:
    """Return whether a device that was asked for is certainly the CPU."""
    return asked == CPU or (asked == AUTO and not may_have_accelerator())


def _choose(part: str, folder: Path, asked: str, context_tokens: int) -> DeviceChoice:
    if is_for_cpu(asked):
        return DeviceChoice(CPU)
    config = _config(folder)
    weights = loaded_weight_bytes(folder, config, HALF)
    needed = weights + kv_cache_bytes(config, context_tokens) + RUNTIME
    return choose_device(asked, list_devices(), needed, part)


def _config(folder: Path) -> dict[str, Any]:
    """Return config.json; {} where it cannot be read, which the loading will say."""
    try:
        return read_config(folder)
    except (OSError, ValueError, RecursionError):
        return {}
