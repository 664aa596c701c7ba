"""The sentences of a streamed answer that a screen reader announces, and when."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from mmdesk.ui.main_window import MainWindow
from mmdesk.ui.screen_reader import LONGEST, SentenceSpeaker
from mmdesk.values import ConversationInfo as Info
from mmdesk.values import OpenedConversation, Stats, StoredMessage, Turn


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    announced: list[str] = []

    def hear(event: object) -> None:
        if isinstance(event, QAccessibleAnnouncementEvent):
            announced.append(event.message())

    monkeypatch.setattr(QAccessible, "isActive", staticmethod(lambda: True))
    monkeypatch.setattr(QAccessible, "updateAccessibility", staticmethod(hear))
    return announced


@pytest.fixture
def speaker(qtbot: QtBot) -> SentenceSpeaker:
    widget = QWidget()
    qtbot.addWidget(widget)
    created = SentenceSpeaker(widget)
    created.widget = widget  # kept alive
    return created


def stream(speaker: SentenceSpeaker, text: str, size: int = 3) -> None:
    for at in range(0, len(text), size):
        speaker.feed(text[at : at + size])
    speaker.finish()


def test_whole_sentences_are_said_and_not_tokens(speaker, said) -> None:
    stream(speaker, "It rains today. Take a coat with you! Good")
    assert said == ["It rains today.", "Take a coat with you!", "Good"]


def test_a_sentence_is_said_while_the_next_one_comes(speaker, said) -> None:
    speaker.feed("Paris is the capi")
    assert said == []
    speaker.feed("tal of France. It")
    assert said == ["Paris is the capital of France."]


def test_numbers_and_abbreviations_in_a_word_do_not_end_it(speaker, said) -> None:
    stream(speaker, "It costs 3.50 at example.org today.")
    assert said == ["It costs 3.50 at example.org today."]


def test_chinese_sentences_end_without_a_space(speaker, said) -> None:
    stream(speaker, "今天下雨。带上伞！", size=1)
    assert said == ["今天下雨。", "带上伞！"]


def test_marks_are_not_read(speaker, said) -> None:
    stream(speaker, "## Two *ways*\n- **one** and `two`\n[here](https://example.org/x)\n")
    assert said == ["Two ways", "one and two", "here"]


def test_code_is_counted_and_not_read(speaker, said) -> None:
    stream(speaker, "Like so:\n```python\nx = 1. \ny = 2\n```\nDone.")
    assert said == ["Like so:", "Code, 2 lines.", "Done."]


def test_code_that_is_cut_off_is_counted_too(speaker, said) -> None:
    stream(speaker, "```\na\nb")
    assert said == ["Code, 2 lines."]


def test_a_table_is_read_by_rows(speaker, said) -> None:
    stream(speaker, "| a | b |\n|---|---|\n| 1 | 2 |\n")
    assert said == ["a , b", "1 , 2"]


def test_something_endless_is_said_in_parts(speaker, said) -> None:
    stream(speaker, "word " * 500)
    assert len(said) > 3
    assert max(map(len, said)) <= LONGEST
    assert " ".join(said) == ("word " * 500).strip()


def test_what_came_at_once_is_said_at_once(speaker, said) -> None:
    speaker.feed("One. Two. Three. ")
    assert said == ["One. Two. Three."]


def test_nothing_is_gathered_for_nobody(qtbot, monkeypatch) -> None:
    monkeypatch.setattr(QAccessible, "isActive", staticmethod(lambda: False))
    widget = QWidget()
    qtbot.addWidget(widget)
    speaker = SentenceSpeaker(widget)
    speaker.feed("words " * 1000)
    assert speaker._pending == ""


def test_complaint_13_screen_readers_fail(window: MainWindow, said) -> None:
    """An answer is announced while it streams, in sentences, and so is its end."""
    window.begin_answer("a")
    for piece in ("The sky", " is blue. It", " scatters light", "."):
        window.conversation.append_answer(piece)
    assert "The sky is blue." in said
    assert not any("It scatters" in words for words in said)
    window.finish_answer(Stats())
    assert said[-2:] == ["It scatters light.", "Answer finished"]


def test_a_kept_answer_is_not_read_when_it_is_opened(window: MainWindow, said) -> None:
    kept = StoredMessage("a", "", Turn("assistant", "Long ago. It was said."))
    window.show_conversation(OpenedConversation(Info("c", "t"), (kept,)))
    assert not any("Long ago" in words for words in said)
