"""Choice of the larger language model: by the machine, for a new installation only."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mmdesk import settings as settings_file
from mmdesk.models import larger
from mmdesk.models.larger import (
    LARGER_MEMORY,
    chosen_language,
    decide_larger,
    larger_suits,
    missing_larger,
    take_larger,
)
from mmdesk.models.model_store import ModelStore
from mmdesk.settings import Settings
from mmdesk.values import HardwareInfo

SMALL, LARGE = "qwen2.5-coder-0.5b", "qwen2.5-coder-1.5b"
MACHINE = HardwareInfo(
    memory=8 * 10**9, memory_free=LARGER_MEMORY, disk_free=10**11, cores=2, plain_bf16=True
)


class Store(ModelStore):
    """Store in which parts are installed by saying so."""

    there: frozenset[str] = frozenset()

    def is_installed(self, part_id: str) -> bool:
        return part_id in self.there


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("MMDESK_HOME", str(tmp_path))
    monkeypatch.setattr(larger, "this_machine", lambda root: MACHINE)
    return Store()


def choice() -> str:
    return settings_file.load().larger_model


def test_it_needs_four_gigabytes_of_memory_and_the_disk(store: Store) -> None:
    info = next(info for info in store.infos() if info.id == LARGE)
    assert larger_suits(info, MACHINE)
    assert not larger_suits(info, replace(MACHINE, memory_free=LARGER_MEMORY - 1))
    little = replace(MACHINE, disk_free=info.download_bytes)
    assert not larger_suits(info, little)
    assert larger_suits(info, replace(little, disk_free=10**9 * 2), kept_bytes=info.download_bytes)


def test_a_new_installation_gets_it_after_the_standard_models(store: Store) -> None:
    (line,) = decide_larger(store)
    assert "It is downloaded after the standard models" in line
    assert choice() == "wanted"
    assert store.missing_defaults()[0] == SMALL
    assert LARGE not in store.missing_defaults()
    assert missing_larger(store) == (LARGE,)
    store.there = frozenset({SMALL, LARGE})
    assert missing_larger(store) == ()


def test_an_installation_that_was_there_is_offered_it_once(store: Store) -> None:
    store.there = frozenset({SMALL})
    assert "mmdesk models get default --larger" in decide_larger(store)[0]
    assert choice() == "offered"
    assert decide_larger(store) == ()
    assert missing_larger(store) == ()
    take_larger()
    assert missing_larger(store) == (LARGE,)


def test_small_keeps_the_default_model(store: Store) -> None:
    assert decide_larger(store, small=True) == ()
    assert choice() == "small"
    assert decide_larger(store) == ()
    assert missing_larger(store) == ()


def test_a_machine_with_little_memory_keeps_the_default_model(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        larger, "this_machine", lambda root: replace(MACHINE, memory_free=3 * 10**9)
    )
    assert decide_larger(store) == ()
    assert choice() == ""


@pytest.mark.parametrize(
    ("there", "choice", "model", "answers"),
    [
        ({SMALL}, "wanted", SMALL, SMALL),
        ({SMALL, LARGE}, "wanted", SMALL, LARGE),
        ({SMALL, LARGE}, "used", LARGE, LARGE),
        ({SMALL, LARGE}, "used", SMALL, SMALL),
        ({SMALL, LARGE}, "", SMALL, SMALL),
        ({SMALL, LARGE}, "small", SMALL, SMALL),
    ],
)
def test_who_answers_where_no_model_is_named(
    store: Store, there: set[str], choice: str, model: str, answers: str
) -> None:
    store.there = frozenset(there)
    assert chosen_language(store, choice, model) == answers
    settings_file.save(Settings(larger_model=choice, model=model))
    from mmdesk.engine.default_parts import default_language

    assert default_language(store) == answers
