"""Speeds are kept for each processor and model, and predict those of other models."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from mmdesk.models import measured_speed as module
from mmdesk.models.measured_speed import (
    FILE,
    MIN_BYTES,
    MeasuredSpeed,
    decode_speed,
    remember_speed,
    remembered_speed,
)
from mmdesk.values import DecodeSpeed

SMALL = MeasuredSpeed("int8", 500_000_000, 40.0, 2)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MMDESK_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_nothing_is_known_before_a_measurement(home: Path) -> None:
    assert decode_speed("small", 500_000_000) is None
    assert remembered_speed("small") is None


def test_what_was_measured_is_kept_for_this_account_alone(home: Path) -> None:
    remember_speed("small", SMALL)
    assert remembered_speed("small") == SMALL
    assert decode_speed("small", 1) == DecodeSpeed(40.0, measured=True)
    if os.name == "posix":
        assert stat.S_IMODE((home / FILE).stat().st_mode) == 0o600


def test_another_model_is_predicted_by_the_memory_it_reads(home: Path) -> None:
    remember_speed("small", SMALL)
    assert decode_speed("large", 2_000_000_000) == DecodeSpeed(10.0, measured=False)
    remember_speed("large", MeasuredSpeed("int4", 1_000_000_000, 15.0, 2))
    assert decode_speed("large", 2_000_000_000) == DecodeSpeed(15.0, measured=True)
    assert remembered_speed("small") == SMALL


def test_a_model_in_the_cache_of_the_processor_tells_nothing(home: Path) -> None:
    remember_speed("tiny", MeasuredSpeed("int8", MIN_BYTES - 1, 9000.0, 2))
    assert decode_speed("large", 2_000_000_000) is None


def test_another_processor_is_another_matter(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    remember_speed("small", SMALL)
    monkeypatch.setattr(module, "processor_name", lambda: "another")
    assert decode_speed("small", 500_000_000) is None


@pytest.mark.parametrize(
    "entry", ['"fast"', '{"precision": "int8"}', "[]",
              '{"precision": 8, "weight_bytes": 1, "decode_tokens_per_s": 1, "threads": 1}',
              '{"precision": "a", "weight_bytes": 1, "decode_tokens_per_s": 0, "threads": 1}']
)  # fmt: skip
def test_damaged_entries_are_left_out(
    home: Path, monkeypatch: pytest.MonkeyPatch, entry: str
) -> None:
    monkeypatch.setattr(module, "processor_name", lambda: "one")
    home.mkdir()
    (home / FILE).write_text(f'{{"one": {{"small": {entry}}}}}')
    assert decode_speed("small", 500_000_000) is None
