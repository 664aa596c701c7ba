"""The models page over the real workers: unloading, welcome, folders, removing."""

from __future__ import annotations

import threading
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox

from mmdesk.app.application import App
from mmdesk.app.models_controller import MINUTE_MS
from mmdesk.errors import Cancelled
from mmdesk.models.discover import discover
from mmdesk.models.manifest import Manifest
from mmdesk.models.model_store import ModelStore
from mmdesk.settings import Settings
from mmdesk.settings import load as load_settings
from mmdesk.ui.found_models import FoundRow
from mmdesk.ui.introduction import Introduction
from mmdesk.values import Finished, ModelInfo, Stats
from tests.fakes.scripted_engine import ScriptedEngine, words
from tests.fakes.tiny_gguf import write_tiny_gguf
from tests.fakes.tiny_model import build_model
from tests.window_user import LANGUAGE, SLOW, WindowUser, loaded_then
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
    with qtbot.waitSignal(person.app.chat.answers.finished):
        engine.gate.set()


def test_the_strips_learn_whether_the_model_sees_pictures_itself(open_window) -> None:
    person = open_window(loaded_then(words("one")))
    attachments, parts = person.app.window.attachments, person.app.parts
    words_only = ModelInfo("w", "Words", "language", ("text",), "", 0, 1, True, False)
    seeing = ModelInfo("s", "Eyes", "language", ("text", "picture"), "", 0, 1, True, False)
    parts.listed.emit((words_only, seeing), "s")
    assert attachments.seeing_model == "Eyes"
    parts.listed.emit((words_only, seeing), "w")
    assert attachments.seeing_model == ""


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


def test_the_introduction_is_shown_until_it_was_read(open_window, qtbot) -> None:
    person = open_window(loaded_then())
    person.app.welcome()
    card = person.window.findChild(Introduction)
    with qtbot.waitSignal(card.destroyed):
        card.button.click()
    assert load_settings().seen_welcome
    person.app.welcome()
    assert person.window.findChild(Introduction) is None


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
    qtbot.waitUntil(lambda: "local-tiny" not in page.cards)
    assert (folder / "model.safetensors").exists()
    assert ModelStore().infos() == ()


def test_another_programs_model_is_found_and_added(app: App, qtbot, tmp_path, monkeypatch) -> None:
    folder = tmp_path / ".lmstudio/models"
    folder.mkdir(parents=True)
    write_tiny_gguf(folder / "Tiny-Q8_0.gguf")
    found = partial(discover, tmp_path, {})
    monkeypatch.setattr("mmdesk.models.discover", found, raising=False)
    page = app.window.pages.models
    with qtbot.waitSignal(app.parts.manager.discovered):
        app.parts.manager.look_around()
    (row,) = page.found.findChildren(FoundRow)
    assert (row.name.text(), row.model.program) == ("Tiny-Q8_0", "LM Studio")
    manager = app.parts.manager
    two_children = 4 * SLOW
    with qtbot.waitSignals([manager.converted, app.parts.model_chosen], timeout=two_children):
        row.button.click()
    qtbot.waitUntil(lambda: "local-tiny-q8-0" in page.cards)
    assert not page.adding.isVisible()
    qtbot.waitUntil(page.found.isHidden)  # it is on the list now


def test_adding_a_gguf_file_can_be_stopped(app: App, qtbot, tmp_path: Path, monkeypatch) -> None:
    begun = threading.Event()

    def converting(*given: object) -> None:
        begun.set()
        assert given[-1].wait(10)
        raise Cancelled

    monkeypatch.setattr("mmdesk.models.convert.convert_own_gguf", converting)
    page = app.window.pages.models
    page.add(str(write_tiny_gguf(tmp_path / "tiny.gguf")))
    assert begun.wait(30)
    with qtbot.waitSignal(app.parts.manager.stopped):
        page.adding.cancel.click()
    assert page.message.text() == "The model was not added."
    assert not page.adding.isVisible()
    assert page.add_button.isEnabled()


def test_an_offered_gguf_file_is_asked_about_and_the_rest_is_attached(
    app: App, qtbot, tmp_path: Path
) -> None:
    app.window.pages.models.close()
    (tmp_path / "note.txt").write_text("A note.")
    model = write_tiny_gguf(tmp_path / "tiny.GGUF")
    with qtbot.waitSignal(app.loader.loaded, timeout=SLOW) as loaded:
        app.window.files_offered.emit([str(model), str(tmp_path / "note.txt")])
    assert loaded.args[0].name == "note.txt"
    box = app.window.findChild(QMessageBox, "addModelQuestion")
    assert "tiny.GGUF" in box.text()
    box.reject()


def test_a_folder_that_is_no_model_says_why(app: App, qtbot, tmp_path: Path) -> None:
    page = app.window.pages.models
    (tmp_path / "empty").mkdir()
    with qtbot.waitSignal(app.parts.manager.failed):
        page._on_folder(str(tmp_path / "empty"))
    assert "config.json is missing" in page.message.text()
    assert page.message.isVisible()
    assert page.add_button.isEnabled()
