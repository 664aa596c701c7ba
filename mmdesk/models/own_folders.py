"""Models of the user's own: folders of transformers, used where they lie, and GGUF files.

The list is local.json in the folder of the installed parts. A folder is hashed when it is added and
compared at every load like every other part; nothing is ever written into it or deleted from it. A
GGUF file is converted once, into a folder beside the installed parts; the file stays as it is. What
was downloaded from the hub by its address is on the same list, in a folder of mmdesk's own.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from mmdesk.errors import InputError, ModelUnavailable
from mmdesk.models.digests import sha256_all
from mmdesk.models.fetch_errors import readable_size
from mmdesk.models.manifest import FileSpec
from mmdesk.models.model_inputs import (
    PROCESSOR_FILES,
    capabilities_of,
    check_processor,
    is_multimodal,
)
from mmdesk.models.own_gguf import check_gguf, title_of
from mmdesk.models.regular_files import read_head, read_regular
from mmdesk.models.tensor_check import Tensor, check_tensors, read_header
from mmdesk.private_files import make_private_folder, open_private
from mmdesk.values import CancelFlag, ModelInfo, NeverCancelled

LIST = "local.json"
PREFIX = "local-"
WEIGHTS = "model.safetensors"
INDEX = "model.safetensors.index.json"
MAX_TEMPLATE_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class LocalModel:
    """Model that the user added.

    Attributes:
        id: its id; begins with PREFIX.
        title: its name.
        folder: the folder that is loaded.
        licence: name of the licence, "" where none is named.
        files: those that are loaded, with their digests.
        source: the GGUF file that `folder` was converted from; "" where `folder` is the user's.
        origin: address on the hub that it was downloaded from; "" where it came from elsewhere.
        commit: that was downloaded.
    """

    id: str
    title: str
    folder: str
    licence: str
    files: tuple[FileSpec, ...]
    source: str = ""
    origin: str = ""
    commit: str = ""

    @property
    def is_owned(self) -> bool:
        """True where mmdesk made the folder, and deletes it with the model."""
        return bool(self.source or self.origin)

    @property
    def users_path(self) -> str:
        """The user's own folder or file; "" of a model that mmdesk downloaded."""
        return "" if self.origin else self.source or self.folder


class LocalModels:
    """List of the user's own folders, stored under `root`."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def models(self) -> tuple[LocalModel, ...]:
        """Return all of them; nothing where the list cannot be read."""
        try:
            stored = json.loads((self._root / LIST).read_text(encoding="utf-8"))
            return tuple(_model(entry) for entry in stored["models"])
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return ()

    def find(self, part_id: str) -> LocalModel | None:
        """Return the folder with this id, or None."""
        return next((model for model in self.models() if model.id == part_id), None)

    def add(
        self,
        path: Path,
        cancel: CancelFlag | None = None,
        on_bytes: Callable[[int], None] = lambda count: None,
        title: str = "",
        came_from: tuple[str, str] = ("", ""),
    ) -> LocalModel:
        """Check a model folder or a GGUF file and add it to the list.

        One that is on the list already is read again and keeps its id.

        Args:
            path: folder with a transformers model, or GGUF file.
            cancel: stops the work when set.
            on_bytes: called with the bytes of weights that were converted so far.
            title: the model's name; that of the folder or file where empty.
            came_from: address and commit on the hub that a GGUF file was downloaded from.

        Raises:
            InputError: there is no model that can be loaded, for the reason given.
            Cancelled: `cancel` was set.
        """
        given = path.expanduser().absolute()
        path = given.resolve()
        if path.is_file():
            added = self._convert(given, title, came_from, cancel or NeverCancelled(), on_bytes)
        else:
            names = check_model_folder(path)
            files = _digests(path, names, cancel or NeverCancelled())
            title = title or _folder_title(path)
            added = LocalModel(
                self._id_of(str(path), title), title, str(path), _licence(path), files
            )
        self._put(added)
        return added

    def add_downloaded(
        self,
        folder: Path,
        files: tuple[FileSpec, ...],
        title: str,
        licence: str,
        came_from: tuple[str, str],
    ) -> LocalModel:
        """Check a downloaded folder, move it beside the installed parts and add it to the list.

        Args:
            folder: holds the model and nothing else.
            files: its files.
            title: the model's name.
            licence: that the hub states.
            came_from: address and commit on the hub.

        Raises:
            InputError: it holds no text model that can be loaded.
        """
        names = set(check_model_folder(folder))
        part_id = self._id_of(came_from[0], title)
        target = self._root / part_id
        shutil.rmtree(target, ignore_errors=True)
        os.replace(folder, target)
        loaded = tuple(file for file in files if file.name in names)
        added = LocalModel(part_id, title, str(target), licence, loaded, "", *came_from)
        self._put(added)
        return added

    def _put(self, added: LocalModel) -> None:
        self._write([model for model in self.models() if model.id != added.id] + [added])

    def _convert(
        self,
        path: Path,
        title: str,
        came_from: tuple[str, str],
        cancel: CancelFlag,
        on_bytes: Callable[[int], None],
    ) -> LocalModel:
        """Convert a GGUF file into a folder of its own."""
        from mmdesk.models.convert import convert_own_gguf

        header = check_gguf(path)
        title = title or title_of(path, header)
        self._check_space(path)
        part_id = self._id_of(came_from[0] or str(path), title)
        new, target = self._root / ".converting" / part_id, self._root / part_id
        shutil.rmtree(new.parent, ignore_errors=True)  # with what a killed process left
        make_private_folder(new)
        try:
            convert_own_gguf(path, new, header.architecture, on_bytes, cancel)
            names = check_model_folder(new)
            files = _digests(new, names, cancel)
            shutil.rmtree(target, ignore_errors=True)
            os.replace(new, target)
        finally:
            shutil.rmtree(new.parent, ignore_errors=True)
        licence = str(header.fields.get("general.license") or "")[:40]
        source = "" if came_from[0] else str(path)
        return LocalModel(part_id, title, str(target), licence, files, source, *came_from)

    def _check_space(self, path: Path) -> None:
        """Check that the disk takes the weights as int8 and, meanwhile, as bfloat16.

        Both are about as large as 4-bit codes of the same weights, times two and times four.
        """
        make_private_folder(self._root)
        needed = 6 * path.stat().st_size
        if shutil.disk_usage(self._root).free < needed:
            raise InputError(
                "There is not enough space on the disk to convert {name}: it takes up to {size}.",
                name=path.name,
                size=readable_size(needed),
            )

    def _id_of(self, place: str, name: str) -> str:
        """Return the id that the folder, file or address has on the list, or a new one."""
        known = {model.origin or model.source or model.folder: model.id for model in self.models()}
        return known.get(place) or self._free_id(name)

    def forget(self, part_id: str) -> None:
        """Remove a model from the list, and what was converted for it.

        The user's own folder or file stays as it is.
        """
        gone = self.find(part_id)
        self._write([model for model in self.models() if model.id != part_id])
        if gone is not None and gone.is_owned:
            shutil.rmtree(self._root / gone.id, ignore_errors=True)

    def _free_id(self, name: str) -> str:
        stem = PREFIX + (re.sub(r"[^a-z0-9.]+", "-", name.lower()).strip("-.") or "model")
        taken = {model.id for model in self.models()}
        ids = [stem, *(f"{stem}-{at}" for at in range(2, len(taken) + 3))]
        return next(part_id for part_id in ids if part_id not in taken)

    def _write(self, models: list[LocalModel]) -> None:
        make_private_folder(self._root)
        new = self._root / f".{LIST}.new"
        stored = {"models": [asdict(model) for model in models]}
        with open_private(new, "w") as file:
            file.write(json.dumps(stored, indent=2, ensure_ascii=False) + "\n")
        os.replace(new, self._root / LIST)


def info_of(model: LocalModel) -> ModelInfo:
    """Describe a folder for the user; its size is that of the loaded files."""
    folder = Path(model.folder)
    size = sum(file.size for file in model.files)
    takes = capabilities_of(folder)
    return ModelInfo(
        id=model.id,
        title=model.title,
        role="language",
        takes=takes.kinds,
        licence=model.licence,
        download_bytes=0,
        disk_bytes=size,
        installed=(folder / "config.json").is_file(),
        default=False,
        note="",
        capabilities=takes,
    )


def verify_local(model: LocalModel, cancel: CancelFlag) -> None:
    """Compare a folder with its digests from when it was added.

    Raises:
        ModelUnavailable: it is missing or has changed; the message names the file.
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
            "{title} cannot be read: {file} is missing or locked.",
            "It should be in {folder}. Put it back, or add the folder at its new place.",
            title=model.title,
            file=name,
            folder=str(folder),
        ) from problem


def _folder_title(folder: Path) -> str:
    """Return a folder's name; for a snapshot in the hub's cache that of the model."""
    repository = folder.parent.parent.name
    if folder.parent.name == "snapshots" and repository.startswith("models--"):
        return repository.rpartition("--")[2]
    return folder.name


def _digests(folder: Path, names: list[str], cancel: CancelFlag) -> tuple[FileSpec, ...]:
    """Return the size and the digest of each of the files.

    Raises:
        InputError: one cannot be read.
        Cancelled: `cancel` was set.
    """
    try:
        digests = sha256_all([folder / name for name in names], cancel)
        sizes = {name: (folder / name).stat().st_size for name in names}
    except OSError as problem:
        name = Path(str(problem.filename or folder)).name
        raise InputError(
            "{name} cannot be read: {reason}.", name=name, reason=problem.strerror
        ) from problem
    return tuple(FileSpec(name, sizes[name], digests[folder / name]) for name in names)


def check_model_folder(folder: Path, *, description_only: bool = False) -> list[str]:
    """Return the names of the files that are loaded.

    Args:
        folder: holds the model.
        description_only: its weights are not there yet, and are not checked.

    Raises:
        InputError: the folder holds no model that can be loaded as it is.
    """
    if not folder.is_dir():
        raise InputError("{name} is not a folder.", name=folder.name)
    config = _read_json(
        folder,
        "config.json",
        InputError(
            "{folder} is not a transformers model: {file} is missing.",
            folder=folder.name,
            file="config.json",
        ),
    )
    _check_config(folder, config)
    weights: list[str] = []
    if not description_only:
        weights, tensors = _weight_files(folder)
        check_tensors(folder.name, config, tensors)
    _read_json(
        folder,
        "tokenizer.json",
        InputError(
            "{folder} has no tokenizer: {file} is missing.",
            folder=folder.name,
            file="tokenizer.json",
        ),
    )
    optional = ["tokenizer_config.json", "chat_template.jinja", "generation_config.json"]
    if is_multimodal(config):
        check_processor(folder, config)
        optional += PROCESSOR_FILES
    present = [name for name in optional if (folder / name).is_file()]
    _check_template(folder, present)
    return ["config.json", "tokenizer.json", *present, *weights]


def _check_config(folder: Path, config: Mapping[str, Any]) -> None:
    if "auto_map" in config:
        raise InputError(
            "{folder} needs its own program code, which mmdesk never runs.",
            "Choose a model that transformers supports by itself.",
            folder=folder.name,
        )
    architectures = config.get("architectures")
    if not isinstance(architectures, list):
        architectures = []
    is_text = any(str(name).endswith("ForCausalLM") for name in architectures)
    if not is_text and not is_multimodal(config):
        if not architectures:
            raise InputError("{folder} is not a model for chat.", folder=folder.name)
        raise InputError(
            "{folder} is not a model for chat: it is made for {architecture}.",
            folder=folder.name,
            architecture=", ".join(map(str, architectures)),
        )
    if config.get("quantization_config"):
        raise InputError(
            "{folder} is quantised in a format that mmdesk does not support.",
            "Choose the model's original weights (bf16 or fp16).",
            folder=folder.name,
        )


def _weight_files(folder: Path) -> tuple[list[str], dict[str, Tensor]]:
    """Return the files' names, and the tensors in them."""
    if (folder / WEIGHTS).is_file():
        names = [WEIGHTS]
    elif (folder / INDEX).is_file():
        weight_map = _read_json(folder, INDEX).get("weight_map")
        names = sorted(set(map(str, weight_map.values()))) if isinstance(weight_map, dict) else []
    else:
        raise InputError(
            "{folder} has no safetensors weights.",
            "Pickled weights (.bin, .pt) can run code, so mmdesk never loads them.",
            folder=folder.name,
        )
    tensors: dict[str, Tensor] = {}
    for name in names:
        tensors |= _tensors(folder, name)
    return [*names, *([INDEX] if names != [WEIGHTS] else [])], tensors


def _tensors(folder: Path, name: str) -> dict[str, Tensor]:
    """Check by its header whether a safetensors file is complete.

    The rest of an interrupted download is found in a moment.
    """
    path = folder / name
    if Path(name).name != name or not path.is_file():
        raise InputError(
            "{folder} is incomplete: {file} is missing.", folder=folder.name, file=name
        )
    try:
        return read_header(path)
    except (OSError, ValueError) as problem:
        raise InputError(
            "{folder} is incomplete: {file} is cut off or damaged.",
            "Download it again.",
            folder=folder.name,
            file=name,
        ) from problem


def _check_template(folder: Path, present: list[str]) -> None:
    if "chat_template.jinja" in present:
        if (folder / "chat_template.jinja").stat().st_size > MAX_TEMPLATE_BYTES:
            raise InputError(
                "{folder}: {file} cannot be read.", folder=folder.name, file="chat_template.jinja"
            )
        return
    for name in ("tokenizer_config.json", "chat_template.json"):
        if name in present and _read_json(folder, name).get("chat_template"):
            return
    raise InputError(
        "{folder} has no chat template: it continues text but does not answer.",
        "Choose the model's instruct or chat version.",
        folder=folder.name,
    )


def _read_json(folder: Path, name: str, if_missing: InputError | None = None) -> dict[str, Any]:
    path = folder / name
    unreadable = InputError("{folder}: {file} cannot be read.", folder=folder.name, file=name)
    try:
        stored = json.loads(read_regular(path))
    except FileNotFoundError:
        raise if_missing or unreadable from None
    except (OSError, ValueError, RecursionError) as problem:
        raise unreadable from problem
    if not isinstance(stored, dict):
        raise unreadable
    return stored


def _licence(folder: Path) -> str:
    """Return the licence from the front matter of the model card; "" where it names none."""
    try:
        head = read_head(folder / "README.md", 4000).decode("utf-8", "replace")
    except OSError:
        return ""
    found = re.search(r"^license:\s*['\"]?([\w.\-+ ]{1,40})", head, re.MULTILINE)
    return found.group(1).strip() if found else ""


def _model(entry: dict[str, Any]) -> LocalModel:
    files = tuple(FileSpec(**file) for file in entry.pop("files"))
    return LocalModel(**entry, files=files)


def _changed(model: LocalModel, name: str) -> ModelUnavailable:
    if model.origin:
        return ModelUnavailable(
            "{title} has changed since it was downloaded: {file} is a different file.",
            "Remove it and download it again: mmdesk models get {address}",
            title=model.title,
            file=name,
            address=model.origin,
        )
    return ModelUnavailable(
        "{title} has changed since it was added: {file} is a different file.",
        "If you changed it, add the folder again: {folder}",
        title=model.title,
        file=name,
        folder=model.folder,
    )
