"""Projects in the database: moving, deleting and restoring, migration, import and export."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from mmdesk.history import schema
from mmdesk.history.import_export import export_json, import_json
from mmdesk.history.store import Store
from mmdesk.values import DocumentInput, Project, Summary
from tests.history.conftest import Clock, talk, texts

LETTER = DocumentInput("letter.txt", "Dear Ana, the meeting is on Friday.", "text/plain", 1)
GARDEN = Project("g", "Garden", "Answer as a gardener.", "small", (LETTER,))


def project_of(store: Store, conversation: str) -> str:
    return store.info(conversation).project


def test_a_project_comes_back_with_everything(store: Store) -> None:
    store.projects.put(GARDEN)
    assert store.projects.all() == (GARDEN,)
    store.projects.rename("g", "  My\ngarden ")
    store.projects.fold("g", True)
    (project,) = store.projects.all()
    assert (project.name, project.is_folded, project.files) == ("My garden", True, (LETTER,))


def test_a_project_needs_a_name(store: Store) -> None:
    store.projects.put(Project("x", "  "))
    store.projects.put(GARDEN)
    store.projects.rename("g", " ")
    assert [project.name for project in store.projects.all()] == ["Garden"]


def test_projects_are_listed_by_name(store: Store) -> None:
    for name in ("beta", "Alpha", "gamma"):
        store.projects.put(Project(name, name))
    assert [project.name for project in store.projects.all()] == ["Alpha", "beta", "gamma"]


def test_a_conversation_is_moved_into_a_project_and_out(store: Store) -> None:
    conversation, *_ = talk(store, "Hello", "Hi")
    store.projects.put(GARDEN)
    store.projects.move(conversation, "g")
    assert project_of(store, conversation) == "g"
    store.projects.move(conversation, "")
    assert project_of(store, conversation) == ""


def test_conversations_of_a_deleted_project_return_and_come_back(store: Store) -> None:
    conversation, *_ = talk(store, "Hello", "Hi")
    store.projects.put(GARDEN)
    store.projects.move(conversation, "g")
    store.projects.delete("g")
    assert store.projects.all() == ()
    assert project_of(store, conversation) == ""
    store.projects.restore("g")
    assert store.projects.all() == (GARDEN,)
    assert project_of(store, conversation) == "g"


def test_a_deleted_project_is_erased_at_the_next_start(store: Store, path: Path) -> None:
    conversation, *_ = talk(store, "Hello", "Hi")
    store.projects.put(GARDEN)
    store.projects.move(conversation, "g")
    store.projects.delete("g")
    store.recover()
    store.projects.restore("g")
    assert store.projects.all() == ()
    assert texts(store, conversation) == ["Hello", "Hi"]
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("SELECT count(*) FROM project_files").fetchone() == (0,)


def test_a_project_is_searched_alone(store: Store) -> None:
    inside, *_ = talk(store, "roses and tulips", "yes", title="Inside")
    talk(store, "roses elsewhere", "yes", title="Outside")
    store.projects.put(GARDEN)
    store.projects.move(inside, "g")
    assert {hit.title for hit in store.search("roses")} == {"Inside", "Outside"}
    assert {hit.title for hit in store.search("roses", project="g")} == {"Inside"}
    assert {hit.title for hit in store.search("inside", project="g")} == {"Inside"}
    assert store.search("outside", project="g") == ()


def test_an_exported_conversation_finds_its_project_by_name(store: Store, tmp_path: Path) -> None:
    conversation, *_ = talk(store, "Hello", "Hi")
    store.projects.put(GARDEN)
    store.projects.move(conversation, "g")
    file = export_json(store, [conversation], tmp_path / "talk.json")
    other = Store(tmp_path / "other" / "history.db", Clock())
    import_json(other, file)
    (project,) = other.projects.all()
    assert project.name == "Garden"
    assert project_of(other, conversation) == project.id
    import_json(other, file)
    assert len(other.projects.all()) == 1
    other.close()


def test_a_summary_goes_with_its_conversation(store: Store, path: Path) -> None:
    conversation, _first, second = talk(store, "Hello", "Hi")
    summary = Summary(second, "They greeted each other.")
    store.summaries.add(conversation, summary)
    store.summaries.add("gone", summary)
    assert store.open(conversation).summaries == (summary,)
    assert store.open_end(conversation, 1).summaries == (summary,)
    store.delete(conversation)
    store.erase((conversation,))
    assert b"greeted each other" not in path.read_bytes()


# --- migration ------------------------------------------------------------------------------------


@pytest.fixture
def first_version(path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, str]:
    """Make a database of the first schema with a conversation, in plain SQL."""
    with monkeypatch.context() as patch:
        patch.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[:1])
        with closing(schema.open_database(path)) as old:
            old.execute(
                "INSERT INTO conversations (id, title, created, changed, leaf) "
                "VALUES ('c', 'Old talk', 1, 2, 'a')"
            )
            for id, parent, role, text in (
                ("q", None, "user", "An old question"), ("a", "q", "assistant", "An old answer"),
            ):  # fmt: skip
                old.execute(
                    "INSERT INTO messages (id, conversation, parent, role, text, state, created) "
                    "VALUES (?, 'c', ?, ?, ?, 'whole', 2)",
                    (id, parent, role, text),
                )
    return path, "c"


def test_a_database_of_the_first_version_opens_unchanged(first_version: tuple[Path, str]) -> None:
    path, conversation = first_version
    store = Store(path, Clock())
    assert [info.title for info in store.conversations()] == ["Old talk"]
    assert texts(store, conversation) == ["An old question", "An old answer"]
    store.projects.put(GARDEN)
    store.projects.move(conversation, "g")
    assert project_of(store, conversation) == "g"
    assert path.with_name("history.db.v1").exists()
    store.close()


def test_what_is_erased_is_erased_from_the_copy_before_the_migration_too(
    first_version: tuple[Path, str],
) -> None:
    path, conversation = first_version
    store = Store(path, Clock())
    store.delete(conversation)
    store.erase((conversation,))
    store.close()
    assert not path.with_name("history.db.v1").exists()
    assert all(b"An old" not in file.read_bytes() for file in path.parent.glob("history*"))


def test_projects_are_salvaged_from_a_damaged_database(store: Store, path: Path) -> None:
    conversation, *_ = talk(store, "Hello", "Hi")
    store.projects.put(GARDEN)
    store.projects.move(conversation, "g")
    store.close()
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute("PRAGMA writable_schema = ON")
        raw.execute("DELETE FROM sqlite_master WHERE name = 'message_words'")
    again = Store(path, Clock())
    error = sqlite3.DatabaseError("database disk image is malformed")
    if again.damaged is None:
        error.sqlite_errorcode = 11  # type: ignore[misc]
        assert again.heal(error)
    assert again.damaged is not None
    assert again.projects.all() == (GARDEN,)
    assert project_of(again, conversation) == "g"
    again.close()
