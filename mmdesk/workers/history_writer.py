"""What writes the history, on its own thread: a line of changes, written together, in order.

A change that cannot be written now (a full disk, a locked file) stays in line and is tried again;
the person is told once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, QThread, QTimer, Signal, Slot

from mmdesk.errors import MMDeskError
from mmdesk.values import (
    ChatSettings,
    ConversationInfo,
    EarlierMessages,
    ImageDescription,
    ImageInput,
    MessageState,
    OpenedConversation,
    SearchHit,
    Stats,
    StoredMessage,
)

log = logging.getLogger(__name__)

WRITE_MS = 200  # how long a piece of an answer waits for others before it is written
RETRY_MS = 2000


class HistoryStore(Protocol):
    """What the bridge needs of mmdesk.history.archive.Archive."""

    @property
    def damaged(self) -> Path | None: ...
    def close(self) -> None: ...
    def together(self) -> AbstractContextManager[None]: ...
    def recover(self) -> int: ...
    def begin(self, info: ConversationInfo) -> None: ...
    def rename(self, conversation: str, title: str) -> None: ...
    def pin(self, conversation: str, pinned: bool) -> None: ...
    def set_settings(self, conversation: str, settings: ChatSettings) -> None: ...
    def delete(self, conversation: str) -> None: ...
    def restore(self, conversation: str) -> None: ...
    def purge(self) -> None: ...
    def conversations(self) -> tuple[ConversationInfo, ...]: ...
    def add(self, conversation: str, message: StoredMessage) -> None: ...
    def extend(self, message: str, text: str) -> None: ...
    def end(
        self,
        message: str,
        state: MessageState,
        stats: Stats = ...,
        notices: tuple[str, ...] = ...,
        error: str = ...,
        hint: str = ...,
    ) -> None: ...
    def set_description(self, sha256: str, description: ImageDescription | None) -> None: ...
    def choose(self, message: str) -> str: ...
    def set_shown(self, conversation: str) -> None: ...
    def shown(self) -> str: ...
    def open(
        self, conversation: str, at: str = ..., terms: tuple[str, ...] = ...
    ) -> OpenedConversation: ...
    def open_end(self, conversation: str, most: int) -> OpenedConversation: ...
    def earlier(self, conversation: str, before: str) -> EarlierMessages: ...
    def search(self, question: str, most: int = ...) -> tuple[SearchHit, ...]: ...
    def picture(self, sha256: str, name: str) -> ImageInput | None: ...
    def export_markdown(self, conversation: str, folder: Path) -> Path: ...
    def export_json(self, conversations: Iterable[str], path: Path) -> Path: ...
    def import_json(self, path: Path) -> tuple[str, ...]: ...


StoreFactory = Callable[[], HistoryStore]
Change = Callable[[HistoryStore], object]


class HistoryWriter(QObject):
    """Lives on the keeping thread; the store is made, used and closed there."""

    ready = Signal()
    resumed = Signal(str)
    written = Signal(int)
    listed = Signal(object)
    answered = Signal(object, object)
    failed = Signal(str, str)

    def __init__(self, make_store: StoreFactory) -> None:
        super().__init__()
        self._make_store = make_store
        self._store: HistoryStore | None = None
        self._closed = False
        self._pending: list[Change] = []
        self._done = 0
        self._told = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._write)

    @Slot()
    def begin(self) -> None:
        """Open the store; without one, everything is dropped from here on and that is told."""
        try:
            self._store = self._make_store()
            interrupted = self._store.recover()
        except MMDeskError as error:
            self._give_up(error.user_message, error.hint)
            return
        except Exception as error:
            log.exception("the history cannot be opened")
            self._give_up(f"The conversations cannot be opened ({error}).", "")
            return
        log.info("history opened; %s answers had been interrupted", interrupted)
        if self._store.damaged is not None:
            self.failed.emit(
                "The file of conversations was damaged, so a new one was begun.",
                f"The damaged one was kept as {self._store.damaged}.",
            )
        last = self._store.shown()  # before what the person did meanwhile is written
        self._write()
        self.ready.emit()
        self.listed.emit(self._store.conversations())
        if last:
            self.resumed.emit(last)

    def _give_up(self, message: str, hint: str) -> None:
        self._store, self._closed = None, True
        self._pending.clear()
        self.failed.emit(message, hint or "New ones are forgotten when mmdesk ends.")

    @Slot(object, bool)
    def change(self, change: Change, soon: bool) -> None:
        """Write this after everything before it."""
        if self._closed:
            return
        self._pending.append(change)
        if soon and self._store is not None and not self._told:
            self._write()
        elif not self._timer.isActive():
            self._timer.start(RETRY_MS if self._told else WRITE_MS)

    @Slot(object, object)
    def ask(self, question: Callable[[HistoryStore], object], tell: object) -> None:
        """Answer a question after everything that is to be written."""
        self._write()
        if self._store is None:
            return
        try:
            self.answered.emit(tell, question(self._store))
        except MMDeskError as error:
            self.failed.emit(error.user_message, error.hint)
        except OSError as error:
            where = error.filename or "The file"
            self.failed.emit(f"{where} cannot be written: {error.strerror or error}.", "")
        except Exception as error:
            log.exception("the history")
            self.failed.emit(f"The conversations could not be read ({error}).", "")

    @Slot()
    def list_all(self) -> None:
        """Say which conversations there are now."""
        self.ask(lambda store: store.conversations(), self.listed)

    @Slot()
    def _write(self) -> None:
        self._timer.stop()
        if self._store is None or not self._pending:
            return
        from sqlite3 import OperationalError  # late, like everything of the history

        try:
            self._write_together(self._store)
        except (OSError, OperationalError) as error:
            self._wait(error)
        except Exception:
            log.exception("a change cannot be kept; each is tried alone")
            self._write_singly(self._store)

    def _write_together(self, store: HistoryStore) -> None:
        with store.together():
            for change in self._pending:
                change(store)
        self._count(len(self._pending))

    def _write_singly(self, store: HistoryStore) -> None:
        """After a defect: only the change that cannot be carried out is lost."""
        from sqlite3 import OperationalError

        while self._pending:
            try:
                with store.together():
                    self._pending[0](store)
            except (OSError, OperationalError) as error:
                self._wait(error)
                return
            except Exception as error:
                log.exception("a change was not kept")
                self.failed.emit(
                    f"Something could not be kept in the history ({type(error).__name__}).", ""
                )
            self._count(1)

    def _count(self, done: int) -> None:
        del self._pending[:done]
        self._done += done
        self._told = False
        self.written.emit(self._done)

    def _wait(self, error: Exception) -> None:
        log.warning("the history cannot be written now: %s", error)
        if not self._told:
            self._told = True
            self.failed.emit(
                f"Conversations cannot be written to the disk now ({error}).",
                "mmdesk keeps trying; nothing is lost while this window is open.",
            )
        self._timer.start(RETRY_MS)

    @Slot()
    def close(self) -> None:
        """Write what is left and end the thread."""
        self._write()
        self._closed = True
        self._timer.stop()
        if self._store is not None:
            self._store.close()
            self._store = None
        QThread.currentThread().quit()
