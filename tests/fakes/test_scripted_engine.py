"""The fake must keep the promises of the Engine protocol, or the tests on it prove nothing."""

from __future__ import annotations

import threading

import pytest

from mmdesk.engine import Engine
from mmdesk.errors import Cancelled, EngineDied
from mmdesk.values import (
    ChatRequest,
    Finished,
    LoadRequest,
    NeverCancelled,
    Preparing,
    TextChunk,
    Turn,
)
from tests.fakes.scripted_engine import ScriptedEngine, words

ASK = ChatRequest((Turn("user", "hello there"),))


def spoken(events: list) -> str:
    return "".join(event.text for event in events if isinstance(event, TextChunk))


def test_words_come_whole_and_end_with_finished() -> None:
    engine: Engine = ScriptedEngine(words("你好 world,  again\n"))
    events = list(engine.generate(ASK, NeverCancelled()))
    assert spoken(events) == "你好 world,  again\n"
    assert isinstance(events[-1], Finished)


def test_each_request_gets_its_script_and_the_last_one_repeats() -> None:
    engine = ScriptedEngine(words("one"), lambda request: words(request.turns[-1].text))
    answers = [spoken(list(engine.generate(ASK, NeverCancelled()))) for _ in range(3)]
    assert answers == ["one", "hello there", "hello there"]
    assert engine.requests == [ASK] * 3


def test_a_script_without_an_end_is_finished_for_it() -> None:
    events = list(ScriptedEngine([Preparing("x")]).generate(LoadRequest(), NeverCancelled()))
    assert [type(event) for event in events] == [Preparing, Finished]


def test_errors_are_raised_where_they_stand() -> None:
    run = ScriptedEngine([TextChunk("a"), EngineDied("gone")]).generate(ASK, NeverCancelled())
    assert next(run) == TextChunk("a")
    with pytest.raises(EngineDied):
        next(run)


def test_cancel_is_seen_before_the_next_event_and_nothing_stays_open() -> None:
    engine = ScriptedEngine(words("a b c"))
    flag = threading.Event()
    run = engine.generate(ASK, flag)
    next(run)
    flag.set()
    with pytest.raises(Cancelled):
        next(run)
    assert engine.open_generators == 0


def test_the_delay_is_called_before_every_event() -> None:
    calls: list[None] = []
    engine = ScriptedEngine(words("a b"), delay=lambda: calls.append(None))
    list(engine.generate(ASK, NeverCancelled()))
    assert len(calls) == 3
