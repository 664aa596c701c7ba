"""Speech is written down while it is spoken, and comes out as one transcript."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from mmdesk.chat.session import Session, request_job
from mmdesk.engine.process import ProcessEngine
from mmdesk.errors import ModelUnavailable
from mmdesk.inputs import load_audio
from mmdesk.values import (
    SAMPLE_RATE,
    AudioInput,
    ChatRequest,
    Segment,
    Transcribed,
    TranscribeRequest,
    Transcript,
    Turn,
)
from mmdesk.workers.recorder import Recorder
from tests.fakes.scripted_engine import ScriptedEngine, words
from tests.quality.wer import word_errors
from tests.quality.wer import words as words_of

PATIENCE = 600_000  # ms, for the real model on a busy machine
SOUND = Path(__file__).parents[1] / "fixtures" / "sound"


def recording(seconds: float) -> AudioInput:
    """Every sample says which it is, so that a stretch can be told from another."""
    whole = b"".join(at.to_bytes(4, "little") for at in range(round(seconds * SAMPLE_RATE)))
    return AudioInput("said", whole, "whole")


def begin_of(request: TranscribeRequest) -> float:
    """The second of `recording` at which what is to be heard begins."""
    return int.from_bytes(request.audio.pcm[:4], "little") / SAMPLE_RATE


def piece(text: str, settled_s: float | None, language: str = "en") -> Callable:
    segments = (Segment(0.25, 0.75, text),) if text else ()
    transcript = Transcript(text, language if text else "", 0.95 if text else 0.0, segments)
    return lambda request: [Transcribed(request.audio.sha256, transcript, settled_s)]


@pytest.fixture
def session_of(qtbot) -> Iterator[Callable[..., Session]]:
    made: list[Session] = []

    def make(engine: object) -> Session:
        made.append(Session(lambda: engine))  # type: ignore[arg-type, return-value]
        made[-1].begin_dictation()
        return made[-1]

    yield make
    for session in made:
        assert session.close()


def test_pieces_and_the_rest_become_one_transcript(qtbot, session_of) -> None:
    engine = ScriptedEngine(piece("Good day.", 1.0), piece("How are", 1.5), piece("you?", None))
    session = session_of(engine)
    shown: list[str] = []
    session.spoken_so_far.connect(shown.append)
    with qtbot.waitSignal(session.written_down) as written:
        session.hear_so_far(recording(2.0), 0.0)
    assert written.args == [1.0]
    with qtbot.waitSignal(session.written_down) as written:
        session.hear_so_far(recording(4.0).between(1.0), 1.0)
    assert written.args == [2.5]
    with qtbot.waitSignal(session.heard) as heard:
        session.hear_rest(recording(4.0).between(2.5), 2.5)
    transcript = heard.args[0]
    assert transcript.text == "Good day. How are you?"
    assert [round(s.start, 3) for s in transcript.segments] == [0.25, 1.25, 2.75]
    assert shown == ["Good day.", "Good day. How are"]
    assert [begin_of(request) for request in engine.requests] == [0.0, 1.0, 2.5]
    assert [request.unfinished for request in engine.requests] == [True, True, False]


def test_only_the_rest_is_heard_after_the_button_is_released(qtbot, session_of) -> None:
    """Also where a piece was still being written down at that moment."""
    gate = threading.Event()
    scripts = piece("A long piece.", 3.0), piece("The rest.", None)
    engine = ScriptedEngine(*scripts, delay=gate.wait)
    session = session_of(engine)
    session.hear_so_far(recording(4.0), 0.0)
    qtbot.waitUntil(lambda: bool(engine.requests))
    with qtbot.waitSignal(session.heard) as heard:
        session.hear_rest(recording(5.0), 0.0)
        gate.set()
    assert heard.args[0].text == "A long piece. The rest."
    assert [begin_of(request) for request in engine.requests] == [0.0, 3.0]


def test_a_piece_that_has_not_begun_is_left_out(qtbot, session_of) -> None:
    gate = threading.Event()
    engine = ScriptedEngine(words("Hello."), piece("All of it.", None), delay=gate.wait)
    session = session_of(engine)
    session.answer(Turn("user", "Hi"), lambda turns: request_job(ChatRequest(turns)))
    qtbot.waitUntil(lambda: bool(engine.requests))
    session.hear_so_far(recording(4.0), 0.0)
    with qtbot.waitSignal(session.heard) as heard:
        session.hear_rest(recording(5.0), 0.0)
        gate.set()
    assert heard.args[0].text == "All of it."
    assert len(engine.requests) == 2


def test_the_language_of_a_piece_is_that_of_the_next(qtbot, session_of) -> None:
    engine = ScriptedEngine(piece("你好。", 1.0, "zh"), piece("世界", None, "zh"))
    session = session_of(engine)
    with qtbot.waitSignal(session.written_down):
        session.hear_so_far(recording(2.0), 0.0)
    with qtbot.waitSignal(session.heard) as heard:
        session.hear_rest(recording(3.0).between(1.0), 1.0)
    assert heard.args[0].text == "你好。世界"
    assert [request.language for request in engine.requests] == [None, "zh"]


def test_only_what_is_said_in_one_go_is_a_question_about_a_picture(qtbot, session_of) -> None:
    asked = Transcript("What colours the dark?", "en", 0.9, question="What color is the dog?")
    engine = ScriptedEngine(piece("", 1.0), lambda r: [Transcribed(r.audio.sha256, asked)])
    session = session_of(engine)
    with qtbot.waitSignal(session.written_down):
        session.hear_so_far(recording(2.0), 0.0)
    with qtbot.waitSignal(session.heard) as heard:
        session.hear_rest(recording(3.0).between(1.0), 1.0, about_picture=True)
    assert heard.args[0].meant == "What color is the dog?"
    assert [request.about_picture for request in engine.requests] == [False, True]

    engine = ScriptedEngine(piece("Dear Ann,", 1.0), piece("how are you?", None))
    session = session_of(engine)
    with qtbot.waitSignal(session.written_down):
        session.hear_so_far(recording(2.0), 0.0)
    with qtbot.waitSignal(session.heard) as heard:
        session.hear_rest(recording(3.0).between(1.0), 1.0, about_picture=True)
    assert heard.args[0].meant == "Dear Ann, how are you?"
    assert [request.about_picture for request in engine.requests] == [False, False]


def test_silence_moves_on_and_says_nothing(qtbot, session_of) -> None:
    session = session_of(ScriptedEngine(piece("", 9.0), piece("", None)))
    shown: list[str] = []
    session.spoken_so_far.connect(shown.append)
    with qtbot.waitSignal(session.written_down) as written:
        session.hear_so_far(recording(11.0), 0.0)
    assert written.args == [9.0]
    with qtbot.waitSignal(session.heard) as heard:
        session.hear_rest(recording(12.0).between(9.0), 9.0)
    assert heard.args[0] == Transcript("")
    assert shown == []


def test_a_failure_is_told_once_when_all_was_said(qtbot, session_of) -> None:
    engine = ScriptedEngine([ModelUnavailable("No speech part.")])
    session = session_of(engine)
    told: list[str] = []
    session.problem_arose.connect(lambda _kind, message, _hint: told.append(message))
    session.hear_so_far(recording(2.0), 0.0)
    qtbot.waitUntil(lambda: bool(engine.requests) and not session.is_busy())
    with qtbot.waitSignal(session.problem_arose):
        session.hear_rest(recording(3.0), 0.0)
    assert told == ["No speech part."]


def test_a_new_recording_knows_nothing_of_the_last(qtbot, session_of) -> None:
    session = session_of(ScriptedEngine(piece("Old.", 1.0), piece("New.", None)))
    with qtbot.waitSignal(session.written_down):
        session.hear_so_far(recording(2.0), 0.0)
    session.begin_dictation()
    with qtbot.waitSignal(session.heard) as heard:
        session.hear_rest(recording(1.0), 0.0)
    assert heard.args[0].text == "New."


# --- with the model ---------------------------------------------------------------------------


@pytest.mark.model
def test_what_is_spoken_into_the_microphone_is_written_while_it_goes_on(qtbot, tmp_path) -> None:
    """A person's speech, played in the microphone's place as fast as it was spoken."""
    speech = load_audio(SOUND / "prompts.ogg").between(0.0, 33.0)  # five sentences
    path = tmp_path / "speech.wav"
    silence = np.zeros(5 * SAMPLE_RATE, np.float32)  # the person takes a breath, then lets go
    played = np.concatenate([np.frombuffer(speech.pcm, "<f4"), silence])
    soundfile.write(path, played, SAMPLE_RATE)
    listening, session = Recorder(), Session(ProcessEngine)
    shown: list[str] = []
    begins: list[float] = []
    session.spoken_so_far.connect(shown.append)
    session.written_down.connect(listening.go_on)
    listening.grown.connect(session.hear_so_far)
    listening.recorded.connect(lambda audio, begin: begins.append(begin))
    listening.recorded.connect(session.hear_rest)
    listening.started.connect(session.begin_dictation)
    try:
        with qtbot.waitSignals(
            [listening.grown, session.written_down],
            timeout=PATIENCE,
            check_params_cbs=[all_was_said, far],
        ):
            listening.start(f"file:{path}")
        with qtbot.waitSignal(session.heard, timeout=PATIENCE) as heard:
            listening.stop()
    finally:
        assert listening.close()
        assert session.close()
    said = " ".join((SOUND / "prompts.txt").read_text("utf-8").splitlines()[:5])
    transcript = heard.args[0]
    assert word_errors(said, transcript.text) <= 0.05 * len(words_of(said))
    assert transcript.text.startswith(shown[-1])
    assert begins[0] > 15  # so much needed not be heard any more
    assert [s.start for s in transcript.segments] == sorted(s.start for s in transcript.segments)


def all_was_said(audio: AudioInput, begin_s: float) -> bool:
    return begin_s + audio.seconds > 33


def far(written_s: float) -> bool:
    return written_s > 20
