"""Engine that says what was asked, and answers every other kind of request in some way."""

from __future__ import annotations

from collections.abc import Sequence

from mmdesk.values import (
    ChatRequest,
    Counted,
    CountRequest,
    Finished,
    Request,
    Scored,
    ScoreRequest,
    Transcribed,
    TranscribeRequest,
    Transcript,
)
from tests.fakes.scripted_engine import ScriptedEngine, Step, words


def echo(request: Request) -> Sequence[Step]:
    """Return a script with the question in the answer."""
    if isinstance(request, ChatRequest):
        return words(f"You said {request.turns[-1].text}")
    if isinstance(request, CountRequest):
        return [Counted(tuple(len(text.split()) for text in request.texts)), Finished()]
    if isinstance(request, ScoreRequest):
        return [Scored(-1.0, 1), Finished()]
    if isinstance(request, TranscribeRequest):
        return [Transcribed(request.audio.sha256, Transcript("a sound")), Finished()]
    return [Finished()]


class EchoEngine(ScriptedEngine):
    """ScriptedEngine whose only script is `echo`."""

    def __init__(self) -> None:
        super().__init__(echo)
