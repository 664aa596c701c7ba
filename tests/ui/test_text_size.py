"""Finding 26: icons, buttons and panels grow and shrink with the text."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from mmdesk.ui.main_window import MainWindow
from mmdesk.ui.widgets import glyph, icon_button


def set_text_size(window: MainWindow, percent: int) -> None:
    window.take_settings(replace(window.settings, text_size=percent))


@pytest.mark.parametrize("percent", [80, 150, 200])
def test_finding_26_icons_have_the_size_of_the_text(window: MainWindow, percent: int) -> None:
    buttons: list[QToolButton | QPushButton] = [
        window.top_bar.settings,
        window.top_bar.new_chat,
        window.composer.send_button,
        *window.welcome.findChildren(QPushButton),
    ]
    assert len(buttons) > 5
    before = [button.iconSize().width() for button in buttons]
    side = window.composer.send_button.width()
    set_text_size(window, percent)
    for button, was in zip(buttons, before, strict=True):
        assert button.iconSize().width() == round(was * percent / 100), button.objectName()
    assert window.composer.send_button.width() == round(side * percent / 100)
    set_text_size(window, 100)
    assert [button.iconSize().width() for button in buttons] == before


def test_what_is_made_later_has_the_size_at_once(window: MainWindow) -> None:
    set_text_size(window, 200)
    assert icon_button("mic", "x", "x").width() == 72
    assert glyph("mic", "text").width() == 32
    set_text_size(window, 100)


def test_finding_26_the_panels_grow_and_leave_room(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(1400, 800)
    window.areas.toggle_panels()
    if window.history.isHidden():
        window.areas.toggle_history()
    side = window.image_panel.parentWidget()
    assert side is not None
    assert (window.history.minimumWidth(), side.minimumWidth()) == (200, 240)
    set_text_size(window, 150)
    assert (window.history.minimumWidth(), side.minimumWidth()) == (300, 360)
    qtbot.waitUntil(lambda: window.history.width() >= 300 and side.width() >= 360)
    assert window.composer.width() > 400
    set_text_size(window, 200)
    assert window.width() == 1400  # nothing pushes the window wider
    assert window.composer.width() > 300
    set_text_size(window, 100)
