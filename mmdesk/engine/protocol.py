"""The one seam between what asks (tasks, bridge, cli) and what computes (local, process)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from mmdesk.values import CancelFlag, Event, Request


class Engine(Protocol):
    """Anything that answers requests.

    `generate` is a plain generator: events as they happen, the last one `Finished`. It raises
    `Cancelled` soon after `cancel` is set (within one token while decoding), or an `MMDeskError`.
    One request runs at a time. Closing the generator early stops the work as well.
    """

    def generate(self, request: Request, cancel: CancelFlag) -> Iterator[Event]: ...

    def close(self) -> None:
        """Give back memory, threads and processes. May be called more than once."""
        ...
