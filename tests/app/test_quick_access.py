"""The quick question in the whole window: asked, forgotten, stopped, and kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QImage, QKeySequence
from PySide6.QtWidgets import QKeySequenceEdit, QLabel

from mmdesk.desktop import HotkeyRefused, hotkeys
from mmdesk.errors import EngineDied
from mmdesk.settings import Settings
from mmdesk.translatable import TranslatableText
from mmdesk.ui import global_key_fields
from mmdesk.ui.quick_ask import QuickAsk
from mmdesk.ui.settings_dialog import SettingsDialog
from mmdesk.values import ChatRequest
from tests.fakes.scripted_engine import words
from tests.window_user import SLOW, WindowUser, loaded_then
from tests.workers.waiting import GatedEngine


class TakenKeys(QObject):
    """Desktop on which other programs have all keys."""

    pressed = Signal(str)

    def register(self, _name: str, keys: str) -> None:
        raise HotkeyRefused(
            TranslatableText("{keys} is already used by another program.", keys=keys)
        )

    def clear(self) -> None:
        """Hold nothing."""

    close = clear


def opened(person: WindowUser) -> QuickAsk:
    person.app.quick_access.run("quick")
    ask = person.window.quick_access.quick_ask
    assert ask is not None
    return ask


def asked(person: WindowUser, text: str) -> QuickAsk:
    ask = opened(person)
    person.qtbot.keyClicks(ask.field, text)
    with person.qtbot.waitSignal(person.app.quick_access.quick.answer_finished, timeout=SLOW):
        person.qtbot.keyClick(ask.field, Qt.Key.Key_Return)
    return ask


def stored(person: WindowUser) -> list[str]:
    """Return the titles of all conversations, read anew."""
    with person.qtbot.waitSignal(person.app.history.listed) as listed:
        person.app.history.list_conversations()
    return [info.title for info in listed.args[0]]


def test_a_quick_question_is_answered_and_leaves_nothing(open_window, qtbot) -> None:
    person = open_window(loaded_then(words("Paris."), words("Rome.")))
    ask = asked(person, "Capital of France?")
    assert ask.answer.message.text.source_text == "Paris."
    assert person.app.chat.is_empty()
    qtbot.keyClick(ask.field, Qt.Key.Key_Escape)
    assert stored(person) == []
    again = asked(person, "Capital of Italy?")
    assert again.answer.message.text.source_text == "Rome."
    texts = [turn.text for turn in person.app.queue._worker._engine.requests[-1].turns]
    assert "Capital of France?" not in "".join(texts)


def test_what_is_opened_in_mmdesk_is_kept_and_shown(open_window, qtbot) -> None:
    person = open_window(loaded_then(words("Paris.")))
    ask = asked(person, "Capital of France?")
    with qtbot.waitSignal(person.app.chat.shown):
        ask.keep_button.click()
    assert person.reads("Capital of France?")
    assert person.reads("Paris.")
    assert "Capital of France?" in stored(person)[0]


def test_an_answer_that_still_comes_goes_on_in_the_window(open_window, qtbot) -> None:
    engine = GatedEngine()
    engine.gate.set()
    person = open_window(engine)
    engine.gate.clear()
    ask = opened(person)
    qtbot.keyClicks(ask.field, "count")
    with qtbot.waitSignal(person.app.quick_access.quick.text_arrived, timeout=SLOW):
        qtbot.keyClick(ask.field, Qt.Key.Key_Return)
    with qtbot.waitSignal(person.app.chat.shown):
        ask.keep_button.click()
    with qtbot.waitSignal(person.app.chat.answers.finished):
        engine.gate.set()
    assert len(stored(person)) == 1
    assert person.app.chat.conversation.path[-1].state == "whole"


def test_closing_stops_the_answer(open_window, qtbot) -> None:
    engine = GatedEngine()
    engine.gate.set()
    person = open_window(engine)
    engine.gate.clear()
    ask = opened(person)
    qtbot.keyClicks(ask.field, "count")
    with qtbot.waitSignal(person.app.quick_access.quick.text_arrived, timeout=SLOW):
        qtbot.keyClick(ask.field, Qt.Key.Key_Return)
    with qtbot.waitSignal(person.app.queue.cancelled):
        qtbot.keyClick(ask.field, Qt.Key.Key_Escape)
    engine.gate.set()
    assert stored(person) == []


def test_an_error_is_told_in_the_small_window(open_window, qtbot) -> None:
    person = open_window(loaded_then([EngineDied("It stopped.")]))
    ask = opened(person)
    qtbot.keyClicks(ask.field, "hello")
    with qtbot.waitSignal(person.app.quick_access.quick.answer_failed, timeout=SLOW):
        qtbot.keyClick(ask.field, Qt.Key.Key_Return)
    assert ask.answer.message.error is not None
    assert ask.field.toPlainText() == "hello"


def test_a_picture_of_the_clipboard_reaches_the_model(open_window, qtbot) -> None:
    person = open_window(loaded_then(lambda request: words("A red one.")))
    image = QImage(64, 48, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    QGuiApplication.clipboard().setImage(image)
    ask = opened(person)
    qtbot.keyClicks(ask.field, "Which colour is it")
    ask.sources.picture_choice.click()
    with qtbot.waitSignal(person.app.quick_access.quick.answer_finished, timeout=SLOW):
        qtbot.keyClick(ask.field, Qt.Key.Key_Return)
    engine = person.app.queue._worker._engine
    images = [
        (image.width, image.height)
        for request in engine.requests
        if isinstance(request, ChatRequest)
        for turn in request.turns
        for image in turn.images
    ]
    assert (64, 48) in images
    assert person.window.attachments.is_empty()


def test_a_picture_that_cannot_be_decoded_is_told_there(open_window, qtbot) -> None:
    person = open_window(loaded_then(words("no")))
    ask = opened(person)
    with qtbot.waitSignal(person.app.quick_access._loader.failed, timeout=SLOW):
        ask.answer.begin("what?")
        ask.asked.emit(person.window.composer.turn(), b"no picture")
    assert ask.answer.message.error is not None


def test_a_key_that_cannot_be_had_is_told_in_the_settings(open_window, qtbot) -> None:
    person = open_window(loaded_then(words("x")), Settings(quick_key="Ctrl+Alt+Q"))
    person.window.open_settings()
    dialog = person.window.findChild(SettingsDialog)
    texts = [label.text() for label in dialog.findChildren(QLabel)]
    assert any("mmdesk quick" in text for text in texts)  # this platform lets nobody have keys
    assert dialog.findChild(QKeySequenceEdit, "quickKeyChoice") is None
    assert dialog.settings().quick_key == "Ctrl+Alt+Q"
    dialog.close()


def test_a_key_that_is_taken_is_told_beside_its_field(open_window, qtbot, monkeypatch) -> None:
    monkeypatch.setattr(global_key_fields, "hotkeys_are_possible", lambda: True)
    monkeypatch.setattr(hotkeys, "_make_backend", TakenKeys)
    person = open_window(loaded_then(words("x")))
    person.window.open_settings()
    dialog = person.window.findChild(SettingsDialog)
    state = dialog.findChild(QLabel, "quickKeyState")
    assert not state.isVisible()
    dialog.findChild(QKeySequenceEdit, "quickKeyChoice").setKeySequence(QKeySequence("Ctrl+Alt+T"))
    qtbot.waitUntil(state.isVisible)
    assert state.text() == "Ctrl+Alt+T is already used by another program."
    assert person.app.settings.quick_key == "Ctrl+Alt+T"
    dialog.undo.click()
    qtbot.waitUntil(lambda: person.app.settings.quick_key == "")


@pytest.mark.parametrize("command", ["quick", "capture"])
def test_a_command_of_the_terminal_is_carried_out(
    open_window, qtbot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: str
) -> None:
    person = open_window(loaded_then(words("x")))
    access, done = person.window.quick_access, []
    monkeypatch.setattr(access, "open_quick_ask", lambda: done.append("quick"))
    monkeypatch.setattr(access, "capture", lambda: done.append("capture"))
    person.app.quick_access.commands.commanded.emit(command)
    assert done == [command]
