"""The engine in a child process: the window's default.

A crash or an out-of-memory kill ends an answer, not the window; stopping is certain; torch never
competes with the window for the interpreter lock. This module stays light: torch is imported in
the child only.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from time import monotonic

from mmdesk.engine import engine_main
from mmdesk.engine.protocol import Engine
from mmdesk.errors import Cancelled, EngineDied
from mmdesk.values import CancelFlag, Event, Request

POLL_S = 0.02  # how late a StopMessage may be noticed; events themselves wake the wait at once
PATIENCE_S = 5.0  # what a child may take to react to a StopMessage before it is killed


def make_local_engine(threads: int, context_tokens: int, precision: str = "auto") -> Engine:
    """What the child serves; torch is imported there at the first request."""
    from mmdesk.engine.local import LocalEngine

    return LocalEngine(threads=threads, context_tokens=context_tokens, precision=precision)


class ProcessEngine:
    """Implements `Engine` by handing requests to a spawned child.

    The child is started by the first request and serves until `close`, its death, or the end of
    this process. After any of them the next request starts a new one.

    Args:
        home: the data folder the child works with; None for this process's own.
        threads, context_tokens, precision: as for LocalEngine.
        make_engine: what the child serves instead (must be importable by name there).
        patience_s: seconds a child may take to react to a StopMessage.
    """

    def __init__(
        self,
        home: Path | None = None,
        threads: int = 0,
        context_tokens: int = 8192,
        make_engine: Callable[[], Engine] | None = None,
        patience_s: float = PATIENCE_S,
        precision: str = "auto",
    ) -> None:
        self._home = home
        self._make_engine = make_engine or partial(
            make_local_engine, threads, context_tokens, precision
        )
        self._patience_s = patience_s
        self._child: Child | None = None
        self._lock = threading.Lock()  # close() may come from another thread

    @property
    def pid(self) -> int | None:
        """The child's process id while there is one."""
        running = self._child
        return running.pid if running is not None else None

    def generate(self, request: Request, cancel: CancelFlag) -> Iterator[Event]:
        """See `Engine.generate`.

        Raises:
            Cancelled: soon after `cancel` was set, or because the engine was closed meanwhile.
            EngineDied: the child ended before its answer did.
            MMDeskError: whatever the engine in the child raised.
        """
        if cancel.is_set():
            raise Cancelled
        running, ticket = self._begin(request, cancel)
        over = False
        try:
            while not over:
                said = self._wait(running, ticket, cancel)
                over = said.ends()
                yield _event(said)
        except EOFError:
            over = True
            raise self._death(running) from None
        finally:
            if not over:  # cancelled, or the caller closed the generator
                self._stop(running, ticket)

    def start(self, model: str) -> None:
        """Start the child, and have it load this language model, before there is a request."""
        with contextlib.suppress(OSError):  # the first request finds out, and tells
            self._current().warm(model)

    def close(self) -> None:
        """End the child; prompt, since it has nothing to save."""
        with self._lock:
            running, self._child = self._child, None
        if running is not None:
            running.dismiss()

    def _begin(self, request: Request, cancel: CancelFlag) -> tuple[Child, int]:
        """Have a child take up the request. One that died while idle is replaced unnoticed:
        nobody's answer was lost.
        """
        died: Exception | None = None
        while True:
            running = self._current()
            try:
                ticket = running.ask(request)
                while not cancel.is_set():
                    said = running.listen(POLL_S)
                    if said is not None and said.ticket == ticket:
                        return running, ticket
            except (EOFError, OSError):
                first, died = died is None, self._death(running)
                if first and not isinstance(died, Cancelled):
                    continue
                raise died from None
            self._stop(running, ticket)
            raise Cancelled

    def _current(self) -> Child:
        """The living child, started if there is none."""
        with self._lock:
            if self._child is not None and not self._child.is_alive():
                self._child.dismiss()
                self._child = None
            if self._child is None:
                self._child = Child(self._home, self._make_engine)
            return self._child

    def _wait(self, running: Child, ticket: int, cancel: CancelFlag) -> engine_main.SayMessage:
        """The next thing the child says about this ticket."""
        while True:
            # A newer request has taken the child over: this one was abandoned, not closed.
            if cancel.is_set() or running.newest != ticket:
                raise Cancelled
            said = running.listen(POLL_S)
            if said is not None and said.ticket == ticket and not cancel.is_set():
                return said

    def _stop(self, running: Child, ticket: int) -> None:
        """Have the child stop and wait until it has; kill it when it does not react."""
        if running.newest != ticket:
            return  # the newer request has stopped it
        deadline = monotonic() + self._patience_s
        try:
            running.stop(ticket)
            while monotonic() < deadline:
                said = running.listen(POLL_S)
                if said is not None and said.ticket == ticket and said.ends():
                    return
        except (EOFError, OSError):
            pass  # gone already, which is as good
        self._discard(running)

    def _death(self, running: Child) -> Cancelled | EngineDied:
        if running.dismissed:
            return Cancelled("the engine was closed")
        reason = running.obituary()
        self._discard(running)
        return EngineDied(
            f"The engine stopped unexpectedly ({reason}).",
            "AskMessage again: it starts anew. If it happens again, close other programs or choose a "
            "smaller model.",
        )

    def _discard(self, running: Child) -> None:
        with self._lock:
            if self._child is running:
                self._child = None
        running.dismiss()


def _event(said: engine_main.SayMessage) -> Event:
    """What the caller gets for it: an event, or the exception the engine raised."""
    if said.kind == "cancelled":
        raise Cancelled
    if said.kind == "error":
        raise said.payload
    event: Event = said.payload
    return event


class Child:
    """One spawned process and this end of its pipe.

    Attributes:
        newest: the ticket of the latest request.
        dismissed: whether it was ended on purpose.
    """

    def __init__(self, home: Path | None, make_engine: Callable[[], Engine]) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(
            target=engine_main.main,
            args=(theirs, home, make_engine),
            name="mmdesk-engine",
            daemon=True,
        )
        self._process.start()
        theirs.close()  # or the pipe would not end when the child does
        self.newest = 0
        self.dismissed = False

    @property
    def pid(self) -> int | None:
        return self._process.pid

    def is_alive(self) -> bool:
        return self._process.is_alive()

    def warm(self, model: str) -> None:
        self._pipe.send(engine_main.WarmMessage(model))

    def ask(self, request: Request) -> int:
        """Send a request, which stops any before it; its ticket."""
        self.newest += 1
        ticket = self.newest
        self._pipe.send(engine_main.AskMessage(ticket, request))
        return ticket

    def stop(self, ticket: int) -> None:
        self._pipe.send(engine_main.StopMessage(ticket))

    def listen(self, timeout_s: float) -> engine_main.SayMessage | None:
        """What the child says, None when it says nothing within the time.

        Raises:
            EOFError: it is gone.
        """
        try:
            return self._pipe.recv() if self._pipe.poll(timeout_s) else None
        except OSError:
            raise EOFError from None

    def obituary(self) -> str:
        """Why it ended, for a person."""
        self._process.join(1)
        code = self._process.exitcode
        if code is None:
            return "it no longer answers"
        if code == -getattr(signal, "SIGKILL", 9):
            return "killed by the system, perhaps out of memory"
        if code < 0:
            return f"native code crashed with signal {-code}"
        return f"exit status {code}"

    def dismiss(self) -> None:
        """End the process. The pipe is left to the garbage collector: another thread may be
        reading from it, and learns of the end by EOF.
        """
        self.dismissed = True
        self._process.kill()
        self._process.join(5)
