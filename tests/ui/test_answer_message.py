"""The window during a question and its answer: Send, Stop, the text, the status bar."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QCoreApplication, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QMenu
from pytestqt.qtbot import QtBot

from mmdesk.ui.answer_message import AnswerMessage
from mmdesk.ui.main_window import MainWindow
from mmdesk.ui.user_message import UserMessage
from mmdesk.values import (
    DocumentInput,
    Forecast,
    ImageDescription,
    ImageInput,
    Label,
    Stats,
    StoredMessage,
    Turn,
)

Picture = Callable[[str], ImageInput]
NO_KEYBOARD = pytest.mark.qt_log_level_fail("CRITICAL")  # a menu wants it, the platform has none
DOCUMENT = DocumentInput("report.pdf", "words " * 500, pages=3)


def _last_answer(window: MainWindow) -> AnswerMessage:
    last = window.conversation.messages[-1]
    assert isinstance(last, AnswerMessage)
    return last


# --- sending ----------------------------------------------------------------------------------


def test_enter_sends_what_the_composer_holds(
    qtbot: QtBot, window: MainWindow, picture: Picture
) -> None:
    image = picture("a.png")
    description = ImageDescription(labels=(Label("dog", 0.9),))
    window.attachments.add_image(image)
    window.attachments.set_description(image.sha256, description)
    window.attachments.add_document(DOCUMENT)
    qtbot.keyClicks(window.composer.input, "What is this?")
    with qtbot.waitSignal(window.submitted) as emitted:
        qtbot.keyClick(window.composer.input, Qt.Key.Key_Return)
    expected = Turn(
        "user", "What is this?", (replace(image, description=description),), documents=(DOCUMENT,)
    )
    assert emitted.args == [expected]
    assert window.composer.input.toPlainText() == ""
    assert window.composer.turn() == Turn("user", "")
    shown = window.conversation.messages[0]
    assert isinstance(shown, UserMessage)
    assert shown.text.toPlainText() == "What is this?"


def test_nothing_is_not_sent(qtbot: QtBot, window: MainWindow) -> None:
    window.composer.input.setPlainText("  \n ")
    with qtbot.assertNotEmitted(window.submitted):
        window.composer.submit()
    assert not window.composer.send_button.isEnabled()


def test_nothing_is_sent_while_an_answer_comes(qtbot: QtBot, window: MainWindow) -> None:
    window.begin_answer()
    window.composer.input.setPlainText("next question")
    with qtbot.assertNotEmitted(window.submitted):
        qtbot.keyClick(window.composer.input, Qt.Key.Key_Return)
    assert window.composer.input.toPlainText() == "next question"
    window.finish_answer(Stats())
    with qtbot.waitSignal(window.submitted):
        window.composer.submit()


def test_send_waits_for_the_language_model_and_says_so(qtbot: QtBot, window: MainWindow) -> None:
    window.composer.set_ready(False, "Still fetching.")
    qtbot.keyClicks(window.composer.input, "hello")
    assert window.composer.input.toPlainText() == "hello"
    assert not window.composer.send_button.isEnabled()
    assert window.composer.reason.text() == "Still fetching."
    with qtbot.assertNotEmitted(window.submitted):
        window.composer.submit()
    window.composer.set_ready(True)
    assert window.composer.send_button.isEnabled()
    assert window.composer.reason.text() == ""


# --- an answer --------------------------------------------------------------------------------


def test_stop_is_there_only_while_an_answer_comes(qtbot: QtBot, window: MainWindow) -> None:
    stop = window.composer.stop_button
    assert not stop.isVisible()
    for end in (
        lambda: window.finish_answer(Stats()),
        window.stop_answer,
        lambda: window.fail_answer("It broke.", ""),
        window.clear_conversation,
    ):
        window.begin_answer()
        assert stop.isVisible()
        with qtbot.waitSignal(window.stop_requested):
            stop.click()
        end()
        assert not stop.isVisible()


def test_escape_stops(qtbot: QtBot, window: MainWindow) -> None:
    window.activateWindow()
    with qtbot.assertNotEmitted(window.stop_requested):
        qtbot.keyClick(window.composer.input, Qt.Key.Key_Escape)
    window.begin_answer()
    with qtbot.waitSignal(window.stop_requested):
        qtbot.keyClick(window.composer.input, Qt.Key.Key_Escape)


@pytest.mark.parametrize("end", ["finish", "stop", "fail"])
def test_the_text_so_far_stays_however_the_answer_ends(
    qtbot: QtBot, window: MainWindow, end: str
) -> None:
    window.begin_answer()
    window.conversation.set_preparing("reading part 2 of 7", 0.25)
    answer = _last_answer(window)
    qtbot.waitUntil(answer.preparing.isVisible)
    assert answer.preparing.bar.fraction == 0.25
    window.conversation.append_answer("Half an ")
    window.conversation.append_answer("answer")
    if end == "finish":
        window.finish_answer(Stats(decode_tokens_per_s=12.34, ttft_s=0.5))
    elif end == "stop":
        window.stop_answer()
    else:
        window.fail_answer("The engine stopped.", "Ask again.")
    answer.text.flush()
    assert answer.text.document().toPlainText().strip() == "Half an answer"
    assert not answer.preparing.isVisible()
    assert answer.stopped.isVisible() == (end == "stop")
    assert (answer.error is not None) == (end == "fail")
    assert answer.stats.text() == ""
    assert ("12.3 tokens/s" in answer.details.text()) == (end == "finish")
    assert ("Started after 0.5 s" in answer.details.text()) == (end == "finish")


@NO_KEYBOARD
def test_the_measurements_of_an_answer_are_shown_by_its_menu(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.begin_answer()
    window.conversation.append_answer("An answer")
    window.finish_answer(Stats(model="m", decode_tokens_per_s=12.34, stop="length", facts=2))
    answer = _last_answer(window)
    assert answer.stats.text() == "Reached the maximum answer length · used 2 remembered facts"
    assert not answer.details.isVisible()
    for shown in (True, False):
        answer.menu_button.click()
        menu = answer.findChild(QMenu, "answerMenu")
        (entry,) = [action for action in menu.actions() if action.text() == "Details"]
        assert entry.isChecked() != shown
        entry.trigger()
        menu.close()
        qtbot.waitUntil(lambda: answer.findChild(QMenu, "answerMenu") is None)
        assert answer.details.isVisible() == shown
    assert answer.details.text() == "m · 12.3 tokens/s"


@NO_KEYBOARD
def test_an_answer_without_measurements_offers_no_details(window: MainWindow) -> None:
    window.begin_answer()
    window.conversation.append_answer("Half an answer")
    window.stop_answer()
    answer = _last_answer(window)
    answer.menu_button.click()
    menu = answer.findChild(QMenu, "answerMenu")
    assert "Details" not in [action.text() for action in menu.actions()]
    menu.close()


def test_the_question_of_a_failed_answer_comes_back(
    qtbot: QtBot, window: MainWindow, picture: Picture
) -> None:
    window.attachments.add_image(picture("a.png"))
    window.composer.input.setPlainText("a question")
    window.composer.submit()
    window.begin_answer()
    window.composer.input.setPlainText("a draft")
    window.fail_answer("It broke.", "")
    assert window.composer.input.toPlainText() == "a draft"
    error = _last_answer(window).error
    assert error is not None
    button = error.findChild(QAbstractButton, "askAgainButton")
    button.click()
    assert window.composer.input.toPlainText() == "a question\na draft"
    assert [image.name for image in window.attachments.images] == ["a.png"]


def test_the_status_bar_says_what_an_answer_took(window: MainWindow) -> None:
    window.begin_answer()
    window.finish_answer(
        Stats(
            model="m",
            device="cpu",
            decode_tokens_per_s=20.04,
            context_tokens=1234,
            context_limit=8192,
        )
    )
    line = window.status_bar
    assert line.model.text() == "m · CPU"
    assert line.context.text() == ""  # nobody has to think of it before half of it is used
    line.set_stats(Stats(context_tokens=5000, context_limit=8192))
    assert line.context.text() == "Chat 61 % full"
    assert line.context.toolTip() == "About 5,000 of the 8,192 tokens that the model can read."
    line.set_stats(Stats(context_limit=8192))  # a summary's: parts of a document, one by one
    assert line.context.text() == "Chat 61 % full"


def test_the_meter_shows_from_half_full(window: MainWindow) -> None:
    line = window.status_bar
    for tokens, forgotten, shown in ((4000, 0, False), (4200, 0, True), (100, 3, True)):
        line.set_forecast(Forecast(tokens=tokens, limit=8192, forgotten=forgotten))
        assert line.meter.isVisible() == shown
    line.set_forecast(None)
    assert not line.meter.isVisible()


@pytest.mark.parametrize("end", ["stop", "fail"])
def test_an_answer_that_broke_off_leaves_no_older_figures(window: MainWindow, end: str) -> None:
    window.finish_answer(
        Stats(decode_tokens_per_s=20.0, context_tokens=8000, context_limit=8192),
    )
    window.begin_answer()
    if end == "stop":
        window.stop_answer()
    else:
        window.fail_answer("It broke.", "")
    assert window.status_bar.context.text() == ""


def test_a_narrow_status_bar_still_says_what_the_engine_does(
    qtbot: QtBot, window: MainWindow
) -> None:
    line = window.status_bar
    line.set_state("Ready")
    line.set_stats(Stats(model="a-model-of-2b-with-a-long-name", device="cpu"))
    line.set_stats(Stats(context_tokens=8000, context_limit=8192))
    window.resize(420, 700)
    qtbot.waitUntil(lambda: line.width() <= 420)
    assert line.state.width() >= line.fontMetrics().horizontalAdvance("Ready")


def test_the_state_begins_with_a_capital_letter(window: MainWindow) -> None:
    window.status_bar.set_state("loading the model")
    assert window.status_bar.state.text() == "Loading the model"


def test_the_end_is_followed_only_from_the_end(qtbot: QtBot, window: MainWindow) -> None:
    window.begin_answer()
    answer = _last_answer(window)
    window.conversation.append_answer("A line.\n\n" * 200)
    answer.text.flush()
    bar = window.conversation.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 500 and bar.value() == bar.maximum())
    assert not window.conversation.jump_button.isVisible()
    bar.setValue(100)
    assert window.conversation.jump_button.isVisible()
    before = bar.maximum()
    window.conversation.append_answer("More lines.\n\n" * 50)
    answer.text.flush()
    qtbot.waitUntil(lambda: bar.maximum() > before)
    assert bar.value() == 100
    window.conversation.jump_button.click()
    assert bar.value() == bar.maximum()
    assert not window.conversation.jump_button.isVisible()
    window.stop_answer()


def test_a_new_conversation_is_empty(qtbot: QtBot, window: MainWindow) -> None:
    window.conversation.add_message(StoredMessage("", "", Turn("user", "hello")))
    window.begin_answer()
    window.conversation.append_answer("hi")
    window.composer.input.setPlainText("draft")
    window.clear_conversation()
    assert window.conversation.messages == []
    assert window.conversation.welcome.isVisible()
    assert window.composer.input.toPlainText() == "draft"


@pytest.mark.qt_log_level_fail("CRITICAL")  # a menu wants the keyboard, which the platform has not
def test_finding_39_the_menu_of_an_answer_has_what_makes_sense_there(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.begin_answer("m1")
    window.conversation.append_answer("Flour:\n- white\nThen bake it.")
    window.finish_answer(Stats())
    answer = _last_answer(window)
    answer.text.flush()
    event = QContextMenuEvent(
        QContextMenuEvent.Reason.Mouse, QPoint(4, 4), answer.text.mapToGlobal(QPoint(4, 4))
    )
    QCoreApplication.sendEvent(answer.text.viewport(), event)
    menu = answer.text.findChild(QMenu, "textMenu")
    entries = {entry.text(): entry for entry in menu.actions() if entry.text()}
    assert list(entries) == [
        *("Copy", "Select all", "Copy as Markdown", "Copy with formatting", "Read aloud"),
        *("Remember this", "Answer again"),
    ]
    assert not entries["Copy"].isEnabled()
    entries["Copy as Markdown"].trigger()
    assert QGuiApplication.clipboard().text() == "Flour:\n- white\n\nThen bake it."
    with qtbot.waitSignal(window.conversation.again_wanted) as again:
        entries["Answer again"].trigger()
    assert again.args == ["m1"]
