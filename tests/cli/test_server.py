"""`--server URL`: the same commands with a model on another computer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from mmdesk.cli import main, tasks
from tests.fakes.chat_server import DONE, ChatServer, answer, delta
from tests.fakes.scripted_engine import ScriptedEngine


@pytest.fixture
def server() -> Iterator[ChatServer]:
    served = ChatServer(answer("Paris."))
    yield served
    served.close()


@pytest.fixture(autouse=True)
def local(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ScriptedEngine:
    engine = ScriptedEngine()
    monkeypatch.setenv("MMDESK_HOME", str(tmp_path))
    monkeypatch.delenv("MMDESK_API_KEY", raising=False)
    monkeypatch.setattr(tasks, "make_engine", lambda *_: engine)
    return engine


def test_a_server_answers(server: ChatServer, local: ScriptedEngine, capsys) -> None:
    assert main.main(["ask", "France?", "--server", server.host]) == 0
    assert capsys.readouterr() == ("Paris. \n", "")
    assert server.asked[0]["model"] == "tiny"
    assert local.requests == []
    assert local.closed == 1


def test_model_and_key_are_the_server_s(server: ChatServer, monkeypatch, capsys) -> None:
    monkeypatch.setenv("MMDESK_API_KEY", "secret")
    thoughts = [delta(None, reasoning="Hm."), delta("Yes"), delta(finish="stop"), DONE]
    server.scripts = [thoughts]
    arguments = ["ask", "Hi", "--server", server.url, "--model", "big", "--no-thinking", "--json"]
    assert main.main(arguments) == 0
    printed = json.loads(capsys.readouterr().out)
    assert (printed["text"], printed["reasoning"]) == ("Yes", "Hm.")
    assert (printed["model"], printed["device"]) == ("big", server.host)
    assert server.asked[0]["chat_template_kwargs"] == {"enable_thinking": False}
    assert set(server.keys) == {"Bearer secret"}


def test_what_came_of_a_broken_answer_is_kept(server: ChatServer, capsys) -> None:
    server.scripts = [[delta("Half an")]]
    assert main.main(["ask", "Hi", "--server", server.url]) == 1
    out, err = capsys.readouterr()
    assert out == "Half an"
    assert f"mmdesk: The connection to {server.host} broke off" in err


def test_bad_addresses_and_servers_without_models_are_bad_usage(server: ChatServer, capsys) -> None:
    assert main.main(["ask", "Hi", "--server", "ftp://x"]) == 2
    server.models = {"data": []}
    assert main.main(["ask", "Hi", "--server", server.url]) == 2
    assert "Name one with --model." in capsys.readouterr().err
    assert server.asked == []


def test_documents_are_translated_by_it(server: ChatServer, tmp_path: Path, capsys) -> None:
    server.scripts = [answer("Die Brücke ist geschlossen.")]
    path = tmp_path / "note.txt"
    path.write_text("The bridge is closed.")
    assert main.main(["translate", str(path), "--to", "de", "--server", server.url]) == 0
    assert "Die Brücke ist geschlossen." in capsys.readouterr().out
    assert "The bridge is closed." in json.dumps(server.asked)
