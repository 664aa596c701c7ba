"""`mmdesk history`, as a shell sees it."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from mmdesk.cli.main import main
from mmdesk.history.store import Store
from mmdesk.values import Project
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


def test_a_project_is_named_and_searched_alone(conversation: str, capsys, tmp_path) -> None:
    with closing(Store(tmp_path / "history.db")) as store:
        store.projects.put(Project("g", "Garden"))
        store.projects.move(conversation, "g")
    assert output_of(capsys, "list").splitlines()[1].endswith("Rivers  [Garden]")
    assert "river" in output_of(capsys, "search", "--project", "garden", "river")
    assert output_of(capsys, "search", "--project", "garden", "x") == ""
    assert main(["history", "search", "--project", "Kitchen", "river"]) == 2
    assert "There is no project 'Kitchen'.\nProjects: Garden." in capsys.readouterr().err


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


# --- attacks ----------------------------------------------------------------------------------


def import_of(tmp_path, **changes) -> str:
    """Return the path of a file with one conversation, with these entries changed."""
    conversation = {"id": "evil", "title": "T", "created": 1.7e9, "changed": 1.7e9, "messages": []}
    data = {"format": "mmdesk-conversations", "version": 1, "files": {}}
    path = tmp_path / "evil.json"
    path.write_text(json.dumps(data | {"conversations": [conversation | changes]}))
    return str(path)


@pytest.mark.parametrize(
    "changes",
    [
        {"changed": float("inf")},
        {"changed": 1e308},
        {"settings": {"model": ["a"]}},
        {
            "messages": [
                {"id": "a", "parent": "b", "role": "user", "created": 1},
                {"id": "b", "parent": "a", "role": "assistant", "created": 1},
            ]
        },
    ],
)
def test_a_harmful_file_is_refused_in_one_line(conversation, capsys, tmp_path, changes) -> None:
    assert main(["history", "import", import_of(tmp_path, **changes)]) == 2
    told = capsys.readouterr().err
    assert told.startswith("mmdesk: evil.json is damaged (")
    assert told.count("\n") == 1
    assert len(output_of(capsys, "list").splitlines()) == 2


def test_control_characters_never_reach_the_terminal(conversation, capsys, tmp_path) -> None:
    harmful = "\x00\x1b[31mred\x1b]0;pwn\x07\x9b2J\x7f\r\u202e"
    message = {"id": "m\x1b", "role": "user", "text": f"otter {harmful}", "created": 1.7e9}
    file = import_of(tmp_path, id="\x1bx\x07", title=f"otter {harmful}", messages=[message])
    output = output_of(capsys, "import", file)
    store = Store(tmp_path / "history.db")
    store.rename(conversation, f"older {harmful}")  # as an earlier version's import did
    store.close()
    for command in (["list"], ["search", "otter"], ["list", "--json"], ["search", "x", "--json"]):
        output += output_of(capsys, *command)
    assert main(["history", "export", harmful.replace("\x00", "")]) == 2
    assert main(["history", harmful]) == 2
    output += capsys.readouterr().err
    assert "red" in output
    assert not {"\x00", "\x1b", "\x07", "\x9b", "\x7f", "\r"} & set(output)


def test_a_circle_and_an_endless_time_are_repaired_in_words(conversation, capsys, tmp_path) -> None:
    with closing(sqlite3.connect(tmp_path / "history.db")) as raw:
        raw.execute("UPDATE messages SET parent = (SELECT max(id) FROM messages)")
        raw.execute("UPDATE messages SET parent = NULL WHERE number = 3")
        raw.execute("UPDATE conversations SET changed = 9e999")
        raw.commit()
    assert main(["--verbose", "history", "list"]) == 0
    shown = capsys.readouterr()
    assert len(shown.out.splitlines()) == 2
    assert "were repaired" in shown.err
    assert output_of(capsys, "export", "--to", str(tmp_path / "pages"))


def test_damage_in_the_middle_is_told_and_the_rest_is_listed(
    conversation, capsys, tmp_path
) -> None:
    path = tmp_path / "history.db"
    store = Store(path)
    for number in range(50):
        talk(store, f"otter {number} " + "x" * 3000, title=f"Talk {number}")
    store.close()
    size = path.stat().st_size // 4096
    with path.open("r+b") as file:
        file.seek(size // 2 * 4096)
        file.write(b"\xa5" * 4096 * (size // 20))
    for command in (["export", "--to", str(tmp_path / "all.json"), "--format", "json"], ["list"]):
        assert main(["history", *command]) == 0
    shown = capsys.readouterr()
    assert shown.err.count("mmdesk: The file of conversations was damaged.") == 1
    assert len(shown.out.splitlines()) > 30
    assert list(tmp_path.glob("history.db.damaged-*"))


def test_damage_of_a_file_in_use_is_told(conversation, capsys, tmp_path) -> None:
    path = tmp_path / "history.db"
    with closing(Store(path)):
        with path.open("r+b") as file:
            file.seek(4096)
            file.write(b"\xa5" * (path.stat().st_size - 4096))
        assert main(["history", "list"]) == 1
    assert "another mmdesk is using them" in capsys.readouterr().err


def test_damage_is_one_sentence_without_a_traceback(tmp_path: Path) -> None:
    """Log lines stay out of the terminal; run as the user runs it."""
    from tests.faults.fault import run_command

    (tmp_path / "history.db").write_bytes(b"rubbish " * 2000)
    done = run_command(tmp_path, "history", "list")
    assert done.returncode == 0
    assert "damaged" in done.stderr
    assert len(done.stderr.splitlines()) == 2  # the sentence, and where the file is
    assert len(list(tmp_path.glob("history.db.damaged-*"))) == 1


@pytest.mark.parametrize("kind", ["pdf", "html", "docx"])
def test_a_conversation_is_exported_to_be_given_away(
    conversation: str, capsys, tmp_path, kind: str
) -> None:
    arguments = ("export", conversation[:6], "--format", kind, "--to", str(tmp_path / "pages"))
    page = Path(output_of(capsys, *arguments).strip())
    assert page.name == f"Rivers.{kind}"
    assert page.stat().st_size > 500
    again = Path(output_of(capsys, *arguments).strip())
    assert again.name == f"Rivers (2).{kind}"


def test_an_export_into_a_file_instead_of_a_folder_is_one_sentence(
    conversation: str, capsys, tmp_path
) -> None:
    (tmp_path / "file").write_text("")
    arguments = ["history", "export", conversation, "--format", "pdf", "--to"]
    assert main([*arguments, str(tmp_path / "file")]) == 1
    told = capsys.readouterr().err
    assert "cannot be written" in told
    assert "Traceback" not in told
