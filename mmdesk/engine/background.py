"""Runs what cannot be interrupted (loading, looking) beside the generator that waits for it.

A person who presses Stop gets it at once; the work itself goes on to its end in the thread, and
what it leaves behind (it keeps its result itself) serves the next request.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for

from mmdesk.errors import Cancelled
from mmdesk.values import CancelFlag

POLL_S = 0.02  # how late a Stop may be noticed while waiting


class BackgroundThread:
    """One worker thread; jobs are named by a key, and a job under way is joined, not repeated."""

    def __init__(self) -> None:
        self._pool: ThreadPoolExecutor | None = None
        self._under_way: dict[object, Future[None]] = {}

    def run(self, key: object, work: Callable[[], None], cancel: CancelFlag) -> None:
        """Wait for `work`, or for what is still under way from an earlier call of the same key.

        Raises:
            Cancelled: `cancel` was set first; the work goes on.
        """
        future = self.begin(key, work)
        while not wait_for([future], timeout=POLL_S).done:
            if cancel.is_set():
                raise Cancelled
        del self._under_way[key]
        future.result()

    def begin(self, key: object, work: Callable[[], None]) -> Future[None]:
        """Begin `work`, unless it is under way already; returns at once."""
        future = self._under_way.get(key)
        if future is None or future.done():
            if self._pool is None:
                self._pool = ThreadPoolExecutor(1, thread_name_prefix="engine-beside")
            future = self._under_way[key] = self._pool.submit(work)
        return future

    def close(self) -> None:
        """Wait for the job under way and forget those that have not begun."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
        self._pool = None
        self._under_way.clear()
