"""The quick question's window: what it sends, shows and forgets."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QClipboard, QColor, QGuiApplication, QImage
from pytestqt.qtbot import QtBot

from mmdesk.ready_prompts import SHIPPED, ReadyPrompt
from mmdesk.ui.main_window import MainWindow
from mmdesk.ui.paste import LONG_PASTE
from mmdesk.ui.quick_ask import QuickAsk
from mmdesk.ui.quick_sources import QuickSources
from mmdesk.values import Stats


@pytest.fixture
def ask(window: MainWindow, qtbot: QtBot) -> QuickAsk:
    QGuiApplication.clipboard().clear()
    window.quick_access.open_quick_ask()
    made = window.quick_access.quick_ask
    assert made is not None
    made.set_prompts(SHIPPED)
    qtbot.waitUntil(made.isActiveWindow)
    return made


def select(ask: QuickAsk, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a text be selected on the desktop, as X11 tells it."""
    clipboard = QGuiApplication.clipboard()
    monkeypatch.setattr(QClipboard, "supportsSelection", lambda _self: True)
    monkeypatch.setattr(QClipboard, "ownsSelection", lambda _self: False)
    real = clipboard.text

    def chosen(_self: QClipboard, mode: QClipboard.Mode = QClipboard.Mode.Clipboard) -> str:
        return text if mode == QClipboard.Mode.Selection else real()

    monkeypatch.setattr(QClipboard, "text", chosen)
    ask.sources.look()


def press(ask: QuickAsk, name: str) -> None:
    next(button for button in ask.prompts.buttons if button.text() == name).click()


def test_enter_asks_what_was_written(ask: QuickAsk, qtbot: QtBot) -> None:
    qtbot.keyClicks(ask.field, "  How far is the moon? ")
    with qtbot.waitSignal(ask.asked) as asked:
        qtbot.keyClick(ask.field, Qt.Key.Key_Return)
    assert (asked.args[0].text, asked.args[1]) == ("How far is the moon?", b"")
    assert ask.stop_button.isVisible()
    assert not ask.ask_button.isVisible()


def test_the_keyboard_stays_in_the_field_when_a_button_asks(ask: QuickAsk, qtbot: QtBot) -> None:
    qtbot.keyClicks(ask.field, "hello")
    ask.ask_button.setFocus()
    qtbot.keyClick(ask.ask_button, Qt.Key.Key_Space)
    assert ask.stop_button.isVisible()
    assert ask.focusWidget() is ask.field


def test_nothing_is_asked_when_nothing_was_written(ask: QuickAsk, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(ask.asked):
        ask.ask_button.click()
        press(ask, "Explain")
    assert ask.note.text() == "Write or select a text first."


def test_nothing_is_asked_before_the_model_is_there(ask: QuickAsk, qtbot: QtBot) -> None:
    ask.set_ready(False, "The model is still being downloaded.")
    qtbot.keyClicks(ask.field, "hello")
    with qtbot.assertNotEmitted(ask.asked):
        qtbot.keyClick(ask.field, Qt.Key.Key_Return)
    assert ask.note.text() == "The model is still being downloaded."
    assert ask.field.toPlainText() == "hello"


def test_selected_text_goes_along_only_when_it_is_ticked(
    ask: QuickAsk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    select(ask, "a quark is small", monkeypatch)
    assert "a quark is small" in ask.sources.preview.text()
    qtbot.keyClicks(ask.field, "Is it true?")
    with qtbot.waitSignal(ask.asked) as asked:
        ask.ask_button.click()
    assert asked.args[0].text == "Is it true?"
    ask.finish(Stats())
    ask.sources.text_choice.click()
    with qtbot.waitSignal(ask.asked) as asked:
        ask.ask_button.click()
    assert asked.args[0].text == "Is it true?\n\na quark is small"


def test_a_prompt_takes_the_selected_text_where_nothing_was_written(
    ask: QuickAsk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    select(ask, "me go home", monkeypatch)
    with qtbot.waitSignal(ask.asked) as asked:
        press(ask, "Fix grammar")
    assert asked.args[0].text == SHIPPED[0].fill("me go home")
    assert ask.sources.text_choice.isChecked()


def test_a_prompt_takes_what_was_written(
    ask: QuickAsk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    select(ask, "something else", monkeypatch)
    qtbot.keyClicks(ask.field, "quarks")
    with qtbot.waitSignal(ask.asked) as asked:
        press(ask, "Explain")
    assert asked.args[0].text == SHIPPED[3].fill("quarks")


def test_a_long_selected_text_becomes_a_document(
    ask: QuickAsk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = "word " * LONG_PASTE
    select(ask, long, monkeypatch)
    with qtbot.waitSignal(ask.asked) as asked:
        press(ask, "Make it shorter")
    assert asked.args[0].documents[0].text == long.strip()
    assert "word" not in asked.args[0].text


def test_a_prompt_has_its_key(ask: QuickAsk, qtbot: QtBot) -> None:
    ask.set_prompts((ReadyPrompt("Rhyme", "Rhyme: {text}", "Ctrl+Alt+R"),))
    qtbot.waitUntil(ask.prompts.buttons[0].isVisible)
    qtbot.keyClicks(ask.field, "moon")
    keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    with qtbot.waitSignal(ask.asked) as asked:
        qtbot.keyClick(ask.field, Qt.Key.Key_R, keys)
    assert asked.args[0].text == "Rhyme: moon"


def test_a_picture_of_the_clipboard_goes_along_when_it_is_ticked(
    ask: QuickAsk, qtbot: QtBot
) -> None:
    image = QImage(20, 10, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    assert not ask.sources.picture_choice.isVisible()
    QGuiApplication.clipboard().setImage(image)
    ask.sources.look_at_clipboard()
    ask.sources.picture_choice.click()
    qtbot.keyClicks(ask.field, "Which colour?")
    with qtbot.waitSignal(ask.asked) as asked:
        ask.ask_button.click()
    assert QImage.fromData(asked.args[1]).size().toTuple() == (20, 10)


def test_a_pasted_picture_is_ticked_and_pasted_text_is_written(ask: QuickAsk, qtbot: QtBot) -> None:
    image = QImage(20, 10, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    QGuiApplication.clipboard().setImage(image)
    ask.field.paste()
    assert ask.sources.picture_choice.isChecked()
    mime = QMimeData()
    mime.setText("hello")
    ask.field.insertFromMimeData(mime)
    assert ask.field.toPlainText() == "hello"


def test_the_answer_streams_there_and_can_be_stopped(ask: QuickAsk, qtbot: QtBot) -> None:
    qtbot.keyClicks(ask.field, "hello")
    ask.ask_button.click()
    ask.answer.append("Good ")
    ask.answer.append("day.")
    message = ask.answer.message
    assert message is not None
    assert message.text.source_text == "Good day."
    with qtbot.waitSignal(ask.stop_wanted):
        ask.stop_button.click()
    ask.stop()
    assert ask.ask_button.isVisible()
    assert message.copy_button.isVisible()
    message.copy_button.click()
    assert QGuiApplication.clipboard().text() == "Good day."


def test_escape_closes_it_and_nothing_is_remembered(ask: QuickAsk, qtbot: QtBot) -> None:
    qtbot.keyClicks(ask.field, "secret")
    ask.ask_button.click()
    ask.answer.append("The answer")
    with qtbot.waitSignal(ask.discarded):
        qtbot.keyClick(ask.field, Qt.Key.Key_Escape)
    assert not ask.isVisible()
    ask.show_up()
    assert ask.field.toPlainText() == ""
    assert ask.answer.message is None
    assert ask.answer.isHidden()


def test_open_in_mmdesk_keeps_it(ask: QuickAsk, qtbot: QtBot) -> None:
    qtbot.keyClicks(ask.field, "hello")
    ask.ask_button.click()
    with qtbot.waitSignal(ask.keep_wanted), qtbot.assertNotEmitted(ask.discarded):
        ask.keep_button.click()
    assert not ask.isVisible()


def test_an_error_leaves_the_question_in_the_field(ask: QuickAsk, qtbot: QtBot) -> None:
    qtbot.keyClicks(ask.field, "hello")
    ask.ask_button.click()
    ask.fail("The engine has stopped.", "Ask again.")
    assert ask.field.toPlainText() == "hello"
    assert ask.ask_button.isEnabled()


def test_where_selections_are_not_told_there_is_no_row(qtbot: QtBot) -> None:
    QGuiApplication.clipboard().clear()
    sources = QuickSources()
    qtbot.addWidget(sources)
    sources.look()
    assert sources.isHidden()
