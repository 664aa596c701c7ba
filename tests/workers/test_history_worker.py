"""What the window gives to be kept is on the disk, in order, whatever the disk says meanwhile."""

from __future__ import annotations

import sqlite3

import pytest

from mmdesk.errors import MMDeskError
from mmdesk.history.archive import Archive
from mmdesk.values import ConversationInfo, Stats, StoredMessage, Turn
from mmdesk.workers import history_worker
from mmdesk.workers.history_worker import HistoryWorker

INFO = ConversationInfo("c", "A talk")


@pytest.fixture
def history_of(tmp_path):
    made: list[HistoryWorker] = []

    def make(store_of=None) -> HistoryWorker:
        made.append(HistoryWorker(store_of or (lambda: Archive(tmp_path / "history.db"))))
        return made[-1]

    yield make
    for history in made:
        assert history.close()


def stream(history: HistoryWorker) -> None:
    history.change(lambda store: store.begin(INFO))
    add(history, "c", StoredMessage("q", "", Turn("user", "why?")))
    add(history, "c", StoredMessage("a", "q", Turn("assistant", ""), "streaming"))
    for word in ("be", "cau", "se"):
        extend(history, "a", word)


def add(history: HistoryWorker, conversation: str, message: StoredMessage) -> None:
    history.change(lambda store: store.add(conversation, message), relist=True)


def extend(history: HistoryWorker, message: str, text: str) -> None:
    history.change(lambda store: store.extend(message, text), soon=False)


def end(history: HistoryWorker) -> None:
    history.change(lambda store: store.end("a", "whole", Stats()))


def kept(tmp_path) -> list[tuple[str, str]]:
    store = Archive(tmp_path / "history.db")
    messages = store.open("c").messages
    store.close()
    return [(message.turn.text, message.state) for message in messages]


def test_what_was_given_before_the_opening_waits_for_it(qtbot, history_of, tmp_path) -> None:
    history = history_of()
    stream(history)
    with qtbot.waitSignal(history.written, check_params_cb=lambda done: done == 6):
        history.begin()
    assert kept(tmp_path)[-1] == ("because", "streaming")


def test_an_end_is_written_at_once_and_closing_writes_the_rest(qtbot, history_of, tmp_path) -> None:
    history = history_of()
    with qtbot.waitSignal(history.ready):
        history.begin()
    stream(history)
    with qtbot.waitSignal(history.written, check_params_cb=lambda done: done == 7):
        end(history)
    assert kept(tmp_path) == [("why?", "whole"), ("because", "whole")]
    extend(history, "a", " late")
    assert history.close()
    assert kept(tmp_path)[-1][0] == "because late"


def test_pieces_of_an_answer_are_written_soon_without_another_change(
    qtbot, history_of, tmp_path
) -> None:
    history = history_of()
    with qtbot.waitSignal(history.ready):
        history.begin()
    stream(history)
    with qtbot.waitSignal(history.written, check_params_cb=lambda done: done == 6):
        pass
    assert kept(tmp_path)[-1] == ("because", "streaming")


def test_the_list_follows_every_change(qtbot, history_of) -> None:
    history = history_of()
    with qtbot.waitSignal(history.listed) as listed:
        history.begin()
    assert listed.args == [()]
    stream(history)
    for change, titles in (
        (lambda store: store.rename("c", "Renamed"), ["Renamed"]),
        (lambda store: store.delete("c"), []),
        (lambda store: store.restore("c"), ["Renamed"]),
    ):
        with qtbot.waitSignal(
            history.listed,
            check_params_cb=lambda infos, t=titles: [info.title for info in infos] == t,
        ):
            history.change(change, relist=True)


def test_a_question_sees_everything_given_before_it(qtbot, history_of) -> None:
    history = history_of()
    history.begin()
    stream(history)
    opened = answer(qtbot, history, lambda store: store.open("c"))
    assert opened.messages[-1].turn.text == "because"


def answer(qtbot, history: HistoryWorker, question):
    answers: list = []
    history.call(question, answers.append)
    qtbot.waitUntil(lambda: bool(answers))
    return answers[0]


def test_a_question_without_an_answer_calls_nobody_back(qtbot, history_of) -> None:
    history = history_of()
    history.begin()
    answers: list = []
    history.call(lambda store: None, answers.append)
    assert answer(qtbot, history, lambda store: store.conversations()) == ()
    assert answers == []


def test_a_question_that_fails_is_told(qtbot, history_of, tmp_path) -> None:
    history = history_of()
    history.begin()
    with qtbot.waitSignal(history.failed) as failed:
        history.call(lambda store: store.import_json(tmp_path / "nothing.json"), print)
    assert "nothing.json" in failed.args[0]


class FullDisk(Archive):
    """Refuses to write until `room` is made."""

    room = False

    def add(self, conversation: str, message: StoredMessage) -> None:
        if not self.room:
            raise sqlite3.OperationalError("database or disk is full")
        super().add(conversation, message)


def test_a_full_disk_is_told_once_and_nothing_is_lost(
    qtbot, history_of, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr(history_worker, "RETRY_MS", 5)
    monkeypatch.setattr(FullDisk, "room", False)
    history = history_of(lambda: FullDisk(tmp_path / "history.db"))
    failures: list[str] = []
    history.failed.connect(lambda message, hint: failures.append(message))
    with qtbot.waitSignal(history.failed):
        history.begin()
        stream(history)
    with qtbot.waitSignal(history.written, check_params_cb=lambda done: done == 6):
        FullDisk.room = True
    assert len(failures) == 1
    assert kept(tmp_path)[-1] == ("because", "streaming")


def test_a_change_that_cannot_be_kept_takes_no_other_along(qtbot, history_of, tmp_path) -> None:
    history = history_of()
    stream(history)
    add(history, "no such conversation", StoredMessage("x", "", Turn("user", "lost")))
    end(history)
    with qtbot.waitSignals([history.failed, history.listed]):
        history.begin()
    assert kept(tmp_path) == [("why?", "whole"), ("because", "whole")]


def test_without_a_history_the_window_goes_on_and_says_so(qtbot, history_of) -> None:
    def refuse() -> Archive:
        raise MMDeskError("The conversations cannot be kept there.")

    history = history_of(refuse)
    with qtbot.waitSignal(history.failed) as failed:
        history.begin()
    assert failed.args[0] == "The conversations cannot be kept there."
    stream(history)
    history.call(lambda store: store.search("x"), print)
