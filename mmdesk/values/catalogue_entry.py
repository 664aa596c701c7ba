"""Frozen value about a model of the catalogue, exchanged by the window and the workers."""

from __future__ import annotations

from dataclasses import dataclass

from mmdesk.translatable import TranslatableText
from mmdesk.values.model_info import HardwareFit, ModelInfo


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """Model on the hub that mmdesk advises, as it suits this computer.

    Attributes:
        info: about the model; its sizes are estimated, its note says when to choose it.
        fit: for this computer.
        repository: OWNER/NAME.
        pinned: its revision is a commit; otherwise the newest version is downloaded.
        terms: sentence about a licence that is no open-source licence; "" for others.
        problem: why this version cannot use it; None where it can.
        installed: it was downloaded.
        recommended: for this computer.
    """

    info: ModelInfo
    fit: HardwareFit
    repository: str
    pinned: bool
    terms: str = ""
    problem: TranslatableText | None = None
    installed: bool = False
    recommended: bool = False

    @property
    def id(self) -> str:
        """Address of the model on the hub, by which it is downloaded."""
        return self.info.id
