"""Answers for `mmdesk eval everyday`, as `mmdesk ask` gives them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from mmdesk.engine import Engine
from mmdesk.values import (
    CancelFlag,
    ChatRequest,
    Event,
    Finished,
    Request,
    Sampling,
    TextChunk,
    Turn,
)


@dataclass(frozen=True, slots=True)
class EverydayAnswerer:
    """Answerer of single questions with the chat's own prompts.

    Attributes:
        engine: answers the requests.
        cancel: stops it.
        sampling: of every answer.
        model: id of the language model, None for the default.
    """

    engine: Engine
    cancel: CancelFlag
    sampling: Sampling
    model: str | None = None

    def answer_prompt(self, text: str) -> str:
        """Return the answer to one question."""
        from mmdesk import tasks

        events = tasks.answer(
            self.engine, (Turn("user", text),), self.cancel, self.sampling, self.model
        )
        return "".join(event.text for event in events if isinstance(event, TextChunk))


class CachedEngine:
    """Engine that keeps the text of every chat request in a file, and asks each one only once.

    The key is all that the request says: prompts, sampling and model. What else decides the tokens
    (the engine's version and its precision) is for the caller to keep apart.

    Args:
        engine: answers what is not in the file.
        path: one JSON object a line; written after every answer, so that a killed run goes on.
    """

    def __init__(self, engine: Engine, path: Path) -> None:
        self._engine = engine
        self._path = path
        self._texts: dict[str, str] = {}
        if path.is_file():
            for line in path.read_text(encoding="utf-8").splitlines():
                entry = json.loads(line)
                self._texts[entry["key"]] = entry["text"]

    def generate(self, request: Request, cancel: CancelFlag) -> Iterator[Event]:
        """Answer a request; see `Engine.generate`."""
        if not isinstance(request, ChatRequest):
            yield from self._engine.generate(request, cancel)
            return
        key = hashlib.sha256(repr(request).encode()).hexdigest()
        if key in self._texts:
            yield TextChunk(self._texts[key])
            yield Finished()
            return
        text = ""
        for event in self._engine.generate(request, cancel):
            text += event.text if isinstance(event, TextChunk) else ""
            if isinstance(event, Finished):
                self._keep(key, text)
            yield event

    def close(self) -> None:
        """Do nothing: the engine belongs to its maker."""

    def _keep(self, key: str, text: str) -> None:
        self._texts[key] = text
        with self._path.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps({"key": key, "text": text}) + "\n")


def everyday_sampling(greedy: bool, seed: int, max_tokens: int) -> Sampling:
    """Return the chat's sampling, or greedy decoding with the chat's repetition penalty."""
    from mmdesk.tasks import CHAT

    return replace(CHAT, seed=seed, max_tokens=max_tokens, of_model=not greedy)
