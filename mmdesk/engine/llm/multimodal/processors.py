"""Loading of a model's processor: its tokenizer and what prepares its pictures and sound.

Pictures are prepared by transformers' PIL classes, as torchvision is not needed for anything else.
Videos are never read, so that nothing of what they need has to be there either.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mmdesk.errors import ModelUnavailable
from mmdesk.models import missing_error, read_regular

# Said outright, since the defaults ask on stdin about foreign code.
SAFE = {"local_files_only": True, "trust_remote_code": False}


class _RecordingMixin:
    """Processor that keeps the text which stands in the prompt for each picture or sound.

    Attributes:
        replacements: of the last call.
    """

    replacements: Sequence[str] = ()

    def __repr__(self) -> str:
        """Return its name: there may be parts that cannot be written as JSON."""
        return type(self).__name__

    def check_argument_for_proper_class(self, _name: str, argument: Any) -> Any:
        """Accept any part: there is none for videos."""
        return type(argument)

    def get_text_with_replacements(
        self,
        text: list[str],
        images_replacements: Sequence[str] = (),
        videos_replacements: Sequence[str] = (),
        audio_replacements: Sequence[str] = (),
    ) -> Any:
        """Put the replacements into the text, and keep them."""
        self.replacements = (*images_replacements, *audio_replacements)
        return super().get_text_with_replacements(  # type: ignore[misc]
            text, images_replacements, videos_replacements, audio_replacements
        )


class _NoVideos:
    """Part of a processor that would read videos."""

    def __getattr__(self, name: str) -> None:
        if name.startswith("__"):
            raise AttributeError(name)


def load_processor(part: str, folder: Path, config: Mapping[str, Any]) -> Any:
    """Return the processor in a model's folder.

    Args:
        part: the model's id, for messages.
        folder: holds its files.
        config: config.json.

    Raises:
        ModelUnavailable: transformers has no such processor, or it cannot run here.
        InputError: a package is missing.
    """
    from transformers import AutoFeatureExtractor, AutoImageProcessor, AutoTokenizer

    found = _processor_class(folder, config)
    if found is None:
        raise ModelUnavailable(
            'The model "{part}" has pictures or sound in a form that this mmdesk does not know.',
            "Choose another model, or update mmdesk.",
            part=part,
        )
    processor_class = type(found.__name__, (_RecordingMixin, found), {})
    parts = []
    for name in processor_class.get_attributes():  # type: ignore[attr-defined]
        try:
            if "tokenizer" in name:
                parts.append(AutoTokenizer.from_pretrained(folder, **SAFE))
            elif "video" in name:
                parts.append(_NoVideos())
            elif "image" in name:
                parts.append(AutoImageProcessor.from_pretrained(folder, backend="pil", **SAFE))
            else:
                parts.append(AutoFeatureExtractor.from_pretrained(folder, **SAFE))
        except (ImportError, ValueError) as problem:
            if "torchvision" in str(problem):
                raise missing_error(part, "torchvision") from problem
            raise
    settings, _unused = found.get_processor_dict(folder, local_files_only=True)
    settings.pop("audio_tokenizer", None)  # another model, named by a path
    return processor_class.from_args_and_dict(parts, settings)  # type: ignore[attr-defined]


def _processor_class(folder: Path, config: Mapping[str, Any]) -> Any:
    """Return transformers' class of the processor, None where there is none.

    It is taken from its module: by its public name, a class that can read videos hides behind one
    that only says that torchvision is missing.
    """
    from transformers.models.auto.configuration_auto import model_type_to_module_name
    from transformers.models.auto.processing_auto import PROCESSOR_MAPPING_NAMES

    kind = str(config.get("model_type")).removesuffix("_thinker")
    name = _stored_class(folder)
    if name not in PROCESSOR_MAPPING_NAMES.values():
        name = PROCESSOR_MAPPING_NAMES.get(kind, "")
    for model_type, class_name in PROCESSOR_MAPPING_NAMES.items():
        if class_name != name:
            continue
        module = _processing_module(model_type_to_module_name(model_type))
        if hasattr(module, name):
            return getattr(module, name)
    return None


def _stored_class(folder: Path) -> str:
    """Return the name of the processor's class as a model's files say it, "" where they do not."""
    for file in ("processor_config.json", "preprocessor_config.json", "tokenizer_config.json"):
        if (folder / file).is_file():
            name = json.loads(read_regular(folder / file)).get("processor_class")
            if isinstance(name, str):
                return name
    return ""


def _processing_module(model: str) -> Any:
    """Return the module of transformers with a model's processor, None where there is none."""
    package = f"transformers.models.{model}"
    try:
        module = importlib.import_module(f"{package}.processing_{model}")
    except ModuleNotFoundError as problem:
        if problem.name != "torchvision":  # a model that uses another one's
            return None
        # It imports a function from the torchvision module; the PIL module has the same one.
        stand_in = f"{package}.image_processing_{model}"
        sys.modules[stand_in] = importlib.import_module(f"{package}.image_processing_pil_{model}")
        try:
            module = importlib.import_module(f"{package}.processing_{model}")
        finally:
            del sys.modules[stand_in]
    if getattr(module, "num2words", str) is None:  # spells how many frames a video has
        vars(module)["num2words"] = str
    return module
