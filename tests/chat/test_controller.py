"""Asking, editing, answering again, walking versions and going away: what is kept of it all."""

from __future__ import annotations

import pytest

from mmdesk.chat.controller import ChatController
from mmdesk.chat.session import Session, request_job
from mmdesk.errors import EngineDied
from mmdesk.history.archive import Archive
from mmdesk.values import (
    ChatRequest,
    ChatSettings,
    ConversationInfo,
    DescribeImagesRequest,
    EarlierMessages,
    ImageDescribed,
    ImageDescription,
    ImageInput,
    StoredMessage,
    Task,
    TextChunk,
    Turn,
)
from mmdesk.workers.history_worker import END, HistoryWorker
from tests.fakes.scripted_engine import ScriptedEngine, words
from tests.workers.waiting import GatedEngine

DOG = ImageInput("dog.jpg", 1, 1, b"abc", "d0" * 32)
SIGHT = ImageDescription(caption="a dog")


class Desk:
    """A session, a history and what goes on between them."""

    def __init__(self, engine: object, path) -> None:
        self.session = Session(lambda: engine)
        self.keeping = HistoryWorker(lambda: Archive(path))
        self.asked: list[tuple[Task, ChatSettings]] = []
        self.talks = ChatController(self.session, self.keeping, self._recipe)
        self.keeping.begin()

    def _recipe(self, task: Task, settings: ChatSettings):
        self.asked.append((task, settings))
        return lambda turns: request_job(ChatRequest(turns))

    def close(self) -> bool:
        return self.session.close() and self.keeping.close()


@pytest.fixture
def desk_of(tmp_path):
    desks: list[Desk] = []

    def make(*scripts, engine=None) -> Desk:
        engine = engine or ScriptedEngine(*scripts)
        desks.append(Desk(engine, tmp_path / "history.db"))
        return desks[-1]

    yield make
    for desk in desks:
        assert desk.close()


def ask(qtbot, desk: Desk, text: str, **more) -> None:
    with qtbot.waitSignal(desk.session.answer_ended):
        desk.talks.ask(Turn("user", text, **more), Task())


def kept(qtbot, desk: Desk, conversation: str = "") -> list[tuple[str, str]]:
    """What the history would show, read anew."""
    with qtbot.waitSignal(desk.keeping.opened) as told:
        desk.keeping.open(conversation or desk.talks.current)
    return [(message.turn.text, message.state) for message in told.args[0].messages]


def last_prompt(engine: ScriptedEngine) -> list[str]:
    return [turn.text for turn in engine.requests[-1].turns]


def test_a_question_and_its_answer_are_kept(qtbot, desk_of) -> None:
    desk = desk_of(words("Paris."))
    with qtbot.waitSignal(desk.talks.message_added) as told:
        ask(qtbot, desk, "capital?")
    assert told.args[0].turn.text == "capital?"
    assert kept(qtbot, desk) == [("capital?", "whole"), ("Paris.", "whole")]
    assert desk.talks.info.title == "capital?"


def test_nothing_is_kept_of_a_conversation_in_which_nothing_was_said(qtbot, desk_of) -> None:
    desk = desk_of(words("x"))
    desk.talks.begin_new()
    with qtbot.waitSignal(desk.keeping.listed) as told:
        desk.keeping.rename("none", "x")
    assert told.args == [()]


def test_beginning_anew_counts_as_a_choice(qtbot, desk_of) -> None:
    desk = desk_of(words("x"))
    assert desk.talks.is_untouched()
    desk.talks.begin_new()
    assert not desk.talks.is_untouched()


def test_a_failed_answer_is_kept_with_its_reason(qtbot, desk_of) -> None:
    desk = desk_of([TextChunk("half"), EngineDied("It stopped.", "Ask again.")])
    ask(qtbot, desk, "q")
    with qtbot.waitSignal(desk.keeping.opened) as told:
        desk.keeping.open(desk.talks.current)
    answer = told.args[0].messages[-1]
    assert (answer.turn.text, answer.state) == ("half", "failed")
    assert (answer.error, answer.hint) == ("It stopped.", "Ask again.")


def test_answering_again_makes_a_version_and_leaves_the_first(qtbot, desk_of) -> None:
    engine = ScriptedEngine(words("one"), words("two"))
    desk = desk_of(engine=engine)
    ask(qtbot, desk, "q")
    first = desk.talks.path[-1].id
    with qtbot.waitSignals([desk.talks.versions_changed, desk.session.answer_finished]):
        desk.talks.regenerate(first)
    assert last_prompt(engine) == ["q"]
    assert desk.talks.path[-1].versions == (first, desk.talks.path[-1].id)
    assert kept(qtbot, desk)[-1] == ("two", "whole")
    with qtbot.waitSignal(desk.talks.shown) as told:
        desk.talks.choose_version(first)
    assert [message.turn.text for message in told.args[0].messages] == ["q", "one"]
    ask(qtbot, desk, "and then?")
    assert last_prompt(engine) == ["q", "one", "and then?"]


def test_editing_asks_in_other_words_with_the_same_attachments(qtbot, desk_of) -> None:
    engine = ScriptedEngine(words("one"), words("two"), words("three"))
    desk = desk_of(engine=engine)
    ask(qtbot, desk, "first")
    ask(qtbot, desk, "old words", images=(DOG,))
    before = desk.talks.path[2]
    with qtbot.waitSignal(desk.session.answer_finished):
        desk.talks.edit(before.id, "new words")
    assert last_prompt(engine) == ["first", "one", "new words"]
    assert engine.requests[-1].turns[-1].images[0].sha256 == DOG.sha256
    edited = desk.talks.path[2]
    assert edited.versions == (before.id, edited.id)
    shown = [message.turn.text for message in desk.talks.path]
    assert shown == ["first", "one", "new words", "three"]
    assert [text for text, _ in kept(qtbot, desk)] == shown


def test_a_summary_is_a_summary_when_it_is_asked_for_again(qtbot, desk_of) -> None:
    desk = desk_of(words("a"))
    task = Task("summarise", words=60)
    with qtbot.waitSignal(desk.session.answer_finished):
        desk.talks.ask(Turn("user", "Summarise"), task)
    with qtbot.waitSignal(desk.session.answer_finished):
        desk.talks.regenerate(desk.talks.path[-1].id)
    assert [asked for asked, _ in desk.asked] == [task, task]


def test_settings_belong_to_their_conversation(qtbot, desk_of) -> None:
    desk = desk_of(words("a"))
    pirate = ChatSettings(system_prompt="You are a pirate.")
    desk.talks.set_settings(pirate)
    ask(qtbot, desk, "q")
    first = desk.talks.current
    desk.talks.begin_new()
    ask(qtbot, desk, "other")
    assert [settings for _, settings in desk.asked] == [pirate, ChatSettings()]
    with qtbot.waitSignal(desk.talks.shown):
        desk.talks.open(first)
    assert desk.talks.settings == pirate


# --- going away and coming back -----------------------------------------------------------------


def test_an_answer_goes_on_when_another_conversation_is_shown(qtbot, desk_of) -> None:
    engine = GatedEngine()
    desk = desk_of(engine=engine)
    with qtbot.waitSignal(desk.session.text_arrived):
        desk.talks.ask(Turn("user", "count"), Task())
    counting = desk.talks.current
    desk.talks.begin_new()
    told: list[str] = []
    desk.session.text_arrived.connect(told.append)
    began: list[str] = []
    desk.session.answer_began.connect(began.append)
    with qtbot.waitSignal(desk.talks.shown) as shown:
        desk.talks.open(counting)
    assert [message.turn.text for message in shown.args[0].messages] == ["count"]
    qtbot.waitUntil(lambda: told == ["one "])
    assert len(began) == 1
    with qtbot.waitSignal(desk.session.answer_finished):
        engine.gate.set()
    assert "".join(told) == "one two"
    assert kept(qtbot, desk)[-1] == ("one two", "whole")


def test_an_answer_that_ends_unseen_is_kept_and_tells_nothing(qtbot, desk_of) -> None:
    engine = GatedEngine()
    desk = desk_of(engine=engine)
    with qtbot.waitSignal(desk.session.text_arrived):
        desk.talks.ask(Turn("user", "count"), Task())
    counting = desk.talks.current
    desk.talks.begin_new()
    with (
        qtbot.assertNotEmitted(desk.session.answer_finished),
        qtbot.waitSignal(desk.talks.busy_changed) as busy,
    ):
        engine.gate.set()
    assert busy.args == [frozenset()]
    assert kept(qtbot, desk, counting)[-1] == ("one two", "whole")


def test_a_question_elsewhere_waits_for_the_answer_and_stop_stops_only_what_is_shown(
    qtbot, desk_of
) -> None:
    engine = GatedEngine()
    desk = desk_of(engine=engine)
    with qtbot.waitSignal(desk.session.text_arrived):
        desk.talks.ask(Turn("user", "first"), Task())
    first = desk.talks.current
    desk.talks.begin_new()
    with qtbot.waitSignal(desk.session.preparing) as told:
        desk.talks.ask(Turn("user", "second"), Task())
    assert "another conversation" in told.args[0]
    with qtbot.waitSignal(desk.session.answer_stopped):
        desk.session.stop()
    assert kept(qtbot, desk)[-1] == ("", "stopped")
    with qtbot.waitSignal(desk.talks.busy_changed):
        engine.gate.set()
    assert kept(qtbot, desk, first)[-1] == ("one two", "whole")


def test_deleting_stops_what_is_answered_and_can_be_undone(qtbot, desk_of) -> None:
    desk = desk_of(engine=GatedEngine())
    with qtbot.waitSignal(desk.session.text_arrived):
        desk.talks.ask(Turn("user", "count"), Task())
    conversation = desk.talks.current
    with qtbot.waitSignals([desk.session.answer_ended, desk.talks.cleared]):
        desk.talks.delete(conversation)
    assert desk.talks.current == ""
    desk.keeping.restore(conversation)
    assert kept(qtbot, desk, conversation) == [("count", "whole"), ("one ", "stopped")]


def test_only_the_last_conversation_that_was_chosen_is_shown(qtbot, desk_of) -> None:
    desk = desk_of(words("a"))
    conversations = []
    for text in ("one", "two"):
        desk.talks.begin_new()
        ask(qtbot, desk, text)
        conversations.append(desk.talks.current)
    desk.talks.begin_new()
    shown: list[str] = []
    desk.talks.shown.connect(lambda opened: shown.append(opened.info.title))
    desk.talks.open(conversations[0])
    desk.talks.open(conversations[1])
    qtbot.waitUntil(lambda: bool(shown))
    assert shown == ["two"]


def test_a_long_conversation_shows_its_end_first_and_then_the_rest(
    qtbot, desk_of, tmp_path
) -> None:
    store = Archive(tmp_path / "history.db")
    store.begin(ConversationInfo("long", "Long"))
    for number in range(END + 20):
        role = "assistant" if number % 2 else "user"
        parent = f"m{number - 1}" if number else ""
        store.add("long", StoredMessage(f"m{number}", parent, Turn(role, str(number))))
    store.close()
    engine = ScriptedEngine(words("ok"))
    desk = desk_of(engine=engine)
    with (
        qtbot.waitSignal(desk.talks.earlier_shown) as earlier,
        qtbot.waitSignal(desk.talks.shown) as shown,
    ):
        desk.talks.open("long")
    numbers = [str(number) for number in range(END + 20)]
    assert [message.turn.text for message in shown.args[0].messages] == numbers[20:]
    assert [message.turn.text for message in earlier.args[0]] == numbers[:20]
    ask(qtbot, desk, "and?")
    assert last_prompt(engine) == [*numbers, "and?"]
    assert [message.turn.text for message in desk.talks.path] == [*numbers, "and?", "ok"]


def test_what_comes_too_late_is_not_put_before_another_conversation(qtbot, desk_of) -> None:
    desk = desk_of(words("a"))
    ask(qtbot, desk, "q")
    late = EarlierMessages("elsewhere", "x", (StoredMessage("y", "", Turn("user", "late")),))
    with qtbot.assertNotEmitted(desk.talks.earlier_shown):
        desk.keeping.earlier_read.emit(late)
    assert len(desk.talks.path) == 2


# --- pictures -----------------------------------------------------------------------------------


def test_a_kept_picture_is_known_again_without_being_looked_at(qtbot, desk_of) -> None:
    engine = ScriptedEngine(words("a dog"))
    desk = desk_of(engine=engine)
    desk.session.image_descriptions.remember(DOG.sha256, SIGHT)
    ask(qtbot, desk, "what?", images=(ImageInput(**_fields(DOG), description=SIGHT),))
    conversation = desk.talks.current
    desk.talks.correct_description(DOG.sha256, "my cat")
    desk.close()
    again = desk_of(engine=engine)
    with qtbot.waitSignal(again.session.image_described) as told:
        again.talks.open(conversation)
    assert told.args == [DOG.sha256, ImageDescription(caption="a dog", correction="my cat")]
    ask(qtbot, again, "and?")
    assert engine.requests[-1].turns[0].images[0].description.correction == "my cat"


def test_a_kept_picture_that_nobody_looked_at_is_loaded_and_looked_at(qtbot, desk_of) -> None:
    def script(request):
        if isinstance(request, DescribeImagesRequest):
            return [ImageDescribed(request.images[0].sha256, SIGHT)]
        return words("ok")

    desk = desk_of(script)
    ask(qtbot, desk, "what?", images=(DOG,))
    conversation = desk.talks.current
    desk.close()
    engine = ScriptedEngine(script)
    again = desk_of(engine=engine)
    with qtbot.waitSignal(again.session.image_described):
        again.talks.open(conversation)
    assert engine.requests[0].images[0].rgb == DOG.rgb


def _fields(image: ImageInput) -> dict:
    return {name: getattr(image, name) for name in ("name", "width", "height", "rgb", "sha256")}
