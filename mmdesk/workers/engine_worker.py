"""The worker that drives the engine on its own thread, one job at a time.

A job is a generator over the engine. However it goes, it ends with exactly one `Ended`: an
exception that nobody expected must not leave the window waiting for ever.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from PySide6.QtCore import QObject, Slot

from mmdesk.engine import Engine
from mmdesk.errors import Cancelled, MMDeskError
from mmdesk.values import CancelFlag, Event, Finished, Stats

log = logging.getLogger(__name__)

Job = Callable[[Engine, CancelFlag], Iterator[Event]]
EngineFactory = Callable[[], Engine]


@dataclass(frozen=True, slots=True)
class Ended:
    """How a job ended; `message` and `hint` are for the person when it failed."""

    how: Literal["finished", "cancelled", "failed"]
    stats: Stats = field(default_factory=Stats)
    message: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """A job with the flag that stops it, as it is given to the worker."""

    job: Job
    cancel: threading.Event


class EngineWorker(QObject):
    """Runs jobs in the thread it was moved to; what they say goes into `sink`.

    The engine is made late, by the first job, in this thread: making it may import much.
    """

    def __init__(self, make_engine: EngineFactory, sink: Callable[[object], None]) -> None:
        super().__init__()
        self._make_engine = make_engine
        self._sink = sink
        self._engine: Engine | None = None

    @Slot(object)
    def run(self, order: Order) -> None:
        """Carry one order out and end it."""
        self._sink(self._carry_out(order))

    def _carry_out(self, order: Order) -> Ended:
        try:
            return self._follow(order)
        except Cancelled:
            return Ended("cancelled")
        except MMDeskError as error:
            log.warning("a job failed: %s", error)
            return Ended("failed", message=error.user_message, hint=error.hint)
        except Exception as error:
            log.exception("a job ended unexpectedly")
            message = f"Something went wrong inside mmdesk ({type(error).__name__})."
            return Ended(
                "failed", message=message, hint="The log in mmdesk's folder has the details."
            )

    def _follow(self, order: Order) -> Ended:
        if order.cancel.is_set():
            return Ended("cancelled")
        stats = None
        events = order.job(self._ready_engine(), order.cancel)
        try:
            for event in events:
                if isinstance(event, Finished):
                    stats = event.stats  # the last event, but the generator is run to its end
                else:
                    self._sink(event)
        finally:
            _close(events)
        if stats is None and order.cancel.is_set():
            return Ended("cancelled")
        return Ended("finished", stats or Stats())

    def _ready_engine(self) -> Engine:
        if self._engine is None:
            self._engine = self._make_engine()
        return self._engine

    @Slot(object)
    def replace_engine(self, make_engine: EngineFactory) -> None:
        """Give the present engine back; the next job makes another (after a changed setting)."""
        self.close_engine()
        self._engine, self._make_engine = None, make_engine

    def close_engine(self) -> None:
        """Give the engine's memory and process back. While a job runs, this may be called from
        another thread to end it.
        """
        engine = self._engine
        if engine is not None:
            engine.close()


def _close(events: Iterator[Event]) -> None:
    close = getattr(events, "close", None)  # a generator has it, a bare iterator does not
    if close is not None:
        close()
