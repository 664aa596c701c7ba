"""Transcripts in the whole window: made once, played, exported, summarised as minutes."""

from __future__ import annotations

import hashlib
import threading

import numpy as np
import pytest

from mmdesk import inputs
from mmdesk.errors import Cancelled, MMDeskError
from mmdesk.settings import Settings
from mmdesk.values import (
    AudioInput,
    Segment,
    Task,
    Transcribed,
    TranscribeRequest,
    Transcript,
    Turn,
    Word,
)
from tests.fakes.scripted_engine import ScriptedEngine, words
from tests.window_user import SLOW, WindowUser, loaded_then

PCM = np.full(16_000 * 3, 0.1, "<f4").tobytes()
AUDIO = AudioInput("talk.wav", PCM, hashlib.sha256(PCM).hexdigest())
SPOKEN = (Word(0.5, 0.9, "We"), Word(0.9, 1.4, "decided"), Word(1.4, 2.0, "it."))
TALK = Transcript("We decided it.", "en", 0.9, (Segment(0.5, 2.0, "We decided it.", SPOKEN),))


def hear(request):
    if isinstance(request, TranscribeRequest):
        return [Transcribed(request.audio.sha256, TALK)]
    return words("Yes.")


@pytest.fixture
def engine() -> ScriptedEngine:
    return loaded_then(hear)


@pytest.fixture
def person(open_window, engine) -> WindowUser:
    user: WindowUser = open_window(engine, Settings())
    user.app.loader.loaded.emit(AUDIO)
    return user


def open_transcript(person: WindowUser):
    with person.qtbot.waitSignal(person.app.recordings.transcribed, timeout=SLOW):
        person.press("transcriptChip")
    return person.app.sounds.transcripts.dialog


def test_a_card_opens_the_transcript_and_stays(person) -> None:
    dialog = open_transcript(person)
    assert dialog.text.toPlainText() == "0:00\tWe decided it."
    dialog.reject()
    (sound,) = person.window.attachments.sounds
    assert sound.transcript == TALK


def test_it_is_made_once_and_stored_with_the_message(person, engine, qtbot) -> None:
    open_transcript(person).reject()
    open_transcript(person).reject()
    assert sum(isinstance(one, TranscribeRequest) for one in engine.requests) == 1
    person.ask("What is this?")
    found: list[object] = []
    shown = person.app.chat.current
    person.app.history.call(lambda store: store.open(shown), found.append)
    qtbot.waitUntil(lambda: bool(found))
    assert found[0].messages[0].turn.audio[0].transcript == TALK


def test_the_transcript_of_a_sent_sound_is_stored_as_well(person, qtbot) -> None:
    person.ask("What is this?")
    with qtbot.waitSignal(person.app.recordings.transcribed, timeout=SLOW):
        person.window.attachment_actions.transcript_requested.emit(
            AudioInput(AUDIO.name, b"", AUDIO.sha256)
        )
    person.app.sounds.transcripts.dialog.reject()
    found: list[object] = []
    shown = person.app.chat.current
    person.app.history.call(lambda store: store.open(shown), found.append)
    qtbot.waitUntil(lambda: bool(found))
    assert found[0].messages[0].turn.audio[0].transcript == TALK


def test_a_word_is_played_and_followed(person, qtbot, monkeypatch) -> None:
    def play(_audio, cancel: threading.Event, start_s: float, on_position) -> None:
        on_position(start_s)
        cancel.wait(30)

    monkeypatch.setattr(inputs, "play", play)
    dialog = open_transcript(person)
    with qtbot.waitSignal(person.app.sounds.player.moved) as at:
        dialog.text.place_chosen.emit(0.9)
    assert at.args == [AUDIO.sha256, 0.9]
    assert dialog.play_button.text() == "Stop"
    assert [mark.cursor.selectedText() for mark in dialog.text.extraSelections()][1] == "decided"
    with qtbot.waitSignal(person.app.sounds.player.stopped):
        dialog.reject()


@pytest.mark.parametrize(
    ("suffix", "begins"), [("txt", "[0:00] We"), ("srt", "1\n00:00:00,500"), ("vtt", "WEBVTT")]
)
def test_it_is_exported(person, qtbot, tmp_path, suffix, begins) -> None:
    dialog = open_transcript(person)
    path = tmp_path / f"talk.{suffix}"
    dialog.save_wanted.emit(TALK, str(path))
    assert person.reads("Exported to")
    assert path.read_text().startswith(begins)
    dialog.reject()


def test_a_file_that_cannot_be_written_is_told_in_the_dialog(person, tmp_path) -> None:
    dialog = open_transcript(person)
    dialog.save_wanted.emit(TALK, str(tmp_path / "gone" / "talk.srt"))
    assert person.reads("talk.srt cannot be written")
    dialog.reject()


def test_it_becomes_minutes_in_the_chat(person, qtbot) -> None:
    dialog = open_transcript(person)
    with qtbot.waitSignal(person.app.chat.answers.ended, timeout=SLOW) as ended:
        dialog.minutes_button.click()
    assert ended.args[0].task == Task("minutes")
    turn: Turn = person.app.chat.conversation.path[0].turn
    assert turn.documents[0].text == "[0:00] We decided it."
    assert turn.documents[0].name == "Transcript of talk.wav"


def test_it_becomes_a_document(person) -> None:
    dialog = open_transcript(person)
    dialog.attach_button.click()
    (document,) = person.window.attachments.documents
    assert document.text == "[0:00] We decided it."


def test_transcribing_is_cancelled_and_gone_on_with(open_window, qtbot) -> None:
    first = threading.Event()

    def script(request):
        if isinstance(request, TranscribeRequest) and not first.is_set():
            first.set()
            return [Cancelled()]
        return hear(request)

    person: WindowUser = open_window(loaded_then(script), Settings())
    person.app.loader.loaded.emit(AUDIO)
    with qtbot.waitSignal(person.app.recordings.stopped, timeout=SLOW):
        person.press("transcriptChip")
    dialog = person.app.sounds.transcripts.dialog
    assert dialog.go_on_button.isVisible()
    with qtbot.waitSignal(person.app.recordings.transcribed, timeout=SLOW):
        dialog.go_on_button.click()
    assert not dialog.go_on_button.isVisible()
    assert "We decided it." in dialog.text.toPlainText()
    dialog.reject()


def test_a_sound_that_cannot_be_played_is_told_in_the_dialog(person, qtbot, monkeypatch) -> None:
    def refuse(*_of: object) -> None:
        raise MMDeskError("The sound can’t be played.", "Check the output.")

    monkeypatch.setattr(inputs, "play", refuse)
    dialog = open_transcript(person)
    with qtbot.waitSignal(person.app.sounds.player.failed):
        dialog.play_button.click()
    assert dialog.error.message.text() == "The sound can’t be played."
    assert dialog.play_button.text() == "Play"
    dialog.reject()
