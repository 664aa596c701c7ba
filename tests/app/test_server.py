"""A model on another computer in the window: listed, signed, asked, and what it thinks folded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPushButton, QWidget

from mmdesk.app.engine_factory import EarlyEngine, engine_factory, engine_part
from mmdesk.app.server_controller import server_model_info
from mmdesk.engine import RemoteEngine
from mmdesk.settings import Settings
from mmdesk.ui.thinking_section import ThinkingSection
from mmdesk.values import ChatRequest, ReasoningChunk, TextChunk
from tests.fakes.chat_server import ChatServer
from tests.fakes.scripted_engine import ScriptedEngine
from tests.window_user import LANGUAGE, SLOW, WindowUser

SERVED = replace(Settings(), server="http://gpu.example:8000", server_model="org/big-model.gguf")
BIG = "server:org/big-model.gguf"


def script(request: object) -> list:
    if not isinstance(request, ChatRequest):
        return []
    return [ReasoningChunk("Hm. "), ReasoningChunk("Yes."), TextChunk("It is.")]


@pytest.fixture
def engine() -> ScriptedEngine:
    return ScriptedEngine(*[script] * 20)


@pytest.fixture
def person(open_window, engine) -> WindowUser:
    return open_window(engine, SERVED)


@pytest.fixture
def server() -> Iterator[ChatServer]:
    served = ChatServer()
    yield served
    served.close()


def choose(person: WindowUser, model: str) -> None:
    box = person.window.findChild(QComboBox, "modelSelector")
    at = box.findData(model)
    assert at >= 0
    box.setCurrentIndex(at)
    box.activated.emit(at)


def sign(person: WindowUser) -> QWidget:
    return person.window.findChild(QWidget, "serverSign")


def ask(person: WindowUser, text: str) -> None:
    with person.qtbot.waitSignal(person.app.chat.answers.finished, timeout=SLOW):
        person.type(text)
        person.press("sendButton")


def test_the_model_is_in_the_selector_and_a_sign_stays_while_it_answers(person, engine) -> None:
    box = person.window.findChild(QComboBox, "modelSelector")
    assert box.currentData() == LANGUAGE.id
    assert box.itemText(box.findData(BIG)) == "big-model at gpu.example:8000"
    assert not sign(person).isVisible()
    choose(person, BIG)
    assert sign(person).isVisible()
    text = person.window.findChild(QLabel, "serverSignText").text()
    assert "go to gpu.example:8000." in text
    assert "not encrypted" in text
    ask(person, "first")
    assert engine.requests[-1].model == BIG
    assert sign(person).isVisible()
    choose(person, LANGUAGE.id)
    assert not sign(person).isVisible()


def test_thoughts_are_folded_stored_and_not_in_the_next_prompt(person, engine) -> None:
    ask(person, "first")
    section = person.window.findChild(ThinkingSection)
    button = section.findChild(QPushButton, "thinkingButton")
    assert button.text().startswith("Thought for ")
    assert not section.body.isVisible()
    button.click()
    assert section.body.isVisible()
    assert section.body.text() == "Hm. Yes."
    ask(person, "second")
    turns = engine.requests[-1].turns
    assert [turn.text for turn in turns][-3:] == ["first", "It is.", "second"]
    assert not any("Hm." in turn.text for turn in turns)
    conversation = person.app.chat.current
    person.app.chat.begin_new()
    with person.qtbot.waitSignal(person.app.chat.shown, timeout=SLOW) as opened:
        person.app.chat.open(conversation)
    (shown,) = opened.args
    assert shown.messages[1].reasoning == "Hm. Yes."
    assert shown.messages[1].turn.text == "It is."
    section = person.window.findChildren(ThinkingSection)[-1]
    assert section.button.text().startswith("Thought")


def test_the_settings_list_the_models_of_a_server(person, server) -> None:
    server.models = {"data": [{"id": "one"}, {"id": "two"}]}
    person.window.open_settings()
    dialog = person.window.findChild(QWidget, "settingsDialog")
    dialog.findChild(QLineEdit, "serverAddress").setText(server.url)
    dialog.findChild(QLineEdit, "serverKey").setText("secret")
    model = dialog.findChild(QComboBox, "serverModel")
    model.setEditText("")
    dialog.findChild(QPushButton, "findServerModels").click()
    person.qtbot.waitUntil(lambda: model.count() == 2, timeout=SLOW)
    assert model.currentText() == "one"
    assert server.keys == ["Bearer secret"]
    server.models = 404
    dialog.findChild(QPushButton, "findServerModels").click()
    state = dialog.findChild(QLabel, "serverState")
    person.qtbot.waitUntil(lambda: "reports" in state.text(), timeout=SLOW)
    dialog.findChild(QLineEdit, "serverKey").clear()
    dialog.accept()
    assert person.app.settings.server == server.url
    assert person.app.settings.server_model == "one"
    box = person.window.findChild(QComboBox, "modelSelector")
    assert box.findData("server:one") >= 0
    assert box.findData(BIG) < 0
    assert box.currentData() == LANGUAGE.id


def test_a_wrong_address_is_told_and_changes_nothing_else(person) -> None:
    person.window.open_settings()
    dialog = person.window.findChild(QWidget, "settingsDialog")
    dialog.findChild(QLineEdit, "serverAddress").setText("ftp://x")
    dialog.accept()
    assert person.reads("ftp://x is not the address of a server.")
    box = person.window.findChild(QComboBox, "modelSelector")
    assert box.count() == 1


def test_the_engine_asks_the_server_that_is_set_up() -> None:
    engine = engine_factory(SERVED)()
    assert isinstance(engine, RemoteEngine)
    engine.close()
    assert engine_part(SERVED) != engine_part(Settings())
    early = EarlyEngine(replace(SERVED, model=BIG))
    early.start()
    assert early._engine is None  # no model of this computer is loaded for nothing
    for wrong in (Settings(), replace(SERVED, server="ftp://x")):
        engine = engine_factory(wrong)()
        assert not isinstance(engine, RemoteEngine)
        engine.close()


def test_only_a_complete_server_is_listed() -> None:
    info = server_model_info(replace(SERVED, server_pictures=True))
    assert info is not None
    assert (info.id, info.takes) == (BIG, ("text", "picture"))
    for wrong in ({"server": ""}, {"server": "ftp://x"}, {"server_model": ""}):
        assert server_model_info(replace(SERVED, **wrong)) is None


def test_the_server_never_answers_without_having_been_chosen(person) -> None:
    with person.qtbot.waitSignal(person.app.parts.readiness_changed) as told:
        person.app.parts._on_listed((replace(LANGUAGE, installed=False),), ())
    assert told.args[0] is False
    assert not sign(person).isVisible()
    choose(person, BIG)
    assert person.app.parts.model == BIG
    assert sign(person).isVisible()
