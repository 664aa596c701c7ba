"""Folders of the person's own: any transformers text model on this disk, used where it lies.

The list stands in local.json beside the installed parts. A folder is hashed when it is added, and
compared at every load like every other part; nothing is ever written into it or deleted from it.
"""

from __future__ import annotations

import json
import os
import re
import struct
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from mmdesk.errors import InputError, ModelUnavailable
from mmdesk.models.digests import sha256_all
from mmdesk.models.manifest import FileSpec
from mmdesk.values import CancelFlag, ModelInfo, NeverCancelled

LIST = "local.json"
PREFIX = "local-"
WEIGHTS = "model.safetensors"
INDEX = "model.safetensors.index.json"
MOST_JSON = 64_000_000  # bytes; a tokenizer of 250,000 words has 35 MB


@dataclass(frozen=True, slots=True)
class LocalModel:
    """A folder that was added. `files` are those that are loaded, with their digests."""

    id: str
    title: str
    folder: str
    licence: str
    files: tuple[FileSpec, ...]


class LocalModels:
    """The list of the person's own folders, kept under `root`."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def models(self) -> tuple[LocalModel, ...]:
        """All of them; a list that cannot be read is an empty one."""
        try:
            stored = json.loads((self._root / LIST).read_text(encoding="utf-8"))
            return tuple(_model(entry) for entry in stored["models"])
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return ()

    def find(self, part_id: str) -> LocalModel | None:
        return next((model for model in self.models() if model.id == part_id), None)

    def add(self, folder: Path, cancel: CancelFlag | None = None) -> LocalModel:
        """Look through a folder, hash it and put it on the list; a folder that is on it already
        is hashed anew under its old id.

        Raises:
            InputError: the folder holds no text model that can be loaded; it says what is wrong.
            Cancelled: `cancel` was set.
        """
        folder = folder.expanduser().resolve()
        names = check_model_folder(folder)
        known = {model.folder: model for model in self.models()}
        try:
            digests = sha256_all([folder / name for name in names], cancel or NeverCancelled())
            sizes = {name: (folder / name).stat().st_size for name in names}
        except OSError as problem:
            name = Path(str(problem.filename or folder)).name
            raise InputError(f"{name} cannot be read: {problem.strerror}.") from problem
        files = tuple(FileSpec(name, sizes[name], digests[folder / name]) for name in names)
        before = known.get(str(folder))
        part_id = before.id if before else self._free_id(folder.name)
        added = LocalModel(part_id, folder.name, str(folder), _licence(folder), files)
        self._write([m for m in self.models() if m.id != part_id] + [added])
        return added

    def forget(self, part_id: str) -> None:
        """Take a folder off the list; the folder itself stays as it is."""
        self._write([model for model in self.models() if model.id != part_id])

    def _free_id(self, name: str) -> str:
        stem = PREFIX + (re.sub(r"[^a-z0-9.]+", "-", name.lower()).strip("-.") or "model")
        taken = {model.id for model in self.models()}
        ids = [stem, *(f"{stem}-{at}" for at in range(2, len(taken) + 3))]
        return next(made for made in ids if made not in taken)

    def _write(self, models: list[LocalModel]) -> None:
        self._root.mkdir(parents=True, exist_ok=True)
        new = self._root / f".{LIST}.new"
        stored = {"models": [asdict(model) for model in models]}
        new.write_text(json.dumps(stored, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        os.replace(new, self._root / LIST)


def info_of(model: LocalModel) -> ModelInfo:
    """A folder as a person sees it. Its size is that of what is loaded."""
    folder = Path(model.folder)
    size = sum(file.size for file in model.files)
    return ModelInfo(
        id=model.id,
        title=model.title,
        role="language",
        takes=("text",),
        licence=model.licence,
        download_bytes=0,
        disk_bytes=size,
        installed=(folder / "config.json").is_file(),
        default=False,
        note="",
    )


def verify_local(model: LocalModel, cancel: CancelFlag) -> None:
    """Compare a folder with what it was when it was added.

    Raises:
        ModelUnavailable: it is gone or has changed; the message names the file.
        Cancelled: `cancel` was set.
    """
    folder = Path(model.folder)
    expected = {folder / file.name: file for file in model.files}
    try:
        for path, file in expected.items():
            if path.stat().st_size != file.size:
                raise _changed(model, file.name)
        for path, digest in sha256_all(list(expected), cancel).items():
            if digest != expected[path].sha256:
                raise _changed(model, path.name)
    except OSError as problem:
        name = Path(str(problem.filename or folder)).name
        raise ModelUnavailable(
            f"{model.title} cannot be read: {name} is missing or locked.",
            f"It should lie in {folder}. Put it back, or add the folder where it is now.",
        ) from problem


def check_model_folder(folder: Path) -> list[str]:
    """The names of the files that are loaded.

    Raises:
        InputError: it is no folder of a text model that can be loaded as it is.
    """
    if not folder.is_dir():
        raise InputError(f"{folder.name} is not a folder.")
    config = _json(folder, "config.json", "it is no folder of a transformers model")
    _check_config(folder, config)
    weights = _weight_files(folder)
    _json(folder, "tokenizer.json", "its tokenizer is missing")
    beside = ("tokenizer_config.json", "chat_template.jinja", "generation_config.json")
    present = [name for name in beside if (folder / name).is_file()]
    _check_template(folder, present)
    return ["config.json", "tokenizer.json", *present, *weights]


def _check_config(folder: Path, config: Mapping[str, Any]) -> None:
    if "auto_map" in config:
        raise InputError(
            f"{folder.name} needs program code of its own, which mmdesk never runs.",
            "Choose a model that transformers supports by itself.",
        )
    made_for = config.get("architectures") or []
    if not any(str(name).endswith("ForCausalLM") for name in made_for):
        kind = ", ".join(map(str, made_for)) or "nothing it names"
        raise InputError(f"{folder.name} is not a text model: it is made for {kind}.")
    if config.get("quantization_config"):
        raise InputError(
            f"{folder.name} is quantised in a way mmdesk does not read.",
            "Choose the model's original weights (bf16 or fp16).",
        )


def _weight_files(folder: Path) -> list[str]:
    if (folder / WEIGHTS).is_file():
        names = [WEIGHTS]
    elif (folder / INDEX).is_file():
        placed = _json(folder, INDEX, "").get("weight_map")
        names = sorted(set(map(str, placed.values()))) if isinstance(placed, dict) else []
    else:
        raise InputError(
            f"{folder.name} has no weights as safetensors.",
            "Weights as pickles (.bin, .pt) can run code and are never loaded.",
        )
    for name in names:
        _check_weights(folder, name)
    return [*names, *([INDEX] if names != [WEIGHTS] else [])]


def _check_weights(folder: Path, name: str) -> None:
    """Whether a safetensors file is whole, by its own table of contents: what a download that
    broke off left behind is found in a moment. Layout: the table's length (u64), the table in
    JSON, the tensors (https://github.com/huggingface/safetensors, "Format").
    """
    path = folder / name
    if Path(name).name != name or not path.is_file():
        raise InputError(f"{folder.name} is not whole: {name} is missing.")
    try:
        with path.open("rb") as stream:
            (length,) = struct.unpack("<Q", stream.read(8))
            if length > MOST_JSON:
                raise ValueError
            table = json.loads(stream.read(length))
        ends = [entry["data_offsets"][1] for key, entry in table.items() if key != "__metadata__"]
        whole = path.stat().st_size == 8 + length + max(ends)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, struct.error):
        whole = False
    if not whole:
        raise InputError(
            f"{folder.name} is not whole: {name} is cut off or damaged.", "Download it again."
        )


def _check_template(folder: Path, present: list[str]) -> None:
    if "chat_template.jinja" in present:
        return
    if "tokenizer_config.json" in present:
        config = _json(folder, "tokenizer_config.json", "")
        if config.get("chat_template"):
            return
    raise InputError(
        f"{folder.name} has no chat template: it continues texts but does not answer.",
        "Choose the model's instruct or chat version.",
    )


def _json(folder: Path, name: str, otherwise: str) -> dict[str, Any]:
    path = folder / name
    try:
        if path.stat().st_size > MOST_JSON:
            raise ValueError
        stored = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        words = f"{name} is missing"
        raise InputError(f"{folder.name}: {otherwise} ({words})." if otherwise else words) from None
    except (OSError, ValueError) as problem:
        raise InputError(f"{folder.name}: {name} cannot be read.") from problem
    if not isinstance(stored, dict):
        raise InputError(f"{folder.name}: {name} cannot be read.")
    return stored


def _licence(folder: Path) -> str:
    """The licence that the model's card names in its head; "" where it names none."""
    try:
        with (folder / "README.md").open(encoding="utf-8", errors="replace") as stream:
            head = stream.read(4000)
    except OSError:
        return ""
    found = re.search(r"^license:\s*['\"]?([\w.\-+ ]{1,40})", head, re.MULTILINE)
    return found.group(1).strip() if found else ""


def _model(entry: dict[str, Any]) -> LocalModel:
    files = tuple(FileSpec(**file) for file in entry.pop("files"))
    return LocalModel(**entry, files=files)


def _changed(model: LocalModel, name: str) -> ModelUnavailable:
    return ModelUnavailable(
        f"{model.title} has changed since it was added: {name} is another file.",
        f"If that was you, add the folder again: {model.folder}",
    )
