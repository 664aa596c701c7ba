"""Engine as the window sees it: loading and replacing its model, and what it is doing."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from mmdesk.chat.jobs import request_job
from mmdesk.translatable import TranslatableText
from mmdesk.values import Event, LoadRequest, Preparing, Stats
from mmdesk.workers import EngineFactory, JobKind, JobQueue, Ticket

_TOLD = (JobKind.LOAD, JobKind.TRANSCRIBE, JobKind.DESCRIBE, JobKind.RECORDING)
_UNSEEN = (JobKind.PREFILL, JobKind.TITLE, JobKind.SUMMARY)  # the user does not wait for these


class EngineController(QObject):
    """Loader of models into the engine, and observer of its work.

    Signals:
        state_changed: text, what the engine is doing.
        model_loaded: Stats: a language model is in memory; which, and on what device.
        problem_arose: JobKind, message, hint: a job failed that is no answer.
    """

    state_changed = Signal(object)
    model_loaded = Signal(object)
    problem_arose = Signal(int, object, object)

    def __init__(self, queue: JobQueue, parent: QObject | None = None) -> None:
        """Use and observe the engine behind `queue`."""
        super().__init__(parent)
        self._queue = queue
        queue.started.connect(self._on_started)
        queue.event_arrived.connect(self._on_event)
        queue.finished.connect(self._on_finished)
        queue.cancelled.connect(self._on_ended)
        queue.failed.connect(self._on_failed)

    def load(self, model: str | None) -> None:
        """Load a language model before the first question needs it.

        It takes the place of any other that waits to be loaded.
        """
        for ticket in self._queue.waiting(JobKind.LOAD):
            self._queue.cancel(ticket)
        job = request_job(LoadRequest(model))
        self._queue.submit(Ticket(JobKind.LOAD, lambda: job, about=model or ""))

    def replace(self, make_engine: EngineFactory) -> None:
        """Use an engine with other settings from the next job on; the present one is closed."""
        self._queue.replace_engine(make_engine)

    def is_busy(self) -> bool:
        """Return True while a job runs."""
        return self._queue.running is not None

    @Slot(object)
    def _on_started(self, ticket: Ticket) -> None:
        if ticket.kind not in _UNSEEN:
            self.state_changed.emit(activity(ticket.kind))

    @Slot(object, object)
    def _on_event(self, ticket: Ticket, event: Event) -> None:
        if ticket.kind is JobKind.LOAD and isinstance(event, Preparing):
            self.state_changed.emit(event.stage)

    @Slot(object, object)
    def _on_finished(self, ticket: Ticket, stats: Stats) -> None:
        self._on_ended(ticket)
        if ticket.kind is JobKind.LOAD:
            self.model_loaded.emit(stats)

    @Slot(object)
    def _on_ended(self, ticket: Ticket) -> None:
        if ticket.kind not in _UNSEEN:
            self.state_changed.emit(TranslatableText("Ready"))

    @Slot(object, object, object)
    def _on_failed(self, ticket: Ticket, message: str, hint: str) -> None:
        self._on_ended(ticket)
        if ticket.kind in _TOLD:
            # Dictation and prefill are tried again, and their problem told, when it is needed.
            self.problem_arose.emit(int(ticket.kind), message, hint)


def activity(kind: JobKind) -> TranslatableText:
    """Return what the engine does in a job of this kind."""
    texts = {
        JobKind.ANSWER: TranslatableText("Answering…"),
        JobKind.LOAD: TranslatableText("Loading the model…"),
        JobKind.TRANSCRIBE: TranslatableText("Transcribing…"),
        JobKind.DICTATE: TranslatableText("Transcribing…"),
        JobKind.DESCRIBE: TranslatableText("Looking at the picture…"),
        JobKind.RECORDING: TranslatableText("Transcribing…"),
        JobKind.PREFILL: TranslatableText("Reading…"),
        JobKind.TITLE: TranslatableText("Reading…"),
        JobKind.SUMMARY: TranslatableText("Reading…"),
    }
    return texts[kind]
