"""Managing model parts from the window: nothing waits, and every task ends with a signal."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from mmdesk.models.manifest import Manifest
from mmdesk.models.model_store import ModelStore
from mmdesk.workers.model_manager import ModelManager
from tests.fakes.tiny_model import build_model
from tests.models.conftest import (  # noqa: F401  fixtures of a part with real sources
    FIRST,
    make_part,
    own_world,
    site,
    wheels,
)


@pytest.fixture
def store(tmp_path: Path, wheels) -> ModelStore:  # noqa: F811
    return ModelStore(tmp_path / "models", Manifest((make_part("ear", (wheels,)),)))


@pytest.fixture
def manager(qtbot, store):
    made = ModelManager(make_store=lambda: store)
    yield made
    assert made.close()


def surveyed(qtbot, manager, loaded: str = ""):
    with qtbot.waitSignal(manager.surveyed) as survey:
        manager.survey(loaded)
    return survey.args


def test_parts_are_listed_with_what_is_kept_of_them(qtbot, manager, store) -> None:
    (entry, built_in), machine = surveyed(qtbot, manager)
    assert built_in.built_in
    assert (entry.info.installed, entry.fetched, entry.fit.verdict) == (False, 0.0, "well")
    assert machine.memory > 0
    partial = store.root / ".partial" / "ear"
    partial.mkdir(parents=True)
    (partial / "model.bin").write_bytes(FIRST[: len(FIRST) // 2])
    (entry, _), _ = surveyed(qtbot, manager)
    assert 0.2 < entry.fetched < 0.5
    store.install("ear")
    (entry, _), _ = surveyed(qtbot, manager)
    assert (entry.info.installed, entry.fetched) == (True, 0.0)


def test_intact_and_damaged_files_are_told_apart(qtbot, manager, store) -> None:
    store.install("ear")
    with qtbot.waitSignal(manager.verified) as sound:
        manager.verify("ear")
    assert sound.args == ["ear"]
    path = store.path("ear") / "model.bin"
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    with qtbot.waitSignal(manager.failed) as failed:
        manager.verify("ear")
    assert failed.args[0] == "ear"
    assert "model.bin" in failed.args[1]
    assert "again" in failed.args[2]


def test_a_check_can_be_stopped(qtbot, manager, store, monkeypatch) -> None:
    begun = threading.Event()

    def verify(part: str, cancel: threading.Event) -> None:
        begun.set()
        assert cancel.wait(10)
        from mmdesk.errors import Cancelled

        raise Cancelled

    monkeypatch.setattr(store, "verify", verify)
    manager.verify("ear")
    assert begun.wait(10)
    with qtbot.waitSignal(manager.stopped) as stopped:
        manager.stop()
    assert stopped.args == ["ear"]


def test_removing_frees_the_disk(qtbot, manager, store) -> None:
    store.install("ear")
    with qtbot.waitSignal(manager.removed):
        manager.remove("ear")
    assert not (store.root / "ear").exists()
    with qtbot.waitSignal(manager.failed) as failed:
        manager.remove("ear")
    assert "not installed" in failed.args[1]


def test_a_folder_is_added_or_refused(qtbot, manager, tmp_path) -> None:
    folder = tmp_path / "tiny"
    folder.mkdir()
    with qtbot.waitSignal(manager.failed) as refused:
        manager.add_folder(str(folder))
    assert refused.args[0] == ""
    assert "config.json" in refused.args[1]
    build_model(folder)
    with qtbot.waitSignal(manager.added) as added:
        manager.add_folder(str(folder))
    entries, _ = surveyed(qtbot, manager)
    assert (entries[-2].info.id, entries[-2].folder) == (added.args[0], str(folder))


def test_a_model_in_memory_would_make_room_for_another(qtbot, manager, store) -> None:
    _, alone = surveyed(qtbot, manager)
    _, beside = surveyed(qtbot, manager, "ear")
    assert beside.memory_free > alone.memory_free - 100_000_000


def test_a_list_does_not_wait_for_a_verification(qtbot, manager, store, monkeypatch) -> None:
    monkeypatch.setattr(store, "verify", lambda part, cancel: cancel.wait(10))
    manager.verify("ear")
    with qtbot.waitSignal(manager.listed) as listed:
        manager.refresh()
    assert [info.id for info in listed.args[0]] == ["ear"]
    with qtbot.waitSignal(manager.verified):
        manager.stop()
