"""Prefill of a draft: once for what is known, never in the way of anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from mmdesk.chat import ChatController, EngineController, ImageDescriber, controller
from mmdesk.history.archive import Archive
from mmdesk.settings import Settings
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
from mmdesk.workers import HistoryWorker, JobQueue
from tests.fakes.scripted_engine import ScriptedEngine, words
from tests.workers.waiting import GatedEngine, request_job

DOG = ImageInput("dog.jpg", 1, 1, b"abc", "d0g")
SIGHT = ImageDescription(caption="a dog")
NOTE = DocumentInput("note.txt", "Milk and bread.")


class Desk:
    """A controller over an engine, with its jobs as plain requests."""

    def __init__(self, engine: object, path) -> None:
        self.queue = JobQueue(lambda: engine)  # type: ignore[arg-type, return-value]
        self.history = HistoryWorker(lambda: Archive(path))
        self.engine = EngineController(self.queue)
        self.describer = ImageDescriber(self.queue)
        self.chat = ChatController(self.queue, self.history, self.describer, Settings())

    def is_idle_after(self, requests: list, count: int) -> Callable[[], bool]:
        return lambda: len(requests) == count and not self.engine.is_busy()


@pytest.fixture
def desk_of(tmp_path, monkeypatch) -> Iterator[Callable[..., Desk]]:
    monkeypatch.setattr(
        controller, "job_for", lambda _task, turns, *_: request_job(ChatRequest(turns))
    )
    monkeypatch.setattr(
        controller, "prefill_job", lambda turns, *_: request_job(PrefillRequest(turns))
    )
    made: list[Desk] = []

    def make(engine: object) -> Desk:
        made.append(Desk(engine, tmp_path / "history.db"))
        return made[-1]

    yield make
    for desk in made:
        assert desk.queue.close()
        assert desk.history.close()


def test_typing_on_prefills_once_and_an_attachment_anew(qtbot, desk_of) -> None:
    engine = ScriptedEngine(words("x"))
    desk = desk_of(engine)
    for text in ("W", "Wh", "What is"):
        desk.chat.prefill(Turn("user", text))
        qtbot.waitUntil(desk.is_idle_after(engine.prepared, 1))
    desk.chat.prefill(Turn("user", "What is", documents=(NOTE,)))
    qtbot.waitUntil(desk.is_idle_after(engine.prepared, 2))
    assert [request.turns for request in engine.prepared] == [
        (Turn("user", ""),),
        (Turn("user", "", documents=(NOTE,)),),
    ]


def test_a_picture_is_described_first_and_goes_along_with_that(qtbot, desk_of) -> None:
    def script(request):
        return (
            [ImageDescribed(DOG.sha256, SIGHT)]
            if isinstance(request, DescribeImagesRequest)
            else words("x")
        )

    engine = ScriptedEngine(script)
    desk = desk_of(engine)
    desk.describer.describe(DOG)
    desk.chat.prefill(Turn("user", "What", images=(DOG,)))
    qtbot.waitUntil(desk.is_idle_after(engine.prepared, 1))
    assert isinstance(engine.requests[0], DescribeImagesRequest)
    assert engine.prepared[0].turns[-1].images == (replace(DOG, description=SIGHT),)


def test_an_answer_ends_it_and_the_user_is_told_nothing_of_it(qtbot, desk_of) -> None:
    engine = GatedEngine()
    desk = desk_of(engine)
    states: list[str] = []
    desk.engine.state_changed.connect(states.append)
    desk.chat.prefill(Turn("user", "H"))
    qtbot.waitUntil(lambda: bool(engine.requests))
    assert states == []
    with qtbot.waitSignal(desk.chat.answers.began):
        desk.chat.ask(Turn("user", "Hi"))
    with qtbot.waitSignal(desk.chat.answers.finished):
        engine.gate.set()
    assert [type(request) for request in engine.requests] == [PrefillRequest, ChatRequest]


def test_while_an_answer_comes_nothing_is_prefilled(qtbot, desk_of) -> None:
    engine = GatedEngine()
    desk = desk_of(engine)
    with qtbot.waitSignal(desk.chat.answers.text_arrived):
        desk.chat.ask(Turn("user", "Hi"))
    desk.chat.prefill(Turn("user", "And"))
    with qtbot.waitSignal(desk.chat.answers.finished):
        engine.gate.set()
    assert len(engine.requests) == 1
    desk.chat.prefill(Turn("user", "And"))
    qtbot.waitUntil(desk.is_idle_after(engine.requests, 2))
    assert [turn.role for turn in engine.requests[1].turns] == ["user", "assistant", "user"]


def test_what_was_cut_short_is_prefilled_at_the_next_pause(qtbot, desk_of) -> None:
    engine = GatedEngine()
    desk = desk_of(engine)
    draft = Turn("user", "What", documents=(NOTE,))
    desk.chat.prefill(draft)
    qtbot.waitUntil(lambda: bool(engine.requests))
    engine.gate.set()
    desk.engine.load(None)
    qtbot.waitUntil(desk.is_idle_after(engine.requests, 2))
    desk.chat.prefill(draft)
    qtbot.waitUntil(desk.is_idle_after(engine.requests, 3))


def test_another_engine_reads_anew(qtbot, desk_of) -> None:
    engine = ScriptedEngine(words("x"))
    desk = desk_of(engine)
    draft = Turn("user", "What")
    desk.chat.prefill(draft)
    qtbot.waitUntil(desk.is_idle_after(engine.prepared, 1))
    desk.engine.replace(lambda: engine)
    desk.chat.prefill(draft)
    qtbot.waitUntil(desk.is_idle_after(engine.prepared, 2))


def test_another_model_reads_anew(qtbot, desk_of) -> None:
    engine = ScriptedEngine(words("x"))
    desk = desk_of(engine)
    draft = Turn("user", "What")
    desk.chat.prefill(draft)
    qtbot.waitUntil(desk.is_idle_after(engine.prepared, 1))
    with qtbot.waitSignal(desk.engine.model_loaded):
        desk.engine.load("another")
    desk.chat.prefill(draft)
    qtbot.waitUntil(desk.is_idle_after(engine.prepared, 2))
