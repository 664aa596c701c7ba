"""Frozen values about a model on the hub, exchanged by the window and the child that asks it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HubFile:
    """File of a repository on the hub.

    Attributes:
        path: inside the repository.
        size: in bytes.
        sha256: of a large file; "" where the hub states only `blob_id`.
        blob_id: git's digest of a small file; "" where the hub states `sha256`.
    """

    path: str
    size: int
    sha256: str = ""
    blob_id: str = ""

    @property
    def name(self) -> str:
        """Name without the folders."""
        return self.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class HubPlan:
    """Plan of the download of a model from the hub.

    Attributes:
        id: address of the model with the commit, by which it is downloaded.
        title: its name.
        repository: OWNER/NAME.
        revision: branch, tag or commit that was asked for.
        commit: that the revision stands for now.
        files: those that are downloaded.
        kept_bytes: of them that are on the disk from an interrupted download.
        needed_bytes: that the disk has to have free.
        licence: name of the licence, "" where none is stated.
        gated: the hub gives it only to accounts that have accepted the makers' terms.
        memory_bytes: about what the model takes when it works.
    """

    id: str
    title: str
    repository: str
    revision: str
    commit: str
    files: tuple[HubFile, ...]
    kept_bytes: int
    needed_bytes: int
    licence: str
    gated: bool
    memory_bytes: int = 0

    @property
    def total_bytes(self) -> int:
        """Size of all files."""
        return sum(file.size for file in self.files)


@dataclass(frozen=True, slots=True)
class UnfinishedDownload:
    """Download of a model from the hub that was interrupted.

    Attributes:
        id: as in `HubPlan`.
        title: the model's name.
        kept_bytes: that are on the disk.
        total_bytes: of all files.
    """

    id: str
    title: str
    kept_bytes: int
    total_bytes: int
