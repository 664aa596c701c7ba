"""Drives the real window from outside: types the questions, measures, prints one JSON object.

Arguments: the parent's time.monotonic() at the start; tokens per answer. Uses the window as a
person does (the composer, the Send button) and the session's signals as the clock.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import psutil
from PySide6.QtCore import QEventLoop, QTimer, SignalInstance
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QWidget

from mmdesk import settings as settings_file
from mmdesk.app.application import App
from mmdesk.app.startup import Startup
from mmdesk.values import Stats
from tests.bench.bench_questions import QUESTIONS
from tests.bench.lateness import LateMeter

LIMIT_MS = 300_000


def wait_for(signal: SignalInstance, begin: Callable[[], object] = lambda: None) -> tuple:
    """Run the event loop until the signal comes; its arguments."""
    loop, told = QEventLoop(), []

    def take(*args: object) -> None:
        told.append(args)
        loop.quit()

    signal.connect(take)
    limit = QTimer(singleShot=True, interval=LIMIT_MS)
    limit.timeout.connect(loop.quit)
    limit.start()
    begin()
    if not told:
        loop.exec()
    signal.disconnect(take)
    limit.stop()
    if not told:
        raise SystemExit(f"{signal} did not come")
    return told[0]


class Bench:
    """One run of the window."""

    def __init__(self, app: App, began: float, painted_s: float) -> None:
        self.app, self.began = app, began
        self.result: dict[str, Any] = {"painted_s": painted_s}

    def run(self) -> dict[str, Any]:
        states = ""
        while states != "Ready":
            (states,) = wait_for(self.app.engine.state_changed)
        self.result["engine_ready_s"] = self.elapsed()
        meter = LateMeter()
        self.result["answers"] = [self.ask(question, meter) for question in QUESTIONS]
        self.result["event_loop"] = meter.summary()
        self.result["memory"] = memory()
        self.result["torch_in_window"] = "torch" in sys.modules
        return self.result

    def ask(self, question: str, meter: LateMeter) -> dict[str, float]:
        self.app.window.new_conversation_requested.emit()
        composer = self.app.window.findChild(QWidget, "chatInput")
        send = self.app.window.findChild(QAbstractButton, "sendButton")
        QTest.keyClicks(composer, question)
        begun = time.perf_counter()
        wait_for(self.app.chat.answers.text_arrived, send.click)
        first = time.perf_counter() - begun
        meter.start()
        stats: Stats = wait_for(self.app.chat.answers.finished)[0]
        meter.stop()
        return {
            "first_text_s": first,
            "tokens": stats.generated_tokens,
            "tokens_per_s": stats.decode_tokens_per_s,
        }

    def elapsed(self) -> float:
        return time.monotonic() - self.began


def memory() -> dict[str, dict[str, int]]:
    """Bytes of the window's process and of the engine's (the largest child)."""
    window = psutil.Process()
    children = window.children(recursive=True)
    engine = max(children, key=lambda child: child.memory_info().rss, default=None)
    return {
        name: {"rss": info.rss, "pss": getattr(info, "pss", 0)}
        for name, process in (("window", window), ("engine", engine))
        if process is not None
        for info in (process.memory_full_info(),)
    }


def main() -> None:
    began = float(sys.argv[1])
    settings = replace(settings_file.load(), max_tokens=int(sys.argv[2]), temperature=0.0)
    built: list[App] = []
    opening = Startup(settings, lambda app: (built.append(app), loop.quit()))
    loop = QEventLoop()
    wait_for(opening.window.first_painted, opening.window.show)
    painted_s = time.monotonic() - began
    loop.exec()  # the app is built behind the painted window
    result = Bench(built[0], began, painted_s).run()
    opening.shut_down()
    opening.application.processEvents()
    print(json.dumps(result))
