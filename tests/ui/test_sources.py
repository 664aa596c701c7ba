"""Citations in the window: numbers behind sentences, the list of sources, the passage shown."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QTextCharFormat, QTextCursor
from pytestqt.qtbot import QtBot

from mmdesk.ui import theme
from mmdesk.ui.answer_message import AnswerMessage
from mmdesk.ui.document_viewer import DocumentViewer
from mmdesk.ui.main_window import MainWindow
from mmdesk.ui.source_list import SHOWN_AT_FIRST
from mmdesk.values import (
    Citation,
    ConversationInfo,
    DocumentInput,
    OpenedConversation,
    Stats,
    StoredMessage,
    Turn,
    join_pages,
)

FILLER = "\n".join(f"Line {number} of the report." for number in range(200))
TEXT, STARTS = join_pages((FILLER, "The bridge is 148 metres long.", FILLER))
REPORT = DocumentInput("R&D report.pdf", TEXT, "application/pdf", 3, page_starts=STARTS)
ANSWER = "**The bridge is long.** It was opened 😀 in 1962. Nobody knows why."
PLACE = TEXT.index("The bridge")
FIRST = Citation(2, 21, REPORT.name, PLACE, PLACE + 30, 2, "The bridge is 148 metres long.")
SECOND = Citation(24, 48, REPORT.name, 0, 24, 1, "Line 0 of the report.")
LACKING = Citation(49, 66)


def answer_with(*citations: Citation, text: str = ANSWER) -> tuple[StoredMessage, ...]:
    question = StoredMessage("q", "", Turn("user", "How long is it?", documents=(REPORT,)))
    return (
        question,
        StoredMessage("a", "q", Turn("assistant", text), citations=tuple(citations)),
    )


@pytest.fixture
def shown(qtbot: QtBot, window: MainWindow) -> AnswerMessage:
    return open_answer(qtbot, window, answer_with(FIRST, SECOND, LACKING))


def open_answer(
    qtbot: QtBot, window: MainWindow, messages: tuple[StoredMessage, ...]
) -> AnswerMessage:
    window.show_conversation(OpenedConversation(ConversationInfo("c", "Title"), messages))
    qtbot.waitUntil(window.conversation.column.is_complete)
    last = window.conversation.messages[-1]
    assert isinstance(last, AnswerMessage)
    return last


def formats(answer: AnswerMessage, label: str) -> QTextCharFormat:
    cursor = answer.text.document().find(label)
    assert not cursor.isNull()
    return cursor.charFormat()


def test_numbers_stand_behind_the_sentences(shown: AnswerMessage) -> None:
    text = shown.text.toPlainText().replace("\u202f", " ").strip()
    assert text == ("The bridge is long. [1] It was opened 😀 in 1962. [2] Nobody knows why. [?]")
    assert shown.text.source_text == ANSWER
    assert formats(shown, "[1]").anchorHref() == "#source-1"
    assert not formats(shown, "[?]").isAnchor()
    assert "Not found" in formats(shown, "[?]").toolTip()


def test_emphasis_before_a_number_stays(shown: AnswerMessage) -> None:
    assert formats(shown, "bridge").fontWeight() >= 600
    assert "*" not in shown.text.toPlainText()


def test_code_after_a_number_stays_whole(qtbot: QtBot, window: MainWindow) -> None:
    code = "def start(port):\n    return port + 1"
    text = f"**Start it.** Do it now.\n\n```python\n{code}\n```\n\n| a | b |\n|---|---|\n| c | d |"
    first, second = Citation(2, 11, REPORT.name, 0, 24, 1, "Line"), Citation(14, 24)
    answer = open_answer(qtbot, window, answer_with(first, second, text=text))
    answer.text.flush()
    assert "[1]" in answer.text.toPlainText()
    assert code in answer.text.toPlainText()


def test_the_sources_are_listed_with_names_for_screen_readers(shown: AnswerMessage) -> None:
    assert shown.sources is not None
    buttons = shown.sources.buttons
    assert [button.text() for button in buttons] == [
        "1 · R&&D report.pdf, page 2: “The bridge is 148 metres long.”",
        "2 · R&&D report.pdf, page 1: “Line 0 of the report.”",
    ]
    assert buttons[0].accessibleName() == "Source 1: R&D report.pdf, page 2"
    assert "148 metres" in buttons[0].accessibleDescription()
    assert all(button.focusPolicy() & Qt.FocusPolicy.TabFocus for button in buttons)


def test_tab_goes_from_the_numbers_to_the_sources(
    qtbot: QtBot, window: MainWindow, shown: AnswerMessage
) -> None:
    assert shown.sources is not None
    shown.text.setFocus(Qt.FocusReason.TabFocusReason)
    reached = []
    while window.focusWidget() is not shown.copy_button and len(reached) < 9:
        reached.append(window.focusWidget())
        qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
    assert reached[-2:] == shown.sources.buttons
    assert reached.count(shown.text) >= 2  # the text, and the numbers in it


def open_viewer(window: MainWindow) -> DocumentViewer:
    (viewer,) = window.findChildren(DocumentViewer)
    return viewer


def test_a_source_opens_its_document_at_the_passage(
    qtbot: QtBot, window: MainWindow, shown: AnswerMessage
) -> None:
    assert shown.sources is not None
    qtbot.keyClick(shown.sources.buttons[0], Qt.Key.Key_Space)
    viewer = open_viewer(window)
    qtbot.waitExposed(viewer)
    assert viewer.highlighted == "The bridge is 148 metres long."
    cursor = QTextCursor(viewer.text.document())
    cursor.setPosition(viewer.text.textCursor().position())
    assert viewer.text.viewport().rect().contains(viewer.text.cursorRect(cursor))
    viewer.close()


def test_a_number_in_the_text_opens_the_same(window: MainWindow, shown: AnswerMessage) -> None:
    shown.text.anchorClicked.emit(QUrl("#source-2"))
    viewer = open_viewer(window)
    assert viewer.highlighted == "Line 0 of the report.\nLi"
    viewer.close()


def test_a_document_that_has_changed_shows_the_passage_alone(window: MainWindow) -> None:
    changed = Citation(0, 4, "gone.pdf", 0, 9, 4, "As it was.")
    window.pages.open_passage(changed, (REPORT,))
    viewer = open_viewer(window)
    assert viewer.text.toPlainText() == "As it was."
    viewer.close()


def test_a_passage_that_has_moved_is_found(window: MainWindow) -> None:
    moved = Citation(0, 4, REPORT.name, 5, 35, 2, "The bridge is 148 metres long.")
    window.pages.open_passage(moved, (REPORT,))
    viewer = open_viewer(window)
    assert viewer.highlighted == "The bridge is 148 metres long."
    viewer.close()


def test_the_file_of_a_folder_is_asked_for(qtbot: QtBot, window: MainWindow) -> None:
    citation = Citation(0, 4, "old/a.txt", 0, 5, None, "Words", "/papers/old/a.txt")
    with qtbot.waitSignal(window.pages.cited_file_wanted) as wanted:
        window.pages.open_passage(citation, (REPORT,))
    assert wanted.args == [citation]


def test_an_answer_gets_its_numbers_when_it_is_complete(window: MainWindow) -> None:
    window.begin_answer("a")
    window.conversation.append_answer(ANSWER)
    window.conversation.set_citations((FIRST, LACKING))
    window.finish_answer(Stats())
    answer = window.conversation.messages[-1]
    assert isinstance(answer, AnswerMessage)
    answer.text.flush()
    assert "[1]" in answer.text.toPlainText()
    assert window.conversation.column.messages[-1].citations == (FIRST, LACKING)
    assert answer.sources is not None
    assert "One sentence" in answer.sources.missing_text


def test_a_long_list_is_shown_in_part(qtbot: QtBot, window: MainWindow) -> None:
    text = "Word. " * 9
    cited = [Citation(6 * at, 6 * at + 5, "a.txt", at, at + 1, None, "W") for at in range(9)]
    answer = open_answer(qtbot, window, answer_with(*cited, text=text))
    assert answer.sources is not None
    assert sum(button.isVisible() for button in answer.sources.buttons) == SHOWN_AT_FIRST
    qtbot.mouseClick(answer.sources.more_button, Qt.MouseButton.LeftButton)
    assert all(button.isVisible() for button in answer.sources.buttons)


def test_numbers_follow_the_scheme(window: MainWindow, shown: AnswerMessage) -> None:
    from dataclasses import replace

    window.take_settings(replace(window.settings, colour_scheme="dark"))
    shown.text._rebuild()
    assert formats(shown, "[1]").foreground().color() == theme.colour(theme.DARK.accent)


def test_a_link_of_a_model_to_a_source_that_is_none_is_left_alone(
    qtbot: QtBot, shown: AnswerMessage
) -> None:
    with qtbot.assertNotEmitted(shown.source_wanted):
        shown.text.anchorClicked.emit(QUrl("#source-77"))
