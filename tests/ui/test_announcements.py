"""Announcements to a screen reader, wherever the focus is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

from mmdesk.ui.main_window import MainWindow
from mmdesk.values import Stats


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    announced: list[str] = []

    def hear(event: object) -> None:
        if isinstance(event, QAccessibleAnnouncementEvent):
            announced.append(event.message())

    monkeypatch.setattr(QAccessible, "isActive", staticmethod(lambda: True))
    monkeypatch.setattr(QAccessible, "updateAccessibility", staticmethod(hear))
    return announced


def test_the_progress_of_an_answer_is_announced(window: MainWindow, said: list[str]) -> None:
    window.begin_answer()
    window.conversation.set_preparing("loading the model", None)
    window.conversation.set_preparing("loading the model", 0.5)
    window.conversation.append_answer("words")
    window.finish_answer(Stats())
    assert [words for words in said if "Loading" in words] == ["Loading the model"]
    assert said[-1] == "Answer finished"


def test_errors_are_announced_with_their_hint(window: MainWindow, said: list[str]) -> None:
    window.composer.show_error("x.png is no picture.", "Try another.")
    assert said[-1] == "x.png is no picture. Try another."
    window.begin_answer()
    window.fail_answer("The engine stopped.", "Ask again.")
    assert said[-1] == "The engine stopped. Ask again."


def test_the_state_of_the_microphone_is_announced(window: MainWindow, said: list[str]) -> None:
    window.set_listening(True)
    assert said[-1] == "Listening…"
    window.set_listening(False)
    window.add_transcript("")
    assert said[-1].startswith("Nothing heard")
