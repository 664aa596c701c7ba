"""Default model parts, and the store that the engine takes parts from."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from mmdesk.errors import MMDeskError, ModelUnavailable
from mmdesk.values import TEXT_ONLY, CancelFlag, Capabilities

LANGUAGE = "qwen2.5-coder-0.5b"
LANGUAGE_FALLBACK = "smollm2-135m"  # downloaded in its place when no source has the default
SPEECH = "whisper-base"
VISION = "efficientnet-lite2"


class PartStore(Protocol):
    """Interface of ModelStore that the engine needs."""

    def path(self, part: str, /) -> Path:
        """Return the folder of an installed part.

        Raises:
            InputError: it is unknown.
            ModelUnavailable: it is not installed.
        """
        ...

    def verify(self, part: str, cancel: CancelFlag, /) -> None:
        """Check the hashes of a part's files.

        Raises:
            ModelUnavailable: one is damaged.
        """
        ...


def default_store(home: Path | None = None) -> PartStore:
    """Return the store in a data folder; in the user's where None is given."""
    from mmdesk.models import ModelStore

    return ModelStore(home / "models" if home is not None else None)


def default_language(store: PartStore) -> str:
    """Return the language part that answers where none is named, as the settings have it."""
    from mmdesk.models import ModelStore, chosen_language

    if not isinstance(store, ModelStore):
        return LANGUAGE
    from mmdesk import settings

    stored = settings.load()
    return chosen_language(store, stored.larger_model, stored.model)


def language_part(store: PartStore, asked: str | None) -> str:
    """Return the language part to load: the one asked for, else the first installed default.

    Raises:
        ModelUnavailable: neither default is installed; it names the first.
    """
    if asked is not None:
        return asked
    language = default_language(store)
    try:
        store.path(language)
    except ModelUnavailable as missing:
        try:
            store.path(LANGUAGE_FALLBACK)
        except ModelUnavailable:
            raise missing from None
        return LANGUAGE_FALLBACK
    return language


def language_capabilities(store: PartStore, asked: str | None) -> Capabilities:
    """Return what the language model takes that `language_part` names; nothing is loaded for it."""
    from mmdesk.models import capabilities_of

    try:
        return capabilities_of(store.path(language_part(store, asked)))
    except MMDeskError:  # the request itself will say what is wrong
        return TEXT_ONLY
