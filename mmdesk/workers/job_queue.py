"""The queue of jobs in front of the one engine, as the window's thread sees it.

Answers go first, then loading, then listening, then looking: a person who asks is waiting, a
picture that was dropped can wait. Work that would hold an answer up for long is set aside and
begun again afterwards. Preparing for a question is given up as soon as there is anything else.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum

from PySide6.QtCore import QObject, QThread, Signal, Slot

from mmdesk.workers.coalescer import Coalescer
from mmdesk.workers.engine_worker import Ended, EngineFactory, EngineWorker, Job, Order

log = logging.getLogger(__name__)

PATIENCE_MS = 1500  # how long quitting waits for a job that was told to stop


class JobKind(IntEnum):
    """What a job is for; the smaller goes first."""

    ANSWER = 0
    LOAD = 1
    TRANSCRIBE = 2
    DICTATE = 3
    DESCRIBE = 4
    PREFILL = 5


@dataclass(eq=False)
class Ticket:
    """One job in the queue.

    Attributes:
        prepare: makes the job just before it runs, in the window's thread, so that it knows what
            became known while it waited.
        about: what the job concerns, e.g. a picture's digest.
        may_restart: an answer may interrupt it; it is then begun again from its start.
        cancel: the flag of the present run.
    """

    kind: JobKind
    prepare: Callable[[], Job]
    about: str = ""
    may_restart: bool = False
    cancel: threading.Event = field(default_factory=threading.Event)


class JobQueue(QObject):
    """Runs tickets one after another on its own thread.

    Signals (every submitted ticket gets exactly one of finished, cancelled, failed):
        started: Ticket. Again when it was set aside and runs anew.
        happened: Ticket, Event.
        finished: Ticket, Stats.
        cancelled: Ticket.
        failed: Ticket, message, hint.
    """

    started = Signal(object)
    happened = Signal(object, object)
    finished = Signal(object, object)
    cancelled = Signal(object)
    failed = Signal(object, str, str)
    _ordered = Signal(object)
    _engine_changed = Signal(object)

    def __init__(self, make_engine: EngineFactory, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: list[Ticket] = []
        self._running: Ticket | None = None
        self._set_aside = False
        self._closed = False
        self._coalescer = Coalescer(parent=self)
        self._coalescer.passed.connect(self._on_passed)
        self._worker = EngineWorker(make_engine, self._coalescer.put)
        self._thread = QThread(self)
        self._thread.setObjectName("engine worker")
        self._worker.moveToThread(self._thread)
        self._ordered.connect(self._worker.run)
        self._engine_changed.connect(self._worker.replace_engine)
        self._thread.start()

    @property
    def running(self) -> Ticket | None:
        return self._running

    def submit(self, ticket: Ticket) -> None:
        """Put a ticket in line behind those of its kind."""
        if self._closed:
            self.cancelled.emit(ticket)
            return
        self._waiting.append(ticket)
        self._waiting.sort(
            key=lambda waiting: waiting.kind
        )  # stable: the order within a kind holds
        running = self._running
        if running and running.may_restart and ticket.kind is JobKind.ANSWER:
            self._set_aside = True
            running.cancel.set()
        elif running and running.kind is JobKind.PREFILL:
            running.cancel.set()
        self._next()

    def cancel(self, ticket: Ticket) -> None:
        """Stop a ticket; one that has already ended is left alone."""
        if ticket is self._running:
            self._set_aside = False
            ticket.cancel.set()
        elif ticket in self._waiting:
            self._waiting.remove(ticket)
            self.cancelled.emit(ticket)

    def waiting(self, kind: JobKind) -> tuple[Ticket, ...]:
        return tuple(ticket for ticket in self._waiting if ticket.kind is kind)

    def replace_engine(self, make_engine: EngineFactory) -> None:
        """Use another engine from the next job on."""
        self._engine_changed.emit(make_engine)

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
        self._thread.quit()
        stopped = self._thread.wait(patience_ms)
        self._worker.close_engine()
        stopped = stopped or self._thread.wait(patience_ms)
        self._coalescer.flush()
        return stopped

    def _next(self) -> None:
        if self._running is not None or not self._waiting:
            return
        self._running = ticket = self._waiting.pop(0)
        self._set_aside = False
        ticket.cancel = threading.Event()
        self.started.emit(ticket)
        self._ordered.emit(Order(ticket.prepare(), ticket.cancel))

    @Slot(object)
    def _on_passed(self, item: object) -> None:
        ticket = self._running
        if ticket is None:  # cannot be: only a running job says anything
            log.error("an event without a job: %r", item)
        elif isinstance(item, Ended):
            self._end(ticket, item)
        else:
            self.happened.emit(ticket, item)

    def _end(self, ticket: Ticket, ended: Ended) -> None:
        self._running = None
        if ended.how == "cancelled" and self._set_aside:
            self._waiting.insert(0, ticket)
            self._waiting.sort(key=lambda waiting: waiting.kind)
        elif ended.how == "cancelled":
            self.cancelled.emit(ticket)
        elif ended.how == "finished":
            self.finished.emit(ticket, ended.stats)
        else:
            self.failed.emit(ticket, ended.message, ended.hint)
        self._next()
