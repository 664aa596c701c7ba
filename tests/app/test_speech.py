"""Speech in the whole window: from the microphone into the composer, with a scripted engine."""

from __future__ import annotations

import io
import wave

import pytest
from PIL import Image

from mmdesk.settings import Settings
from mmdesk.translatable import TranslatableText
from mmdesk.values import (
    AudioInput,
    DescribeImagesRequest,
    ImageDescribed,
    ImageDescription,
    Transcribed,
    TranscribeRequest,
    Transcript,
)
from mmdesk.workers import recorder
from tests.fakes.scripted_engine import words
from tests.window_user import SLOW, WindowUser, loaded_then


@pytest.mark.parametrize("said", ["how are you", ""])
def test_speech_becomes_text_in_the_composer(open_window, qtbot, tmp_path, said) -> None:
    def script(request):
        return [Transcribed(request.audio.sha256, Transcript(said))]

    engine = loaded_then(script)
    person = open_window(engine, Settings(microphone=f"file:{wav(tmp_path)}"))
    speak(person, qtbot)
    assert isinstance(engine.requests[-1], TranscribeRequest)
    assert person.reads(said or "Nothing heard")


@pytest.mark.parametrize("pictured", [True, False])
def test_a_spoken_question_about_a_picture_lands_as_the_fused_model_heard_it(
    open_window, qtbot, tmp_path, pictured
) -> None:
    stream = io.BytesIO()
    Image.new("RGB", (20, 20), "blue").save(stream, "PNG")

    def script(request):
        if isinstance(request, DescribeImagesRequest):
            return [
                ImageDescribed(request.images[0].sha256, ImageDescription(caption="a blue square"))
            ]
        if not isinstance(request, TranscribeRequest):
            return words("")
        question = "What color is the square?" if request.about_picture else ""
        heard = Transcript("What colours the scare?", "en", 0.9, question=question)
        return [Transcribed(request.audio.sha256, heard)]

    engine = loaded_then(script)
    person = open_window(engine, Settings(microphone=f"file:{wav(tmp_path)}"))
    if pictured:
        with qtbot.waitSignal(person.app.describer.described, timeout=SLOW):
            person.window.composer.image_bytes_offered.emit("square.png", stream.getvalue())
    speak(person, qtbot)
    said = "What color is the square?" if pictured else "What colours the scare?"
    assert person.window.composer.turn().text == said


def test_speech_is_sent_at_once_when_that_is_set(open_window, qtbot, tmp_path) -> None:
    def script(request):
        if isinstance(request, TranscribeRequest):
            return [Transcribed(request.audio.sha256, Transcript("how are you"))]
        return words("Fine.")

    settings = Settings(microphone=f"file:{wav(tmp_path)}", send_spoken=True)
    person = open_window(loaded_then(script), settings)
    with qtbot.waitSignal(person.app.chat.answers.finished, timeout=SLOW):
        speak(person, qtbot)
    assert person.reads("Fine.")


def test_speech_is_shown_while_it_is_spoken(open_window, qtbot, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("mmdesk.workers.recorder.SNAPSHOT_EVERY_S", 0.1)

    def script(request):
        said = "The train" if request.unfinished else "leaves at nine."
        heard = Transcript(said, "en", 0.9)
        return [Transcribed(request.audio.sha256, heard, 0.05 if request.unfinished else None)]

    engine = loaded_then(script)
    person = open_window(engine, Settings(microphone=f"file:{wav(tmp_path, seconds=30)}"))
    with qtbot.waitSignal(person.app.speech.dictated, timeout=SLOW):
        person.press("micButton")
    assert person.reads("The train")
    with qtbot.waitSignal(person.app.speech.transcribed, timeout=SLOW):
        person.press("micButton")
    assert person.reads("The train leaves at nine.")
    pieces = [request for request in engine.requests[1:] if request.unfinished]
    assert engine.requests[-1] not in pieces
    assert len(pieces) >= 1


def wav(folder, seconds: float = 0.5) -> str:
    path = folder / "question.wav"
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(16_000)
        out.writeframes(b"\x00\x20\x00\xe0" * round(8_000 * seconds))
    return str(path)


def speak(person: WindowUser, qtbot) -> None:
    with qtbot.waitSignal(person.app.recorder.started, timeout=SLOW):
        person.press("micButton")
    with qtbot.waitSignal(person.app.speech.transcribed, timeout=SLOW):
        person.press("micButton")


def test_a_missing_microphone_is_told(open_window, qtbot) -> None:
    person = open_window(loaded_then(), Settings(microphone="file:/nowhere/at-all.wav"))
    with qtbot.waitSignal(person.app.recorder.failed, timeout=SLOW):
        person.press("micButton")
    assert person.reads("at-all.wav")


def test_finding_22_a_sound_file_becomes_a_summary(open_window, qtbot) -> None:
    def script(request):
        if isinstance(request, TranscribeRequest):
            return [Transcribed(request.audio.sha256, Transcript("The train leaves at nine."))]
        return words("A train leaves.")

    person = open_window(loaded_then(script), Settings())
    window = person.window
    notice = TranslatableText("The file ends after {minutes} minutes.", minutes=3)
    audio = AudioInput("a.wav", b"\0" * 64, "digest", notices=(notice,))
    person.app.loader.loaded.emit(audio)
    assert person.reads("The file ends after 3 minutes.")
    assert window.composer.turn().audio == (audio,)
    with qtbot.waitSignal(person.app.chat.answers.ended, timeout=SLOW):
        person.press("summariseSoundChip")
    assert window.attachments.is_empty()


def test_a_sound_without_speech_is_told(open_window, qtbot) -> None:
    engine = loaded_then(lambda request: [Transcribed(request.audio.sha256, Transcript(""))])
    person = open_window(engine, Settings())
    person.app.loader.loaded.emit(AudioInput("a.wav", b"\0" * 64, "digest"))
    with qtbot.waitSignal(person.app.recordings.transcribed, timeout=SLOW):
        person.press("summariseSoundChip")
    assert person.reads("No speech was found in a.wav.")


def test_the_recording_of_a_long_dictation_may_be_kept(
    open_window, qtbot, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr(recorder, "LONG_S", 0.0)

    def script(request):
        return [Transcribed(request.audio.sha256, Transcript("A long story."))]

    person = open_window(loaded_then(script), Settings(microphone=f"file:{wav(tmp_path)}"))
    speak(person, qtbot)
    bar = person.app.dictations.bar
    assert bar.isVisible()
    assert person.reads("Keep the recording?")
    with qtbot.waitSignal(person.app.recordings.transcribed, timeout=SLOW):
        person.press("keepTranscriptButton")
    dialog = person.app.sounds.transcripts.dialog
    assert dialog.windowTitle().startswith("Transcript of Dictation 20")
    dialog.reject()
    person.press("keepRecordingButton")
    (sound,) = person.window.attachments.sounds
    assert sound.transcript is not None
    assert sound.transcript.text == "A long story."
    assert not bar.isVisible()


def test_a_short_dictation_offers_nothing(open_window, qtbot, tmp_path) -> None:
    engine = loaded_then(lambda request: [Transcribed(request.audio.sha256, Transcript("Hi."))])
    person = open_window(engine, Settings(microphone=f"file:{wav(tmp_path)}"))
    speak(person, qtbot)
    assert person.app.dictations.bar is None
