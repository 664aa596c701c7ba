"""Jobs end exactly once, run in order of urgency, and can always be stopped."""

from __future__ import annotations

import logging

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mmdesk.errors import Cancelled, EngineDied, InputError
from mmdesk.values import ChatRequest, Finished, LoadRequest, Preparing, TextChunk, Turn
from mmdesk.workers.job_queue import JobKind, JobQueue, Ticket
from tests.fakes.scripted_engine import ScriptedEngine, words
from tests.workers.waiting import GatedEngine, Record, request_job

ASK = ChatRequest((Turn("user", "hello"),))
UNHURRIED = (JobKind.PREFILL, JobKind.TITLE, JobKind.SUMMARY)  # they do not end a prefill


def ticket(kind: JobKind = JobKind.ANSWER, may_restart: bool = False) -> Ticket:
    return Ticket(kind, lambda: request_job(ASK), may_restart=may_restart)


@pytest.fixture
def queue_of():
    """Make a queue over an engine; closed at the end of the test."""
    queues: list[JobQueue] = []

    def make(engine: object) -> JobQueue:
        queues.append(JobQueue(lambda: engine))
        return queues[-1]

    yield make
    for queue in queues:
        assert queue.close()


def test_an_answer_arrives_whole_and_finishes(qtbot, queue_of) -> None:
    queue = queue_of(ScriptedEngine(words("Paris is the capital of France.")))
    record, asked = Record(queue), ticket()
    with qtbot.waitSignal(queue.finished):
        queue.submit(asked)
    assert record.text(asked) == "Paris is the capital of France."
    assert record.ends(asked) == ["finished"]


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(chunks=st.lists(st.text(max_size=4), max_size=80))
def test_no_text_is_dropped_whatever_the_chunks(qtbot, chunks: list[str]) -> None:
    queue = JobQueue(lambda: ScriptedEngine([TextChunk(chunk) for chunk in chunks]))
    record, asked = Record(queue), ticket()
    with qtbot.waitSignal(queue.finished):
        queue.submit(asked)
    assert record.text(asked) == "".join(chunks)
    assert queue.close()


@pytest.mark.parametrize(
    ("step", "end", "said"),
    [
        (EngineDied("The engine stopped.", "Ask again."), "failed", "The engine stopped."),
        (InputError("No such thing."), "failed", "No such thing."),
        (RuntimeError("a defect"), "failed", "Something went wrong"),
        (MemoryError(), "failed", "MemoryError"),
        (Cancelled(), "cancelled", ""),
    ],
)
def test_every_error_ends_the_job_once_and_keeps_the_text(qtbot, queue_of, step, end, said) -> None:
    queue = queue_of(ScriptedEngine([TextChunk("so far"), step], words("again")))
    record, asked, next_one = Record(queue), ticket(), ticket()
    with qtbot.waitSignal(queue.finished):
        queue.submit(asked)
        queue.submit(next_one)
    assert record.ends(asked) == [end]
    assert record.text(asked) == "so far"
    assert said in " ".join(map(str, record.emitted[2][2:]))
    assert record.text(next_one) == "again"


def test_a_defect_is_logged_with_its_traceback(qtbot, queue_of, caplog) -> None:
    queue = queue_of(ScriptedEngine([RuntimeError("a defect")]))
    with caplog.at_level(logging.ERROR), qtbot.waitSignal(queue.failed):
        queue.submit(ticket())
    assert "a defect" in caplog.text
    assert "Traceback" in caplog.text


def test_an_engine_that_cannot_be_made_fails_the_job(qtbot) -> None:
    def broken() -> None:
        raise InputError("There is no engine.")

    queue = JobQueue(broken)  # type: ignore[arg-type]
    with qtbot.waitSignal(queue.failed) as failed:
        queue.submit(ticket())
    assert failed.args[1] == "There is no engine."
    assert queue.close()


def test_a_generator_is_run_to_its_end_after_its_last_event(qtbot, queue_of) -> None:
    cleaned: list[bool] = []

    def job(_engine, _cancel):
        yield Finished()
        cleaned.append(True)

    queue = queue_of(ScriptedEngine())
    with qtbot.waitSignal(queue.finished):
        queue.submit(Ticket(JobKind.ANSWER, lambda: job))
    assert cleaned == [True]


def test_cancel_stops_the_running_job_and_keeps_what_was_said(qtbot, queue_of) -> None:
    queue = queue_of(GatedEngine())
    record, asked = Record(queue), ticket()
    with qtbot.waitSignal(queue.event_arrived):
        queue.submit(asked)
    with qtbot.waitSignal(queue.cancelled):
        queue.cancel(asked)
    assert record.ends(asked) == ["cancelled"]
    assert record.text(asked) == "one "


def test_cancel_takes_a_waiting_job_out_of_the_line(qtbot, queue_of) -> None:
    engine = GatedEngine()
    queue = queue_of(engine)
    record, first, second = Record(queue), ticket(), ticket()
    queue.submit(first)
    queue.submit(second)
    queue.cancel(second)
    with qtbot.waitSignal(queue.finished):
        engine.gate.set()
    assert record.ends(second) == ["cancelled"]
    assert record.order("started") == [first]


def test_answers_go_before_loading_transcribing_and_describing(qtbot, queue_of) -> None:
    engine = GatedEngine()
    queue = queue_of(engine)
    record = Record(queue)
    tickets = {kind: ticket(kind) for kind in reversed(JobKind)}
    first = ticket(JobKind.LOAD)
    queue.submit(first)
    for waiting in tickets.values():
        queue.submit(waiting)
    with qtbot.waitSignals([queue.finished] * (1 + len(JobKind))):
        engine.gate.set()
    assert record.order("started") == [first, *(tickets[kind] for kind in JobKind)]


def test_an_answer_sets_long_work_aside_which_then_begins_again(qtbot, queue_of) -> None:
    engine = GatedEngine()
    queue = queue_of(engine)
    record, transcribing, asked = (
        Record(queue),
        ticket(JobKind.TRANSCRIBE, may_restart=True),
        ticket(),
    )
    with qtbot.waitSignal(queue.event_arrived):
        queue.submit(transcribing)
    with qtbot.waitSignal(queue.started):
        queue.submit(asked)
    with qtbot.waitSignals([queue.finished] * 2):
        engine.gate.set()
    assert record.order("started") == [transcribing, asked, transcribing]
    assert record.order("finished") == [asked, transcribing]
    assert record.ends(transcribing) == ["finished"]


def test_work_set_aside_can_still_be_stopped(qtbot, queue_of) -> None:
    engine = GatedEngine()
    queue = queue_of(engine)
    record, transcribing, asked = (
        Record(queue),
        ticket(JobKind.TRANSCRIBE, may_restart=True),
        ticket(),
    )
    with qtbot.waitSignal(queue.event_arrived):
        queue.submit(transcribing)
    queue.submit(asked)
    with qtbot.waitSignal(queue.cancelled):
        queue.cancel(transcribing)
    with qtbot.waitSignal(queue.finished):
        engine.gate.set()
    assert record.ends(transcribing) == ["cancelled"]
    assert record.order("started") == [transcribing, asked]


def test_a_job_is_prepared_only_when_its_turn_comes(qtbot, queue_of) -> None:
    engine, prepared = GatedEngine(), []
    queue = queue_of(engine)
    queue.submit(ticket())
    queue.submit(Ticket(JobKind.ANSWER, lambda: prepared.append(1) or request_job(ASK)))
    assert not prepared
    with qtbot.waitSignals([queue.finished] * 2):
        engine.gate.set()
    assert prepared == [1]


def test_quitting_ends_every_job_and_the_thread(qtbot) -> None:
    engine = GatedEngine()
    queue = JobQueue(lambda: engine)
    record, running, waiting = Record(queue), ticket(), ticket(JobKind.DESCRIBE)
    with qtbot.waitSignal(queue.event_arrived):
        queue.submit(running)
    queue.submit(waiting)
    assert queue.close()
    assert record.ends(running) == record.ends(waiting) == ["cancelled"]
    assert engine.closed.is_set()
    late = ticket()
    queue.submit(late)
    assert record.ends(late) == ["cancelled"]


def test_quitting_closes_an_engine_that_hears_no_flag(qtbot) -> None:
    engine = GatedEngine(deaf=True)
    queue = JobQueue(lambda: engine)
    record, asked = Record(queue), ticket()
    with qtbot.waitSignal(queue.event_arrived):
        queue.submit(asked)
    assert queue.close(patience_ms=200)
    assert record.ends(asked) == ["cancelled"]


def test_another_engine_serves_from_the_next_job_on(qtbot) -> None:
    old, new = ScriptedEngine(words("old")), ScriptedEngine(words("new"))
    queue = JobQueue(lambda: old)
    record, first, second = Record(queue), ticket(), ticket()
    with qtbot.waitSignal(queue.finished):
        queue.submit(first)
    queue.replace_engine(lambda: new)
    with qtbot.waitSignal(queue.finished):
        queue.submit(second)
    assert (record.text(first), record.text(second)) == ("old", "new")
    assert old.closed == 1
    assert queue.close()
    assert new.closed == 1


def test_progress_passes_in_order_with_text(qtbot, queue_of) -> None:
    script = [Preparing("a"), TextChunk("1"), TextChunk("2"), Preparing("b"), TextChunk("3")]
    queue = queue_of(ScriptedEngine(script))
    record = Record(queue)
    with qtbot.waitSignal(queue.finished):
        queue.submit(Ticket(JobKind.LOAD, lambda: request_job(LoadRequest())))
    seen = [
        event.stage if isinstance(event, Preparing) else event.text
        for _, _, event in (entry for entry in record.emitted if entry[0] == "event")
    ]
    assert "".join(seen) == "a12b3"


@pytest.mark.parametrize("kind", [kind for kind in JobKind if kind not in UNHURRIED])
def test_everything_ends_preparing_at_once(qtbot, queue_of, kind: JobKind) -> None:
    engine = GatedEngine()
    queue = queue_of(engine)
    record = Record(queue)
    ahead, wanted = ticket(JobKind.PREFILL), ticket(kind)
    queue.submit(ahead)
    qtbot.waitUntil(lambda: bool(engine.requests))
    with qtbot.waitSignal(queue.cancelled):
        queue.submit(wanted)  # the gate is closed: only the flag ends the first
    with qtbot.waitSignal(queue.finished):
        engine.gate.set()
    assert record.ends(ahead) == ["cancelled"]  # and it is not begun again
    assert record.order("started") == [ahead, wanted]
