"""Answers for `mmdesk eval documents`, as `mmdesk ask --file` gives them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from mmdesk.engine import Engine
from mmdesk.values import CancelFlag, DocumentInput, Sampling, TextChunk, Turn

MAX_TOKENS = 60


@dataclass(frozen=True, slots=True)
class DocumentAnswerer:
    """Answerer of single questions about documents, which keeps its answers in a file.

    Attributes:
        engine: answers the requests.
        cancel: stops it.
        model: id of the language model, None for the default.
        cache: one JSON object a line, so that a killed run goes on; None to keep nothing.
        margins: measure the margins of the check, too.
    """

    engine: Engine
    cancel: CancelFlag
    model: str | None = None
    cache: Path | None = None
    margins: bool = False
    _kept: dict[str, str | float] = field(default_factory=dict)

    def answer_question(self, document: DocumentInput, question: str) -> str:
        """Return the answer to a question about a document."""
        return str(self._once("answer", document, question, self._answer))

    def margin(self, document: DocumentInput, question: str) -> float | None:
        """Return by how much the model holds the question answered; None where not measured."""
        if not self.margins:
            return None
        return float(self._once("margin", document, question, self._margin))

    def _answer(self, turn: Turn) -> str:
        from mmdesk import tasks
        from mmdesk.tasks import CHAT

        sampling = Sampling(max_tokens=MAX_TOKENS, repetition_penalty=CHAT.repetition_penalty)
        events = tasks.answer(self.engine, (turn,), self.cancel, sampling, self.model)
        return "".join(event.text for event in events if isinstance(event, TextChunk))

    def _margin(self, turn: Turn) -> float:
        from mmdesk import tasks

        return tasks.measure_margin(self.engine, turn, self.cancel, self.model)

    def _once(
        self,
        kind: str,
        document: DocumentInput,
        question: str,
        work: Callable[[Turn], str | float],
    ) -> str | float:
        self._read_cache()
        key = "|".join((kind, self.model or "", document.name, question))
        if key not in self._kept:
            self._kept[key] = work(Turn("user", question, documents=(document,)))
            if self.cache is not None:
                with self.cache.open("a", encoding="utf-8") as stream:
                    stream.write(json.dumps({"key": key, "value": self._kept[key]}) + "\n")
        return self._kept[key]

    def _read_cache(self) -> None:
        if self._kept or self.cache is None or not self.cache.is_file():
            return
        for line in self.cache.read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            self._kept[entry["key"]] = entry["value"]
