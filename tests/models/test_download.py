from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from mmdesk.errors import Cancelled
from mmdesk.models.download import ATTEMPTS, download
from mmdesk.models.fetch_errors import SourceFailed
from mmdesk.models.hub import Hub
from mmdesk.models.manifest import HubSource, Wheel
from mmdesk.models.registry import PipSettings, Registry
from mmdesk.models.sources import from_hub
from mmdesk.values import NeverCancelled
from tests.models.conftest import make_part, spec
from tests.models.server import Site

CONTENT = bytes(range(251)) * 8000
GO = NeverCancelled()


def fetch(site: Site, target: Path, size: int = len(CONTENT), cancel=GO, seen=None) -> None:  # type: ignore[no-untyped-def]
    with httpx.Client() as client:
        report = seen.append if seen is not None else (lambda here: None)
        download(client, f"{site.url}/big", target, size, report, cancel)


def test_progress_ends_at_the_size(site: Site, tmp_path: Path) -> None:
    site.files["/big"] = CONTENT
    seen: list[int] = []
    fetch(site, tmp_path / "f", seen=seen)
    assert (tmp_path / "f").read_bytes() == CONTENT
    assert seen == sorted(seen)
    assert seen[-1] == len(CONTENT)


def test_a_cut_line_is_carried_on_with(site: Site, tmp_path: Path) -> None:
    site.files["/big"] = CONTENT
    site.cut_after["/big"] = [700_000, 300_000]
    fetch(site, tmp_path / "f")
    assert (tmp_path / "f").read_bytes() == CONTENT
    ranges = [asked for _, _, asked in site.asked]
    assert ranges[0] == ""
    assert all(asked.startswith("bytes=") for asked in ranges[1:])
    assert len(ranges) == 3


def test_what_an_earlier_call_left_is_used(site: Site, tmp_path: Path) -> None:
    site.files["/big"] = CONTENT
    (tmp_path / "f.part").write_bytes(CONTENT[:1234])
    fetch(site, tmp_path / "f")
    assert site.asked == [("GET", "/big", "bytes=1234-")]
    assert (tmp_path / "f").read_bytes() == CONTENT


def test_a_server_that_recovers_is_asked_again(site: Site, tmp_path: Path) -> None:
    site.files["/big"] = CONTENT
    site.status["/big"] = [503, 429]
    fetch(site, tmp_path / "f")
    assert (tmp_path / "f").read_bytes() == CONTENT


def test_a_server_that_stays_down_is_given_up(site: Site, tmp_path: Path) -> None:
    site.status["/big"] = [503] * 50
    with pytest.raises(SourceFailed, match="503"):
        fetch(site, tmp_path / "f")
    assert len(site.asked) == ATTEMPTS


def test_a_refusal_is_not_repeated(site: Site, tmp_path: Path) -> None:
    with pytest.raises(SourceFailed, match="404"):
        fetch(site, tmp_path / "f")
    assert len(site.asked) == 1


def test_a_file_that_is_too_long_is_deleted(site: Site, tmp_path: Path) -> None:
    site.files["/big"] = CONTENT
    with pytest.raises(SourceFailed, match="longer"):
        fetch(site, tmp_path / "f", size=1000)
    assert list(tmp_path.iterdir()) == []


def test_cancelling_keeps_the_partial_file(site: Site, tmp_path: Path) -> None:
    site.files["/big"] = CONTENT
    stop = threading.Event()

    class StopAfterFirst(list[int]):
        def append(self, here: int) -> None:
            stop.set()

    with pytest.raises(Cancelled):
        fetch(site, tmp_path / "f", cancel=stop, seen=StopAfterFirst())
    assert 0 < (tmp_path / "f.part").stat().st_size < len(CONTENT)
    assert not (tmp_path / "f").exists()


@pytest.mark.parametrize("asked", ["index", "hub"])
def test_a_cancel_is_noticed_before_the_download_begins(tmp_path: Path, asked: str) -> None:
    release, stop = threading.Event(), threading.Event()
    stopped: list[float] = []

    def stalling(_connection: socket.socket) -> None:
        stopped.append(time.monotonic())
        stop.set()
        release.wait(20)

    def ask(url: str) -> None:
        if asked == "index":
            wheel = Wheel("ear", "1.0", 10, "0" * 64, ())
            Registry(PipSettings(indexes=(url,))).fetch(wheel, tmp_path, lambda _: None, stop)
        else:
            source = HubSource("org/ear", "main", {"model.bin": "m.bin"})
            part = make_part("ear", (source,), files=(spec("model.bin", b"x"),))
            from_hub(part, source, tmp_path, Hub(url), lambda _d, _t: None, stop)

    with raw_server(stalling) as url, pytest.raises(Cancelled):
        ask(url)
    took = time.monotonic() - stopped[0]
    release.set()
    assert took < 1


@contextmanager
def raw_server(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """Serve on loopback with `answer`, which writes all bytes of the answer itself."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(65536)
                try:
                    answer(connection)
                except OSError:
                    continue  # the client has gone

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/f"
    finally:
        listener.close()


def fetch_raw(url: str, target: Path, size: int, cancel=GO) -> None:  # type: ignore[no-untyped-def]
    with httpx.Client() as client:
        download(client, url, target, size, lambda _: None, cancel, lambda _s, _c: None)


def test_an_endless_answer_is_never_written_past_the_known_size(tmp_path: Path) -> None:
    sizes: list[int] = []

    def endless(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.sendall(bytes(65536))

    with (
        raw_server(endless) as url,
        httpx.Client() as client,
        pytest.raises(SourceFailed, match="longer"),
    ):
        download(client, url, tmp_path / "f", 200_000, sizes.append, GO)
    assert sizes
    assert max(sizes) <= 200_000
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("phase", ["before the head", "in the body", "one byte a second"])
def test_a_cancel_is_noticed_within_a_second(tmp_path: Path, phase: str) -> None:
    release, stop = threading.Event(), threading.Event()
    stopped: list[float] = []

    def cancel() -> None:
        stopped.append(time.monotonic())
        stop.set()

    def stalling(connection: socket.socket) -> None:
        threading.Timer(0.5, cancel).start()  # by then what was sent has arrived
        if phase != "before the head":
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nabc")
        while not release.wait(1.0) and phase == "one byte a second":
            connection.sendall(b"x")
        release.wait(20)

    with raw_server(stalling) as url:
        with pytest.raises(Cancelled):
            fetch_raw(url, tmp_path / "f", 1000, stop)
        took = time.monotonic() - stopped[0]
        release.set()
    assert took < 1
    if phase != "before the head":
        assert (tmp_path / "f.part").read_bytes().startswith(b"abc")


def test_bytes_are_kept_however_early_the_line_is_cut(site: Site, tmp_path: Path) -> None:
    site.files["/big"] = CONTENT[:600_000]
    site.cut_after["/big"] = [50_000] * 20
    with httpx.Client() as client:
        url = f"{site.url}/big"
        download(client, url, tmp_path / "f", 600_000, lambda _: None, GO, lambda _s, _c: None)
    assert (tmp_path / "f").read_bytes() == CONTENT[:600_000]


@pytest.mark.parametrize("body", [b"no gzip at all", gzip.compress(bytes(5000))])
def test_compressed_transfer_is_refused_and_nothing_of_it_is_kept(
    tmp_path: Path, body: bytes
) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(body)}\r\n\r\n"
    with (
        raw_server(lambda connection: connection.sendall(head.encode() + body)) as url,
        pytest.raises(SourceFailed, match="compressed"),
    ):
        fetch_raw(url, tmp_path / "f", 5000)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "answer",
    [
        b"rubbish",
        b"HTTP/1.1 302 Found\r\nLocation: nonsense://x\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: /f\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://[::1\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://"
        + (b"a" * 70)  # longer than any label of a name may be
        + b".example\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: minus\r\n\r\nabc",
    ],
)
def test_any_broken_answer_is_a_failed_source(tmp_path: Path, answer: bytes) -> None:
    def once(connection: socket.socket) -> None:
        connection.sendall(answer)

    with (
        raw_server(once) as url,
        httpx.Client(follow_redirects=True) as client,
        pytest.raises(SourceFailed),
    ):
        download(client, url, tmp_path / "f", 5000, lambda _: None, GO, lambda _s, _c: None)
