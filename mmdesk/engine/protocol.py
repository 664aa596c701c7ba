"""Interface between the callers of an engine (tasks, chat, cli) and its implementations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from mmdesk.values import CancelFlag, Event, Request


class Engine(Protocol):
    """Something that answers requests, one at a time."""

    def generate(self, request: Request, cancel: CancelFlag) -> Iterator[Event]:
        """Answer a request.

        Closing the generator early stops the work as well.

        Yields:
            Events as they happen, the last one `Finished`.

        Raises:
            Cancelled: soon after `cancel` was set (within one token while decoding).
            MMDeskError: the request cannot be answered.
        """
        ...

    def close(self) -> None:
        """Release memory, threads and processes. May be called more than once."""
        ...


def native_inputs(engine: Engine, model: str | None, cancel: CancelFlag) -> frozenset[str]:
    """Return the kinds of attachments that a model takes as they are: "picture", "sound".

    All others it gets in words, from mmdesk's own perception. An engine without such models need
    not have the method.

    Raises:
        Cancelled: `cancel` was set.
        MMDeskError: it cannot be found out.
    """
    ask = getattr(engine, "native_inputs", None)
    return frozenset() if ask is None else ask(model, cancel)
