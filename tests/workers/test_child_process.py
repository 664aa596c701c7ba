"""Children talk in frames, die in their own process, and can always be ended."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmdesk.errors import InputError
from mmdesk.workers import framing
from mmdesk.workers.child_process import PythonChild


@given(
    values=st.lists(st.one_of(st.binary(max_size=300), st.text(max_size=30), st.integers())),
    size=st.integers(1, 64),
)
def test_values_survive_any_cutting_of_the_stream(values: list, size: int) -> None:
    stream = b"".join(map(framing.pack, values))
    unpacker, got = framing.Unpacker(), []
    for start in range(0, len(stream), size):
        got += unpacker.feed(stream[start : start + size])
    assert got == values


def test_reading_a_cut_stream_is_an_end_not_a_value() -> None:
    with pytest.raises(EOFError):
        framing.read(io.BytesIO(framing.pack("value")[:-1]))


def test_errors_keep_message_and_hint() -> None:
    (error,) = framing.Unpacker().feed(framing.pack(InputError("x.png is broken.", "Try another.")))
    assert (error.user_message, error.hint) == ("x.png is broken.", "Try another.")


@pytest.fixture
def child(qtbot):
    child = PythonChild("tests.workers.echo_main")
    child.start()
    yield child
    child.shut_down()
    assert not child.is_running()


def test_a_child_answers_and_ends_when_its_input_does(qtbot, child) -> None:
    with qtbot.waitSignal(child.received, timeout=20_000) as said:
        child.send(b"x" * 3_000_000)
    assert said.args[0] == b"x" * 3_000_000
    with qtbot.waitSignal(child.ended, timeout=20_000) as ended:
        child.close_input()
    assert ended.args == [True]


def test_what_libraries_print_does_not_disturb_the_frames(qtbot, child) -> None:
    with qtbot.waitSignal(child.received, timeout=20_000) as said:
        child.send("print")
    assert said.args == ["print"]


def test_a_child_that_is_killed_says_so(qtbot, child) -> None:
    with qtbot.waitSignal(child.ended, timeout=20_000) as ended:
        child.send("die")
    assert ended.args == [False]


def test_a_module_that_is_not_there_is_a_failed_end(qtbot) -> None:
    child = PythonChild("mmdesk.workers.no_such_module")
    with qtbot.waitSignal(child.ended, timeout=20_000) as ended:
        child.start()
    assert ended.args == [False]
