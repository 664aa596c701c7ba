"""Which model parts the engine asks for when the request names none, and of whom."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from mmdesk.errors import ModelUnavailable
from mmdesk.values import CancelFlag

LANGUAGE = "qwen2.5-coder-0.5b"
LANGUAGE_FALLBACK = "smollm2-135m"  # fetched in its place when no source has the default
SPEECH = "whisper-base"
VISION = "efficientnet-lite2"


class PartStore(Protocol):
    """What the engine needs of models.store.ModelStore."""

    def path(self, part: str, /) -> Path: ...

    def verify(self, part: str, cancel: CancelFlag, /) -> None: ...


def default_store() -> PartStore:
    """The store in the person's data folder."""
    from mmdesk.models import ModelStore

    return ModelStore()


def language_part(store: PartStore, asked: str | None) -> str:
    """The language part to load: the one asked for, else the first default that is there.

    Raises:
        ModelUnavailable: neither default is installed; it speaks of the first.
    """
    if asked is not None:
        return asked
    try:
        store.path(LANGUAGE)
    except ModelUnavailable as missing:
        try:
            store.path(LANGUAGE_FALLBACK)
        except ModelUnavailable:
            raise missing from None
        return LANGUAGE_FALLBACK
    return LANGUAGE
