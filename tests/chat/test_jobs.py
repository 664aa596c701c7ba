"""A job is its task with the settings in force; an answer asked for again is another one."""

from __future__ import annotations

import threading

import pytest

from mmdesk.chat.jobs import job_for, sampling_for
from mmdesk.settings import Settings
from mmdesk.values import ChatRequest, ChatSettings, Notice, Sampling, Task, TextChunk, Turn
from tests.fakes.scripted_engine import ScriptedEngine, words

QUESTION = (Turn("user", "Why?"),)


def run(engine: ScriptedEngine, *details: object) -> list:
    job = job_for(Task(), QUESTION, *details)  # type: ignore[arg-type]
    return list(job(engine, threading.Event()))


def sampling_of(engine: ScriptedEngine) -> Sampling:
    request = engine.requests[-1]
    assert isinstance(request, ChatRequest)
    return request.sampling


def test_an_answer_is_greedy_unless_that_is_set() -> None:
    engine = ScriptedEngine(words("Because."))
    run(engine, Settings(), ChatSettings())
    assert (sampling_of(engine).temperature, sampling_of(engine).top_p) == (0.0, 1.0)
    assert sampling_of(engine).repetition_penalty > 1
    run(engine, Settings(temperature=0.4), ChatSettings(top_p=0.8))
    assert (sampling_of(engine).temperature, sampling_of(engine).top_p) == (0.4, 0.8)


def test_the_sampling_of_the_model_is_used_unless_something_was_chosen() -> None:
    assert sampling_for(Settings(), ChatSettings(), version=0).of_model
    assert sampling_for(Settings(), ChatSettings(), version=2).of_model
    for settings, chat in (
        (Settings(temperature=0.4), ChatSettings()),
        (Settings(model_sampling=False), ChatSettings()),
        (Settings(), ChatSettings(temperature=0.0)),
        (Settings(), ChatSettings(top_p=0.5)),
    ):
        assert not sampling_for(settings, chat, version=1).of_model


def test_an_answer_asked_for_again_is_sampled_with_a_seed_of_its_own() -> None:
    engine = ScriptedEngine(words("Because."))
    seeds = []
    for version in (1, 2):
        run(engine, Settings(), ChatSettings(), version)
        assert (sampling_of(engine).temperature, sampling_of(engine).top_p) == (0.7, 0.9)
        seeds.append(sampling_of(engine).seed)
    assert len({0, *seeds}) == 3


def test_a_temperature_above_zero_stays_when_it_is_asked_again() -> None:
    again = sampling_for(Settings(temperature=0.4), ChatSettings(), version=3)
    assert again == Sampling(temperature=0.4, top_p=1.0, seed=3)


@pytest.mark.parametrize("version", [0, 1])
def test_a_zero_that_was_chosen_for_the_conversation_holds_and_says_so(version) -> None:
    engine = ScriptedEngine(words("Because."))
    events = run(engine, Settings(), ChatSettings(temperature=0.0), version)
    assert sampling_of(engine).temperature == 0
    notices = [event.text for event in events if isinstance(event, Notice)]
    assert len(notices) == version
    assert all("same answer" in text for text in notices)
    assert "".join(event.text for event in events if isinstance(event, TextChunk)) == "Because."
