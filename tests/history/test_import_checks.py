"""A file of conversations is checked whole: what is wrong is told, and nothing of it is stored."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
import os
import tracemalloc
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from mmdesk.errors import InputError
from mmdesk.history import import_schema
from mmdesk.history.import_export import export_json, exported, import_json
from mmdesk.history.store import Store
from mmdesk.values import StoredMessage, Turn
from tests.history.conftest import talk, texts
from tests.history.test_store import DOG, REPORT, VOICE

DEEP = "[" * 200_000 + "]" * 200_000
ZEROS = "0" * 64


def png(size: tuple[int, int]) -> bytes:
    stream = BytesIO()
    Image.new("1", size).save(stream, "PNG")
    return stream.getvalue()


def digest_of(rgb: bytes, size: tuple[int, int]) -> str:
    return hashlib.sha256(b"%dx%d:" % size + rgb).hexdigest()


def good() -> dict:
    """Return a file of two conversations, one with attachments, as `export_json` writes it."""
    stream = BytesIO()
    Image.frombytes("RGB", (2, 1), DOG.rgb).save(stream, "PNG")
    return {
        "format": "mmdesk-conversations",
        "version": 1,
        "conversations": [
            {
                "id": "one",
                "title": "Dogs",
                "created": 1.7e9,
                "changed": 1.7e9,
                "settings": {"temperature": 0.5, "model": "m"},
                "leaf": "b",
                "messages": [
                    {
                        "id": "a",
                        "role": "user",
                        "text": "look",
                        "created": 1.7e9,
                        "pictures": [{"sha256": DOG.sha256, "name": "dog.jpg"}],
                        "sounds": [{"sha256": VOICE.sha256, "name": "said.wav"}],
                        "documents": [{"name": "a.txt", "text": "words", "pages": 3}],
                    },
                    {"id": "b", "parent": "a", "role": "assistant", "text": "x", "created": 1.7e9},
                ],
            },
            {"id": "two", "title": "T", "created": 1, "changed": 1, "messages": []},
        ],
        "files": {
            DOG.sha256: base64.b64encode(stream.getvalue()).decode(),
            VOICE.sha256: base64.b64encode(VOICE.pcm).decode(),
        },
    }


def first(data: dict) -> dict:
    return data["conversations"][0]


def message(data: dict, index: int = 0) -> dict:
    return first(data)["messages"][index]


def posing(data: dict, content: bytes) -> None:
    """Give the picture another digest, with bytes that are not those of it."""
    message(data)["pictures"][0]["sha256"] = ZEROS
    data["files"][ZEROS] = base64.b64encode(content).decode()


def known_as(data: dict, sha256: str) -> None:
    message(data)["pictures"][0]["sha256"] = sha256


WRONG = {
    "a circle of parents": lambda d: message(d).update(parent="b"),
    "a message that follows itself": lambda d: message(d).update(parent="a"),
    "an unknown parent": lambda d: message(d).update(parent="nobody"),
    "an infinite time": lambda d: first(d).update(changed=float("inf")),
    "no number as a time": lambda d: message(d).update(created=float("nan")),
    "an enormous time": lambda d: first(d).update(changed=1e308),
    "a time before 1970": lambda d: first(d).update(created=-1),
    "an integer without end": lambda d: first(d).update(created=10**400),
    "a text as a time": lambda d: message(d).update(created="now"),
    "a list as the model": lambda d: first(d).update(settings={"model": ["a"]}),
    "a hot temperature": lambda d: first(d).update(settings={"temperature": "hot"}),
    "an infinite temperature": lambda d: first(d).update(settings={"temperature": float("inf")}),
    "negative tokens": lambda d: first(d).update(settings={"max_tokens": -5}),
    "settings that are a list": lambda d: first(d).update(settings=[]),
    "a task of lists": lambda d: message(d, 1).update(task={"kind": []}),
    "enormous measurements": lambda d: message(d, 1).update(stats={"total_s": 1e300}),
    "a digest that is a path": lambda d: known_as(d, "../../../../x"),
    "a long digest": lambda d: known_as(d, "a" * 5000),
    "a long key": lambda d: d["files"].update({"a" * 5000: ""}),
    "bytes of another digest": lambda d: posing(d, png((2, 1))),
    "a picture of 400 megapixels": lambda d: posing(d, png((20_000, 20_000))),
    "a picture of 9 megapixels": lambda d: posing(d, png((3000, 3000))),
    "a picture that is none": lambda d: posing(d, b"GIF89a"),
    "samples of another digest": lambda d: d["files"].update({VOICE.sha256: "AAAAAA=="}),
    "half a sample": lambda d: d["files"].update({VOICE.sha256: "AAA="}),
    "pages that are an object": lambda d: message(d)["documents"][0].update(pages={}),
    "pages without end": lambda d: message(d)["documents"][0].update(pages=10**30),
    "an ID twice": lambda d: message(d, 1).update(id="a"),
    "a conversation twice": lambda d: d["conversations"][1].update(id="one"),
    "a message of two conversations": lambda d: d["conversations"][1].update(
        messages=[copy.deepcopy(message(d))]
    ),
    "an empty ID": lambda d: first(d).update(id="\x00\x1b"),
    "a long ID": lambda d: first(d).update(id="x" * 5000),
    "no ID": lambda d: first(d).pop("id"),
    "no title": lambda d: first(d).pop("title"),
    "a role of the system": lambda d: message(d).update(role="system"),
    "notices that are a number": lambda d: message(d, 1).update(notices=3),
    "labels that are texts": lambda d: message(d)["pictures"][0].update(sight={"labels": ["x"]}),
    "a transcript of numbers": lambda d: message(d)["sounds"][0].update(transcript={"text": 1}),
    "messages that are an object": lambda d: first(d).update(messages={}),
    "conversations that are null": lambda d: d.update(conversations=None),
    "files that are a list": lambda d: d.update(files=[]),
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "chats.json"


def refusal(store: Store, file: Path) -> str:
    """Return the one sentence with which a file is refused; nothing is stored."""
    with pytest.raises(InputError, match=r"chats\.json") as refused:
        import_json(store, file)
    assert store.conversations() == ()
    assert not list((store.path.parent / "attachments").rglob("*.*"))
    told = str(refused.value)
    assert "\n" not in told
    assert len(told) < 500
    return told


def test_a_good_file_is_imported(store: Store, file: Path) -> None:
    file.write_text(json.dumps(good()), encoding="utf-8")
    assert import_json(store, file) == ("one", "two")
    asked, answered = store.open("one").messages
    assert (asked.turn.images[0].width, asked.turn.images[0].height) == (2, 1)
    assert store.picture(DOG.sha256, "").rgb == DOG.rgb
    assert store.sound(VOICE.sha256) == VOICE.pcm
    assert answered.parent == asked.id
    assert store.info("one").settings.temperature == 0.5


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_wrong_in_a_file_is_told(store: Store, file: Path, wrong: str) -> None:
    data = good()
    WRONG[wrong](data)
    file.write_text(json.dumps(data), encoding="utf-8")
    assert "is damaged (" in refusal(store, file)


@pytest.mark.parametrize(
    "text",
    [
        DEEP,
        json.dumps(good()).replace('"Dogs"', DEEP),
        json.dumps(good()).replace('"Dogs"', DEEP.replace("[", '{"a":').replace("]", "1}")),
        json.dumps(good())[:-3],
        "",
        "\x00" * 100,
        '{"format": "mmdesk-conversations", "version": 1e400, "conversations": [], "files": {}}',
        '{"format": ["mmdesk-conversations"], "version": 1}',
        '{"format": "mmdesk-conversations", "version": true, "conversations": [], "files": {}}',
    ],
)
def test_a_file_that_is_no_json_of_ours_is_told(store: Store, file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
    refusal(store, file)


def test_a_file_that_would_fill_the_memory_is_refused(
    store: Store, file: Path, monkeypatch
) -> None:
    monkeypatch.setattr(import_schema, "MAX_BYTES", 100_000)
    monkeypatch.setattr(import_schema, "MAX_ENTRIES", 10_000)
    with file.open("wb") as stream:
        stream.truncate(10**13)
    assert "too large" in refusal(store, file)
    file.write_text("[" + "1," * 20_000 + "1]")
    assert "too large" in refusal(store, file)


@pytest.mark.parametrize("key", ["conversations", "files"])
def test_only_the_first_of_many_mistakes_takes_memory(store: Store, file: Path, key: str) -> None:
    many = {"conversations": [1] * 100_000, "files": dict.fromkeys(map(str, range(100_000)), 1)}
    file.write_text(json.dumps(good() | {key: many[key]}), encoding="utf-8")
    del many
    tracemalloc.start()
    assert "has a wrong value" in refusal(store, file)
    assert tracemalloc.get_traced_memory()[1] < 40_000_000
    tracemalloc.stop()


@pytest.mark.skipif(os.name == "nt", reason="no pipes among files")
def test_a_pipe_or_a_folder_is_no_file(store: Store, tmp_path: Path, file: Path) -> None:
    os.mkfifo(file)
    assert "is not a file" in refusal(store, file)
    file.unlink()
    file.symlink_to("/dev/zero")
    assert "is not a file" in refusal(store, file)
    file.unlink()
    file.mkdir()
    refusal(store, file)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "utf-32"])
def test_files_of_windows_shells_are_imported(store: Store, file: Path, encoding: str) -> None:
    file.write_text(json.dumps(good()), encoding=encoding)
    assert import_json(store, file) == ("one", "two")


def test_titles_and_ids_lose_their_control_characters(store: Store, file: Path) -> None:
    data = good()
    first(data).update(id="o\x00ne", title="\x1b[31mRed\x00\x1b]0;pwn\x07 and\nblue\u202e")
    message(data).update(id="a\x1b")
    message(data, 1).update(parent="a\x1b")
    file.write_text(json.dumps(data), encoding="utf-8")
    assert import_json(store, file) == ("one", "two")
    assert store.info("one").title == "[31mRed]0;pwn and blue"
    assert [one.id for one in store.open("one").messages] == ["a", "b"]


def test_a_message_of_another_conversation_is_not_taken_along(store: Store, file: Path) -> None:
    """A parent in another conversation was accepted where that conversation was stored already."""
    kept, question = talk(store, "mine")
    data = good()
    message(data).update(parent=question)
    file.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(InputError, match="follows an unknown one"):
        import_json(store, file)
    data = good()
    message(data).update(id=question)
    message(data, 1).update(parent=question)
    file.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(InputError, match="belongs to another conversation"):
        import_json(store, file)
    assert [info.id for info in store.conversations()] == [kept]
    assert texts(store, kept) == ["mine"]


def test_a_conversation_that_has_grown_gets_its_new_messages(store: Store, file: Path) -> None:
    data = good()
    file.write_text(json.dumps(data), encoding="utf-8")
    import_json(store, file)
    first(data)["messages"].append(
        {"id": "c", "parent": "b", "role": "user", "text": "more", "created": 1.7e9}
    )
    file.write_text(json.dumps(data), encoding="utf-8")
    import_json(store, file)
    assert len(store.all_messages("one")) == 3


def test_an_attachment_that_is_damaged_on_the_disk_is_left_out_of_an_export(
    store: Store, tmp_path: Path
) -> None:
    conversation, _ = talk(store, "q", images=(DOG,), audio=(VOICE,), documents=(REPORT,))
    store.picture_file(DOG.sha256).write_bytes(png((2, 1)))
    path = export_json(store, [conversation], tmp_path / "out.json")
    assert list(json.loads(path.read_text(encoding="utf-8"))["files"]) == [VOICE.sha256]
    other = Store(tmp_path / "other" / "history.db")
    assert import_json(other, path) == (conversation,)
    other.close()


def test_what_is_exported_can_be_imported(store: Store, file: Path, tmp_path: Path) -> None:
    conversation, question, _ = talk(store, "q", "a", images=(DOG,), audio=(VOICE,))
    store.add(conversation, StoredMessage("v", question, Turn("assistant", "b"), "stopped"))
    data = exported(store, [conversation])
    assert set(data["files"]) == {DOG.sha256, VOICE.sha256}


def test_a_conversation_that_was_deleted_comes_back(store: Store, file: Path) -> None:
    file.write_text(json.dumps(good()), encoding="utf-8")
    import_json(store, file)
    store.delete("one")
    import_json(store, file)
    assert [info.id for info in store.conversations()] == ["one", "two"]


def test_a_file_that_posed_as_a_picture_is_replaced_by_it(store: Store) -> None:
    talk(store, "look", images=(DOG,), audio=(VOICE,))
    picture = store.picture_file(DOG.sha256)
    sound = picture.parent.parent / VOICE.sha256[:2] / f"{VOICE.sha256}.wav"
    picture.write_bytes(png((2, 1)))
    sound.write_bytes(b"RIFF")
    talk(store, "look again", images=(DOG,), audio=(VOICE,))
    assert store.picture(DOG.sha256, "").rgb == DOG.rgb
    assert store.sound(VOICE.sha256) == VOICE.pcm


# --- anything ---------------------------------------------------------------------------------

JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**40), 10**40)
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["a", "b", "one", "user", "../x", ZEROS, DOG.sha256, "\x1b[31m"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)


def _places(data: object, path: tuple = ()) -> list[tuple]:
    """Paths to all values of a file."""
    entries = (
        data.items()
        if isinstance(data, dict)
        else enumerate(data)
        if isinstance(data, list)
        else ()
    )
    return [(*path, key) for key, _ in entries] + [
        place for key, value in entries for place in _places(value, (*path, key))
    ]


PLACES = _places(good())


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.sampled_from(PLACES), JUNK)
def test_any_value_anywhere_is_refused_or_can_be_used(tmp_path, place: tuple, junk) -> None:
    data = at = good()
    for key in place[:-1]:
        at = at[key]
    at[place[-1]] = junk
    file = tmp_path / "chats.json"
    file.write_text(json.dumps(data), encoding="utf-8", errors="surrogatepass")
    store = Store(tmp_path / f"home{len(list(tmp_path.iterdir()))}" / "history.db")
    try:
        imported = import_json(store, file)
    except InputError as error:
        assert "chats.json" in str(error)  # noqa: PT017  most values are fine
        assert store.conversations() == ()
    else:
        assert len(store.conversations()) == len(imported)
        for conversation in imported:
            store.open(conversation)
        again = tmp_path / "again.json"
        export_json(store, imported, again)
        other = Store(tmp_path / f"other{len(list(tmp_path.iterdir()))}" / "history.db")
        assert import_json(other, again) == imported
        other.close()
    store.close()
