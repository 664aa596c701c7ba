"""Engine for evaluations that keeps answers and scores in a file and asks for each only once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mmdesk.engine import Engine
from mmdesk.values import (
    CancelFlag,
    ChatRequest,
    Event,
    Finished,
    Request,
    Scored,
    ScoreRequest,
    Stats,
    TextChunk,
)


class CachedEngine:
    """Engine that keeps the result of every chat and score request.

    The key is all that the request says: prompts, sampling and model. What else decides the tokens
    (the engine's version and its precision) is for the caller to keep apart.

    Args:
        engine: answers what is not in the file.
        path: one JSON object a line; written after every result, so that a killed run goes on.
    """

    def __init__(self, engine: Engine, path: Path) -> None:
        self._engine = engine
        self._path = path
        self._kept: dict[str, dict[str, Any]] = {}
        if path.is_file():
            for line in path.read_text(encoding="utf-8").splitlines():
                entry = json.loads(line)
                self._kept[entry["key"]] = entry

    def generate(self, request: Request, cancel: CancelFlag) -> Iterator[Event]:
        """Answer a request; see `Engine.generate`."""
        if not isinstance(request, ChatRequest | ScoreRequest):
            yield from self._engine.generate(request, cancel)
            return
        key = hashlib.sha256(repr(request).encode()).hexdigest()
        if key not in self._kept:
            yield from self._ask(request, key, cancel)
            return
        kept = self._kept[key]
        if isinstance(request, ScoreRequest):
            yield Scored(kept["log_probability"], kept["tokens"])
        else:
            yield TextChunk(kept["text"])
        yield Finished(Stats(model=kept["model"]))

    def _ask(
        self, request: ChatRequest | ScoreRequest, key: str, cancel: CancelFlag
    ) -> Iterator[Event]:
        entry: dict[str, Any] = {"key": key}
        for event in self._engine.generate(request, cancel):
            if isinstance(event, TextChunk):
                entry["text"] = entry.get("text", "") + event.text
            elif isinstance(event, Scored):
                entry |= {"log_probability": event.log_probability, "tokens": event.tokens}
            elif isinstance(event, Finished):
                self._keep({"text": "", **entry, "model": event.stats.model})
            yield event

    def close(self) -> None:
        """Do nothing: the engine belongs to its maker."""

    def _keep(self, entry: dict[str, Any]) -> None:
        self._kept[entry["key"]] = entry
        with self._path.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(entry) + "\n")
