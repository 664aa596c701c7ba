"""Answers for `mmdesk eval everyday`, as `mmdesk ask` gives them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mmdesk.engine import Engine
from mmdesk.values import CancelFlag, Sampling, TextChunk, Turn


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


def everyday_sampling(greedy: bool, seed: int, max_tokens: int) -> Sampling:
    """Return the chat's sampling, or greedy decoding with the chat's repetition penalty."""
    from mmdesk.tasks import CHAT

    return replace(CHAT, seed=seed, max_tokens=max_tokens, of_model=not greedy)
