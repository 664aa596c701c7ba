"""Engines that a spawned child can make by name, for the tests of ProcessEngine.

The text of the request chooses what an ObedientEngine does, so that one child serves several tests.
It needs neither torch nor a model.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from mmdesk.engine.local import LocalEngine
from mmdesk.errors import Cancelled, InputError
from mmdesk.values import (
    CancelFlag,
    ChatRequest,
    Event,
    Finished,
    LoadRequest,
    Request,
    Stats,
    TextChunk,
)
from tests.fakes.folder_store import FolderStore


class ObedientEngine:
    """Engine that obeys "pid", "print", "refuse", "defect", "exit", "forever", "deaf", "preload".

    It echoes everything else. A LoadRequest is answered at once.
    """

    preloaded = ""

    def preload(self, model: str) -> None:
        self.preloaded = model

    def generate(self, request: Request, cancel: CancelFlag) -> Iterator[Event]:
        if isinstance(request, LoadRequest):
            yield Finished()
            return
        assert isinstance(request, ChatRequest)
        command = request.turns[-1].text
        yield TextChunk(f"{os.getpid()}")
        if command == "print":
            print("printed to stdout")
            os.write(2, b"native noise on stderr\n")
        elif command == "refuse":
            raise InputError("That cannot be.", "Try another.")
        elif command == "defect":
            raise ZeroDivisionError("a secret of the code")
        elif command == "exit":
            os._exit(3)
        elif command == "forever":
            yield from self._for_ever(cancel)
        elif command == "preload":
            yield TextChunk(f"{self.preloaded} ")
        elif command == "deaf":
            threading.Event().wait()  # never checks the flag
        yield TextChunk(self._state(command))
        yield Finished(Stats(model="obedient"))

    def _for_ever(self, cancel: CancelFlag) -> Iterator[Event]:
        while True:
            if cancel.is_set():
                raise Cancelled
            yield TextChunk(".")

    def _state(self, command: str) -> str:
        if command == "modules":
            heavy = {"torch", "transformers", "PySide6"} & set(sys.modules)
            return " ".join(sorted(heavy))
        if command.startswith("env "):
            return os.environ.get(command.removeprefix("env "), "")
        if command == "nice":
            return str(os.nice(0))
        return command

    def close(self) -> None:
        return None


def make_obedient() -> ObedientEngine:
    return ObedientEngine()


def make_tiny(folder: Path) -> LocalEngine:
    """Return the real engine with a tiny model."""
    return LocalEngine(store=FolderStore({"tiny": folder}), threads=1, precision="fp32")


def make_seeing(language: Path, vision: Path, fused: Path) -> LocalEngine:
    store = FolderStore({"tiny": language, "efficientnet-lite2": vision})
    return LocalEngine(store=store, threads=1, precision="fp32", fused=fused)
