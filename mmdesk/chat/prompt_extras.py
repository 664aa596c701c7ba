"""Parts of a prompt beside the messages of its conversation: project, facts, summary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mmdesk.chat.forecast import turn_estimate
from mmdesk.text import estimate_tokens
from mmdesk.values import DocumentInput, Notice, Turn

# With the facts alone, the 0.5B model answered that the capital of France is the user's town.
_FACTS = (
    "What the user said about themselves: {facts} Other questions have nothing to do with it: "
    "the capital of Italy is Rome, whoever asks."
)
_SUMMARY = "Summary of the earlier part of this conversation, which you can rely on:"
_FREE_SHARE = 0.6  # of the context window that files and messages may take together


@dataclass(frozen=True, slots=True)
class PromptExtras:
    """Parts of one prompt that its conversation's messages do not have.

    Attributes:
        instructions: of the project.
        files: of the project.
        facts: that the user asked to be remembered, the newest last.
        summary: of the messages that are no longer read whole.
        notices: what the user is to be told beside the answer.
        reply: the answer itself, where no model is needed for it.
    """

    instructions: str = ""
    files: tuple[DocumentInput, ...] = ()
    facts: tuple[str, ...] = ()
    summary: str = ""
    notices: tuple[Notice, ...] = ()
    reply: str = ""

    @property
    def system(self) -> str:
        """Text that follows the system prompt; "" where there is nothing."""
        parts = [self.instructions.strip()]
        if self.facts:
            parts.append(_FACTS.format(facts=" ".join(f"“{fact}”" for fact in self.facts)))
        if self.summary:
            parts.append(f"{_SUMMARY}\n{self.summary}")
        return "\n\n".join(part for part in parts if part)

    def attached_to(self, turns: Sequence[Turn], context_tokens: int) -> tuple[Turn, ...]:
        """Return the turns with the project's files.

        The files stand with the first question, so that the KV cache of the next question has
        them; where everything together is so long that the first question may be left out, they
        stand with the last one.
        """
        users = [place for place, turn in enumerate(turns) if turn.role == "user"]
        if not self.files or not users:
            return tuple(turns)
        size = sum(map(turn_estimate, turns)) + sum(
            estimate_tokens(file.text) for file in self.files
        )
        place = users[0] if size <= _FREE_SHARE * context_tokens else users[-1]
        turn = turns[place]
        known = {(document.name, document.text) for document in turn.documents}
        files = tuple(file for file in self.files if (file.name, file.text) not in known)
        return (
            *turns[:place],
            replace(turn, documents=(*turn.documents, *files)),
            *turns[place + 1 :],
        )


NO_EXTRAS = PromptExtras()
