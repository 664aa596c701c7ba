"""What the window gives to be kept is on the disk, in order, whatever the disk says meanwhile."""

from __future__ import annotations

import sqlite3

import pytest

from mmdesk.errors import MMDeskError
from mmdesk.history.archive import Archive
from mmdesk.values import ConversationInfo, Stats, StoredMessage, Turn
from mmdesk.workers import history_writer
from mmdesk.workers.history_worker import HistoryWorker

INFO = ConversationInfo("c", "A talk")


@pytest.fixture
def keeping_of(tmp_path):
    made: list[HistoryWorker] = []

    def make(store_of=None) -> HistoryWorker:
        made.append(HistoryWorker(store_of or (lambda: Archive(tmp_path / "history.db"))))
        return made[-1]

    yield make
    for keeping in made:
        assert keeping.close()


def stream(keeping: HistoryWorker) -> None:
    keeping.begin_conversation(INFO)
    keeping.add("c", StoredMessage("q", "", Turn("user", "why?")))
    keeping.add("c", StoredMessage("a", "q", Turn("assistant", ""), "streaming"))
    for word in ("be", "cau", "se"):
        keeping.extend("a", word)


def kept(tmp_path) -> list[tuple[str, str]]:
    store = Archive(tmp_path / "history.db")
    messages = store.open("c").messages
    store.close()
    return [(message.turn.text, message.state) for message in messages]


def test_what_was_given_before_the_opening_waits_for_it(qtbot, keeping_of, tmp_path) -> None:
    keeping = keeping_of()
    stream(keeping)
    with qtbot.waitSignal(keeping.written, check_params_cb=lambda done: done == 6):
        keeping.begin()
    assert kept(tmp_path)[-1] == ("because", "streaming")


def test_an_end_is_written_at_once_and_closing_writes_the_rest(qtbot, keeping_of, tmp_path) -> None:
    keeping = keeping_of()
    with qtbot.waitSignal(keeping.ready):
        keeping.begin()
    stream(keeping)
    with qtbot.waitSignal(keeping.written, check_params_cb=lambda done: done == 7):
        keeping.end("a", "whole", Stats())
    assert kept(tmp_path) == [("why?", "whole"), ("because", "whole")]
    keeping.extend("a", " late")
    assert keeping.close()
    assert kept(tmp_path)[-1][0] == "because late"


def test_the_list_follows_every_change(qtbot, keeping_of) -> None:
    keeping = keeping_of()
    with qtbot.waitSignal(keeping.listed) as told:
        keeping.begin()
    assert told.args == [()]
    stream(keeping)
    for change, titles in (
        (lambda: keeping.rename("c", "Renamed"), ["Renamed"]),
        (lambda: keeping.delete("c"), []),
        (lambda: keeping.restore("c"), ["Renamed"]),
    ):
        with qtbot.waitSignal(
            keeping.listed,
            check_params_cb=lambda infos, t=titles: [info.title for info in infos] == t,
        ):
            change()


def test_a_question_sees_everything_given_before_it(qtbot, keeping_of) -> None:
    keeping = keeping_of()
    keeping.begin()
    stream(keeping)
    with qtbot.waitSignal(keeping.opened) as told:
        keeping.open("c")
    assert told.args[0].messages[-1].turn.text == "because"
    keeping.end("a", "whole", Stats())
    with qtbot.waitSignal(keeping.found) as told:
        keeping.search("becau")
    assert told.args[0] == "becau"
    assert told.args[1][0].message == "a"


def test_only_the_last_question_is_answered(qtbot, keeping_of) -> None:
    keeping = keeping_of()
    keeping.begin()
    told: list[str] = []
    keeping.found.connect(lambda question, hits: told.append(question))
    for question in ("a", "ab", "abc"):
        keeping.search(question)
    qtbot.waitUntil(lambda: "abc" in told)
    assert told == ["abc"]


class FullDisk(Archive):
    """Refuses to write until `room` is made."""

    room = False

    def add(self, conversation: str, message: StoredMessage) -> None:
        if not self.room:
            raise sqlite3.OperationalError("database or disk is full")
        super().add(conversation, message)


def test_a_full_disk_is_told_once_and_nothing_is_lost(
    qtbot, keeping_of, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr(history_writer, "RETRY_MS", 5)
    monkeypatch.setattr(FullDisk, "room", False)
    keeping = keeping_of(lambda: FullDisk(tmp_path / "history.db"))
    told: list[str] = []
    keeping.failed.connect(lambda message, hint: told.append(message))
    with qtbot.waitSignal(keeping.failed):
        keeping.begin()
        stream(keeping)
    with qtbot.waitSignal(keeping.written, check_params_cb=lambda done: done == 6):
        FullDisk.room = True
    assert len(told) == 1
    assert kept(tmp_path)[-1] == ("because", "streaming")


def test_a_change_that_cannot_be_kept_takes_no_other_along(qtbot, keeping_of, tmp_path) -> None:
    keeping = keeping_of()
    stream(keeping)
    keeping.add("no such conversation", StoredMessage("x", "", Turn("user", "lost")))
    keeping.end("a", "whole", Stats())
    with qtbot.waitSignals([keeping.failed, keeping.listed]):
        keeping.begin()
    assert kept(tmp_path) == [("why?", "whole"), ("because", "whole")]


def test_without_a_history_the_window_goes_on_and_says_so(qtbot, keeping_of) -> None:
    def refuse() -> Archive:
        raise MMDeskError("The conversations cannot be kept there.")

    keeping = keeping_of(refuse)
    with qtbot.waitSignal(keeping.failed) as told:
        keeping.begin()
    assert told.args[0] == "The conversations cannot be kept there."
    stream(keeping)
    keeping.search("x")


def test_exporting_and_importing(qtbot, keeping_of, tmp_path) -> None:
    keeping = keeping_of()
    keeping.begin()
    stream(keeping)
    with qtbot.waitSignal(keeping.exported) as told:
        keeping.export("c", str(tmp_path / "pages"))
    assert told.args[0].endswith("A talk.md")
    with qtbot.waitSignal(keeping.exported) as told:
        keeping.export("c", str(tmp_path / "one.json"))
    assert (tmp_path / "one.json").exists()
    with qtbot.waitSignal(keeping.exported) as told:
        keeping.export_all(str(tmp_path / "all.json"))
    with qtbot.waitSignal(keeping.imported) as count:
        keeping.import_file(told.args[0])
    assert count.args == [1]
    with qtbot.waitSignal(keeping.failed) as told:
        keeping.import_file(str(tmp_path / "nothing.json"))
    assert "nothing.json" in told.args[0]
