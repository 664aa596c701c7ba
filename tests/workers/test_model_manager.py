"""Looking after the parts from the window: nothing waits, and every wish ends with a word."""

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
def keeper(qtbot, store):
    made = ModelManager(make_store=lambda: store)
    yield made
    assert made.close()


def surveyed(qtbot, keeper, loaded: str = ""):
    with qtbot.waitSignal(keeper.surveyed) as told:
        keeper.survey(loaded)
    return told.args


def test_parts_are_listed_with_what_is_kept_of_them(qtbot, keeper, store) -> None:
    (entry,), machine = surveyed(qtbot, keeper)
    assert (entry.info.installed, entry.fetched, entry.fit.verdict) == (False, 0.0, "well")
    assert machine.memory > 0
    partial = store.root / ".partial" / "ear"
    partial.mkdir(parents=True)
    (partial / "model.bin").write_bytes(FIRST[: len(FIRST) // 2])
    (entry,), _ = surveyed(qtbot, keeper)
    assert 0.2 < entry.fetched < 0.5
    store.install("ear")
    (entry,), _ = surveyed(qtbot, keeper)
    assert (entry.info.installed, entry.fetched) == (True, 0.0)


def test_what_is_sound_and_what_is_not_is_told(qtbot, keeper, store) -> None:
    store.install("ear")
    with qtbot.waitSignal(keeper.verified) as sound:
        keeper.verify("ear")
    assert sound.args == ["ear"]
    path = store.path("ear") / "model.bin"
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    with qtbot.waitSignal(keeper.failed) as failed:
        keeper.verify("ear")
    assert failed.args[0] == "ear"
    assert "model.bin" in failed.args[1]
    assert "again" in failed.args[2]


def test_a_check_can_be_stopped(qtbot, keeper, store, monkeypatch) -> None:
    begun = threading.Event()

    def verify(part: str, cancel: threading.Event) -> None:
        begun.set()
        assert cancel.wait(10)
        from mmdesk.errors import Cancelled

        raise Cancelled

    monkeypatch.setattr(store, "verify", verify)
    keeper.verify("ear")
    assert begun.wait(10)
    with qtbot.waitSignal(keeper.stopped) as stopped:
        keeper.stop()
    assert stopped.args == ["ear"]


def test_removing_frees_the_disk(qtbot, keeper, store) -> None:
    store.install("ear")
    with qtbot.waitSignal(keeper.removed):
        keeper.remove("ear")
    assert not (store.root / "ear").exists()
    with qtbot.waitSignal(keeper.failed) as failed:
        keeper.remove("ear")
    assert "not installed" in failed.args[1]


def test_a_folder_is_added_or_refused(qtbot, keeper, tmp_path) -> None:
    folder = tmp_path / "tiny"
    folder.mkdir()
    with qtbot.waitSignal(keeper.failed) as refused:
        keeper.add_folder(str(folder))
    assert refused.args[0] == ""
    assert "config.json" in refused.args[1]
    build_model(folder)
    with qtbot.waitSignal(keeper.added) as added:
        keeper.add_folder(str(folder))
    entries, _ = surveyed(qtbot, keeper)
    assert (entries[-1].info.id, entries[-1].folder) == (added.args[0], str(folder))


def test_a_model_in_memory_would_make_room_for_another(qtbot, keeper, store) -> None:
    _, alone = surveyed(qtbot, keeper)
    _, beside = surveyed(qtbot, keeper, "ear")
    assert beside.memory_free > alone.memory_free - 100_000_000
