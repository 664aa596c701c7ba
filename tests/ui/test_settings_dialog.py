"""The settings apply at once, can be searched, and stand in straight lines."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QFormLayout, QLabel, QWidget
from pytestqt.qtbot import QtBot

from mmdesk.settings import Settings
from mmdesk.ui.form_search import filter_form
from mmdesk.ui.main_window import MainWindow
from mmdesk.ui.settings_dialog import SettingsDialog
from mmdesk.ui.widgets import label


@pytest.fixture
def dialog(window: MainWindow, qtbot: QtBot) -> SettingsDialog:
    window.open_settings()
    made = window.findChild(SettingsDialog)
    qtbot.waitExposed(made)
    return made


def test_finding_27_a_change_applies_at_once(
    dialog: SettingsDialog, window: MainWindow, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(window.settings_changed) as changed:
        dialog.scheme.setCurrentIndex(dialog.scheme.findData("dark"))
    assert changed.args[0].colour_scheme == "dark"
    with qtbot.waitSignal(window.settings_changed) as changed:
        dialog.send_spoken.setChecked(True)
    assert (changed.args[0].colour_scheme, changed.args[0].send_spoken) == ("dark", True)
    assert dialog.isVisible()
    with qtbot.assertNotEmitted(window.settings_changed):
        dialog.accept()


def test_numbers_and_texts_apply_when_they_are_typed_whole(
    dialog: SettingsDialog, window: MainWindow, qtbot: QtBot
) -> None:
    seen: list[int] = []
    window.settings_changed.connect(lambda settings: seen.append(settings.max_tokens))
    dialog.length.setFocus()
    dialog.length.selectAll()
    QTest.keyClicks(dialog.length, "1200")
    assert seen == []
    QTest.keyClick(dialog.length, Qt.Key.Key_Return)
    assert seen == [1200]
    assert dialog.isVisible()
    with qtbot.waitSignal(window.settings_changed) as changed:
        dialog.prompt.setPlainText("Answer briefly.")
    assert changed.args[0].system_prompt == "Answer briefly."


def test_what_is_still_being_typed_applies_when_the_dialog_closes(
    dialog: SettingsDialog, window: MainWindow, qtbot: QtBot
) -> None:
    dialog.prompt.setPlainText("Answer in verse.")
    with qtbot.waitSignal(window.settings_changed) as changed:
        dialog.reject()
    assert changed.args[0].system_prompt == "Answer in verse."


def test_all_changes_can_be_undone(
    dialog: SettingsDialog, window: MainWindow, qtbot: QtBot
) -> None:
    before = window.settings
    assert not dialog.undo.isEnabled()
    dialog.tray.setEnabled(True)
    dialog.reduce_motion.setChecked(True)
    dialog.unload_after.setValue(30)
    dialog.undo.click()
    assert window.settings == before
    qtbot.waitUntil(lambda: len(shown(window)) == 1 and shown(window)[0] is not dialog)
    (new,) = shown(window)
    assert (new.reduce_motion.isChecked(), new.unload_after.value()) == (False, 15)
    assert not new.undo.isEnabled()
    new.close()


def shown(window: MainWindow) -> list[SettingsDialog]:
    return [made for made in window.findChildren(SettingsDialog) if made.isVisible()]


def test_another_language_is_seen_in_the_dialog_at_once(
    dialog: SettingsDialog, window: MainWindow, qtbot: QtBot
) -> None:
    dialog.language.setFocus()
    dialog.language.setCurrentIndex(dialog.language.findData("zh_CN"))
    qtbot.waitUntil(lambda: len(shown(window)) == 1 and shown(window)[0] is not dialog)
    (new,) = shown(window)
    assert new.windowTitle() == "设置"
    assert new.undo.isEnabled()
    assert new.focusWidget() is new.language
    new.undo.click()
    assert window.settings.language == "system"
    qtbot.waitUntil(lambda: [made.windowTitle() for made in shown(window)] == ["Settings"])
    shown(window)[0].close()


def test_values_that_the_form_rounds_change_nothing_by_themselves(
    window: MainWindow, qtbot: QtBot
) -> None:
    made = SettingsDialog(Settings(temperature=0.123, system_prompt=" x "), [], window)
    with qtbot.assertNotEmitted(made.changed):
        made.accept()


# --- searching --------------------------------------------------------------------------------


def visible_texts(dialog: SettingsDialog) -> list[str]:
    column = dialog.findChild(QWidget, "column")
    return [made.text() for made in column.findChildren(QLabel) if made.isVisible()]


def test_a_search_leaves_what_matches_with_its_heading_and_note(dialog: SettingsDialog) -> None:
    QTest.keyClicks(dialog.search, "temperature")
    assert dialog.temperature.isVisible()
    assert not dialog.length.isVisible()
    assert not dialog.scheme.isVisible()
    texts = visible_texts(dialog)
    assert texts[:2] == ["Answers", "Temperature"]
    assert texts[2].startswith("Higher values")
    assert len(texts) == 3


def test_a_search_that_is_cleared_leaves_no_gap_for_a_problem_that_is_none(qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    form = QFormLayout(page)
    none, one = label("", "problem"), label("This key is taken.", "problem")
    for name, note in (("Quick question", none), ("Part of the screen", one)):
        form.addRow(name, QComboBox())
        form.addRow(note)
    none.hide()
    page.show()
    for query in ("nothing like it", ""):
        filter_form(form, query)
    assert not none.isVisible()
    assert one.isVisible()


def test_a_heading_finds_its_group_and_values_find_their_choice(dialog: SettingsDialog) -> None:
    dialog.search.setText("voice")
    assert dialog.microphone.isVisible()
    assert dialog.hold.isVisible()
    assert not dialog.language.isVisible()
    dialog.search.setText("dark")
    assert dialog.scheme.isVisible()
    assert not dialog.microphone.isVisible()


def test_nothing_found_is_said_and_escape_clears_before_it_closes(dialog: SettingsDialog) -> None:
    dialog.search.setText("qzqz")
    assert visible_texts(dialog) == []
    assert dialog.nothing_found.isVisible()
    QTest.keyClick(dialog.search, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    assert dialog.language.isVisible()
    assert not dialog.nothing_found.isVisible()
    QTest.keyClick(dialog.search, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


# --- alignment --------------------------------------------------------------------------------


@pytest.mark.parametrize("percent", [100, 160])
def test_finding_27_labels_stand_at_the_middle_of_their_fields(
    window: MainWindow, qtbot: QtBot, percent: int
) -> None:
    made = SettingsDialog(Settings(text_size=percent), [], window)
    made.resize(900, 700)
    made.open()
    qtbot.waitExposed(made)
    form = made.findChild(QWidget, "column").layout()
    assert isinstance(form, QFormLayout)
    for field in (made.language, made.text_size, made.length, made.temperature):
        name = form.labelForField(field)

        def is_straight(name: QWidget = name, field: QWidget = field) -> bool:
            return abs(middle(name) - middle(field)) <= 1

        qtbot.waitUntil(is_straight)
    made.close()


def middle(widget: QWidget) -> int:
    return widget.mapTo(widget.window(), QPoint(0, widget.height() // 2)).y()


def test_every_choice_has_a_name(dialog: SettingsDialog) -> None:
    assert all(choice.accessibleName() for choice in dialog.findChildren(QComboBox))
    assert dialog.search.accessibleName() == "Search settings"
