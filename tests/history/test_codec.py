"""Stored values keep their format: notices and errors as templates, labels as one name."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from pathlib import Path

import pytest

from mmdesk.history import codec
from mmdesk.history.import_export import export_json, import_json
from mmdesk.history.store import Store
from mmdesk.translatable import TranslatableText
from mmdesk.values import (
    FOLDER_TYPE,
    Citation,
    DocumentInput,
    ImageDescription,
    Label,
    Notice,
    Stats,
    StoredMessage,
    Turn,
)
from tests.history.conftest import talk

TOO_LONG = Notice(
    "{name} is too long to read at once. Answered from {passages} ({percent} %).",
    name="gpl3.txt",
    passages=TranslatableText("{count} passages", count=4),
    percent=4,
).text
PLAIN = "said by an older version"
FIXED = TranslatableText("The text is already as short as the summary you asked for.")
ERROR = TranslatableText("{share:.0%} of {path} is damaged.", share=0.25, path=Path("a.txt"))
HINT = TranslatableText("Copy it again.")


def shape(text: str) -> object:
    """Template and values of a text; the text itself where it has none."""
    if not isinstance(text, TranslatableText):
        return text
    return text.template, {name: shape(value) for name, value in text.values.items()}


def failed(store: Store) -> str:
    """Store a conversation with an answer that failed; its id."""
    conversation, _, answer = talk(store, "q", "a")
    store.end(answer, "failed", Stats(), (TOO_LONG, PLAIN, FIXED), ERROR, HINT)
    return conversation


def check(message: StoredMessage) -> None:
    assert message.notices == (TOO_LONG, PLAIN, FIXED)
    assert shape(message.notices[0]) == shape(TOO_LONG)
    assert type(message.notices[1]) is str
    assert shape(message.notices[2]) == (FIXED, {})
    assert shape(message.error) == (
        "{share:.0%} of {path} is damaged.",
        {"share": 0.25, "path": "a.txt"},
    )
    assert message.error == "25% of a.txt is damaged."
    assert shape(message.hint) == ("Copy it again.", {})


def test_templates_come_back_after_a_restart(store: Store, path: Path) -> None:
    conversation = failed(store)
    store.close()
    with contextlib.closing(Store(path)) as again:
        check(again.open(conversation).messages[-1])


def test_templates_go_through_an_export(store: Store, tmp_path: Path) -> None:
    conversation = failed(store)
    file = export_json(store, [conversation], tmp_path / "all.json")
    with contextlib.closing(Store(tmp_path / "other" / "history.db")) as other:
        import_json(other, file)
        check(other.open(conversation).messages[-1])


def test_the_english_is_where_older_versions_read_it(store: Store, path: Path) -> None:
    failed(store)
    with contextlib.closing(sqlite3.connect(path)) as file:
        rows = file.execute("SELECT detail FROM messages ORDER BY number").fetchall()
    detail = json.loads(rows[-1][0])
    assert detail["notices"] == [str(TOO_LONG), PLAIN, str(FIXED)]
    assert (detail["error"], detail["hint"]) == (str(ERROR), str(HINT))
    assert "templates" not in json.loads(rows[0][0])


def test_a_row_of_an_older_version_is_read_in_english(store: Store, path: Path) -> None:
    conversation, _, answer = talk(store, "q", "a")
    old = json.dumps({"notices": ["mind this"], "error": "It broke.", "hint": "Ask again."})
    with contextlib.closing(sqlite3.connect(path)) as file:
        file.execute("UPDATE messages SET detail = ? WHERE id = ?", (old, answer))
        file.commit()
    message = store.open(conversation).messages[-1]
    assert (message.notices, message.error, message.hint) == (
        ("mind this",), "It broke.", "Ask again.",
    )  # fmt: skip
    assert not isinstance(message.error, TranslatableText)


def test_without_templates_nothing_is_added() -> None:
    message = StoredMessage("a", "", Turn("assistant", "x"), notices=("plain",), error="plain")
    assert codec.encode_texts(message)["templates"] == {}


DEEP: dict = {"template": "x"}
for _ in range(9):
    DEEP = {"template": "{x}", "values": {"x": DEEP}}


@pytest.mark.parametrize(
    "templates",
    [
        None,
        "text",
        [1],
        {"notices": "text", "error": "text"},
        {"notices": [1, {}, None, {"template": "x"}], "error": {"values": {}}},
        {"notices": [{"template": 1}], "error": {"template": "x", "values": []}},
        {"notices": [{"template": "{missing}"}], "error": {"template": "{", "values": {"a": 1}}},
        {"notices": [{"template": "another sentence"}]},
        {"notices": [{"template": "{x.__class__}", "values": {"x": "a"}}]},
        {"notices": [{"template": "{x:>999999999999}", "values": {"x": "a"}}]},
        {"notices": [{"template": "{x}", "values": {"x": ["x"]}}]},
        {"notices": [{"template": "{0}", "values": {"x": "x"}}]},
        {"notices": [DEEP]},
    ],
)
def test_malformed_templates_are_ignored(templates: object) -> None:
    data = {"notices": ["x", "y"], "error": "It broke.", "templates": templates}
    notices, error, hint = codec.decode_texts(data)
    assert (notices, error, hint) == (("x", "y"), "It broke.", "")
    assert not any(isinstance(text, TranslatableText) for text in (*notices, error, hint))


BEAGLE = ImageDescription(labels=(Label("beagle", 0.75, "dog"), Label("park bench", 0.5)))


def test_labels_are_stored_under_their_full_names() -> None:
    assert codec.encode_description(BEAGLE) == {
        "labels": [
            {"name": "beagle (dog)", "probability": 0.75},
            {"name": "park bench", "probability": 0.5},
        ],
        "kind": "photo",
    }


def test_stored_labels_are_read_back() -> None:
    assert codec.decode_description(codec.encode_description(BEAGLE)) == BEAGLE


CITED = (
    Citation(0, 1, "report.pdf", 10, 20, 3, "A passage."),
    Citation(1, 2, "old/notes.txt", 0, 8, None, "Passage.", "/papers/old/notes.txt"),
    Citation(2, 3),
)


def test_citations_come_back_after_a_restart_and_an_export(
    store: Store, path: Path, tmp_path: Path
) -> None:
    conversation, _, answer = talk(store, "q", "abc")
    store.end(answer, "whole", citations=CITED)
    file = export_json(store, [conversation], tmp_path / "all.json")
    store.close()
    with contextlib.closing(Store(path)) as again:
        assert again.open(conversation).messages[-1].citations == CITED
    with contextlib.closing(Store(tmp_path / "other" / "history.db")) as other:
        import_json(other, file)
        assert other.open(conversation).messages[-1].citations == CITED


@pytest.mark.parametrize(
    "data",
    [
        {"start": 0, "end": 99},
        {"start": 2, "end": 2},
        {"start": -1, "end": 2},
        {"start": 0, "end": 2, "passage_start": 5, "passage_end": 1},
        {"start": "0", "end": 2.5},
        "no object",
    ],
)
def test_citations_that_fit_no_answer_are_left_out(data: object) -> None:
    assert codec.decode_citations([data], "abc") == ()


def test_a_folder_comes_back_with_its_path(store: Store, path: Path) -> None:
    folder = DocumentInput(
        "papers", "/home/u/papers\n\na.txt", FOLDER_TYPE, 1, path="/home/u/papers"
    )
    conversation, *_ = talk(store, "q", "a", documents=(folder,))
    store.close()
    with contextlib.closing(Store(path)) as again:
        assert again.open(conversation).messages[0].turn.documents == (folder,)
