"""GGUF files of the user's own: which of them mmdesk can convert, and why not the others."""

from __future__ import annotations

from pathlib import Path

from mmdesk.errors import InputError
from mmdesk.models.gguf_header import (
    ARCHITECTURES,
    TRANSFORMERS_ARCHITECTURES,
    GgufHeader,
    NotGguf,
    read_gguf_header,
)

SUFFIX = ".gguf"
# Architectures of files that are no language models by themselves.
PICTURE_PART = ("clip", "mmproj")
NOT_CHAT = ("bert", "nomic-bert", "jina-bert-v2", "whisper", "t5encoder", "gemma-embedding")


def check_gguf(path: Path) -> GgufHeader:
    """Return a file's header if mmdesk can convert the model in it.

    Raises:
        InputError: it cannot, for the reason that is given.
    """
    name = path.name
    try:
        header = read_gguf_header(path)
    except OSError as problem:
        raise InputError(
            "{name} cannot be read: {reason}.",
            name=name,
            reason=problem.strerror or str(problem),
        ) from problem
    except NotGguf as problem:
        raise InputError(
            "{name} is not a model.",
            "Choose a folder with a transformers model, or a GGUF file.",
            name=name,
        ) from problem
    except (ValueError, MemoryError, OverflowError) as problem:
        raise InputError(
            "{name} is not a complete GGUF file.",
            "Download it again, or choose another file.",
            name=name,
        ) from problem
    _check_kind(name, header)
    return header


def _check_kind(name: str, header: GgufHeader) -> None:
    kind = header.architecture
    if kind in PICTURE_PART:
        raise InputError(
            "{name} is only the picture part of a model.",
            "Choose the file with the language model; pictures are seen by mmdesk itself.",
            name=name,
        )
    if header.fields.get("general.type") == "adapter":
        raise InputError(
            "{name} is only an adapter (LoRA) for another model.",
            "Choose a file with the whole model.",
            name=name,
        )
    if int(header.fields.get("split.count") or 1) > 1:
        raise InputError(
            "{name} is one piece of a model in several files.",
            "Join them first with llama-gguf-split --merge, or choose a smaller version.",
            name=name,
        )
    if kind in NOT_CHAT:
        raise InputError(
            "{name} is a {architecture} model, which does not chat.", name=name, architecture=kind
        )
    if kind not in (*ARCHITECTURES, *TRANSFORMERS_ARCHITECTURES):
        raise InputError(
            "{name} is a {architecture} model, which mmdesk cannot read from a GGUF file.",
            "Add the folder with the original model (config.json and safetensors) instead.",
            name=name,
            architecture=kind or "?",
        )
    if not header.fields.get("tokenizer.chat_template"):
        raise InputError(
            "{folder} has no chat template: it continues text but does not answer.",
            "Choose the model's instruct or chat version.",
            folder=name,
        )


def title_of(path: Path, header: GgufHeader) -> str:
    """Return the model's name: that of the file, which the user knows.

    Files that are named by their digest, as Ollama's are, go by the name that is in them.
    """
    if not path.name.startswith("sha256-"):
        return path.stem if path.suffix == SUFFIX else path.name
    name = " ".join(str(header.fields.get("general.name") or "").split())[:80]
    return name if name and name.isprintable() else header.architecture
