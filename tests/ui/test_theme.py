"""The theme: readable in both schemes, and following the system."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from pytestqt.qtbot import QtBot

from mmdesk.ui import reduced_motion, stylesheet, theme
from mmdesk.ui.main_window import MainWindow
from mmdesk.ui.progress_line import ThinBar
from mmdesk.ui.stylesheet import sheet
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


# Text colours and their backgrounds, by the names of the tokens. 4.5:1 is WCAG 2.2's AA for text
# (1.4.3), 3:1 for the parts of a control that one must see (1.4.11).
WORDS = {
    "text": "window surface raised code border accent_soft danger_soft",
    "muted": "window surface raised code border accent_soft",
    "accent": "window surface raised code accent_soft",
    "on_accent": "accent accent_hover danger",
    "danger": "danger_soft window surface raised",
    "window": "text",  # the drawing on the Stop button
}
PARTS = {
    "outline": "window surface raised",  # edges of check boxes, handles of scroll bars
    "accent": "border raised window surface",  # rings of focus, bars of progress
    "text": "window surface",  # the ring around a button in the accent's colour
    "danger": "raised",  # a meter that is full
}


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=lambda tokens: tokens.name)
@pytest.mark.parametrize(("pairs", "least"), [(WORDS, 4.5), (PARTS, 3.0)], ids=["words", "parts"])
def test_contrast_is_what_wcag_asks_for(
    tokens: Tokens, pairs: dict[str, str], least: float
) -> None:
    short = {
        f"{front} on {ground}": round(contrast(getattr(tokens, front), getattr(tokens, ground)), 2)
        for front, grounds in pairs.items()
        for ground in grounds.split()
        if contrast(getattr(tokens, front), getattr(tokens, ground)) < least
    }
    assert short == {}


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=lambda tokens: tokens.name)
def test_code_is_readable_in_every_colour(tokens: Tokens) -> None:
    for entry in fields(tokens.syntax):
        assert contrast(getattr(tokens.syntax, entry.name), tokens.code) >= 4.5, entry.name


def _coloured_rules() -> list[tuple[str, str, str]]:
    """Return selector, text token and background token of each rule that sets both."""
    rules = re.findall(r"([^{}]+)\{([^}]*)\}", stylesheet._SHEET)
    found = []
    for selector, body in rules:
        words = re.search(r"(?<![-\w])color: @(\w+)", body)
        ground = re.search(r"background: @(\w+)", body)
        if words and ground:
            found.append((selector.strip(), words.group(1), ground.group(1)))
    return found


def test_every_pair_that_the_sheet_names_is_in_the_table() -> None:
    rules = [rule for rule in _coloured_rules() if ":disabled" not in rule[0]]  # exempt (1.4.3)
    assert len(rules) >= 3
    for selector, words, ground in rules:
        assert ground in WORDS[words].split(), selector


def test_contrast_is_computed_as_wcag_does() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


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
    window.appearance.theme.choose("dark")
    assert DARK.window in window.styleSheet()
    assert LIGHT.window not in window.styleSheet()


def test_the_sheet_leaves_no_token_unfilled(qapp) -> None:
    assert "@" not in sheet(LIGHT)
    assert "@" not in sheet(DARK)


def test_text_grows_with_the_choice_and_back(window: MainWindow, qtbot: QtBot) -> None:
    usual = theme.base_pixels()
    height = window.top_bar.new_chat.sizeHint().height()
    window.conversation.append_answer("Some words of an answer.")
    text = window.conversation.answer.text
    text.flush()
    before = text.document().size().height()
    for _ in range(5):
        window.appearance.enlarge_text()
    assert theme.base_pixels() == round(usual * 1.5)
    assert f"font-size: {round(usual * 1.5)}px" in window.styleSheet()
    assert window.top_bar.new_chat.sizeHint().height() > height
    qtbot.waitUntil(lambda: text.document().size().height() > before)
    window.appearance.reset_text()
    assert theme.base_pixels() == usual
    qtbot.waitUntil(lambda: text.document().size().height() == before)


def test_the_text_size_stays_within_bounds_and_is_kept(window: MainWindow, qtbot: QtBot) -> None:
    sizes = []
    window.settings_changed.connect(lambda settings: sizes.append(settings.text_size))
    for _ in range(20):
        window.appearance.enlarge_text()
    for _ in range(20):
        window.appearance.shrink_text()
    assert (max(sizes), sizes[-1]) == (200, 80)


def test_nothing_moves_when_motion_is_reduced(qtbot: QtBot) -> None:
    bar = ThinBar()
    qtbot.addWidget(bar)
    reduced_motion.set_reduced(True)
    try:
        bar.show()
        qtbot.waitExposed(bar)
        assert bar._motion.state() == bar._motion.State.Stopped
        assert QApplication.cursorFlashTime() == 0
        before = bar.grab().toImage()
        assert before.pixelColor(4, 3) == QColor(theme.current().accent)  # it still says: busy
    finally:
        reduced_motion.set_reduced(False)
    bar.hide()
    bar.show()
    assert bar._motion.state() == bar._motion.State.Running
    assert QApplication.cursorFlashTime() > 0
    bar.hide()


def test_a_dialog_fits_into_its_screen_with_its_frame(qtbot: QtBot) -> None:
    class Framed(QWidget):
        def frameSize(self) -> QSize:
            return self.size() + QSize(2, 30)

    parent = Framed()
    qtbot.addWidget(parent)
    dialog = QDialog(parent)
    theme.fit_to_text(dialog, 100_000, 100_000)
    assert dialog.size() == dialog.screen().availableSize() - QSize(2, 30)
