"""Calls in a worker thread: in order, ending in the window's thread, none after the close."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QThread

from mmdesk.workers.worker_thread import WorkerThread


@pytest.fixture
def thread(qtbot):
    thread = WorkerThread("test")
    yield thread
    assert thread.close()


def test_a_call_runs_in_the_thread_and_ends_in_the_windows(qtbot, thread) -> None:
    ran_in: list[QThread] = []
    results: list[tuple[str, QThread]] = []

    def work() -> str:
        ran_in.append(QThread.currentThread())
        return "result"

    thread.call(work, lambda result: results.append((result, QThread.currentThread())))
    qtbot.waitUntil(lambda: bool(results))
    assert ran_in == [thread]
    assert results == [("result", QThread.currentThread())]


def test_calls_keep_their_order(qtbot, thread) -> None:
    numbers: list[int] = []
    for number in range(20):
        thread.call(lambda n=number: n, numbers.append)
    qtbot.waitUntil(lambda: len(numbers) == 20)
    assert numbers == list(range(20))


def test_an_exception_comes_back_and_the_next_call_runs(qtbot, thread) -> None:
    errors: list[Exception] = []
    results: list[int] = []
    thread.call(lambda: 1 // 0, results.append, errors.append)
    thread.call(lambda: 2, results.append)
    qtbot.waitUntil(lambda: bool(results))
    assert results == [2]
    assert [type(error) for error in errors] == [ZeroDivisionError]


def test_an_exception_that_nobody_handles_is_a_signal_and_is_logged(qtbot, thread, caplog) -> None:
    with qtbot.waitSignal(thread.failed) as failed:
        thread.call(lambda: 1 // 0)
    assert isinstance(failed.args[0], ZeroDivisionError)
    assert "ZeroDivisionError" in caplog.text


def test_the_thread_can_call_the_window_from_within(qtbot, thread) -> None:
    threads: list[QThread] = []
    thread.call(lambda: thread.post(lambda: threads.append(QThread.currentThread())))
    qtbot.waitUntil(lambda: bool(threads))
    assert threads == [QThread.currentThread()]


@pytest.mark.parametrize("run_queued", [True, False])
def test_closing_runs_or_drops_what_waits_and_calls_nobody_back(qtbot, run_queued) -> None:
    thread = WorkerThread("test")
    gate, begun = threading.Event(), threading.Event()
    ran: list[str] = []
    back: list[object] = []

    def first() -> None:
        begun.set()
        gate.wait(10)
        ran.append("first")

    thread.call(first, back.append)
    thread.call(lambda: ran.append("second"), back.append)
    assert begun.wait(10)
    assert not thread.close(patience_ms=20, run_queued=run_queued)
    gate.set()
    assert thread.wait(10_000)
    assert ran == (["first", "second"] if run_queued else ["first"])
    qtbot.wait(20)
    assert back == []


def test_a_thread_that_was_never_used_never_runs(qtbot) -> None:
    thread = WorkerThread("test")
    assert not thread.isRunning()
    assert thread.close()
    thread.call(lambda: None)
    assert not thread.isRunning()
