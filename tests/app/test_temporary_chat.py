"""Temporary chat: no file has a word of it, unless it is kept after all."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from mmdesk.errors import InputError
from mmdesk.settings import home
from mmdesk.ui.conversation_view import ConversationView
from mmdesk.values import (
    AudioInput,
    CancelFlag,
    ChatRequest,
    DocumentInput,
    Event,
    ImageInput,
    Request,
)
from tests.fakes.echo_engine import EchoEngine
from tests.window_user import WindowUser

MARKER, KNOWN = "quibblefrost", "ordinaryword"
RED = ImageInput("quibblefrost.png", 2, 2, b"\xff\0\0" * 4, "ab" * 32)
LETTER = DocumentInput("quibblefrost.txt", "A letter about quibblefrost.")
SOUND = AudioInput("quibblefrost.wav", b"\0" * 64, "cd" * 32)


def files_with(word: str) -> list[Path]:
    """Return every file of mmdesk's folder whose name or bytes have a word."""
    return [
        path
        for path in home().rglob("*")
        if path.is_file() and (word in path.name or word.encode() in path.read_bytes().lower())
    ]


class FailingEngine(EchoEngine):
    """EchoEngine that refuses what has "fail" in it, with the name of a file."""

    def generate(self, request: Request, cancel: CancelFlag) -> Iterator[Event]:
        if isinstance(request, ChatRequest) and "fail" in request.turns[-1].text:
            raise InputError("{name} is too long.", name=LETTER.name)
        yield from super().generate(request, cancel)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    """Write a log into the home, as the application does."""
    path = tmp_path / "home" / "logs" / "mmdesk.log"
    path.parent.mkdir(parents=True)
    handler = logging.FileHandler(path, encoding="utf-8")
    logging.getLogger().addHandler(handler)
    yield path
    logging.getLogger().removeHandler(handler)
    handler.close()


def test_no_file_has_a_word_of_a_temporary_chat(open_window, log: Path) -> None:
    user = open_window(FailingEngine())
    user.ask(f"An {KNOWN} question")
    user.window.start_temporary_chat()
    user.ask(f"Who is {MARKER}?")
    attachments = user.window.attachments
    attachments.add_image(RED)
    attachments.add_document(LETTER)
    attachments.add_sound(SOUND)
    user.ask(f"And {MARKER} in these?")
    chat = user.app.chat
    with user.qtbot.waitSignal(chat.answers.finished):
        chat.edit(chat.conversation.path[0].id, f"What is {MARKER}?")
    with user.qtbot.waitSignal(chat.answers.finished):
        chat.regenerate(chat.conversation.path[-1].id)
    assert user.reads(f"You said What is {MARKER}?")
    with user.qtbot.waitSignal(chat.answers.failed):
        user.type(f"{MARKER} will fail")
        user.press("sendButton")
    user.app.titles.close()
    user.qtbot.waitUntil(lambda: user.app.queue.running is None)
    assert user.app.shut_down()
    assert files_with(KNOWN)
    assert "a job failed" in log.read_text()
    assert files_with(MARKER) == []
    assert list(home().rglob("attachments/*/*")) == []


def test_a_temporary_chat_is_recognised_at_a_glance(open_window) -> None:
    user = open_window(EchoEngine())
    user.window.start_temporary_chat()
    assert user.window.windowTitle() == "Temporary chat – mmdesk"
    assert user.window.temporary_banner.isVisible()
    assert user.window.composer.property("temporary")
    user.ask("Hello")
    assert user.window.windowTitle() == "Temporary chat – mmdesk"
    user.window.start_new_chat()
    assert user.window.windowTitle() == "mmdesk"
    assert not user.window.temporary_banner.isVisible()
    assert not user.window.composer.property("temporary")
    assert user.app.chat.is_empty()


def test_the_keyboard_begins_a_temporary_chat(open_window) -> None:
    user = open_window(EchoEngine())
    user.window.activateWindow()
    user.qtbot.waitUntil(user.window.isActiveWindow)
    keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    user.qtbot.keyClick(user.window, Qt.Key.Key_N, keys)
    assert user.app.chat.conversation.is_temporary


def test_a_kept_chat_is_stored_with_all_versions(open_window) -> None:
    user = open_window(EchoEngine())
    user.window.start_temporary_chat()
    user.ask(f"Who is {MARKER}?")
    chat = user.app.chat
    with user.qtbot.waitSignal(chat.answers.finished):
        chat.edit(chat.conversation.path[0].id, "Who else?")
    user.press("keepChatButton")
    assert not user.window.temporary_banner.isVisible()
    assert user.window.windowTitle() == "Who else? – mmdesk"
    user.ask("And now?")
    kept = chat.current
    messages: list = []
    user.app.history.call(lambda store: store.all_messages(kept), messages.extend)
    user.qtbot.waitUntil(lambda: bool(messages))
    said = [message.turn.text for message in messages]
    assert said[:4] == [
        "Who is quibblefrost?", "You said Who is quibblefrost?", "Who else?", "You said Who else?",
    ]  # fmt: skip
    assert said[4:] == ["And now?", "You said And now?"]
    assert user.window.history.rows.row_of(kept) is not None


def test_earlier_versions_of_a_temporary_chat_can_be_shown(open_window, qtbot) -> None:
    user = open_window(EchoEngine())
    user.window.start_temporary_chat()
    user.ask("First words")
    chat, view = user.app.chat, user.window.findChild(ConversationView)
    first = chat.conversation.path[0].id
    with qtbot.waitSignal(chat.answers.finished):
        chat.edit(first, "Second words")
    with qtbot.waitSignal(chat.shown):
        view.messages[0].versions.back.click()
    assert [message.turn.text for message in chat.conversation.path] == [
        "First words", "You said First words",
    ]  # fmt: skip
    assert user.reads("You said First words")


def test_leaving_a_temporary_chat_stops_its_answer(open_window) -> None:
    from tests.workers.waiting import GatedEngine

    engine = GatedEngine()
    user = WindowUser.with_answer_in_progress(open_window, engine)
    chat = user.app.chat
    chat.stop()
    engine.gate.set()
    user.qtbot.waitUntil(lambda: not user.window.answering)
    user.window.start_temporary_chat()
    engine.gate.clear()
    with user.qtbot.waitSignal(chat.answers.text_arrived):
        user.type("count")
        user.press("sendButton")
    left = chat.conversation
    with user.qtbot.waitSignal(chat.answers.ended):
        user.window.start_new_chat()
    assert left.path[-1].state == "stopped"
