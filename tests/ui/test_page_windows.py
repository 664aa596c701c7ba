"""The other windows: keyboard shortcuts, welcome, tray, settings."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QSystemTrayIcon, QWidget
from pytestqt.qtbot import QtBot

from mmdesk.settings import Settings
from mmdesk.ui import shortcuts
from mmdesk.ui.introduction import Introduction
from mmdesk.ui.main_window import MainWindow
from mmdesk.ui.settings_dialog import SettingsDialog
from mmdesk.ui.shortcuts import ShortcutsDialog
from mmdesk.values import StoredMessage, Turn

# --- keys -------------------------------------------------------------------------------------


def test_every_key_of_the_table_is_a_shortcut_of_the_window(window: MainWindow) -> None:
    made = {found.key().toString() for found in window.findChildren(QShortcut)}
    wanted = {keys.toString() for e in shortcuts.table() if e.name for keys in e.sequences}
    assert wanted == made


def test_no_key_means_two_things() -> None:
    keys = [found.toString() for entry in shortcuts.table() for found in entry.sequences]
    assert len(keys) == len(set(keys))


def test_a_slot_that_is_missing_is_a_defect(qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    with pytest.raises(ValueError, match="new_chat"):
        shortcuts.install(widget, {})


def test_the_list_shows_them_all(window: MainWindow) -> None:
    QTest.keySequence(window, QKeySequence("F1"))
    dialog = window.findChild(ShortcutsDialog)
    assert dialog.isVisible()
    rows = []
    for keys in dialog.lists:
        for at in range(keys.topLevelItemCount()):
            group = keys.topLevelItem(at)
            children = map(group.child, range(group.childCount()))
            rows += [(row.text(0), row.text(1)) for row in children]
    assert rows == [(entry.action, entry.shown()) for entry in shortcuts.table()]
    dialog.close()


def test_the_list_of_keys_needs_no_scrolling_and_selects_only_with_the_focus(
    window: MainWindow, qtbot: QtBot
) -> None:
    QTest.keySequence(window, QKeySequence("F1"))
    dialog = window.findChild(ShortcutsDialog)
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    for keys in dialog.lists:
        assert keys.verticalScrollBar().maximum() == 0
        assert not keys.selectedItems()
    dialog.lists[0].setFocus()
    assert [item.text(0) for item in dialog.lists[0].selectedItems()] == ["New chat"]
    dialog.lists[1].setFocus()
    assert not dialog.lists[0].selectedItems()
    dialog.close()


def test_keys_open_the_pages(window: MainWindow, qtbot: QtBot) -> None:
    QTest.keySequence(window, QKeySequence("Ctrl+Shift+M"))
    assert window.pages.models is not None
    assert window.pages.models.isVisible()
    window.pages.models.close()
    qtbot.waitUntil(window.isActiveWindow)
    with qtbot.waitSignal(window.settings_changed) as changed:
        QTest.keySequence(window, QKeySequence("Ctrl++"))
    assert changed.args[0].text_size == 110
    with qtbot.waitSignal(window.settings_changed):
        QTest.keySequence(window, QKeySequence("Ctrl+0"))


# --- welcome ----------------------------------------------------------------------------------


def test_the_introduction_is_shown_until_it_was_read(window: MainWindow, qtbot: QtBot) -> None:
    window.show_introduction()
    card = window.findChild(Introduction)
    qtbot.waitUntil(card.isVisible)
    window.show_introduction()
    assert window.findChildren(Introduction) == [card]
    with qtbot.waitSignals([window.settings_changed, card.destroyed]):
        card.button.click()
    assert window.settings.seen_welcome
    assert window.composer.input.hasFocus()


def test_a_question_ends_the_introduction(window: MainWindow, qtbot: QtBot) -> None:
    window.show_introduction()
    window.composer.input.setPlainText("Hello")
    with qtbot.waitSignal(window.settings_changed) as changed:
        QTest.keyClick(window.composer.input, Qt.Key.Key_Return)
    assert changed.args[0].seen_welcome


def test_the_introduction_opens_a_new_chat_where_there_is_none(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.conversation.show_messages((StoredMessage("1", "", Turn("user", "Hello")),))
    with qtbot.waitSignal(window.new_conversation_requested):
        window.show_introduction()


# --- tray -------------------------------------------------------------------------------------


@pytest.fixture
def with_tray(monkeypatch: pytest.MonkeyPatch, window: MainWindow) -> Iterator[MainWindow]:
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", staticmethod(lambda: True))
    monkeypatch.setattr(QSystemTrayIcon, "show", lambda _icon: None)  # nothing is there to show it
    window.pages.tray.set_on(True)
    yield window
    window.pages.tray.set_on(False)


def test_without_a_tray_there_is_no_icon_and_closing_closes(
    window: MainWindow, qtbot: QtBot
) -> None:
    assert not QSystemTrayIcon.isSystemTrayAvailable()  # the offscreen platform has none
    window.pages.tray.set_on(True)
    assert not window.pages.tray.is_on
    with qtbot.waitSignal(window.closed):
        window.close()


def test_with_a_tray_closing_hides_and_quit_closes(with_tray: MainWindow, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(with_tray.closed):
        with_tray.close()
    assert not with_tray.isVisible()
    with qtbot.waitSignal(with_tray.closed):
        with_tray.pages.tray.quit()


def test_the_tray_opens_the_quick_question_over_a_hidden_window(
    with_tray: MainWindow, qtbot: QtBot
) -> None:
    with_tray.close()
    with_tray.pages.tray.quick_wanted.emit()
    ask = with_tray.quick_access.quick_ask
    assert ask is not None
    qtbot.waitUntil(ask.isVisible)
    assert not with_tray.isVisible()
    with qtbot.assertNotEmitted(with_tray.closed):
        ask.close()


# --- settings ---------------------------------------------------------------------------------


def test_the_dialog_gives_back_what_it_was_given(window: MainWindow) -> None:
    given = Settings(
        text_size=140, reduce_motion=True, tray=True, unload_after=0, seen_welcome=True
    )
    dialog = SettingsDialog(given, [], window)
    assert dialog.settings() == given
    dialog.text_size.setValue(120)
    dialog.reduce_motion.setChecked(False)
    dialog.unload_after.setValue(30)
    changed = dialog.settings()
    assert (changed.text_size, changed.reduce_motion, changed.unload_after) == (120, False, 30)


def test_the_length_of_answers_is_explained_in_words(window: MainWindow) -> None:
    dialog = SettingsDialog(Settings(max_tokens=768), [], window)
    assert dialog.length_in_words.text() == "About 575 words"
    dialog.length.setValue(16)
    assert dialog.length_in_words.text() == "About 12 words"


def test_without_a_tray_the_setting_is_disabled(window: MainWindow) -> None:
    dialog = SettingsDialog(Settings(), [], window)
    assert not dialog.tray.isEnabled()


def test_keys_and_the_introduction_are_reached_from_the_settings(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.open_settings()
    window.findChild(QWidget, "shortcutsButton").click()
    assert window.findChild(ShortcutsDialog).isVisible()
    window.findChild(ShortcutsDialog).close()
    window.open_settings()
    window.findChildren(QWidget, "showIntroductionButton")[-1].click()
    assert window.findChild(Introduction) is not None


def test_a_low_window_hides_all_but_the_greeting(window: MainWindow) -> None:
    welcome = window.conversation.welcome
    parts = (*welcome._buttons, welcome._about, welcome._mark)
    assert not any(part.isHidden() for part in parts)
    welcome.resize(420, 90)
    left = [part for part in parts if not part.isHidden()]
    assert len(left) < len(parts)
    assert welcome.layout().totalMinimumHeightForWidth(420) <= 90
    welcome.resize(420, 600)
    assert not any(part.isHidden() for part in parts)


# --- the paper clip -------------------------------------------------------------------------------


@pytest.mark.qt_log_level_fail("CRITICAL")  # a menu wants the keyboard
@pytest.mark.parametrize(
    ("entry", "dialog", "mode"),
    [
        ("attachFiles", "fileDialog", QFileDialog.FileMode.ExistingFiles),
        ("attachFolder", "folderDialog", QFileDialog.FileMode.Directory),
    ],
)
def test_the_paper_clip_offers_files_and_a_folder(
    window: MainWindow, qtbot: QtBot, entry: str, dialog: str, mode: QFileDialog.FileMode
) -> None:
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    qtbot.mouseClick(window.composer.attach_button, Qt.MouseButton.LeftButton)
    menu = window.findChild(QMenu, "attachMenu")
    assert menu.isVisible()
    (action,) = (action for action in menu.actions() if action.objectName() == entry)
    menu.close()
    action.trigger()
    opened = window.findChild(QFileDialog, dialog)
    assert opened.fileMode() == mode
    with qtbot.waitSignal(window.files_offered) as offered:
        opened.filesSelected.emit(["/some/where"])
    assert offered.args == [["/some/where"]]
    opened.close()
