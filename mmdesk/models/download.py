"""Download of one file over HTTP: resumed, retried and cancellable."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from mmdesk.models.fetch_errors import SourceFailed, stop_if
from mmdesk.translatable import TranslatableText
from mmdesk.values import CancelFlag

CHUNK = 1 << 18
ATTEMPTS = 5  # in a row without a new byte
FIRST_WAIT = 0.5  # seconds, doubled with every attempt
TIMEOUT = httpx.Timeout(
    10.0, connect=5.0
)  # also the longest that a stalled connection delays a cancel
RETRY_STATUSES = {408, 425, 429, 500, 502, 503, 504}


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
    # Compressed transfer would make the byte ranges meaningless.
    headers = {"Accept-Encoding": "identity", **({"Range": f"bytes={have}-"} if have else {})}
    with client.stream("GET", url, headers=headers, timeout=TIMEOUT) as response:
        resumed = _check(response, url, part, have)
        with part.open("ab" if resumed else "wb") as stream:
            for chunk in response.iter_bytes(CHUNK):
                stop_if(cancel)
                stream.write(chunk)
                on_bytes(stream.tell())
    if _length(part) > size:
        part.unlink()
        raise SourceFailed("{file} is longer than it should be", file=_name(url))
    if _length(part) < size:
        raise _Interrupted(TranslatableText("the transfer ended early"))


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
