"""History of a conversation that is not stored before the user keeps it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mmdesk.workers import HistoryWorker

if TYPE_CHECKING:
    from mmdesk.history import Archive


class UnsavedHistory:
    """Changes to the history that wait in memory, in their order.

    It stands in for the HistoryWorker of a ChatController. Once they are kept, everything goes to
    the history at once.
    """

    def __init__(self, history: HistoryWorker[Archive]) -> None:
        self._history = history
        self._waiting: list[tuple[Callable[[Archive], object], bool]] = []
        self._is_kept = False

    def change(
        self, change: Callable[[Archive], object], *, soon: bool = True, relist: bool = False
    ) -> None:
        """Remember a change, or write it where the conversation is kept."""
        if self._is_kept:
            self._history.change(change, soon=soon, relist=relist)
        else:
            self._waiting.append((change, relist))

    def call(
        self, question: Callable[[Archive], Any], on_done: Callable[[Any], object] | None = None
    ) -> None:
        """Ask the history something; what is not kept is not in it."""
        self._history.call(question, on_done)

    def keep(self) -> None:
        """Write everything that was remembered, and what follows."""
        self._is_kept = True
        waiting, self._waiting = self._waiting, []
        for change, relist in waiting:
            self._history.change(change, soon=False, relist=relist)
