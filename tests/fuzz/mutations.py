"""Hypothesis strategies that damage valid bytes, JSON and archives in a few places."""

from __future__ import annotations

import io
import json
import random
import struct
import zipfile
import zlib
from typing import Any

from hypothesis import strategies as st

_STRANGE_BYTES = (
    b"\0", b"\xff", b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", b"\x80\0\0\0",
    b"\xff" * 8, b"\r\n\r\n", b"<", b"<!--", b"&#x110000;", b"[" * 200, b"%s%n", b"\xef\xbb\xbf",
    "\u202e".encode(), b"\xed\xa0\x80", b"-1", b"1e999", b"99999999999999999999",
)  # fmt: skip
_STRANGE_VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 1, 2**31, 2**64, -(2**63), 10**40, 10**400, 1.5, 1e308, float("inf"),
    float("nan"), "", "8", "../../x", "\0", "\ud800", "\x1b[31m", "é", "x" * 5000, [], {}, [8],
    [[[[[[]]]]]],
)  # fmt: skip
_KINDS = ("flip", "put", "insert", "cut", "copy", "end")
# One draw for a case: Hypothesis makes ten thousand cases in the time in which it would draw the
# parts of five hundred.
_DICE = st.randoms(use_true_random=True)


def damaged_bytes(samples: list[bytes]) -> st.SearchStrategy[bytes]:
    """Return one of the samples with one to six edits."""
    return _DICE.map(lambda dice: _edited(dice.choice(samples), dice))


def damaged_archives(samples: list[bytes]) -> st.SearchStrategy[bytes]:
    """Return one of the zip files with edits inside one or two of its members, or in its bytes."""
    return _DICE.map(lambda dice: _edited_archive(dice.choice(samples), dice))


def damaged_values(sample: Any) -> st.SearchStrategy[Any]:
    """Return JSON data with one to four places replaced."""
    return _DICE.map(lambda dice: _replaced(sample, dice))


def damaged_json(sample: Any) -> st.SearchStrategy[bytes]:
    """Return the text of JSON data: with places replaced, or with bytes edited."""
    text = json.dumps(sample).encode()

    def damaged(dice: random.Random) -> bytes:
        if dice.random() < 0.3:
            return _edited(text, dice)
        return json.dumps(_replaced(sample, dice)).encode()

    return _DICE.map(damaged)


def with_checksums(data: bytes) -> bytes:
    """Return a PNG whose chunks have the checksums of what they hold now, as far as they go."""
    fixed, at = data[:8], 8
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        body = data[at + 4 : at + 8 + length]
        fixed += data[at : at + 4] + body + struct.pack(">I", zlib.crc32(body))
        at += 12 + length
    return fixed


def _edited(data: bytes, dice: random.Random) -> bytes:
    for _ in range(dice.randint(1, 6)):
        data = _edit(data, dice)
    return data


def _edit(data: bytes, dice: random.Random) -> bytes:
    kind, at = dice.choice(_KINDS), dice.randint(0, len(data))
    piece = (
        dice.choice(_STRANGE_BYTES) if dice.random() < 0.6 else dice.randbytes(dice.randint(1, 8))
    )
    if kind == "flip":
        turned = bytes(byte ^ 1 << dice.randrange(8) for byte in data[at : at + 1])
        return data[:at] + turned + data[at + 1 :]
    if kind == "put":
        return data[:at] + piece + data[at + len(piece) :]
    if kind == "insert":
        return data[:at] + piece + data[at:]
    length = dice.choice((1, 4, dice.randint(1, 1 + min(len(data), 4096))))
    if kind == "cut":
        return data[:at] + data[at + length :]
    if kind == "copy":
        return data[:at] + data[at : at + length] * 2 + data[at + length :]
    return data[: max(at, 1)] if dice.random() < 0.3 else data


def _edited_archive(data: bytes, dice: random.Random) -> bytes:
    if dice.random() < 0.2:
        return _edited(data, dice)
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w") as new:
        contents = {name: old.read(name) for name in old.namelist()}
        for _ in range(dice.randint(1, 2)):
            name = dice.choice(list(contents))
            contents[name] = _edited(contents[name], dice)
        for name, content in contents.items():
            new.writestr(name, content)
    return stream.getvalue()


def _replaced(value: Any, dice: random.Random) -> Any:
    for _ in range(dice.randint(1, 4)):
        value = _replace(value, dice)
    return value


def _replace(value: Any, dice: random.Random) -> Any:
    """Replace the data, or a part of it, more often a deep one."""
    if isinstance(value, dict) and value and dice.random() < 0.95:
        key = dice.choice(list(value))
        return {**value, key: _replace(value[key], dice)}
    if isinstance(value, list) and value and dice.random() < 0.8:
        at = dice.randrange(len(value))
        return [*value[:at], _replace(value[at], dice), *value[at + 1 :]]
    if type(value) in (int, float) and dice.random() < 0.3:
        return dice.choice((value + 1, -value, value * 2, 0.5, dice.getrandbits(40)))
    return dice.choice(_STRANGE_VALUES)
