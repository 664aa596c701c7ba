"""Streams of the common servers, in all their dialects."""

from __future__ import annotations

import json
import pickle

import pytest

from mmdesk.engine.remote.event_stream import ServerError, chat_deltas
from mmdesk.errors import MMDeskError
from tests.fakes.chat_server import DONE, answer, delta, event, usage


def content(*chunks: bytes) -> str:
    return "".join(piece.content for piece in chat_deltas(chunks, "h"))


def test_text_is_the_same_wherever_the_bytes_are_cut() -> None:
    stream = b"".join(answer("Ein Fluß, 河流 und \u2028 🙂 Ende"))
    whole = content(stream)
    assert whole == "Ein Fluß, 河流 und 🙂 Ende "
    assert content(*(stream[i : i + 1] for i in range(len(stream)))) == whole
    assert content(*(stream[i : i + 7] for i in range(0, len(stream), 7))) == whole


def test_a_line_separator_inside_a_text_ends_no_line() -> None:
    assert content(delta("a\u2028b\u0085c\x0bd"), DONE) == "a\u2028b\u0085c\x0bd"


def test_comments_other_fields_and_carriage_returns_are_skipped() -> None:
    pings = b": ping\r\n\r\nevent: message\r\nid: 3\r\nretry: 10\r\n"
    one = delta("Hi").replace(b"\n", b"\r\n")
    assert content(b":\n\n", pings, one, b": ping\n\n", DONE) == "Hi"


def test_servers_without_empty_lines_or_spaces_are_understood() -> None:
    lines = delta("a").strip() + b"\n" + delta("b").strip() + b"\ndata: [DONE]"
    assert content(lines) == "ab"
    assert content(b"data:" + delta("c").removeprefix(b"data: ")) == "c"


def test_an_event_of_several_lines_is_one() -> None:
    pretty = json.dumps({"choices": [{"delta": {"content": "x"}}]}, indent=1)
    lines = "".join(f"data: {line}\n" for line in pretty.splitlines())
    assert content(lines.encode() + b"\n") == "x"


@pytest.mark.parametrize("value", [None, "", [], 3, {"a": 1}])
def test_content_that_is_nothing_is_no_text(value: object) -> None:
    piece = event({"choices": [{"delta": {"role": "assistant", "content": value}}]})
    assert content(piece, delta("x"), DONE) == "x"


def test_content_in_parts_is_joined() -> None:
    parts = [{"type": "text", "text": "a"}, {"type": "thinking"}, {"type": "text", "text": "b"}]
    assert content(event({"choices": [{"delta": {"content": parts}}]})) == "ab"


@pytest.mark.parametrize("name", ["reasoning_content", "reasoning"])
def test_reasoning_has_two_names(name: str) -> None:
    (piece,) = chat_deltas([delta(None, **{name: "hm"})], "h")
    assert (piece.reasoning, piece.content) == ("hm", "")


def test_both_names_at_once_count_once() -> None:
    (piece,) = chat_deltas([delta("", reasoning_content="hm", reasoning="hm")], "h")
    assert piece.reasoning == "hm"


def test_the_usage_piece_has_no_choices() -> None:
    (piece,) = chat_deltas([usage(5, 9)], "h")
    assert piece.usage == {"prompt_tokens": 5, "completion_tokens": 9}
    assert piece.finish_reason is None


def test_the_finish_reason_is_passed_on() -> None:
    assert [one.finish_reason for one in chat_deltas([delta("a"), delta(finish="stop")], "h")] == [
        None,
        "stop",
    ]


@pytest.mark.parametrize(
    "error",
    [
        b'data: {"error": {"message": "out of slots", "code": 500}}\n\n',
        b'data: {"error": "out of slots"}\n\n',
        b'error: {"message": "out of slots", "code": 500}\n\n',
        b'data: {"object": "error", "message": "out of slots"}\n\n',
    ],
)
def test_an_error_in_the_middle_is_told(error: bytes) -> None:
    pieces = chat_deltas([delta("a"), error, delta("b")], "h")
    assert next(pieces).content == "a"
    with pytest.raises(ServerError, match="h reports: out of slots"):
        next(pieces)


@pytest.mark.parametrize("junk", [b"data: <html>\n\n", b"data: [1]\n\n", b"data: " + b"[" * 9999])
def test_what_is_no_such_stream_is_told(junk: bytes) -> None:
    with pytest.raises(MMDeskError, match="does not understand the answer of h"):
        list(chat_deltas([junk], "h"))


def test_damaged_fields_are_no_text() -> None:
    for value in ({}, {"choices": None}, {"choices": [None]}, {"choices": [{"delta": "x"}]}):
        (piece,) = chat_deltas([event(value)], "h")
        assert (piece.content, piece.reasoning, piece.finish_reason) == ("", "", None)


def test_an_error_crosses_processes() -> None:
    error = pickle.loads(pickle.dumps(ServerError("h", "no", 400)))
    assert (error.host, error.reported, error.status, str(error)) == (
        "h",
        "no",
        400,
        "h reports: no",
    )
