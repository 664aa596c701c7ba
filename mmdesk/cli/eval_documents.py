"""Answers for `mmdesk eval documents`, as `mmdesk ask --file` gives them."""

from __future__ import annotations

from dataclasses import dataclass

from mmdesk.engine import Engine
from mmdesk.values import CancelFlag, DocumentInput, Sampling, TextChunk, Turn

MAX_TOKENS = 60


@dataclass(frozen=True, slots=True)
class DocumentAnswerer:
    """Answerer of single questions about documents.

    Attributes:
        engine: answers the requests.
        cancel: stops it.
        model: id of the language model, None for the default.
        margins: measure the margins of the answerability check, too.
    """

    engine: Engine
    cancel: CancelFlag
    model: str | None = None
    margins: bool = False

    def answer_question(self, document: DocumentInput, question: str) -> str:
        """Return the answer to a question about a document."""
        from mmdesk import tasks
        from mmdesk.tasks import CHAT

        turn = Turn("user", question, documents=(document,))
        sampling = Sampling(max_tokens=MAX_TOKENS, repetition_penalty=CHAT.repetition_penalty)
        events = tasks.answer(self.engine, (turn,), self.cancel, sampling, self.model)
        return "".join(event.text for event in events if isinstance(event, TextChunk))

    def margin(self, document: DocumentInput, question: str) -> float | None:
        """Return the margin of the answerability check; None where it is not wanted."""
        if not self.margins:
            return None
        from mmdesk import tasks

        turn = Turn("user", question, documents=(document,))
        return tasks.measure_margin(self.engine, turn, self.cancel, self.model)
