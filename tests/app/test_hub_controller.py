"""A model from the hub in the whole window: looked up, downloaded, chosen, removed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from mmdesk.app.application import App
from mmdesk.models.manifest import Manifest
from mmdesk.settings import Settings
from mmdesk.ui.models_page import ModelsPage
from tests.fakes.hub_server import HubServer, files_of
from tests.fakes.scripted_engine import ScriptedEngine, words
from tests.fakes.tiny_model import build_model

SLOW = 30_000  # a child Python has to start


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    server = HubServer()
    monkeypatch.setenv("HF_ENDPOINT", server.url)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    for name in ("HF_TOKEN", "HF_HUB_OFFLINE", "MMDESK_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setitem(sys.modules, "keyring", None)
    (tmp_path / "tiny").mkdir()
    server.add("tiny/Tiny-Chat", files_of(build_model(tmp_path / "tiny")))
    yield server
    server.close()


@pytest.fixture
def app(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    """Open the window over an empty store, with the models page."""
    monkeypatch.setenv("MMDESK_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("mmdesk.models.model_store.load_manifest", lambda: Manifest(()))
    settings = Settings(work_offline=False)
    made = App(settings, lambda _settings: lambda: ScriptedEngine([], words("Hi.")))
    monkeypatch.setattr(made.recorder, "list_devices", lambda: None)
    qtbot.addWidget(made.window)
    with qtbot.waitSignal(made.parts.listed):
        made.show()
    with qtbot.waitSignals([made.parts.manager.surveyed, made.hub.downloads.listed]):
        made.window.pages.open_models()
    yield made
    assert made.shut_down()


def page_of(app: App) -> ModelsPage:
    page = app.window.pages.models
    assert page is not None
    return page


def test_a_model_is_looked_up_downloaded_listed_and_removed(
    app: App, hub: HubServer, qtbot: QtBot, tmp_path: Path
) -> None:
    page = page_of(app)
    with qtbot.waitSignal(app.hub.downloads.planned, timeout=SLOW):
        qtbot.keyClicks(page.hub.address, "tiny/Tiny-Chat")
        qtbot.keyClick(page.hub.address, Qt.Key.Key_Return)
    assert page.hub.plan_card.isVisible()
    with qtbot.waitSignal(app.hub.downloads.installed, timeout=SLOW):
        page.hub.download.click()
    qtbot.waitUntil(lambda: "local-tiny-chat" in page.cards)
    card = page.cards["local-tiny-chat"]
    assert card.note.text() == "Runs in mmdesk's own engine."
    folder = tmp_path / "home" / "models" / "local-tiny-chat"
    assert folder.is_dir()
    card.remove.click()
    box = page.findChild(QMessageBox, "removeModelQuestion")
    assert box is not None
    assert "download it again" in box.informativeText()
    with qtbot.waitSignal(app.parts.manager.removed):
        box.findChild(QPushButton, "removeModelQuestionYes").click()
    assert not folder.exists()


def test_a_model_that_the_hub_does_not_have_is_told_on_the_page(
    app: App, hub: HubServer, qtbot: QtBot
) -> None:
    page = page_of(app)
    with qtbot.waitSignal(app.hub.downloads.refused, timeout=SLOW):
        qtbot.keyClicks(page.hub.address, "no/such")
        page.hub.look_up.click()
    assert "no model no/such" in page.hub.message.text()


def test_the_setting_decides_whether_a_question_comes_first(app: App) -> None:
    assert not page_of(app).hub.work_offline
    app.hub.apply_settings(replace(Settings(), work_offline=True))
    assert page_of(app).hub.work_offline


def test_the_catalogue_stands_on_the_page(app: App, qtbot: QtBot) -> None:
    page = page_of(app)
    assert page.catalogue.isVisible()
    assert page.catalogue.others_button.text().startswith("More models of the hub")
