"""The look: readable in both schemes, and in step with the system."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from pytestqt.qtbot import QtBot

from mmdesk.ui import theme
from mmdesk.ui.main_window import MainWindow
from mmdesk.ui.style import sheet
from mmdesk.ui.theme import DARK, LIGHT, Theme, Tokens, resolve


def _luminance(value: str) -> float:
    parts = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in QColor(value).getRgbF()[:3]
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=lambda tokens: tokens.name)
def test_words_are_readable_on_every_ground(tokens: Tokens) -> None:
    grounds = (tokens.window, tokens.surface, tokens.raised, tokens.code)
    for words in (tokens.text, tokens.muted):
        for ground in (*grounds, tokens.accent_soft if words == tokens.text else tokens.window):
            assert contrast(words, ground) >= 4.5, (words, ground)
    for ground in (tokens.window, tokens.surface):
        assert contrast(tokens.accent, ground) >= 4.5
        assert contrast(tokens.outline, ground) >= 3
    assert contrast(tokens.on_accent, tokens.accent) >= 4.5
    assert contrast(tokens.on_accent, tokens.danger) >= 4.5
    assert contrast(tokens.danger, tokens.danger_soft) >= 4.5
    for entry in fields(tokens.syntax):
        assert contrast(getattr(tokens.syntax, entry.name), tokens.code) >= 4.5, entry.name


@pytest.mark.parametrize(
    ("choice", "system", "expected"),
    [
        ("system", Qt.ColorScheme.Dark, DARK),
        ("system", Qt.ColorScheme.Light, LIGHT),
        ("system", Qt.ColorScheme.Unknown, LIGHT),
        ("dark", Qt.ColorScheme.Light, DARK),
        ("light", Qt.ColorScheme.Dark, LIGHT),
    ],
)
def test_the_choice_goes_before_the_system(
    choice: str, system: Qt.ColorScheme, expected: Tokens
) -> None:
    assert resolve(choice, system) is expected


@pytest.fixture(autouse=True)
def _light_again(qapp) -> Iterator[None]:
    yield
    Theme("light")


def test_it_follows_the_system_live(qtbot: QtBot) -> None:
    kept = Theme("system")
    with qtbot.waitSignal(kept.changed):
        QGuiApplication.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert theme.current() is DARK
    window = QGuiApplication.palette().color(QPalette.ColorRole.Window)
    assert window.name() == DARK.window
    QGuiApplication.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert theme.current() is LIGHT
    kept.deleteLater()


def test_a_window_changes_with_it(window: MainWindow) -> None:
    assert LIGHT.window in window.styleSheet()
    window.theme.choose("dark")
    assert DARK.window in window.styleSheet()
    assert LIGHT.window not in window.styleSheet()


def test_the_sheet_leaves_no_word_unfilled(qapp) -> None:
    assert "@" not in sheet(LIGHT)
    assert "@" not in sheet(DARK)
