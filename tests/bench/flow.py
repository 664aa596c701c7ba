"""Length of the way from the user to the engine, counted: `python -m tests.bench.flow`.

Prints one JSON object with, for a typed question, a dropped picture and a spoken question:

    frames: mmdesk's frames on the stack in the window's thread where the job is handed to the
        engine's thread, and in that thread where `Engine.generate` is called, together
    package_changes: how often the package changes along those frames
    all_package_changes: how often it changes between one call and the next, in either thread
    functions, calls: different functions of mmdesk that ran on the way in both threads, and their
        calls; files: where they stand

The real window runs offscreen over a scripted engine, in this process and with everything that it
does meanwhile (painting, history).
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import threading
import wave
from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path
from types import FrameType
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication, QDeadlineTimer, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage
from PySide6.QtTest import QTest

import mmdesk
from mmdesk.app.application import App
from mmdesk.app.window import create_application
from mmdesk.settings import Settings
from mmdesk.values import (
    CancelFlag,
    ChatRequest,
    DescribeImagesRequest,
    Event,
    Finished,
    ImageDescribed,
    ImageDescription,
    Request,
    TextChunk,
    Transcribed,
    TranscribeRequest,
    Transcript,
)

ROOT = str(Path(mmdesk.__file__).parent) + os.sep
PATIENCE_MS = 60_000
QUEUE = "workers.job_queue."  # where a job leaves the window's thread


class Tracer:
    """Counter of the calls of mmdesk's functions until a request reaches the engine.

    `hook` is installed as the profile function of both threads before the way begins.
    """

    def __init__(self) -> None:
        self.calls = 0
        self.functions: set[tuple[str, str]] = set()
        self.frames: list[str] = []
        self.is_over = False
        self.all_changes = 0
        self._packages: dict[int, str] = {}
        self._handed_over: list[str] = []
        self._window_thread = threading.get_ident()

    def hook(self, frame: FrameType, event: str, argument: Any) -> None:
        """Count a call; remember the stack on which a job left the window's thread."""
        if self.is_over:
            return
        if event == "call" and frame.f_code.co_filename.startswith(ROOT):
            self.calls += 1
            thread, package = threading.get_ident(), place_of(frame).split(".")[0]
            self.all_changes += self._packages.get(thread, package) != package
            self._packages[thread] = package
            self.functions.add((frame.f_code.co_filename, frame.f_code.co_qualname))
        elif (
            event == "c_call"
            and getattr(argument, "__name__", "") == "emit"
            and threading.get_ident() == self._window_thread
        ):
            way = places(frame)
            if any(place.startswith(QUEUE) for place in way):
                self._handed_over = way

    def reach(self, frame: FrameType | None) -> None:
        """End the trace: `frame` calls `Engine.generate`."""
        if not self.is_over:
            self.is_over = True
            self.frames = [*self._handed_over, *places(frame)]

    def summary(self) -> dict[str, Any]:
        """Return the counts as JSON data."""
        packages = [place.split(".")[0] for place in self.frames]
        return {
            "frames": len(self.frames),
            "package_changes": sum(a != b for a, b in pairwise(packages)),
            "all_package_changes": self.all_changes,
            "functions": len(self.functions),
            "files": len({file for file, _ in self.functions}),
            "calls": self.calls,
            "way": self.frames,
        }


def places(frame: FrameType | None) -> list[str]:
    """Mmdesk's frames from the outermost to this one, as package.module.function."""
    found = []
    while frame is not None:
        if frame.f_code.co_filename.startswith(ROOT):
            found.append(place_of(frame))
        frame = frame.f_back
    return found[::-1]


def place_of(frame: FrameType) -> str:
    """Return package.module.function of one of mmdesk's frames."""
    module = frame.f_code.co_filename.removeprefix(ROOT).removesuffix(".py").replace(os.sep, ".")
    return f"{module}.{frame.f_code.co_qualname}"


class TracedEngine:
    """Engine that answers at once, and ends the trace when a request of `awaited` arrives."""

    def __init__(self) -> None:
        self.tracer: Tracer | None = None
        self.awaited = ""

    def generate(self, request: Request, cancel: CancelFlag) -> Iterator[Event]:
        """Answer a request; the first one installs the hook in the engine's thread."""
        if type(request).__name__ == self.awaited and self.tracer is not None:
            self.tracer.reach(sys._getframe(1))
        sys.setprofile(self._hook)
        return self._answer(request)

    def _hook(self, frame: FrameType, event: str, argument: Any) -> None:
        if self.tracer is not None:
            self.tracer.hook(frame, event, argument)

    def _answer(self, request: Request) -> Iterator[Event]:
        if isinstance(request, TranscribeRequest):
            yield Transcribed(request.audio.sha256, Transcript("how are you"))
        elif isinstance(request, DescribeImagesRequest):
            yield ImageDescribed(request.images[0].sha256, ImageDescription(caption="a square"))
        elif isinstance(request, ChatRequest):
            yield TextChunk("Fine.")
        yield Finished()

    def close(self) -> None:
        """Do nothing: there is nothing to give back."""


class Flow:
    """The window over a TracedEngine, with a language model that is said to be installed."""

    def __init__(self, folder: Path) -> None:
        os.environ["MMDESK_HOME"] = str(folder / "home")
        self.application = create_application()
        self.engine = TracedEngine()
        settings = Settings(microphone=f"file:{silence(folder)}", seen_welcome=True)
        self.app = App(settings, lambda _settings: lambda: self.engine)
        self.app.parts.begin = lambda _model, **_options: None  # type: ignore[method-assign]
        self.app.show()
        self.app.parts.model_chosen.emit(settings.model)
        self.app.parts.readiness_changed.emit(True, "")
        wait_until(lambda: self.app.window.composer.can_send() or self._type("x"))
        self.app.window.composer.clear()
        settle()

    def _type(self, text: str) -> bool:
        QTest.keyClicks(self.app.window.composer.input, text)
        return False

    def trace(self, awaited: str, act: Callable[[], object]) -> dict[str, Any]:
        """Count the way from an act of the user to the engine."""
        self.engine.awaited, self.engine.tracer = awaited, Tracer()
        tracer = self.engine.tracer
        sys.setprofile(tracer.hook)
        try:
            act()
            wait_until(lambda: tracer.is_over)
        finally:
            sys.setprofile(None)
            self.engine.tracer = None
        settle()
        return tracer.summary()

    def typed(self) -> dict[str, Any]:
        """Press Enter behind a question."""
        field = self.app.window.composer.input
        QTest.keyClicks(field, "What is the capital of France?")
        settle(800)  # the draft is prefilled meanwhile
        return self.trace("ChatRequest", lambda: QTest.keyClick(field, Qt.Key.Key_Return))

    def dropped(self) -> dict[str, Any]:
        """Drop a picture."""
        image = QImage(20, 20, QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.blue)
        mime = QMimeData()
        mime.setImageData(image)
        left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        copy, window = Qt.DropAction.CopyAction, self.app.window
        entered = QDragEnterEvent(QPoint(50, 50), copy, mime, left, none)
        QCoreApplication.sendEvent(window, entered)  # Qt delivers no drop to what was not entered
        event = QDropEvent(QPointF(50, 50), copy, mime, left, none)
        return self.trace(
            "DescribeImagesRequest", partial(QCoreApplication.sendEvent, window, event)
        )

    def spoken(self) -> dict[str, Any]:
        """Press the microphone button a second time, behind what was said."""
        panel = self.app.window.microphone_panel
        panel.button.click()
        wait_until(lambda: not panel.elapsed.isHidden())
        settle(800)
        return self.trace("TranscribeRequest", panel.button.click)


def silence(folder: Path) -> Path:
    """Write a WAV file of half a second."""
    path = folder / "question.wav"
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(16_000)
        out.writeframes(b"\x00\x20\x00\xe0" * 4_000)
    return path


def settle(milliseconds: int = 200) -> None:
    """Let the event loop run."""
    QTest.qWait(milliseconds)


def wait_until(condition: Callable[[], bool]) -> None:
    """Run the event loop until something holds.

    Raises:
        TimeoutError: it does not within PATIENCE_MS.
    """
    deadline = QDeadlineTimer(PATIENCE_MS)
    while not condition():
        if deadline.hasExpired():
            raise TimeoutError("the request did not reach the engine")
        QTest.qWait(20)


def main() -> None:
    """Print the counts of all three ways."""
    with tempfile.TemporaryDirectory() as folder:
        flow = Flow(Path(folder))
        result = {"typed": flow.typed(), "dropped": flow.dropped(), "spoken": flow.spoken()}
        stopped = flow.app.shut_down()
    print(json.dumps(result, indent=1))
    sys.exit(0 if stopped else 1)


if __name__ == "__main__":
    main()
