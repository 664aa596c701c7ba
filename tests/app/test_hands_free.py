"""A conversation by voice in the whole window, with a scripted engine and a scripted microphone."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from mmdesk.settings import Settings
from mmdesk.values import AudioInput, Transcribed, TranscribeRequest, Transcript
from tests.fakes.scripted_engine import words
from tests.window_user import SLOW, WindowUser, loaded_then

FIRST, SECOND = (AudioInput("microphone", b"\0" * 64, name) for name in ("first", "second"))


def script(request):
    if isinstance(request, TranscribeRequest):
        said = {"first": "how are you", "second": "how are you today"}
        return [Transcribed(request.audio.sha256, Transcript(said.get(request.audio.sha256, "")))]
    return words("Fine. Thanks.")


@pytest.fixture
def talker(open_window, qtbot, tmp_path, monkeypatch) -> WindowUser:
    """Return a user whose conversation has begun."""
    speaker = f"file:{tmp_path / 'heard.wav'}"
    person: WindowUser = open_window(loaded_then(script), Settings(speaker=speaker))
    person.app.reader._synthesiser._module = "tests.workers.fake_speech_main"
    listener = person.app.hands_free.listener
    monkeypatch.setattr(listener, "start", lambda _device: listener.ready.emit())
    person.press("talkButton")
    return person


def state(person: WindowUser) -> str:
    return person.app.hands_free.state


def say(person: WindowUser, qtbot, audio: AudioInput = FIRST) -> None:
    listener = person.app.hands_free.listener
    listener.speech_began.emit()
    with qtbot.waitSignal(person.app.speech.utterance_transcribed, timeout=SLOW):
        listener.speech_paused.emit(audio)
    listener.speech_ended.emit()


def test_a_question_is_sent_after_a_pause_and_its_answer_spoken(talker, qtbot) -> None:
    assert talker.reads("Listening")
    states: list[str] = []
    reader = talker.app.reader
    reader.sentence_started.connect(lambda _sentence: states.append(state(talker)))
    with qtbot.waitSignal(reader.ended, timeout=SLOW):
        say(talker, qtbot)
    assert talker.reads("how are you")
    assert talker.reads("Fine. Thanks.")
    assert states == ["speaking", "speaking"]
    assert state(talker) == "listening"


def test_nothing_is_sent_while_the_user_goes_on(talker, qtbot) -> None:
    listener, chat = talker.app.hands_free.listener, talker.app.chat
    listener.speech_began.emit()
    with qtbot.waitSignal(talker.app.speech.utterance_transcribed, timeout=SLOW):
        listener.speech_paused.emit(FIRST)
    assert talker.reads("how are you")  # so far
    listener.speech_resumed.emit()
    assert chat.is_empty()
    with qtbot.waitSignal(chat.answers.finished, timeout=SLOW):
        listener.speech_paused.emit(SECOND)
        listener.speech_ended.emit()
    assert chat.conversation.path[0].turn.text == "how are you today"


def test_speaking_interrupts_the_answer(talker, qtbot) -> None:
    reader = talker.app.reader
    with qtbot.waitSignal(reader.sentence_started, timeout=SLOW):
        say(talker, qtbot)
    talker.app.hands_free.listener.speech_began.emit()
    assert reader.speaking == ""
    assert state(talker) == "hearing"


def test_escape_interrupts_the_voice_and_listens_again(talker, qtbot) -> None:
    reader = talker.app.reader
    with qtbot.waitSignals([reader.sentence_started, talker.app.chat.answers.finished]):
        say(talker, qtbot)
    with qtbot.waitSignal(reader.ended):
        qtbot.keyClick(talker.window.composer.input, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: state(talker) == "listening")


def test_silence_is_not_sent(talker, qtbot) -> None:
    say(talker, qtbot, AudioInput("microphone", b"\0" * 64, "silence"))
    assert talker.app.chat.is_empty()
    assert state(talker) == "listening"


def test_muting_is_shown_and_undone(talker, qtbot) -> None:
    talker.press("muteButton")
    assert talker.reads("Muted")
    talker.press("muteButton")
    assert state(talker) == "listening"


@pytest.mark.parametrize("button", ["talkButton", "endTalkButton", "micButton"])
def test_the_conversation_ends_by_its_buttons_and_by_dictation(talker, button, monkeypatch) -> None:
    monkeypatch.setattr(talker.app.recorder, "start", lambda _device: None)
    talker.press(button)
    assert state(talker) == ""
    assert not talker.window.findChild(QWidget, "talkBar").isVisible()


def test_a_microphone_that_is_unplugged_and_plugged_in_again(talker) -> None:
    listener = talker.app.hands_free.listener
    listener.device_lost.emit()
    assert talker.reads("The microphone was disconnected")
    listener.ready.emit()
    assert state(talker) == "listening"


def test_a_microphone_that_cannot_be_opened_ends_it_with_a_sentence(talker) -> None:
    talker.app.hands_free.listener.failed.emit("No microphone was found.", "Plug one in.")
    assert state(talker) == ""
    assert talker.reads("No microphone was found.")


def test_answers_are_not_read_any_more_after_its_end(talker, qtbot) -> None:
    talker.press("endTalkButton")
    talker.ask("How are you?")
    assert talker.app.reader.speaking == ""


def test_what_was_not_sent_yet_belongs_to_what_follows(talker, qtbot) -> None:
    said: list[AudioInput] = []
    talker.app.speech.transcribe_utterance = said.append  # type: ignore[method-assign]
    listener = talker.app.hands_free.listener
    for audio in (FIRST, SECOND):
        listener.speech_began.emit()
        listener.speech_paused.emit(audio)
        listener.speech_ended.emit()
    assert [len(audio.pcm) for audio in said] == [64, 128]


def test_what_was_typed_before_is_kept(talker, qtbot) -> None:
    talker.type("Politely:")
    with qtbot.waitSignal(talker.app.chat.answers.finished, timeout=SLOW):
        say(talker, qtbot)
    assert talker.app.chat.conversation.path[0].turn.text == "Politely: how are you"
