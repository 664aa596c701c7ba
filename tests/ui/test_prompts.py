"""Ready prompts in the window: their dialog, the menus of selected text, keys and the palette."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from mmdesk.ready_prompts import SHIPPED, ReadyPrompt
from mmdesk.ui.main_window import MainWindow
from mmdesk.ui.palette_commands import palette_commands
from mmdesk.ui.prompts_dialog import PromptsDialog
from mmdesk.values import StoredMessage, Turn

RHYME = ReadyPrompt("Rhyme", "Rhyme: {text}", "Ctrl+Alt+R")


@pytest.fixture
def dialog(window: MainWindow, qtbot: QtBot) -> PromptsDialog:
    window.edit_prompts()
    made = window.findChild(PromptsDialog)
    qtbot.waitUntil(made.isVisible)
    return made


# --- the dialog -----------------------------------------------------------------------------------


def test_the_shipped_prompts_are_there_first(dialog: PromptsDialog) -> None:
    names = [dialog.list.item(row).text() for row in range(dialog.list.count())]
    assert names == [str(prompt.name) for prompt in SHIPPED]
    assert dialog.text.toPlainText() == SHIPPED[0].text


def test_a_prompt_is_added_and_reaches_the_settings(
    dialog: PromptsDialog, window: MainWindow, qtbot: QtBot
) -> None:
    dialog.add_button.click()
    assert dialog.problem.text() == "Give the prompt a name."
    assert window.settings.prompts == SHIPPED
    qtbot.keyClicks(dialog.name, "Rhyme")
    dialog.text.setPlainText("Rhyme: {text}")
    dialog.key.setKeySequence(QKeySequence("Ctrl+Alt+R"))
    assert window.settings.prompts == (*SHIPPED, RHYME)
    assert window.prompts.prompts == (*SHIPPED, RHYME)


def test_prompts_are_moved_and_deleted(dialog: PromptsDialog, window: MainWindow) -> None:
    dialog.down_button.click()
    assert window.settings.prompts[:2] == (SHIPPED[1], SHIPPED[0])
    assert dialog.list.currentRow() == 1
    dialog.up_button.click()
    assert window.settings.prompts == SHIPPED
    for _ in SHIPPED:
        dialog.remove_button.click()
    assert window.settings.prompts == ()
    assert not dialog.name.isEnabled()
    assert not dialog.remove_button.isEnabled()


def test_reset_brings_the_standard_ones_back_and_keeps_the_own_ones(
    window: MainWindow, qtbot: QtBot
) -> None:
    dialog = PromptsDialog((RHYME, SHIPPED[4]), window)
    qtbot.addWidget(dialog)
    with qtbot.waitSignal(dialog.changed) as changed:
        dialog._on_reset()
    assert changed.args[0] == (*SHIPPED, RHYME)


@pytest.mark.parametrize(
    ("key", "says"),
    [("Ctrl+N", "New chat"), ("R", "needed for typing"), ("Shift+R", "needed for typing")],
)
def test_a_key_that_cannot_be_had_is_told_and_not_kept(
    dialog: PromptsDialog, window: MainWindow, key: str, says: str
) -> None:
    dialog.key.setKeySequence(QKeySequence(key))
    assert says in dialog.problem.text()
    assert window.settings.prompts[0].key == ""


def test_one_key_for_two_prompts_is_told(window: MainWindow, qtbot: QtBot) -> None:
    dialog = PromptsDialog((RHYME, SHIPPED[0]), window)
    qtbot.addWidget(dialog)
    dialog.list.setCurrentRow(1)
    dialog.key.setKeySequence(QKeySequence("Ctrl+Alt+R"))
    assert "Rhyme" in dialog.problem.text()


def test_escape_and_backspace_are_no_keys_of_a_prompt(window: MainWindow, qtbot: QtBot) -> None:
    dialog = PromptsDialog((RHYME,), window)
    qtbot.addWidget(dialog)
    dialog.show()
    with qtbot.waitSignal(dialog.changed) as changed:
        qtbot.keyClick(dialog.key, Qt.Key.Key_Backspace)
    assert changed.args[0][0].key == ""
    qtbot.keyClick(dialog.key, Qt.Key.Key_Escape)
    assert dialog.key.keySequence().isEmpty()


def test_a_name_that_was_only_looked_at_stays_translatable(
    dialog: PromptsDialog, window: MainWindow
) -> None:
    dialog.text.setPlainText("Correct it: {text}")
    assert window.settings.prompts[0] == ReadyPrompt("Fix grammar", "Correct it: {text}")


# --- using them -----------------------------------------------------------------------------------


def entries(menu: QMenu) -> dict[str, QAction]:
    more = menu.findChild(QMenu, "promptsMenu")
    return {entry.text(): entry for entry in more.actions()} if more is not None else {}


def test_selected_text_of_an_answer_gets_a_prompt(window: MainWindow, qtbot: QtBot) -> None:
    window.composer.set_ready(True)
    question = StoredMessage("1", "", Turn("user", "hi"))
    answer = StoredMessage("2", "1", Turn("assistant", "Quarks"))
    window.conversation.show_messages((question, answer))
    qtbot.waitUntil(lambda: len(window.conversation.messages) == 2)
    view = window.conversation.messages[1].text
    view.flush()
    menu = QMenu(window)
    view.menu_opening.emit(menu)
    assert entries(menu) == {}  # nothing is selected
    view.selectAll()
    view.menu_opening.emit(menu)
    with qtbot.waitSignal(window.submitted) as submitted:
        entries(menu)["Explain"].trigger()
    assert submitted.args[0].text == SHIPPED[3].fill("Quarks")


def test_a_part_of_the_composer_is_asked_about_and_the_rest_stays(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.composer.set_ready(True)
    window.composer.set_text("me go home today")
    cursor = window.composer.input.textCursor()
    cursor.setPosition(0)
    cursor.setPosition(10, cursor.MoveMode.KeepAnchor)
    window.composer.input.setTextCursor(cursor)
    menu = QMenu(window)
    window.composer.input.menu_opening.emit(menu)
    with qtbot.waitSignal(window.submitted) as submitted:
        entries(menu)["Fix grammar"].trigger()
    assert submitted.args[0].text == SHIPPED[0].fill("me go home")
    assert window.composer.input.toPlainText() == "me go home today"


def test_a_key_asks_with_all_of_the_composer(window: MainWindow, qtbot: QtBot) -> None:
    window.composer.set_ready(True)
    window.prompts.set_prompts((RHYME,))
    window.composer.set_text("moon")
    with qtbot.waitSignal(window.submitted) as submitted:
        QTest.keySequence(window, QKeySequence("Ctrl+Alt+R"))
    assert submitted.args[0].text == "Rhyme: moon"
    assert window.composer.input.toPlainText() == ""
    qtbot.keyClick(window.composer.input, Qt.Key.Key_Up)
    assert window.composer.input.toPlainText() == "moon"


def test_without_a_text_the_prompt_waits_in_the_composer(window: MainWindow, qtbot: QtBot) -> None:
    window.composer.set_ready(True)
    with qtbot.assertNotEmitted(window.submitted):
        window.prompts.run(RHYME)
    qtbot.keyClicks(window.composer.input, " moon")
    assert window.composer.input.toPlainText().split() == ["Rhyme:", "moon"]


def test_nothing_gets_lost_where_nothing_can_be_sent(window: MainWindow, qtbot: QtBot) -> None:
    window.composer.set_ready(False, "not yet")
    window.composer.set_text("moon")
    with qtbot.assertNotEmitted(window.submitted):
        window.prompts.run(RHYME)
    assert window.composer.input.toPlainText() == "Rhyme: moon"


def test_the_palette_has_them(window: MainWindow, qtbot: QtBot) -> None:
    window.composer.set_ready(True)
    window.composer.set_text("moon")
    commands = {one.title: one for one in palette_commands(window, window._actions)}
    with qtbot.waitSignal(window.submitted) as submitted:
        commands["Translate to Chinese"].run()
    assert submitted.args[0].text == SHIPPED[2].fill("moon")
    commands["Edit ready prompts"].run()
    assert window.findChild(PromptsDialog).isVisible()
