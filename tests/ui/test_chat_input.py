"""The text field of the composer."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, QMimeData, Qt
from PySide6.QtGui import QGuiApplication, QInputMethodEvent
from pytestqt.qtbot import QtBot

from mmdesk.ui.chat_input import ChatInput


@pytest.fixture
def field(qtbot: QtBot) -> ChatInput:
    created = ChatInput()
    qtbot.addWidget(created)
    created.resize(400, created.height())
    created.show()
    qtbot.waitExposed(created)
    return created


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_enter_sends(qtbot: QtBot, field: ChatInput, key: Qt.Key) -> None:
    qtbot.keyClicks(field, "hello")
    with qtbot.waitSignal(field.sent):
        qtbot.keyClick(field, key)
    assert field.toPlainText() == "hello"


def test_shift_enter_breaks_the_line(qtbot: QtBot, field: ChatInput) -> None:
    qtbot.keyClicks(field, "a")
    with qtbot.assertNotEmitted(field.sent):
        qtbot.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClicks(field, "b")
    assert field.toPlainText() == "a\nb"


def test_enter_belongs_to_the_input_method_while_it_composes(
    qtbot: QtBot, field: ChatInput
) -> None:
    QCoreApplication.sendEvent(field, QInputMethodEvent("ni hao", []))
    with qtbot.assertNotEmitted(field.sent):
        qtbot.keyClick(field, Qt.Key.Key_Return)
    done = QInputMethodEvent("", [])
    done.setCommitString("你好")
    QCoreApplication.sendEvent(field, done)
    assert field.toPlainText() == "你好"
    with qtbot.waitSignal(field.sent):
        qtbot.keyClick(field, Qt.Key.Key_Return)


def test_it_grows_to_eight_lines(qtbot: QtBot, field: ChatInput) -> None:
    heights = []
    for lines in (1, 2, 8, 30):
        field.setPlainText("\n".join("x" * lines))
        heights.append(field.height())
    assert heights[0] < heights[1] < heights[2] == heights[3]
    field.clear()
    assert field.height() == heights[0]


def test_wrapped_lines_count(qtbot: QtBot, field: ChatInput) -> None:
    low = field.height()
    field.setPlainText("many words " * 30)
    assert field.height() > low


def test_up_recalls_in_an_empty_field_only(qtbot: QtBot, field: ChatInput) -> None:
    field.remember("first")
    field.remember("second")
    qtbot.keyClick(field, Qt.Key.Key_Up)
    assert field.toPlainText() == "second"
    qtbot.keyClick(field, Qt.Key.Key_Up)
    assert field.toPlainText() == "first"
    qtbot.keyClick(field, Qt.Key.Key_Down)
    qtbot.keyClick(field, Qt.Key.Key_Down)
    assert field.toPlainText() == ""
    qtbot.keyClicks(field, "draft")
    qtbot.keyClick(field, Qt.Key.Key_Up)
    assert field.toPlainText() == "draft"


def test_a_paste_is_handed_on(qtbot: QtBot, field: ChatInput) -> None:
    QGuiApplication.clipboard().setText("pasted")
    with qtbot.waitSignal(field.pasted) as emitted:
        field.paste()
    assert isinstance(emitted.args[0], QMimeData)
    assert field.toPlainText() == ""
