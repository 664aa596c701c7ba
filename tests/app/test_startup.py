"""The window is painted before anything behind it is there, and loses nothing meanwhile."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from mmdesk.app.application import App
from mmdesk.app.window import make_window
from mmdesk.history.archive import Archive
from mmdesk.settings import Settings, save
from mmdesk.ui.main_window import MainWindow
from mmdesk.values import ConversationInfo, StoredMessage, Turn
from tests.fakes.scripted_engine import ScriptedEngine
from tests.window_user import LANGUAGE, WindowUser

AT_THE_FIRST_PAINT = """
import json, sys
from PySide6 import QtCore
from mmdesk.app import startup

class Looking(startup.Startup):
    def _begin(self):
        names = [name for name in sys.argv[1:] if name in sys.modules]
        print(json.dumps(names), "Qt" in QtCore.__dict__, flush=True)
        self.window.close()

startup.Startup = Looking
sys.exit(startup.main([]))
"""

CLOSED_AT = """
import sys
from mmdesk.app import startup

class Closing(startup.Startup):
    def __init__(self, settings):
        super().__init__(settings, built=lambda app: self.close_at("built"))

    def close_at(self, place):
        if place == sys.argv[1]:
            self.window.close()

    def _import_work(self):
        self.close_at("importing")
        super()._import_work()
        print("imported", flush=True)

    def _begin(self):
        self.close_at("painted")
        super()._begin()

startup.Startup = Closing
sys.exit(startup.main([]))
"""

BROKEN = """
import sys
from mmdesk.app import startup

def fail(self):
    raise RuntimeError("broken")

startup.Startup._import_work = fail
sys.exit(startup.main([]))
"""

HEAVY = (
    *("torch", "transformers", "numpy", "PIL", "sqlite3", "multiprocessing", "asyncio"),
    *("pygments", "markdown_it", "mmdesk.app.application", "mmdesk.engine", "mmdesk.history"),
    *("mmdesk.values", "mmdesk.ui.conversation_view", "mmdesk.ui.history_panel"),
)


def run(code: str, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a process that opens the window as the command does."""
    script = home / "script.py"
    script.write_text(code)
    environment = {**os.environ, "MMDESK_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
    environment["PYTHONPATH"] = os.pathsep.join(sys.path)
    return subprocess.run(
        [sys.executable, str(script), *arguments],
        capture_output=True,
        text=True,
        env=environment,
        timeout=120,
        check=False,
    )


def test_it_is_painted_before_anything_heavy_is_imported(tmp_path: Path) -> None:
    done = run(AT_THE_FIRST_PAINT, tmp_path, *HEAVY)
    # The second word: no enum of Qt's namespace was named, which would have all of them built.
    assert done.stdout.strip() == "[] False", done.stderr
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("place", ["painted", "importing", "built"])
def test_closing_it_early_ends_cleanly_and_keeps_its_place(tmp_path: Path, place: str) -> None:
    done = run(CLOSED_AT, tmp_path, place)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert ("imported" in done.stdout) is (place == "built" or place == "importing")
    assert "geometry" in (tmp_path / "window.json").read_text()


def test_a_part_that_cannot_be_imported_is_told_on_the_terminal(tmp_path: Path) -> None:
    done = run(BROKEN, tmp_path)
    assert done.returncode == 1
    assert "mmdesk cannot start (RuntimeError: broken)" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_ctrl_c_ends_it_even_before_the_app_is_there(tmp_path: Path) -> None:
    code = BROKEN.replace('raise RuntimeError("broken")', "signal.raise_signal(signal.SIGINT)")
    done = run(code.replace("import sys", "import signal, sys"), tmp_path)
    assert done.returncode == -signal.SIGINT
    assert "Traceback" not in done.stderr


@pytest.fixture
def bare(
    request: pytest.FixtureRequest, qtbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> MainWindow:
    """Paint a window with nothing behind it, of the size that is given."""
    monkeypatch.setenv("MMDESK_HOME", str(tmp_path))
    window = make_window(Settings(seen_welcome=True), bare=True)
    qtbot.addWidget(window)
    window.resize(*getattr(request, "param", (1240, 800)))
    with qtbot.waitSignal(window.first_painted):
        window.show()
    return window


@pytest.fixture
def build(bare: MainWindow, qtbot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], App]]:
    """Put an App behind it, whose models are not listed until the test does it."""
    apps: list[App] = []
    begun: list[App] = []

    def built() -> App:
        bare.complete()
        app = App(Settings(seen_welcome=True), lambda _settings: ScriptedEngine, window=bare)
        apps.append(app)
        monkeypatch.setattr(app.parts, "begin", lambda *_model, **_options: None)
        monkeypatch.setattr(app.recorder, "list_devices", lambda: begun.append(app))
        app.show()
        qtbot.waitUntil(lambda: app in begun)
        return app

    yield built
    for app in apps:
        assert app.shut_down()


def places(window: MainWindow) -> dict[str, QRect]:
    """Return the rectangles of the controls of a bare window."""
    names = ("topBar", "modelSelector", "newChatButton", "settingsButton", "chatInput")
    names += ("sendButton", "attachButton", "welcome", "example1Button", "statusBar", "side")
    found = {name: window.findChild(QWidget, name) for name in (*names, "historyPanel")}
    return {
        name: QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())
        for name, widget in found.items()
        if widget is not None and widget.isVisible()
    }


@pytest.mark.parametrize(
    "bare", [(1240, 800), (900, 700), (700, 900), (560, 560)], indirect=True, ids=str
)
def test_nothing_that_was_painted_moves(bare, build, qtbot) -> None:
    before = places(bare)
    assert {"topBar", "chatInput", "sendButton", "welcome", "statusBar"} <= set(before)
    build()
    after = places(bare)
    assert {name: after[name] for name in before} == before


def test_what_is_typed_before_the_app_is_there_stays_with_the_cursor(bare, build, qtbot) -> None:
    QTest.keyClicks(bare.composer.input, "hello wrld")
    for _ in range(3):
        QTest.keyClick(bare.composer.input, Qt.Key.Key_Left)
    build()
    QTest.keyClicks(bare.composer.input, "o")
    assert bare.composer.input.toPlainText() == "hello world"


def test_a_message_sent_early_waits_its_turn(bare, build, qtbot) -> None:
    QTest.keyClicks(bare.composer.input, "hello")
    QTest.keyClick(bare.composer.input, Qt.Key.Key_Return)
    app = build()
    person = WindowUser(app, qtbot)
    with qtbot.waitSignal(app.chat.answers.finished):
        app.parts._on_listed((LANGUAGE,), ())
    assert person.reads("hello")
    assert bare.composer.input.toPlainText() == ""


def test_a_message_changed_after_it_was_sent_early_is_left_alone(bare, build, qtbot) -> None:
    QTest.keyClicks(bare.composer.input, "hello")
    QTest.keyClick(bare.composer.input, Qt.Key.Key_Return)
    QTest.keyClicks(bare.composer.input, ", wait")
    app = build()
    app.parts._on_listed((LANGUAGE,), ())
    assert bare.composer.input.toPlainText() == "hello, wait"


def test_without_a_model_an_early_message_is_not_sent_by_surprise(bare, build, qtbot) -> None:
    QTest.keyClicks(bare.composer.input, "hello")
    QTest.keyClick(bare.composer.input, Qt.Key.Key_Return)
    app = build()
    app.parts.readiness_changed.emit(False, "The language model is not installed yet.")
    app.parts.readiness_changed.emit(True, "")
    assert bare.composer.input.toPlainText() == "hello"


SEEN_AFTER = """
import sys
from mmdesk.app import startup
from mmdesk.settings import load
from mmdesk.ui.introduction import Introduction

def built(app):
    app.parts.begin = lambda *model, **options: None
    app.recorder.list_devices = lambda: None
    if sys.argv[1] == "introduction":
        welcome = app.welcome
        app.welcome = lambda: (welcome(), tell(app.window.findChild(Introduction) is not None))
    else:
        app.chat.shown.connect(lambda opened: tell(opened.messages[0].turn.text))

def tell(seen):
    print(seen, flush=True)
    o.application.quit()

o = startup.Startup(load(), built)
status = o.run()
assert o.shut_down()
sys.exit(status)
"""


def test_the_introduction_is_shown_behind_the_first_paint(tmp_path: Path) -> None:
    done = run(SEEN_AFTER, tmp_path, "introduction")
    assert done.stdout.strip() == "True", done.stderr
    assert done.returncode == 0


def test_the_last_conversation_comes_back_behind_the_first_paint(tmp_path: Path) -> None:
    store = Archive(tmp_path / "history.db")
    store.begin(ConversationInfo("c1", "Where"))
    store.add("c1", StoredMessage("m1", "", Turn("user", "Where were we?")))
    store.set_shown("c1")
    store.close()
    save(Settings(seen_welcome=True), tmp_path / "settings.json")
    done = run(SEEN_AFTER, tmp_path, "conversation")
    assert done.stdout.strip() == "Where were we?", done.stderr
    assert done.returncode == 0
