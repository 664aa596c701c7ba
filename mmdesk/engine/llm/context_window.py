"""Fits a conversation into the model's context, telling the person what was left out.

The system prompt and the newest turns stay; the oldest go, in whole exchanges. When the last turn
alone is too long, its longest part (nearly always a document) is shortened in the middle, where
the loss hurts least: beginnings name the subject and ends conclude.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from mmdesk.engine.llm.chat_prompt import PromptMessage, PromptPart, encode
from mmdesk.errors import InputError

GAP = "\n[…]\n"
GAP_TOKENS = 10  # what a gap may take, with the worse tokens on either side of it
LEAST = 16  # tokens; below this a part says nothing any more
# Hardly any token is this long: what exceeds it is cut before it is even counted.
LONGEST_TOKEN = 16  # characters


@dataclass(frozen=True, slots=True)
class FittedTurns:
    """What the model will read, and what the person should know about it."""

    ids: list[int]
    notices: tuple[str, ...] = ()


class ContextFitter:
    """Fits messages into `budget` tokens (those of `prefill` included)."""

    def __init__(self, tokenizer: Any, budget: int, prefill: str = "") -> None:
        self._tokenizer = tokenizer
        self._budget = budget
        self._prefill = prefill

    def fit(self, messages: Sequence[PromptMessage]) -> FittedTurns:
        """Drop and shorten until the conversation fits.

        Raises:
            InputError: not even the shortest form fits (prefill or budget are absurd).
        """
        bounded = [self._bounded(message) for message in messages]
        kept = self._newest(bounded)
        ids = self._encode(kept)
        while len(ids) > self._budget:
            kept = self._with_longest_shortened(kept, len(ids) - self._budget)
            ids = self._encode(kept)
        dropped = len(messages) - len(kept)
        cut = [part.name for message in kept for part in message.parts if part.shortened]
        notices = [_left_out(dropped)] if dropped else []
        notices += [f"{name} is longer than fits, so its middle was left out." for name in cut]
        return FittedTurns(ids, tuple(notices))

    def _newest(self, messages: list[PromptMessage]) -> list[PromptMessage]:
        """The longest end of the conversation that fits, beginning with a user's message, and
        every system message; the last exchange in any case.
        """
        starts = [place for place, message in enumerate(messages) if message.role == "user"]
        if not starts or self._fits(messages):
            return messages
        # The later the start, the shorter the prompt: the first start that fits is bisected for,
        # since every look costs the tokenization of the whole.
        place = bisect_left(
            starts[1:-1], True, key=lambda start: self._fits(_since(messages, start))
        )
        return _since(messages, starts[min(place + 1, len(starts) - 1)])

    def _with_longest_shortened(
        self, messages: list[PromptMessage], excess: int
    ) -> list[PromptMessage]:
        """Take `excess` tokens out of the longest part of all."""
        longest = max((part for message in messages for part in message.parts), key=_length)
        offsets = self._tokenizer(
            longest.text, add_special_tokens=False, return_offsets_mapping=True
        )["offset_mapping"]  # one (first character, end character) per token
        if len(offsets) <= LEAST + GAP_TOKENS:
            raise InputError("The question does not fit into the model's context.")
        keep = max(LEAST, len(offsets) - excess - GAP_TOKENS)
        head, tail = offsets[keep // 2 - 1][1], offsets[keep // 2 - keep][0]
        shorter = _without_middle(longest, head, tail)
        return [_replaced(message, longest, shorter) for message in messages]

    def _bounded(self, message: PromptMessage) -> PromptMessage:
        """Cut what cannot fit by its number of characters alone: counting the tokens of a whole
        library would take minutes.
        """
        most = self._budget * LONGEST_TOKEN
        for part in message.parts:
            if len(part.text) > most:
                shorter = _without_middle(part, most // 2, len(part.text) - most // 2)
                message = _replaced(message, part, shorter)
        return message

    def _fits(self, messages: Sequence[PromptMessage]) -> bool:
        return len(self._encode(messages)) <= self._budget

    def _encode(self, messages: Sequence[PromptMessage]) -> list[int]:
        return encode(self._tokenizer, messages, self._prefill)


def _since(messages: Sequence[PromptMessage], start: int) -> list[PromptMessage]:
    return [
        message
        for place, message in enumerate(messages)
        if place >= start or message.role == "system"
    ]


def _length(part: PromptPart) -> int:
    return len(part.text)


def _without_middle(part: PromptPart, head: int, tail: int) -> PromptPart:
    """The part up to character `head` and from character `tail` on."""
    return replace(part, text=part.text[:head] + GAP + part.text[tail:], shortened=True)


def _replaced(message: PromptMessage, old: PromptPart, new: PromptPart) -> PromptMessage:
    return replace(message, parts=tuple(new if part is old else part for part in message.parts))


def _left_out(count: int) -> str:
    if count == 1:
        return "The oldest message no longer fits and was left out."
    return f"The oldest {count} messages no longer fit and were left out."
