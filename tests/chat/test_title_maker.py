"""Titles of new conversations: made last, interrupted by anything, never over the user's own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mmdesk.chat import TitleMaker
from mmdesk.values import (
    ChatRequest,
    ConversationInfo,
    DocumentInput,
    ImageInput,
    Stats,
    StoredMessage,
    Task,
    Turn,
)
from mmdesk.workers import JobKind, JobQueue, Ticket
from tests.fakes.scripted_engine import ScriptedEngine
from tests.workers.waiting import GatedEngine, Record, request_job

SLOW = 60_000  # ms; the tasks are imported
QUESTION = Turn("user", "My tomatoes get yellow leaves, what can I do?")
ANSWER = StoredMessage("a", "q", Turn("assistant", "Water your plants less often."))
INFO = ConversationInfo("c", QUESTION.text)
DOG = ImageInput("1122944218_8eb3607403.jpg", 1, 1, b"abc", "d0" * 32)


@pytest.fixture
def maker_of():
    queues: list[JobQueue] = []

    def make(engine: object) -> TitleMaker:
        queues.append(JobQueue(lambda: engine))
        return TitleMaker(queues[-1], lambda: "small")

    yield make
    for queue in queues:
        assert queue.close()


def test_the_model_names_a_conversation(qtbot, maker_of) -> None:
    engine = ScriptedEngine()
    engine.title = "Yellow leaves on tomatoes"
    maker = maker_of(engine)
    with qtbot.waitSignal(maker.made, timeout=SLOW) as made:
        maker.make(INFO, QUESTION, ANSWER)
    assert made.args == ["c", QUESTION.text, "Yellow leaves on tomatoes"]
    assert engine.titled[0].model == "small"


def test_a_poor_title_leaves_the_first_words(qtbot, maker_of) -> None:
    engine = ScriptedEngine()
    engine.title = "Question: Question: leaves"
    maker = maker_of(engine)
    with qtbot.assertNotEmitted(maker.made), qtbot.waitSignal(maker._queue.finished, timeout=SLOW):
        maker.make(INFO, QUESTION, ANSWER)


def test_a_title_of_the_users_own_is_left_alone(maker_of) -> None:
    engine = ScriptedEngine()
    maker = maker_of(engine)
    maker.make(ConversationInfo("c", "My garden"), QUESTION, ANSWER)
    assert not maker._timer.isActive()
    maker.make(INFO, QUESTION, ANSWER)
    assert maker._timer.isActive()
    maker.close()
    assert not maker._timer.isActive()


def test_minutes_keep_the_name_of_their_recording(maker_of) -> None:
    maker = maker_of(ScriptedEngine())
    question = Turn("user", "Minutes.", documents=(DocumentInput("a.wav", "[0:00] Yes."),))
    turn = Turn("assistant", "## Decisions")
    answer = StoredMessage("a", "q", turn, task=Task("minutes"))
    maker.make(ConversationInfo("c", "a.wav"), question, answer)
    assert not maker._timer.isActive()


def test_the_name_of_a_picture_gives_way_to_what_it_shows(qtbot, maker_of) -> None:
    engine = ScriptedEngine()
    engine.title = DOG.name
    maker = maker_of(engine)
    question = Turn("user", "Describe this picture.", images=(DOG,))
    turn = Turn("assistant", "**A dog** runs on a beach. It looks happy.")
    answer = StoredMessage("a", "q", turn, task=Task("describe"))
    with qtbot.waitSignal(maker.made, timeout=SLOW) as made:
        maker.make(ConversationInfo("c", DOG.name), question, answer)
    assert made.args == ["c", DOG.name, "A dog runs on a beach"]


def test_a_title_is_made_after_everything_else(qtbot) -> None:
    engine = GatedEngine()
    queue = JobQueue(lambda: engine)
    record = Record(queue)
    first, title, last = (
        Ticket(kind, lambda: request_job(ChatRequest((QUESTION,))), may_restart=restart)
        for kind, restart in (
            (JobKind.TITLE, True),
            (JobKind.TITLE, True),
            (JobKind.PREFILL, False),
        )
    )
    queue.submit(first)
    qtbot.waitUntil(lambda: bool(engine.requests))
    queue.submit(title)
    queue.submit(last)  # interrupts the title that is being made
    qtbot.waitUntil(lambda: queue.running is last)
    engine.gate.set()
    with qtbot.waitSignal(queue.finished, check_params_cb=lambda ticket, _: ticket is title):
        pass
    ended = [ticket for kind, ticket, *_ in record.emitted if kind == "finished"]
    assert ended == [last, first, title]
    assert not [entry for entry in record.emitted if entry[0] == "cancelled"]
    assert queue.close()


def test_a_title_does_not_end_a_prefill(qtbot) -> None:
    engine = GatedEngine()
    queue = JobQueue(lambda: engine)
    job = request_job(ChatRequest((QUESTION,)))
    prefill = Ticket(JobKind.PREFILL, lambda: job)
    queue.submit(prefill)
    qtbot.waitUntil(lambda: bool(engine.requests))
    queue.submit(Ticket(JobKind.TITLE, lambda: request_job(ChatRequest((QUESTION,)))))
    assert not prefill.cancel.is_set()
    engine.gate.set()
    with qtbot.waitSignal(queue.finished):
        pass
    assert queue.close()


@pytest.mark.parametrize(
    "answered_by",
    [Stats(), Stats(model="large", device="cpu"), Stats(model="other", device="10.0.0.2:80")],
)
def test_a_server_gets_nothing_for_a_title_but_what_it_answered_itself(
    qtbot, answered_by: Stats
) -> None:
    engine = ScriptedEngine()
    engine.title = "Yellow leaves on tomatoes"
    queue = JobQueue(lambda: engine)
    maker = TitleMaker(queue, lambda: "server:large")
    with qtbot.assertNotEmitted(maker.made, wait=0), qtbot.waitSignal(maker._timer.timeout):
        maker.make(INFO, QUESTION, replace(ANSWER, stats=answered_by))
    assert engine.titled == []
    own = replace(ANSWER, stats=Stats(model="large", device="10.0.0.2:80"))
    with qtbot.waitSignal(maker.made, timeout=SLOW) as made:
        maker.make(INFO, QUESTION, own)
    assert made.args[2] == "Yellow leaves on tomatoes"
    assert queue.close()
