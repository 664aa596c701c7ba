"""Answers in progress: their text grows in the conversation, is stored, and is told by signals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from mmdesk.chat.conversation import Conversation
from mmdesk.chat.engine_controller import activity
from mmdesk.chat.temporary_chat import write_unless_temporary
from mmdesk.translatable import TranslatableText
from mmdesk.values import (
    NO_STATS,
    Cited,
    DocumentRead,
    Event,
    MessageState,
    Notice,
    Preparing,
    ReasoningChunk,
    Stats,
    StoredMessage,
    TextChunk,
    can_continue,
    merge_citations,
)
from mmdesk.workers import HistoryWorker, JobQueue, Ticket

if TYPE_CHECKING:
    from mmdesk.history import Archive


@dataclass(eq=False)
class PendingAnswer:
    """Answer in progress; its text and notices are those of the conversation's message.

    Attributes:
        conversation: the one it was asked in, shown or not.
        id: of the message.
        begun: the window was told of it.
        facts: how many remembered facts its prompt has.
    """

    conversation: Conversation
    id: str
    begun: bool = False
    facts: int = 0

    @property
    def message(self) -> StoredMessage:
        """The message as far as it has come."""
        message = self.conversation.get(self.id)
        assert message is not None
        return message


class PendingAnswers(QObject):
    """Answers between the job queue, the conversations they belong to, and the history.

    Attributes:
        shown: the conversation that is shown; only its answers are told piece by piece.

    Signals about the conversation that is shown (an answer that began ends with exactly one of
    finished, stopped, failed, unless another conversation is shown before):
        began: id of its message.
        preparing: stage, fraction or None.
        text_arrived: text.
        reasoning_arrived: text that the model thinks before it answers.
        notice_arrived: text.
        citations_arrived: all citations of the answer so far.
        finished: Stats.
        stopped.
        failed: message, hint.
        continuation_offered: id of an answer that ended just now and can be continued.

    Signals about every answer, before those:
        ended: StoredMessage.
        first_answered: ConversationInfo, the first question as a Turn, StoredMessage; once a
            conversation has an answer to its first question.
        busy_changed: ids of all conversations in which an answer comes, a frozenset.
        document_read: DocumentInput as it was attached, and with its scanned pages.
    """

    began = Signal(str)
    preparing = Signal(object, object)
    text_arrived = Signal(str)
    reasoning_arrived = Signal(str)
    notice_arrived = Signal(object)
    citations_arrived = Signal(object)
    finished = Signal(object)
    stopped = Signal()
    failed = Signal(object, object)
    continuation_offered = Signal(str)
    ended = Signal(object)
    first_answered = Signal(object, object, object)
    busy_changed = Signal(object)
    document_read = Signal(object, object)

    def __init__(
        self,
        queue: JobQueue,
        history: HistoryWorker[Archive],
        shown: Conversation,
        parent: QObject | None = None,
    ) -> None:
        """Follow the answers that `queue` writes; those of `shown` are told."""
        super().__init__(parent)
        self._queue, self._history = queue, history
        self._answers: dict[Ticket, PendingAnswer] = {}
        self.shown = shown
        queue.started.connect(self._on_started)
        queue.event_arrived.connect(self._on_event)
        queue.finished.connect(self._on_finished)
        queue.cancelled.connect(self._on_cancelled)
        queue.failed.connect(self._on_failed)

    def conversations(self) -> tuple[Conversation, ...]:
        """Return the conversations in which an answer is awaited, shown or not."""
        return tuple(answer.conversation for answer in self._answers.values())

    def get(self, message: str) -> PendingAnswer | None:
        """Return the answer in progress whose message has this id."""
        return next((known for known in self._answers.values() if known.id == message), None)

    def is_answering(self, conversation: str) -> bool:
        """Return True while an answer is awaited in the conversation with this id."""
        return any(known.id == conversation for known in self.conversations())

    def add(self, ticket: Ticket, answer: PendingAnswer) -> None:
        """Follow the answer that a ticket's job writes."""
        self._answers[ticket] = answer
        self.tell_busy()

    def begin(self, ticket: Ticket, answer: PendingAnswer) -> None:
        """Follow a new answer; it is shown at once unless one before it still comes."""
        is_first = not any(self._is_shown(known) for known in self._answers.values())
        self.add(ticket, answer)
        if is_first:
            self._begin(answer)
            self._tell_waiting()

    def stop(self, wanted: Callable[[Conversation], bool]) -> None:
        """Stop the answers of the conversations that are wanted; what was said so far stays."""
        for ticket, answer in list(self._answers.items()):
            if wanted(answer.conversation):
                self._queue.cancel(ticket)

    def take_over(self, other: PendingAnswers) -> bool:
        """Follow what another object followed; return False when there was nothing."""
        coming = dict(other._answers)
        self._answers.update(coming)
        other._answers.clear()
        return bool(coming)

    def tell_busy(self) -> None:
        """Emit `busy_changed`."""
        ids = frozenset(known.id for known in self.conversations())
        self.busy_changed.emit(ids)

    def retell(self, answer: PendingAnswer) -> None:
        """Emit the signals of an answer that was unseen, from its start."""
        message = answer.message
        answer.begun = True
        self.began.emit(answer.id)
        for notice in message.notices:
            self.notice_arrived.emit(notice)
        if message.reasoning:
            self.reasoning_arrived.emit(message.reasoning)
        if message.turn.text:
            self.text_arrived.emit(message.turn.text)
        elif not message.reasoning:
            self._tell_waiting()

    @Slot(object)
    def _on_started(self, ticket: Ticket) -> None:
        if ticket in self._answers:
            self._begin(self._answers[ticket])

    @Slot(object, object)
    def _on_event(self, ticket: Ticket, event: Event) -> None:
        answer = self._answers.get(ticket)
        if answer is None:
            return
        if isinstance(event, TextChunk):
            self._extend(answer, event.text)
        elif isinstance(event, ReasoningChunk):
            reasoning = answer.message.reasoning + event.text
            answer.conversation.change(answer.id, reasoning=reasoning)
            if self._is_shown(answer):
                self.reasoning_arrived.emit(event.text)
        elif isinstance(event, Notice):
            notices = (*answer.message.notices, event.text)
            answer.conversation.change(answer.id, notices=notices)
            if self._is_shown(answer):
                self.notice_arrived.emit(event.text)
        elif isinstance(event, Preparing) and self._is_shown(answer):
            self.preparing.emit(event.stage, event.fraction)
        else:
            self._on_document_event(answer, event)

    def _on_document_event(self, answer: PendingAnswer, event: Event) -> None:
        if isinstance(event, DocumentRead):
            self._on_document_read(answer, event)
        elif isinstance(event, Cited):
            citations = merge_citations(answer.message.citations, event.citations)
            answer.conversation.change(answer.id, citations=citations)
            if self._is_shown(answer):
                self.citations_arrived.emit(citations)

    def _on_document_read(self, answer: PendingAnswer, read: DocumentRead) -> None:
        for message in answer.conversation.set_document(read.before, read.after):
            self._store_document(answer.conversation, message, read)
        self.document_read.emit(read.before, read.after)

    def _store_document(self, conversation: Conversation, message: str, read: DocumentRead) -> None:
        before, after = read.before, read.after
        write_unless_temporary(
            self._history,
            conversation,
            lambda store: store.set_document(message, before, after),
        )

    @Slot(object, object)
    def _on_finished(self, ticket: Ticket, stats: Stats) -> None:
        known = self._answers.get(ticket)
        stats = replace(stats, facts=known.facts if known is not None else 0)
        answer = self._end(ticket, "whole", stats=stats)
        if answer is not None and self._is_shown(answer):
            self.finished.emit(stats)
            self._offer_continuation(answer)

    @Slot(object)
    def _on_cancelled(self, ticket: Ticket) -> None:
        answer = self._end(ticket, "stopped")
        if answer is not None and self._is_shown(answer) and answer.begun:
            self.stopped.emit()
            self._offer_continuation(answer)

    @Slot(object, object, object)
    def _on_failed(self, ticket: Ticket, message: str, hint: str) -> None:
        answer = self._end(ticket, "failed", error=message, hint=hint)
        if answer is not None and self._is_shown(answer):
            self.failed.emit(message, hint)

    def _offer_continuation(self, answer: PendingAnswer) -> None:
        if can_continue(answer.message) and answer.message is answer.conversation.path[-1]:
            self.continuation_offered.emit(answer.id)

    def _begin(self, answer: PendingAnswer) -> None:
        if not answer.begun:
            answer.begun = True
            if self._is_shown(answer):
                self.began.emit(answer.id)

    def _extend(self, answer: PendingAnswer, text: str) -> None:
        answer.conversation.extend(answer.id, text)
        write_unless_temporary(
            self._history,
            answer.conversation,
            lambda store: store.extend(answer.id, text),
            soon=False,
        )
        if self._is_shown(answer):
            self.text_arrived.emit(text)

    def _end(
        self, ticket: Ticket, state: MessageState, stats: Stats = NO_STATS, **error: str
    ) -> PendingAnswer | None:
        """End the ticket's answer and return it, if there is one."""
        answer = self._answers.pop(ticket, None)
        if answer is None:
            return None
        ended = answer.conversation.change(answer.id, state=state, stats=stats, **error)
        write_unless_temporary(
            self._history,
            answer.conversation,
            lambda store: store.end(
                *(ended.id, state, stats, ended.notices),
                *(ended.error, ended.hint, ended.reasoning, ended.citations),
            ),
        )
        self.ended.emit(ended)
        self.tell_first_answer(answer.conversation, [ended])
        self.tell_busy()
        return answer

    def tell_first_answer(
        self, conversation: Conversation, answers: Sequence[StoredMessage]
    ) -> None:
        """Emit `first_answered` if an answer to the first question is among `answers`."""
        for answer in answers:
            question = conversation.get(answer.parent)
            if question is None or question.parent or conversation.is_temporary:
                continue
            if answer.state not in ("failed", "streaming"):
                self.first_answered.emit(conversation.info, question.turn, answer)

    def _is_shown(self, answer: PendingAnswer) -> bool:
        return answer.conversation is self.shown

    def _tell_waiting(self) -> None:
        """Tell what the engine does before it begins with the answer that is shown."""
        running = self._queue.running
        if running is None:
            return
        other = self._answers.get(running)
        if other is None or self._is_shown(other):
            self.preparing.emit(activity(running.kind), None)
        else:
            title = other.conversation.info.title
            waiting = TranslatableText("Waiting for “{title}” to finish", title=title)
            self.preparing.emit(waiting, None)
