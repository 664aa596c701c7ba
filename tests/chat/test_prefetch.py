"""Reading ahead: once for what is known, never in the way of anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from mmdesk.chat.session import Session, request_job

from mmdesk.values import (
    ChatRequest,
    DescribeImagesRequest,
    DocumentInput,
    ImageDescribed,
    ImageDescription,
    ImageInput,
    PrefillRequest,
    Turn,
)
from tests.fakes.scripted_engine import ScriptedEngine, words
from tests.workers.waiting import GatedEngine

DOG = ImageInput("dog.jpg", 1, 1, b"abc", "d0g")
SIGHT = ImageDescription(caption="a dog")
NOTE = DocumentInput("note.txt", "Milk and bread.")


def chat(turns):
    return request_job(ChatRequest(turns))


def ahead(turns):
    return request_job(PrefillRequest(turns))


@pytest.fixture
def session_of() -> Iterator[Callable[..., Session]]:
    made: list[Session] = []

    def make(engine: object) -> Session:
        made.append(Session(lambda: engine))  # type: ignore[arg-type, return-value]
        return made[-1]

    yield make
    for session in made:
        assert session.close()


def is_idle(session: Session, requests: list, count: int) -> Callable[[], bool]:
    return lambda: len(requests) == count and not session.is_busy()


def test_typing_on_reads_once_and_an_attachment_anew(qtbot, session_of) -> None:
    engine = ScriptedEngine(words("x"))
    session = session_of(engine)
    for text in ("W", "Wh", "What is"):
        session.read_ahead(Turn("user", text), ahead)
        qtbot.waitUntil(is_idle(session, engine.prepared, 1))
    session.read_ahead(Turn("user", "What is", documents=(NOTE,)), ahead)
    qtbot.waitUntil(is_idle(session, engine.prepared, 2))
    assert [request.turns for request in engine.prepared] == [
        (Turn("user", ""),),
        (Turn("user", "", documents=(NOTE,)),),
    ]


def test_a_picture_is_looked_at_first_and_goes_along_as_seen(qtbot, session_of) -> None:
    def script(request):
        return (
            [ImageDescribed(DOG.sha256, SIGHT)]
            if isinstance(request, DescribeImagesRequest)
            else words("x")
        )

    engine = ScriptedEngine(script)
    session = session_of(engine)
    session.look_at(DOG)
    session.read_ahead(Turn("user", "What", images=(DOG,)), ahead)
    qtbot.waitUntil(is_idle(session, engine.prepared, 1))
    assert isinstance(engine.requests[0], DescribeImagesRequest)
    assert engine.prepared[0].turns[-1].images == (replace(DOG, description=SIGHT),)


def test_an_answer_ends_it_and_the_person_hears_nothing_of_it(qtbot, session_of) -> None:
    engine = GatedEngine()
    session = session_of(engine)
    states: list[str] = []
    session.state_changed.connect(states.append)
    session.read_ahead(Turn("user", "H"), ahead)
    qtbot.waitUntil(lambda: bool(engine.requests))
    assert states == []
    with qtbot.waitSignal(session.answer_began):
        session.answer(Turn("user", "Hi"), chat)
    with qtbot.waitSignal(session.answer_finished):
        engine.gate.set()
    assert [type(request) for request in engine.requests] == [PrefillRequest, ChatRequest]


def test_while_an_answer_comes_nothing_is_read_ahead(qtbot, session_of) -> None:
    engine = GatedEngine()
    session = session_of(engine)
    with qtbot.waitSignal(session.text_arrived):
        session.answer(Turn("user", "Hi"), chat)
    session.read_ahead(Turn("user", "And"), ahead)
    with qtbot.waitSignal(session.answer_finished):
        engine.gate.set()
    assert len(engine.requests) == 1
    session.read_ahead(Turn("user", "And"), ahead)
    qtbot.waitUntil(is_idle(session, engine.requests, 2))
    assert [turn.role for turn in engine.requests[1].turns] == ["user", "assistant", "user"]


def test_what_was_cut_short_is_read_at_the_next_pause(qtbot, session_of) -> None:
    engine = GatedEngine()
    session = session_of(engine)
    draft = Turn("user", "What", documents=(NOTE,))
    session.read_ahead(draft, ahead)
    qtbot.waitUntil(lambda: bool(engine.requests))
    engine.gate.set()
    session.load(None)
    qtbot.waitUntil(is_idle(session, engine.requests, 2))
    session.read_ahead(draft, ahead)
    qtbot.waitUntil(is_idle(session, engine.requests, 3))
