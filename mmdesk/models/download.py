"""One file over HTTP: resumed after a cut, tried again, stopped when the person says so."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from mmdesk.models.fetch_errors import SourceFailed, stop_if
from mmdesk.values import CancelFlag

CHUNK = 1 << 18
ATTEMPTS = 5  # in a row without a single new byte
FIRST_WAIT = 0.5  # seconds, doubled with every attempt
TIMEOUT = httpx.Timeout(10.0, connect=5.0)  # also the longest a stalled line delays a cancel
AGAIN = {408, 425, 429, 500, 502, 503, 504}


class _Interrupted(Exception):  # noqa: N818  an event, not a defect
    """Worth another attempt."""


def download(
    client: httpx.Client,
    url: str,
    target: Path,
    size: int,
    on_bytes: Callable[[int], None],
    cancel: CancelFlag,
    wait: Callable[[float, CancelFlag], None] | None = None,
) -> None:
    """Fetch `url` into `target`; what a former call left in `target`.part is carried on with.

    Args:
        size: the length the file must have, in bytes.
        on_bytes: told how many bytes are there, after each chunk.

    Raises:
        SourceFailed: the server refuses, the length is wrong, or the line stays down.
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
                raise SourceFailed(_reason(url, problem)) from problem
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
        raise SourceFailed(f"{_name(url)} is longer than it should be")
    if _length(part) < size:
        raise _Interrupted("the transfer ended early")


def _check(response: httpx.Response, url: str, part: Path, have: int) -> bool:
    """Whether the answer carries on where the partial file ends."""
    if response.status_code == 416:  # the server's file is not the one begun with
        part.unlink(missing_ok=True)
        raise _Interrupted("the server cannot carry on")
    if response.status_code in AGAIN:
        raise _Interrupted(f"the server answered {response.status_code}")
    if response.status_code not in (200, 206):
        raise SourceFailed(f"{_name(url)}: the server answered {response.status_code}")
    if response.status_code == 200:
        return False
    if not response.headers.get("Content-Range", "").startswith(f"bytes {have}-"):
        part.unlink(missing_ok=True)
        raise _Interrupted("the server carried on in the wrong place")
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


def _reason(url: str, problem: Exception) -> str:
    return f"{_name(url)} from {httpx.URL(url).host}: {problem or type(problem).__name__}"
