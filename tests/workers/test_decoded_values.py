"""What the decoder child answers arrives whole, and nothing else gets into the window."""

from __future__ import annotations

import io
import json
import pickle
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmdesk.errors import InputError
from mmdesk.translatable import TranslatableText
from mmdesk.values import AudioInput, DocumentInput, ImageInput
from mmdesk.workers import decoded_values, framing

DIGEST = "0" * 64
NOTICE = TranslatableText(
    "{pages} of {name} are pictures", pages=TranslatableText("{count:,} pages", count=3), name="a"
)
VALUES = [
    ImageInput("a.png", 2, 1, b"abcdef", DIGEST, notices=(NOTICE,)),
    AudioInput("ü\udcff.wav", bytes(8), DIGEST),
    DocumentInput("a.pdf", "Text \ud800 中文", "application/pdf", 3, (NOTICE, NOTICE)),
    DocumentInput("empty.txt", ""),
    DocumentInput("scan.pdf", "ab", page_starts=(0, 1), scanned=(2,), path="/x", sha256="c" * 64),
]


def packed(value: object) -> bytes:
    return b"".join(decoded_values.pack(value))


def test_values_arrive_as_they_were_sent() -> None:
    stream = io.BytesIO(b"".join(map(packed, VALUES)))
    got = [decoded_values.read(stream) for _ in VALUES]
    assert got == VALUES
    assert got[0].notices[0].values["pages"].values == {"count": 3}


def test_errors_keep_their_templates() -> None:
    error = InputError("{name} is broken.", "Try {other}.", name="x.png", other="y")
    got = decoded_values.read(io.BytesIO(packed(error)))
    assert isinstance(got, InputError)
    assert (got.user_message, got.hint) == ("x.png is broken.", "Try y.")
    assert got.user_message.template == "{name} is broken."


def test_a_cut_answer_is_an_end() -> None:
    with pytest.raises(EOFError):
        decoded_values.read(io.BytesIO(packed(VALUES[0])[:-1]))


def header(**values: object) -> bytes:
    return json.dumps(values).encode()


GOOD = {"kind": "image", "name": "a", "width": 2, "height": 1, "sha256": DIGEST, "notices": []}


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (header(**GOOD), b"abc"),
        (header(**{**GOOD, "width": -2, "height": -1}), b"abcdef"),
        (header(**{**GOOD, "name": ["a"]}), b"abcdef"),
        (header(**{**GOOD, "sha256": "../../x"}), b"abcdef"),
        (header(**{**GOOD, "kind": "os"}), b"abcdef"),
        (header(**{**GOOD, "more": 1}), b"abcdef"),
        (header(**{**GOOD, "notices": ["plain"]}), b"abcdef"),
        (header(**{**GOOD, "notices": [{"template": "{a:>999999999}", "values": {"a": 1}}]}), b""),
        (header(**{**GOOD, "notices": [{"template": "{a.__class__}", "values": {"a": 1}}]}), b""),
        (header(kind="audio", name="a", sha256=DIGEST, notices=[]), b"abc"),
        (header(kind="document", name="a", media_type=3, pages=None, notices=[]), b""),
        (header(kind="document", name="a", page_starts=[5], scanned=[1], sha256=DIGEST), b"ab"),
        (header(kind="document", name="a", page_starts=[0], scanned=[2], sha256=DIGEST), b"ab"),
        (header(kind="document", name="a", page_starts=[0], scanned=[1], sha256="x"), b"ab"),
        (header(error=["plain"]), b""),
        (b"[" * 100_000, b""),
        (b"\xff", b""),
        (pickle.dumps(InputError("x")), b""),
    ],
)
def test_an_answer_that_is_not_what_it_should_be_is_refused(head: bytes, body: bytes) -> None:
    frame = struct.pack(">II", len(head), len(body)) + head + body
    with pytest.raises(ValueError):  # noqa: PT011  any reason will do
        decoded_values.read(io.BytesIO(frame))


def test_a_pickle_is_no_frame() -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        decoded_values.read(io.BytesIO(b"\xff" * 8 + framing.pack("value")))


@given(data=st.binary(max_size=200))
def test_random_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        decoded_values.read(io.BytesIO(struct.pack(">II", len(data), 0) + data))
