"""The larger model: fetched behind the default one, used when it is there, offered once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mmdesk.settings import Settings
from mmdesk.values import ChatRequest, ModelInfo
from tests.fakes.scripted_engine import ScriptedEngine, words
from tests.window_user import LANGUAGE, SLOW, WindowUser

LARGER = replace(LANGUAGE, id="qwen2.5-coder-1.5b", title="Large", default=False, installed=False)


@pytest.fixture
def engine() -> ScriptedEngine:
    def script(request: object) -> list:
        return words("yes") if isinstance(request, ChatRequest) else []

    return ScriptedEngine(*[script] * 20)


class Machine:
    """A window whose parts, machine and downloads are what the test says."""

    def __init__(self, person: WindowUser, monkeypatch: pytest.MonkeyPatch) -> None:
        self.person = person
        self.app = person.app
        self.fetched: list[tuple[str, ...]] = []
        parts = person.app.parts
        monkeypatch.setattr(parts._fetcher, "fetch", lambda ids: self.fetched.append(ids))
        monkeypatch.setattr(parts.manager, "advise", lambda: None)

    def list(self, *infos: ModelInfo) -> None:
        parts = self.app.parts
        with self.person.qtbot.waitSignal(parts.listed):
            parts._on_listed(infos, ())
        self.person.qtbot.waitUntil(lambda: self.app.larger_model._asked, timeout=SLOW)

    def ask(self, text: str) -> None:
        with self.person.qtbot.waitSignal(self.app.chat.answers.finished, timeout=SLOW):
            self.person.type(text)
            self.person.press("sendButton")

    def advise(self, larger: ModelInfo | None = LARGER) -> None:
        self.app.parts.manager.advised.emit(larger)


@pytest.fixture
def machine(open_window, engine, monkeypatch) -> Machine:
    return Machine(open_window(engine), monkeypatch)


def banner_text(machine: Machine) -> str:
    banner = machine.person.window.model_banner
    return "" if banner.isHidden() else banner._text.text()


def test_a_new_installation_fetches_it_and_uses_it_from_the_next_answer_on(
    machine: Machine, engine: ScriptedEngine
) -> None:
    machine.list(replace(LANGUAGE, installed=False), LARGER)
    machine.advise()
    assert machine.fetched[-1] == (LARGER.id,)
    assert machine.app.settings.larger_model == "wanted"
    machine.list(LANGUAGE, LARGER)
    machine.ask("first")
    assert engine.requests[-1].model == LANGUAGE.id
    machine.app.parts._on_listed((LANGUAGE, replace(LARGER, installed=True)), ())
    machine.person.qtbot.waitUntil(
        lambda: machine.app.settings.larger_model == "used", timeout=SLOW
    )
    assert banner_text(machine) == "Large has been downloaded and answers from now on."
    machine.ask("second")
    assert engine.requests[-1].model == LARGER.id
    assert machine.app.settings.model == LARGER.id


def test_an_installation_of_before_is_offered_it_once_and_nothing_is_fetched(
    machine: Machine,
) -> None:
    machine.list(LANGUAGE, LARGER)
    machine.advise()
    assert "Large answers better and suits this computer" in banner_text(machine)
    assert machine.app.settings.larger_model == "offered"
    assert machine.fetched == []
    machine.person.press("closeModelBannerButton")
    machine.advise()
    assert banner_text(machine) == ""


def test_the_offer_is_taken_with_its_button(machine: Machine) -> None:
    machine.list(LANGUAGE, LARGER)
    machine.advise()
    machine.person.press("acceptModelButton")
    assert machine.fetched[-1] == (LARGER.id,)
    assert machine.app.settings.larger_model == "wanted"
    assert banner_text(machine) == ""


def test_a_machine_with_little_memory_hears_nothing_of_it(machine: Machine) -> None:
    machine.list(LANGUAGE, LARGER)
    machine.advise(None)
    assert (banner_text(machine), machine.fetched) == ("", [])
    assert machine.app.settings.larger_model == ""


def test_a_cancelled_download_does_not_come_again_by_itself(machine: Machine) -> None:
    machine.list(replace(LANGUAGE, installed=False), LARGER)
    machine.advise()
    machine.person.window.download_panel.cancelled.emit()
    assert machine.app.settings.larger_model == "offered"


def test_another_model_that_was_chosen_stays(open_window, engine, monkeypatch) -> None:
    other = replace(LANGUAGE, id="smollm2-135m", title="Smol", default=False)
    settings = Settings(model=other.id, larger_model="wanted")
    machine = Machine(open_window(engine, settings), monkeypatch)
    machine.list(LANGUAGE, other, replace(LARGER, installed=True))
    machine.advise(replace(LARGER, installed=True))
    assert machine.app.settings.model == other.id
    assert banner_text(machine) == ""
