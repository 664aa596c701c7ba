"""Queue of jobs in front of the one engine, as the window's thread sees it.

Answers go first, then loading, transcribing and describing: a user who asks is waiting, a picture
that was dropped can wait, and a long recording gives way to all of them. Work that would hold an
answer up for long is interrupted and begun again afterwards. Prefill for a question that is still
being typed is given up as soon as there is anything else. Titles and summaries of long
conversations are made last, and wait for everything else.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from mmdesk.workers.coalescer import Coalescer
from mmdesk.workers.engine_worker import EngineFactory, EngineWorker, Job, JobEnd
from mmdesk.workers.worker_thread import WorkerThread

log = logging.getLogger(__name__)

PATIENCE_MS = 1500  # how long quitting waits for a job that was told to stop


class JobKind(IntEnum):
    """Purpose of a job; the smaller goes first."""

    ANSWER = 0
    LOAD = 1
    TRANSCRIBE = 2
    DICTATE = 3
    DESCRIBE = 4
    RECORDING = 5
    PREFILL = 6
    TITLE = 7
    SUMMARY = 8


@dataclass(eq=False)
class Ticket:
    """One job in the queue.

    Attributes:
        make_job: makes the job just before it runs, in the window's thread, so that it knows what
            became known while it waited.
        about: what the job concerns, e.g. a picture's digest.
        may_restart: an answer may interrupt it, and anything that goes before it the job of a long
            recording, of a title or of a summary; it is then begun again.
        cancel: the flag of the present run.
    """

    kind: JobKind
    make_job: Callable[[], Job]
    about: str = ""
    may_restart: bool = False
    cancel: threading.Event = field(default_factory=threading.Event)


def _goes_before(ticket: Ticket, running: Ticket) -> bool:
    """Return whether a ticket interrupts one that may be begun again."""
    giving_way = (JobKind.RECORDING, JobKind.TITLE, JobKind.SUMMARY)
    gives_way = running.kind in giving_way and running.kind > ticket.kind
    return ticket.kind is JobKind.ANSWER or gives_way


class JobQueue(QObject):
    """Runner of tickets, one after another, in a thread of its own.

    Signals (every submitted ticket gets exactly one of finished, cancelled, failed):
        started: Ticket. Again when it was interrupted and runs anew.
        event_arrived: Ticket, Event.
        finished: Ticket, Stats.
        cancelled: Ticket.
        failed: Ticket, message, hint.

    Signals:
        engine_replaced: the next job has another engine.
    """

    started = Signal(object)
    event_arrived = Signal(object, object)
    finished = Signal(object, object)
    cancelled = Signal(object)
    failed = Signal(object, object, object)
    engine_replaced = Signal()

    def __init__(self, make_engine: EngineFactory, parent: QObject | None = None) -> None:
        """Prepare the thread; it starts with the first job."""
        super().__init__(parent)
        self._waiting: list[Ticket] = []
        self._running: Ticket | None = None
        self._interrupted = False
        self._closed = False
        self._coalescer = Coalescer(parent=self)
        self._coalescer.passed.connect(self._on_passed)
        self._worker = EngineWorker(make_engine, self._coalescer.put)
        self._thread = WorkerThread("engine worker", self)

    @property
    def running(self) -> Ticket | None:
        """The ticket that runs now."""
        return self._running

    def submit(self, ticket: Ticket) -> None:
        """Put a ticket in line behind those of its kind."""
        if self._closed:
            self.cancelled.emit(ticket)
            return
        self._waiting.append(ticket)
        self._sort()
        running = self._running
        if running and running.may_restart and _goes_before(ticket, running):
            self._interrupted = True
            running.cancel.set()
        elif running and running.kind is JobKind.PREFILL and ticket.kind < JobKind.TITLE:
            running.cancel.set()
        self._run_next()

    def cancel(self, ticket: Ticket) -> None:
        """Stop a ticket; one that has already ended is left alone."""
        if ticket is self._running:
            self._interrupted = False
            ticket.cancel.set()
        elif ticket in self._waiting:
            self._waiting.remove(ticket)
            self.cancelled.emit(ticket)

    def waiting(self, kind: JobKind) -> tuple[Ticket, ...]:
        """Return the tickets of a kind that have not begun."""
        return tuple(ticket for ticket in self._waiting if ticket.kind is kind)

    def replace_engine(self, make_engine: EngineFactory) -> None:
        """Use another engine from the next job on."""
        self._thread.call(partial(self._worker.replace_engine, make_engine))
        self.engine_replaced.emit()

    def close(self, patience_ms: int = PATIENCE_MS) -> bool:
        """Stop everything: the flag, a bounded wait, then the end of the engine's process.

        Returns:
            False when a job in this process would not stop; its thread is then still running.
        """
        self._closed = True
        for ticket in list(self._waiting):
            self.cancel(ticket)
        if self._running:
            self.cancel(self._running)
        # A job that was ordered and has not begun is run as well: its flag is set, and it ends.
        stopped = self._thread.close(patience_ms, run_queued=True)
        self._worker.close_engine()
        stopped = stopped or self._thread.wait(patience_ms)
        self._coalescer.flush()
        return stopped

    def _sort(self) -> None:
        self._waiting.sort(key=lambda ticket: ticket.kind)  # stable: keeps the order in a kind

    def _run_next(self) -> None:
        if self._running is not None or not self._waiting:
            return
        self._running = ticket = self._waiting.pop(0)
        self._interrupted = False
        ticket.cancel = threading.Event()
        self.started.emit(ticket)
        self._thread.call(partial(self._worker.run, ticket.make_job(), ticket.cancel))

    @Slot(object)
    def _on_passed(self, item: object) -> None:
        ticket = self._running
        if ticket is None:  # cannot be: only a running job yields anything
            log.error("an event without a job: %r", item)
        elif isinstance(item, JobEnd):
            self._end(ticket, item)
        else:
            self.event_arrived.emit(ticket, item)

    def _end(self, ticket: Ticket, end: JobEnd) -> None:
        self._running = None
        if end.state == "cancelled" and self._interrupted:
            self._waiting.insert(0, ticket)
            self._sort()
        elif end.state == "cancelled":
            self.cancelled.emit(ticket)
        elif end.state == "finished":
            self.finished.emit(ticket, end.stats)
        else:
            self.failed.emit(ticket, end.message, end.hint)
        self._run_next()
