"""Fetching everything a first start needs, for the set-up, the command line and the window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TextIO

from mmdesk.errors import ModelUnavailable
from mmdesk.models.fetch_errors import readable_size
from mmdesk.models.model_store import ModelStore, OnProgress
from mmdesk.values import CancelFlag, FetchProgress


@dataclass(frozen=True, slots=True)
class FetchReport:
    """What came of fetching several parts.

    Attributes:
        installed: ids of the parts that are there now, in the order asked for.
        notices: sentences the person should see, e.g. that a smaller part stands in.
        failures: the errors of the parts that could not be had.
    """

    installed: tuple[str, ...]
    notices: tuple[str, ...]
    failures: tuple[ModelUnavailable, ...]


def fetch_defaults(store: ModelStore, on_progress: OnProgress, cancel: CancelFlag) -> FetchReport:
    """Install the default parts that are missing; see `fetch`."""
    store.sweep()
    return fetch(store, store.missing_defaults(), on_progress, cancel)


def fetch(
    store: ModelStore, part_ids: tuple[str, ...], on_progress: OnProgress, cancel: CancelFlag
) -> FetchReport:
    """Install parts one after the other; one that cannot be had does not keep back the rest.

    Raises:
        InputError: there is no such part.
        Cancelled: `cancel` was set.
    """
    installed: list[str] = []
    notices: list[str] = []
    failures: list[ModelUnavailable] = []
    for part_id in part_ids:
        try:
            got = store.install(part_id, on_progress, cancel).name
        except ModelUnavailable as failure:
            failures.append(failure)
            continue
        installed.append(got)
        if got != part_id:
            notices.append(_stand_in_notice(store, part_id, got))
    return FetchReport(tuple(installed), tuple(notices), tuple(failures))


def _stand_in_notice(store: ModelStore, wanted: str, got: str) -> str:
    parts = store.manifest
    return (
        f"{parts.part(wanted).title} could not be fetched; {parts.part(got).title} stands in. "
        f"To try again: mmdesk models get {wanted}"
    )


def progress_text(progress: FetchProgress) -> str:
    """One line about a part, for a terminal."""
    if progress.stage == "waiting":
        return f"{progress.title}: waiting for another mmdesk that is fetching it"
    if progress.stage == "done":
        return f"{progress.title}: ready ({readable_size(progress.done_bytes)})"
    if not progress.total_bytes:
        return f"{progress.title}: {progress.stage}"
    percent = min(100, 100 * progress.done_bytes // progress.total_bytes)
    return (
        f"{progress.title}: {progress.stage} {percent} % of {readable_size(progress.total_bytes)}"
    )


class ProgressLines:
    """Shows progress on a stream: one line per part, renewed in place on a terminal, and printed
    at every stage and every quarter elsewhere. Call it with each `FetchProgress`.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._terminal = stream.isatty()
        self._last: tuple[str, str, int] | None = None

    def __call__(self, progress: FetchProgress) -> None:
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
