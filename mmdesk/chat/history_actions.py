"""Actions of the history panel: search, pin, restore, erase, export and import."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from mmdesk.values import SearchHit
from mmdesk.workers import HistoryWorker

if TYPE_CHECKING:
    from mmdesk.history import Archive


class HistoryActions(QObject):
    """Actions on stored conversations; those on the one that is shown are ChatController's.

    Signals:
        found: the query, tuple[SearchHit, ...].
        exported: the path that was written, as str.
        imported: how many conversations there were in the file.
        deleted_listed: tuple[ConversationInfo, ...] that can be restored.
    """

    found = Signal(str, object)
    exported = Signal(str)
    imported = Signal(int)
    deleted_listed = Signal(object)

    def __init__(self, history: HistoryWorker[Archive], parent: QObject | None = None) -> None:
        """Act on `history`."""
        super().__init__(parent)
        self._history = history
        self._query = ""

    @Slot(str, str)
    def search(self, query: str, project: str = "") -> None:
        """Search all or a project's; `found` follows, unless another query came meanwhile."""
        self._query = query

        def hits(store: Archive) -> tuple[SearchHit, ...] | None:
            return store.search(query, project=project) if query == self._query else None

        self._history.call(hits, lambda found: self._on_found(query, found))

    def _on_found(self, query: str, hits: tuple[SearchHit, ...]) -> None:
        if query == self._query:
            self.found.emit(query, hits)

    @Slot(str, bool)
    def pin(self, conversation: str, pinned: bool) -> None:
        """Pin a conversation to the top of the list, or unpin it."""
        self._history.change(lambda store: store.pin(conversation, pinned), relist=True)

    @Slot(str)
    def restore(self, conversation: str) -> None:
        """Take the deletion of a conversation back."""
        self._history.change(lambda store: store.restore(conversation), relist=True)
        self.list_deleted()

    @Slot()
    def list_deleted(self) -> None:
        """Read which deleted conversations can be restored; `deleted_listed` follows."""
        self._history.call(lambda store: store.deleted(), self.deleted_listed.emit)

    @Slot(str)
    def erase(self, conversation: str) -> None:
        """Erase a deleted conversation for good; `deleted_listed` follows."""
        # A call and no change: the end of a transaction is not enough, it erases the log as well.
        self._history.call(lambda store: store.erase((conversation,)))
        self.list_deleted()

    @Slot()
    def erase_all(self) -> None:
        """Erase all deleted conversations for good; `deleted_listed` follows."""
        self._history.call(lambda store: store.purge())
        self.list_deleted()

    @Slot(str, str)
    def export(self, conversation: str, path: str) -> None:
        """Write a conversation to a JSON file, or as a Markdown page to a folder."""
        self._history.call(lambda store: _export(store, conversation, path), self.exported.emit)

    @Slot(str)
    def export_all(self, path: str) -> None:
        """Write all conversations to one JSON file, or as Markdown pages to a folder."""
        self._history.call(lambda store: _export_all(store, path), self.exported.emit)

    @Slot(str)
    def import_file(self, path: str) -> None:
        """Add the conversations of a JSON file; `imported` follows, or the history's `failed`."""
        self._history.call(lambda store: len(store.import_json(Path(path))), self.imported.emit)
        self._history.list_conversations()


def _export(store: Archive, conversation: str, path: str) -> str:
    if path.endswith(".json"):
        return str(store.export_json([conversation], Path(path)))
    return str(store.export_markdown(conversation, Path(path)))


def _export_all(store: Archive, path: str) -> str:
    conversations = [info.id for info in store.conversations()]
    if path.endswith(".json"):
        return str(store.export_json(conversations, Path(path)))
    for conversation in conversations:
        store.export_markdown(conversation, Path(path))
    return path
