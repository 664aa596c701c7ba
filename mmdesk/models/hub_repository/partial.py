"""Unfinished downloads from the hub: kept on the disk until they are resumed or discarded.

Each has a folder of its own under `.partial` beside the installed models, named by the address and
the commit. It is never listed as a model.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from pathlib import Path

from mmdesk.models.hub_repository.address import HubAddress
from mmdesk.private_files import make_private_folder
from mmdesk.values import HubFile, HubPlan, UnfinishedDownload

NOTE = "download.json"
FILES = "files"  # folder of the files beside the note


def partial_folder(root: Path, chosen: HubAddress) -> Path:
    """Return where the unfinished download of one commit lies.

    Args:
        root: folder of the installed models.
        chosen: the model, at its commit.
    """
    return root / ".partial" / f"hub-{_stem(chosen)}@{chosen.revision[:12]}"


def begin(root: Path, hub_plan: HubPlan) -> Path:
    """Create the folder of a download and return where its files go.

    What is left of another commit of the same model is deleted.
    """
    chosen = HubAddress.parse(hub_plan.id)
    folder = partial_folder(root, chosen)
    for other in folder.parent.glob(f"hub-{_stem(chosen)}@*"):
        if other != folder:
            shutil.rmtree(other, ignore_errors=True)
    files = folder / FILES / hub_plan.title
    make_private_folder(files)
    noted = {"id": hub_plan.id, "title": hub_plan.title, "bytes": hub_plan.total_bytes}
    (folder / NOTE).write_text(json.dumps(noted) + "\n", encoding="utf-8")
    return files


def kept_bytes(folder: Path, files: Iterable[HubFile]) -> int:
    """Return how many bytes of these files an interrupted download has left."""
    return sum(_length(folder, file) for file in files)


def unfinished_downloads(root: Path) -> tuple[UnfinishedDownload, ...]:
    """Return the downloads that were interrupted."""
    found = []
    for note in sorted((root / ".partial").glob(f"hub-*/{NOTE}")):
        try:
            noted = json.loads(note.read_text(encoding="utf-8"))
            total, title, address = int(noted["bytes"]), str(noted["title"]), str(noted["id"])
            kept = sum(path.stat().st_size for path in note.parent.rglob("*") if path.is_file())
        except (OSError, ValueError, LookupError, TypeError):
            continue
        found.append(UnfinishedDownload(address, title, min(kept, total), total))
    return tuple(found)


def discard_download(root: Path, address: HubAddress) -> bool:
    """Delete what an interrupted download of a model has left; return whether there was any."""
    left = list((root / ".partial").glob(f"hub-{_stem(address)}@*"))
    for folder in left:
        shutil.rmtree(folder, ignore_errors=True)
    return bool(left)


def _stem(address: HubAddress) -> str:
    return address.origin.replace("/", "--").replace(":", "--")


def _length(folder: Path, file: HubFile) -> int:
    for files in folder.glob(f"{FILES}/*"):
        for path in (files / file.name, files / f"{file.name}.part"):
            if path.is_file():
                return min(file.size, path.stat().st_size)
    return 0
