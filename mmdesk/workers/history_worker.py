"""Conversations are kept on a thread of their own, which the window never waits for.

What is to be kept goes into a line of changes and is written together, in order, a few times a
second: an answer that streams costs a handful of transactions a second, and a kill loses what
came since the last one. A change that cannot be written now (a full disk, a locked file) stays in
line and is tried again; the person is told once.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QThread, Signal, Slot

from mmdesk.values import (
    ChatSettings,
    ConversationInfo,
    EarlierMessages,
    ImageDescription,
    MessageState,
    OpenedConversation,
    SearchHit,
    Stats,
    StoredMessage,
)
from mmdesk.workers.history_writer import Change, HistoryStore, HistoryWriter, StoreFactory

END = 60  # messages of a conversation that are shown before the rest of it is read


class HistoryWorker(QObject):
    """The history as the window's thread sees it: nothing here waits.

    Signals:
        ready: the database is open, and recovered from a kill where need be.
        resumed: id of the conversation that was shown last, after the opening.
        listed: tuple[ConversationInfo, ...], at the beginning and whenever it differs.
        opened: OpenedConversation.
        earlier_read: EarlierMessages, soon after the end of a long conversation was opened.
        found: the question, tuple[SearchHit, ...].
        picture_loaded: ImageInput with its pixels.
        exported: the path that was written, as str.
        imported: how many conversations there were in the file.
        written: how many changes are on the disk by now.
        failed: message, hint.
    """

    ready = Signal()
    resumed = Signal(str)
    listed = Signal(object)
    opened = Signal(object)
    earlier_read = Signal(object)
    found = Signal(str, object)
    picture_loaded = Signal(object)
    exported = Signal(str)
    imported = Signal(int)
    written = Signal(int)
    failed = Signal(str, str)
    _begin_wanted = Signal()
    _changed = Signal(object, bool)
    _asked = Signal(object, object)
    _close_wanted = Signal()
    _list_wanted = Signal()

    def __init__(self, make_store: StoreFactory, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._question = ""
        self._keeper = HistoryWriter(make_store)
        self._thread = QThread(self)
        self._thread.setObjectName("history")
        self._keeper.moveToThread(self._thread)
        self._begin_wanted.connect(self._keeper.begin)
        self._changed.connect(self._keeper.change)
        self._asked.connect(self._keeper.ask)
        self._list_wanted.connect(self._keeper.list_all)
        self._close_wanted.connect(self._keeper.close)
        self._keeper.ready.connect(self.ready)
        self._keeper.resumed.connect(self.resumed)
        self._keeper.listed.connect(self.listed)
        self._keeper.written.connect(self.written)
        self._keeper.failed.connect(self.failed)
        self._keeper.answered.connect(self._on_answered)

    def begin(self) -> None:
        """Open the history; `ready` and `listed` follow. What was kept before waits for it."""
        self._thread.start()
        self._begin_wanted.emit()

    def close(self, patience_ms: int = 3000) -> bool:
        """Write everything, then end; False when the disk did not take it in time. Nothing is
        told any more.
        """
        if self._thread.isRunning():
            self._close_wanted.emit()
        self.blockSignals(True)
        if not self._thread.isRunning():
            return True
        return self._thread.wait(patience_ms)

    # --- what is to be kept -------------------------------------------------------------------

    def begin_conversation(self, info: ConversationInfo) -> None:
        self._change(lambda store: store.begin(info))

    def add(self, conversation: str, message: StoredMessage) -> None:
        """A message, written at once."""
        self._change(lambda store: store.add(conversation, message))
        self._list_wanted.emit()

    def extend(self, message: str, text: str) -> None:
        """Some more of an answer, written within WRITE_MS."""
        self._change(lambda store: store.extend(message, text), soon=False)

    def end(
        self,
        message: str,
        state: MessageState,
        stats: Stats,
        notices: tuple[str, ...] = (),
        error: str = "",
        hint: str = "",
    ) -> None:
        """An answer has ended, written at once."""
        self._change(lambda store: store.end(message, state, stats, notices, error, hint))

    def set_description(self, sha256: str, description: ImageDescription | None) -> None:
        self._change(lambda store: store.set_description(sha256, description), soon=False)

    def set_settings(self, conversation: str, settings: ChatSettings) -> None:
        self._change(lambda store: store.set_settings(conversation, settings))
        self._list_wanted.emit()

    @Slot(str, str)
    def rename(self, conversation: str, title: str) -> None:
        self._change(lambda store: store.rename(conversation, title))
        self._list_wanted.emit()

    @Slot(str, bool)
    def pin(self, conversation: str, pinned: bool) -> None:
        self._change(lambda store: store.pin(conversation, pinned))
        self._list_wanted.emit()

    @Slot(str)
    def delete(self, conversation: str) -> None:
        """Hide it; `restore` takes that back until `purge` or the next start."""
        self._change(lambda store: store.delete(conversation))
        self._list_wanted.emit()

    @Slot(str)
    def restore(self, conversation: str) -> None:
        self._change(lambda store: store.restore(conversation))
        self._list_wanted.emit()

    @Slot()
    def purge(self) -> None:
        self._ask(lambda store: store.purge(), None)  # no transaction: it ends with the disk

    @Slot(str)
    def set_shown(self, conversation: str) -> None:
        """The conversation to come back to at the next start."""
        self._change(lambda store: store.set_shown(conversation), soon=False)

    def choose(self, message: str) -> None:
        """Show the versions through this message from now on."""
        self._change(lambda store: store.choose(message))

    def _change(self, change: Change, soon: bool = True) -> None:
        self._changed.emit(change, soon)

    # --- what is asked of it ------------------------------------------------------------------

    @Slot(str, str, object)
    def open(self, conversation: str, at: str = "", terms: tuple[str, ...] = ()) -> None:
        """Read a conversation; `opened` follows. Of a long one that is not opened at a certain
        message, the end comes at once and `earlier_read` after it.
        """
        if at:
            self._ask(lambda store: store.open(conversation, at, terms), self.opened)
            return
        first: list[str] = []  # filled by the first question, which is answered before the second

        def end(store: HistoryStore) -> OpenedConversation:
            opened = store.open_end(conversation, END)
            first.extend(message.id for message in opened.messages[:1] if message.parent)
            return opened

        def earlier(store: HistoryStore) -> EarlierMessages | None:
            return store.earlier(conversation, first[0]) if first else None

        self._ask(end, self.opened)
        self._ask(earlier, self.earlier_read)

    @Slot(str)
    def search(self, question: str) -> None:
        """`found` follows; a question that another one has overtaken is not answered."""
        self._question = question

        def answer(store: HistoryStore) -> tuple[SearchHit, ...] | None:
            return store.search(question) if question == self._question else None

        self._ask(answer, question)

    @Slot(str, str)
    def load_picture(self, sha256: str, name: str) -> None:
        """`picture_loaded` follows, unless the picture is gone."""
        self._ask(lambda store: store.picture(sha256, name), self.picture_loaded)

    @Slot(str, str)
    def export(self, conversation: str, path: str) -> None:
        """Write one into a JSON file, or as a Markdown page into a folder; `exported` follows, or
        `failed`.
        """
        if path.endswith(".json"):
            self._ask(
                lambda store: str(store.export_json([conversation], Path(path))), self.exported
            )
            return
        self._ask(lambda store: str(store.export_markdown(conversation, Path(path))), self.exported)

    @Slot(str)
    def export_all(self, path: str) -> None:
        """All as one JSON file, or as Markdown pages into a folder; `exported` follows."""

        def export(store: HistoryStore) -> str:
            everything = [info.id for info in store.conversations()]
            if path.endswith(".json"):
                return str(store.export_json(everything, Path(path)))
            for conversation in everything:
                store.export_markdown(conversation, Path(path))
            return path

        self._ask(export, self.exported)

    @Slot(str)
    def import_file(self, path: str) -> None:
        """`imported` and `listed` follow, or `failed`."""
        self._ask(lambda store: len(store.import_json(Path(path))), self.imported)
        self._list_wanted.emit()

    def _ask(self, question: Callable[[HistoryStore], object], tell: object) -> None:
        self._asked.emit(question, tell)

    @Slot(object, object)
    def _on_answered(self, tell: object, answer: object) -> None:
        if answer is None:
            return
        if isinstance(tell, str):
            if tell == self._question:
                self.found.emit(tell, answer)
        else:
            tell.emit(answer)  # type: ignore[attr-defined]
