"""Why something could not be fetched, told apart from defects and from a person's wish to stop."""

from __future__ import annotations

from mmdesk.errors import Cancelled, ModelUnavailable
from mmdesk.values import CancelFlag


class SourceFailed(Exception):  # noqa: N818  an event, not a defect
    """This source cannot deliver; another one may. The text is the reason, for people."""


class WrongDigest(SourceFailed):
    """What was delivered is not what the manifest asks for."""


class NoSource(ModelUnavailable):
    """No source could deliver the part."""


def stop_if(cancel: CancelFlag) -> None:
    """Raise `Cancelled` once the person has stopped the work."""
    if cancel.is_set():
        raise Cancelled


def readable_size(size: int) -> str:
    """A number of bytes as people read it: "491 MB", "1.1 GB"."""
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{max(1, round(size / 1e6))} MB"
