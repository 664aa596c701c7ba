"""Complaint 5: no speech recognition built in.

A question is spoken with the window's own button, and the speech model is one of those that are
downloaded by default: nothing has to be added.
"""

from __future__ import annotations

from pathlib import Path

from mmdesk.models.manifest import load_manifest
from mmdesk.settings import Settings
from mmdesk.values import ChatRequest, Transcribed, TranscribeRequest, Transcript
from tests.fakes.scripted_engine import ScriptedEngine, words
from tests.peers.sounds import tone
from tests.window_user import SLOW


def test_complaint_5_a_question_can_be_spoken(open_window, qtbot, tmp_path: Path) -> None:
    def script(request: object) -> list:
        if isinstance(request, TranscribeRequest):
            return [Transcribed(request.audio.sha256, Transcript("What is the capital of France?"))]
        return words("Paris.") if isinstance(request, ChatRequest) else []

    engine = ScriptedEngine(script)
    settings = Settings(microphone=tone(tmp_path / "question.wav"), send_spoken=True)
    person = open_window(engine, settings)
    with qtbot.waitSignal(person.app.recorder.started, timeout=SLOW):
        person.press("micButton")
    with qtbot.waitSignal(person.app.chat.answers.finished, timeout=SLOW):
        person.press("micButton")
    (asked,) = [request for request in engine.requests if isinstance(request, ChatRequest)]
    assert asked.turns[-1].text == "What is the capital of France?"
    assert person.reads("Paris.")


def test_complaint_5_the_speech_model_is_downloaded_by_default() -> None:
    speech = [part for part in load_manifest().parts if part.role == "speech"]
    assert [part.default for part in speech] == [True]
