"""Plan of a download from the hub: which files, how large, and whether mmdesk can use the model.

Only weights in safetensors and what describes them are ever downloaded: no code and no pickles.
The description is read first, so that a model that cannot be used costs no gigabytes.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from mmdesk.errors import InputError, MMDeskError
from mmdesk.models.fetch_errors import readable_size
from mmdesk.models.hardware_fit import DISK_MARGIN, RUNTIME
from mmdesk.models.hub_repository.address import HubAddress
from mmdesk.models.hub_repository.hub_client import HubRepository
from mmdesk.models.hub_repository.partial import kept_bytes, partial_folder
from mmdesk.models.own_folders import INDEX, WEIGHTS, check_model_folder
from mmdesk.models.own_gguf import PICTURE_PART, SUFFIX
from mmdesk.values import CancelFlag, HubFile, HubPlan

# Configuration, tokenizer and processor; nothing here is run, and nothing else is downloaded.
DESCRIPTIONS = (
    "config.json",
    "generation_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "tokenizer.model",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.json",
    "merges.txt",
    "tekken.json",
    "chat_template.jinja",
    "chat_template.json",
    "processor_config.json",
    "preprocessor_config.json",
    "video_preprocessor_config.json",
)
CARD = "README.md"  # its head names the licence
# Read before the download; the tokenizer itself may have 30 MB and is checked after it.
CHECKED = tuple(
    name for name in DESCRIPTIONS if name.endswith("config.json") or "chat_template" in name
)
CONVERSION_SPACE = 6  # times a GGUF file's size: its weights in bfloat16 and then in int8
MAX_LISTED = 8  # GGUF files in a sentence


def plan_download(address: HubAddress, root: Path, cancel: CancelFlag) -> HubPlan:
    """Ask the hub about a model and plan its download; nothing is kept on the disk.

    Args:
        address: of the model.
        root: folder of the installed models.
        cancel: gives up when set.

    Raises:
        AccessNeeded: the model is gated or private.
        MMDeskError: the hub does not answer, or mmdesk cannot use the model.
        Cancelled: `cancel` was set.
    """
    repository = HubRepository(address, cancel)
    described = repository.description()
    commit, listed = _listing(described, address)
    if address.file or _is_gguf_only(listed):
        files = [_gguf_file(address, listed)]
        repository.check_access(files[0], commit)
        chosen = address.at(commit, files[0].path)
    else:
        _check_listing(address, listed)
        repository.check_access(listed["config.json"], commit)
        _check(repository, listed, commit)
        files = _model_files(repository, listed, commit)
        chosen = address.at(commit, "")
    kept = kept_bytes(partial_folder(root, chosen), files)
    size = sum(file.size for file in files)
    return HubPlan(
        id=chosen.id,
        title=_title(chosen),
        repository=address.repository,
        revision=address.revision,
        commit=commit,
        files=tuple(files),
        kept_bytes=kept,
        needed_bytes=size - kept + DISK_MARGIN + (CONVERSION_SPACE * size if chosen.file else 0),
        licence=_licence(described),
        gated=bool(getattr(described, "gated", False)),
        memory_bytes=size + RUNTIME,
    )


def check_disk(hub_plan: HubPlan, root: Path) -> None:
    """Check that the disk takes the download.

    Raises:
        MMDeskError: it does not.
    """
    existing = next(path for path in (root, *root.parents) if path.exists())
    free = shutil.disk_usage(existing).free
    if free < hub_plan.needed_bytes:
        raise MMDeskError(
            "Not enough disk space for {title}: {needed} needed, {free} free in {folder}.",
            "Free some disk space, or move mmdesk's folder by setting MMDESK_HOME.",
            title=hub_plan.title,
            needed=readable_size(hub_plan.needed_bytes),
            free=readable_size(free),
            folder=str(existing),
        )


def _listing(described: Any, address: HubAddress) -> tuple[str, dict[str, HubFile]]:
    """Return the commit and the files that the hub lists, with a digest each."""
    commit = str(described.sha or "")
    files: dict[str, HubFile] = {}
    for sibling in described.siblings or ():
        sha256 = sibling.lfs.sha256 if sibling.lfs else ""
        if sibling.size is not None and (sha256 or sibling.blob_id):
            path = str(sibling.rfilename)
            blob = "" if sha256 else str(sibling.blob_id)
            files[path] = HubFile(path, int(sibling.size), sha256, blob)
    if len(commit) != 40 or not set(commit) <= set("0123456789abcdef"):
        raise MMDeskError(
            "The answer of the model hub about {model} cannot be read.",
            "Check the address in HF_ENDPOINT, if you have set it.",
            model=address.repository,
        )
    return commit, files


def _check_listing(address: HubAddress, listed: dict[str, HubFile]) -> None:
    """Check by their names that the files of a model are there."""
    for name, template in (
        ("config.json", "{folder} is not a transformers model: {file} is missing."),
        ("tokenizer.json", "{folder} has no tokenizer: {file} is missing."),
    ):
        if name not in listed:
            raise InputError(template, folder=address.name, file=name)
    if WEIGHTS not in listed and INDEX not in listed:
        raise InputError(
            "{folder} has no safetensors weights.",
            "Pickled weights (.bin, .pt) can run code, so mmdesk never loads them.",
            folder=address.name,
        )


def _check(repository: HubRepository, listed: dict[str, HubFile], commit: str) -> None:
    """Check a model's description as that of a folder of the user's own is checked."""
    with tempfile.TemporaryDirectory(prefix="mmdesk-") as temporary:
        folder = Path(temporary) / repository.address.name
        folder.mkdir()
        (folder / "tokenizer.json").write_text("{}", encoding="utf-8")  # listed, and checked later
        for name in CHECKED:
            if name in listed:
                (folder / name).write_bytes(repository.text(listed[name], commit))
        check_model_folder(folder, description_only=True)


def _model_files(
    repository: HubRepository, listed: dict[str, HubFile], commit: str
) -> list[HubFile]:
    """Return the description's files and those with the weights, in one file or in several."""
    names = [*DESCRIPTIONS, CARD]
    if WEIGHTS in listed:
        names.append(WEIGHTS)
    else:
        index = repository.json(listed[INDEX], commit).get("weight_map")
        shards = sorted({str(name) for name in index.values()}) if isinstance(index, dict) else []
        for shard in shards or ["?"]:
            if shard not in listed or "/" in shard or not shard.endswith(".safetensors"):
                raise InputError(
                    "{folder} is incomplete: {file} is missing.",
                    folder=repository.address.name,
                    file=shard,
                )
        names += [INDEX, *shards]
    return [listed[name] for name in names if name in listed]


def _is_gguf_only(listed: dict[str, HubFile]) -> bool:
    return "config.json" not in listed and any(_is_model_gguf(path) for path in listed)


def _is_model_gguf(path: str) -> bool:
    name = path.rpartition("/")[2].lower()
    return name.endswith(SUFFIX) and not name.startswith(PICTURE_PART)


def _gguf_file(address: HubAddress, listed: dict[str, HubFile]) -> HubFile:
    """Return the GGUF file with the address's path, or the only one with that in its name."""
    models = {path: file for path, file in listed.items() if _is_model_gguf(path)}
    if address.file in models:
        return models[address.file]
    wanted = address.file.lower()
    found = [file for path, file in models.items() if wanted in path.lower()]
    if len(found) == 1:
        return found[0]
    if not models:
        raise InputError("{model} has no file {file}.", model=address.repository, file=address.file)
    several = sorted(found or models.values(), key=lambda file: file.size)
    raise InputError(
        "{model} has several GGUF files: {files}.",
        "Add the one you want, for example: {example}",
        model=address.repository,
        files=_names(several),
        example=f"{address.repository}:{_advised(several).path}",
    )


def _names(files: Iterable[HubFile]) -> str:
    names = [f"{file.path} ({readable_size(file.size)})" for file in files]
    more = ["…"] if len(names) > MAX_LISTED else []
    return ", ".join(names[:MAX_LISTED] + more)


def _advised(files: list[HubFile]) -> HubFile:
    """Return the file with weights in 8 bits, as mmdesk computes; else in 4, else the smallest."""
    for kind in ("q8_0", "q4_k_m"):
        for file in files:
            if kind in file.name.lower():
                return file
    return files[0]


def _title(chosen: HubAddress) -> str:
    if not chosen.file:
        return chosen.name
    return Path(chosen.file).name[: -len(SUFFIX)]


def _licence(described: Any) -> str:
    """Return the licence that the model's card states."""
    card = getattr(described, "card_data", None)
    stated = getattr(card, "license_name", None) or getattr(card, "license", None)
    if not isinstance(stated, str):
        tags = (str(tag) for tag in getattr(described, "tags", None) or ())
        stated = next((tag[8:] for tag in tags if tag.startswith("license:")), "")
    return " ".join(stated.split())[:60]
