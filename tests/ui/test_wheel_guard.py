"""The wheel scrolls a form; it changes a value only where the focus is."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QComboBox, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from mmdesk.settings import Settings
from mmdesk.ui.chat_settings import ChatSettingsDialog
from mmdesk.ui.main_window import MainWindow
from mmdesk.ui.settings_dialog import SettingsDialog
from mmdesk.ui.top_bar import TopBar
from mmdesk.values import ChatSettings, ModelInfo


def turn_wheel(widget: QWidget, degrees: int = -15) -> None:
    """Turn the wheel over the middle of a widget, as the window system would tell it."""
    window = widget.window()
    place = widget.mapTo(window, widget.rect().center())
    QTest.wheelEvent(window.windowHandle(), QPointF(place), QPoint(0, degrees * 8))
    QApplication.processEvents()


def fields(dialog: QWidget) -> list[QWidget]:
    return [*dialog.findChildren(QAbstractSpinBox), *dialog.findChildren(QComboBox)]


@pytest.fixture
def settings_dialog(window: MainWindow, qtbot: QtBot) -> SettingsDialog:
    dialog = SettingsDialog(Settings(text_size=120), ["USB microphone"], window)
    dialog.resize(460, 320)
    dialog.open()
    qtbot.waitExposed(dialog)
    return dialog


def test_the_wheel_over_the_settings_changes_nothing_and_scrolls(
    settings_dialog: SettingsDialog,
) -> None:
    area = settings_dialog.findChild(QScrollArea)
    bar = area.verticalScrollBar()
    before = settings_dialog.settings()
    for field in fields(settings_dialog):
        settings_dialog.prompt.setFocus()
        area.ensureWidgetVisible(field)
        was = bar.value()
        turn_wheel(field, -15 if was < bar.maximum() else 15)
        assert bar.value() != was, field.objectName()
        assert settings_dialog.prompt.hasFocus()
    assert settings_dialog.settings() == before


def test_the_wheel_over_a_spin_boxs_text_changes_nothing(settings_dialog: SettingsDialog) -> None:
    settings_dialog.prompt.setFocus()
    settings_dialog.findChild(QScrollArea).ensureWidgetVisible(settings_dialog.length)
    turn_wheel(settings_dialog.length.lineEdit())
    assert settings_dialog.length.value() == Settings().max_tokens


def test_the_wheel_changes_the_value_that_has_the_focus(
    settings_dialog: SettingsDialog, qtbot: QtBot
) -> None:
    qtbot.waitUntil(settings_dialog.isActiveWindow)
    settings_dialog.length.setFocus()
    settings_dialog.findChild(QScrollArea).ensureWidgetVisible(settings_dialog.length)
    turn_wheel(settings_dialog.length, 15)
    assert settings_dialog.length.value() == Settings().max_tokens + 64


def test_the_wheel_over_the_settings_of_a_chat_changes_nothing(
    window: MainWindow, qtbot: QtBot
) -> None:
    given = ChatSettings(temperature=0.5, top_p=0.9, max_tokens=400)
    dialog = ChatSettingsDialog(given, window)
    dialog.open()
    qtbot.waitExposed(dialog)
    dialog.prompt.setFocus()
    for field in fields(dialog):
        turn_wheel(field)
    assert dialog.settings() == given
    dialog.close()


def test_the_wheel_over_the_top_bar_chooses_no_other_model(
    window: MainWindow, qtbot: QtBot
) -> None:
    infos = tuple(
        ModelInfo(name, name, "language", ("text",), "MIT", 1, 1, installed=True, default=False)
        for name in ("first", "second")
    )
    bar = window.findChild(TopBar)
    bar.set_models(infos, "first")
    window.composer.input.setFocus()
    with qtbot.assertNotEmitted(bar.model_selected):
        turn_wheel(bar.models)
    assert bar.models.currentData() == "first"
