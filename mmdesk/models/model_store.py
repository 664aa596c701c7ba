"""Store of the installed model parts: list, install, verify and remove.

Under the root there is one folder per installed part, named by its id. Work in progress has
names that begin with a dot: `.partial/ID` (downloads, kept so that the next call resumes),
`.new-ID` (a folder being written, renamed into place when complete), `.old-ID` (one being
replaced), `.lock-ID` (held while a part is changed, so that two processes do not do it at once).
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
from mmdesk.private_files import FILE_MODE, make_private_folder
from mmdesk.translatable import TranslatableText
from mmdesk.values import CancelFlag, FetchProgress, ModelInfo, NeverCancelled

OnProgress = Callable[[FetchProgress], None]


class ModelStore:
    """Model parts under `root` (models/ in mmdesk's home when None).

    Cheap to create; any number of threads and processes may use the same root.
    """

    def __init__(self, root: Path | None = None, manifest: Manifest | None = None) -> None:
        self.root = root or settings.home() / "models"
        self.manifest = manifest or load_manifest()
        self.local = LocalModels(self.root)

    # --- listing ----------------------------------------------------------------------------------

    def infos(self) -> tuple[ModelInfo, ...]:
        """Return every known part, installed or not, and the user's own folders after them."""
        own = tuple(info_of(model) for model in self.local.models())
        return tuple(self._info(part) for part in self.manifest.parts) + own

    def _info(self, part: ModelPart) -> ModelInfo:
        package = part.package
        licence = f"{part.licence}; {package.name}: {package.licence}" if package else part.licence
        return ModelInfo(
            id=part.id,
            title=part.title,
            role=part.role,
            takes=part.takes,
            licence=licence,
            download_bytes=part.download_bytes + (package.size if package else 0),
            disk_bytes=part.disk_bytes,
            installed=self.is_installed(part.id),
            default=part.default,
            note=TranslatableText(part.note),
        )

    def is_installed(self, part_id: str) -> bool:
        """Return whether the part's folder has a record; `verify` checks the files as well.

        Raises:
            InputError: there is no such part.
        """
        record = read_record(self._folder(self.manifest.part(part_id)))
        return record is not None and record.part == part_id

    def missing_defaults(self) -> tuple[str, ...]:
        """Return the ids of the default parts that are missing, with their fallbacks, too."""
        return tuple(
            part.id
            for part in self.manifest.defaults
            if not self.is_installed(part.id) and not self._installed_fallback(part)
        )

    def default_language(self) -> str:
        """Return the id of the language model to use when none was chosen.

        It is the default, or the fallback that was installed in its place.
        """
        part = next(part for part in self.manifest.defaults if part.role == "language")
        return part.id if self.is_installed(part.id) else self._installed_fallback(part) or part.id

    def _installed_fallback(self, part: ModelPart) -> str | None:
        if part.fallback is None:
            return None
        record = read_record(self.root / part.fallback)
        return part.fallback if record and record.stands_in_for == part.id else None

    def path(self, part_id: str) -> Path:
        """Return the installed part's folder.

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
                "The model {part} ({title}) is not installed.",
                "Download it ({size}): mmdesk models get {part}",
                part=part_id,
                title=part.title,
                size=readable_size(part.download_bytes),
            )
        return self._folder(part)

    def verify(self, part_id: str, cancel: CancelFlag | None = None) -> None:
        """Hash every file of the part and compare the digests.

        Takes about 0.8 s of one core per GB on a CPU with SHA instructions, three times that
        without. The GIL is free meanwhile, so this runs well in parallel with `import torch`.

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

    # --- installing and removing ------------------------------------------------------------------

    def install(
        self,
        part_id: str,
        on_progress: OnProgress = lambda progress: None,
        cancel: CancelFlag | None = None,
        fallback: bool = True,
    ) -> Path:
        """Download, verify and convert a part.

        A valid installed part is left as it is, a damaged one is installed again, and one that an
        earlier version converted is upgraded. An interrupted call is resumed.

        When no source delivers the part and the manifest names a fallback, the fallback is
        installed: progress then has its id and title, and the returned folder is its folder
        (`path.name` is its id), by which a caller knows what to tell the user.

        Args:
            part_id: the part to install.
            on_progress: called with the progress, in the caller's thread.
            cancel: stops the installation when set.
            fallback: False raises where the fallback would be installed.

        Returns:
            The installed folder.

        Raises:
            InputError: there is no such part.
            ModelUnavailable: no source delivers it, the disk is full, the conversion failed.
            Cancelled: `cancel` was set; the next call resumes where this one stopped.
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
            if record is None or not self._is_valid(part, cancel):
                installer.run()
            elif is_outdated(part, record):
                installer.upgrade(record.source)
        on_progress(FetchProgress(part.id, part.title, "done", part.disk_bytes, part.disk_bytes))
        return self._folder(part)

    def _is_valid(self, part: ModelPart, cancel: CancelFlag) -> bool:
        if not self.is_installed(part.id):
            return False
        try:
            check_folder(part, self._folder(part), cancel)
        except ModelUnavailable:
            return False
        return True

    def remove(self, part_id: str) -> None:
        """Delete a part and its incomplete download.

        Raises:
            InputError: there is no such part.
            ModelUnavailable: it is not installed, or another process is changing it.
        """
        if self.local.find(part_id) is not None:
            self.local.forget(part_id)  # the folder is the user's
            return
        part = self.manifest.part(part_id)
        if not self.is_installed(part_id) and not self._partial(part).exists():
            self.path(part_id)  # raises
        with self._held(part) as held:
            if not held:
                raise ModelUnavailable(
                    "Another mmdesk is downloading {part} right now.", part=part_id
                )
            if self._folder(part).exists():
                set_aside(self.root, part.id)
            sweep(self.root, part.id)
            shutil.rmtree(self._partial(part), ignore_errors=True)

    def partial_bytes(self, part_id: str) -> int:
        """Return how many bytes of an interrupted download are on the disk.

        Raises:
            InputError: there is no such part.
        """
        folder = self._partial(self.manifest.part(part_id))
        try:
            return sum(path.stat().st_size for path in folder.iterdir() if path.is_file())
        except OSError:  # there is none, or it is being changed at this moment
            return 0

    def sweep(self) -> None:
        """Delete the temporary folders of killed installations, except where one is running."""
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
        """Hold the part's lock while the block runs; yield False where another process has it."""
        # Imported late: it imports asyncio, 30 ms that reading the store need not spend.
        from filelock import FileLock, Timeout

        make_private_folder(self.root)
        lock = FileLock(self.root / f".lock-{part.id}", mode=FILE_MODE)
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
    """Delete a part's temporary folders; the part's lock must be held."""
    for kind in ("new", "old"):
        shutil.rmtree(root / f".{kind}-{part_id}", ignore_errors=True)


def set_aside(root: Path, part_id: str) -> None:
    """Move a part's folder away in one step; `sweep` deletes it."""
    os.replace(root / part_id, root / f".old-{part_id}")
