"""User of the whole window over a scripted engine."""

from __future__ import annotations

import gc

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QTextEdit, QWidget
from pytestqt.exceptions import TimeoutError as QtBotTimeoutError

from mmdesk.app.application import App
from mmdesk.settings import Settings
from mmdesk.values import ModelInfo
from tests.fakes.scripted_engine import ScriptedEngine

SLOW = 30_000  # a child Python has to start
LANGUAGE = ModelInfo(
    "qwen2.5-coder-0.5b", "Qwen", "language", ("text",), "Apache-2.0", 1, 1, True, True
)


class WindowUser:
    """User who types, presses and reads."""

    def __init__(self, app: App, qtbot) -> None:
        self.app, self.window, self.qtbot = app, app.window, qtbot

    @classmethod
    def with_answer_in_progress(cls, open_window, engine) -> WindowUser:
        """Open a window over a GatedEngine and ask something whose answer does not end."""
        engine.gate.set()
        user: WindowUser = open_window(engine)
        engine.gate.clear()
        with user.qtbot.waitSignal(user.app.chat.answers.text_arrived):
            user.type("count")
            user.press("sendButton")
        return user

    def type(self, text: str) -> None:
        self.qtbot.keyClicks(self.window.findChild(QWidget, "chatInput"), text)

    def press(self, name: str) -> None:
        button = self.window.findChild(QWidget, name)
        assert button.isEnabled(), name
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def ask(self, text: str) -> None:
        with self.qtbot.waitSignal(self.app.chat.answers.finished):
            self.type(text)
            self.press("sendButton")

    def reads(self, text: str) -> bool:
        """Return True when the window shows this anywhere, now or once it has drawn itself."""
        try:
            self.qtbot.waitUntil(lambda: text in self.shown())
        except QtBotTimeoutError:
            return False
        return True

    def shown(self) -> str:
        texts = []
        for widget in self.window.findChildren(QWidget):
            if not widget.isVisible():
                continue
            if isinstance(widget, QLabel):
                texts.append(widget.text())
            elif isinstance(widget, QPlainTextEdit | QTextEdit):
                texts.append(widget.toPlainText())
        return "\n".join(texts)


def opened_windows(qtbot, tmp_path, monkeypatch):
    """Open the window over an engine, with the language part there; closed at the end."""
    monkeypatch.setenv("MMDESK_HOME", str(tmp_path / "home"))
    apps: list[App] = []

    def opened(engine: object, settings: Settings | None = None) -> WindowUser:
        app = App(settings or Settings(), lambda _settings: lambda: engine)  # type: ignore
        apps.append(app)
        qtbot.addWidget(app.window)
        monkeypatch.setattr(app.parts.manager, "refresh", lambda: app.parts._on_listed(
            (LANGUAGE,), ()))  # fmt: skip
        monkeypatch.setattr(app.recorder, "list_devices", lambda: None)
        with qtbot.waitSignal(app.parts.model_chosen):
            app.show()
        app.window.resize(1180, 780)  # the offscreen screen is narrow; panels want the room
        states: list[str] = []
        app.engine.state_changed.connect(states.append)
        qtbot.waitUntil(lambda: "Ready" in states, timeout=SLOW)
        return WindowUser(app, qtbot)

    yield opened
    for app in apps:
        assert app.shut_down()
    apps.clear()
    gc.collect()  # here, in the window's thread: a worker's collection must not meet its widgets


def loaded_then(*scripts):
    """Return an engine whose first request is the loading of the model."""
    return ScriptedEngine([], *scripts)
