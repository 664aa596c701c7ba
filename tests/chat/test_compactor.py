"""Compaction: when the oldest messages are summarised, and what the model reads then."""

from __future__ import annotations

from collections.abc import Callable

from mmdesk.chat.conversation import Conversation
from mmdesk.chat.temporary_chat import TemporaryConversation
from mmdesk.errors import EngineDied
from mmdesk.tasks.compact import NOTE_SAMPLING, compact, fitting_lines, good_note
from mmdesk.ui.summary_line import SummaryLine
from mmdesk.ui.user_message import UserMessage
from mmdesk.values import (
    ChatRequest,
    ImageDescriptions,
    NeverCancelled,
    OpenedConversation,
    Request,
    Stats,
    TextChunk,
    Turn,
)
from tests.fakes.scripted_engine import ScriptedEngine, words
from tests.window_user import WindowUser

NOTE = "Tea is made with hot water."
NOTES = f"- User: Question 1? Assistant: {NOTE}\n- User: Question 2? Assistant: {NOTE}"
LONG = "word " * 400  # 480 estimated tokens
FULL = Stats(model="scripted", generated_tokens=5, prompt_tokens=6000, context_tokens=6500,
             context_limit=8192, ttft_s=1.0)  # fmt: skip


def is_summary_request(request: Request) -> bool:
    return isinstance(request, ChatRequest) and request.sampling == NOTE_SAMPLING


class LongTalk(ScriptedEngine):
    """Engine whose answers fill the context window from the third one on."""

    def __init__(self, note: str | Exception = NOTE) -> None:
        super().__init__([], self._script)
        self.note = note
        self.answered = 0
        self.summarised: list[ChatRequest] = []

    def _script(self, request: Request) -> list:
        assert isinstance(request, ChatRequest)
        if is_summary_request(request):
            self.summarised.append(request)
            return words(self.note) if isinstance(self.note, str) else [self.note]
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
    first, second = engine.summarised
    assert "Question 1?" in said_in(first)
    assert "Question 2?" in said_in(second)
    user.ask("Question 4?")
    asked = engine.requests[-1]
    assert NOTES in asked.turns[0].text
    assert [turn.text for turn in asked.turns if turn.role == "user"] == [
        "Question 3?", "Question 4?",
    ]  # fmt: skip
    assert summary_lines(user)


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
    with qtbot.waitSignal(chat.answers.finished):
        chat.edit(chat.conversation.path[0].id, "Another question?")
    assert chat.conversation.summary() == ""
    assert NOTES not in said_in(engine.requests[-1])
    assert not summary_lines(user)


def test_a_summary_that_fails_leaves_everything_as_it_was(open_window, qtbot) -> None:
    engine = LongTalk(EngineDied("It stopped."))
    user = open_window(engine)
    for number in (1, 2):
        user.ask(f"Question {number}?")
    with qtbot.waitSignal(user.app.queue.failed, timeout=20_000):
        user.ask("Question 3?")
    assert user.app.chat.conversation.summary() == ""
    assert user.window.composer.error_bar.isHidden()
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


def test_a_note_is_one_line_and_a_refusal_is_none() -> None:
    assert good_note("- Note: Water it less often.\nUser: And then?") == "Water it less often."
    assert good_note("I'm sorry, but I can't assist with that.") == ""
    assert good_note("Ok.") == ""


def test_what_the_user_stated_stays_longest_in_a_summary() -> None:
    lines = [f"- User: fact {number}. Assistant: {'word ' * 60}" for number in range(20)]
    kept = fitting_lines(lines)
    assert [line.partition(".")[0] for line in kept] == [f"- User: fact {n}" for n in range(20)]
    assert "Assistant" not in kept[0]
    assert "Assistant" in kept[-1]
    assert len(fitting_lines([f"- User: {'fact ' * 50}{n}" for n in range(100)])) < 30


def test_a_summary_goes_on_from_the_one_before() -> None:
    engine = ScriptedEngine(words("It opens at nine."))
    turns = (
        Turn("user", "My name is Ana. When does it open?"),
        Turn("assistant", "It opens at nine in the morning."),
    )
    *_, chunk, _end = compact(engine, turns, NeverCancelled(), previous="- User: I live in Graz.")
    assert chunk == TextChunk(
        "- User: I live in Graz.\n- User: My name is Ana. Assistant: It opens at nine."
    )
