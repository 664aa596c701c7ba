"""Engine in a child process: the window's default.

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
from mmdesk.engine.default_parts import default_store, language_capabilities
from mmdesk.engine.protocol import Engine
from mmdesk.errors import Cancelled, EngineDied
from mmdesk.translatable import TranslatableText
from mmdesk.values import AUTO, CancelFlag, Event, Request

POLL_S = 0.02  # how late a cancellation may be noticed; events themselves wake the wait at once
PATIENCE_S = 5.0  # what a child may take to react to a StopMessage before it is killed


def make_local_engine(
    threads: int, context_tokens: int, precision: str = "auto", device: str = AUTO
) -> Engine:
    """Return the engine that runs in the child; torch is imported there at the first request."""
    from mmdesk.engine.local import LocalEngine

    return LocalEngine(
        threads=threads, context_tokens=context_tokens, precision=precision, device=device
    )


class ProcessEngine:
    """`Engine` that hands requests to a spawned child.

    The child is started by the first request and serves until `close`, its death, or the end of
    this process. After any of them the next request starts a new one.

    Args:
        home: the data folder the child works with; None for this process's own.
        threads, context_tokens, precision, device: as for LocalEngine.
        make_engine: makes another engine for the child (must be importable by name there).
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
        device: str = AUTO,
    ) -> None:
        self._home = home
        self._make_engine = make_engine or partial(
            make_local_engine, threads, context_tokens, precision, device
        )
        self._patience_s = patience_s
        self._child: EngineChild | None = None
        self._lock = threading.Lock()  # close() may come from another thread

    @property
    def pid(self) -> int | None:
        """The child's process id while there is one."""
        child = self._child
        return child.pid if child is not None else None

    def generate(self, request: Request, cancel: CancelFlag) -> Iterator[Event]:
        """See `Engine.generate`.

        Raises:
            Cancelled: soon after `cancel` was set, or because the engine was closed meanwhile.
            EngineDied: the child ended before its answer did.
            MMDeskError: whatever the engine in the child raised.
        """
        if cancel.is_set():
            raise Cancelled
        child, ticket = self._send(request, cancel)
        is_over = False
        try:
            while not is_over:
                reply = self._next_reply(child, ticket, cancel)
                is_over = reply.is_last()
                yield _event(reply)
        except EOFError:
            is_over = True
            raise self._death(child) from None
        finally:
            if not is_over:  # cancelled, or the caller closed the generator
                self._stop(child, ticket)

    def native_inputs(self, model: str | None, _cancel: CancelFlag) -> frozenset[str]:
        """Return the kinds of attachments that a model takes as they are."""
        return language_capabilities(default_store(self._home), model).attachments

    def start(self, model: str) -> None:
        """Start the child before there is a request, and have it load this language model."""
        with contextlib.suppress(OSError):  # the first request finds out and raises
            self._living_child().preload(model)

    def close(self) -> None:
        """End the child; prompt, since it has nothing to save."""
        with self._lock:
            child, self._child = self._child, None
        if child is not None:
            child.kill()

    def _send(self, request: Request, cancel: CancelFlag) -> tuple[EngineChild, int]:
        """Send the request to a child and wait until it begins.

        A child that died while idle is replaced without an error: nobody's answer was lost.
        """
        death: Exception | None = None
        while True:
            child = self._living_child()
            try:
                ticket = child.send_request(request)
                while not cancel.is_set():
                    reply = child.receive(POLL_S)
                    if reply is not None and reply.ticket == ticket:
                        return child, ticket
            except (EOFError, OSError):
                is_first, death = death is None, self._death(child)
                if is_first and not isinstance(death, Cancelled):
                    continue
                raise death from None
            self._stop(child, ticket)
            raise Cancelled

    def _living_child(self) -> EngineChild:
        """Return the child, started if there is none alive."""
        with self._lock:
            if self._child is not None and not self._child.is_alive():
                self._child.kill()
                self._child = None
            if self._child is None:
                self._child = EngineChild(self._home, self._make_engine)
            return self._child

    def _next_reply(
        self, child: EngineChild, ticket: int, cancel: CancelFlag
    ) -> engine_main.ReplyMessage:
        """Wait for the child's next reply to this ticket."""
        while True:
            # A newer request has taken the child over: this one was abandoned, not closed.
            if cancel.is_set() or child.newest != ticket:
                raise Cancelled
            reply = child.receive(POLL_S)
            if reply is not None and reply.ticket == ticket and not cancel.is_set():
                return reply

    def _stop(self, child: EngineChild, ticket: int) -> None:
        """Make the child stop and wait until it has; kill it when it does not react."""
        if child.newest != ticket:
            return  # the newer request has stopped it
        deadline = monotonic() + self._patience_s
        try:
            child.send_stop(ticket)
            while monotonic() < deadline:
                reply = child.receive(POLL_S)
                if reply is not None and reply.ticket == ticket and reply.is_last():
                    return
        except (EOFError, OSError):
            pass  # gone already, which is as good
        self._discard(child)

    def _death(self, child: EngineChild) -> Cancelled | EngineDied:
        if child.was_killed:
            return Cancelled("the engine was closed")
        reason = child.exit_reason()
        self._discard(child)
        return EngineDied(
            "The engine stopped unexpectedly ({reason}).",
            "Ask again: the engine restarts. If it happens again, close other programs or choose a "
            "smaller model.",
            reason=reason,
        )

    def _discard(self, child: EngineChild) -> None:
        with self._lock:
            if self._child is child:
                self._child = None
        child.kill()


def _event(reply: engine_main.ReplyMessage) -> Event:
    """Return the event of a reply, or raise the exception that the engine raised."""
    if reply.kind == "cancelled":
        raise Cancelled
    if reply.kind == "error":
        raise reply.payload
    event: Event = reply.payload
    return event


class EngineChild:
    """One spawned process and this end of its pipe.

    Attributes:
        newest: the ticket of the latest request.
        was_killed: whether it was ended on purpose.
    """

    def __init__(self, home: Path | None, make_engine: Callable[[], Engine]) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, child_end = context.Pipe()
        self._process = context.Process(
            target=engine_main.main,
            args=(child_end, home, make_engine),
            name="mmdesk-engine",
            daemon=True,
        )
        self._process.start()
        child_end.close()  # or the pipe would not end when the child does
        self.newest = 0
        self.was_killed = False

    @property
    def pid(self) -> int | None:
        """The process id."""
        return self._process.pid

    def is_alive(self) -> bool:
        """Return whether the process runs."""
        return self._process.is_alive()

    def preload(self, model: str) -> None:
        """Have the child load a language model."""
        self._pipe.send(engine_main.PreloadMessage(model))

    def send_request(self, request: Request) -> int:
        """Send a request, which stops any before it, and return its ticket."""
        self.newest += 1
        ticket = self.newest
        self._pipe.send(engine_main.RequestMessage(ticket, request))
        return ticket

    def send_stop(self, ticket: int) -> None:
        """Have the child stop a request."""
        self._pipe.send(engine_main.StopMessage(ticket))

    def receive(self, timeout_s: float) -> engine_main.ReplyMessage | None:
        """Return the child's next reply, None when there is none within the time.

        Raises:
            EOFError: the child is gone.
        """
        try:
            return self._pipe.recv() if self._pipe.poll(timeout_s) else None
        except OSError:
            raise EOFError from None

    def exit_reason(self) -> TranslatableText:
        """Return why the process ended, for the user."""
        self._process.join(1)
        code = self._process.exitcode
        if code is None:
            return TranslatableText("it does not respond")
        if code == -getattr(signal, "SIGKILL", 9):
            return TranslatableText("killed by the system, perhaps out of memory")
        if code < 0:
            return TranslatableText("native code crashed with signal {number}", number=-code)
        return TranslatableText("exit status {status}", status=code)

    def kill(self) -> None:
        """End the process.

        The pipe is left to the garbage collector: another thread may be reading from it, and
        learns of the end by EOF.
        """
        self.was_killed = True
        self._process.kill()
        self._process.join(5)
