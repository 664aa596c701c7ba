"""Temporary chat: a conversation of which nothing is stored, unless it is kept after all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from mmdesk.chat.conversation import Conversation
from mmdesk.history.message_tree import children_of, newest_leaf, path_to
from mmdesk.values import ImageDescriptions, StoredMessage, Summary
from mmdesk.workers import HistoryWorker

if TYPE_CHECKING:
    from mmdesk.history import Archive

Change = Callable[["Archive"], object]


class TemporaryConversation(Conversation):
    """Conversation that keeps all versions of its messages itself, since no history has them."""

    def __init__(self, descriptions: ImageDescriptions) -> None:
        """Begin without messages."""
        super().__init__(descriptions)
        self.is_temporary = True
        self._removed: dict[str, StoredMessage] = {}  # versions that are not on the path

    def cut(self, message: str) -> None:
        """Remove a message and everything after it from the path; `choose` can show it again."""
        for removed in self.path[self._place(message) :]:
            self._removed[removed.id] = removed
        super().cut(message)

    def messages(self) -> tuple[StoredMessage, ...]:
        """Return every version of every message, parents before children."""
        known = {**self._removed, **{message.id: message for message in self.path}}
        return tuple(sorted(known.values(), key=lambda message: message.created))

    def choose(self, message: str) -> None:
        """Put the newest path through a message in the place of the present one."""
        known = {entry.id: entry for entry in self.messages()}
        tree = {entry.id: entry.parent for entry in known.values()}
        versions = {parent: tuple(ids) for parent, ids in children_of(tree).items()}
        self._removed = known
        self.path = [
            replace(known[entry], versions=versions[tree[entry]])
            for entry in path_to(tree, newest_leaf(tree, message))
        ]

    def storing(self) -> Callable[[Archive], None]:
        """Return the change of the history that stores the conversation as it is now."""
        info = self.info
        messages = [
            replace(message, turn=self.described(message.turn)) for message in self.messages()
        ]
        leaf = self.path[-1].id if self.path else ""
        summaries = dict(self.summaries)

        def store_all(store: Archive) -> None:
            store.begin(info)
            for message in messages:
                store.add(info.id, message)
            store.show(info.id, leaf)
            for last, text in summaries.items():
                store.summaries.add(info.id, Summary(last, text))

        return store_all


def write_unless_temporary(
    history: HistoryWorker[Archive], conversation: Conversation, change: Change, **when: bool
) -> None:
    """Change a conversation in the history, unless it is temporary; `when` as for the history."""
    if not conversation.is_temporary:
        history.change(change, **when)
