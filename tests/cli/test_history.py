"""`mmdesk history`, as a shell sees it."""

from __future__ import annotations

import json

import pytest

from mmdesk.cli.main import main
from mmdesk.history.store import Store
from tests.history.conftest import talk


@pytest.fixture
def conversation(tmp_path, monkeypatch) -> str:
    monkeypatch.setenv("MMDESK_HOME", str(tmp_path))
    store = Store(tmp_path / "history.db")
    made, *_ = talk(store, "Where is the river?", "河流在这里。", title="Rivers")
    talk(store, "x", title="Other")
    store.close()
    return made


def output_of(capsys, *arguments: str) -> str:
    assert main(["history", *arguments]) == 0
    return capsys.readouterr().out


def test_list(conversation: str, capsys) -> None:
    lines = output_of(capsys, "list").splitlines()
    assert len(lines) == 2
    assert lines[1].startswith(conversation[:8])
    assert lines[1].endswith("Rivers")
    data = json.loads(output_of(capsys, "list", "--json"))
    assert [entry["messages"] for entry in data["conversations"]] == [1, 2]


def test_search(conversation: str, capsys) -> None:
    assert "河流在这里" in output_of(capsys, "search", "河流")
    (hit,) = json.loads(output_of(capsys, "search", "--json", "where"))["hits"]
    assert hit["conversation"] == conversation


def test_export_and_import(conversation: str, capsys, tmp_path, monkeypatch) -> None:
    page = output_of(capsys, "export", conversation[:6], "--to", str(tmp_path / "pages")).strip()
    assert page.endswith("Rivers.md")
    file = output_of(capsys, "export", "--format", "json", "--to", str(tmp_path / "a.json")).strip()
    assert json.loads(output_of(capsys, "export", conversation, "--format", "json"))["version"] == 1
    monkeypatch.setenv("MMDESK_HOME", str(tmp_path / "new"))
    assert "Rivers" in output_of(capsys, "import", file)
    assert "Rivers" in output_of(capsys, "list")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["export", "nothing"], "No conversation ID starts with"),
        (["import", "/nowhere/x.json"], "/nowhere/x.json cannot be read"),
    ],
)
def test_a_mistake_is_explained_in_one_line(conversation, capsys, arguments, message) -> None:
    assert main(["history", *arguments]) == 2
    assert message in capsys.readouterr().err


def test_a_path_that_cannot_be_written_is_named(conversation: str, capsys, tmp_path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert main(["history", "export", "--to", str(tmp_path / "file" / "x")]) == 1
    assert "cannot be written" in capsys.readouterr().err
