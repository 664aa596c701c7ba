"""The models page over the real workers: unloading, welcome, folders, removing."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from mmdesk.app.application import App
from mmdesk.app.models_controller import MINUTE_MS
from mmdesk.models.manifest import Manifest
from mmdesk.models.model_store import ModelStore
from mmdesk.settings import Settings
from mmdesk.settings import load as load_settings
from mmdesk.values import Finished, Stats
from tests.fakes.scripted_engine import ScriptedEngine, words
from tests.fakes.tiny_model import build_model
from tests.window_user import LANGUAGE, WindowUser, loaded_then
from tests.workers.waiting import GatedEngine


class CountingEngine(ScriptedEngine):
    """Notes how often its memory was given back."""

    closed = 0

    def close(self) -> None:
        CountingEngine.closed += 1
        super().close()


@pytest.fixture(autouse=True)
def _none_closed() -> None:
    CountingEngine.closed = 0


def test_the_model_is_unloaded_when_nobody_asks_and_loaded_again(open_window, qtbot) -> None:
    person = open_window(CountingEngine([], words("one"), words("two")))
    person.ask("first")
    timer = person.app.models_controller._idle
    assert timer.isActive()
    assert timer.interval() == 15 * MINUTE_MS
    timer.timeout.emit()
    assert person.reads("Model is resting")
    qtbot.waitUntil(lambda: CountingEngine.closed == 1)
    assert not timer.isActive()
    person.ask("second")
    assert person.reads("two")
    assert timer.isActive()


def test_it_is_not_unloaded_while_it_answers(open_window, qtbot) -> None:
    engine = GatedEngine()
    person = WindowUser.with_answer_in_progress(open_window, engine)
    with qtbot.assertNotEmitted(person.app.models_controller.unload_wanted):
        person.app.models_controller._idle.timeout.emit()
    with qtbot.waitSignal(person.app.chat.answer_finished):
        engine.gate.set()


def test_never_means_never(open_window) -> None:
    person = open_window(loaded_then(words("one")), Settings(unload_after=0))
    person.ask("first")
    assert not person.app.models_controller._idle.isActive()


def test_the_button_unloads_at_once(open_window, qtbot) -> None:
    person = open_window(CountingEngine([], words("one")))
    with qtbot.waitSignal(person.app.parts.manager.surveyed):
        person.window.pages.open_models()
    card = person.window.pages.models.cards[LANGUAGE.id]
    assert card.current
    person.window.pages.models.unload_wanted.emit()
    qtbot.waitUntil(lambda: CountingEngine.closed == 1)


def test_the_device_is_known_before_the_first_answer(open_window) -> None:
    person = open_window(ScriptedEngine([Finished(Stats(model="m", device="cuda"))]))
    assert person.reads("m · GPU (CUDA)")


def test_the_welcome_is_shown_once(open_window) -> None:
    person = open_window(loaded_then())
    person.app.welcome()
    steps = person.window.pages.steps
    assert steps is not None
    steps.skip.click()
    assert load_settings().seen_welcome
    person.app.welcome()
    assert person.window.pages.steps is None


@pytest.fixture
def app(qtbot, tmp_path: Path, monkeypatch):
    """Open the window over an empty store."""
    monkeypatch.setenv("MMDESK_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("mmdesk.models.model_store.load_manifest", lambda: Manifest(()))
    made = App(Settings(), lambda _settings: lambda: ScriptedEngine([], words("Hi.")))
    monkeypatch.setattr(made.recorder, "list_devices", lambda: None)
    qtbot.addWidget(made.window)
    with qtbot.waitSignal(made.parts.listed):
        made.show()
    with qtbot.waitSignal(made.parts.manager.surveyed):
        made.window.pages.open_models()
    yield made
    assert made.shut_down()


def test_a_folder_is_added_used_and_taken_off(app: App, qtbot, tmp_path: Path) -> None:
    folder = tmp_path / "tiny"
    folder.mkdir()
    build_model(folder)
    page = app.window.pages.models
    with qtbot.waitSignal(app.parts.model_chosen) as chosen:
        page._on_folder(str(folder))
    assert chosen.args == ["local-tiny"]  # there was none that answers
    qtbot.waitUntil(lambda: "local-tiny" in page.cards)
    card = page.cards["local-tiny"]
    qtbot.waitUntil(lambda: card.state.text() == "in use")
    assert page.add_button.isEnabled()
    with qtbot.waitSignal(app.parts.manager.verified):
        qtbot.mouseClick(card.other, Qt.MouseButton.LeftButton)
    assert "all files are intact" in card.message.text()
    with qtbot.waitSignal(app.parts.readiness_changed) as ready:
        page.remove_wanted.emit("local-tiny")
    assert ready.args[0] is False
    qtbot.waitUntil(lambda: not page.cards)
    assert (folder / "model.safetensors").exists()
    assert ModelStore().infos() == ()


def test_a_folder_that_is_no_model_says_why(app: App, qtbot, tmp_path: Path) -> None:
    page = app.window.pages.models
    (tmp_path / "empty").mkdir()
    with qtbot.waitSignal(app.parts.manager.failed):
        page._on_folder(str(tmp_path / "empty"))
    assert "config.json is missing" in page.message.text()
    assert page.message.isVisible()
    assert page.add_button.isEnabled()
