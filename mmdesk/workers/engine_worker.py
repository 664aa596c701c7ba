"""Worker that drives the engine in a thread of its own, one job at a time.

A job is a generator over the engine. However it goes, it ends with exactly one `JobEnd`: an
exception that nobody expected must not leave the window waiting for ever.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from mmdesk.engine import Engine
from mmdesk.errors import Cancelled, MMDeskError
from mmdesk.translatable import TranslatableText
from mmdesk.values import CancelFlag, Event, Finished, Stats

log = logging.getLogger(__name__)

Job = Callable[[Engine, CancelFlag], Iterator[Event]]
EngineFactory = Callable[[], Engine]


@dataclass(frozen=True, slots=True)
class JobEnd:
    """End of a job; `message` and `hint` are for the user when it failed."""

    state: Literal["finished", "cancelled", "failed"]
    stats: Stats = field(default_factory=Stats)
    message: str = ""
    hint: str = ""


class EngineWorker:
    """Runner of jobs; all methods but `close_engine` are called in the engine's thread.

    The engine is made late, by the first job, in that thread: making it may import much.
    """

    def __init__(self, make_engine: EngineFactory, sink: Callable[[object], None]) -> None:
        """Use the engine that `make_engine` makes; events and ends go into `sink`."""
        self._make_engine = make_engine
        self._sink = sink
        self._engine: Engine | None = None

    def run(self, job: Job, cancel: threading.Event) -> None:
        """Run one job until it ends or `cancel` is set, and end it."""
        stats = None
        try:
            if not cancel.is_set():
                events = job(self._ready_engine(), cancel)
                try:
                    for event in events:
                        if isinstance(event, Finished):
                            stats = event.stats  # the last event; the generator is run to its end
                        else:
                            self._sink(event)
                finally:
                    _close(events)
            is_cancelled = stats is None and cancel.is_set()
            end = JobEnd("cancelled") if is_cancelled else JobEnd("finished", stats or Stats())
        except Exception as error:  # noqa: BLE001  whatever it is, the job has to end
            end = _end_after(error)
        self._sink(end)

    def _ready_engine(self) -> Engine:
        if self._engine is None:
            self._engine = self._make_engine()
        return self._engine

    def replace_engine(self, make_engine: EngineFactory) -> None:
        """Close the present engine; the next job makes another (after a changed setting)."""
        self.close_engine()
        self._engine, self._make_engine = None, make_engine

    def close_engine(self) -> None:
        """Close the engine: end its process and free its memory.

        While a job runs, this may be called from another thread to end it.
        """
        engine = self._engine
        if engine is not None:
            engine.close()


def _close(events: Iterator[Event]) -> None:
    close = getattr(events, "close", None)  # a generator has it, a bare iterator does not
    if close is not None:
        close()


def _end_after(error: Exception) -> JobEnd:
    """Return the end of a job that raised an exception."""
    if isinstance(error, Cancelled):
        return JobEnd("cancelled")
    if isinstance(error, MMDeskError):
        # Without the values: they name the user's files, also in a temporary chat.
        log.warning("a job failed: %s", error.user_message.template)
        return JobEnd("failed", message=error.user_message, hint=error.hint)
    log.error("a job ended unexpectedly", exc_info=error)
    message = TranslatableText("Something went wrong. Nothing of the conversation is lost.")
    hint = TranslatableText("The log has the details ({kind}).", kind=type(error).__name__)
    return JobEnd("failed", message=message, hint=hint)
