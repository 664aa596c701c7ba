"""Engines that a spawned child can make by name, for the tests of ProcessEngine.

They need neither torch nor a model. What they do is chosen by the text of the request, so that
one child can be asked for several things.
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
    """Answers "pid", "print", "refuse", "defect", "exit", "forever", "deaf" and "warm"; echoes the
    rest. Loading is done at once.
    """

    warmed = ""

    def warm(self, model: str) -> None:
        self.warmed = model

    def generate(self, request: Request, cancel: CancelFlag) -> Iterator[Event]:
        if isinstance(request, LoadRequest):
            yield Finished()
            return
        assert isinstance(request, ChatRequest)
        wish = request.turns[-1].text
        yield TextChunk(f"{os.getpid()}")
        if wish == "print":
            print("printed to stdout")
            os.write(2, b"native noise on stderr\n")
        elif wish == "refuse":
            raise InputError("That cannot be.", "Try another.")
        elif wish == "defect":
            raise ZeroDivisionError("a secret of the code")
        elif wish == "exit":
            os._exit(3)
        elif wish == "forever":
            yield from self._for_ever(cancel)
        elif wish == "warm":
            yield TextChunk(f"{self.warmed} ")
        elif wish == "deaf":
            threading.Event().wait()  # never looks at the flag
        yield TextChunk(self._state(wish))
        yield Finished(Stats(model="obedient"))

    def _for_ever(self, cancel: CancelFlag) -> Iterator[Event]:
        while True:
            if cancel.is_set():
                raise Cancelled
            yield TextChunk(".")

    def _state(self, wish: str) -> str:
        if wish == "modules":
            heavy = {"torch", "transformers", "PySide6"} & set(sys.modules)
            return " ".join(sorted(heavy))
        if wish.startswith("env "):
            return os.environ.get(wish.removeprefix("env "), "")
        if wish == "nice":
            return str(os.nice(0))
        return wish

    def close(self) -> None:
        return None


def make_obedient() -> ObedientEngine:
    return ObedientEngine()


def make_tiny(folder: Path) -> LocalEngine:
    """The real engine over a tiny model."""
    return LocalEngine(store=FolderStore({"tiny": folder}), threads=1, precision="fp32")


def make_seeing(language: Path, vision: Path, fused: Path) -> LocalEngine:
    store = FolderStore({"tiny": language, "efficientnet-lite2": vision})
    return LocalEngine(store=store, threads=1, precision="fp32", fused=fused)
