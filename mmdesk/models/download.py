"""Download of one file over HTTP: resumed, retried and cancellable.

A thread reads from the connection, and the caller's thread writes. So a connection that stalls,
while it is opened or later, holds up neither a cancel nor anything else, and a file is only ever
written by one thread.
"""

from __future__ import annotations

import os
import queue
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar, cast

import httpx

from mmdesk.models.fetch_errors import SourceFailed, stop_if
from mmdesk.translatable import TranslatableText
from mmdesk.values import CancelFlag

ATTEMPTS = 5  # in a row without a new byte
FIRST_WAIT = 0.5  # seconds, doubled with every attempt
TIMEOUT = httpx.Timeout(10.0, connect=5.0)
CANCEL_S = 0.1  # seconds after which a cancel is noticed at the latest
WAITING_PIECES = 16  # of at most 64 KB, read but not written yet
RETRY_STATUSES = {408, 425, 429, 500, 502, 503, 504}

Result = TypeVar("Result")


class _Interrupted(Exception):  # noqa: N818  an event, not a defect
    """Transfer that is worth another attempt; the argument is the reason."""


def download(
    client: httpx.Client,
    url: str,
    target: Path,
    size: int,
    on_bytes: Callable[[int], None],
    cancel: CancelFlag,
    wait: Callable[[float, CancelFlag], None] | None = None,
) -> None:
    """Download `url` into `target`; `target`.part of an earlier call is resumed.

    Args:
        client: sends the requests.
        url: address of the file.
        target: path of the finished file.
        size: the length the file must have, in bytes.
        on_bytes: called with the bytes downloaded so far, after each chunk.
        cancel: stops the download when set.
        wait: waits some seconds between two attempts; replaced in tests.

    Raises:
        SourceFailed: the server refuses, the length is wrong, or the connection stays down.
        Cancelled: `cancel` was set; the partial file stays for the next call.
    """
    part = target.with_name(target.name + ".part")
    failures = 0
    while True:
        before = _length(part)
        try:
            _attempt(client, url, part, size, on_bytes, cancel)
        except (_Interrupted, httpx.TransportError) as problem:
            failures = 1 if _length(part) > before else failures + 1
            if failures >= ATTEMPTS:
                raise _given_up(url, problem) from problem
            (wait or _wait)(FIRST_WAIT * 2 ** (failures - 1), cancel)
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as problem:
            raise _given_up(url, problem) from problem  # it would fail in the same way again
        else:
            os.replace(part, target)
            return


def _attempt(
    client: httpx.Client,
    url: str,
    part: Path,
    size: int,
    on_bytes: Callable[[int], None],
    cancel: CancelFlag,
) -> None:
    stop_if(cancel)
    have = _length(part)
    if have > size:
        part.unlink()
        have = 0
    if have == size:
        return
    with _Connection(client, url, have) as connection:
        resumed = _check(connection.response(cancel), url, part, have)
        _write(connection.pieces(cancel), part, resumed, url, size, on_bytes)
    if _length(part) < size:
        raise _Interrupted(TranslatableText("the transfer ended early"))


def _write(
    pieces: Iterator[bytes],
    part: Path,
    resumed: bool,
    url: str,
    size: int,
    on_bytes: Callable[[int], None],
) -> None:
    """Write what arrives, at once, since the line may be cut; never a byte more than `size`."""
    with part.open("ab" if resumed else "wb") as stream:
        written = stream.tell()
        for piece in pieces:
            if written + len(piece) > size:
                part.unlink()
                raise SourceFailed("{file} is longer than it should be", file=_name(url))
            stream.write(piece)
            written += len(piece)
            on_bytes(written)


class _Connection:
    """Request whose answer a thread of its own reads, a bounded number of pieces ahead.

    Args:
        client: sends the request.
        url: address of the file.
        have: bytes that are not asked for again.
    """

    def __init__(self, client: httpx.Client, url: str, have: int) -> None:
        self._client, self._url = client, url
        # Compressed transfer would make the byte ranges meaningless.
        self._headers = {"Accept-Encoding": "identity"}
        if have:
            self._headers["Range"] = f"bytes={have}-"
        self._items: queue.Queue[httpx.Response | bytes | BaseException | None] = queue.Queue(
            WAITING_PIECES
        )
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._read, name="download", daemon=True)

    def __enter__(self) -> _Connection:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closed.set()  # the thread ends with the next piece or with its timeout

    def response(self, cancel: CancelFlag) -> httpx.Response:
        """Return the answer's head."""
        item = self._next(cancel)
        assert isinstance(item, httpx.Response)
        return item

    def pieces(self, cancel: CancelFlag) -> Iterator[bytes]:
        """Yield the body as it arrives."""
        while isinstance(item := self._next(cancel), bytes):
            yield item

    def _next(self, cancel: CancelFlag) -> httpx.Response | bytes | None:
        while True:
            stop_if(cancel)
            try:
                item = self._items.get(timeout=CANCEL_S)
            except queue.Empty:
                continue
            if isinstance(item, BaseException):
                raise item
            return item

    def _read(self) -> None:
        try:
            with self._client.stream(
                "GET", self._url, headers=self._headers, timeout=TIMEOUT
            ) as response:
                self._put(response)
                for piece in response.iter_raw():
                    if not self._put(piece):
                        return
            self._put(None)
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as problem:
            self._put(problem)  # raised again in the caller's thread
        except Exception as problem:  # noqa: BLE001  e.g. of a name that no look-up takes
            self._put(httpx.RequestError(f"{type(problem).__name__}: {problem}"))

    def _put(self, item: httpx.Response | bytes | BaseException | None) -> bool:
        """Hand an item over; return False where nobody waits for it any more."""
        while not self._closed.is_set():
            try:
                self._items.put(item, timeout=CANCEL_S)
            except queue.Full:
                continue
            return True
        return False


def cancellable(work: Callable[[], Result], cancel: CancelFlag) -> Result:
    """Run `work` in a thread and return its result, unless it is cancelled before.

    What waits for a network can then hold up nobody; its thread ends with its own timeout.

    Raises:
        Cancelled: `cancel` was set.
    """
    stop_if(cancel)
    results: queue.SimpleQueue[tuple[Result | None, Exception | None]] = queue.SimpleQueue()

    def run() -> None:
        try:
            results.put((work(), None))
        except Exception as problem:  # noqa: BLE001  raised again in the caller's thread
            results.put((None, problem))

    threading.Thread(target=run, name="request", daemon=True).start()
    while True:
        try:
            result, problem = results.get(timeout=CANCEL_S)
        except queue.Empty:
            stop_if(cancel)
            continue
        if problem is not None:
            raise problem
        return cast("Result", result)


def _check(response: httpx.Response, url: str, part: Path, have: int) -> bool:
    """Return whether the response continues where the partial file ends."""
    status = response.status_code
    if status == 416:  # the server's file has changed since the download began
        part.unlink(missing_ok=True)
        raise _Interrupted(TranslatableText("the server cannot resume the download"))
    if status in RETRY_STATUSES:
        raise _Interrupted(TranslatableText("the server answered {status}", status=status))
    if status not in (200, 206):
        raise SourceFailed("{file}: the server answered {status}", file=_name(url), status=status)
    if response.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise SourceFailed("{file}: the server sent it compressed", file=_name(url))
    if status == 200:
        return False
    if not response.headers.get("Content-Range", "").startswith(f"bytes {have}-"):
        part.unlink(missing_ok=True)
        raise _Interrupted(TranslatableText("the server resumed at the wrong position"))
    return True


def _wait(seconds: float, cancel: CancelFlag) -> None:
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        stop_if(cancel)
        time.sleep(min(0.1, left))


def _length(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _name(url: str) -> str:
    return httpx.URL(url).path.rpartition("/")[2]


def _given_up(url: str, problem: Exception) -> SourceFailed:
    reason = problem.args[0] if isinstance(problem, _Interrupted) else str(problem)
    return SourceFailed(
        "{file} from {host}: {reason}",
        file=_name(url),
        host=httpx.URL(url).host,
        reason=reason or type(problem).__name__,
    )
