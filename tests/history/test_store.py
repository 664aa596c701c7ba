"""What was stored comes back, whatever happened in between."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from mmdesk.errors import InputError, MMDeskError
from mmdesk.history import schema
from mmdesk.history.store import Store
from mmdesk.translatable import TranslatableText
from mmdesk.values import (
    AudioInput,
    ChatSettings,
    DocumentInput,
    ImageDescription,
    ImageInput,
    Label,
    PictureKind,
    Segment,
    Stats,
    StoredMessage,
    Task,
    Transcript,
    Turn,
    Word,
    title_of,
)
from tests.history.conftest import talk, texts

DESCRIPTION = ImageDescription(PictureKind.PAGE, (Label("dog", 0.9),), "a dog runs", "BEWARE", None)
_PIXELS = b"\xff\x00\x00\x00\x00\xff"
DOG = ImageInput(
    "dog.jpg", 2, 1, _PIXELS, hashlib.sha256(b"2x1:" + _PIXELS).hexdigest(), DESCRIPTION
)
TRANSCRIPT = Transcript(
    "good morning", "en", 0.9, (Segment(0.0, 1.0, "good morning"),), "What shape is this?"
)
_PCM = b"\x00\x00\x80\x3f\x00\x00\x80\xbe" * 8
VOICE = AudioInput("said.wav", _PCM, hashlib.sha256(_PCM).hexdigest(), TRANSCRIPT)
REPORT = DocumentInput("report.pdf", "The otter lives in the river.", "application/pdf", 3)


def test_everything_of_a_message_comes_back(store: Store, path) -> None:
    conversation, first, second = talk(
        store, "look", "", images=(DOG,), audio=(VOICE,), documents=(REPORT,)
    )
    stats = Stats(model="m", generated_tokens=7, stop="length")
    store.extend(second, "A dog ")
    store.extend(second, "runs.")
    store.end(second, "failed", stats, ("mind this",), "It broke.", "Ask again.")
    store.close()
    again = Store(path)
    asked, answered = again.open(conversation).messages
    assert asked.turn.documents == (REPORT,)
    (image,), (audio,) = asked.turn.images, asked.turn.audio
    assert (image.rgb, image.description, image.width) == (b"", DESCRIPTION, 2)
    assert audio.transcript == TRANSCRIPT
    assert again.picture(DOG.sha256, "dog.jpg").rgb == DOG.rgb
    assert again.sound(VOICE.sha256) == VOICE.pcm
    assert answered == StoredMessage(
        second, first, Turn("assistant", "A dog runs."), "failed", answered.created, Task(),
        stats, ("mind this",), "It broke.", "Ask again.", (second,),
    )  # fmt: skip
    again.close()


def test_a_message_is_stored_once_however_often_it_is_added(store: Store) -> None:
    conversation, first = talk(store, "hello")
    store.add(conversation, StoredMessage(first, "", Turn("user", "another text")))
    assert texts(store, conversation) == ["hello"]


def test_the_same_picture_is_stored_once(store: Store, path) -> None:
    talk(store, "one", images=(DOG,))
    talk(store, "two", images=(DOG,))
    assert len(list((path.parent / "attachments").rglob("*.png"))) == 1


def test_a_description_that_comes_later_belongs_to_the_picture(store: Store) -> None:
    unseen = ImageInput(DOG.name, 2, 1, DOG.rgb, DOG.sha256)
    conversation, _ = talk(store, "look", images=(unseen,))
    store.set_description(DOG.sha256, DESCRIPTION)
    assert store.open(conversation).messages[0].turn.images[0].description == DESCRIPTION
    assert store.search("beware")[0].conversation == conversation


def test_notices_of_a_picture_and_a_sound_outlast_what_is_recognised_later(path) -> None:
    unread = TranslatableText("Only page 1 of {pages} is read.", pages=3)
    silent = TranslatableText("One of its channels is silent.")
    store = Store(path)
    picture = replace(DOG, description=None, notices=(unread,))
    sound = replace(VOICE, transcript=None, notices=(silent,))
    conversation, _ = talk(store, "q", images=(picture,), audio=(sound,))
    turn = store.open(conversation).messages[0].turn
    assert (turn.images[0].description, turn.audio[0].transcript) == (None, None)
    store.set_description(DOG.sha256, ImageDescription(caption="A dog."))
    store.set_transcript(VOICE.sha256, Transcript("Hello.", "en", 1.0))
    talk(store, "the same pixels and samples again", images=(DOG,), audio=(VOICE,))
    store.close()
    store = Store(path)
    turn = store.open(conversation).messages[0].turn
    assert (turn.images[0].notices, turn.audio[0].notices) == ((unread,), (silent,))
    assert turn.images[0].notices[0].values == {"pages": 3}
    assert turn.images[0].description == DOG.description
    assert turn.audio[0].transcript == VOICE.transcript
    store.close()


def test_half_a_surrogate_pair_is_no_reason_to_lose_a_message(store: Store) -> None:
    conversation, _ = talk(store, "before \ud83d after", title="\udc00")
    assert texts(store, conversation) == ["before ? after"]


# --- versions ---------------------------------------------------------------------------------


def test_versions_are_stored_and_can_be_switched(store: Store) -> None:
    conversation, question, answer = talk(store, "q", "first answer")
    again = StoredMessage("again", question, Turn("assistant", "second answer"))
    store.add(conversation, again)
    edited = StoredMessage("edited", "", Turn("user", "other question"))
    store.add(conversation, edited)
    assert texts(store, conversation) == ["other question"]
    assert store.open(conversation).messages[0].versions == (question, "edited")
    store.choose(question)
    assert texts(store, conversation) == ["q", "second answer"]
    store.choose(answer)
    opened = store.open(conversation)
    assert opened.messages[1].turn.text == "first answer"
    assert opened.messages[1].versions == (answer, "again")


def test_opening_at_a_message_of_another_version_shows_that_version(store: Store) -> None:
    conversation, question, answer = talk(store, "q", "first answer")
    store.add(conversation, StoredMessage("again", question, Turn("assistant", "second")))
    opened = store.open(conversation, answer)
    assert (opened.at, opened.messages[-1].id) == (answer, answer)


def test_the_end_of_a_conversation_and_the_messages_before_it(store: Store) -> None:
    conversation, *ids = talk(store, *map(str, range(30)), images=(DOG,))
    store.add(conversation, StoredMessage("other", ids[27], Turn("user", "other")))
    store.choose(ids[28])
    whole = store.open(conversation)
    end = store.open_end(conversation, 10)
    assert end.messages == whole.messages[-10:]
    assert end.messages[-2].versions == (ids[28], "other")
    earlier = store.earlier(conversation, end.messages[0].id)
    assert earlier.messages == whole.messages[:-10]
    assert store.open_end(conversation, 99) == whole
    assert store.earlier(conversation, ids[0]).messages == ()
    with pytest.raises(InputError):
        store.open_end("none", 10)


def test_a_long_conversation_has_no_depth_that_breaks(store: Store) -> None:
    with store.together():
        conversation, *_ids = talk(store, *[f"message {number}" for number in range(3000)])
    assert len(store.open(conversation).messages) == 3000
    store.delete(conversation)
    store.purge()
    assert store.conversations() == ()
    with pytest.raises(InputError, match="no conversation"):
        store.open(conversation)


# --- the list ---------------------------------------------------------------------------------


def test_the_list_has_pinned_ones_first_and_the_newest_before_older_ones(store: Store) -> None:
    for title in ("old", "new", "pinned"):
        talk(store, "x", title=title)
    by_title = {info.title: info.id for info in store.conversations()}
    store.pin(by_title["old"], True)
    assert [info.title for info in store.conversations()] == ["old", "pinned", "new"]
    store.rename(by_title["new"], "renamed")
    assert store.search("renamed")[0].conversation == by_title["new"]
    assert store.search("new") == ()
    assert store.conversations()[2].messages == 1


def test_settings_belong_to_their_conversation(store: Store) -> None:
    conversation, _ = talk(store, "x")
    settings = ChatSettings("Be short.", 0.7, 0.9, 100, "smollm2-135m")
    store.set_settings(conversation, settings)
    assert store.info(conversation).settings == settings


def test_settings_of_another_version_are_read_as_far_as_they_are_known(
    store: Store, path: Path
) -> None:
    """One that knew no model of a conversation's own, and one that knows more than this."""
    conversation, _ = talk(store, "x")
    store.close()
    with contextlib.closing(sqlite3.connect(path)) as file:
        file.execute('UPDATE conversations SET settings = \'{"temperature": 0.5, "mood": 1}\'')
        file.commit()
    with contextlib.closing(Store(path)) as again:
        assert again.info(conversation).settings == ChatSettings(temperature=0.5)


def test_deleting_can_be_undone_until_it_is_purged(store: Store, path) -> None:
    conversation, _ = talk(store, "secret words", images=(DOG,))
    store.delete(conversation)
    assert store.conversations() == ()
    assert store.search("secret") == ()
    store.restore(conversation)
    assert texts(store, conversation) == ["secret words"]
    assert store.search("secret")
    store.delete(conversation)
    store.purge()
    store.restore(conversation)
    assert store.conversations() == ()
    store.close()
    assert b"secret" not in path.read_bytes()


def test_a_picture_goes_with_the_last_message_that_had_it(store: Store) -> None:
    one, _ = talk(store, "one", images=(DOG,))
    other, _ = talk(store, "two", images=(DOG,))
    store.delete(one)
    store.purge()
    assert store.picture(DOG.sha256, "") is not None
    store.delete(other)
    store.purge()
    assert store.picture(DOG.sha256, "") is None


def test_a_file_of_no_message_is_removed_but_not_at_once(store: Store, path, monkeypatch) -> None:
    talk(store, "one", images=(DOG,))
    left = path.parent / "attachments" / "ab" / ".half-x.png"
    left.parent.mkdir()
    left.write_bytes(b"half a picture")
    store.recover()
    assert left.exists()  # another process may be writing it
    monkeypatch.setattr("mmdesk.history.blobs.YOUNG_S", -10.0)
    store.recover()
    assert not left.exists()
    assert store.picture(DOG.sha256, "") is not None


# --- after a kill, an update, a damage ----------------------------------------------------------


def test_an_answer_that_a_kill_cut_off_is_stored_and_found(store: Store, path) -> None:
    conversation, question = talk(store, "q")
    store.add(conversation, StoredMessage("a", question, Turn("assistant", ""), "streaming"))
    store.extend("a", "half an answer")
    store.close()
    again = Store(path)
    assert again.recover() == 1
    last = again.open(conversation).messages[-1]
    assert (last.state, last.turn.text) == ("interrupted", "half an answer")
    assert again.search("half an")[0].message == "a"
    again.close()


def test_deleted_conversations_are_kept_for_thirty_days(path: Path) -> None:
    now = [1_000_000.0]
    with contextlib.closing(Store(path.parent / "clock.db", lambda: now[0])) as store:
        first, _ = talk(store, "x", title="first")
        second, _ = talk(store, "y", title="second")
        store.delete(first)
        now[0] += 86_400
        store.delete(second)
        store.recover()
        assert [info.title for info in store.deleted()] == ["second", "first"]
        now[0] += 29.5 * 86_400
        store.recover()
        assert [info.title for info in store.deleted()] == ["second"]
        store.restore(first)
        store.restore(second)
        assert [info.title for info in store.conversations()] == ["second"]


def test_a_deletion_in_the_future_is_kept_for_thirty_days_and_not_for_ever(path: Path) -> None:
    now = [9_000_000.0]
    with contextlib.closing(Store(path.parent / "clock.db", lambda: now[0])) as store:
        conversation, _ = talk(store, "x")
        store.delete(conversation)
        now[0] = 1_000_000.0
        store.recover()
        now[0] += 31 * 86_400
        store.recover()
        assert store.deleted() == ()


def test_one_deleted_conversation_is_erased_and_nothing_else(store: Store, path: Path) -> None:
    secret, _ = talk(store, "secret words")
    other, _ = talk(store, "other words", title="other")
    kept, _ = talk(store, "kept words", title="kept")
    store.delete(secret)
    store.delete(other)
    store.erase((secret, kept))  # one that is not deleted is not erased
    assert [info.title for info in store.deleted()] == ["other"]
    assert [info.title for info in store.conversations()] == ["kept"]
    store.close()
    assert b"secret" not in path.read_bytes()


def test_a_transaction_that_fails_changes_nothing(store: Store) -> None:
    conversation, _ = talk(store, "x")

    def fail() -> None:
        with store.together():
            store.rename(conversation, "changed")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert store.conversations()[0].title == "A talk"


def test_an_older_file_is_migrated_and_backed_up(store: Store, path, monkeypatch) -> None:
    conversation, _ = talk(store, "old words")
    store.close()
    step = "ALTER TABLE conversations ADD COLUMN colour TEXT NOT NULL DEFAULT 'blue';"
    before = len(schema.MIGRATIONS)
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, step))
    newer = Store(path)
    assert texts(newer, conversation) == ["old words"]
    newer.close()
    assert path.with_name(f"history.db.v{before}").exists()
    with sqlite3.connect(path) as raw:
        assert raw.execute("SELECT colour FROM conversations").fetchall() == [("blue",)]
    raw.close()


def test_a_migration_that_fails_changes_nothing(store: Store, path, monkeypatch) -> None:
    talk(store, "x")
    store.close()
    step = "ALTER TABLE conversations ADD COLUMN colour TEXT;\nCREATE TABLE messages (a);"
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, step))
    with pytest.raises(MMDeskError, match="already exists"):
        Store(path)
    monkeypatch.undo()
    again = Store(path)
    assert len(again.conversations()) == 1
    again.close()


def test_a_file_of_a_newer_mmdesk_is_left_alone(store: Store, path) -> None:
    store.close()
    with sqlite3.connect(path) as raw:
        raw.execute("PRAGMA user_version = 99")
    raw.close()
    with pytest.raises(MMDeskError, match="newer mmdesk"):
        Store(path)
    assert path.exists()


@pytest.mark.parametrize("damage", [b"no database at all " * 200, b"SQLite format 3\0" + b"x" * 99])
def test_a_damaged_file_is_renamed_and_not_deleted(path, damage) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(damage)
    made = Store(path)
    assert made.damaged is not None
    assert made.damaged.read_bytes() == damage
    talk(made, "life goes on")
    made.close()


def test_a_folder_that_cannot_be_made_is_named(tmp_path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(MMDeskError, match="cannot be saved in"):
        Store(tmp_path / "file" / "history.db")


def test_a_task_is_titled_by_what_it_is_about() -> None:
    pasted = DocumentInput("Pasted text", "\nThe honey bee\nlives in a hive.")
    assert title_of(Turn("user", "Summarise this.", documents=(REPORT,)), Task("summarise")) == (
        "report.pdf"
    )
    assert title_of(Turn("user", "Summarise this.", documents=(pasted,)), Task("summarise")) == (
        "The honey bee"
    )
    assert title_of(Turn("user", "Describe this.", images=(DOG,)), Task("describe")) == "dog.jpg"
    assert title_of(Turn("user", "What is this?", documents=(pasted,))) == "What is this?"


@pytest.mark.parametrize(
    ("turn", "title"),
    [
        (Turn("user", "\n  What is a river?\nAnd a lake?"), "What is a river?"),
        (Turn("user", "", documents=(REPORT,), images=(DOG,)), "report.pdf, dog.jpg"),
        (Turn("user", "word " * 30), ("word " * 12).strip() + "…"),
        (Turn("user", "河" * 80), "河" * 60 + "…"),
    ],
)
def test_a_title_has_the_first_words(turn: Turn, title: str) -> None:
    assert title_of(turn) == title


def test_pages_that_were_read_later_take_the_place_of_the_document(store: Store) -> None:
    scan = DocumentInput(
        "scan.pdf", "", "application/pdf", 2, (), (0, 0), (1, 2), "/home/x", "f" * 64
    )
    conversation, first, _ = talk(store, "What is it?", "", documents=(REPORT, scan))
    (_, kept) = store.open(conversation).messages[0].turn.documents
    assert (kept.text, kept.path, kept.scanned) == ("", "", ())  # nobody learns where it lay
    read = DocumentInput("scan.pdf", "One\n\nTwo treasures", "application/pdf", 2, (), (0, 5))
    store.set_document(first, scan, read)
    assert store.open(conversation).messages[0].turn.documents == (REPORT, read)
    assert [hit.message for hit in store.search("treasures")] == [first]


def test_a_transcript_is_stored_wherever_its_sound_is_attached(store: Store) -> None:
    word = Word(0.0, 0.5, "早安")
    made = Transcript("早安 friend", "zh", 0.9, (Segment(0.0, 1.0, "早安 friend", (word,)),))
    sound = AudioInput("a.wav", b"\0" * 64, "5" * 64)
    first, *_ = talk(store, "one", audio=(sound,))
    second, *_ = talk(store, "two", audio=(replace(sound, name="b.wav"),))
    store.set_transcript(sound.sha256, made)
    for conversation in (first, second):
        assert store.open(conversation).messages[0].turn.audio[0].transcript == made
    assert {hit.conversation for hit in store.search("friend")} == {first, second}
