"""Folder of a training run: checkpoints that are never half written, and a log."""

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
    """Folder of checkpoint.pt (to resume from), best.pt (best EMA weights on dev) and log.jsonl."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(parents=True, exist_ok=True)

    @property
    def tokenizer(self) -> Path:
        """Return the path of the run's tokenizer."""
        return self.path / "tokenizer.json"

    @property
    def questions(self) -> Path:
        """Return the path of the known questions of a run that learned speech, or keeps it."""
        return self.path / "questions.json"

    def save(self, name: str, state: dict[str, Any]) -> None:
        """Write a state atomically."""
        partial = self.path / f"{name}.part"
        torch.save(state, partial)
        os.replace(partial, self.path / name)

    def load(self, name: str) -> dict[str, Any] | None:
        """Return the state saved under `name`, None when there is none."""
        path = self.path / name
        if not path.exists():
            return None
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
        return state

    def load_best(self) -> dict[str, Any]:
        """Return the best EMA weights so far, with config, step and scores.

        Raises:
            InputError: the run has not been evaluated yet.
        """
        state = self.load("best.pt")
        if state is None:
            raise InputError("The run {run} has no best.pt yet.", run=self.path)
        return state

    def log(self, **entry: Any) -> None:
        """Append an entry to the log."""
        with (self.path / "log.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")

    def entries(self) -> list[dict[str, Any]]:
        """Return all entries of the log."""
        path = self.path / "log.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def start_weights(run: Path, model: nn.Module) -> None:
    """Load another run's best EMA weights into `model`.

    Raises:
        InputError: that run has none, or its model has other parts.
    """
    state = RunFolder(run).load("best.pt")
    if state is None:
        raise InputError(
            "The run {run} has no best.pt to start from.", "Train that recipe first.", run=run
        )
    missing, unknown = model.load_state_dict(state["model"], strict=False)
    # New modules may start here: the tail (it has the tower's own weights until then) and speech.
    if unknown or not all(name.startswith(("tail.", "speech.")) for name in missing):
        raise InputError("The model of the run {run} has other parts than this recipe's.", run=run)


class StopOnSignal:
    """Flag that SIGTERM or SIGINT sets: the run then saves a checkpoint and ends in order."""

    def __init__(self) -> None:
        self.stopped = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.stopped = True

    def is_set(self) -> bool:
        """Return True after the signal."""
        return self.stopped
