"""Finding 26: icons, buttons and panels grow and shrink with the text."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from mmdesk.models.hardware_fit import judge
from mmdesk.ui.found_models import FoundRow
from mmdesk.ui.main_window import MainWindow
from mmdesk.ui.settings_dialog import SettingsDialog
from mmdesk.ui.widgets import glyph, icon_button
from mmdesk.values import FoundModel, ModelEntry
from tests.screens.scenes import INFOS, MACHINE


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


@pytest.mark.parametrize("percent", [100, 150, 200])
def test_no_button_covers_the_model_in_a_narrow_window(
    qtbot: QtBot, window: MainWindow, percent: int
) -> None:
    set_text_size(window, percent)
    window.resize(420, 780)
    bar = window.top_bar
    qtbot.waitUntil(lambda: window.width() == 420 and bar.width() <= 420)
    buttons = (
        *(bar.history, bar.settings, bar.new_chat, bar.chat_settings),
        *(bar.manage_models, bar.panels),
    )

    def lie_apart() -> bool:
        shown = [button for button in buttons if button.isVisible()]
        places = [widget.geometry() for widget in (bar.models, *shown)]
        pairs = ((one, other) for at, one in enumerate(places) for other in places[at + 1 :])
        return not any(one.intersects(other) for one, other in pairs)

    qtbot.waitUntil(lie_apart)
    assert bar.settings.isVisible()
    assert bar.new_chat.isVisible()
    window.resize(1240, 800)
    qtbot.waitUntil(lambda: bar.panels.isVisible() and bar.manage_models.isVisible())
    set_text_size(window, 100)


def test_what_is_made_later_has_the_size_at_once(window: MainWindow) -> None:
    set_text_size(window, 200)
    assert icon_button("mic", "x", "x").width() == 72
    assert glyph("mic", "text").width() == 32
    set_text_size(window, 100)


def test_no_row_of_the_models_page_is_squeezed_in_large_text(
    window: MainWindow, qtbot: QtBot
) -> None:
    set_text_size(window, 200)
    window.pages.open_models()
    page = window.pages.models
    assert page is not None
    page.set_entries(tuple(ModelEntry(info, judge(info, MACHINE)) for info in INFOS), MACHINE)
    page.set_found((FoundModel("Ollama", "qwen2.5:0.5b", "/x", False, 352_000_000),))
    rows: list[QWidget] = [*page.cards.values(), *page.found.findChildren(FoundRow)]
    qtbot.waitUntil(lambda: all(row.height() >= row.sizeHint().height() > 60 for row in rows))
    page.close()
    set_text_size(window, 100)


def test_a_field_is_as_high_as_its_text(window: MainWindow, qtbot: QtBot) -> None:
    set_text_size(window, 200)
    window.open_settings()
    dialog = window.findChild(SettingsDialog)
    dialog.resize(796, 760)
    qtbot.waitExposed(dialog)
    qtbot.waitUntil(lambda: dialog.search.height() >= dialog.search.fontMetrics().height() + 8)
    dialog.close()
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
