"""Thread that reads and writes the history, which the window never waits for.

Changes go into a queue and are written together, in order, a few times a second: an answer that
streams costs a handful of transactions a second, and a kill loses what came since the last one. A
change that cannot be written now (a full disk, a locked file) stays in the queue and is tried
again, and so is a history that cannot be opened now. The user is told at once, and when something
new cannot be written later.

A database that turns out to be damaged is replaced by a new one with what can be read.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any, Generic, Protocol, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal, SignalInstance

from mmdesk.errors import HistoryLocked, MMDeskError
from mmdesk.translatable import TranslatableText
from mmdesk.values import ConversationInfo
from mmdesk.workers.worker_thread import WorkerThread

log = logging.getLogger(__name__)

WRITE_MS = 200  # how long a piece of an answer waits for others before it is written
RETRY_MS = 2000
REMIND_S = 20.0  # after which a change that cannot be written is told again
CLOSE_MS = 3000  # how long the end waits for the disk


class Transactional(Protocol):
    """Store that the worker opens, writes to in transactions, and lists."""

    @property
    def damaged(self) -> Path | None:
        """New path of a damaged database; None where it was sound."""

    @property
    def salvaged(self) -> int:
        """Number of conversations of a damaged database that could be read."""

    @property
    def repaired(self) -> int:
        """Number of rows that were repaired."""

    def heal(self, error: Exception) -> bool:
        """Replace the database if `error` came from damage; return whether it did."""
        ...

    def close(self) -> None:
        """Close the database."""

    def together(self) -> AbstractContextManager[None]:
        """Return a transaction."""
        ...

    def recover(self) -> int:
        """Repair what a kill left open; return how many answers it had interrupted."""
        ...

    def shown(self) -> str:
        """Return the id of the conversation that was shown last, or ""."""
        ...

    def conversations(self) -> tuple[ConversationInfo, ...]:
        """Return the conversations, as they are listed."""
        ...


S = TypeVar("S", bound=Transactional)
R = TypeVar("R")


class HistoryWorker(QObject, Generic[S]):
    """Store of conversations in a thread of its own.

    A caller hands over functions of the store: `change` to write, `call` to read.

    Attributes:
        changes: how many changes were handed over so far.

    Signals:
        ready: the database is open, and recovered from a kill where need be.
        resumed: id of the conversation that was shown last, after the opening.
        listed: tuple[ConversationInfo, ...], at the beginning and after changes that ask for it.
        written: how many changes are on the disk by now.
        failed: message, hint.
        locked: the history is encrypted; `reopen` with what unlocks it opens it.
    """

    ready = Signal()
    resumed = Signal(str)
    listed = Signal(object)
    written = Signal(int)
    failed = Signal(object, object)
    locked = Signal()

    def __init__(self, make_store: Callable[[], S], parent: QObject | None = None) -> None:
        """Prepare the thread; `make_store` is called in it by `begin`."""
        super().__init__(parent)
        self.changes = 0
        self._thread = WorkerThread("history", self)
        self._thread.failed.connect(self._on_thread_failed)
        # Below: of the thread only.
        self._make_store = make_store
        self._store: S | None = None
        self._is_over = False
        self._queue: list[Callable[[S], object]] = []
        self._written = 0
        self._is_failing = False  # the last try to write failed, and the user was told
        self._timer: QTimer | None = None
        self._told_damage: Path | None = None
        self._told_repaired = 0
        self._problem = ""
        self._told_at = 0.0  # when the user was told last that nothing can be written

    def begin(self) -> None:
        """Open the history; `ready` and `listed` follow. Changes before that wait for it."""
        self._thread.call(self._open)

    def change(
        self, change: Callable[[S], object], *, soon: bool = True, relist: bool = False
    ) -> None:
        """Write a change after everything before it.

        Args:
            change: a function of the store, run inside a transaction.
            soon: write at once; otherwise within WRITE_MS, together with others.
            relist: `listed` follows.
        """
        self.changes += 1
        self._thread.call(partial(self._add, change, soon))
        if relist:
            self._thread.call(self._list)

    def call(
        self, question: Callable[[S], R | None], on_done: Callable[[R], object] | None = None
    ) -> None:
        """Ask the store something after everything before it was written.

        Args:
            question: a function of the store; None as its result is no answer.
            on_done: called with the answer in the window's thread; when there is none, or `failed`
                says why, it is not called.
        """
        self._thread.call(partial(self._ask, question), partial(_answer, on_done))

    def reopen(
        self,
        action: Callable[[], object],
        on_done: Callable[[object], object],
        on_failed: Callable[[Exception], object],
    ) -> None:
        """Close the history, run an action that unlocks or rewrites it, and open it again.

        Changes wait meanwhile, and `ready` follows. One of the two is called before that.
        """
        self._thread.call(partial(self._reopen, action), on_done, on_failed)

    def list_conversations(self) -> None:
        """Read which conversations there are; `listed` follows."""
        self._thread.call(self._list)

    def close(self, patience_ms: int = CLOSE_MS) -> bool:
        """Write everything, then end; no signal comes any more.

        Returns:
            False when the disk did not take it in time.
        """
        self._thread.call(self._finish)
        self.blockSignals(True)
        return self._thread.close(patience_ms, run_queued=True)

    def _on_thread_failed(self, error: Exception) -> None:
        message = TranslatableText("Something went wrong ({kind}).", kind=type(error).__name__)
        self.failed.emit(message, "")

    # --- in the thread ------------------------------------------------------------------------

    def _emit(self, signal: SignalInstance, *values: object) -> None:
        self._thread.post(lambda: signal.emit(*values))

    def _open(self) -> None:
        self._timer = QTimer()
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_timeout, Qt.ConnectionType.DirectConnection)
        self._try_to_open()

    def _try_to_open(self) -> None:
        """Open the history; a disk that is full or locked now is tried again later."""
        from sqlite3 import OperationalError  # late, like everything of the history

        try:
            store, interrupted, last = self._opened()
        except HistoryLocked:
            self._emit(self.locked)
            return
        except MMDeskError as error:
            if isinstance(error.__cause__, (OSError, OperationalError)):
                self._retry_later(error, error.user_message)
            else:
                self._give_up(error.user_message, error.hint)
            return
        except (OSError, OperationalError) as error:
            self._retry_later(error)
            return
        except Exception as error:
            log.exception("the history cannot be opened")
            self._give_up(
                TranslatableText(
                    "The conversations cannot be opened ({reason}).", reason=str(error)
                )
            )
            return
        log.info("history opened; %s answers had been interrupted", interrupted)
        self._store, self._is_failing = store, False
        self._tell_damage(store)
        self._write()
        self._emit(self.ready)
        self._list()
        if last:
            self._emit(self.resumed, last)

    def _reopen(self, action: Callable[[], object]) -> None:
        self._write()
        if self._store is not None:
            self._store.close()
            self._store = None
        try:
            action()
        finally:
            self._is_over = False
            self._try_to_open()

    def _opened(self) -> tuple[S, int, str]:
        """Return the store, how many answers had been interrupted, and what was shown last."""
        store = self._make_store()
        try:
            interrupted = self._recover(store)
            return store, interrupted, store.shown()
        except BaseException:
            store.close()
            raise

    def _recover(self, store: S) -> int:
        try:
            return store.recover()
        except Exception as error:
            if not store.heal(error):
                raise
        return store.recover()

    def _tell_damage(self, store: S) -> None:
        """Say what was damaged and what became of it."""
        if store.damaged is not None and store.damaged != self._told_damage:
            self._told_damage = store.damaged
            message = TranslatableText(
                "The file of conversations was damaged. A new one was started."
            )
            if store.salvaged:
                message = TranslatableText(
                    "The file of conversations was damaged. What could be read was moved into a "
                    "new one; conversations: {count}.",
                    count=store.salvaged,
                )
            kept = TranslatableText("The damaged file was kept as {path}.", path=str(store.damaged))
            self._emit(self.failed, message, kept)
        elif store.repaired > self._told_repaired:
            message = TranslatableText(
                "Damaged entries of the history that were repaired: {count}.", count=store.repaired
            )
            self._emit(self.failed, message, "")
        self._told_repaired = store.repaired

    def _heal(self, error: Exception) -> bool:
        """Return whether the error came from a damaged database, which was replaced."""
        if self._store is None:
            return False
        try:
            healed = self._store.heal(error)
        except MMDeskError as problem:
            self._emit(self.failed, problem.user_message, problem.hint)
            return False
        except Exception:
            log.exception("the damaged history cannot be replaced")
            return False
        if healed:
            self._tell_damage(self._store)
            self._emit(self.listed, self._store.conversations())
        return healed

    def _give_up(self, message: str, hint: str = "") -> None:
        """Go on without a store: changes are dropped from here on."""
        self._store, self._is_over = None, True
        self._queue.clear()
        lost = TranslatableText("New conversations will be lost when you quit mmdesk.")
        self._emit(self.failed, message, hint or lost)

    def _add(self, change: Callable[[S], object], soon: bool) -> None:
        if self._is_over:
            return
        self._queue.append(change)
        if soon and self._is_failing:
            self._remind()
        if self._store is None or self._timer is None:
            return  # written when the history is opened
        if soon and not self._is_failing:
            self._write()
        elif not self._timer.isActive():
            self._timer.start(RETRY_MS if self._is_failing else WRITE_MS)

    def _ask(self, question: Callable[[S], R | None]) -> R | None:
        self._write()
        if self._store is None:
            return None
        try:
            return self._answer(question, self._store)
        except MMDeskError as error:
            self._emit(self.failed, error.user_message, error.hint)
        except OSError as error:
            message = TranslatableText(
                "{file} cannot be written: {reason}.",
                file=error.filename or TranslatableText("The file"),
                reason=error.strerror or str(error),
            )
            self._emit(self.failed, message, "")
        except Exception as error:
            log.exception("the history")
            message = TranslatableText(
                "The conversations could not be read ({reason}).", reason=str(error)
            )
            self._emit(self.failed, message, "")
        return None

    def _answer(self, question: Callable[[S], R | None], store: S) -> R | None:
        """Ask the store; once more if the database was damaged and could be replaced."""
        try:
            return question(store)
        except (MMDeskError, OSError):
            raise
        except Exception as error:
            if not self._heal(error):
                raise
        return question(store)

    def _list(self) -> None:
        infos = self._ask(lambda store: store.conversations())
        if infos is not None:
            self._emit(self.listed, infos)

    def _on_timeout(self) -> None:
        if self._store is None and not self._is_over:
            self._try_to_open()
        else:
            self._write()

    def _write(self) -> None:
        if self._store is None:
            return  # the timer tries to open it
        if self._timer is not None:
            self._timer.stop()
        if not self._queue:
            return
        from sqlite3 import OperationalError  # late, like everything of the history

        try:
            with self._store.together():
                for change in self._queue:
                    change(self._store)
            self._count(len(self._queue))
        except (OSError, OperationalError) as error:
            if self._heal(error):
                self._write_singly(self._store)
            else:
                self._retry_later(error)
        except Exception as error:
            self._heal(error)
            log.exception("a change cannot be written; each is tried alone")
            self._write_singly(self._store)

    def _write_singly(self, store: S) -> None:
        """Write the changes one by one, so that a defect loses one of them and not all."""
        from sqlite3 import OperationalError

        while self._queue:
            try:
                with store.together():
                    self._queue[0](store)
            except (OSError, OperationalError) as error:
                self._retry_later(error)
                return
            except Exception as error:
                log.exception("a change was lost")
                message = TranslatableText(
                    "Something could not be saved in the history ({kind}).",
                    kind=type(error).__name__,
                )
                self._emit(self.failed, message, "")
            self._count(1)

    def _count(self, done: int) -> None:
        del self._queue[:done]
        self._written += done
        self._is_failing = False
        self._emit(self.written, self._written)

    def _retry_later(self, error: Exception, message: str = "") -> None:
        log.warning("the history cannot be written now: %s", error)
        self._problem = message or TranslatableText(
            "Conversations cannot be saved now ({reason}).",
            reason=getattr(error, "strerror", None) or str(error),
        )
        if not self._is_failing:
            self._is_failing = True
            self._tell_problem()
        if self._timer is not None:
            self._timer.start(RETRY_MS)

    def _remind(self) -> None:
        """Tell again that nothing can be written: the first message may be long gone."""
        if monotonic() - self._told_at > REMIND_S:
            self._tell_problem()

    def _tell_problem(self) -> None:
        self._told_at = monotonic()
        hint = TranslatableText("mmdesk keeps trying. Nothing is lost while this window is open.")
        self._emit(self.failed, self._problem, hint)

    def _finish(self) -> None:
        """Write what is left and close the store."""
        if self._store is None and self._queue:
            self._try_to_open()
        self._write()
        self._is_over = True
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if self._store is not None:
            self._store.close()
            self._store = None


def _answer(on_done: Callable[[Any], object] | None, answer: object) -> None:
    if on_done is not None and answer is not None:
        on_done(answer)
