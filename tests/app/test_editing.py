"""Editing a question and walking through versions in a conversation longer than the screen."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QToolButton, QWidget

from mmdesk.ui.conversation_view import ConversationView
from mmdesk.ui.message_list import EDGE
from mmdesk.ui.user_message import UserMessage
from tests.fakes.scripted_engine import words
from tests.window_user import loaded_then

TALL = "A line of the answer.\n\n" * 30


def last_question(view: ConversationView) -> UserMessage:
    return [message for message in view.messages if isinstance(message, UserMessage)][-1]


def y_on_screen(view: ConversationView, widget: QWidget) -> int:
    return widget.mapTo(view.viewport(), QPoint(0, 0)).y()


def test_the_last_question_of_a_long_conversation_is_edited(open_window, qtbot) -> None:
    answers = [words(f"Answer {number}.\n\n{TALL}") for number in range(7)]
    person = open_window(loaded_then(*answers))
    view = person.window.findChild(ConversationView)
    for number in range(6):
        person.ask(f"Question {number}?")
    qtbot.waitUntil(view.column.is_complete)
    person.window.activateWindow()
    qtbot.waitUntil(person.window.isActiveWindow)
    question = last_question(view)
    question.edit_button.click()
    field = question.findChild(QPlainTextEdit, "editMessageField")
    qtbot.waitUntil(view.column.is_complete)
    assert y_on_screen(view, field) == EDGE
    field.setFocus()
    qtbot.keyClicks(field, "Another question?")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Answer 6." in person.shown())
    assert person.reads("Another question?")
    assert "Question 5?" not in person.shown()
    count = last_question(view).findChild(QLabel, "versionCount")
    assert count.text() == "2 / 2"
    assert person.window.focusWidget() is person.window.composer.input


def test_an_arrow_stays_under_the_pointer(open_window, qtbot) -> None:
    answers = [words(f"Answer {number}.\n\n{TALL}") for number in range(4)]
    person = open_window(loaded_then(*answers))
    view = person.window.findChild(ConversationView)
    for number in range(3):
        person.ask(f"Question {number}?")
    question = last_question(view)
    question.edit_button.click()
    field = question.findChild(QPlainTextEdit, "editMessageField")
    qtbot.keyClicks(field, "Another question?")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Answer 3." in person.shown())
    qtbot.waitUntil(lambda: not person.window.findChild(QWidget, "stopButton").isVisible())
    arrow = last_question(view).findChild(QToolButton, "previousVersionButton")
    view.verticalScrollBar().setValue(arrow.mapTo(view.column, QPoint(0, 0)).y() - 200)
    qtbot.waitUntil(view.column.is_complete)
    before = y_on_screen(view, arrow)
    arrow.click()
    qtbot.waitUntil(lambda: "Question 2?" in person.shown())
    qtbot.waitUntil(view.column.is_complete)
    arrow = last_question(view).findChild(QToolButton, "previousVersionButton")
    assert y_on_screen(view, arrow) == before
