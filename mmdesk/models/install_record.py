"""Record of an installed folder (installed.json), and the check of the folder against it.

The record is written last, inside a folder that is then renamed into place, so a folder with a
record is complete. Weights are compared with the manifest as well, so that changing a file together
with its record is noticed.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from mmdesk.errors import ModelUnavailable
from mmdesk.models.digests import sha256_all
from mmdesk.models.manifest import FileSpec, ModelPart
from mmdesk.translatable import TranslatableText
from mmdesk.values import CancelFlag

RECORD = "installed.json"
# Of the conversion (models/convert.py). To be raised when the same files would give other bytes.
# 2: language models in int8; those of version 1 (bfloat16) still work and are upgraded.
# 3: parts whose weights are "int4" have 4-bit codes; those of version 2 still work, too.
CONVERTER_VERSION = 3


@dataclass(frozen=True, slots=True)
class Record:
    """Content of installed.json.

    Attributes:
        part: id of the part.
        source: where the files came from.
        converter: CONVERTER_VERSION of the conversion.
        stands_in_for: id of the part as whose fallback this one was downloaded, or "".
        files: everything in the folder but the record.
    """

    part: str
    source: str
    converter: int
    stands_in_for: str = ""
    files: tuple[FileSpec, ...] = field(default=())


def write_record(folder: Path, record: Record, cancel: CancelFlag) -> None:
    """Hash the folder's files and write the record into the folder."""
    paths = [folder / name for name in sorted(_names(folder))]
    digests = sha256_all(paths, cancel)
    files = tuple(
        FileSpec(path.relative_to(folder).as_posix(), path.stat().st_size, digests[path])
        for path in paths
    )
    stored = {**asdict(record), "files": [asdict(file) for file in files]}
    (folder / RECORD).write_text(json.dumps(stored, indent=2) + "\n", encoding="utf-8")


def read_record(folder: Path) -> Record | None:
    """Read the record; None where it is missing or cannot be read."""
    try:
        stored: dict[str, Any] = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        files = tuple(FileSpec(**file) for file in stored.pop("files"))
        return Record(**stored, files=files)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def check_folder(part: ModelPart, folder: Path, cancel: CancelFlag) -> None:
    """Hash everything in the folder and compare it with the record.

    Raises:
        ModelUnavailable: a file is missing, changed or was added; the message names it.
        Cancelled: `cancel` was set.
    """
    record = read_record(folder)
    if record is None or record.part != part.id:
        raise damaged(part, TranslatableText("{file} is missing or cannot be read", file=RECORD))
    expected = {file.name: file for file in record.files}
    for pin in part.earlier.get(record.converter, part.pinned):
        if expected.get(pin.name) != pin:
            raise damaged(
                part, TranslatableText("{file} does not belong to this model", file=pin.name)
            )
    _check_names(part, folder, set(expected))
    _check_bytes(part, folder, expected, cancel)


def is_outdated(part: ModelPart, record: Record) -> bool:
    """Return whether an earlier converter wrote the folder, so that it can be upgraded."""
    return record.converter in part.earlier


def _check_names(part: ModelPart, folder: Path, expected: set[str]) -> None:
    """Check for missing and added files: loaders pick up adapters and templates by name."""
    present = _names(folder)
    if missing := sorted(expected - present):
        raise damaged(part, TranslatableText("{file} is missing", file=missing[0]))
    if added := sorted(present - expected):
        raise damaged(part, TranslatableText("{file} was added to it", file=added[0]))


def _names(folder: Path) -> set[str]:
    """Return the files in a folder and in those below it, but for the record and hidden ones."""
    paths = (path.relative_to(folder) for path in folder.rglob("*") if not path.is_dir())
    shown = (path for path in paths if not path.name.startswith("."))
    return {path.as_posix() for path in shown} - {RECORD}


def _check_bytes(
    part: ModelPart, folder: Path, expected: dict[str, FileSpec], cancel: CancelFlag
) -> None:
    try:
        for name, file in expected.items():
            if (folder / name).stat().st_size != file.size:
                raise damaged(part, TranslatableText("{file} has changed", file=name))
        for path, digest in sha256_all([folder / name for name in expected], cancel).items():
            name = path.relative_to(folder).as_posix()
            if digest != expected[name].sha256:
                raise damaged(part, TranslatableText("{file} has changed", file=name))
    except OSError as problem:
        name = problem.filename or TranslatableText("a file")
        raise damaged(part, TranslatableText("{file} cannot be read", file=name)) from problem


def damaged(part: ModelPart, reason: TranslatableText) -> ModelUnavailable:
    """Return the error of an installed part that failed its verification."""
    return ModelUnavailable(
        "The model {part} failed its verification: {reason}.",
        "Download it again: mmdesk models get {part}",
        part=part.id,
        reason=reason,
    )
