"""Download of several model parts, for the set-up and the command line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TextIO

from mmdesk.errors import ModelUnavailable
from mmdesk.models.fetch_errors import readable_size
from mmdesk.models.model_store import ModelStore, OnProgress
from mmdesk.translatable import TranslatableText
from mmdesk.values import CancelFlag, FetchProgress


@dataclass(frozen=True, slots=True)
class FetchReport:
    """Outcome of downloading several parts.

    Attributes:
        installed: ids of the installed parts, in the order of the request.
        notices: sentences for the user, e.g. that a smaller part is used instead.
        failures: the errors of the parts that could not be installed.
    """

    installed: tuple[str, ...]
    notices: tuple[TranslatableText, ...]
    failures: tuple[ModelUnavailable, ...]

    def followed_by(self, more: FetchReport) -> FetchReport:
        """Return the outcome of this and of another download."""
        return FetchReport(
            self.installed + more.installed,
            self.notices + more.notices,
            self.failures + more.failures,
        )


def fetch_defaults(store: ModelStore, on_progress: OnProgress, cancel: CancelFlag) -> FetchReport:
    """Install the default parts that are missing; see `fetch`."""
    store.sweep()
    return fetch(store, store.missing_defaults(), on_progress, cancel)


def fetch(
    store: ModelStore, part_ids: tuple[str, ...], on_progress: OnProgress, cancel: CancelFlag
) -> FetchReport:
    """Install parts one after the other; the failure of one does not stop the rest.

    Raises:
        InputError: there is no such part.
        Cancelled: `cancel` was set.
    """
    installed: list[str] = []
    notices: list[TranslatableText] = []
    failures: list[ModelUnavailable] = []
    for part_id in part_ids:
        try:
            installed_id = store.install(part_id, on_progress, cancel).name
        except ModelUnavailable as failure:
            failures.append(failure)
            continue
        installed.append(installed_id)
        if installed_id != part_id:
            notices.append(_fallback_notice(store, part_id, installed_id))
    return FetchReport(tuple(installed), tuple(notices), tuple(failures))


def _fallback_notice(store: ModelStore, wanted: str, fallback: str) -> TranslatableText:
    return TranslatableText(
        "{wanted} could not be downloaded, so {fallback} is used instead. "
        "To try again: mmdesk models get {part}",
        wanted=store.manifest.part(wanted).title,
        fallback=store.manifest.part(fallback).title,
        part=wanted,
    )


def progress_text(progress: FetchProgress) -> str:
    """Describe the progress of a part in one line for a terminal."""
    if progress.stage == "waiting":
        return f"{progress.title}: waiting for another mmdesk to download it"
    if progress.stage == "done":
        return f"{progress.title}: ready ({readable_size(progress.done_bytes)})"
    if not progress.total_bytes:
        return f"{progress.title}: {progress.stage}"
    percent = min(100, 100 * progress.done_bytes // progress.total_bytes)
    return (
        f"{progress.title}: {progress.stage} {percent} % of {readable_size(progress.total_bytes)}"
    )


class ProgressLines:
    """Progress display on a stream, called with each `FetchProgress`.

    On a terminal each part has one line that is updated in place. Elsewhere a line is printed at
    every stage and every quarter.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._terminal = stream.isatty()
        self._last: tuple[str, str, int] | None = None

    def __call__(self, progress: FetchProgress) -> None:
        """Show a part's progress."""
        done = progress.stage == "done"
        if self._terminal:
            self._stream.write(f"\r\x1b[K{progress_text(progress)}" + ("\n" if done else ""))
        elif (step := self._step(progress)) != self._last:
            self._last = step
            self._stream.write(progress_text(progress) + "\n")
        self._stream.flush()

    @staticmethod
    def _step(progress: FetchProgress) -> tuple[str, str, int]:
        total = progress.total_bytes
        quarter = min(4, 4 * progress.done_bytes // total) if total else 0
        return progress.part, progress.stage, quarter
