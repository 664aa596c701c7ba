"""Work that is done for a question while it is still being typed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from mmdesk.bridge.conversation import Conversation
from mmdesk.bridge.jobs import JobQueue, Kind, Ticket
from mmdesk.bridge.worker import Job
from mmdesk.messages import Turn

Recipe = Callable[[tuple[Turn, ...]], Job]


class ReadingAhead:
    """Has the engine read a conversation and what is attached to the next question, once; every
    other job goes before and ends it."""

    def __init__(self, queue: JobQueue) -> None:
        self._queue = queue
        self._ticket: Ticket | None = None
        self._for: tuple[Turn, ...] | None = None

    def want(self, conversation: Conversation, draft: Turn, recipe: Recipe) -> None:
        """`draft` is what would be sent now; its words do not matter."""
        turns = (*conversation.turns(), replace(draft, text=""))
        if turns == self._for:
            return
        self.stop()
        self._for = turns

        def prepare() -> Job:  # late: pictures may have been looked at meanwhile
            seen = tuple(map(conversation.with_sight, draft.images))
            return recipe((*conversation.turns(), replace(draft, text="", images=seen)))

        self._ticket = Ticket(Kind.PREPARE, prepare)
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
