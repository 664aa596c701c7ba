"""Remembered facts in the window: asked for, seen, used, switched off."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt

from mmdesk import settings as settings_file
from mmdesk.settings import Settings
from mmdesk.ui.settings_dialog import SettingsDialog
from mmdesk.values import ChatRequest
from tests.fakes.echo_engine import EchoEngine

TWO = Settings(facts="I live in Graz.\nMy name is Ana.")


def system_of(engine: EchoEngine) -> str:
    chats = [one for one in engine.requests if isinstance(one, ChatRequest)]
    return chats[-1].turns[0].text


def test_a_wish_to_remember_is_kept_and_told(open_window) -> None:
    engine = EchoEngine()
    user = open_window(engine)
    user.ask("Remember that I live in Graz.")
    assert user.reads("Remembered: “I live in Graz”. The list is in the settings, under Memory.")
    assert user.reads("OK, I will remember that.")
    assert not any(isinstance(one, ChatRequest) for one in engine.requests)  # it may refuse
    assert settings_file.load().facts == "I live in Graz."
    user.window.start_new_chat()
    user.ask("Where do I live?")
    assert "“I live in Graz.”" in system_of(engine)
    assert user.reads("used 1 remembered fact")


def test_nothing_is_remembered_unasked(open_window) -> None:
    user = open_window(EchoEngine())
    user.ask("I live in Graz. Do you remember it?")
    assert user.window.settings.facts == ""
    assert "Remembered" not in user.shown()


def test_an_answer_says_how_many_facts_it_had(open_window) -> None:
    user = open_window(EchoEngine(), TWO)
    user.ask("Hello")
    assert user.reads("used 2 remembered facts")


def test_facts_that_are_switched_off_stay_out_of_the_prompt(open_window) -> None:
    engine = EchoEngine()
    user = open_window(engine, replace(TWO, use_facts=False))
    user.ask("Remember that I have a dog.")
    assert user.reads("OK, I will know it in this chat only.")
    user.ask("Hello")
    assert "Graz" not in system_of(engine)
    assert "remembered fact" not in user.shown()
    assert user.reads("Not remembered: memory is off in the settings.")
    assert user.window.settings.facts == TWO.facts


def test_a_temporary_chat_has_no_facts_and_remembers_none(open_window) -> None:
    engine = EchoEngine()
    user = open_window(engine, TWO)
    user.window.start_temporary_chat()
    user.ask("Remember that I have a dog.")
    assert user.reads("OK, I will know it in this chat only.")
    user.ask("Hello")
    assert "Graz" not in system_of(engine)
    assert user.reads("Nothing is remembered from a temporary chat.")
    user.press("rememberButton")
    assert user.reads("Keep this chat first.")
    assert user.window.settings.facts == TWO.facts


def test_a_temporary_chat_has_facts_where_that_is_wished(open_window) -> None:
    engine = EchoEngine()
    user = open_window(engine, replace(TWO, facts_in_temporary=True))
    user.window.start_temporary_chat()
    user.ask("Hello")
    assert "Graz" in system_of(engine)


def test_a_message_is_remembered_by_its_button(open_window) -> None:
    user = open_window(EchoEngine())
    user.ask("My sister is called Eva.")
    user.press("rememberButton")
    assert user.window.settings.facts == "My sister is called Eva."
    assert user.reads("Remembered: “My sister is called Eva”")


def test_the_settings_show_edit_and_delete_facts(open_window, qtbot) -> None:
    user = open_window(EchoEngine(), TWO)
    user.window.open_settings()
    memory = user.window.findChild(SettingsDialog).memory
    assert [memory.list.item(at).text() for at in range(2)] == [
        "My name is Ana.",
        "I live in Graz.",
    ]
    memory.list.setCurrentRow(1)
    qtbot.keyClick(memory.list, Qt.Key.Key_Delete)
    assert user.app.settings.facts == "My name is Ana."
    memory.list.item(0).setText("My name is Eva.")
    assert user.app.settings.facts == "My name is Eva."
    memory.new.setText("I like tea.")
    memory.add_button.click()
    assert user.app.settings.facts == "My name is Eva.\nI like tea."
    memory.use.click()
    assert not user.app.settings.use_facts


def test_the_settings_say_when_not_all_facts_fit(open_window) -> None:
    many = "\n".join(f"Fact {number}" for number in range(40))
    user = open_window(EchoEngine(), Settings(facts=many))
    user.window.open_settings()
    text = "The newest 30 of 40 facts fit into a question and are used."
    assert user.window.findChild(SettingsDialog).memory.bound.text() == text
