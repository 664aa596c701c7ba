"""Main program of the engine's child process: requests in from a pipe, events out.

The main thread computes. A second thread does nothing but read the pipe, so that a StopMessage is
seen at the next token. When the pipe ends the parent is gone, however it went, and the child exits
too, at once. (Linux's death signal is not used: it is tied to the *thread* that started the child,
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
from mmdesk.network import forbid_network
from mmdesk.private_files import make_private_folder, restrict
from mmdesk.sandbox import forbid_internet
from mmdesk.values import Finished, Request

LOG_BYTES = 1_000_000  # a larger log is rotated when a child starts
logger = logging.getLogger("mmdesk.engine")


class RequestMessage(NamedTuple):
    """Parent to child: answer this, and stop what was asked before.

    `ticket` numbers the requests of one child.
    """

    ticket: int
    request: Request


class StopMessage(NamedTuple):
    """Parent to child: nobody waits for this answer any more."""

    ticket: int


class PreloadMessage(NamedTuple):
    """Parent to child: load this model, a request to it will probably come."""

    model: str


class ReplyMessage(NamedTuple):
    """Child to parent: one step of the answer to a request.

    "begun" comes first, so that the parent knows whose answer is lost when the child dies. Then
    come events; an error (an MMDeskError), "cancelled" or Finished is the last.
    """

    ticket: int
    kind: Literal["begun", "event", "error", "cancelled"]
    payload: Any = None

    def is_last(self) -> bool:
        """Return whether nothing more will come for this ticket."""
        return self.kind in ("error", "cancelled") or isinstance(self.payload, Finished)


def log_file() -> Path:
    """Return the log of the child's errors and of everything native libraries print."""
    return settings.home() / "logs" / "engine.log"


def main(pipe: Connection, home: Path | None, make_engine: Callable[[], Engine]) -> None:
    """Serve requests until the pipe ends; the target of the spawned process."""
    gc.disable()  # until the first request is over: nothing that is imported is garbage
    if home is not None:
        os.environ["MMDESK_HOME"] = str(home)
    # Ctrl+C in a terminal reaches the whole group; what it means is the parent's decision.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _redirect_output(log_file())
    set_environment(os.environ)  # before torch is imported
    forbid_network()
    forbid_internet()  # native code's sockets, too, where the kernel can
    _set_tqdm_lock()
    with contextlib.suppress(OSError):  # not essential
        lower_priority()
    inbox = Inbox(pipe)
    threading.Thread(target=inbox.read_for_ever, name="pipe", daemon=True).start()
    engine: Engine | None = None
    while True:
        message = inbox.next()
        if isinstance(message, PreloadMessage):
            engine = engine or make_engine()
            _preload(engine, message.model)
            continue
        try:
            pipe.send(ReplyMessage(message.ticket, "begun"))
            engine = engine or make_engine()
            _answer(engine, message, inbox, pipe)
            if not gc.isenabled():
                gc.freeze()
                gc.enable()
        except OSError:
            exit_now()  # the pipe is broken: nobody is there to answer


def _preload(engine: Engine, model: str) -> None:
    preload = getattr(engine, "preload", None)  # LocalEngine's alone
    if preload is not None:
        preload(model)


def _set_tqdm_lock() -> None:
    """Give tqdm a plain lock.

    Its own is a semaphore shared between processes, which a child that exits at once cannot
    release: Python would complain on the user's terminal.
    """
    from tqdm import tqdm

    tqdm.set_lock(threading.RLock())


class Inbox:
    """Messages from the pipe: requests wait in a queue, stops act at once."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._queue: queue.SimpleQueue[RequestMessage | PreloadMessage] = queue.SimpleQueue()
        self._stopped = 0  # every ticket up to this one is cancelled

    def read_for_ever(self) -> NoReturn:
        """Read the pipe until it ends, then exit the process."""
        try:
            while True:
                message = self._pipe.recv()
                if isinstance(message, StopMessage):
                    self._stopped = max(self._stopped, message.ticket)
                elif isinstance(message, PreloadMessage):
                    self._queue.put(message)
                else:
                    self._stopped = max(self._stopped, message.ticket - 1)
                    self._queue.put(message)
        finally:  # EOF, or anything at all: without this thread the child must not live on
            exit_now()

    def next(self) -> RequestMessage | PreloadMessage:
        """Wait for the next request and return it."""
        return self._queue.get()

    def cancel_flag(self, ticket: int) -> TicketFlag:
        """Return the CancelFlag of one request."""
        return TicketFlag(self, ticket)

    def is_stopped(self, ticket: int) -> bool:
        """Return whether nobody waits for this answer any more."""
        return ticket <= self._stopped


class TicketFlag:
    """CancelFlag of one request."""

    def __init__(self, inbox: Inbox, ticket: int) -> None:
        self._inbox = inbox
        self._ticket = ticket

    def is_set(self) -> bool:
        """Return whether the request was stopped."""
        return self._inbox.is_stopped(self._ticket)


def exit_now() -> NoReturn:
    """End the process at once: no native thread or exit handler may delay it."""
    os._exit(0)


def _answer(engine: Engine, message: RequestMessage, inbox: Inbox, pipe: Connection) -> None:
    ticket = message.ticket
    try:
        for event in engine.generate(message.request, inbox.cancel_flag(ticket)):
            pipe.send(ReplyMessage(ticket, "event", event))
            if isinstance(event, Finished):
                return
        raise RuntimeError("the engine ended without Finished")
    except Cancelled:
        pipe.send(ReplyMessage(ticket, "cancelled"))
    except MMDeskError as error:
        logger.info("shown to the user: %s", error, exc_info=error.__cause__)
        pipe.send(ReplyMessage(ticket, "error", error))
    except (BrokenPipeError, ConnectionError):
        raise
    except Exception as defect:
        logger.exception("unexpected")
        pipe.send(ReplyMessage(ticket, "error", _user_error(defect)))


def _user_error(defect: Exception) -> MMDeskError:
    if isinstance(defect, MemoryError):
        return MMDeskError("There is not enough memory for this.", "Close other programs.")
    return MMDeskError(
        "Something went wrong in the engine ({error}).",
        "The details are in {file}.",
        error=type(defect).__name__,
        file=str(log_file()),
    )


def _redirect_output(path: Path) -> None:
    """Send stdout and stderr, of Python and of native code, to the log.

    They go nowhere when the log cannot be written. The user's terminal shows answers and nothing
    else.
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
