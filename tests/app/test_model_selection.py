"""Each conversation has its own model: shown, changed, taken again, replaced when it is gone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QComboBox

from mmdesk.history.archive import Archive
from mmdesk.settings import Settings, home
from mmdesk.ui.chat_settings import ChatSettingsDialog
from mmdesk.values import ChatRequest, ChatSettings, ConversationInfo
from tests.fakes.scripted_engine import ScriptedEngine, words
from tests.window_user import LANGUAGE, WindowUser

OTHER = replace(LANGUAGE, id="smollm2-135m", title="Smol", default=False)


@pytest.fixture
def engine() -> ScriptedEngine:
    """Answers any number of questions, and loads any number of models."""

    def script(request: object) -> list:
        return words("yes") if isinstance(request, ChatRequest) else []

    return ScriptedEngine(*[script] * 40)


@pytest.fixture
def person(open_window, engine) -> WindowUser:
    made = open_window(engine)
    made.app.parts._on_listed((LANGUAGE, OTHER), ())
    return made


def asked_of(engine: ScriptedEngine) -> str | None:
    return [request for request in engine.requests if isinstance(request, ChatRequest)][-1].model


def choose(person: WindowUser, model: str) -> None:
    box = selector(person)
    at = box.findData(model)
    box.setCurrentIndex(at)
    box.activated.emit(at)


def selector(person: WindowUser) -> QComboBox:
    return person.window.findChild(QComboBox, "modelSelector")


def open_again(person: WindowUser, conversation: str) -> None:
    with person.qtbot.waitSignal(person.app.chat.shown):
        person.window.history.open_wanted.emit(conversation, "", ())


def test_a_conversation_takes_its_own_model_again(person, engine) -> None:
    person.ask("first")
    first = person.app.chat.current
    assert asked_of(engine) == LANGUAGE.id
    person.press("newChatButton")
    choose(person, OTHER.id)
    person.ask("second")
    assert asked_of(engine) == OTHER.id
    second = person.app.chat.current
    open_again(person, first)
    assert selector(person).currentData() == LANGUAGE.id
    person.ask("and now?")
    assert asked_of(engine) == LANGUAGE.id
    open_again(person, second)
    assert selector(person).currentData() == OTHER.id
    person.ask("and here?")
    assert asked_of(engine) == OTHER.id


def test_the_selector_changes_the_open_conversation_and_what_begins_after_it(
    person, engine
) -> None:
    person.ask("first")
    first = person.app.chat.current
    choose(person, OTHER.id)
    person.ask("again")
    assert asked_of(engine) == OTHER.id
    person.press("newChatButton")
    assert selector(person).currentData() == OTHER.id
    person.ask("something else")
    assert asked_of(engine) == OTHER.id
    open_again(person, first)
    assert person.app.chat.conversation.settings.model == OTHER.id


def test_a_new_conversation_begins_with_the_last_chosen_not_the_last_shown(person, engine) -> None:
    person.ask("first")
    first = person.app.chat.current
    person.press("newChatButton")
    choose(person, OTHER.id)
    open_again(person, first)
    assert selector(person).currentData() == LANGUAGE.id
    person.press("newChatButton")
    assert selector(person).currentData() == OTHER.id


def test_a_line_says_where_another_model_answers_than_the_last_chosen(person, engine) -> None:
    person.ask("first")
    first, line = person.app.chat.current, person.window.model_line
    assert not line.isVisible()
    choose_in_new(person, OTHER.id)
    assert not line.isVisible()
    open_again(person, first)
    assert person.reads("This chat uses Qwen")
    assert line.switch_button.text() == "Switch to Smol"
    person.press("switchModelButton")
    assert not line.isVisible()
    assert selector(person).currentData() == OTHER.id
    person.ask("and now?")
    assert asked_of(engine) == OTHER.id


def test_a_model_that_is_gone_is_told_and_another_answers(person, engine) -> None:
    choose(person, OTHER.id)
    person.ask("first")
    first = person.app.chat.current
    choose_in_new(person, LANGUAGE.id)
    person.app.parts._on_listed((LANGUAGE, replace(OTHER, installed=False)), ())
    open_again(person, first)
    assert person.reads("Smol is not installed any more. Qwen answers in this conversation.")
    assert selector(person).currentData() == LANGUAGE.id
    person.ask("still there?")
    assert asked_of(engine) == LANGUAGE.id
    person.app.parts._on_listed((LANGUAGE, OTHER), ())  # it was fetched again
    person.qtbot.waitUntil(lambda: selector(person).currentData() == OTHER.id)


def choose_in_new(person: WindowUser, model: str) -> None:
    person.press("newChatButton")
    choose(person, model)


def test_a_conversation_kept_before_there_were_models_goes_with_the_last_chosen(
    open_window, engine, tmp_path, monkeypatch
) -> None:
    monkeypatch.setenv("MMDESK_HOME", str(tmp_path / "home"))
    old = ConversationInfo("old", "Old", 1.0, 1.0, settings=ChatSettings(temperature=0.5))
    archive = Archive(home() / "history.db")
    archive.begin(old)
    archive.close()
    person = open_window(engine, Settings(model=OTHER.id))
    person.app.parts._on_listed((LANGUAGE, OTHER), ())
    open_again(person, "old")
    assert person.app.chat.conversation.settings == ChatSettings(temperature=0.5)
    person.ask("hello")
    assert asked_of(engine) == OTHER.id
    assert person.app.chat.conversation.settings == ChatSettings(temperature=0.5, model=OTHER.id)


def test_the_dialog_of_a_conversation_leaves_its_model_alone(person) -> None:
    person.ask("first")
    kept = person.app.chat.conversation.settings
    assert kept == ChatSettings(model=LANGUAGE.id)
    dialog = ChatSettingsDialog(kept, person.window)
    dialog.temperature.setValue(0.3)
    assert dialog.settings() == ChatSettings(temperature=0.3, model=LANGUAGE.id)
    dialog.deleteLater()
