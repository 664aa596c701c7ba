"""A home made by version 0.1.0 (commit 2970c67) opens unchanged: history, settings and models."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from pathlib import Path

import pytest

from mmdesk import settings as settings_file
from mmdesk.history import Archive
from mmdesk.models.manifest import FileSpec, Manifest, ModelPart
from mmdesk.models.model_store import ModelStore
from mmdesk.settings import Settings
from mmdesk.values import ChatSettings, PictureKind, Segment, Task, can_continue

OLD_HOME = Path(__file__).parents[1] / "fixtures" / "home_0.1.0"
TINY_PART = ModelPart(
    id="tiny-part",
    title="Tiny part",
    role="speech",
    takes=("sound",),
    licence="MIT",
    default=False,
    note="",
    files=(),
    conversion="none",
    pinned=(
        FileSpec(
            "weights.bin", 2048, "10fc3c51a152e90e5b90319b601d92ccf37290ef53c35ff92507687d8a911a08"
        ),
    ),
    disk_bytes=2050,
    sources=(),
)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of the old home that may be written to."""
    home = tmp_path / "home"
    shutil.copytree(OLD_HOME, home)
    own_folders = home / "models" / "local.json"
    text = own_folders.read_text(encoding="utf-8")
    own_folders.write_text(text.replace("{folder}", str(home / "tiny")), encoding="utf-8")
    monkeypatch.setenv("MMDESK_HOME", str(home))
    return home


def test_its_settings_are_those_that_were_saved(home: Path) -> None:
    assert settings_file.load() == Settings(
        model="local-tiny",
        language="zh_CN",
        colour_scheme="dark",
        max_tokens=300,
        temperature=0.4,
        system_prompt="Answer briefly. I live in Spain.",
        translate_to="French",
        text_size=120,
        unload_after=5,
        seen_welcome=True,
    )


def test_its_conversations_are_listed_and_opened_whole(home: Path) -> None:
    archive = Archive(home / "history.db")
    assert archive.damaged is None
    assert archive.recover() == 1  # the answer that a kill cut off
    assert archive.shown() == "c1"
    pinned, long = archive.conversations()
    assert (pinned.title, pinned.pinned) == ("Pinned one", True)
    assert long.settings == ChatSettings("You are a poet.", 0.7, 0.9, 200, "local-tiny")
    question, stopped, second, failed = archive.open("c1").messages
    assert question.turn.text == "What is the dog doing?"
    assert (stopped.turn.text, stopped.state) == ("Half an ans", "stopped")
    assert stopped.versions == ("a1", "a2")
    assert second.turn.text == "图书馆什么时候关门？"
    assert failed.task == Task("summarise", words=50)
    assert failed.error == "There is not enough memory for this."
    assert failed.hint == "Close other programs."
    first = archive.open("c1", at="a1").messages[1]
    assert (first.turn.text, first.state) == ("It is running.", "whole")
    assert first.notices == ("The oldest message no longer fits and was left out.",)
    assert (first.stats.seed, first.stats.decode_tokens_per_s) == (7, 40.5)
    interrupted = archive.open("c2").messages[1]
    assert (interrupted.turn.text, interrupted.state) == ("was cut by a kill", "interrupted")
    archive.close()


def test_its_conversations_are_kept_when_deleted_and_restored(home: Path) -> None:
    archive = Archive(home / "history.db")
    archive.recover()
    archive.delete("c1")
    archive.recover()
    deleted = archive.deleted()[0]  # the fixture has one that was deleted before
    assert (deleted.id, deleted.title) == ("c1", "A dog and a library")
    archive.restore("c1")
    assert can_continue(archive.open("c2").messages[1])
    archive.resume(archive.open("c2").messages[1].id)
    archive.retitle("c1", "A dog and a library", "Rex")
    archive.close()
    with contextlib.closing(sqlite3.connect(home / "history.db.v1")) as file:
        assert file.execute("PRAGMA user_version").fetchone() == (1,)
    again = Archive(home / "history.db")
    assert again.recover() == 1  # nothing had ended the answer that was continued
    assert again.info("c1").title == "Rex"
    again.close()


def test_what_was_attached_is_there_with_what_was_recognised_in_it(home: Path) -> None:
    archive = Archive(home / "history.db")
    turn = archive.open("c1").messages[0].turn
    (image,), (audio,), (document,) = turn.images, turn.audio, turn.documents
    assert image.description is not None
    assert image.description.kind is PictureKind.PHOTO
    assert image.description.correction == "Our dog Rex"
    assert image.description.text == "WELCOME HOME"
    assert [label.full_name for label in image.description.labels] == [
        "golden retriever (dog)",
        "umbrella",
    ]
    picture = archive.picture(image.sha256, image.name)
    assert picture is not None
    assert (picture.width, picture.height, len(picture.rgb)) == (40, 30, 3600)
    assert audio.transcript is not None
    assert audio.transcript.segments == (Segment(0.0, 0.5, "What is this?"),)
    assert audio.transcript.question == "what is the dog doing?"
    assert document.text == "The library opens at nine.\n\n它在周一关门。"
    archive.close()


def test_it_is_searched(home: Path) -> None:
    archive = Archive(home / "history.db")
    assert {hit.conversation for hit in archive.search("library")} == {"c1"}
    assert {hit.conversation for hit in archive.search("关门")} == {"c1"}
    archive.close()


def test_its_models_are_verified_and_found(home: Path) -> None:
    store = ModelStore(home / "models", Manifest((TINY_PART,)))
    assert store.is_installed("tiny-part")
    store.verify("tiny-part")
    store.verify("local-tiny")
    assert store.path("local-tiny") == home / "tiny"
    assert [info.id for info in store.infos()] == ["tiny-part", "local-tiny"]


def test_what_is_written_now_can_be_read_again(home: Path) -> None:
    archive = Archive(home / "history.db")
    before = archive.open("c1").messages
    archive.rename("c1", "Renamed")
    archive.close()
    archive = Archive(home / "history.db")
    assert archive.open("c1").messages == before
    assert "Renamed" in {info.title for info in archive.conversations()}
    archive.close()
