"""Errors of downloading model parts, apart from defects and from the user's wish to stop."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from mmdesk.errors import Cancelled, ModelUnavailable
from mmdesk.translatable import TranslatableText
from mmdesk.values import CancelFlag


class SourceFailed(Exception):  # noqa: N818  an event, not a defect
    """Source that cannot deliver; another one may.

    Args:
        template: the reason as an English phrase, with `{name}` in the places of values.
        values: fill the template.

    Attributes:
        reason: the filled phrase.
    """

    def __init__(self, template: str, **values: object) -> None:
        self.reason = TranslatableText(template, **values)
        super().__init__(self.reason)


class WrongDigest(SourceFailed):
    """Source that delivered something else than the manifest asks for."""


class NoSource(ModelUnavailable):
    """Part that no source could deliver."""


def join_reasons(reasons: Sequence[TranslatableText]) -> TranslatableText:
    """Join at least one reason to one phrase, each still translatable."""
    return reduce(
        lambda first, next_one: TranslatableText("{first}; {next}", first=first, next=next_one),
        reasons,
    )


def stop_if(cancel: CancelFlag) -> None:
    """Raise `Cancelled` once the user has stopped the work."""
    if cancel.is_set():
        raise Cancelled


def readable_size(size: int) -> str:
    """Format a number of bytes: "491 MB", "1.1 GB"."""
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{max(1, round(size / 1e6))} MB"
