"""The command palette: what it offers, how it searches, and that the keyboard suffices."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from mmdesk.ui.command_palette import Command, CommandPalette, best_matches
from mmdesk.ui.fuzzy import fuzzy_score
from mmdesk.ui.main_window import MainWindow
from mmdesk.ui.shortcuts import table
from mmdesk.values import ConversationInfo
from tests.screens.scenes import INFOS
from tests.ui.test_accessible import controls_of


@pytest.fixture
def palette(window: MainWindow, qtbot: QtBot) -> CommandPalette:
    window.top_bar.set_models(INFOS, INFOS[0].id)
    window.history.set_conversations(
        (
            ConversationInfo("a", "Rivers in Germany", 1.0),
            ConversationInfo("b", "A letter to the landlord", 2.0),
        )
    )
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keyClick(window.composer.input, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    made = window.findChild(CommandPalette)
    qtbot.waitUntil(made.isActiveWindow)
    return made


def rows(palette: CommandPalette) -> list[tuple[str, str]]:
    items = [palette.list.topLevelItem(at) for at in range(palette.list.topLevelItemCount())]
    return [(item.text(0), item.text(1)) for item in items]


def press(palette: CommandPalette, *keys: Qt.Key) -> None:
    for key in keys:
        QTest.keyClick(palette.field, key)


def test_it_offers_every_action_model_and_conversation(palette: CommandPalette) -> None:
    offered = rows(palette)
    for keys in table():
        if keys.name not in ("", "palette", "next_area"):
            assert (keys.action, keys.shown()) in offered
    assert (INFOS[0].title, "Model in use") in offered
    assert (INFOS[4].title, "Model") in offered
    assert ("Rivers in Germany", "Chat") in offered


def test_it_takes_the_keyboard_and_says_what_is_selected(palette: CommandPalette) -> None:
    assert palette.field.hasFocus()
    assert palette.field.accessibleName() == "Search actions, chats and models"
    item = palette.list.currentItem()
    assert item.data(0, Qt.ItemDataRole.AccessibleTextRole) == "New chat, Ctrl+N"


def test_a_conversation_is_opened_by_the_keyboard_alone(
    palette: CommandPalette, window: MainWindow, qtbot: QtBot
) -> None:
    QTest.keyClicks(palette.field, "rvr ger")
    assert rows(palette)[0] == ("Rivers in Germany", "Chat")
    with qtbot.waitSignal(window.history.open_wanted) as opened:
        press(palette, Qt.Key.Key_Return)
    assert opened.args == ["a", "", ()]
    assert not window.findChildren(CommandPalette, "commandPalette") or not palette.isVisible()


def test_a_model_is_chosen(palette: CommandPalette, window: MainWindow, qtbot: QtBot) -> None:
    QTest.keyClicks(palette.field, "large-70")
    with qtbot.waitSignal(window.top_bar.model_selected) as chosen:
        press(palette, Qt.Key.Key_Return)
    assert chosen.args == [INFOS[4].id]


def test_the_arrows_select_and_go_round(palette: CommandPalette) -> None:
    first, last = palette.list.topLevelItem(0), palette.list.topLevelItemCount() - 1
    press(palette, Qt.Key.Key_Down)
    assert palette.list.indexOfTopLevelItem(palette.list.currentItem()) == 1
    press(palette, Qt.Key.Key_Up, Qt.Key.Key_Up)
    assert palette.list.indexOfTopLevelItem(palette.list.currentItem()) == last
    press(palette, Qt.Key.Key_Down)
    assert palette.list.currentItem() is first
    assert palette.field.hasFocus()


def test_an_action_opens_its_dialog(
    palette: CommandPalette, window: MainWindow, qtbot: QtBot
) -> None:
    QTest.keyClicks(palette.field, "settings")
    titles = [title for title, _keys in rows(palette)]
    assert titles[0] == "Settings"
    press(palette, Qt.Key.Key_Return)
    dialog = window.findChild(QDialog, "settingsDialog")
    qtbot.waitExposed(dialog)
    dialog.reject()


def test_escape_gives_the_focus_back_to_the_composer(
    palette: CommandPalette, window: MainWindow, qtbot: QtBot
) -> None:
    press(palette, Qt.Key.Key_Escape)
    qtbot.waitUntil(window.composer.input.hasFocus)


def test_it_closes_when_another_window_becomes_active(
    palette: CommandPalette, window: MainWindow, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(palette.finished):
        window.activateWindow()


def test_every_control_of_the_palette_has_a_name(palette: CommandPalette) -> None:
    named, nameless = controls_of(palette)
    assert len(named) > 2
    assert nameless == []


def test_nothing_found_is_said_and_enter_does_nothing(palette: CommandPalette) -> None:
    QTest.keyClicks(palette.field, "qzqz")
    assert rows(palette) == [("Nothing found", "")]
    press(palette, Qt.Key.Key_Return)
    assert palette.isVisible()


def ranked(query: str, *titles: str) -> list[str]:
    commands = [Command(title, "", lambda: None) for title in titles]
    return [command.title for command in best_matches(query, commands)]


def test_beginnings_of_words_come_before_letters_inside() -> None:
    assert ranked("sc", "Describe", "Show connections", "Search chats")[0] == "Search chats"
    assert ranked("model", "Some old elm", "Models")[0] == "Models"


def test_words_match_in_any_order_and_case_is_ignored() -> None:
    assert ranked("TEXT larger", "Larger text", "Smaller text") == ["Larger text"]
    assert fuzzy_score("txet", "text") is None
    assert fuzzy_score("", "text") is not None
