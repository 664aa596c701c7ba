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


def refusing(tmp_path, reasons: list[Exception]):
    """Make an opening that fails once for each of the reasons."""

    def make() -> Archive:
        if reasons:
            raise reasons.pop(0)
        return Archive(tmp_path / "history.db")

    return make


def full() -> MMDeskError:
    error = MMDeskError("history.db cannot be opened: database or disk is full.")
    error.__cause__ = sqlite3.OperationalError("database or disk is full")
    return error


@pytest.mark.parametrize(
    "reason", [full(), OSError(28, "No space left"), sqlite3.OperationalError("disk is full")]
)
def test_a_disk_that_was_full_at_the_start_is_tried_again(
    qtbot, history_of, tmp_path, monkeypatch, reason
) -> None:
    monkeypatch.setattr(history_worker, "RETRY_MS", 50)
    reasons = [reason] * 3
    history = history_of(refusing(tmp_path, reasons))
    failures: list[tuple[str, str]] = []
    history.failed.connect(lambda message, hint: failures.append((message, hint)))
    stream(history)
    with qtbot.waitSignal(history.failed):
        history.begin()
    history.list_conversations()  # a question in between does not end the tries
    with qtbot.waitSignal(history.written, check_params_cb=lambda done: done == 6):
        pass
    assert not reasons
    assert len(failures) == 1
    assert "keeps trying" in failures[0][1]
    assert kept(tmp_path)[-1] == ("because", "streaming")
    assert answer(qtbot, history, lambda store: store.open("c"))


def test_a_failing_disk_is_told_again_with_what_is_new(
    qtbot, history_of, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr(history_worker, "REMIND_S", -1.0)
    history = history_of(refusing(tmp_path, [full()]))
    with qtbot.waitSignal(history.failed):
        history.begin()
    with qtbot.waitSignal(history.failed) as again:
        history.change(lambda store: store.begin(INFO))
    assert "full" in again.args[0]
    assert history.close()  # the last try: there is room by now
    store = Archive(tmp_path / "history.db")
    assert [info.id for info in store.conversations()] == ["c"]
    store.close()


def malformed() -> sqlite3.DatabaseError:
    error = sqlite3.DatabaseError("database disk image is malformed")
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return error


class Damaged(Archive):
    """Finds its damage in the method `at`, once."""

    at = ""

    def _find(self, method: str) -> None:
        if self.at == method and self.damaged is None:
            raise malformed()

    def recover(self) -> int:
        self._find("recover")
        return super().recover()

    def conversations(self):
        self._find("conversations")
        return super().conversations()

    def search(self, question: str, most: int = 100):
        self._find("search")
        return super().search(question, most)

    def rename(self, conversation: str, title: str) -> None:
        self._find("rename")
        super().rename(conversation, title)


@pytest.mark.parametrize("at", ["recover", "conversations", "search", "rename"])
def test_damage_is_told_and_what_can_be_read_is_there(
    qtbot, history_of, tmp_path, monkeypatch, at
) -> None:
    store = Archive(tmp_path / "history.db")
    store.begin(INFO)
    store.add("c", StoredMessage("q", "", Turn("user", "why?")))
    store.close()
    monkeypatch.setattr(Damaged, "at", at)
    history = history_of(lambda: Damaged(tmp_path / "history.db"))
    failures: list[tuple[str, str]] = []
    history.failed.connect(lambda message, hint: failures.append((message, hint)))
    history.begin()
    history.change(lambda store: store.rename("c", "Renamed"))
    assert answer(qtbot, history, lambda store: store.search("why"))
    (info,) = answer(qtbot, history, lambda store: store.conversations())
    assert info.title == "Renamed"
    ((message, hint),) = failures
    assert "moved into a new one; conversations: 1." in message
    assert "history.db.damaged-" in hint


def test_what_was_repaired_is_told_once(qtbot, history_of, tmp_path) -> None:
    store = Archive(tmp_path / "history.db")
    store.begin(INFO)
    store.close()
    raw = sqlite3.connect(tmp_path / "history.db")
    raw.execute("UPDATE conversations SET changed = 9e999")
    raw.commit()
    raw.close()
    history = history_of()
    failures: list[str] = []
    history.failed.connect(lambda message, hint: failures.append(message))
    with qtbot.waitSignal(history.listed) as listed:
        history.begin()
    assert listed.args[0][0].changed > 1e9
    assert failures == ["Damaged entries of the history that were repaired: 1."]
