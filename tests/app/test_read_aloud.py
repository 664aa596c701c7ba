"""Answers are read aloud in the whole window: by a button, as they come, until they are stopped."""

from __future__ import annotations

import threading
import wave

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from mmdesk.settings import Settings
from mmdesk.values import ModelInfo
from tests.fakes.scripted_engine import ScriptedEngine, words
from tests.window_user import LANGUAGE, SLOW, WindowUser, loaded_then

VOICE = ModelInfo(
    "piper-en-joe", "Joe", "voice", ("text",), "MIT", 70_000_000, 70_000_000, False, False
)


def opened(open_window, engine, tmp_path, **settings) -> WindowUser:
    speaker = f"file:{tmp_path / 'heard.wav'}"
    person: WindowUser = open_window(engine, Settings(speaker=speaker, **settings))
    person.app.reader._synthesiser._module = "tests.workers.fake_speech_main"
    return person


def heard(tmp_path) -> str:
    with wave.open(str(tmp_path / "heard.wav")) as sound:
        return sound.readframes(sound.getnframes()).decode("utf-16-le")


def button_name(person: WindowUser) -> str:
    return person.window.findChild(QWidget, "readAloudButton").accessibleName()


def test_the_button_reads_an_answer(open_window, qtbot, tmp_path) -> None:
    person = opened(open_window, loaded_then(words("One. Two.")), tmp_path)
    person.ask("Count.")
    with qtbot.waitSignal(person.app.reader.ended, timeout=SLOW):
        person.press("readAloudButton")
        assert button_name(person) == "Stop reading"
    assert heard(tmp_path) == "One.Two."
    assert button_name(person) == "Read aloud"


def test_answers_are_read_as_they_come_where_that_is_set(open_window, qtbot, tmp_path) -> None:
    person = opened(open_window, loaded_then(words("One. Two.")), tmp_path, read_aloud=True)
    with qtbot.waitSignal(person.app.reader.ended, timeout=SLOW):
        person.ask("Count.")
    assert heard(tmp_path) == "One.Two."


def test_nothing_is_read_unasked(open_window, qtbot, tmp_path) -> None:
    person = opened(open_window, loaded_then(words("One.")), tmp_path)
    person.ask("Count.")
    assert person.app.reader.speaking == ""


@pytest.mark.parametrize("way", ["button", "escape", "question", "new chat"])
def test_reading_stops_at_once(open_window, qtbot, tmp_path, way) -> None:
    text = f"{'a' * 40_000}. Two."
    person = opened(open_window, loaded_then(words(text), words("Next.")), tmp_path)
    person.ask("Count.")
    reader = person.app.reader
    with qtbot.waitSignal(reader.sentence_started, timeout=SLOW):
        person.press("readAloudButton")
    with qtbot.waitSignal(reader.ended):
        if way == "button":
            person.press("readAloudButton")
        elif way == "escape":
            qtbot.keyClick(person.window.composer.input, Qt.Key.Key_Escape)
        elif way == "question":
            person.ask("More.")
        else:
            person.window.start_new_chat()
    assert reader.speaking == ""
    assert not reader._player.is_playing()


def test_an_answer_that_is_stopped_is_silent(open_window, qtbot, tmp_path) -> None:
    gate = threading.Event()
    gate.set()
    engine = ScriptedEngine([], words("One. Two."), delay=lambda: gate.wait(20))
    person = opened(open_window, engine, tmp_path, read_aloud=True)
    gate.clear()
    with qtbot.waitSignal(person.app.chat.answers.began):
        person.type("Count.")
        person.press("sendButton")
    with qtbot.waitSignal(person.app.reader.ended):
        person.press("stopButton")
        gate.set()
    assert person.app.reader.speaking == ""


def test_a_language_without_a_voice_is_told(open_window, qtbot, tmp_path) -> None:
    person = opened(open_window, loaded_then(words("klingon.")), tmp_path)
    person.ask("Speak.")
    with qtbot.waitSignal(person.app.reader.ended, timeout=SLOW):
        person.press("readAloudButton")
    assert person.reads("There is no voice for Klingon on this computer.")


def test_a_missing_voice_is_offered_with_its_size_and_licences(
    open_window, qtbot, tmp_path, monkeypatch
) -> None:
    person = opened(open_window, loaded_then(words("voiceless.")), tmp_path)
    parts = person.app.parts
    parts._on_listed((LANGUAGE, VOICE), ())
    fetched: list[str] = []
    monkeypatch.setattr(parts, "fetch", fetched.append)
    person.ask("Speak.")
    with qtbot.waitSignal(person.app.reader.ended, timeout=SLOW):
        person.press("readAloudButton")
    qtbot.waitUntil(lambda: person.window.findChild(QWidget, "voiceOffer") is not None)
    offer = person.window.findChild(QWidget, "voiceOffer")
    assert "70 MB" in offer.informativeText()
    assert "MIT" in offer.informativeText()
    person.press("voiceOfferYes")
    assert fetched == ["piper-en-joe"]


def test_a_key_reads_the_last_answer_and_stops_it(open_window, qtbot, tmp_path) -> None:
    person = opened(open_window, loaded_then(words("One."), words(f"{'b' * 40_000}.")), tmp_path)
    person.ask("First.")
    person.ask("Second.")
    reader = person.app.reader
    with qtbot.waitSignal(reader.sentence_started, timeout=SLOW) as started:
        person.window.conversation.read_last_aloud()
    assert started.args[0].text.startswith("b")
    with qtbot.waitSignal(reader.ended):
        person.window.conversation.read_last_aloud()


def test_a_voice_that_was_declined_is_not_offered_with_every_answer(
    open_window, qtbot, tmp_path
) -> None:
    engine = loaded_then(words("voiceless."))
    person = opened(open_window, engine, tmp_path, read_aloud=True)
    person.app.parts._on_listed((LANGUAGE, VOICE), ())
    offers: list[bool] = []
    for question in ("First.", "Second."):
        with qtbot.waitSignal(person.app.reader.ended, timeout=SLOW):
            person.ask(question)
        offer = person.window.findChild(QWidget, "voiceOffer")
        offers.append(offer is not None)
        if offer is not None:
            person.press("voiceOfferNo")
            qtbot.waitUntil(lambda: person.window.findChild(QWidget, "voiceOffer") is None)
    assert offers == [True, False]
