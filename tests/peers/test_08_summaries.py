"""Complaint 8: "summarise this" reads only snippets. Here the model is given every paragraph."""

from __future__ import annotations

import re

import pytest

from mmdesk.text.segment import length, sentences
from mmdesk.values import (
    ChatRequest,
    Counted,
    CountRequest,
    DocumentInput,
    Event,
    Finished,
)
from tests.fakes.scripted_engine import ScriptedEngine, words

SUBJECTS = ("the otter", "the river", "the bridge", "the mill", "the village")


def script(request: object) -> list[Event]:
    """Count one token per word, and answer with the first sentences of the prompt."""
    if isinstance(request, CountRequest):
        return [Counted(tuple(length(text) for text in request.texts)), Finished()]
    if isinstance(request, ChatRequest):
        part = request.turns[-1].text.rsplit("\n\n", 1)[0]
        return words(" ".join(sentences(part)[:3]))
    return []


@pytest.mark.parametrize("paragraphs", [40, 700])
def test_complaint_8_a_summary_reads_the_whole_document(
    open_window, qtbot, paragraphs: int
) -> None:
    text = "\n\n".join(
        f"In year {at} {SUBJECTS[at % len(SUBJECTS)]} changed, and people wrote {at} letters "
        f"about it. Nothing else happened in year {at}."
        for at in range(paragraphs)
    )
    engine = ScriptedEngine(script)
    person = open_window(engine)
    with qtbot.waitSignal(person.app.chat.answers.finished, timeout=60_000):
        person.window.attachment_actions.summary_requested.emit(
            DocumentInput("chronicle.txt", text), 100
        )
    given = "\n".join(
        turn.text
        for request in engine.requests
        if isinstance(request, ChatRequest)
        for turn in request.turns
    )
    read = {int(year) for year in re.findall(r"In year (\d+) ", given)}
    assert read == set(range(paragraphs))
    assert "the otter changed" in person.app.chat.conversation.turns()[-1].text
