"""The engine that starts before the window is whole is used once, or ended."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from mmdesk.app import engine_factory as engine_factory_module
from mmdesk.app.engine_factory import EarlyEngine, engine_factory
from mmdesk.engine.local import LocalEngine
from mmdesk.engine.process import ProcessEngine
from mmdesk.settings import Settings


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a folder that holds something like a model."""
    monkeypatch.setenv("MMDESK_HOME", str(tmp_path))
    monkeypatch.setattr(engine_factory_module, "_cores", lambda: 2)
    (tmp_path / "models" / "a-model").mkdir(parents=True)
    return tmp_path


@pytest.fixture
def early() -> EarlyEngine:
    made = EarlyEngine(Settings())
    made.start()
    return made


def has_child() -> bool:
    """Return whether an engine's process runs (multiprocessing's own helper is none)."""
    return any(
        "spawn_main" in " ".join(child.cmdline())
        for child in psutil.Process().children()
        if child.status() != psutil.STATUS_ZOMBIE
    )


def test_the_first_engine_is_the_one_that_was_started(early) -> None:
    make = early.factory(Settings())
    first, second = make(), make()
    assert isinstance(first, ProcessEngine)
    assert first.pid is not None  # its process runs already
    assert second.pid is None
    early.close()  # it is not early's any more
    assert psutil.pid_exists(first.pid)
    first.close()


def test_settings_that_do_not_fit_it_end_it(early) -> None:
    assert has_child()
    made = early.factory(replace(Settings(), context_tokens=4096))()
    assert made.pid is None
    assert not has_child()


def test_one_that_nobody_took_ends(early) -> None:
    assert has_child()
    early.close()
    assert not has_child()


def test_without_a_model_there_is_no_use_for_one(home) -> None:
    (home / "models" / "a-model").rmdir()
    early = EarlyEngine(Settings())
    early.start()
    assert not has_child()


def test_on_one_core_the_window_comes_first(monkeypatch) -> None:
    monkeypatch.setattr(engine_factory_module, "_cores", lambda: 1)
    early = EarlyEngine(Settings())
    early.start()
    assert not has_child()


def test_an_engine_in_this_process_is_not_started_early() -> None:
    settings = Settings(in_process=True)
    early = EarlyEngine(settings)
    early.start()
    assert not has_child()
    assert isinstance(early.factory(settings)(), LocalEngine)
    assert isinstance(engine_factory(settings)(), LocalEngine)
