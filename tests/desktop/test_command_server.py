"""Commands of the command line reach the window that is open."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from mmdesk import __main__ as entry
from mmdesk.cli.window_commands import send
from mmdesk.desktop import CommandServer, command_address
from mmdesk.errors import MMDeskError


@pytest.fixture
def server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> Iterator[CommandServer]:
    monkeypatch.setenv("MMDESK_HOME", str(tmp_path))
    made = CommandServer()
    assert made.begin()
    yield made
    made.close()


def sent(qtbot: QtBot, command: str) -> object:
    """Send a command from another thread, as another process would; return what came of it."""
    results: list[object] = []

    def work() -> None:
        try:
            results.append(send(command))
        except MMDeskError as problem:
            results.append(problem)

    thread = threading.Thread(target=work)
    thread.start()
    qtbot.waitUntil(lambda: bool(results))
    thread.join()
    return results[0]


def test_a_command_arrives(server: CommandServer, qtbot: QtBot) -> None:
    with qtbot.waitSignal(server.commanded) as commanded:
        assert sent(qtbot, "capture") is True
    assert commanded.args == ["capture"]


def test_an_unknown_command_is_answered_and_does_nothing(
    server: CommandServer, qtbot: QtBot
) -> None:
    with qtbot.assertNotEmitted(server.commanded):
        assert "does not know" in str(sent(qtbot, "explode"))


def test_a_second_window_leaves_the_commands_to_the_first(
    server: CommandServer, qtbot: QtBot
) -> None:
    second = CommandServer()
    assert not second.begin()
    second.close()
    with qtbot.waitSignal(server.commanded):
        assert sent(qtbot, "quick") is True


def test_the_socket_of_a_killed_window_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setenv("MMDESK_HOME", str(tmp_path))
    left = socket.socket(socket.AF_UNIX)
    left.bind(command_address())
    left.close()
    server = CommandServer()
    assert server.begin()
    with qtbot.waitSignal(server.commanded):
        assert sent(qtbot, "quick") is True
    server.close()


def test_a_long_line_is_cut_off(server: CommandServer, qtbot: QtBot) -> None:
    with socket.socket(socket.AF_UNIX) as rude, qtbot.assertNotEmitted(server.commanded):
        rude.connect(command_address())
        rude.sendall(b"x" * 500)
        rude.settimeout(0.01)

        def is_closed() -> bool:
            try:
                return rude.recv(8) == b""
            except TimeoutError:
                return False
            except ConnectionError:
                return True

        qtbot.waitUntil(is_closed)


def test_a_deep_home_has_an_address_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    home = tmp_path / ("deep" * 30)
    home.mkdir()
    monkeypatch.setenv("MMDESK_HOME", str(home))
    server = CommandServer()
    assert server.begin()
    assert len(command_address()) <= 100
    server.close()


def test_without_a_window_one_is_opened_with_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MMDESK_HOME", str(tmp_path))
    opened: list[list[str]] = []
    monkeypatch.setattr(entry, "_window", lambda options: opened.append(options) or 0)
    assert entry.main(["quick"]) == 0
    assert opened == [["--open", "quick"]]


def test_more_than_the_command_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert entry.main(["quick", "now"]) == 2
    assert "unrecognized arguments" in capsys.readouterr().err
