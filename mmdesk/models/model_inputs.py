"""Inputs of a model in a folder besides text, found from its config and its processor's files.

No code of the model or of transformers is run, so the window may ask.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from mmdesk.errors import InputError
from mmdesk.models.regular_files import read_regular
from mmdesk.values import ANY_NUMBER, TEXT_ONLY, Capabilities

PREPROCESSOR = "preprocessor_config.json"
PROCESSOR = "processor_config.json"
PROCESSOR_FILES = (
    PREPROCESSOR,
    PROCESSOR,
    "chat_template.json",
    "special_tokens_map.json",
    "added_tokens.json",
)
SOUND_S = 30.0  # of the feature extractors that Whisper's class reads, where they say nothing
# Model types that were trained with one picture in a conversation.
ONE_PICTURE = frozenset({"kosmos-2", "kosmos-2.5", "paligemma", "pp_chart2table", "got_ocr2"})
# Model types whose picture processor exists in transformers for torchvision alone.
NEED_TORCHVISION = frozenset(
    {
        "cohere2_vision", "inkling2", "inkling_mm_model", "kimi_k25", "lfm2_vl", "llama4",
        "molmo2", "muse_glimmer", "perception_lm",
    }
)  # fmt: skip
# Model types whose processor needs another package, and that package.
NEED_PACKAGE = {
    "gemma3n": "timm",
    "granite_speech": "torchaudio",
    "granite_speech_plus": "torchaudio",
    "voxtral": "mistral_common",
    "voxtral_realtime": "mistral_common",
}
# What the way out calls the packages.
DISTRIBUTIONS = {"mistral_common": "mistral-common"}
_GENERATES = ("ForConditionalGeneration",)


def capabilities_of(folder: Path) -> Capabilities:
    """Return what the model in a folder takes; text alone where its files cannot be read."""
    try:
        config = _json(folder / "config.json")
        return capabilities(config, _processor_config(folder))
    except (OSError, ValueError, RecursionError):
        return TEXT_ONLY


def capabilities(config: Mapping[str, Any], processor: Mapping[str, Any]) -> Capabilities:
    """Return what a model takes.

    Args:
        config: config.json.
        processor: of the processor's files, {} where there are none.
    """
    if not is_multimodal(config) or not processor:
        return TEXT_ONLY
    kind = str(config.get("model_type"))
    missing = missing_package(kind)
    if missing:
        return Capabilities(missing=missing)
    pictures = 0
    if _is_table(config.get("vision_config")):
        pictures = 1 if kind in ONE_PICTURE else ANY_NUMBER
    sound_s = 0.0
    if _is_table(config.get("audio_config")):
        sound_s = _seconds(processor)
    return Capabilities(pictures, sound_s)


def is_multimodal(config: Mapping[str, Any]) -> bool:
    """Return whether a config is one of a generating model with pictures or sound.

    One that speaks as well, of which the model that writes is only a part, is none.
    """
    architectures = config.get("architectures")
    if not isinstance(architectures, list) or config.get("is_encoder_decoder"):
        return False
    has_encoder = _is_table(config.get("vision_config")) or _is_table(config.get("audio_config"))
    return has_encoder and any(str(name).endswith(_GENERATES) for name in architectures)


def missing_package(kind: str) -> str:
    """Return the package without which a model type's pictures or sound cannot be read."""
    package = "torchvision" if kind in NEED_TORCHVISION else NEED_PACKAGE.get(kind, "")
    return package if package and find_spec(package) is None else ""


def check_processor(folder: Path, config: Mapping[str, Any]) -> None:
    """Check that the processor of a model with pictures or sound is there and can run here.

    Raises:
        InputError: it cannot; the message says why.
    """
    if not any((folder / name).is_file() for name in (PREPROCESSOR, PROCESSOR)):
        raise InputError(
            "{folder} has no processor for pictures or sound: {file} is missing.",
            "Download the model again, with all of its small files.",
            folder=folder.name,
            file=PREPROCESSOR,
        )
    try:
        _processor_config(folder)
    except (OSError, ValueError, RecursionError) as problem:
        raise InputError(
            "{folder}: {file} cannot be read.", folder=folder.name, file=PREPROCESSOR
        ) from problem
    missing = missing_package(str(config.get("model_type")))
    if missing:
        raise missing_error(folder.name, missing)


def missing_error(name: str, package: str) -> InputError:
    """Return the error about a package that a model's processor needs."""
    return InputError(
        "{name} needs the Python package {package}, which is not installed.",
        "Install the {distribution} that fits your PyTorch, or choose another model.",
        name=name,
        package=package,
        distribution=DISTRIBUTIONS.get(package, package),
    )


def _is_table(value: object) -> bool:
    return isinstance(value, dict)


def _processor_config(folder: Path) -> dict[str, Any]:
    """Return the settings of the processor's files, those of its parts among them."""
    settings: dict[str, Any] = {}
    for name in (PREPROCESSOR, PROCESSOR):
        if (folder / name).is_file():
            settings |= _json(folder / name)
    return settings


def _seconds(processor: Mapping[str, Any]) -> float:
    """Return the longest recording that a feature extractor takes."""
    extractor = processor.get("feature_extractor")
    settings = extractor if isinstance(extractor, dict) else processor
    length = settings.get("chunk_length", SOUND_S)
    return float(length) if isinstance(length, int | float) and 0 < length < 1e5 else SOUND_S


def _json(path: Path) -> dict[str, Any]:
    stored = json.loads(read_regular(path))
    if not isinstance(stored, dict):
        raise ValueError(f"{path.name} holds no settings")
    return stored
