"""Catalogue of models on the hub that mmdesk advises, and which of them suit this computer.

It is resources/catalogue.json. Whether this version can use a model is not written there: the check
of a folder of the user's own is asked, with a description such as the model has.
"""

from __future__ import annotations

import importlib.metadata
import json
import re
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from mmdesk.errors import InputError
from mmdesk.models.hardware_fit import judge, this_machine
from mmdesk.models.hub_repository.address import HubAddress
from mmdesk.models.measured_speed import decode_speed
from mmdesk.models.model_store import ModelStore
from mmdesk.models.own_folders import check_model_folder
from mmdesk.settings import resource
from mmdesk.translatable import TranslatableText
from mmdesk.values import CatalogueEntry, HardwareInfo, ModelInfo

FILE = "catalogue.json"
BYTES_PER_PARAMETER = 2  # bfloat16
ENCODERS = {"picture": "vision_config", "sound": "audio_config"}  # in a model's config


@dataclass(frozen=True, slots=True)
class AdvisedModel:
    """Model as the catalogue has it.

    Attributes:
        repository: OWNER/NAME on the hub.
        revision: branch, tag or commit.
        title: its name.
        licence: name of its licence.
        takes: "text", "picture", "sound".
        parameters: number of its weights.
        model_type: of its config.
        architecture: transformers' class for it.
        transformers: version from which that class exists.
        when: sentence that says when to choose it.
        terms: sentence about a licence that is no open-source licence; "" for others.
    """

    repository: str
    revision: str
    title: str
    licence: str
    takes: tuple[str, ...]
    parameters: int
    model_type: str
    architecture: str
    transformers: str
    when: str
    terms: str = ""

    @property
    def weight_bytes(self) -> int:
        """Size of the weights, about that of the download."""
        return self.parameters * BYTES_PER_PARAMETER

    @property
    def is_pinned(self) -> bool:
        """Return whether the revision is a commit."""
        return re.fullmatch(r"[0-9a-f]{40}", self.revision) is not None


@cache
def load_catalogue() -> tuple[AdvisedModel, ...]:
    """Read the catalogue.

    Raises:
        TypeError, KeyError: an entry lacks something or has too much.
    """
    stored = json.loads(resource(FILE).read_text(encoding="utf-8"))
    return tuple(
        AdvisedModel(**{**entry, "takes": tuple(entry["takes"])}) for entry in stored["models"]
    )


def catalogue(store: ModelStore, machine: HardwareInfo | None = None) -> tuple[CatalogueEntry, ...]:
    """Return the catalogue for this computer: what is recommended first, what cannot be used last.

    Args:
        store: the installed models.
        machine: the hardware; this computer's where None.
    """
    machine = machine or this_machine(store.root)
    installed = {model.origin for model in store.local.models()}
    entries = [_entry(model, machine, installed) for model in load_catalogue()]
    advised = _recommended(entries)
    marked = (replace(entry, recommended=entry.id in advised) for entry in entries)
    return tuple(sorted(marked, key=_rank))


def _entry(model: AdvisedModel, machine: HardwareInfo, installed: set[str]) -> CatalogueEntry:
    size = model.weight_bytes
    info = ModelInfo(
        id=HubAddress(model.repository, model.revision).id,
        title=model.title,
        role="language",
        takes=model.takes,
        licence=model.licence,
        download_bytes=size,
        disk_bytes=size,
        installed=False,
        default=False,
        note=TranslatableText(model.when),
    )
    # A downloaded model is loaded from where it was downloaded to: the disk needs it once.
    fit = judge(info, machine, kept_bytes=size, speed=decode_speed(model.repository, size))
    return CatalogueEntry(
        info=info,
        fit=fit,
        repository=model.repository,
        pinned=model.is_pinned,
        terms=TranslatableText(model.terms),
        problem=_problem(model),
        installed=model.repository in installed,
    )


def _rank(entry: CatalogueEntry) -> tuple[bool, bool, bool]:
    return (
        not entry.recommended,
        entry.problem is not None,
        entry.fit.verdict in ("memory", "disk"),
    )


def _recommended(entries: Iterable[CatalogueEntry]) -> set[str]:
    """Return the largest that run well here: one for text, one that sees pictures, one that hears.

    A model that does several of it counts for each.
    """
    usable = [entry for entry in entries if entry.problem is None and entry.fit.verdict == "well"]
    found: list[str] = []
    for kind in ("text", "picture", "sound"):
        taking = [entry for entry in usable if kind in entry.info.takes]
        if taking:
            found.append(max(taking, key=lambda entry: entry.info.disk_bytes).id)
    return set(found)


def _problem(model: AdvisedModel) -> TranslatableText | None:
    """Return why this version cannot use a model; None where it can."""
    have = importlib.metadata.version("transformers")
    if _numbers(have) < _numbers(model.transformers):
        return TranslatableText(
            "It needs transformers {needed} or newer; {installed} is installed.",
            needed=model.transformers,
            installed=have,
        )
    with tempfile.TemporaryDirectory(prefix="mmdesk-") as temporary:
        folder = Path(temporary) / model.title
        folder.mkdir()
        for name, content in _description(model).items():
            (folder / name).write_text(json.dumps(content), encoding="utf-8")
        try:
            check_model_folder(folder, description_only=True)
        except InputError as refused:
            return refused.user_message
    return None


def _description(model: AdvisedModel) -> dict[str, dict[str, Any]]:
    """Return a model's small files, with as much in them as decides whether it can be used."""
    encoders = {ENCODERS[kind]: {"model_type": kind} for kind in model.takes if kind in ENCODERS}
    config = {"model_type": model.model_type, "architectures": [model.architecture], **encoders}
    return {
        "config.json": config,
        "tokenizer.json": {},
        "tokenizer_config.json": {"chat_template": "{{ messages }}"},
        "preprocessor_config.json": {"processor_class": "Processor"},
    }


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version)[:2])
