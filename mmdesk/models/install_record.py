"""installed.json: what an installed folder holds, and the check that it still does.

The record is written last, inside a folder that is then renamed into place, so a folder with a
record is whole. Weights are compared with the manifest as well: changing a file and the record
beside it is noticed.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from mmdesk.errors import ModelUnavailable
from mmdesk.models.digests import sha256_all
from mmdesk.models.manifest import FileSpec, ModelPart
from mmdesk.values import CancelFlag

RECORD = "installed.json"
# Of the conversion (models/convert.py). To be raised when the same files would give other bytes.
# 2: language models in 8 bits; what 1 made of them (bfloat16) still works and is upgraded from.
CONVERTER_VERSION = 2


@dataclass(frozen=True, slots=True)
class Record:
    """What stands in installed.json.

    Attributes:
        source: where the files came from.
        converter: CONVERTER_VERSION of the conversion.
        stands_in_for: the id of the part in whose place this one was fetched, or "".
        files: everything in the folder but the record.
    """

    part: str
    source: str
    converter: int
    stands_in_for: str = ""
    files: tuple[FileSpec, ...] = field(default=())


def write_record(folder: Path, record: Record, cancel: CancelFlag) -> None:
    """Hash the folder's files and write the record beside them."""
    paths = sorted(path for path in folder.iterdir() if path.name != RECORD)
    digests = sha256_all(paths, cancel)
    files = tuple(FileSpec(path.name, path.stat().st_size, digests[path]) for path in paths)
    stored = {**asdict(record), "files": [asdict(file) for file in files]}
    (folder / RECORD).write_text(json.dumps(stored, indent=2) + "\n", encoding="utf-8")


def read_record(folder: Path) -> Record | None:
    """The record, or None where there is none that can be read."""
    try:
        stored: dict[str, Any] = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        files = tuple(FileSpec(**file) for file in stored.pop("files"))
        return Record(**stored, files=files)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def check_folder(part: ModelPart, folder: Path, cancel: CancelFlag) -> None:
    """Read and hash everything in the folder.

    Raises:
        ModelUnavailable: a file is missing, changed or was added; the message names it.
        Cancelled: `cancel` was set.
    """
    record = read_record(folder)
    if record is None or record.part != part.id:
        raise damaged(part, f"{RECORD} is missing or cannot be read")
    expected = {file.name: file for file in record.files}
    for pin in part.earlier if is_outdated(part, record) else part.pinned:
        if expected.get(pin.name) != pin:
            raise damaged(part, f"{pin.name} is not the one that belongs to it")
    _check_names(part, folder, set(expected))
    _check_bytes(part, folder, expected, cancel)


def is_outdated(part: ModelPart, record: Record) -> bool:
    """Whether an earlier converter made the folder, from which this one can go on."""
    return bool(part.earlier) and record.converter < CONVERTER_VERSION


def _check_names(part: ModelPart, folder: Path, expected: set[str]) -> None:
    """A file that was added counts, too: loaders pick up adapters and templates by name."""
    present = {p.name for p in folder.iterdir() if not p.name.startswith(".")} - {RECORD}
    if missing := sorted(expected - present):
        raise damaged(part, f"{missing[0]} is missing")
    if added := sorted(present - expected):
        raise damaged(part, f"{added[0]} was added to it")


def _check_bytes(
    part: ModelPart, folder: Path, expected: dict[str, FileSpec], cancel: CancelFlag
) -> None:
    try:
        for name, file in expected.items():
            if (folder / name).stat().st_size != file.size:
                raise damaged(part, f"{name} has changed")
        for path, digest in sha256_all([folder / name for name in expected], cancel).items():
            if digest != expected[path.name].sha256:
                raise damaged(part, f"{path.name} has changed")
    except OSError as problem:
        raise damaged(part, f"{problem.filename or 'a file'} cannot be read") from problem


def damaged(part: ModelPart, what: str) -> ModelUnavailable:
    """The error of a part that is there but is not what it should be."""
    return ModelUnavailable(
        f"The model part {part.id} failed its verification: {what}.",
        f"Fetch it again: mmdesk models get {part.id}",
    )
