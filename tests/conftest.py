"""What every test gets: Qt without a screen, and nothing left running behind it.

The platform is set here, before anything imports Qt, so that the tests need no wrapper. A warning
of Qt's fails the test that caused it; so does a timer, thread or process that outlives its test,
and any attempt to connect to another computer.
A test whose module keeps a process on purpose (a shared engine) says so with the marker
`keeps_processes`.
"""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import gc
import sys
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QThread, QTimer
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

_QUIET = (
    r".*(propagateSizeHints|does not support (raise|lower)\(\)|QFontDatabase: Cannot find font).*"
)
_NETWORK = ("socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo")
MUCH_GARBAGE = 50_000  # objects made since the last collection
_GRACE_S = 3.0  # for processes that were told to end


_network_attempts: list[str] = []


def _watch_network(event: str, arguments: tuple) -> None:
    """Refuse every connection of the tests' process that leaves this computer."""
    if event not in _NETWORK:
        return
    address = arguments[:1] if event == "socket.getaddrinfo" else arguments[1]
    host = address[0] if isinstance(address, tuple) and address else None
    if host in (None, "", "localhost", "::1", b"localhost") or str(host).startswith("127."):
        return
    _network_attempts.append(f"{event} {address}")
    raise OSError(f"a test tried to use the network: {event} {address}")


def pytest_configure(config: pytest.Config) -> None:
    sys.addaudithook(_watch_network)
    gc.disable()  # see nothing_left_running
    config.addinivalue_line("markers", "keeps_processes: a child process outlives this test")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Qt's warnings fail a test, but for what the offscreen platform says about itself."""
    for item in items:
        if item.get_closest_marker("qt_log_level_fail") is None:
            item.add_marker(pytest.mark.qt_log_level_fail("WARNING"))
        item.add_marker(pytest.mark.qt_log_ignore(_QUIET, extend=True))


@pytest.fixture(autouse=True)
def nothing_left_running(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Fails a test that leaves a running QTimer, QThread or child process.

    Garbage is collected here, in the main thread: where a worker's thread collects the widgets of
    an earlier test, Qt and Python can wait for each other for ever.
    """
    timers = _watch(monkeypatch, QTimer)
    threads = _watch(monkeypatch, QThread)
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    yield
    if gc.get_count()[0] > MUCH_GARBAGE:
        gc.collect()
    if QCoreApplication.instance() is not None:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    left = [f"QTimer of {t.parent()!r}" for t in _alive(timers) if t.isActive()]
    left += [f"QThread {t.objectName()!r}" for t in _alive(threads) if t.isRunning()]
    if request.node.get_closest_marker("keeps_processes") is None:
        left += [f"process {child.cmdline()}" for child in _children_but(before)]
    assert not left, f"left running: {left}"


@pytest.fixture(autouse=True)
def no_network() -> Iterator[None]:
    """Fails a test that tried to connect to another computer."""
    _network_attempts.clear()
    yield
    assert _network_attempts == []


@pytest.fixture
def open_window(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., object]]:
    """Open the whole window over an engine; see tests.window_user."""
    from tests.window_user import opened_windows  # late: most tests need no window

    yield from opened_windows(qtbot, tmp_path, monkeypatch)


def _watch(monkeypatch: pytest.MonkeyPatch, kind: type) -> list[weakref.ref]:
    """Remember every object of this kind that is started."""
    started: list[weakref.ref] = []
    start = kind.start

    def remember(self: object, *arguments: object) -> None:
        started.append(weakref.ref(self))
        start(self, *arguments)

    monkeypatch.setattr(kind, "start", remember)
    return started


def _alive(references: list[weakref.ref]) -> list:
    found = {id(known): known for reference in references if (known := reference()) is not None}
    return [known for known in found.values() if isValid(known)]


def _children_but(before: set[int]) -> list[psutil.Process]:
    """Children started since, that are still there after a moment to end in."""
    children = [
        child
        for child in psutil.Process().children(recursive=True)
        if child.pid not in before and not _is_pythons_own(child)
    ]
    _, alive = psutil.wait_procs(children, timeout=_GRACE_S)
    return [child for child in alive if child.status() != psutil.STATUS_ZOMBIE]


def _is_pythons_own(child: psutil.Process) -> bool:
    """Multiprocessing's helper that lives as long as the interpreter."""
    try:
        return any("resource_tracker" in word for word in child.cmdline())
    except psutil.Error:
        return True
