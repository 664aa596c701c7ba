"""The folder of installed model parts: what is there, getting more, checking, removing.

Under the root there is one folder per installed part, named by its id. Work in progress has
names that begin with a dot: `.partial/ID` (downloads, kept so that the next call carries on),
`.new-ID` (a folder being made, renamed into place when whole), `.old-ID` (one being replaced),
`.lock-ID` (held while a part is changed, so that two processes do not do it at once).
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from mmdesk import settings
from mmdesk.errors import ModelUnavailable
from mmdesk.models.fetch_errors import NoSource, readable_size, stop_if
from mmdesk.models.install_record import check_folder, is_outdated, read_record
from mmdesk.models.manifest import Manifest, ModelPart, load_manifest
from mmdesk.models.own_folders import LocalModels, info_of, verify_local
from mmdesk.values import CancelFlag, FetchProgress, ModelInfo, NeverCancelled

OnProgress = Callable[[FetchProgress], None]


class ModelStore:
    """Model parts under `root` (models/ in mmdesk's home when None). Cheap to make; any number
    of threads and processes may use the same root.
    """

    def __init__(self, root: Path | None = None, manifest: Manifest | None = None) -> None:
        self.root = root or settings.home() / "models"
        self.manifest = manifest or load_manifest()
        self.local = LocalModels(self.root)

    # --- what is there ------------------------------------------------------------------------

    def infos(self) -> tuple[ModelInfo, ...]:
        """Every known part, installed or not, and the person's own folders after them."""
        own = tuple(info_of(model) for model in self.local.models())
        return tuple(self._info(part) for part in self.manifest.parts) + own

    def _info(self, part: ModelPart) -> ModelInfo:
        return ModelInfo(
            id=part.id,
            title=part.title,
            role=part.role,
            takes=part.takes,
            licence=part.licence,
            download_bytes=part.download_bytes,
            disk_bytes=part.disk_bytes,
            installed=self.is_installed(part.id),
            default=part.default,
            note=part.note,
        )

    def is_installed(self, part_id: str) -> bool:
        """Whether the part's folder is whole, by its record alone; `verify` looks closer.

        Raises:
            InputError: there is no such part.
        """
        record = read_record(self._folder(self.manifest.part(part_id)))
        return record is not None and record.part == part_id

    def missing_defaults(self) -> tuple[str, ...]:
        """Ids of the default parts that are neither installed nor stood in for."""
        return tuple(
            part.id
            for part in self.manifest.defaults
            if not self.is_installed(part.id) and not self._stand_in(part)
        )

    def default_language(self) -> str:
        """The id of the language part that answers when none was chosen: the default, or the
        one that was fetched in its place.
        """
        part = next(part for part in self.manifest.defaults if part.role == "language")
        return part.id if self.is_installed(part.id) else self._stand_in(part) or part.id

    def _stand_in(self, part: ModelPart) -> str | None:
        if part.fallback is None:
            return None
        record = read_record(self.root / part.fallback)
        return part.fallback if record and record.stands_in_for == part.id else None

    def path(self, part_id: str) -> Path:
        """The installed part's folder.

        Raises:
            InputError: there is no such part.
            ModelUnavailable: it is not installed.
        """
        own = self.local.find(part_id)
        if own is not None:
            return Path(own.folder)
        part = self.manifest.part(part_id)
        if not self.is_installed(part_id):
            raise ModelUnavailable(
                f"The model part {part_id} ({part.title}) is not installed.",
                f"Fetch it ({readable_size(part.download_bytes)}): mmdesk models get {part_id}",
            )
        return self._folder(part)

    def verify(self, part_id: str, cancel: CancelFlag | None = None) -> None:
        """Hash every file of the part and compare. About 0.8 s of one core per GB on a CPU
        with SHA instructions, three times that without; the interpreter's lock is free
        meanwhile, so this goes well beside `import torch`.

        Raises:
            InputError: there is no such part.
            ModelUnavailable: it is not installed, or a file is missing, changed or added.
            Cancelled: `cancel` was set.
        """
        own = self.local.find(part_id)
        if own is not None:
            verify_local(own, cancel or NeverCancelled())
            return
        folder = self.path(part_id)
        check_folder(self.manifest.part(part_id), folder, cancel or NeverCancelled())

    # --- changing it --------------------------------------------------------------------------

    def install(
        self,
        part_id: str,
        on_progress: OnProgress = lambda progress: None,
        cancel: CancelFlag | None = None,
        fallback: bool = True,
    ) -> Path:
        """Fetch, verify and convert a part. A part that is there and sound is left as it is, a
        damaged one is made anew, one that an earlier version converted is converted from what
        it is; a call that was cut off before is carried on with.

        When no source delivers the part and the manifest names another to stand in for it, that
        one is fetched: progress then carries the other part's id and title, and the returned
        folder is the other part's (`path.name` is its id), which is how a caller knows what to
        tell the person. `fallback=False` raises instead.

        Raises:
            InputError: there is no such part.
            ModelUnavailable: no source delivers it, the disk is full, the conversion failed.
            Cancelled: `cancel` was set; the next call carries on where this one stopped.
        """
        cancel = cancel or NeverCancelled()
        part = self.manifest.part(part_id)
        try:
            return self._install(part, on_progress, cancel)
        except NoSource as failure:
            if part.fallback is None or not fallback:
                raise
            other = self.manifest.part(part.fallback)
            try:
                return self._install(other, on_progress, cancel, stands_in_for=part.id)
            except ModelUnavailable:
                raise failure from None

    def _install(
        self, part: ModelPart, on_progress: OnProgress, cancel: CancelFlag, stands_in_for: str = ""
    ) -> Path:
        from mmdesk.models.installer import Installer  # brings in the HTTP client

        with self._locked(part, on_progress, cancel):
            sweep(self.root, part.id)
            record = read_record(self._folder(part))
            stands_in_for = stands_in_for or (record.stands_in_for if record else "")
            installer = Installer(self.root, part, on_progress, cancel, stands_in_for)
            if record is None or not self._is_sound(part, cancel):
                installer.run()
            elif is_outdated(part, record):
                installer.upgrade(record.source)
        on_progress(FetchProgress(part.id, part.title, "done", part.disk_bytes, part.disk_bytes))
        return self._folder(part)

    def _is_sound(self, part: ModelPart, cancel: CancelFlag) -> bool:
        if not self.is_installed(part.id):
            return False
        try:
            check_folder(part, self._folder(part), cancel)
        except ModelUnavailable:
            return False
        return True

    def remove(self, part_id: str) -> None:
        """Delete a part, and what a cut download left of it.

        Raises:
            InputError: there is no such part.
            ModelUnavailable: it is not installed, or another process is changing it.
        """
        if self.local.find(part_id) is not None:
            self.local.forget(part_id)  # the folder is the person's
            return
        part = self.manifest.part(part_id)
        if not self.is_installed(part_id) and not self._partial(part).exists():
            self.path(part_id)  # raises
        with self._held(part) as held:
            if not held:
                raise ModelUnavailable(f"Another mmdesk is just fetching {part_id}.")
            if self._folder(part).exists():
                set_aside(self.root, part.id)
            sweep(self.root, part.id)
            shutil.rmtree(self._partial(part), ignore_errors=True)

    def partial_bytes(self, part_id: str) -> int:
        """How much of an interrupted download is kept, in bytes.

        Raises:
            InputError: there is no such part.
        """
        folder = self._partial(self.manifest.part(part_id))
        try:
            return sum(path.stat().st_size for path in folder.iterdir() if path.is_file())
        except OSError:  # none, or it is being changed at this moment
            return 0

    def sweep(self) -> None:
        """Delete what killed installations left behind, except where one is under way."""
        for part in self.manifest.parts:
            if any((self.root / f".{kind}-{part.id}").exists() for kind in ("new", "old")):
                with self._held(part) as held:
                    if held:
                        sweep(self.root, part.id)

    def _folder(self, part: ModelPart) -> Path:
        return self.root / part.id

    def _partial(self, part: ModelPart) -> Path:
        return self.root / ".partial" / part.id

    @contextmanager
    def _held(self, part: ModelPart) -> Iterator[bool]:
        """Hold the part's lock while the block runs; False where another process has it."""
        # Imported here: it brings asyncio along, 30 ms that whoever only reads can spare.
        from filelock import FileLock, Timeout

        self.root.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.root / f".lock-{part.id}")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            yield False
            return
        try:
            yield True
        finally:
            lock.release()

    @contextmanager
    def _locked(
        self, part: ModelPart, on_progress: OnProgress, cancel: CancelFlag
    ) -> Iterator[None]:
        while True:
            with self._held(part) as held:
                if held:
                    yield
                    return
            on_progress(FetchProgress(part.id, part.title, "waiting"))
            stop_if(cancel)
            time.sleep(0.2)


def sweep(root: Path, part_id: str) -> None:
    """Delete a part's temporary folders. The part's lock must be held."""
    for kind in ("new", "old"):
        shutil.rmtree(root / f".{kind}-{part_id}", ignore_errors=True)


def set_aside(root: Path, part_id: str) -> None:
    """Take a part's folder out of sight in one step; `sweep` deletes it."""
    os.replace(root / part_id, root / f".old-{part_id}")
