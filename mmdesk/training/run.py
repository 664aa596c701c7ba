"""A training run's folder: checkpoints that are never half written, and a log of what happened."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from types import FrameType
from typing import Any

import torch
from torch import nn

from mmdesk.errors import InputError


class RunFolder:
    """checkpoint.pt (to go on from), best.pt (averaged weights, best on dev) and log.jsonl."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(parents=True, exist_ok=True)

    @property
    def tokenizer(self) -> Path:
        return self.path / "tokenizer.json"

    @property
    def questions(self) -> Path:
        """Of a run that learns to hear: the questions it knows."""
        return self.path / "questions.json"

    def save(self, name: str, state: dict[str, Any]) -> None:
        """Write whole or not at all."""
        partial = self.path / f"{name}.part"
        torch.save(state, partial)
        os.replace(partial, self.path / name)

    def load(self, name: str) -> dict[str, Any] | None:
        """What was saved under `name`, None when there is nothing."""
        path = self.path / name
        if not path.exists():
            return None
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
        return state

    def log(self, **entry: Any) -> None:
        with (self.path / "log.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")

    def entries(self) -> list[dict[str, Any]]:
        path = self.path / "log.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def start_weights(run: Path, model: nn.Module) -> None:
    """Begin with another run's best averaged weights.

    Raises:
        InputError: that run has none, or its model is another.
    """
    state = RunFolder(run).load("best.pt")
    if state is None:
        raise InputError(f"The run {run} has no best.pt to start from.", "Train that recipe first.")
    missing, unknown = model.load_state_dict(state["model"], strict=False)
    # A tail may begin here (it has the tower's own weights until then), and so may hearing.
    if unknown or not all(name.startswith(("tail.", "speech.")) for name in missing):
        raise InputError(f"The run {run} is of a model with other parts than this recipe's.")


class Stopper:
    """True after SIGTERM or SIGINT: the run then saves a checkpoint and ends in order."""

    def __init__(self) -> None:
        self.asked = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self.asked = True

    def is_set(self) -> bool:
        return self.asked
