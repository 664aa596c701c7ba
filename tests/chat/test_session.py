"""From what a person does to what the window is told, on scripted engines."""

from __future__ import annotations

import pytest

from mmdesk.chat.session import Session, request_job
from mmdesk.errors import EngineDied, ModelUnavailable
from mmdesk.values import (
    AudioInput,
    ChatRequest,
    DescribeImagesRequest,
    ImageDescribed,
    ImageDescription,
    ImageInput,
    LoadRequest,
    Notice,
    Preparing,
    TextChunk,
    Transcribed,
    TranscribeRequest,
    Transcript,
    Turn,
)
from tests.fakes.scripted_engine import ScriptedEngine, words
from tests.workers.waiting import GatedEngine

DOG = ImageInput("dog.jpg", 1, 1, b"abc", "d0g")
SEEN = ImageDescribed(DOG.sha256, ImageDescription(caption="a dog"))
VOICE = AudioInput("said", b"\0" * 64, "v01ce")


def chat(turns):
    return request_job(ChatRequest(turns))


class Told:
    """Everything a session said, by name."""

    def __init__(self, session: Session) -> None:
        self.said: list[tuple] = []
        for name in (
            "answer_began", "preparing", "text_arrived", "notice_arrived", "answer_finished",
            "answer_stopped", "answer_failed", "image_described", "hearing_changed", "heard",
            "problem_arose",
        ):  # fmt: skip
            getattr(session, name).connect(self._recorder(name))

    def _recorder(self, name: str):
        return lambda *args: self.said.append((name, *args))

    def names(self) -> list[str]:
        return [entry[0] for entry in self.said]

    def args(self, name: str) -> list[tuple]:
        return [entry[1:] for entry in self.said if entry[0] == name]


@pytest.fixture
def session_of():
    sessions: list[Session] = []

    def make(engine: object) -> Session:
        sessions.append(Session(lambda: engine))
        return sessions[-1]

    yield make
    for session in sessions:
        assert session.close()


def test_a_question_is_answered_and_remembered(qtbot, session_of) -> None:
    engine = ScriptedEngine(words("Paris."), words("Two."))
    session = session_of(engine)
    told = Told(session)
    with qtbot.waitSignal(session.answer_finished):
        session.answer(Turn("user", "capital?"), chat)
    with qtbot.waitSignal(session.answer_finished):
        session.answer(Turn("user", "rivers?"), chat)
    assert told.names()[0] == "answer_began"
    assert "".join(text for (text,) in told.args("text_arrived")) == "Paris.Two."
    assert [turn.text for turn in engine.requests[1].turns] == ["capital?", "Paris.", "rivers?"]


def test_progress_and_notices_reach_the_window(qtbot, session_of) -> None:
    script = [Preparing("reading", 0.5), Notice("old turns left out"), *words("ok")]
    session = session_of(ScriptedEngine(script))
    told = Told(session)
    with qtbot.waitSignal(session.answer_finished):
        session.answer(Turn("user", "x"), chat)
    assert told.args("preparing") == [("reading", 0.5)]
    assert told.args("notice_arrived") == [("old turns left out",)]


def test_stopping_keeps_the_part_that_was_said(qtbot, session_of) -> None:
    engine = GatedEngine()
    session = session_of(engine)
    with qtbot.waitSignal(session.text_arrived):
        session.answer(Turn("user", "count"), chat)
    with qtbot.waitSignal(session.answer_stopped):
        session.stop()
    assert session.conversation.turns()[-1] == Turn("assistant", "one ")


def test_a_dead_engine_keeps_the_part_and_the_next_question_works(qtbot, session_of) -> None:
    script = [TextChunk("half"), EngineDied("The engine stopped.", "Ask again.")]
    session = session_of(ScriptedEngine(script, words("whole")))
    told = Told(session)
    with qtbot.waitSignal(session.answer_failed):
        session.answer(Turn("user", "one"), chat)
    with qtbot.waitSignal(session.answer_finished):
        session.answer(Turn("user", "two"), chat)
    assert told.args("answer_failed") == [("The engine stopped.", "Ask again.")]
    assert [turn.text for turn in session.conversation.turns()] == ["one", "half", "two", "whole"]


def test_a_picture_is_looked_at_once(qtbot, session_of) -> None:
    engine = ScriptedEngine([SEEN])
    session = session_of(engine)
    told = Told(session)
    with qtbot.waitSignal(session.image_described):
        session.look_at(DOG)
    session.look_at(DOG)
    assert told.args("image_described") == [(DOG.sha256, SEEN.description)] * 2
    assert engine.requests == [DescribeImagesRequest((DOG,))]


def test_a_picture_an_answer_has_seen_is_not_looked_at_again(qtbot, session_of) -> None:
    engine = ScriptedEngine([SEEN, *words("a dog")])
    session = session_of(engine)
    turn = Turn("user", "what?", images=(DOG,))
    states: list[str] = []
    session.state_changed.connect(states.append)
    session.load(None)  # keeps the engine busy, so that both others wait
    session.look_at(DOG)
    session.answer(turn, chat)
    qtbot.waitUntil(lambda: states.count("Ready") == 3)
    asked = [type(request) for request in engine.requests]
    assert asked == [LoadRequest, ChatRequest]
    assert session.conversation.turns()[0].images[0].description == SEEN.description


def test_a_correction_goes_into_the_next_question(qtbot, session_of) -> None:
    engine = ScriptedEngine([SEEN], words("your cat"))
    session = session_of(engine)
    with qtbot.waitSignal(session.image_described):
        session.look_at(DOG)
    session.correct_description(DOG.sha256, "my cat")
    with qtbot.waitSignal(session.answer_finished):
        session.answer(Turn("user", "what?", images=(DOG,)), chat)
    assert engine.requests[1].turns[0].images[0].description.correction == "my cat"


def test_a_picture_that_could_not_be_seen_is_looked_at_later(qtbot, session_of) -> None:
    session = session_of(ScriptedEngine([ModelUnavailable("No vision part.")], [SEEN]))
    with qtbot.waitSignal(session.problem_arose):
        session.look_at(DOG)
    with qtbot.waitSignal(session.image_described):
        session.look_again()


def test_speech_is_heard_between_two_signals(qtbot, session_of) -> None:
    heard = Transcribed(VOICE.sha256, Transcript("hello", "en", 0.9))
    session = session_of(ScriptedEngine([TextChunk("hel"), heard]))
    told = Told(session)
    with qtbot.waitSignal(session.hearing_changed, check_params_cb=lambda on: not on):
        session.hear(VOICE)
    qtbot.waitUntil(lambda: "heard" in told.names())
    assert told.names() == ["hearing_changed", "hearing_changed", "heard"]
    assert told.args("hearing_changed") == [(True,), (False,)]
    assert told.args("heard") == [(heard.transcript,)]


def test_an_answer_interrupts_hearing_which_then_starts_again(qtbot, session_of) -> None:
    engine = GatedEngine()
    session = session_of(engine)
    with qtbot.waitSignal(session.state_changed):
        session.hear(VOICE)
    with qtbot.waitSignal(session.text_arrived):
        session.answer(Turn("user", "now"), chat)
    with qtbot.waitSignal(session.hearing_changed):
        engine.gate.set()
    asked = [type(request) for request in engine.requests]
    assert asked[-2:] == [ChatRequest, TranscribeRequest]


def test_a_left_conversation_tells_nothing_more(qtbot, session_of) -> None:
    engine = GatedEngine()
    session = session_of(engine)
    told = Told(session)
    with qtbot.waitSignal(session.text_arrived):
        session.answer(Turn("user", "old"), chat)
    session.start_over()
    engine.gate.set()
    with qtbot.waitSignal(session.answer_finished):
        session.answer(Turn("user", "new"), chat)
    assert "answer_stopped" not in told.names()
    assert told.names().count("answer_began") == 2
    assert [turn.text for turn in session.conversation.turns()] == ["new", "one two"]


def test_two_questions_in_a_row_are_answered_in_turn(qtbot, session_of) -> None:
    engine = ScriptedEngine(words("first"), words("second"))
    session = session_of(engine)
    told = Told(session)
    with qtbot.waitSignals([session.answer_finished] * 2):
        session.answer(Turn("user", "a"), chat)
        session.answer(Turn("user", "b"), chat)
    names = [name for name in told.names() if name.startswith("answer")]
    assert names == ["answer_began", "answer_finished"] * 2
    assert [turn.text for turn in engine.requests[1].turns] == ["a", "first", "b"]
