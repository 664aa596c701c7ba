"""Continuing an answer that was cut off, without saying anything twice."""

from __future__ import annotations

import pytest

from mmdesk.tasks import continue_answer
from mmdesk.values import ChatRequest, Finished, NeverCancelled, TextChunk, Turn
from tests.fakes.scripted_engine import ScriptedEngine
from tests.tasks.scripts import said

QUESTION = (Turn("user", "Tell me about foxes."),)


def continued(before: str, *chunks: str) -> tuple[str, ChatRequest]:
    engine = ScriptedEngine([TextChunk(chunk) for chunk in chunks])
    events = list(continue_answer(engine, QUESTION, before, NeverCancelled()))
    assert isinstance(events[-1], Finished)
    (request,) = engine.requests
    assert isinstance(request, ChatRequest)
    return said(iter(events)), request


def test_the_model_goes_on_from_the_text_and_only_what_is_new_is_said() -> None:
    text, request = continued("Foxes live in ", "Foxes live in", " the", " forest.")
    assert request.prefill == "Foxes live in"  # the space belongs to the next token
    assert request.turns[-1] == QUESTION[-1]
    assert text == "the forest."


def test_a_word_that_was_cut_is_completed() -> None:
    assert continued("Foxes live in the for", "Foxes live in the for", "est.")[0] == "est."


@pytest.mark.parametrize(
    ("before", "chunks", "rest"),
    [
        ("A fox is red. It lives in the", ["It ", "lives ", "in ", "the ", "forest."], " forest."),
        ("狐狸是红色的。它们住在森林里的洞穴", ["它们住在森林里的", "洞穴中。"], "中。"),
        # What may be meant so is left alone.
        ("| a | b |\n|---|---|", ["\n", "|---|---|", " c"], "\n|---|---| c"),
        ("It is very", [" very", " red."], " very red."),
        ("Foxes live in", [" the", " forest."], " the forest."),
    ],
)
def test_nothing_is_repeated_at_the_seam(before: str, chunks: list[str], rest: str) -> None:
    assert continued(before, *chunks)[0] == rest


def test_a_model_that_has_nothing_to_add_adds_nothing() -> None:
    assert continued("That is all.", "That is all.")[0] == ""
