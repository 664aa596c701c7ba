"""Prefill for a question that is still being typed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot

from mmdesk.values import Turn
from mmdesk.workers import Job, JobKind, JobQueue, Ticket


class DraftPrefetch(QObject):
    """Prefill of a conversation with what is attached to the next question, once.

    Every other job goes first and ends it.
    """

    def __init__(self, queue: JobQueue, parent: QObject | None = None) -> None:
        """Prefill through `queue`."""
        super().__init__(parent)
        self._queue = queue
        self._ticket: Ticket | None = None
        self._turns: tuple[Turn, ...] | None = None
        queue.started.connect(self._on_started)
        queue.finished.connect(self._on_finished)
        queue.cancelled.connect(self._on_cancelled)
        queue.engine_replaced.connect(self.stop)

    def request(self, turns: tuple[Turn, ...], make_job: Callable[[], Job]) -> None:
        """Prefill `turns`, unless that was done; `make_job` is called when the engine is free."""
        if turns == self._turns:
            return
        self.stop()
        self._turns = turns
        self._ticket = Ticket(JobKind.PREFILL, make_job)
        self._queue.submit(self._ticket)

    @Slot()
    def stop(self) -> None:
        """Stop, and prefill anew when it is requested again."""
        ticket, self._ticket, self._turns = self._ticket, None, None
        if ticket is not None:
            self._queue.cancel(ticket)

    @Slot(object)
    def _on_started(self, ticket: Ticket) -> None:
        if ticket.kind is JobKind.LOAD:  # another model has to read everything anew
            self.stop()

    @Slot(object, object)
    def _on_finished(self, ticket: Ticket, _stats: object) -> None:
        if ticket is self._ticket:
            self._ticket = None

    @Slot(object)
    def _on_cancelled(self, ticket: Ticket) -> None:
        if ticket is self._ticket:
            self._ticket = self._turns = None
