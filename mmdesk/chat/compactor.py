"""Compaction of long conversations: what will not fit the context window soon is summarised.

After an answer that fills most of the context window, the oldest messages are summarised in the
background. From then on the summary stands in the prompt in their place. So much is summarised at
once that the prompt grows for many questions without another one, and its KV cache is reused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from mmdesk.chat.conversation import Conversation
from mmdesk.chat.forecast import turn_estimate
from mmdesk.chat.jobs import in_conversation
from mmdesk.text import estimate_tokens
from mmdesk.values import CancelFlag, Event, StoredMessage, Summary, TextChunk
from mmdesk.workers import HistoryWorker, JobKind, JobQueue, Ticket

if TYPE_CHECKING:
    from mmdesk.chat.controller import ChatController
    from mmdesk.engine import Engine
    from mmdesk.history import Archive
    from mmdesk.workers import Job

FULL = 0.8  # share of the room for a prompt from which it is compacted
KEPT = 0.35  # share of the room that messages may take that stay whole
_SYSTEM = 60  # tokens of the system prompt and of the template, roughly


@dataclass(eq=False)
class _Compaction:
    """Summary in progress.

    Attributes:
        conversation: the one that is compacted.
        last: id of the last message that the summary covers.
        text: the summary so far.
    """

    conversation: Conversation
    last: str
    text: str = ""


class Compactor(QObject):
    """Maker of summaries, once the engine has nothing else to do.

    Signals:
        compacted: the Conversation, which has a new summary.
    """

    compacted = Signal(object)

    def __init__(
        self,
        queue: JobQueue,
        history: HistoryWorker[Archive],
        chat: ChatController,
        parent: QObject | None = None,
    ) -> None:
        """Compact the conversations of `chat`."""
        super().__init__(parent)
        self._queue, self._history, self._chat = queue, history, chat
        self._running: dict[Ticket, _Compaction] = {}
        self._given_up: set[str] = set()  # messages up to which no good summary could be made
        chat.answers.ended.connect(self._on_answer_ended)
        queue.started.connect(self._on_started)
        queue.event_arrived.connect(self._on_event)
        queue.finished.connect(self._on_finished)
        queue.cancelled.connect(self._on_over)
        queue.failed.connect(lambda ticket, _message, _hint: self._on_over(ticket))

    @Slot(object)
    def _on_answer_ended(self, answer: StoredMessage) -> None:
        conversation = self._chat.conversation
        if not conversation.path or conversation.path[-1].id != answer.id:
            return  # another one is shown; it is compacted after its next answer
        if any(known.conversation is conversation for known in self._running.values()):
            return
        covered = self._to_summarise(conversation, answer)
        if covered and covered[-1].id not in self._given_up:
            self._submit(conversation, covered[-1].id)

    def _to_summarise(
        self, conversation: Conversation, answer: StoredMessage
    ) -> list[StoredMessage]:
        """Return the messages that are to be summarised after an answer; mostly none."""
        stats = answer.stats
        if answer.task.kind != "chat" or answer.state != "whole" or not stats.context_limit:
            return []
        settings = in_conversation(self._chat.settings, conversation.settings)
        reserved = min(settings.max_tokens, stats.context_limit // 2)
        room = stats.context_limit - reserved
        if stats.context_tokens < FULL * room:
            return []
        messages = conversation.unsummarised()
        extras = self._chat.extras_of(conversation, "")
        fixed = _SYSTEM + estimate_tokens(extras.system)
        fixed += sum(estimate_tokens(file.text) for file in extras.files)
        sizes = [turn_estimate(message.turn) for message in messages]
        scale = stats.context_tokens / (fixed + sum(sizes))
        return messages[: _kept_from(messages, sizes, KEPT * room / max(scale, 0.1))]

    def _submit(self, conversation: Conversation, last: str) -> None:
        def make_job() -> Job:
            return self._job(conversation, last)

        ticket = Ticket(JobKind.SUMMARY, make_job, conversation.id, may_restart=True)
        self._running[ticket] = _Compaction(conversation, last)
        self._queue.submit(ticket)

    def _job(self, conversation: Conversation, last: str) -> Job:
        following = conversation.after(last)
        before = following.id if following is not None else ""
        turns, previous = conversation.turns(before), conversation.summary(before)
        model = self._chat.settings.model

        def job(engine: Engine, cancel: CancelFlag) -> Iterator[Event]:
            from mmdesk.tasks import compact

            return compact(engine, turns, cancel, model=model, previous=previous)

        return job

    @Slot(object)
    def _on_started(self, ticket: Ticket) -> None:
        if ticket in self._running:
            self._running[ticket].text = ""  # it may have been interrupted

    @Slot(object, object)
    def _on_event(self, ticket: Ticket, event: Event) -> None:
        compaction = self._running.get(ticket)
        if compaction is not None and isinstance(event, TextChunk):
            compaction.text += event.text

    @Slot(object, object)
    def _on_finished(self, ticket: Ticket, _stats: object) -> None:
        compaction = self._running.pop(ticket, None)
        if compaction is None:
            return
        conversation, summary = compaction.conversation, Summary(compaction.last, compaction.text)
        if not summary.text:
            self._given_up.add(compaction.last)
            return
        conversation.take_summaries((summary,))
        if not conversation.is_temporary:
            id = conversation.id
            self._history.change(lambda store: store.summaries.add(id, summary))
        self.compacted.emit(conversation)

    @Slot(object)
    def _on_over(self, ticket: Ticket) -> None:
        compaction = self._running.pop(ticket, None)
        if compaction is not None:
            self._given_up.add(compaction.last)


def _kept_from(messages: list[StoredMessage], sizes: list[float], room: float) -> int:
    """Return the place of the question from which messages stay whole, the last at the latest."""
    starts = [at for at, message in enumerate(messages) if message.turn.role == "user"]
    fitting = (start for start in starts if sum(sizes[start:]) <= room)
    return next(fitting, starts[-1] if starts else 0)
