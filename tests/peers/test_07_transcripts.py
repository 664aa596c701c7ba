"""Complaint 7: bad transcripts: Stop drops the last words, silence becomes words, repeats."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from mmdesk.inputs.audio import from_samples, samples
from mmdesk.inputs.microphone import BLOCK_SECONDS
from mmdesk.perception.transcriber import Transcriber
from mmdesk.settings import Settings
from mmdesk.values import NeverCancelled, Transcribed, TranscribeRequest, Transcript
from tests.fakes.scripted_engine import ScriptedEngine
from tests.inputs.test_microphone import Library
from tests.peers.sounds import RATE, tone
from tests.perception.test_transcriber import SPOKEN, Whisper, transcribe_all, transcriber_with
from tests.window_user import SLOW, loaded_then

LAST_WORDS = 0.5  # what the last block before Stop is filled with


def test_complaint_7_stop_drops_nothing_that_was_said(
    open_window, qtbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = Library(("Built-in", 1))
    monkeypatch.setitem(sys.modules, "sounddevice", library)
    person = open_window(loaded_then(), Settings())
    with qtbot.waitSignal(person.app.listening.started, timeout=SLOW):
        person.press("micButton")
    (stream,) = library.streams
    for value in (0.1, 0.1, 0.1, LAST_WORDS):
        stream.give(value)
    with qtbot.waitSignal(person.app.listening.recorded, timeout=SLOW) as signal:
        person.press("micButton")  # at once after the last block
    recorded = signal.args[0]
    assert recorded.seconds == pytest.approx(5 * BLOCK_SECONDS, rel=0.02)  # one came at the start
    end = samples(recorded)[-round(BLOCK_SECONDS * RATE * 0.8) :]
    assert float(np.median(end)) == pytest.approx(LAST_WORDS, abs=0.02)


@pytest.mark.parametrize("loudness", [0.0, 0.02, 0.2])
def test_complaint_7_silence_and_noise_become_no_words(tmp_path: Path, loudness: float) -> None:
    """They never reach the speech model: here there is none at all."""
    noise = np.random.default_rng(1).normal(0, loudness, 8 * RATE) if loudness else None
    quiet = np.zeros(8 * RATE) if noise is None else noise
    audio = from_samples(quiet.clip(-1, 1).astype(np.float32), RATE, "quiet")
    assert list(Transcriber(tmp_path).transcribe(audio, None, NeverCancelled())) == [Transcript("")]


@pytest.mark.parametrize(
    "doubt",
    [
        {"text": "Thank you for watching!", "no_speech_prob": 0.9, "avg_logprob": -0.7},
        {"text": "and and and and and and and and and and", "compression_ratio": 5.0},
    ],
)
def test_complaint_7_invented_and_repeated_words_are_left_out(doubt: dict) -> None:
    sure = {"text": "The train leaves at nine."}
    *_, transcript = transcribe_all(transcriber_with(Whisper([sure, doubt])), SPOKEN)
    assert transcript.text == "The train leaves at nine."


def test_complaint_7_silence_is_reported_and_the_question_stays(
    open_window, qtbot, tmp_path: Path
) -> None:
    def script(request: object) -> list:
        return (
            [Transcribed(request.audio.sha256, Transcript(""))] if is_transcription(request) else []
        )

    person = open_window(ScriptedEngine(script), Settings(microphone=tone(tmp_path / "a.wav")))
    person.type("half a question")
    with qtbot.waitSignal(person.app.listening.started, timeout=SLOW):
        person.press("micButton")
    with qtbot.waitSignal(person.app.session.heard, timeout=SLOW):
        person.press("micButton")
    assert person.reads("Nothing heard")
    assert person.window.composer.input.toPlainText() == "half a question"


def is_transcription(request: object) -> bool:
    return isinstance(request, TranscribeRequest)
