"""Installation of a model from the hub: downloaded, compared with the hub's digests, and listed.

The model is put on the list of models, with the commit and the digests of its files, when all of it
is on the disk and has been checked. It is loaded from there, without the hub, from then on.
"""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from mmdesk.errors import MMDeskError, ModelUnavailable
from mmdesk.models.digests import sha256_all
from mmdesk.models.download import download
from mmdesk.models.fetch_errors import SourceFailed, stop_if
from mmdesk.models.hub_repository.address import HubAddress
from mmdesk.models.hub_repository.hub_client import HubRepository
from mmdesk.models.hub_repository.partial import begin, partial_folder
from mmdesk.models.hub_repository.plan import check_disk, plan_download
from mmdesk.models.manifest import FileSpec
from mmdesk.models.model_store import ModelStore
from mmdesk.models.own_folders import LocalModel
from mmdesk.network import open_client
from mmdesk.private_files import FILE_MODE, make_private_folder, restrict_tree
from mmdesk.translatable import TranslatableText
from mmdesk.values import CancelFlag, FetchProgress, HubFile, HubPlan

REPORT_EVERY = 0.1  # seconds

OnProgress = Callable[[FetchProgress], None]


def install_from_hub(
    store: ModelStore, address: HubAddress, on_progress: OnProgress, cancel: CancelFlag
) -> LocalModel:
    """Download a model from the hub, check it and list it; an interrupted call is resumed.

    Args:
        store: keeps the models.
        address: of the model, at a commit where it was planned before.
        on_progress: called with the progress; its part is `address.id`.
        cancel: stops the download when set.

    Raises:
        MMDeskError: the hub refuses, does not answer or delivers something else, the disk is too
            small, or mmdesk cannot use the model.
        Cancelled: `cancel` was set; the next call resumes.
    """
    hub_plan = plan_download(address, store.root, cancel)
    check_disk(hub_plan, store.root)
    return HubInstaller(store, hub_plan, address.id, on_progress, cancel).run()


class HubInstaller:
    """Installation of one planned model.

    Args:
        store: keeps the models.
        hub_plan: what is downloaded.
        part: id of the progress.
        on_progress: called with the progress.
        cancel: stops the installation when set.
    """

    def __init__(
        self,
        store: ModelStore,
        hub_plan: HubPlan,
        part: str,
        on_progress: OnProgress,
        cancel: CancelFlag,
    ) -> None:
        self._store, self._plan, self._part = store, hub_plan, part
        self._on_progress, self._cancel = on_progress, cancel
        self._address = HubAddress.parse(hub_plan.id)
        self._reported = 0.0

    def run(self) -> LocalModel:
        """Download, compare and list the model.

        Raises:
            MMDeskError, Cancelled: as `install_from_hub`.
        """
        # Imported late: it imports asyncio, 30 ms that reading the store need not spend.
        from filelock import FileLock, Timeout

        root = self._store.root
        make_private_folder(root / ".partial")
        lock = FileLock(root / ".partial" / ".lock-hub", mode=FILE_MODE)
        while True:
            try:
                with lock.acquire(timeout=0.2):
                    return self._run()
            except Timeout:  # another mmdesk downloads
                stop_if(self._cancel)
                self._report("waiting", 0, 0, now=True)

    def _run(self) -> LocalModel:
        try:
            folder = begin(self._store.root, self._plan)
            self._download(folder)
            self._report("verifying", 0, 0, now=True)
            files = self._verified(folder)
            added = self._list(folder, files)
        except OSError as problem:
            raise MMDeskError(
                "{title} cannot be written to {folder}: {reason}.",
                title=self._plan.title,
                folder=str(self._store.root),
                reason=problem.strerror or str(problem),
            ) from problem
        shutil.rmtree(partial_folder(self._store.root, self._address), ignore_errors=True)
        self._report("done", self._plan.total_bytes, self._plan.total_bytes, now=True)
        return added

    def _download(self, folder: Path) -> None:
        repository = HubRepository(self._address, self._cancel)
        reason = TranslatableText("download of {title}", title=self._plan.title)
        before = 0
        with open_client(reason, headers=repository.headers, follow_redirects=True) as client:
            for file in self._plan.files:
                target = folder / file.name
                if not file.size:
                    target.touch()
                if not (target.is_file() and target.stat().st_size == file.size):
                    url, told = repository.url(file.path, self._plan.commit), self._after(before)
                    try:
                        download(client, url, target, file.size, told, self._cancel)
                    except SourceFailed as problem:
                        raise self._not_downloaded(problem.reason) from problem
                before += file.size
                self._report("downloading", before, self._plan.total_bytes)

    def _after(self, before: int) -> Callable[[int], None]:
        """Return what tells the bytes of one file; its first ones are reported at once."""
        told = False

        def tell(here: int) -> None:
            nonlocal told
            self._report("downloading", before + here, self._plan.total_bytes, now=not told)
            told = True

        return tell

    def _verified(self, folder: Path) -> tuple[FileSpec, ...]:
        """Return the files with their digests; one that differs from the hub's is deleted.

        Raises:
            ModelUnavailable: one differs.
        """
        paths = {folder / file.name: file for file in self._plan.files}
        digests = sha256_all(list(paths), self._cancel)
        for path, file in paths.items():
            if not _is_same(path, file, digests[path]):
                path.unlink()
                raise self._not_downloaded(
                    TranslatableText(
                        "{file} is not the file that the hub describes, and was deleted",
                        file=file.name,
                    )
                )
        return tuple(
            FileSpec(path.name, path.stat().st_size, digest) for path, digest in digests.items()
        )

    def _list(self, folder: Path, files: tuple[FileSpec, ...]) -> LocalModel:
        restrict_tree(folder)
        title, came_from = self._plan.title, (self._address.origin, self._address.revision)
        if self._address.file:
            path = folder / files[0].name
            return self._store.local.add(path, self._cancel, self._on_converted, title, came_from)
        return self._store.local.add_downloaded(folder, files, title, self._plan.licence, came_from)

    def _not_downloaded(self, reason: TranslatableText) -> ModelUnavailable:
        return ModelUnavailable(
            "{title} could not be downloaded: {reason}.",
            "Try again: it resumes where it left off.",
            title=self._plan.title,
            reason=reason,
        )

    def _on_converted(self, done: int) -> None:
        self._report("converting", done, self._plan.total_bytes)

    def _report(self, stage: str, done: int, total: int, now: bool = False) -> None:
        """Report progress, but not for every chunk, since each report may repaint a window."""
        if now or time.monotonic() - self._reported >= REPORT_EVERY:
            self._reported = time.monotonic()
            title = self._plan.title
            self._on_progress(FetchProgress(self._part, title, stage, done, total))  # type: ignore[arg-type]


def _is_same(path: Path, file: HubFile, sha256: str) -> bool:
    """Return whether a file is the hub's: by its SHA-256, or by git's digest where it is small."""
    if file.sha256:
        return sha256 == file.sha256
    content = path.read_bytes()
    blob = hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False)
    return blob.hexdigest() == file.blob_id
