"""Settings of any content give a Settings that the window can open with."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, fields
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mmdesk.settings import Settings, load, save

NAMES = [entry.name for entry in fields(Settings)]
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([10**30, -(10**400), 1e308, "auto", "zh_CN", "\ud800", "\x00"])
    | st.floats()
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=4,
)


def check(loaded: Settings) -> None:
    """Check what Qt and the engine need: numbers of 32 bits, texts that can be encoded."""
    for value in asdict(loaded).values():
        if isinstance(value, int | float):
            assert -(2**31) < value < 2**31
        elif isinstance(value, tuple):
            assert all(prompt["name"] and prompt["text"] for prompt in value)
            json.dumps(value, ensure_ascii=False).encode()
        else:
            assert "\0" not in value
            value.encode()


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.dictionaries(st.sampled_from([*NAMES, "other"]), VALUES))
def test_any_values(tmp_path: Path, stored: dict) -> None:
    path = tmp_path / "settings.json"
    path.write_text(json.dumps(stored))
    loaded = load(path)
    check(loaded)
    save(loaded, path)
    assert load(path) == loaded


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.binary() | st.text().map(str.encode))
def test_any_bytes(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(content)
    check(load(path))


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 200_000,
        b'{"a":' * 200_000,
        b'{"max_tokens": ' + b"9" * 10_000 + b"}",
        b'{"temperature": NaN, "unload_after": Infinity}',
        b"\xff\xfe{\x00}\x00",
        b"\xef\xbb\xbf{}",
        b" " * 2_000_000,
    ],
)
def test_content_that_breaks_parsers(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(content)
    assert load(path) == Settings()


def test_one_bad_value_takes_no_other_along(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"temperature": NaN, "max_tokens": 1e9, "threads": -3, "text_size": 150}')
    assert load(path) == Settings(text_size=150)


@pytest.mark.skipif(os.name == "nt", reason="no pipes among files")
def test_what_is_no_file_is_put_aside(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    os.mkfifo(path)
    assert load(path) == Settings()
    path.symlink_to("/dev/zero")
    assert load(path) == Settings()
    path.with_suffix(".json.bad").unlink()
    path.mkdir()
    assert load(path) == Settings()
    save(Settings(text_size=120), path)
    assert load(path).text_size == 120
