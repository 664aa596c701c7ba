"""Sampling that the makers of a model advise, from the manifest or its generation_config.json."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from mmdesk.engine.llm.request import check_sampling
from mmdesk.errors import InputError
from mmdesk.models import load_manifest
from mmdesk.values import Sampling

_FLOATS = ("temperature", "top_p", "repetition_penalty")


def model_sampling(part: str, folder: Path) -> Sampling | None:
    """Return the sampling that a model's makers advise; None where they advise nothing.

    Built-in parts are converted from GGUF files, which do not say it, so the manifest does.

    Args:
        part: id of the model.
        folder: its files.
    """
    for known in load_manifest().parts:
        if known.id == part:
            return _sampling(known.sampling) if known.sampling else None
    try:
        config = json.loads((folder / "generation_config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return _sampling(config) if isinstance(config, dict) and config.get("do_sample") else None


def _sampling(config: dict[str, Any]) -> Sampling | None:
    """Return the values of a generation_config; None where they mean nothing."""
    found: dict[str, Any] = {
        name: float(config[name]) for name in _FLOATS if isinstance(config.get(name), int | float)
    }
    if isinstance(config.get("top_k"), int):
        found["top_k"] = config["top_k"]
    sampling = replace(Sampling(temperature=1.0), **found)
    try:
        check_sampling(sampling)
    except InputError:
        return None
    return sampling
