"""Fetching from the window's side: progress, failure, cancel, retry, and no orphan."""

from __future__ import annotations

import io
import threading

import pytest

from mmdesk.errors import Cancelled, InputError, ModelUnavailable
from mmdesk.values import FetchProgress
from mmdesk.workers import fetch_main, framing
from mmdesk.workers.fetcher import Fetcher

SLOW = 20_000  # a child Python has to start


@pytest.fixture
def fetcher(qtbot):
    fetcher = Fetcher(module="tests.workers.fake_fetch_main")
    yield fetcher
    fetcher.close()


def test_parts_are_installed_in_order_with_progress(qtbot, fetcher) -> None:
    progress, installed = [], []
    fetcher.progressed.connect(progress.append)
    fetcher.installed.connect(lambda *ids: installed.append(ids))
    with qtbot.waitSignal(fetcher.finished, timeout=SLOW):
        fetcher.fetch(("first", "large"))
    assert progress[0] == FetchProgress("first", "First", "downloading", 1, 2)
    assert installed == [("first", "first"), ("large", "small")]
    assert not fetcher.is_running()


def test_one_part_that_fails_does_not_keep_the_others(qtbot, fetcher) -> None:
    installed: list = []
    fetcher.installed.connect(lambda part, _there: installed.append(part))
    with qtbot.waitSignal(fetcher.failed, timeout=SLOW) as failed:
        fetcher.fetch(("nowhere", "other"))
    assert failed.args == ["No source has nowhere.", "Try later."]
    assert installed == ["other"]


def test_retry_asks_only_for_what_is_missing(qtbot, fetcher) -> None:
    with qtbot.waitSignal(fetcher.failed, timeout=SLOW):
        fetcher.fetch(("good", "nowhere"))
    asked: list = []
    fetcher.progressed.connect(lambda progress: asked.append(progress.part))
    with qtbot.waitSignal(fetcher.failed, timeout=SLOW):
        fetcher.retry()
    assert asked == ["nowhere"]


def test_cancel_ends_the_child(qtbot, fetcher) -> None:
    with qtbot.waitSignal(fetcher.progressed, timeout=SLOW):
        fetcher.fetch(("endless",))
    with qtbot.waitSignal(fetcher.cancelled, timeout=SLOW):
        fetcher.cancel()
    assert not fetcher.is_running()


def test_a_child_that_dies_is_a_failure_with_a_way_out(qtbot, fetcher) -> None:
    with qtbot.waitSignal(fetcher.failed, timeout=SLOW) as failed:
        fetcher.fetch(("dies",))
    assert "resumes" in failed.args[1]


def test_parts_wanted_meanwhile_come_afterwards(qtbot, fetcher) -> None:
    installed: list = []
    fetcher.installed.connect(lambda part, _there: installed.append(part))
    with qtbot.waitSignal(fetcher.finished, timeout=SLOW):
        fetcher.fetch(("one",))
        fetcher.fetch(("two", "one"))
    assert installed == ["one", "two"]


class Store:
    """Installs nothing; raises what the test wants."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error

    def install(self, part, on_progress, cancel):
        on_progress(FetchProgress(part, part, "done"))
        if self.error:
            raise self.error
        from pathlib import Path

        return Path("models") / part


def said(store: Store) -> list:
    out = io.BytesIO()
    fetch_main._install(store, "part", out, threading.Event())  # type: ignore[arg-type]
    return framing.Unpacker().feed(out.getvalue())[1:]


def test_the_child_says_what_is_there_now() -> None:
    assert said(Store()) == [("installed", "part", "part")]


@pytest.mark.parametrize("error", [InputError("unknown"), ModelUnavailable("bad hash")])
def test_the_child_hands_errors_over(error) -> None:
    (got,) = said(Store(error))
    assert str(got) == str(error)


def test_the_child_names_a_full_disk() -> None:
    (got,) = said(Store(OSError(28, "No space left on device")))
    assert "No space left" in got.user_message


def test_cancelling_ends_the_child_instead_of_its_part() -> None:
    with pytest.raises(Cancelled):
        said(Store(Cancelled()))


def test_the_real_child_ends_in_order_while_its_input_is_still_open(qtbot) -> None:
    fetcher, installed = Fetcher(module="tests.workers.storeless_fetch_main"), []
    fetcher.installed.connect(lambda *ids: installed.append(ids))
    with qtbot.waitSignal(fetcher.finished, timeout=SLOW):
        fetcher.fetch(("one", "two"))
    assert installed == [("one", "one"), ("two", "two")]


def test_the_real_child_hears_a_cancel(qtbot) -> None:
    fetcher = Fetcher(module="tests.workers.storeless_fetch_main")
    fetcher._grace.setInterval(SLOW)  # it must end by itself
    with qtbot.waitSignal(fetcher.progressed, timeout=SLOW):
        fetcher.fetch(("endless",))
    with qtbot.waitSignal(fetcher.cancelled, timeout=SLOW):
        fetcher.cancel()
    assert fetcher._grace.remainingTime() == -1


def test_pausing_one_part_lets_the_others_go_on(qtbot, fetcher) -> None:
    installed, paused = [], []
    fetcher.installed.connect(lambda part, _there: installed.append(part))
    fetcher.paused.connect(paused.append)
    with qtbot.waitSignal(fetcher.progressed, timeout=SLOW):
        fetcher.fetch(("endless", "other"))
    with qtbot.waitSignal(fetcher.finished, timeout=SLOW):
        fetcher.pause("endless")
    assert (installed, paused) == (["other"], ["endless"])
    with qtbot.waitSignal(fetcher.progressed, timeout=SLOW) as again:
        fetcher.fetch(("endless",))
    assert again.args[0].part == "endless"
    with qtbot.waitSignal(fetcher.cancelled, timeout=SLOW):
        fetcher.cancel()


def test_pausing_a_part_that_waits_keeps_it_out(qtbot, fetcher) -> None:
    installed: list = []
    fetcher.installed.connect(lambda part, _there: installed.append(part))
    with qtbot.waitSignal(fetcher.progressed, timeout=SLOW):
        fetcher.fetch(("endless", "other"))
    with qtbot.waitSignal(fetcher.paused, timeout=SLOW):
        fetcher.pause("other")
    with qtbot.waitSignal(fetcher.cancelled, timeout=SLOW):
        fetcher.pause("endless")
    assert installed == []


def test_pausing_the_only_part_ends_like_cancel_and_retry_carries_on(qtbot, fetcher) -> None:
    with qtbot.waitSignal(fetcher.progressed, timeout=SLOW):
        fetcher.fetch(("endless",))
    with qtbot.waitSignals([fetcher.paused, fetcher.cancelled], timeout=SLOW):
        fetcher.pause("endless")
    with qtbot.waitSignal(fetcher.progressed, timeout=SLOW) as again:
        fetcher.retry()
    assert again.args[0].part == "endless"


def test_a_failure_names_its_part(qtbot, fetcher) -> None:
    failures: list = []
    fetcher.part_failed.connect(lambda *words: failures.append(words))
    with qtbot.waitSignal(fetcher.failed, timeout=SLOW):
        fetcher.fetch(("good", "nowhere", "other"))
    assert failures == [("nowhere", "No source has nowhere.", "Try later.")]
