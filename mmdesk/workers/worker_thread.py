"""Thread of its own for work that must not hold the window up."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, QThread, Signal, Slot

log = logging.getLogger(__name__)

T = TypeVar("T")
PATIENCE_MS = 2000  # how long `close` waits for the call that is running


@dataclass(eq=False, slots=True)
class _Call:
    """Callable with what becomes of its result and of its exception."""

    fn: Callable[[], Any]
    on_done: Callable[[Any], object] | None
    on_failed: Callable[[Exception], object] | None


class WorkerThread(QThread):
    """Thread that runs callables one after another, in the order in which they were given.

    It starts with the first call. Objects that were moved to it (`moveToThread`) live in its event
    loop.

    Signals:
        failed: the exception of a call that was given no `on_failed`; it has been logged.
    """

    failed = Signal(object)
    _called = Signal(object)
    _posted = Signal(object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        """Prepare the thread; `name` is what a debugger shows."""
        super().__init__(parent)
        self.setObjectName(name)
        self._closed = False
        self._runner = _CallRunner(self.post, self._fail)
        self._runner.moveToThread(self)
        self._called.connect(self._runner.run)
        self._posted.connect(self._on_posted, Qt.ConnectionType.QueuedConnection)

    def call(
        self,
        fn: Callable[[], T],
        on_done: Callable[[T], object] | None = None,
        on_failed: Callable[[Exception], object] | None = None,
    ) -> None:
        """Run `fn` in the thread; its result or exception comes back in the window's thread.

        May be called from any thread once the thread runs, and from the window's thread before.
        """
        self._called.emit(_Call(fn, on_done, on_failed))
        if not self.isRunning() and not self._closed:
            self.start()

    def post(self, fn: Callable[[], object]) -> None:
        """Run `fn` in the window's thread, soon; may be called from any thread."""
        self._posted.emit(fn)

    def close(self, patience_ms: int = PATIENCE_MS, *, run_queued: bool = False) -> bool:
        """End the thread and call nobody back any more.

        Args:
            patience_ms: how long to wait for it.
            run_queued: run the calls that still wait first; otherwise they are dropped.

        Returns:
            False when the present call did not end in time; the thread then still runs.
        """
        self._closed = True
        if run_queued:
            self._called.emit(_Call(self.quit, None, None))
        else:
            self._runner.drop.set()
            self.quit()
        return not self.isRunning() or self.wait(patience_ms)

    def _fail(self, call: _Call, error: Exception) -> None:
        if call.on_failed is not None:
            call.on_failed(error)
        else:
            self.failed.emit(error)

    @Slot(object)
    def _on_posted(self, fn: Callable[[], object]) -> None:
        if not self._closed:
            fn()


class _CallRunner(QObject):
    """Object that lives in the thread and runs its calls.

    Attributes:
        drop: set when calls that still wait are not to be run.
    """

    def __init__(
        self,
        post: Callable[[Callable[[], object]], None],
        fail: Callable[[_Call, Exception], None],
    ) -> None:
        super().__init__()
        self._post, self._fail = post, fail
        self.drop = threading.Event()

    @Slot(object)
    def run(self, call: _Call) -> None:
        """Run one call and post its end."""
        if self.drop.is_set():
            return
        try:
            result = call.fn()
        except Exception as error:
            if call.on_failed is None:
                log.exception("a call in a thread failed")
            failure = error
            self._post(lambda: self._fail(call, failure))
            return
        on_done = call.on_done
        if on_done is not None:
            self._post(lambda: on_done(result))
