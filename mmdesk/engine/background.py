"""Background thread for work that cannot be interrupted, such as loading a model.

The generator that waits for it can be cancelled at once. The work itself goes on to its end in the
thread, and its result (it keeps it itself) serves the next request.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for

from mmdesk.errors import Cancelled
from mmdesk.values import CancelFlag

POLL_S = 0.02  # how late a cancellation may be noticed while waiting


class BackgroundThread:
    """One worker thread whose jobs are named by a key.

    A job that is running already is waited for, not repeated.
    """

    def __init__(self) -> None:
        self._pool: ThreadPoolExecutor | None = None
        self._running: dict[object, Future[None]] = {}

    def run(self, key: object, work: Callable[[], None], cancel: CancelFlag) -> None:
        """Wait for `work`, or for an earlier job of the same key that still runs.

        Raises:
            Cancelled: `cancel` was set first; the work goes on.
        """
        future = self.start(key, work)
        while not wait_for([future], timeout=POLL_S).done:
            if cancel.is_set():
                raise Cancelled
        self.forget(key)
        future.result()

    def forget(self, key: object) -> None:
        """Let the next job of this key be started anew, as this one is over."""
        self._running.pop(key, None)

    def start(self, key: object, work: Callable[[], None]) -> Future[None]:
        """Start `work`, unless it runs already, and return at once."""
        future = self._running.get(key)
        if future is None or future.done():
            if self._pool is None:
                self._pool = ThreadPoolExecutor(1, thread_name_prefix="engine-background")
            future = self._running[key] = self._pool.submit(work)
        return future

    def close(self) -> None:
        """Wait for the running job and forget those that have not started."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
        self._pool = None
        self._running.clear()
