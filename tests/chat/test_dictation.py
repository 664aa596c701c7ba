"""Speech is transcribed while it is spoken, and comes out as one transcript."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from mmdesk.chat import EngineController, SpeechToText
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
from mmdesk.workers import JobKind, JobQueue, Recorder, Ticket
from tests.fakes.scripted_engine import ScriptedEngine, words
from tests.quality.wer import word_errors
from tests.quality.wer import words as words_of
from tests.workers.waiting import GatedEngine, request_job

PATIENCE = 600_000  # ms, for the real model on a busy machine
SOUND = Path(__file__).parents[1] / "fixtures" / "sound"


def recording(seconds: float) -> AudioInput:
    """Every sample says which it is, so that a stretch can be told from another."""
    whole = b"".join(at.to_bytes(4, "little") for at in range(round(seconds * SAMPLE_RATE)))
    return AudioInput("said", whole, "whole")


def begin_of(request: TranscribeRequest) -> float:
    """Return the second of `recording` at which the request begins."""
    return int.from_bytes(request.audio.pcm[:4], "little") / SAMPLE_RATE


def piece(text: str, settled_s: float | None, language: str = "en") -> Callable:
    segments = (Segment(0.25, 0.75, text),) if text else ()
    transcript = Transcript(text, language if text else "", 0.95 if text else 0.0, segments)
    return lambda request: [Transcribed(request.audio.sha256, transcript, settled_s)]


@pytest.fixture
def queue_of(qtbot) -> Iterator[Callable[..., JobQueue]]:
    made: list[JobQueue] = []

    def make(engine: object) -> JobQueue:
        made.append(JobQueue(lambda: engine))  # type: ignore[arg-type, return-value]
        return made[-1]

    yield make
    for queue in made:
        assert queue.close()


@pytest.fixture
def speech_of(queue_of) -> Callable[..., SpeechToText]:
    def make(engine: object) -> SpeechToText:
        speech = SpeechToText(queue_of(engine))
        speech.begin_dictation()
        return speech

    return make


def test_pieces_and_the_rest_become_one_transcript(qtbot, speech_of) -> None:
    engine = ScriptedEngine(piece("Good day.", 1.0), piece("How are", 1.5), piece("you?", None))
    speech = speech_of(engine)
    shown: list[str] = []
    speech.dictated.connect(shown.append)
    with qtbot.waitSignal(speech.transcribed_until) as written:
        speech.transcribe_piece(recording(2.0), 0.0)
    assert written.args == [1.0]
    with qtbot.waitSignal(speech.transcribed_until) as written:
        speech.transcribe_piece(recording(4.0).between(1.0), 1.0)
    assert written.args == [2.5]
    with qtbot.waitSignal(speech.transcribed) as heard:
        speech.transcribe_rest(recording(4.0).between(2.5), 2.5)
    transcript = heard.args[0]
    assert transcript.text == "Good day. How are you?"
    assert [round(s.start, 3) for s in transcript.segments] == [0.25, 1.25, 2.75]
    assert shown == ["Good day.", "Good day. How are"]
    assert [begin_of(request) for request in engine.requests] == [0.0, 1.0, 2.5]
    assert [request.unfinished for request in engine.requests] == [True, True, False]


def test_only_the_rest_is_transcribed_after_the_button_is_released(qtbot, speech_of) -> None:
    """Also where a piece was still being written down at that moment."""
    gate = threading.Event()
    scripts = piece("A long piece.", 3.0), piece("The rest.", None)
    engine = ScriptedEngine(*scripts, delay=gate.wait)
    speech = speech_of(engine)
    speech.transcribe_piece(recording(4.0), 0.0)
    qtbot.waitUntil(lambda: bool(engine.requests))
    with qtbot.waitSignal(speech.transcribed) as heard:
        speech.transcribe_rest(recording(5.0), 0.0)
        gate.set()
    assert heard.args[0].text == "A long piece. The rest."
    assert [begin_of(request) for request in engine.requests] == [0.0, 3.0]


def test_a_piece_that_has_not_begun_is_left_out(qtbot, queue_of) -> None:
    gate = threading.Event()
    engine = ScriptedEngine(words("Hello."), piece("All of it.", None), delay=gate.wait)
    queue = queue_of(engine)
    speech = SpeechToText(queue)
    job = request_job(ChatRequest((Turn("user", "Hi"),)))
    queue.submit(Ticket(JobKind.ANSWER, lambda: job))
    qtbot.waitUntil(lambda: bool(engine.requests))
    speech.transcribe_piece(recording(4.0), 0.0)
    with qtbot.waitSignal(speech.transcribed) as heard:
        speech.transcribe_rest(recording(5.0), 0.0)
        gate.set()
    assert heard.args[0].text == "All of it."
    assert len(engine.requests) == 2


def test_the_language_of_a_piece_is_that_of_the_next(qtbot, speech_of) -> None:
    engine = ScriptedEngine(piece("你好。", 1.0, "zh"), piece("世界", None, "zh"))
    speech = speech_of(engine)
    with qtbot.waitSignal(speech.transcribed_until):
        speech.transcribe_piece(recording(2.0), 0.0)
    with qtbot.waitSignal(speech.transcribed) as heard:
        speech.transcribe_rest(recording(3.0).between(1.0), 1.0)
    assert heard.args[0].text == "你好。世界"
    assert [request.language for request in engine.requests] == [None, "zh"]


def test_only_what_is_said_in_one_go_is_a_question_about_a_picture(qtbot, speech_of) -> None:
    asked = Transcript("What colours the dark?", "en", 0.9, question="What color is the dog?")
    engine = ScriptedEngine(piece("", 1.0), lambda r: [Transcribed(r.audio.sha256, asked)])
    speech = speech_of(engine)
    with qtbot.waitSignal(speech.transcribed_until):
        speech.transcribe_piece(recording(2.0), 0.0)
    with qtbot.waitSignal(speech.transcribed) as heard:
        speech.transcribe_rest(recording(3.0).between(1.0), 1.0, about_picture=True)
    assert heard.args[0].meant == "What color is the dog?"
    assert [request.about_picture for request in engine.requests] == [False, True]

    engine = ScriptedEngine(piece("Dear Ann,", 1.0), piece("how are you?", None))
    speech = speech_of(engine)
    with qtbot.waitSignal(speech.transcribed_until):
        speech.transcribe_piece(recording(2.0), 0.0)
    with qtbot.waitSignal(speech.transcribed) as heard:
        speech.transcribe_rest(recording(3.0).between(1.0), 1.0, about_picture=True)
    assert heard.args[0].meant == "Dear Ann, how are you?"
    assert [request.about_picture for request in engine.requests] == [False, False]


def test_silence_moves_on_and_says_nothing(qtbot, speech_of) -> None:
    speech = speech_of(ScriptedEngine(piece("", 9.0), piece("", None)))
    shown: list[str] = []
    speech.dictated.connect(shown.append)
    with qtbot.waitSignal(speech.transcribed_until) as written:
        speech.transcribe_piece(recording(11.0), 0.0)
    assert written.args == [9.0]
    with qtbot.waitSignal(speech.transcribed) as heard:
        speech.transcribe_rest(recording(12.0).between(9.0), 9.0)
    assert heard.args[0] == Transcript("")
    assert shown == []


def test_a_failure_is_told_once_when_all_was_said(qtbot, queue_of) -> None:
    scripted = ScriptedEngine([ModelUnavailable("No speech part.")])
    queue = queue_of(scripted)
    speech, engine = SpeechToText(queue), EngineController(queue)
    problems: list[str] = []
    engine.problem_arose.connect(lambda _kind, message, _hint: problems.append(message))
    speech.begin_dictation()
    speech.transcribe_piece(recording(2.0), 0.0)
    qtbot.waitUntil(lambda: bool(scripted.requests) and not engine.is_busy())
    with qtbot.waitSignal(engine.problem_arose):
        speech.transcribe_rest(recording(3.0), 0.0)
    assert problems == ["No speech part."]


def test_an_answer_interrupts_a_transcription_which_then_starts_again(qtbot, queue_of) -> None:
    engine = GatedEngine()
    queue = queue_of(engine)
    speech = SpeechToText(queue)
    with qtbot.waitSignal(queue.started):
        speech.transcribe_rest(recording(1.0), 0.0)
    job = request_job(ChatRequest((Turn("user", "now"),)))
    asked = Ticket(JobKind.ANSWER, lambda: job)
    with qtbot.waitSignal(queue.started, check_params_cb=lambda ticket: ticket is asked):
        queue.submit(asked)
    with qtbot.waitSignal(speech.transcribing_changed):
        engine.gate.set()
    assert [type(request) for request in engine.requests[-2:]] == [ChatRequest, TranscribeRequest]


def test_a_new_recording_knows_nothing_of_the_last(qtbot, speech_of) -> None:
    speech = speech_of(ScriptedEngine(piece("Old.", 1.0), piece("New.", None)))
    with qtbot.waitSignal(speech.transcribed_until):
        speech.transcribe_piece(recording(2.0), 0.0)
    speech.begin_dictation()
    with qtbot.waitSignal(speech.transcribed) as heard:
        speech.transcribe_rest(recording(1.0), 0.0)
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
    recorder, queue = Recorder(), JobQueue(ProcessEngine)
    speech_to_text = SpeechToText(queue)
    shown: list[str] = []
    begins: list[float] = []
    speech_to_text.dictated.connect(shown.append)
    speech_to_text.transcribed_until.connect(recorder.keep_from)
    recorder.grown.connect(speech_to_text.transcribe_piece)
    recorder.recorded.connect(lambda audio, begin: begins.append(begin))
    recorder.recorded.connect(speech_to_text.transcribe_rest)
    recorder.started.connect(speech_to_text.begin_dictation)
    try:
        with qtbot.waitSignals(
            [recorder.grown, speech_to_text.transcribed_until],
            timeout=PATIENCE,
            check_params_cbs=[all_was_said, far],
        ):
            recorder.start(f"file:{path}")
        with qtbot.waitSignal(speech_to_text.transcribed, timeout=PATIENCE) as heard:
            recorder.stop()
    finally:
        assert recorder.close()
        assert queue.close()
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
