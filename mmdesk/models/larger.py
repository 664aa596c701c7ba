"""Choice between the default language model and the larger one, by the machine.

The larger model answers far better and takes about 4 GB of memory with its context and the rest of
mmdesk. Nobody waits for its download: the default one answers until it is there.
"""

from __future__ import annotations

from dataclasses import replace

from mmdesk import settings as settings_file
from mmdesk.models.fetch_errors import readable_size
from mmdesk.models.hardware_fit import DISK_MARGIN, this_machine
from mmdesk.models.model_store import ModelStore
from mmdesk.translatable import TranslatableText
from mmdesk.values import HardwareInfo, ModelInfo

LARGER_MEMORY = 4_000_000_000  # bytes that have to be free


def larger_suits(info: ModelInfo, machine: HardwareInfo, kept_bytes: int = 0) -> bool:
    """Return whether a machine has the memory and the disk for the larger language model.

    Args:
        info: the larger model.
        machine: the hardware.
        kept_bytes: of its download that are on the disk already.
    """
    if machine.memory_free < LARGER_MEMORY:
        return False
    disk = max(0, info.download_bytes - kept_bytes) + info.disk_bytes + DISK_MARGIN
    return info.installed or disk <= machine.disk_free


def advised_larger(store: ModelStore) -> ModelInfo | None:
    """Return the larger language model where this machine suits it, None where it does not.

    Takes milliseconds, but asks the disk.
    """
    default = next((part for part in store.manifest.defaults if part.role == "language"), None)
    if default is None or default.larger is None:
        return None
    info = next(info for info in store.infos() if info.id == default.larger)
    machine = this_machine(store.root)
    return info if larger_suits(info, machine, store.partial_bytes(info.id)) else None


def chosen_language(store: ModelStore, choice: str, last_chosen: str) -> str:
    """Return the language model that answers where none is named.

    Args:
        store: the installed parts.
        choice: `larger_model` of the settings.
        last_chosen: `model` of the settings.
    """
    default = store.default_language()
    part = next((part for part in store.manifest.parts if part.id == default), None)
    larger = part.larger if part is not None else None
    if larger is None or not store.is_installed(larger):
        return default
    taken = choice == "wanted" or (choice == "used" and last_chosen == larger)
    return larger if taken else default


def decide_larger(store: ModelStore, small: bool = False) -> tuple[TranslatableText, ...]:
    """Decide for a new installation whether the larger model is to answer, and keep that.

    An installation that was there before goes on with what it has; it is offered the larger model
    once.

    Args:
        store: the installed parts; a new installation has no language model yet.
        small: decide for the default model.

    Returns:
        What to tell the user.

    Raises:
        OSError: the settings cannot be saved.
    """
    stored = settings_file.load()
    if small:
        settings_file.save(replace(stored, larger_model="small"))
        return ()
    larger = advised_larger(store) if stored.larger_model == "" else None
    if larger is None or larger.installed:
        return ()
    values = {"model": larger.title, "size": readable_size(larger.download_bytes)}
    if store.is_installed(store.default_language()):
        settings_file.save(replace(stored, larger_model="offered"))
        return (
            TranslatableText(
                "{model} answers better and suits this computer ({size} to download). "
                "To use it: mmdesk models get default --larger",
                **values,
            ),
        )
    settings_file.save(replace(stored, larger_model="wanted"))
    return (
        TranslatableText(
            "{model} suits this computer ({size} to download). It is downloaded after the standard "
            "models, and answers as soon as it is there.",
            **values,
        ),
    )


def take_larger() -> None:
    """Keep that the larger model is to answer, whatever the machine.

    Raises:
        OSError: the settings cannot be saved.
    """
    settings_file.save(replace(settings_file.load(), larger_model="wanted"))


def missing_larger(store: ModelStore) -> tuple[str, ...]:
    """Return the id of the larger model if it is to answer and is not installed."""
    if settings_file.load().larger_model != "wanted":
        return ()
    larger = (part.larger for part in store.manifest.defaults if part.role == "language")
    return tuple(part for part in larger if part and not store.is_installed(part))
