"""A conversation of any length: only messages near the screen are widgets, and nothing jumps."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QColor, QGuiApplication, QInputMethodEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from mmdesk.ui import theme
from mmdesk.ui.answer_message import AnswerMessage
from mmdesk.ui.main_window import MainWindow
from mmdesk.ui.message_list import EDGE
from mmdesk.ui.user_message import UserMessage
from mmdesk.values import (
    ConversationInfo,
    ModelInfo,
    OpenedConversation,
    Stats,
    StoredMessage,
    Turn,
)

MANY = 10_000


def conversation(count: int) -> tuple[StoredMessage, ...]:
    made = []
    for number in range(count):
        role = "assistant" if number % 2 else "user"
        text = f"Message {number}.\n\n" + "Some more words in it. " * (number % 40)
        parent = str(number - 1) if number else ""
        made.append(StoredMessage(str(number), parent, Turn(role, text), versions=(str(number),)))
    return tuple(made)


def tall_answers(count: int, lines: int = 40) -> tuple[StoredMessage, ...]:
    """Return short questions with answers that are higher than the window."""
    messages = []
    for number in range(count):
        if number % 2:
            turn = Turn("assistant", "A line of the answer.\n\n" * lines)
        else:
            turn = Turn("user", f"Question {number}?")
        parent = str(number - 1) if number else ""
        messages.append(StoredMessage(str(number), parent, turn, versions=(str(number),)))
    return tuple(messages)


def on_screen(window: MainWindow, widget: QWidget) -> int:
    """Return the px from the top of the view to the top of a widget in it."""
    return widget.mapTo(window.conversation.viewport(), QPoint(0, 0)).y()


def show(
    window: MainWindow, messages: tuple[StoredMessage, ...], at: str = "", *terms: str
) -> None:
    window.show_conversation(OpenedConversation(ConversationInfo("c", "Long"), messages, at, terms))


def settled(qtbot: QtBot, window: MainWindow) -> None:
    """Wait until everything near the screen exists."""
    column = window.conversation.column
    qtbot.waitUntil(column.is_complete)


def shown(window: MainWindow) -> list[int]:
    """Return the numbers of the messages that are visible at least in part."""
    transcript = window.conversation
    bar, high = transcript.verticalScrollBar(), transcript.viewport().height()
    numbers = []
    for at in range(len(transcript.column.messages)):
        widget = transcript.column.widget(at)
        if widget is None or widget.y() >= bar.value() + high:
            continue
        if widget.y() + widget.height() > bar.value():
            numbers.append(at)
    return numbers


def test_a_long_conversation_has_no_more_widgets_than_a_short_one(
    qtbot: QtBot, window: MainWindow
) -> None:
    show(window, conversation(10))
    settled(qtbot, window)
    few = len(window.conversation.messages)
    show(window, conversation(MANY))
    settled(qtbot, window)
    assert MANY - 1 in shown(window)
    assert len(window.conversation.messages) <= max(few, 10)
    bar = window.conversation.verticalScrollBar()
    for part in range(40):
        bar.setValue(bar.maximum() * part // 40)
    settled(qtbot, window)
    assert len(window.conversation.messages) < 40


def test_every_message_of_a_long_conversation_can_be_reached(
    qtbot: QtBot, window: MainWindow
) -> None:
    show(window, conversation(60))
    settled(qtbot, window)
    bar = window.conversation.verticalScrollBar()
    seen = set(shown(window))
    while bar.value() > 0:
        bar.setValue(bar.value() - 150)
        settled(qtbot, window)
        seen |= set(shown(window))
    assert seen == set(range(60))


def test_what_is_read_does_not_move_while_what_is_above_gets_its_height(
    qtbot: QtBot, window: MainWindow
) -> None:
    show(window, conversation(300), at="150")
    settled(qtbot, window)
    column = window.conversation.column
    widget = column.widget(150)
    assert widget is not None
    bar = window.conversation.verticalScrollBar()
    before = widget.y() - bar.value()
    assert 0 <= before <= 40
    column._heights[100] += 500  # it turned out higher than guessed
    column._update_tops()
    assert widget.y() - bar.value() == before
    assert not window.conversation._at_end


@pytest.mark.parametrize("up", [0, 400])
def test_earlier_messages_come_without_a_jump(qtbot: QtBot, window: MainWindow, up: int) -> None:
    whole = conversation(300)
    show(window, whole[-60:])
    settled(qtbot, window)
    bar = window.conversation.verticalScrollBar()
    bar.setValue(bar.value() - up)
    settled(qtbot, window)
    column = window.conversation.column
    at = max(column._widgets)
    widget = column.widget(at)
    assert widget is not None
    before = widget.y() - bar.value()
    window.conversation.show_earlier(whole[:-60])
    settled(qtbot, window)
    assert column.widget(at + 240) is widget
    assert widget.y() - bar.value() == before
    assert tuple(message.id for message in column.messages) == tuple(m.id for m in whole)


def test_messages_do_not_overlap(qtbot: QtBot, window: MainWindow) -> None:
    show(window, conversation(200), at="77")
    window.resize(700, 600)
    settled(qtbot, window)
    window.resize(1100, 700)
    settled(qtbot, window)
    widgets = window.conversation.messages
    assert len(widgets) > 2
    for above, below in pairwise(widgets):
        assert above.y() + above.height() < below.y()
        assert above.height() >= above.sizeHint().height()


def test_opening_at_a_message_shows_and_marks_it(qtbot: QtBot, window: MainWindow) -> None:
    show(window, conversation(MANY), "5000", "Message")
    settled(qtbot, window)
    assert 5000 in shown(window)
    found = window.conversation.column.widget(5000)
    assert isinstance(found, UserMessage)
    assert found.text.marks == ["Message"]


def test_a_hit_far_down_a_long_message_is_scrolled_to(qtbot: QtBot, window: MainWindow) -> None:
    long = "A line of an answer.\n\n" * 300 + "Here is the needle.\n\n" + "And more.\n\n" * 200
    messages = (*conversation(20), StoredMessage("long", "19", Turn("assistant", long)))
    show(window, messages, "long", "needle")
    widget = window.conversation.column.widget(20)
    assert isinstance(widget, AnswerMessage)
    qtbot.waitUntil(lambda: widget.text.marks == ["needle"])
    settled(qtbot, window)
    bar, high = window.conversation.verticalScrollBar(), window.conversation.viewport().height()
    marks = widget.text.extraSelections()
    down = widget.text.cursorRect(marks[0].cursor).top()
    place = widget.y() + widget.text.y() + down
    assert bar.value() <= place <= bar.value() + high


@pytest.mark.parametrize("state", ["stopped", "failed", "interrupted", "streaming", "whole"])
def test_a_kept_answer_is_shown_as_it_was_left(
    qtbot: QtBot, window: MainWindow, state: str
) -> None:
    kept = StoredMessage(
        "a", "q", Turn("assistant", "Half an **answer**"), state, stats=Stats(ttft_s=2.0),
        notices=("Mind this.",), error="It broke." if state == "failed" else "",
    )  # fmt: skip
    show(window, (StoredMessage("q", "", Turn("user", "why?")), kept))
    settled(qtbot, window)
    (_, answer) = window.conversation.messages
    assert isinstance(answer, AnswerMessage)
    answer.text.flush()
    assert answer.text.toPlainText().strip() == "Half an answer"
    assert (answer.error is not None) == (state == "failed")
    assert answer.stopped.isVisible() == (state in ("stopped", "interrupted", "streaming"))
    assert "2.0 s" in answer.details.text()
    back = answer.stored(kept)
    assert back == (kept if state != "streaming" else StoredMessage(
        "a", "q", kept.turn, "interrupted", stats=kept.stats, notices=kept.notices
    ))  # fmt: skip


def test_an_answer_that_scrolled_away_comes_back_whole(qtbot: QtBot, window: MainWindow) -> None:
    show(window, conversation(400))
    window.begin_answer("new")
    window.conversation.append_answer("The whole answer.")
    window.finish_answer(Stats())
    window.conversation.verticalScrollBar().setValue(0)
    settled(qtbot, window)
    assert window.conversation.column.widget(400) is None
    window.conversation.jump_to_end()
    settled(qtbot, window)
    answer = window.conversation.column.widget(400)
    assert isinstance(answer, AnswerMessage)
    assert answer.text.source_text == "The whole answer."


def test_a_streaming_answer_stays_though_it_is_far_away(qtbot: QtBot, window: MainWindow) -> None:
    show(window, conversation(400))
    window.begin_answer("new")
    window.conversation.verticalScrollBar().setValue(0)
    settled(qtbot, window)
    window.conversation.append_answer("Still coming.")
    assert window.conversation.answer is window.conversation.column.widget(400)
    window.stop_answer()


# --- versions, editing, answering again ---------------------------------------------------------


def test_a_message_is_edited_in_its_place(qtbot: QtBot, window: MainWindow) -> None:
    show(window, conversation(2))
    settled(qtbot, window)
    question = window.conversation.messages[0]
    assert isinstance(question, UserMessage)
    question.edit_button.click()
    editor = question.editor
    assert editor is not None
    assert editor.field.toPlainText() == question.turn.text
    editor.field.setPlainText("Other words")
    with qtbot.waitSignal(window.conversation.edit_wanted) as emitted:
        editor.send.click()
    assert emitted.args == ["0", "Other words"]
    question.begin_edit()
    editor.field.setPlainText("   ")
    assert not editor.send.isEnabled()
    editor.cancelled.emit()
    assert editor.isHidden()


def test_the_keys_of_the_composer_hold_where_a_message_is_edited(
    qtbot: QtBot, window: MainWindow
) -> None:
    show(window, conversation(2))
    settled(qtbot, window)
    question = window.conversation.messages[0]
    assert isinstance(question, UserMessage)
    question.begin_edit()
    assert question.editor is not None
    field = question.editor.field
    qtbot.keyClicks(field, "one")
    qtbot.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClicks(field, "two")
    QGuiApplication.sendEvent(field, QInputMethodEvent("ni", []))
    with qtbot.assertNotEmitted(window.conversation.edit_wanted):
        qtbot.keyClick(field, Qt.Key.Key_Return)
    QGuiApplication.sendEvent(field, QInputMethodEvent("", []))
    with qtbot.waitSignal(window.conversation.edit_wanted) as emitted:
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert emitted.args == ["0", "one\ntwo"]
    question.begin_edit()
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert question.editor.isHidden()


@pytest.mark.parametrize("left", [11, 10, 3])
def test_a_conversation_is_cut_while_an_editor_has_the_focus(
    qtbot: QtBot, window: MainWindow, left: int
) -> None:
    """Hiding the editor moves the focus and scrolls, which must not create old messages again."""
    show(window, tall_answers(12))
    settled(qtbot, window)
    question = window.conversation.column.ensure_widget(10)
    assert isinstance(question, UserMessage)
    question.begin_edit()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    assert question.editor is not None
    question.editor.field.setFocus()
    with qtbot.waitSignal(window.conversation.focus_lost):
        show(window, tall_answers(12)[:left])
    settled(qtbot, window)
    assert len(window.conversation.column.messages) == left
    assert all(index < left for index in window.conversation.column._widgets)


@pytest.mark.parametrize("scrolled", ["at the end", "at the top", "at the question"])
def test_the_editor_is_in_sight(qtbot: QtBot, window: MainWindow, scrolled: str) -> None:
    show(window, tall_answers(12))
    settled(qtbot, window)
    column, bar = window.conversation.column, window.conversation.verticalScrollBar()
    bar.setValue(
        {"at the end": bar.maximum(), "at the top": 0, "at the question": column.top(8)}[scrolled]
    )
    settled(qtbot, window)
    question = column.ensure_widget(8)
    assert isinstance(question, UserMessage)
    question.edit_button.setFocus()
    question.edit_button.click()
    assert question.editor is not None
    settled(qtbot, window)
    assert on_screen(window, question.editor.field) == EDGE
    column.settled.emit()  # as when an answer grows
    column._heights[11] += 300
    column._update_tops()
    assert on_screen(window, question.editor.field) == EDGE


def test_the_end_is_not_followed_while_an_editor_is_open(qtbot: QtBot, window: MainWindow) -> None:
    show(window, conversation(4))
    settled(qtbot, window)
    question = window.conversation.column.ensure_widget(2)
    assert isinstance(question, UserMessage)
    question.begin_edit()
    before = on_screen(window, question)
    window.begin_answer("new")
    window.conversation.append_answer("A line.\n\n" * 200)
    assert window.conversation.answer is not None
    window.conversation.answer.text.flush()
    settled(qtbot, window)
    bar = window.conversation.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 500)
    assert on_screen(window, question) <= before
    assert bar.value() < bar.maximum()
    window.stop_answer()


@pytest.mark.parametrize("lines", [2, 12, 60])
@pytest.mark.parametrize("role", ["user", "assistant"])
def test_another_version_stays_under_the_pointer(
    qtbot: QtBot, window: MainWindow, role: str, lines: int
) -> None:
    at = 6 if role == "user" else 7
    first = list(tall_answers(12))
    first[at] = replace(first[at], versions=(str(at), "other"))
    show(window, tuple(first))
    settled(qtbot, window)
    column = window.conversation.column
    arrow = column.ensure_widget(at).versions.forward
    bar = window.conversation.verticalScrollBar()
    bar.setValue(arrow.mapTo(column, QPoint(0, 0)).y() - 400)
    settled(qtbot, window)
    arrow = column.ensure_widget(at).versions.forward
    before = on_screen(window, arrow)
    assert before == 400
    arrow.setFocus()
    arrow.click()
    other = Turn(role, "\n\n".join(["Other words."] * lines))
    messages = (*first[:at], replace(first[at], id="other", turn=other), *first[at + 1 :])
    show(window, messages, "other")
    settled(qtbot, window)
    versions = column.ensure_widget(at).versions
    assert on_screen(window, versions.forward) == before
    assert window.focusWidget() is versions.back  # there is nothing further forward


def test_scrolling_ends_what_is_kept_in_its_place(qtbot: QtBot, window: MainWindow) -> None:
    show(window, tall_answers(12))
    settled(qtbot, window)
    question = window.conversation.column.ensure_widget(8)
    assert isinstance(question, UserMessage)
    question.begin_edit()
    bar = window.conversation.verticalScrollBar()
    bar.setValue(bar.value() + 150)
    settled(qtbot, window)
    value = bar.value()
    window.conversation.column.settled.emit()
    assert bar.value() == value


def test_an_answer_can_be_asked_for_again_but_not_while_one_comes(
    qtbot: QtBot, window: MainWindow
) -> None:
    show(window, conversation(2))
    settled(qtbot, window)
    question, answer = window.conversation.messages
    assert isinstance(answer, AnswerMessage)
    with qtbot.waitSignal(window.conversation.again_wanted) as emitted:
        answer.again_button.click()
    assert emitted.args == ["1"]
    window.begin_answer("2")
    assert not answer.again_button.isEnabled()
    assert not question.edit_button.isEnabled()
    window.stop_answer()
    assert answer.again_button.isEnabled()


def test_arrows_walk_the_versions(qtbot: QtBot, window: MainWindow) -> None:
    show(window, conversation(2))
    settled(qtbot, window)
    (_, answer) = window.conversation.messages
    assert answer.versions.isHidden()
    window.conversation.set_versions("1", ("0a", "1", "2b"))
    assert answer.versions.count.text() == "2 / 3"
    for button, chosen in ((answer.versions.back, "0a"), (answer.versions.forward, "2b")):
        with qtbot.waitSignal(window.conversation.version_wanted) as emitted:
            button.click()
        assert emitted.args == [chosen]


def test_a_message_can_be_copied(qtbot: QtBot, window: MainWindow) -> None:
    show(window, conversation(2))
    settled(qtbot, window)
    for message in window.conversation.messages:
        message.copy_button.click()
        copied = QGuiApplication.clipboard().text()
        at = window.conversation.messages.index(message)
        assert copied == window.conversation.column.messages[at].turn.text


def test_finding_11_no_part_of_a_message_is_ever_a_window(
    qtbot: QtBot, window: MainWindow, picture
) -> None:
    class Windows(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Show and isinstance(watched, QWidget):
                shown.extend([watched.objectName()] * watched.isWindow())
            return False

    shown: list[str] = []
    windows = Windows()
    QCoreApplication.instance().installEventFilter(windows)
    show(window, conversation(4))
    settled(qtbot, window)
    window.attachments.add_image(picture("a.png"))
    window.begin_answer("a")
    window.conversation.append_answer("Words.")
    window.finish_answer(Stats())
    QCoreApplication.instance().removeEventFilter(windows)
    assert shown == []


@pytest.mark.parametrize(
    ("reason", "shown"),
    [(Qt.FocusReason.TabFocusReason, True), (Qt.FocusReason.MouseFocusReason, False)],
)
def test_finding_29_only_the_keyboard_draws_a_ring(
    qtbot: QtBot, window: MainWindow, reason: Qt.FocusReason, shown: bool
) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    show(window, conversation(4))
    settled(qtbot, window)
    window.conversation.setFocus(reason)
    assert window.conversation.hasFocus()
    assert bool(window.conversation.property("ring")) == shown
    text = window.conversation.messages[0].text
    text.setFocus(reason)
    assert not window.conversation.property("ring")
    corner = text.viewport().grab().toImage().pixelColor(text.viewport().width() // 2, 1)
    accent = QColor(theme.current().accent)
    assert (abs(corner.blue() - accent.blue()) < 60 and corner.red() < 150) == shown


def test_finding_5_answers_before_a_correction_offer_another_one(
    qtbot: QtBot, window: MainWindow, picture
) -> None:
    image = picture("birds.png")
    messages = (
        StoredMessage("q0", "", Turn("user", "Hello")),
        StoredMessage("a0", "q0", Turn("assistant", "Hi.")),
        StoredMessage("q1", "a0", Turn("user", "How many?", images=(image,))),
        StoredMessage("a1", "q1", Turn("assistant", "There are 10 birds.")),
    )
    show(window, messages)
    settled(qtbot, window)
    window.attachments.correct(image.sha256, "Seven birds fly over a pier.")
    offers = [
        message.again_offer
        for message in window.conversation.messages
        if isinstance(message, AnswerMessage)
    ]
    assert offers[0] is None
    with qtbot.waitSignal(window.conversation.again_wanted) as again:
        offers[1].click()
    assert again.args == ["a1"]


def test_continue_is_offered_below_the_last_answer_that_was_cut_off(qtbot, window) -> None:
    view = window.conversation
    stopped = StoredMessage("a", "q", Turn("assistant", "half"), "stopped")
    view.show_messages((StoredMessage("q", "", Turn("user", "q")), stopped))
    answer = view.messages[-1]
    assert answer.continue_button.isVisible()
    with qtbot.waitSignal(view.continue_wanted) as wanted:
        answer.continue_button.click()
    assert wanted.args == ["a"]
    view.add_message(StoredMessage("r", "a", Turn("user", "r")))
    assert not answer.continue_button.isVisible()
    whole = StoredMessage("a", "q", Turn("assistant", "whole"))
    view.show_messages((StoredMessage("q", "", Turn("user", "q")), whole))
    assert not view.messages[-1].continue_button.isVisible()
    view.offer_continue("a")
    assert view.messages[-1].continue_button.isVisible()


def test_another_installed_model_can_be_asked(qtbot, window) -> None:
    view = window.conversation
    view.show_messages((StoredMessage("a", "", Turn("assistant", "x")),))
    answer = view.messages[-1]
    small, large, absent = (
        ModelInfo(id, f"Model {id}", "language", ("text",), "MIT", 1, 1, installed, False)
        for id, installed in (("small", True), ("large", True), ("absent", False))
    )
    view.set_models((small, absent), "small")
    assert not answer.again_with_button.isVisible()
    view.set_models((small, large, absent), "small")
    assert answer.again_with_button.isVisible()
    menu = view.models_menu("a")
    assert [action.text() for action in menu.actions()] == ["Try again with Model large"]
    with qtbot.waitSignal(view.again_with_wanted) as wanted:
        menu.actions()[0].trigger()
    assert wanted.args == ["a", "large"]
    menu.deleteLater()
