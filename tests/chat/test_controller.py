"""Asking, editing, answering again, choosing versions and leaving: what is shown and stored."""

from __future__ import annotations

import pytest

from mmdesk.chat import EngineController, ImageDescriber, controller
from mmdesk.chat.controller import END, ChatController
from mmdesk.errors import EngineDied
from mmdesk.history.archive import Archive
from mmdesk.settings import Settings
from mmdesk.values import (
    FOLDER_TYPE,
    ChatRequest,
    ChatSettings,
    Citation,
    Cited,
    ConversationInfo,
    DescribeImagesRequest,
    DocumentInput,
    Finished,
    ImageDescribed,
    ImageDescription,
    ImageInput,
    LoadRequest,
    Notice,
    OpenedConversation,
    Preparing,
    ReadTextRequest,
    Stats,
    StoredMessage,
    Task,
    TextChunk,
    TextRead,
    Turn,
    unread_pages_notice,
)
from mmdesk.workers import HistoryWorker, JobQueue
from tests.fakes.scripted_engine import ScriptedEngine, words
from tests.workers.waiting import GatedEngine, request_job

SLOW = 30_000  # ms; the tasks are imported
DOG = ImageInput("dog.jpg", 1, 1, b"abc", "d0" * 32)
DESCRIPTION = ImageDescription(caption="a dog")


class Desk:
    """A controller with its queue, history and descriptions."""

    def __init__(self, engine: object, path) -> None:
        self.queue = JobQueue(lambda: engine)
        self.history = HistoryWorker(lambda: Archive(path))
        self.describer = ImageDescriber(self.queue)
        self.chat = ChatController(self.queue, self.history, self.describer, Settings())
        self.history.begin()

    def close(self) -> bool:
        self.queue.blockSignals(True)
        return self.queue.close() and self.history.close()


@pytest.fixture
def asked(monkeypatch) -> list[tuple]:
    """Have every job be one plain request; returns what was asked for."""
    asked: list[tuple] = []

    def job_for(task, turns, settings, chat, version=0, extras=None):
        asked.append((task, chat, version))
        return request_job(ChatRequest(turns))

    monkeypatch.setattr(controller, "job_for", job_for)
    return asked


@pytest.fixture
def desk_of(tmp_path, asked):
    desks: list[Desk] = []

    def make(*scripts, engine=None) -> Desk:
        engine = engine or ScriptedEngine(*scripts)
        desks.append(Desk(engine, tmp_path / "history.db"))
        return desks[-1]

    yield make
    for desk in desks:
        assert desk.close()


def ask(qtbot, desk: Desk, text: str, **more) -> None:
    with qtbot.waitSignal(desk.chat.answers.ended):
        desk.chat.ask(Turn("user", text, **more), Task())


def kept(qtbot, desk: Desk, conversation: str = "") -> list[tuple[str, str]]:
    """Return what the history would show, read anew."""
    opened = stored(qtbot, desk, conversation)
    return [(message.turn.text, message.state) for message in opened.messages]


def stored(qtbot, desk: Desk, conversation: str = "") -> OpenedConversation:
    opened: list[OpenedConversation] = []
    conversation = conversation or desk.chat.current
    desk.history.call(lambda store: store.open(conversation), opened.append)
    qtbot.waitUntil(lambda: bool(opened))
    return opened[0]


def last_prompt(engine: ScriptedEngine) -> list[str]:
    return [turn.text for turn in engine.requests[-1].turns]


def test_a_question_and_its_answer_are_kept(qtbot, desk_of) -> None:
    desk = desk_of(words("Paris."))
    with qtbot.waitSignal(desk.chat.message_added) as signal:
        ask(qtbot, desk, "capital?")
    assert signal.args[0].turn.text == "capital?"
    assert kept(qtbot, desk) == [("capital?", "whole"), ("Paris.", "whole")]
    assert desk.chat.conversation.info.title == "capital?"


def test_nothing_is_kept_of_a_conversation_in_which_nothing_was_said(qtbot, desk_of) -> None:
    desk = desk_of(words("x"))
    desk.chat.begin_new()
    with qtbot.waitSignal(desk.history.listed) as listed:
        desk.chat.rename("none", "x")
    assert listed.args == [()]


def test_beginning_anew_counts_as_a_choice(qtbot, desk_of) -> None:
    desk = desk_of(words("x"))
    assert desk.chat.is_untouched()
    desk.chat.begin_new()
    assert not desk.chat.is_untouched()


def test_a_failed_answer_is_kept_with_its_reason(qtbot, desk_of) -> None:
    desk = desk_of([TextChunk("half"), EngineDied("It stopped.", "Ask again.")])
    ask(qtbot, desk, "q")
    answer = stored(qtbot, desk).messages[-1]
    assert (answer.turn.text, answer.state) == ("half", "failed")
    assert (answer.error, answer.hint) == ("It stopped.", "Ask again.")


def test_answering_again_makes_a_version_and_leaves_the_first(qtbot, desk_of) -> None:
    engine = ScriptedEngine(words("one"), words("two"))
    desk = desk_of(engine=engine)
    ask(qtbot, desk, "q")
    first = desk.chat.conversation.path[-1].id
    with qtbot.waitSignals([desk.chat.versions_changed, desk.chat.answers.finished]):
        desk.chat.regenerate(first)
    assert last_prompt(engine) == ["q"]
    assert desk.chat.conversation.path[-1].versions == (first, desk.chat.conversation.path[-1].id)
    assert kept(qtbot, desk)[-1] == ("two", "whole")
    with qtbot.waitSignal(desk.chat.shown) as signal:
        desk.chat.choose_version(first)
    assert [message.turn.text for message in signal.args[0].messages] == ["q", "one"]
    ask(qtbot, desk, "and then?")
    assert last_prompt(engine) == ["q", "one", "and then?"]


def test_editing_asks_in_other_words_with_the_same_attachments(qtbot, desk_of) -> None:
    engine = ScriptedEngine(words("one"), words("two"), words("three"))
    desk = desk_of(engine=engine)
    ask(qtbot, desk, "first")
    ask(qtbot, desk, "old words", images=(DOG,))
    before = desk.chat.conversation.path[2]
    with qtbot.waitSignal(desk.chat.answers.finished):
        desk.chat.edit(before.id, "new words")
    assert last_prompt(engine) == ["first", "one", "new words"]
    assert engine.requests[-1].turns[-1].images[0].sha256 == DOG.sha256
    edited = desk.chat.conversation.path[2]
    assert edited.versions == (before.id, edited.id)
    shown = [message.turn.text for message in desk.chat.conversation.path]
    assert shown == ["first", "one", "new words", "three"]
    assert [text for text, _ in kept(qtbot, desk)] == shown


def test_a_summary_is_a_summary_when_it_is_asked_for_again(qtbot, desk_of, asked) -> None:
    desk = desk_of(words("a"))
    task = Task("summarise", words=60)
    with qtbot.waitSignal(desk.chat.answers.finished):
        desk.chat.ask(Turn("user", "Summarise"), task)
    with qtbot.waitSignal(desk.chat.answers.finished):
        desk.chat.regenerate(desk.chat.conversation.path[-1].id)
    assert [(asked_for, version) for asked_for, _, version in asked] == [(task, 0), (task, 1)]


def test_settings_belong_to_their_conversation(qtbot, desk_of, asked) -> None:
    desk = desk_of(words("a"))
    pirate = ChatSettings(system_prompt="You are a pirate.")
    desk.chat.set_settings(pirate)
    ask(qtbot, desk, "q")
    first = desk.chat.current
    desk.chat.begin_new()
    ask(qtbot, desk, "other")
    assert [settings for _, settings, _ in asked] == [pirate, ChatSettings()]
    with qtbot.waitSignal(desk.chat.shown):
        desk.chat.open(first)
    assert desk.chat.conversation.settings == pirate


def test_editing_shows_what_stands_before_it_then_the_question_then_the_answer(
    qtbot, desk_of
) -> None:
    desk = desk_of(words("one"), words("two"), words("three"))
    ask(qtbot, desk, "first")
    ask(qtbot, desk, "old words")
    before = desk.chat.conversation.path[2]
    sequence: list[tuple] = []
    desk.chat.shown.connect(
        lambda opened: sequence.append(("shown", [m.turn.text for m in opened.messages]))
    )
    desk.chat.message_added.connect(
        lambda message: sequence.append(("added", message.turn.text, message.versions))
    )
    desk.chat.answers.began.connect(lambda answer: sequence.append(("began", answer)))
    with qtbot.waitSignal(desk.chat.answers.finished):
        desk.chat.edit(before.id, "new words")
    question, answer = desk.chat.conversation.path[2:]
    assert sequence == [
        ("shown", ["first", "one"]),
        ("added", "new words", (before.id, question.id)),
        ("began", answer.id),
    ]
    assert answer.versions == (answer.id,)
    assert stored(qtbot, desk).messages[2].versions == (before.id, question.id)


def test_progress_and_notices_reach_the_window_and_notices_are_stored(qtbot, desk_of) -> None:
    script = [Preparing("reading", 0.5), Notice("old turns left out"), *words("ok")]
    desk = desk_of(script)
    seen: list[tuple] = []
    desk.chat.answers.preparing.connect(lambda *stage: seen.append(stage))
    desk.chat.answers.notice_arrived.connect(lambda text: seen.append((text,)))
    ask(qtbot, desk, "x")
    assert seen == [("reading", 0.5), ("old turns left out",)]
    assert stored(qtbot, desk).messages[-1].notices == ("old turns left out",)


def test_a_dead_engine_keeps_the_part_and_the_next_question_works(qtbot, desk_of) -> None:
    died = [TextChunk("half"), EngineDied("The engine stopped.", "Ask again.")]
    desk = desk_of(died, words("whole"))
    with qtbot.waitSignal(desk.chat.answers.failed) as failed:
        desk.chat.ask(Turn("user", "one"))
    assert failed.args == ["The engine stopped.", "Ask again."]
    with qtbot.waitSignal(desk.chat.answers.finished):
        desk.chat.ask(Turn("user", "two"))
    turns = desk.chat.conversation.turns()
    assert [turn.text for turn in turns] == ["one", "half", "two", "whole"]


def test_two_questions_in_a_row_are_answered_in_turn(qtbot, desk_of) -> None:
    engine = ScriptedEngine(words("first"), words("second"))
    desk = desk_of(engine=engine)
    sequence: list[str] = []
    desk.chat.answers.began.connect(lambda _answer: sequence.append("began"))
    desk.chat.answers.finished.connect(lambda _stats: sequence.append("finished"))
    with qtbot.waitSignals([desk.chat.answers.finished] * 2):
        desk.chat.ask(Turn("user", "a"))
        desk.chat.ask(Turn("user", "b"))
    assert sequence == ["began", "finished"] * 2
    assert last_prompt(engine) == ["a", "first", "b"]
    assert [text for text, _ in kept(qtbot, desk)] == ["a", "first", "b", "second"]


def test_stopping_keeps_the_part_that_was_said(qtbot, desk_of) -> None:
    desk = desk_of(engine=GatedEngine())
    with qtbot.waitSignal(desk.chat.answers.text_arrived):
        desk.chat.ask(Turn("user", "count"))
    with qtbot.waitSignal(desk.chat.answers.stopped):
        desk.chat.stop()
    assert desk.chat.conversation.turns()[-1] == Turn("assistant", "one ")
    assert kept(qtbot, desk)[-1] == ("one ", "stopped")


def test_a_stopped_answer_is_continued_in_the_same_message(qtbot, desk_of) -> None:
    engine = GatedEngine()
    desk = desk_of(engine=engine)
    with qtbot.waitSignal(desk.chat.answers.text_arrived):
        desk.chat.ask(Turn("user", "count"))
    with qtbot.waitSignal(desk.chat.answers.continuation_offered) as offered:
        desk.chat.stop()
    (id,) = offered.args
    engine.gate.set()
    wanted = [desk.chat.shown, desk.chat.answers.began, desk.chat.answers.finished]
    with qtbot.waitSignals(wanted, timeout=SLOW):
        desk.chat.continue_answer(id)
    assert engine.requests[-1].prefill == "one"
    assert kept(qtbot, desk) == [("count", "whole"), ("one two", "whole")]
    assert stored(qtbot, desk).messages[-1].id == id
    with qtbot.assertNotEmitted(desk.chat.shown):
        desk.chat.continue_answer(id)  # it is whole now


def test_an_answer_cut_at_its_limit_is_continued_and_one_that_ended_is_not(qtbot, desk_of) -> None:
    cut = Stats(model="scripted", stop="length")
    desk = desk_of(words("It goes on", cut), words("It goes on and ends."))
    with qtbot.waitSignal(desk.chat.answers.continuation_offered):
        desk.chat.ask(Turn("user", "q"))
    offered, finished = desk.chat.answers.continuation_offered, desk.chat.answers.finished
    with qtbot.assertNotEmitted(offered), qtbot.waitSignal(finished, timeout=SLOW):
        desk.chat.continue_answer(desk.chat.conversation.path[-1].id)
    assert kept(qtbot, desk)[-1] == ("It goes on and ends.", "whole")


def test_an_interrupted_answer_of_an_opened_conversation_is_continued(
    qtbot, desk_of, tmp_path
) -> None:
    store = Archive(tmp_path / "history.db")
    store.begin(ConversationInfo("c", "c"))
    store.add("c", StoredMessage("q", "", Turn("user", "q")))
    store.add("c", StoredMessage("a", "q", Turn("assistant", "half an"), "streaming"))
    store.close()
    desk = desk_of(words("half an answer"))
    with qtbot.waitSignal(desk.chat.shown):
        desk.chat.open("c")
    with qtbot.waitSignal(desk.chat.answers.finished, timeout=SLOW):
        desk.chat.continue_answer("a")
    assert kept(qtbot, desk)[-1] == ("half an answer", "whole")


def test_another_model_answers_once(qtbot, desk_of, monkeypatch) -> None:
    used: list[str] = []

    def job_for(task, turns, settings, chat, version=0, extras=None):
        used.append(settings.model)
        return request_job(ChatRequest(turns))

    monkeypatch.setattr(controller, "job_for", job_for)
    desk = desk_of(words("a"), words("b"), words("c"))
    ask(qtbot, desk, "q")
    first = desk.chat.conversation.path[-1].id
    with qtbot.waitSignal(desk.chat.answers.finished):
        desk.chat.regenerate_with(first, "other")
    assert len(desk.chat.conversation.path[-1].versions) == 2
    ask(qtbot, desk, "r")
    assert used == [Settings().model, "other", Settings().model]


def test_a_better_title_is_taken_unless_the_user_gave_one(qtbot, desk_of) -> None:
    desk = desk_of(words("Paris."))
    with qtbot.waitSignal(desk.chat.answers.first_answered) as answered:
        desk.chat.ask(Turn("user", "capital of France?"))
    info, question, answer = answered.args
    assert (info.title, question.text) == ("capital of France?", "capital of France?")
    assert answer.turn.text == "Paris."
    with qtbot.waitSignal(desk.chat.title_changed) as changed:
        desk.chat.retitle(info.id, info.title, "Capital of France")
    assert changed.args == ["Capital of France"]
    desk.chat.rename(info.id, "Mine")
    desk.chat.retitle(info.id, "Capital of France", "Another")
    assert desk.chat.conversation.info.title == "Mine"
    assert stored(qtbot, desk).info.title == "Mine"


def test_an_edited_first_question_takes_the_title_along(qtbot, desk_of) -> None:
    desk = desk_of(words("a"))
    ask(qtbot, desk, "Name three rivers")
    first = desk.chat.conversation.path[0].id
    with qtbot.waitSignal(desk.chat.answers.ended):
        desk.chat.edit(first, "Name three rivers in Spain")
    assert stored(qtbot, desk).info.title == "Name three rivers in Spain"
    desk.chat.retitle(desk.chat.current, "Name three rivers in Spain", "Rivers in Spain")
    with qtbot.waitSignal(desk.chat.answers.ended):
        desk.chat.edit(desk.chat.conversation.path[0].id, "Name one")
    assert stored(qtbot, desk).info.title == "Name one"
    desk.chat.rename(desk.chat.current, "Mine")
    with qtbot.waitSignal(desk.chat.answers.ended):
        desk.chat.edit(desk.chat.conversation.path[0].id, "Name two")
    assert stored(qtbot, desk).info.title == "Mine"


# --- going away and coming back -----------------------------------------------------------------


def test_an_answer_goes_on_when_another_conversation_is_shown(qtbot, desk_of) -> None:
    engine = GatedEngine()
    desk = desk_of(engine=engine)
    with qtbot.waitSignal(desk.chat.answers.text_arrived):
        desk.chat.ask(Turn("user", "count"), Task())
    counting = desk.chat.current
    desk.chat.begin_new()
    arrived: list[str] = []
    desk.chat.answers.text_arrived.connect(arrived.append)
    began: list[str] = []
    desk.chat.answers.began.connect(began.append)
    with qtbot.waitSignal(desk.chat.shown) as shown:
        desk.chat.open(counting)
    assert [message.turn.text for message in shown.args[0].messages] == ["count"]
    qtbot.waitUntil(lambda: arrived == ["one "])
    assert len(began) == 1
    with qtbot.waitSignal(desk.chat.answers.finished):
        engine.gate.set()
    assert "".join(arrived) == "one two"
    assert kept(qtbot, desk)[-1] == ("one two", "whole")


def test_an_answer_that_ends_unseen_is_kept_and_tells_nothing(qtbot, desk_of) -> None:
    engine = GatedEngine()
    desk = desk_of(engine=engine)
    with qtbot.waitSignal(desk.chat.answers.text_arrived):
        desk.chat.ask(Turn("user", "count"), Task())
    counting = desk.chat.current
    desk.chat.begin_new()
    with (
        qtbot.assertNotEmitted(desk.chat.answers.finished),
        qtbot.waitSignal(desk.chat.answers.busy_changed) as busy,
    ):
        engine.gate.set()
    assert busy.args == [frozenset()]
    assert kept(qtbot, desk, counting)[-1] == ("one two", "whole")


def test_a_conversation_that_was_left_tells_nothing_more(qtbot, desk_of) -> None:
    engine = GatedEngine()
    desk = desk_of(engine=engine)
    began: list[str] = []
    desk.chat.answers.began.connect(began.append)
    with qtbot.waitSignal(desk.chat.answers.text_arrived):
        desk.chat.ask(Turn("user", "old"))
    desk.chat.begin_new()
    with qtbot.assertNotEmitted(desk.chat.answers.stopped):
        engine.gate.set()
        with qtbot.waitSignal(desk.chat.answers.finished):
            desk.chat.ask(Turn("user", "new"))
    assert len(began) == 2
    assert [turn.text for turn in desk.chat.conversation.turns()] == ["new", "one two"]


def test_a_question_elsewhere_waits_for_the_answer_and_stop_stops_only_what_is_shown(
    qtbot, desk_of
) -> None:
    engine = GatedEngine()
    desk = desk_of(engine=engine)
    with qtbot.waitSignal(desk.chat.answers.text_arrived):
        desk.chat.ask(Turn("user", "first"), Task())
    first = desk.chat.current
    desk.chat.begin_new()
    with qtbot.waitSignal(desk.chat.answers.preparing) as signal:
        desk.chat.ask(Turn("user", "second"), Task())
    assert signal.args[0] == "Waiting for “first” to finish"
    with qtbot.waitSignal(desk.chat.answers.stopped):
        desk.chat.stop()
    assert kept(qtbot, desk)[-1] == ("", "stopped")
    with qtbot.waitSignal(desk.chat.answers.busy_changed):
        engine.gate.set()
    assert kept(qtbot, desk, first)[-1] == ("one two", "whole")


def test_deleting_stops_what_is_answered_and_can_be_undone(qtbot, desk_of) -> None:
    desk = desk_of(engine=GatedEngine())
    with qtbot.waitSignal(desk.chat.answers.text_arrived):
        desk.chat.ask(Turn("user", "count"), Task())
    conversation = desk.chat.current
    with qtbot.waitSignals([desk.chat.answers.ended, desk.chat.cleared]):
        desk.chat.delete(conversation)
    assert desk.chat.current == ""
    desk.history.change(lambda store: store.restore(conversation))
    assert kept(qtbot, desk, conversation) == [("count", "whole"), ("one ", "stopped")]


def test_only_the_last_conversation_that_was_chosen_is_shown(qtbot, desk_of) -> None:
    desk = desk_of(words("a"))
    conversations = []
    for text in ("one", "two"):
        desk.chat.begin_new()
        ask(qtbot, desk, text)
        conversations.append(desk.chat.current)
    desk.chat.begin_new()
    shown: list[str] = []
    desk.chat.shown.connect(lambda opened: shown.append(opened.info.title))
    desk.chat.open(conversations[0])
    desk.chat.open(conversations[1])
    qtbot.waitUntil(lambda: bool(shown))
    assert shown == ["two"]


def store_long_conversation(tmp_path) -> None:
    store = Archive(tmp_path / "history.db")
    store.begin(ConversationInfo("long", "Long"))
    for number in range(END + 20):
        role = "assistant" if number % 2 else "user"
        parent = f"m{number - 1}" if number else ""
        store.add("long", StoredMessage(f"m{number}", parent, Turn(role, str(number))))
    store.close()


def test_a_long_conversation_shows_its_end_first_and_then_the_rest(
    qtbot, desk_of, tmp_path
) -> None:
    store_long_conversation(tmp_path)
    engine = ScriptedEngine(words("ok"))
    desk = desk_of(engine=engine)
    with (
        qtbot.waitSignal(desk.chat.earlier_shown) as earlier,
        qtbot.waitSignal(desk.chat.shown) as shown,
    ):
        desk.chat.open("long")
    numbers = [str(number) for number in range(END + 20)]
    assert [message.turn.text for message in shown.args[0].messages] == numbers[20:]
    assert [message.turn.text for message in earlier.args[0]] == numbers[:20]
    ask(qtbot, desk, "and?")
    assert last_prompt(engine) == [*numbers, "and?"]
    assert [message.turn.text for message in desk.chat.conversation.path] == [
        *numbers,
        "and?",
        "ok",
    ]


def test_what_comes_too_late_is_not_put_before_another_conversation(
    qtbot, desk_of, tmp_path
) -> None:
    store_long_conversation(tmp_path)
    desk = desk_of(words("a"))
    with qtbot.waitSignal(desk.chat.shown):
        desk.chat.open("long")
    with qtbot.assertNotEmitted(desk.chat.earlier_shown):
        desk.chat.begin_new()
        kept(qtbot, desk, "long")  # answered after the earlier messages were
    assert desk.chat.is_empty()


# --- pictures -----------------------------------------------------------------------------------


def test_a_stored_picture_is_known_again_without_being_described(qtbot, desk_of) -> None:
    engine = ScriptedEngine(words("a dog"))
    desk = desk_of(engine=engine)
    desk.describer.descriptions.remember(DOG.sha256, DESCRIPTION)
    ask(qtbot, desk, "what?", images=(ImageInput(**_fields(DOG), description=DESCRIPTION),))
    conversation = desk.chat.current
    desk.chat.pictures.correct_description(DOG.sha256, "my cat")
    desk.close()
    again = desk_of(engine=engine)
    with qtbot.waitSignal(again.describer.described) as signal:
        again.chat.open(conversation)
    assert signal.args == [DOG.sha256, ImageDescription(caption="a dog", correction="my cat")]
    ask(qtbot, again, "and?")
    assert engine.requests[-1].turns[0].images[0].description.correction == "my cat"


def test_a_stored_picture_without_a_description_is_loaded_and_described(qtbot, desk_of) -> None:
    def script(request):
        if isinstance(request, DescribeImagesRequest):
            return [ImageDescribed(request.images[0].sha256, DESCRIPTION)]
        return words("ok")

    desk = desk_of(script)
    ask(qtbot, desk, "what?", images=(DOG,))
    conversation = desk.chat.current
    desk.close()
    engine = ScriptedEngine(script)
    again = desk_of(engine=engine)
    with qtbot.waitSignal(again.describer.described):
        again.chat.open(conversation)
    assert engine.requests[0].images[0].rgb == DOG.rgb


def _fields(image: ImageInput) -> dict:
    return {name: getattr(image, name) for name in ("name", "width", "height", "rgb", "sha256")}


def test_a_picture_an_answer_has_described_is_not_described_again(qtbot, desk_of) -> None:
    engine = ScriptedEngine([ImageDescribed(DOG.sha256, DESCRIPTION), *words("a dog")])
    desk = desk_of(engine=engine)
    ended: list = []
    desk.queue.finished.connect(lambda ticket, _stats: ended.append(ticket.kind))
    EngineController(desk.queue).load(None)  # keeps the engine busy, so that both others wait
    desk.describer.describe(DOG)
    desk.chat.ask(Turn("user", "what?", images=(DOG,)))
    qtbot.waitUntil(lambda: len(ended) == 3)
    assert [type(request) for request in engine.requests] == [LoadRequest, ChatRequest]
    assert desk.chat.conversation.turns()[0].images[0].description == DESCRIPTION


def test_a_correction_goes_into_the_next_question(qtbot, desk_of) -> None:
    engine = ScriptedEngine([ImageDescribed(DOG.sha256, DESCRIPTION)], words("your cat"))
    desk = desk_of(engine=engine)
    with qtbot.waitSignal(desk.describer.described):
        desk.describer.describe(DOG)
    desk.chat.pictures.correct_description(DOG.sha256, "my cat")
    ask(qtbot, desk, "what?", images=(DOG,))
    assert engine.requests[1].turns[0].images[0].description.correction == "my cat"


def test_scanned_pages_are_read_once_and_kept(qtbot, desk_of, monkeypatch) -> None:
    scan = DocumentInput(
        "scan.pdf",
        "",
        "application/pdf",
        1,
        (unread_pages_notice((1,)),),
        (0,),
        (1,),
        "/x",
        "a" * 64,
    )

    class Decoder:
        def __init__(self, cancel) -> None:
            pass

        def __enter__(self):
            return self

        def __exit__(self, *_) -> None:
            pass

        def load_page(self, document, number) -> ImageInput:
            return DOG

    monkeypatch.setattr("mmdesk.workers.FileDecoder", Decoder)

    def script(request):
        if isinstance(request, ReadTextRequest):
            return [TextRead(request.image.sha256, "The fee is 310 euros."), Finished()]
        return words("310")

    desk = desk_of(engine=ScriptedEngine(script))
    with qtbot.waitSignal(desk.chat.answers.document_read) as signal:
        ask(qtbot, desk, "What is the fee?", documents=(scan,))
    before, after = signal.args
    assert before == scan
    assert (after.text, after.notices, after.scanned) == ("The fee is 310 euros.", (), ())
    ask(qtbot, desk, "And who pays?")
    first = stored(qtbot, desk).messages[0].turn.documents[0]
    assert first == after
    assert desk.chat.conversation.path[0].turn.documents == (after,)


def test_citations_are_told_and_kept(qtbot, desk_of) -> None:
    first, second = Citation(0, 6, "a.txt", 0, 4, None, "Text"), Citation(7, 11)
    desk = desk_of([TextChunk("Paris. Yes."), Cited((first,)), Cited((second,)), Finished()])
    told: list[tuple[Citation, ...]] = []
    desk.chat.answers.citations_arrived.connect(told.append)
    ask(qtbot, desk, "What?")
    assert told == [(first,), (first, second)]
    assert stored(qtbot, desk).messages[-1].citations == (first, second)


def test_a_question_to_a_folder_is_answered_from_its_documents(
    qtbot, desk_of, asked, tmp_path, monkeypatch
) -> None:
    monkeypatch.setenv("MMDESK_HOME", str(tmp_path / "home"))
    papers = tmp_path / "papers"
    papers.mkdir()
    (papers / "lease.txt").write_text("The rent of the shop is 940 euros.")
    folder = DocumentInput("papers", "papers", FOLDER_TYPE, 1, path=str(papers))
    engine = ScriptedEngine(words("940 euros."))
    desk = desk_of(engine=engine)
    with qtbot.waitSignal(desk.chat.answers.ended, timeout=SLOW):
        desk.chat.ask(Turn("user", "How much is the rent?", documents=(folder,)), Task())
    (read,) = engine.requests[-1].turns[0].documents
    assert (read.name, read.text.strip()) == ("lease.txt", "The rent of the shop is 940 euros.")
    assert stored(qtbot, desk).messages[0].turn.documents == (folder,)
