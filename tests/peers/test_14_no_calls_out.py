"""Complaint 14: 'local' applications that still call out.

The whole window with the real engine in its own process, both without a network: a question is
answered, and nothing has tried to use the network.
"""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from mmdesk.engine.process import ProcessEngine
from tests.fakes.tiny_model import build_model
from tests.peers.guarded_engine import guarded
from tests.window_user import SLOW


@pytest.fixture
def attempts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the list of this process's attempts to use the network, which all fail."""
    tried: list[str] = []

    def refuse(name: str):
        def refused(*arguments: object, **_: object) -> None:
            tried.append(f"{name} {arguments}")
            raise OSError("the network is blocked")

        return refused

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse(name))
    for name in ("getaddrinfo", "gethostbyname", "create_connection"):
        monkeypatch.setattr(socket, name, refuse(name))
    return tried


def internet_sockets(pid: int) -> list[str]:
    """Return the internet sockets of a process, whoever opened them.

    Qt and native code open them without Python.
    """
    return [str(found) for found in psutil.Process(pid).net_connections(kind="inet")]


def test_complaint_14_a_question_is_answered_without_the_network(
    open_window, qtbot, tmp_path: Path, attempts: list[str]
) -> None:
    folder, log = tmp_path / "tiny", tmp_path / "network"
    folder.mkdir()
    before = set(internet_sockets(psutil.Process().pid))
    engine = ProcessEngine(tmp_path, make_engine=guarded(build_model(folder), log))
    person = open_window(engine)
    with qtbot.waitSignal(person.app.chat.answers.finished, timeout=SLOW):
        person.type("What is the capital of France?")
        person.press("sendButton")
    assert person.app.chat.conversation.turns()[-1].text
    assert set(internet_sockets(psutil.Process().pid)) <= before
    assert internet_sockets(engine.pid) == []
    assert attempts == []
    assert not log.exists() or log.read_text() == ""


def test_network_use_would_have_been_noticed(tmp_path: Path) -> None:
    log = tmp_path / "log"
    subprocess.run([sys.executable, "-m", "tests.peers.guarded_engine", str(log)], check=True)
    logged = log.read_text()
    assert "socket.getaddrinfo" in logged
    assert "socket.connect" in logged
