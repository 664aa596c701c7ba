"""A damaged or badly filled database opens, says so, and gives what can be read of it."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from pathlib import Path

import pytest

from mmdesk.errors import MMDeskError
from mmdesk.history import codec
from mmdesk.history.import_export import export_json, exported, import_json
from mmdesk.history.markdown_export import export_markdown
from mmdesk.history.message_tree import cyclic, newest_leaf, path_to
from mmdesk.history.store import Store
from mmdesk.values import ChatSettings, StoredMessage, Turn
from tests.history.conftest import talk, texts
from tests.history.test_store import DOG


def write(path: Path, *statements: str) -> None:
    """Write to the database behind the back of the store, as earlier versions' imports did."""
    with contextlib.closing(sqlite3.connect(path)) as raw:
        for statement in statements:
            raw.execute(statement)
        raw.commit()


# --- trees ------------------------------------------------------------------------------------


def test_paths_in_a_circle_end() -> None:
    circle = {"a": "c", "b": "a", "c": "b", "d": "c"}
    assert path_to(circle, "d") == ["a", "b", "c", "d"]
    assert newest_leaf(circle, "a") in circle
    assert len(cyclic(circle)) == 1
    assert cyclic({"x": "x", "y": "z", "z": "y", "ok": ""}) in (["x", "y"], ["x", "z"])
    assert cyclic({"a": "", "b": "a", "c": "a", "d": "elsewhere"}) == []
    assert path_to({"a": "elsewhere"}, "a") == ["a"]


def test_a_long_path_takes_no_stack() -> None:
    tree = {str(number): str(number - 1) if number else "" for number in range(100_000)}
    assert len(path_to(tree, "99999")) == 100_000
    assert cyclic(tree) == []
    tree["0"] = "99999"
    assert len(cyclic(tree)) == 1


def test_a_circle_of_messages_is_opened_and_then_repaired(store: Store, path: Path) -> None:
    conversation, *ids = talk(store, "a", "b", "c", "d")
    healthy, *_ = talk(store, "x", "y")
    write(path, f"UPDATE messages SET parent = '{ids[3]}' WHERE id = '{ids[0]}'")
    assert sorted(texts(store, conversation)) == ["a", "b", "c", "d"]
    assert len(store.earlier(conversation, ids[3]).messages) == 3
    assert store.choose(ids[0]) == conversation
    store.recover()
    assert store.repaired == 1
    assert texts(store, conversation) == ["a", "b", "c", "d"]
    assert len(store.open_end(conversation, 50).messages) == 4
    assert texts(store, healthy) == ["x", "y"]
    assert store.repair() == 0


def test_a_parent_that_is_unknown_or_elsewhere_is_none(
    store: Store, path: Path, tmp_path: Path
) -> None:
    one, first, second = talk(store, "a", "b")
    other, elsewhere = talk(store, "x")
    write(
        path,
        f"UPDATE messages SET parent = 'nobody' WHERE id = '{first}'",
        f"UPDATE messages SET parent = '{elsewhere}' WHERE id = '{second}'",
    )
    assert texts(store, one) == ["b"]
    assert [message.parent for message in store.all_messages(one)] == ["", ""]
    assert [message.turn.text for message in store.open_end(one, 50).messages] == ["b"]
    store.recover()
    assert texts(store, one) == ["b"]
    file = export_json(store, [one, other], tmp_path / "all.json")
    fresh = Store(tmp_path / "fresh" / "history.db")
    assert import_json(fresh, file) == (one, other)
    fresh.close()


# --- values -----------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["9e999", "-9e999", "1e308", "-1", "'soon'", "x'00'"])
def test_impossible_times_are_shown_and_then_repaired(
    store: Store, path: Path, tmp_path: Path, value: str
) -> None:
    conversation, *_ = talk(store, "otter", "b")
    write(
        path,
        f"UPDATE conversations SET created = {value}, changed = {value}",
        f"UPDATE messages SET created = {value}",
    )
    (info,) = store.conversations()
    times = [info.created, info.changed, *(hit.when for hit in store.search("otter"))]
    times += [message.created for message in store.all_messages(conversation)]
    assert set(times) == {0.0}
    assert all(map(time.localtime, times))
    export_markdown(store, conversation, tmp_path / "page")
    store.recover()
    assert store.info(conversation).changed > 1e9
    assert store.repaired == 2


@pytest.mark.parametrize(
    "stored",
    [
        '{"model": ["a"], "temperature": "hot", "max_tokens": -5, "top_p": 7}',
        '{"model": {}, "temperature": 1e999, "max_tokens": 1e3}',
        '{"temperature": NaN, "system_prompt": 3}',
        "[" * 100_000,
        "null",
        "\x00",
    ],
)
def test_settings_of_wrong_types_are_the_usual_ones(store: Store, path: Path, stored: str) -> None:
    conversation, _ = talk(store, "q")
    with contextlib.closing(sqlite3.connect(path)) as raw:
        raw.execute("UPDATE conversations SET settings = ?", (stored,))
        raw.execute("UPDATE messages SET detail = ?", (stored,))
        raw.commit()
    assert store.info(conversation).settings == ChatSettings()
    assert texts(store, conversation) == ["q"]


def test_one_wrong_setting_takes_no_other_along() -> None:
    data = {"temperature": 0.5, "model": ["a"], "max_tokens": 10**400, "top_p": 1}
    assert codec.decode(ChatSettings, data) == ChatSettings(temperature=0.5, top_p=1)


@pytest.mark.parametrize(
    "data",
    [
        {"kind": ["photo"], "labels": 3, "caption": 1, "correction": {}},
        {"labels": [1, {"name": 2, "probability": "x"}, {"probability": 10**400}], "x": 1},
        {"segments": [{"start": [], "end": float("nan"), "text": None}], "text": []},
        {"segments": {}, "language_probability": "much"},
    ],
)
def test_findings_of_wrong_types_are_left_out(data: dict) -> None:
    description = codec.decode_description(data)
    transcript = codec.decode_transcript(data)
    assert description.caption == transcript.text == ""
    assert all(0 <= label.probability <= 1 for label in description.labels)
    assert all(segment.start == segment.end == 0 for segment in transcript.segments)


def test_a_template_cannot_grow_beyond_its_text() -> None:
    bomb: dict = {"template": "{x}" * 50, "values": {"x": "y" * 1000}}
    for _ in range(3):
        bomb = {"template": "{x}" * 50, "values": {"x": bomb}}
    many = {"template": "{x}" * 1_000_000, "values": {"x": "y"}}
    huge = {"template": "{x:.0%}", "values": {"x": 10**400}}
    for template in (bomb, many, huge):
        data = {"error": "y" * 1000, "notices": 7, "templates": {"error": template}}
        assert codec.decode_texts(data) == ((), "y" * 1000, "")


@pytest.mark.parametrize("digest", ["../../../../x", "", "a" * 5000, "a/b", "é", "a b"])
def test_a_digest_that_is_none_stops_no_export(
    store: Store, path: Path, tmp_path: Path, digest: str
) -> None:
    conversation, _ = talk(store, "look", images=(DOG,))
    with contextlib.closing(sqlite3.connect(path)) as raw:
        raw.execute("UPDATE attachments SET sha256 = ?", (digest,))
        raw.execute("UPDATE attached SET sha256 = ?", (digest,))
        raw.commit()
    assert exported(store, [conversation])["files"] == {}
    assert store.picture(digest, "") is None
    store.recover()
    assert store.repaired == 1
    (image,) = store.open(conversation).messages[0].turn.images
    assert len(image.sha256) == 64
    assert image.name == DOG.name
    file = export_json(store, [conversation], tmp_path / "all.json")
    fresh = Store(tmp_path / "fresh" / "history.db")
    assert import_json(fresh, file) == (conversation,)
    fresh.close()
    assert "missing" in export_markdown(store, conversation, tmp_path).read_text(encoding="utf-8")
    store.delete(conversation)
    store.purge()
    assert store.conversations() == ()


def test_a_text_that_is_no_unicode_is_read(store: Store, path: Path) -> None:
    conversation, _ = talk(store, "q")
    write(
        path,
        "UPDATE messages SET text = CAST(x'61ff62' AS TEXT), state = 'odd'",
        "UPDATE conversations SET title = x'00ff', settings = x'ff', leaf = x'ff'",
    )
    (message,) = store.open(conversation).messages
    assert (message.turn.text, message.state) == ("a\ufffdb", "interrupted")
    assert store.info(conversation).title == ""


# --- damaged files ----------------------------------------------------------------------------


def fill(store: Store, talks: int = 60) -> dict[str, list[str]]:
    """Store conversations of several pages; their texts by id."""
    made = {}
    for number in range(talks):
        said = [f"{number} {turn} " + "word " * 200 for turn in range(4)]
        conversation, *_ = talk(store, *said, title=f"Talk {number}")
        made[conversation] = said
    return made


def damage(path: Path, first: float, last: float) -> None:
    """Overwrite the pages between two shares of the file."""
    size = path.stat().st_size // 4096
    with path.open("r+b") as file:
        for page in range(int(size * first), int(size * last)):
            file.seek(page * 4096)
            file.write(os.urandom(4096))


def use(store: Store) -> None:
    """Read everything."""
    for info in store.conversations():
        store.open(info.id)
        store.all_messages(info.id)
    store.search("word")


@pytest.mark.parametrize(("first", "last"), [(0.3, 0.34), (0.5, 0.6), (0.1, 0.9), (0.97, 1.0)])
def test_what_can_be_read_of_a_damaged_file_is_moved_into_a_new_one(
    store: Store, path: Path, first: float, last: float
) -> None:
    made = fill(store)
    store.close()
    damage(path, first, last)
    damaged = path.read_bytes()
    again = Store(path)
    try:
        use(again)
        again.search("Talk")
        again.add(again.conversations()[0].id, StoredMessage("n", "", Turn("user", "new")))
        failed: Exception = sqlite3.DatabaseError("not noticed by reading")
    except Exception as error:  # noqa: BLE001  whatever the damage leads to
        failed = error
    if again.damaged is None:  # noticed as it was opened, where the list of tables was damaged
        assert again.heal(failed)
    assert again.damaged is not None
    assert again.damaged.read_bytes()[: len(damaged)] == damaged[: len(damaged)]
    use(again)
    whole = [name for name in made if name in {info.id for info in again.conversations()}]
    assert again.salvaged >= len(whole) > 0
    known = {text for said in made.values() for text in said}
    kept = [message.turn.text for name in whole for message in again.all_messages(name)]
    assert sum(text in known for text in kept) >= (1 - (last - first)) * 0.3 * len(known)
    assert again.search("word")
    conversation, _ = talk(again, "life goes on")
    assert texts(again, conversation) == ["life goes on"]
    assert not again.heal(ValueError("nothing is wrong any more"))
    again.close()
    with contextlib.closing(Store(path)) as sound:
        assert sound.damaged is None
        sound.recover()
        use(sound)


def test_a_conversation_with_a_hole_is_still_one_path(store: Store, path: Path) -> None:
    conversation, *ids = talk(store, "a", "b", "c", "d")
    write(path, f"DELETE FROM messages WHERE id = '{ids[1]}'")
    store.close()
    again = Store(path)
    assert again.heal(_malformed())
    assert again.salvaged == 1
    assert texts(again, conversation) == ["a", "c", "d"]
    again.close()


def test_files_of_a_damaged_database_are_not_cleaned_away(
    store: Store, path: Path, monkeypatch
) -> None:
    talk(store, "look", images=(DOG,))
    store.close()
    path.write_bytes(b"nothing is left of it" * 500)
    monkeypatch.setattr("mmdesk.history.blobs.YOUNG_S", -10.0)
    again = Store(path)
    again.recover()
    assert again.salvaged == 0
    assert again.picture(DOG.sha256, "") is not None
    again.close()


def test_a_file_that_another_process_uses_is_not_replaced(store: Store, path: Path) -> None:
    fill(store, 5)
    other = Store(path)
    with pytest.raises(MMDeskError, match="another mmdesk"):
        other.heal(_malformed())
    assert len(other.conversations()) == 5
    other.close()
    assert path.exists()
    assert not list(path.parent.glob("*.damaged-*"))


def _malformed() -> sqlite3.DatabaseError:
    error = sqlite3.DatabaseError("database disk image is malformed")
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return error


def test_a_mistake_is_no_damage(store: Store) -> None:
    talk(store, "q")
    assert not store.heal(KeyError("x"))
    assert not store.heal(sqlite3.OperationalError("database is locked"))
    assert store.damaged is None


def test_a_full_disk_keeps_the_damaged_file_where_it_is(
    store: Store, path: Path, monkeypatch
) -> None:
    made = fill(store, 5)

    def fail(*_arguments: object) -> int:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("mmdesk.history.store.salvage", fail)
    with pytest.raises(MMDeskError, match="is full"):
        store.heal(_malformed())
    assert len(store.conversations()) == 5
    monkeypatch.undo()
    assert store.heal(_malformed())
    assert {info.id for info in store.conversations()} == set(made)
    assert not list(path.parent.glob("*.new*"))


def test_a_kill_while_the_new_file_takes_its_place_loses_nothing(store: Store, path: Path) -> None:
    conversation, _ = talk(store, "kept")
    store.close()
    path.rename(path.with_name("history.db.new"))
    again = Store(path)
    assert texts(again, conversation) == ["kept"]
    again.close()


def test_a_change_that_cannot_be_committed_takes_no_later_one_along(
    store: Store, path: Path
) -> None:
    conversation, _ = talk(store, "a")
    with pytest.raises(sqlite3.IntegrityError):
        store.add(conversation, StoredMessage("x", "no such parent", Turn("user", "lost")))
    store.rename(conversation, "Renamed")
    again = Store(path)
    assert again.info(conversation).title == "Renamed"
    again.close()


def test_a_schema_that_is_no_text_is_damage(store: Store, path: Path) -> None:
    """SQLite's message quotes it, and Python cannot decode the message."""
    talk(store, "q")
    store.close()
    data = path.read_bytes()
    at = data.index(b"CREATE TABLE state")
    path.write_bytes(data[:at] + b"\xff\xfeEA" + data[at + 4 :])
    again = Store(path)
    assert again.damaged is not None
    assert texts(again, talk(again, "life goes on")[0]) == ["life goes on"]
    again.close()


@pytest.mark.parametrize(("old", "new"), [("title TEXT", "titxe TEXT"), ("leaf TEXT", "leaX TEXT")])
def test_a_missing_column_is_damage(store: Store, path: Path, old: str, new: str) -> None:
    talk(store, "q")
    store.close()
    path.write_bytes(path.read_bytes().replace(old.encode(), new.encode()))
    again = Store(path)
    with pytest.raises(sqlite3.OperationalError, match=r"no such column|has no column") as told:
        talk(again, "more")
    assert again.heal(told.value)
    assert texts(again, talk(again, "life goes on")[0]) == ["life goes on"]
    again.close()
