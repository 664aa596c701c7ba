"""Hypothesis strategies that damage valid bytes, JSON and archives in a few places."""

from __future__ import annotations

import io
import json
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
_FRACTION = st.integers(0, 9999)  # of a length, in ten thousandths
_EDIT = st.tuples(
    st.sampled_from(("flip", "put", "insert", "cut", "copy", "end")),
    _FRACTION,
    _FRACTION,
    st.sampled_from(_STRANGE_BYTES) | st.binary(min_size=1, max_size=8),
)
_EDITS = st.lists(_EDIT, min_size=1, max_size=6)
_VALUES = st.sampled_from(_STRANGE_VALUES) | st.text(max_size=8) | st.integers() | st.floats()
_PLACES = st.lists(
    st.tuples(st.lists(st.integers(0, 99), max_size=8), _VALUES), min_size=1, max_size=4
)


def damaged_bytes(samples: list[bytes]) -> st.SearchStrategy[bytes]:
    """Return one of the samples with one to six edits."""
    return st.builds(_edited, st.sampled_from(samples), _EDITS)


def damaged_archives(samples: list[bytes]) -> st.SearchStrategy[bytes]:
    """Return one of the zip files with edits inside one or two of its members."""
    members = st.lists(st.tuples(_FRACTION, _EDITS), min_size=1, max_size=2)
    return st.builds(_edited_archive, st.sampled_from(samples), members)


def with_checksums(data: bytes) -> bytes:
    """Return a PNG whose chunks have the checksums of what they hold now, as far as they go."""
    fixed, at = data[:8], 8
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        body = data[at + 4 : at + 8 + length]
        fixed += data[at : at + 4] + body + struct.pack(">I", zlib.crc32(body))
        at += 12 + length
    return fixed


def damaged_values(sample: Any) -> st.SearchStrategy[Any]:
    """Return JSON data with one to four places replaced."""
    return st.builds(_replaced, st.just(sample), _PLACES)


def damaged_json(sample: Any) -> st.SearchStrategy[bytes]:
    """Return the text of JSON data: with places replaced, or with bytes edited."""
    text = json.dumps(sample).encode()
    return damaged_values(sample).map(lambda value: json.dumps(value).encode()) | damaged_bytes(
        [text]
    )


def _edited(data: bytes, edits: list[tuple[str, int, int, bytes]]) -> bytes:
    for kind, first, second, piece in edits:
        data = _edit(data, kind, first * len(data) // 9999, second, piece)
    return data


def _edit(data: bytes, kind: str, at: int, amount: int, piece: bytes) -> bytes:
    if kind == "flip":
        turned = bytes(byte ^ 1 << amount % 8 for byte in data[at : at + 1])
        return data[:at] + turned + data[at + 1 :]
    if kind == "put":
        return data[:at] + piece + data[at + len(piece) :]
    if kind == "insert":
        return data[:at] + piece + data[at:]
    length = 1 + amount * min(len(data), 4096) // 9999
    if kind == "cut":
        return data[:at] + data[at + length :]
    if kind == "copy":
        return data[:at] + data[at : at + length] * 2 + data[at + length :]
    return data[: max(at, 1)]


def _edited_archive(data: bytes, members: list[tuple[int, list]]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w") as new:
        contents = {name: old.read(name) for name in old.namelist()}
        for place, edits in members:
            name = list(contents)[place * (len(contents) - 1) // 9999]
            contents[name] = _edited(contents[name], edits)
        for name, content in contents.items():
            new.writestr(name, content)
    return stream.getvalue()


def _replaced(value: Any, places: list[tuple[list[int], Any]]) -> Any:
    for path, new in places:
        value = _replace(value, path, new)
    return value


def _replace(value: Any, path: list[int], new: Any) -> Any:
    """Follow a path of numbers, each modulo the length, as deep as it goes."""
    if not path or not isinstance(value, dict | list) or not value:
        return new
    step = path[0] % len(value)
    if isinstance(value, dict):
        key = list(value)[step]
        return {**value, key: _replace(value[key], path[1:], new)}
    return [*value[:step], _replace(value[step], path[1:], new), *value[step + 1 :]]
