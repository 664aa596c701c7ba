"""Work that is done for a question while it is still being typed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from mmdesk.chat.conversation import Conversation
from mmdesk.values import Turn
from mmdesk.workers import Job, JobKind, JobQueue, Ticket

JobBuilder = Callable[[tuple[Turn, ...]], Job]


class DraftPrefetch:
    """Has the engine read a conversation and what is attached to the next question, once; every
    other job goes before and ends it.
    """

    def __init__(self, queue: JobQueue) -> None:
        self._queue = queue
        self._ticket: Ticket | None = None
        self._for: tuple[Turn, ...] | None = None

    def want(self, conversation: Conversation, draft: Turn, recipe: JobBuilder) -> None:
        """`draft` is what would be sent now; its words do not matter."""
        turns = (*conversation.turns(), replace(draft, text=""))
        if turns == self._for:
            return
        self.stop()
        self._for = turns

        def prepare() -> Job:  # late: pictures may have been looked at meanwhile
            seen = tuple(map(conversation.with_description, draft.images))
            return recipe((*conversation.turns(), replace(draft, text="", images=seen)))

        self._ticket = Ticket(JobKind.PREFILL, prepare)
        self._queue.submit(self._ticket)

    def stop(self) -> None:
        """Nothing has to be read ahead any more, or all of it anew."""
        ticket, self._ticket, self._for = self._ticket, None, None
        if ticket is not None:
            self._queue.cancel(ticket)

    def ended(self, ticket: Ticket, whole: bool) -> None:
        """A job has ended; one that was cut short may be wanted again."""
        if ticket is self._ticket:
            self._ticket = None
            if not whole:
                self._for = None
