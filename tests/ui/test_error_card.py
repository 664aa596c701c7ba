"""The card with an error and its hint."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from mmdesk.ui.error_card import ErrorCard


def test_it_is_hidden_until_there_is_an_error(qtbot: QtBot) -> None:
    card = ErrorCard("problem", "Problem")
    qtbot.addWidget(card)
    assert card.isHidden()
    assert card.layout() is None  # nothing is made before it is needed
    whole = card.show_error("x.png is no picture.", "Try another.")
    assert whole == "x.png is no picture. Try another."
    assert not card.isHidden()
    assert (card.message.text(), card.hint.text()) == ("x.png is no picture.", "Try another.")
    assert card.accessibleDescription() == whole


def test_a_missing_hint_leaves_no_gap(qtbot: QtBot) -> None:
    card = ErrorCard("problem", "Problem")
    qtbot.addWidget(card)
    card.show_error("It broke.", "Ask again.")
    card.show_error("It broke.", "")
    assert card.hint.isHidden()


def test_buttons_stand_below_and_beside_the_message(qtbot: QtBot) -> None:
    card = ErrorCard("problem", "Problem")
    qtbot.addWidget(card)
    below, beside = QPushButton("Retry"), QPushButton("Dismiss")
    card.add_below(below)
    card.add_beside(beside)
    card.show_error("It broke.", "Ask again.")
    card.resize(400, card.sizeHint().height())
    qtbot.waitExposed(card)
    assert below.y() > card.hint.geometry().bottom()
    assert beside.x() > card.message.geometry().right()
