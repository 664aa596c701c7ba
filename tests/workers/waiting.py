"""Helpers of the workers' tests: engines that wait for the test, and recorders of signals."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from mmdesk.errors import Cancelled
from mmdesk.values import CancelFlag, Event, Finished, Request, TextChunk
from mmdesk.workers import Job, JobQueue
from tests.fakes.scripted_engine import is_title_request


def request_job(request: Request) -> Job:
    """Return the job of one plain request."""
    return lambda engine, cancel: engine.generate(request, cancel)


class GatedEngine:
    """Says a word, then waits for `gate` or the flag, then says another and finishes.

    With `deaf` it hears no flag: only `close`, as a process that has to be killed.
    """

    def __init__(self, deaf: bool = False) -> None:
        self.gate = threading.Event()
        self.closed = threading.Event()
        self.deaf = deaf
        self.requests: list[Request] = []

    def generate(self, request: Request, cancel: CancelFlag) -> Iterator[Event]:
        if is_title_request(request):
            yield Finished()
            return
        self.requests.append(request)
        yield TextChunk("one ")
        while not self.gate.wait(0.005):
            if self.closed.is_set() or (cancel.is_set() and not self.deaf):
                raise Cancelled
        yield TextChunk("two")
        yield Finished()

    def close(self) -> None:
        self.closed.set()


class Record:
    """Record of what a JobQueue emitted, in order."""

    def __init__(self, queue: JobQueue) -> None:
        self.emitted: list[tuple] = []
        queue.started.connect(lambda ticket: self.emitted.append(("started", ticket)))
        queue.event_arrived.connect(
            lambda ticket, event: self.emitted.append(("event", ticket, event))
        )
        queue.finished.connect(lambda ticket, _stats: self.emitted.append(("finished", ticket)))
        queue.cancelled.connect(lambda ticket: self.emitted.append(("cancelled", ticket)))
        queue.failed.connect(lambda ticket, *words: self.emitted.append(("failed", ticket, *words)))

    def ends(self, ticket: object) -> list[str]:
        """Return the ways in which this ticket ended: exactly one, always."""
        return [
            entry[0]
            for entry in self.emitted
            if entry[1] is ticket and entry[0] in ("finished", "cancelled", "failed")
        ]

    def text(self, ticket: object) -> str:
        return "".join(
            entry[2].text
            for entry in self.emitted
            if entry[0] == "event" and entry[1] is ticket and isinstance(entry[2], TextChunk)
        )

    def order(self, fact: str) -> list:
        return [entry[1] for entry in self.emitted if entry[0] == fact]
