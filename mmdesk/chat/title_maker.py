"""Titles of new conversations in the language model's words, made while nothing else is to do.

The first words of a question stand as the title at once. After the first answer the model is asked
for a better one, as the last job in the queue, which anything else interrupts. What the user calls
a conversation is never changed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from mmdesk.text import sentences
from mmdesk.values import (
    CancelFlag,
    ConversationInfo,
    Event,
    Finished,
    StoredMessage,
    TextChunk,
    Turn,
    name_on_server,
    shortened_title,
    title_of,
)
from mmdesk.workers import JobKind, JobQueue, Ticket

if TYPE_CHECKING:
    from mmdesk.engine import Engine
    from mmdesk.workers import Job

IDLE_MS = 1500  # after the answer, in which the user may go on or quit
_MARKDOWN = re.compile(r"[*_`#>|]|^\s*[-+] ", re.MULTILINE)


@dataclass(eq=False)
class _Exchange:
    """First question and answer of a conversation, and the title that was made of them."""

    info: ConversationInfo
    question: Turn
    answer: StoredMessage
    said: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the attached files."""
        turn = self.question
        return (
            *(document.name for document in turn.documents),
            *(image.name for image in turn.images),
            *(audio.name for audio in turn.audio),
        )

    def job(self, model: str | None) -> Job:
        """Return the job that asks the model for a title."""
        # The text of a task is not the user's own.
        question = self.question.text if self.answer.task.kind == "chat" else ""
        answer, names = self.answer.turn.text, self.names

        def job(engine: Engine, cancel: CancelFlag) -> Iterator[Event]:
            from mmdesk.tasks import make_title

            return make_title(engine, question, answer, cancel, model, names)

        return job

    def may_be_sent_to(self, model: str | None) -> bool:
        """Return whether a model may read the exchange; a server only what it answered itself."""
        name, stats = name_on_server(model), self.answer.stats
        return name is None or (stats.is_of_server and stats.model == name)

    @property
    def fallback(self) -> str:
        """Fallback title: the question's first words, or the first sentence of a task's result."""
        if self.answer.task.kind == "chat" and self.question.text.strip():
            return self.info.title
        plain = _MARKDOWN.sub("", self.answer.turn.text).strip()
        first = next(iter(sentences(plain)), "").strip().rstrip(".。")
        return shortened_title(first) or self.info.title


def _no_title(engine: Engine, cancel: CancelFlag) -> Iterator[Event]:
    """End without a title."""
    yield Finished()


class TitleMaker(QObject):
    """Maker of titles for new conversations.

    Signals:
        made: a conversation's id, its title so far, the new one.
    """

    made = Signal(str, str, str)

    def __init__(
        self,
        queue: JobQueue,
        model: Callable[[], str | None],
        parent: QObject | None = None,
    ) -> None:
        """Use the queue; `model` returns the id of the language model that answers now."""
        super().__init__(parent)
        self._queue, self._model = queue, model
        self._exchanges: dict[Ticket, _Exchange] = {}
        self._waiting: list[_Exchange] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(IDLE_MS)
        self._timer.timeout.connect(self._submit)
        queue.started.connect(self._on_started)
        queue.event_arrived.connect(self._on_event)
        queue.finished.connect(self._on_finished)
        queue.cancelled.connect(self._on_over)
        queue.failed.connect(lambda ticket, _message, _hint: self._on_over(ticket))

    @Slot(object, object, object)
    def make(self, info: ConversationInfo, question: Turn, answer: StoredMessage) -> None:
        """Make a title for a conversation after its first answer, unless the user gave it one."""
        if answer.task.kind == "minutes":
            return  # they all begin alike; the name of the recording tells more
        if info.title != title_of(question, answer.task) or not answer.turn.text.strip():
            return
        self._waiting.append(_Exchange(info, question, answer))
        self._timer.start()

    def close(self) -> None:
        """Make no more titles."""
        self._timer.stop()
        self._waiting.clear()

    @Slot()
    def _submit(self) -> None:
        waiting, self._waiting = self._waiting, []
        for exchange in waiting:
            if not exchange.may_be_sent_to(self._model()):
                self._tell(exchange, exchange.fallback)
                continue
            ticket = self._ticket(exchange)
            self._exchanges[ticket] = exchange
            self._queue.submit(ticket)

    def _ticket(self, exchange: _Exchange) -> Ticket:
        def make_job() -> Job:  # late: another model may answer by then
            model = self._model()
            return exchange.job(model) if exchange.may_be_sent_to(model) else _no_title

        return Ticket(JobKind.TITLE, make_job, exchange.info.id, may_restart=True)

    @Slot(object)
    def _on_started(self, ticket: Ticket) -> None:
        if ticket in self._exchanges:
            self._exchanges[ticket].said = ""  # it may have been interrupted

    @Slot(object, object)
    def _on_event(self, ticket: Ticket, event: Event) -> None:
        exchange = self._exchanges.get(ticket)
        if exchange is not None and isinstance(event, TextChunk):
            exchange.said += event.text

    @Slot(object, object)
    def _on_finished(self, ticket: Ticket, _stats: object) -> None:
        exchange = self._exchanges.pop(ticket, None)
        if exchange is not None:
            self._tell(exchange, exchange.said or exchange.fallback)

    @Slot(object)
    def _on_over(self, ticket: Ticket) -> None:
        exchange = self._exchanges.pop(ticket, None)
        if exchange is not None:
            self._tell(exchange, exchange.fallback)

    def _tell(self, exchange: _Exchange, title: str) -> None:
        if title != exchange.info.title:
            self.made.emit(exchange.info.id, exchange.info.title, title)
