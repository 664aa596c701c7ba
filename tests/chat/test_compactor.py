"""Compaction: when the oldest messages are summarised, and what the model reads then."""

from __future__ import annotations

from collections.abc import Callable

from mmdesk.chat.conversation import Conversation
from mmdesk.chat.temporary_chat import TemporaryConversation
from mmdesk.tasks.compact import SUMMARY_SAMPLING, good_summary
from mmdesk.ui.summary_line import SummaryLine
from mmdesk.ui.user_message import UserMessage
from mmdesk.values import (
    ChatRequest,
    ImageDescriptions,
    OpenedConversation,
    Request,
    Stats,
    Turn,
)
from tests.fakes.scripted_engine import ScriptedEngine, words
from tests.window_user import WindowUser

NOTES = "- The user is called Ana.\n- The user likes tea."
LONG = "word " * 400  # 480 estimated tokens
FULL = Stats(model="scripted", generated_tokens=5, prompt_tokens=6000, context_tokens=6500,
             context_limit=8192, ttft_s=1.0)  # fmt: skip


def is_summary_request(request: Request) -> bool:
    return isinstance(request, ChatRequest) and request.sampling == SUMMARY_SAMPLING


class LongTalk(ScriptedEngine):
    """Engine whose answers fill the context window from the third one on."""

    def __init__(self, notes: str = NOTES) -> None:
        super().__init__([], self._script)
        self.notes = notes
        self.answered = 0
        self.summarised: list[ChatRequest] = []

    def _script(self, request: Request) -> list:
        assert isinstance(request, ChatRequest)
        if is_summary_request(request):
            self.summarised.append(request)
            return words(self.notes)
        self.answered += 1
        return words(f"Answer {self.answered}. {LONG}", FULL if self.answered == 3 else None)


def talked(open_window: Callable, engine: LongTalk, questions: int = 3) -> WindowUser:
    user: WindowUser = open_window(engine)
    for number in range(1, questions + 1):
        user.ask(f"Question {number}?")
    return user


def summary_lines(user: WindowUser) -> list[SummaryLine]:
    """Return the lines over messages before which others were summarised."""
    view = user.window.conversation
    user.qtbot.waitUntil(view.column.is_complete)
    view.verticalScrollBar().setValue(0)
    user.qtbot.waitUntil(view.column.is_complete)
    messages = [message for message in view.messages if isinstance(message, UserMessage)]
    return [message.summary for message in messages if message.summary is not None]


def said_in(request: Request) -> str:
    assert isinstance(request, ChatRequest)
    return "\n".join(turn.text for turn in request.turns)


def test_a_summary_takes_the_place_of_the_oldest_messages(open_window, qtbot) -> None:
    engine = LongTalk()
    user = open_window(engine)
    for number in (1, 2):
        user.ask(f"Question {number}?")
    with qtbot.waitSignal(user.app.compactor.compacted, timeout=20_000):
        user.ask("Question 3?")
    (request,) = engine.summarised
    assert "Question 1?" in said_in(request)
    assert "Question 3?" not in said_in(request)
    user.ask("Question 4?")
    asked = engine.requests[-1]
    assert NOTES in asked.turns[0].text
    assert "Question 1?" not in said_in(asked)
    assert "Question 3?" in said_in(asked)
    assert summary_lines(user)


def test_the_prompt_of_the_summary_begins_as_the_conversations_own(open_window, qtbot) -> None:
    engine = LongTalk()
    user = open_window(engine)
    for number in (1, 2):
        user.ask(f"Question {number}?")
    with qtbot.waitSignal(user.app.compactor.compacted, timeout=20_000):
        user.ask("Question 3?")
    answer = next(
        request for request in reversed(engine.requests)
        if isinstance(request, ChatRequest) and request.turns[-1].text == "Question 3?"
    )  # fmt: skip
    summary = engine.summarised[0].turns
    assert summary[:-1] == answer.turns[: len(summary) - 1]


def test_the_line_opens_the_summary(open_window, qtbot) -> None:
    user = open_window(LongTalk())
    for number in (1, 2):
        user.ask(f"Question {number}?")
    with qtbot.waitSignal(user.app.compactor.compacted, timeout=20_000):
        user.ask("Question 3?")
    (line,) = summary_lines(user)
    line.button.click()
    assert user.reads(NOTES)


def test_a_stored_summary_is_read_again(open_window, qtbot) -> None:
    engine = LongTalk()
    user = open_window(engine)
    for number in (1, 2):
        user.ask(f"Question {number}?")
    with qtbot.waitSignal(user.app.compactor.compacted, timeout=20_000):
        user.ask("Question 3?")
    chat = user.app.chat
    first = chat.current
    user.window.start_new_chat()
    with qtbot.waitSignal(chat.shown):
        chat.open(first)
    assert chat.conversation.summary() == NOTES
    assert summary_lines(user)


def test_an_edit_before_the_summary_ends_does_without_it(open_window, qtbot) -> None:
    engine = LongTalk()
    user = open_window(engine)
    for number in (1, 2):
        user.ask(f"Question {number}?")
    with qtbot.waitSignal(user.app.compactor.compacted, timeout=20_000):
        user.ask("Question 3?")
    chat = user.app.chat
    with qtbot.waitSignal(chat.answer_finished):
        chat.edit(chat.conversation.path[0].id, "Another question?")
    assert chat.conversation.summary() == ""
    assert NOTES not in said_in(engine.requests[-1])
    assert not summary_lines(user)


def test_a_summary_that_is_none_changes_nothing(open_window, qtbot) -> None:
    engine = LongTalk("I'm sorry, but I can't assist with that.")
    user = open_window(engine)
    for number in (1, 2):
        user.ask(f"Question {number}?")
    with qtbot.waitSignal(user.app.queue.finished, check_params_cb=lambda ticket, _stats: (
        ticket.about == user.app.chat.current), timeout=20_000):  # fmt: skip
        user.ask("Question 3?")
    assert user.app.chat.conversation.summary() == ""
    user.ask("Question 4?")
    assert "Question 1?" in said_in(engine.requests[-1])


def test_a_short_conversation_is_left_alone(open_window) -> None:
    engine = LongTalk()
    user = talked(open_window, engine, 2)
    assert engine.summarised == []
    assert user.app.queue.running is None


def test_a_kept_temporary_chat_keeps_its_summary(open_window, qtbot) -> None:
    user = open_window(LongTalk())
    user.window.start_temporary_chat()
    for number in (1, 2):
        user.ask(f"Question {number}?")
    with qtbot.waitSignal(user.app.compactor.compacted, timeout=20_000):
        user.ask("Question 3?")
    chat = user.app.chat
    chat.keep()
    kept: list[OpenedConversation] = []
    user.app.history.call(lambda store: store.open(chat.current), kept.append)
    qtbot.waitUntil(lambda: bool(kept))
    assert [summary.text for summary in kept[0].summaries] == [NOTES]


def test_the_newest_summary_on_the_path_counts() -> None:
    conversation = Conversation(ImageDescriptions())
    for number in range(3):
        conversation.add(Turn("user", f"q{number}"))
        conversation.add(Turn("assistant", f"a{number}"))
    path = conversation.path
    conversation.summaries = {path[1].id: "first", path[3].id: "both"}
    assert conversation.summary() == "both"
    assert [turn.text for turn in conversation.turns()] == ["q2", "a2"]
    assert conversation.summary(path[3].id) == "first"
    assert [turn.text for turn in conversation.turns(path[3].id)] == ["q1"]
    assert conversation.summary(path[1].id) == ""
    assert [turn.text for turn in conversation.turns(path[1].id)] == ["q0"]


def test_versions_of_a_temporary_conversation_have_their_own_paths() -> None:
    conversation = TemporaryConversation(ImageDescriptions())
    question = conversation.add(Turn("user", "first"))
    conversation.add(Turn("assistant", "one"))
    conversation.cut(question.id)
    other = conversation.add(Turn("user", "second"), (question.id,))
    conversation.choose(question.id)
    assert [message.turn.text for message in conversation.path] == ["first", "one"]
    assert conversation.path[0].versions == (question.id, other.id)
    conversation.choose(other.id)
    assert [message.turn.text for message in conversation.path] == ["second"]


def test_notes_are_cleaned_and_refusals_are_none() -> None:
    assert good_summary("- A fact that counts.\n\n- A fact that counts.\n- Another.") == (
        "- A fact that counts.\n- Another."
    )
    assert good_summary("I'm sorry, but I can't assist with that request today.") == ""
    assert good_summary("Ok.") == ""
