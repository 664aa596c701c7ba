"""No text is dropped, nothing overtakes anything, and the window is not flooded."""

from __future__ import annotations

import threading

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEventLoop

from mmdesk.values import Notice, Preparing, ReasoningChunk, TextChunk
from mmdesk.workers.coalescer import Coalescer

ITEMS = st.lists(
    st.one_of(
        st.text(max_size=5).map(TextChunk),
        st.text(max_size=5).map(ReasoningChunk),
        st.sampled_from([Preparing("look"), Notice("left out"), "end"]),
    ),
    max_size=60,
)
STEPS = st.lists(st.booleans(), max_size=60)


def flattened(items: list) -> list:
    """One entry per character or other item: what must be the same on both sides."""
    flat: list = []
    for item in items:
        is_text = isinstance(item, TextChunk | ReasoningChunk)
        flat.extend([(type(item), one) for one in item.text] if is_text else [item])
    return flat


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(items=ITEMS, flushes=STEPS)
def test_order_and_text_survive_any_flushing(qapp, items: list, flushes: list[bool]) -> None:
    coalescer = Coalescer()
    passed: list = []
    coalescer.passed.connect(passed.append)
    for position, item in enumerate(items):
        coalescer.put(item)
        if position < len(flushes) and flushes[position]:
            qapp.processEvents()
    coalescer.flush()
    assert flattened(passed) == flattened(items)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(items=ITEMS)
def test_nothing_is_lost_between_threads(qapp, items: list) -> None:
    coalescer = Coalescer(interval_ms=0)
    passed: list = []
    loop = QEventLoop()

    def take(item: object) -> None:
        passed.append(item)
        if item == "over":
            loop.quit()

    coalescer.passed.connect(take)
    sender = threading.Thread(target=lambda: [coalescer.put(item) for item in [*items, "over"]])
    sender.start()
    loop.exec()
    sender.join()
    assert flattened(passed) == flattened([*items, "over"])


def test_text_is_joined_until_the_timer_fires(qtbot) -> None:
    coalescer = Coalescer()
    passed: list = []
    coalescer.passed.connect(passed.append)
    with qtbot.waitSignal(coalescer.passed):
        for letter in "a long answer":
            coalescer.put(TextChunk(letter))
    assert passed == [TextChunk("a long answer")]


def test_text_waits_for_its_frame_but_other_events_do_not(qtbot) -> None:
    coalescer = Coalescer(interval_ms=3_600_000)
    passed: list = []
    coalescer.passed.connect(passed.append)
    coalescer.put(TextChunk("so far"))
    with qtbot.waitSignal(coalescer.passed):
        coalescer.put(Notice("n"))
    assert passed == [TextChunk("so far"), Notice("n")]


def test_a_storm_of_chunks_costs_few_signals(qapp) -> None:
    coalescer = Coalescer()
    noted: list[bool] = []
    passed: list = []
    coalescer._arrival_noted.connect(noted.append)
    coalescer.passed.connect(passed.append)
    for number in range(10_000):
        coalescer.put(TextChunk(f"{number} "))
    coalescer.flush()
    assert len(noted) == 1
    assert len(passed) == 1


def test_order_holds_when_a_receiver_runs_its_own_event_loop(qapp) -> None:
    coalescer = Coalescer()
    passed: list = []

    def take(item: object) -> None:
        passed.append(item)
        if item == "dialog":
            coalescer.put("later")
            coalescer.flush()

    coalescer.passed.connect(take)
    for item in ("dialog", TextChunk("text"), "end"):
        coalescer.put(item)
    coalescer.flush()
    assert passed == ["dialog", TextChunk("text"), "end", "later"]
