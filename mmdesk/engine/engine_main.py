"""What runs in the engine's child process: requests in from a pipe, events out.

The main thread computes; a second thread does nothing but read the pipe, so that a StopMessage is seen
at the next token. When the pipe ends the parent is gone, however it went, and the child goes too,
at once. (Linux's death signal is not used: it is tied to the *thread* that started the child,
and the window's worker threads come and go.)
"""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Literal, NamedTuple, NoReturn

from mmdesk import settings
from mmdesk.engine.hardware import lower_priority, set_environment
from mmdesk.engine.protocol import Engine
from mmdesk.errors import Cancelled, MMDeskError
from mmdesk.private_files import make_private_folder, restrict
from mmdesk.values import Finished, Request

LOG_BYTES = 1_000_000  # a larger log is put aside when a child starts
logger = logging.getLogger("mmdesk.engine")


class AskMessage(NamedTuple):
    """Parent to child: answer this, and stop what was asked before. `ticket` numbers the requests
    of one child.
    """

    ticket: int
    request: Request


class StopMessage(NamedTuple):
    """Parent to child: nobody waits for this answer any more."""

    ticket: int


class WarmMessage(NamedTuple):
    """Parent to child: a request will come, most likely to this model; make ready for it."""

    model: str


class SayMessage(NamedTuple):
    """Child to parent. "begun" comes first, so that the parent knows whose answer is lost when
    the child dies; then events; an error (an MMDeskError), "cancelled" or Finished is the last.
    """

    ticket: int
    kind: Literal["begun", "event", "error", "cancelled"]
    payload: Any = None

    def ends(self) -> bool:
        """Whether nothing more will be said about this ticket."""
        return self.kind in ("error", "cancelled") or isinstance(self.payload, Finished)


def log_file() -> Path:
    """Where the child's errors and everything native libraries print go."""
    return settings.home() / "logs" / "engine.log"


def main(pipe: Connection, home: Path | None, make_engine: Callable[[], Engine]) -> None:
    """Serve until the pipe ends. The target of the spawned process."""
    gc.disable()  # until the first request is over: nothing that is imported is garbage
    if home is not None:
        os.environ["MMDESK_HOME"] = str(home)
    # Ctrl+C in a terminal reaches the whole group; what it means is the parent's decision.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _redirect_output(log_file())
    set_environment(os.environ)  # before torch is imported
    _keep_progress_bars_local()
    with contextlib.suppress(OSError):  # a wish, not a need
        lower_priority()
    inbox = Inbox(pipe)
    threading.Thread(target=inbox.read_for_ever, name="pipe", daemon=True).start()
    engine: Engine | None = None
    while True:
        ask = inbox.next()
        if isinstance(ask, WarmMessage):
            engine = engine or make_engine()
            _warm(engine, ask.model)
            continue
        try:
            pipe.send(SayMessage(ask.ticket, "begun"))
            engine = engine or make_engine()
            _answer(engine, ask, inbox, pipe)
            if not gc.isenabled():
                gc.freeze()
                gc.enable()
        except OSError:
            leave()  # the pipe is broken: nobody is there to answer


def _warm(engine: Engine, model: str) -> None:
    warm = getattr(engine, "warm", None)  # LocalEngine's alone
    if warm is not None:
        warm(model)


def _keep_progress_bars_local() -> None:
    """Give tqdm a plain lock. Its own is a semaphore shared between processes, which a child that
    leaves at once cannot give back: Python would complain on the person's terminal.
    """
    from tqdm import tqdm

    tqdm.set_lock(threading.RLock())


class Inbox:
    """Sorts what comes through the pipe: requests wait in line, stops act at once."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._asks: queue.SimpleQueue[AskMessage | WarmMessage] = queue.SimpleQueue()
        self._stopped = 0  # every ticket up to this one is cancelled

    def read_for_ever(self) -> NoReturn:
        try:
            while True:
                message = self._pipe.recv()
                if isinstance(message, StopMessage):
                    self._stopped = max(self._stopped, message.ticket)
                elif isinstance(message, WarmMessage):
                    self._asks.put(message)
                else:
                    self._stopped = max(self._stopped, message.ticket - 1)
                    self._asks.put(message)
        finally:  # EOF, or anything at all: without this thread the child must not live on
            leave()

    def next(self) -> AskMessage | WarmMessage:
        """The next request; waits for it."""
        return self._asks.get()

    def cancel_flag(self, ticket: int) -> TicketFlag:
        return TicketFlag(self, ticket)

    def is_stopped(self, ticket: int) -> bool:
        return ticket <= self._stopped


class TicketFlag:
    """The CancelFlag of one request."""

    def __init__(self, inbox: Inbox, ticket: int) -> None:
        self._inbox = inbox
        self._ticket = ticket

    def is_set(self) -> bool:
        return self._inbox.is_stopped(self._ticket)


def leave() -> NoReturn:
    """End the process at once: no native thread or exit handler may keep it."""
    os._exit(0)


def _answer(engine: Engine, ask: AskMessage, inbox: Inbox, pipe: Connection) -> None:
    flag = inbox.cancel_flag(ask.ticket)
    try:
        for event in engine.generate(ask.request, flag):
            pipe.send(SayMessage(ask.ticket, "event", event))
            if isinstance(event, Finished):
                return
        raise RuntimeError("the engine ended without Finished")
    except Cancelled:
        pipe.send(SayMessage(ask.ticket, "cancelled"))
    except MMDeskError as told:
        logger.info("told the person: %s", told, exc_info=told.__cause__)
        pipe.send(SayMessage(ask.ticket, "error", told))
    except (BrokenPipeError, ConnectionError):
        raise
    except Exception as defect:
        logger.exception("unexpected")
        pipe.send(SayMessage(ask.ticket, "error", _as_told(defect)))


def _as_told(defect: Exception) -> MMDeskError:
    if isinstance(defect, MemoryError):
        return MMDeskError("There is not enough memory for this.", "Close other programs.")
    return MMDeskError(
        f"The engine failed unexpectedly ({type(defect).__name__}).",
        f"The details are in {log_file()}.",
    )


def _redirect_output(path: Path) -> None:
    """Send stdout and stderr, of Python and of native code, to the log; nowhere when the log
    cannot be written. A person's terminal shows answers and nothing else.
    """
    target = os.open(os.devnull, os.O_WRONLY)
    with contextlib.suppress(OSError):
        make_private_folder(path.parent)
        if path.exists() and path.stat().st_size > LOG_BYTES:
            path.replace(path.with_suffix(".log.1"))
        target = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        restrict(path)
    os.dup2(target, 1)
    os.dup2(target, 2)
    # In a windowed start on Windows these are None; elsewhere they may be line-buffered copies.
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", errors="replace", closefd=False, buffering=1)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", errors="replace", closefd=False, buffering=1)
    logging.basicConfig(
        stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(name)s %(message)s", force=True
    )
