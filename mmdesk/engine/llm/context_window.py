"""Fitting of a conversation into the context window, with notices of what was left out.

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
from mmdesk.values import Notice

GAP = "\n[…]\n"
GAP_TOKENS = 10  # what a gap may take, with the worse tokenisation on either side of it
MIN_PART_TOKENS = 16  # below this a part is useless
# Hardly any token is this long: text beyond it is cut before it is even tokenised.
MAX_TOKEN_CHARACTERS = 16


@dataclass(frozen=True, slots=True)
class FittedPrompt:
    """Token ids of a prompt that fits, and what the user should know about it."""

    ids: list[int]
    notices: tuple[Notice, ...] = ()

    @property
    def token_ids(self) -> list[int]:
        """Token ids as the model reads them; `ids` tells pictures apart where there are some."""
        return self.ids


class ContextFitter:
    """Fitter of messages into `budget` tokens (those of `answer_start` included)."""

    def __init__(
        self, tokenizer: Any, budget: int, answer_start: str = "", thinking: bool = True
    ) -> None:
        self._tokenizer = tokenizer
        self._budget = budget
        self._answer_start = answer_start
        self._thinking = thinking

    def fit(self, messages: Sequence[PromptMessage]) -> FittedPrompt:
        """Drop and shorten until the conversation fits.

        Raises:
            InputError: not even the shortest form fits (answer start or budget are absurd).
        """
        bounded = [self._bounded(message) for message in messages]
        kept = self._newest(bounded)
        ids = self._encode(kept)
        while len(ids) > self._budget:
            kept = self._with_longest_shortened(kept, len(ids) - self._budget)
            ids = self._encode(kept)
        dropped = len(messages) - len(kept)
        notices = [_dropped_notice(dropped)] if dropped else []
        notices += [
            Notice("{name} is too long, so its middle was left out.", name=part.name)
            for message in kept
            for part in message.parts
            if part.shortened
        ]
        return FittedPrompt(ids, tuple(notices))

    def _newest(self, messages: list[PromptMessage]) -> list[PromptMessage]:
        """Return the longest end of the conversation that fits, and every system message.

        It begins with a user's message and has the last exchange in any case.
        """
        starts = [index for index, message in enumerate(messages) if message.role == "user"]
        if not starts or self._fits(messages):
            return messages
        # The later the start, the shorter the prompt: the first start that fits is bisected for,
        # since every try costs the tokenisation of the whole.
        index = bisect_left(
            starts[1:-1], True, key=lambda start: self._fits(_since(messages, start))
        )
        return _since(messages, starts[min(index + 1, len(starts) - 1)])

    def _with_longest_shortened(
        self, messages: list[PromptMessage], excess: int
    ) -> list[PromptMessage]:
        """Take `excess` tokens out of the longest part of all."""
        longest = max((part for message in messages for part in message.parts), key=_length)
        offsets = self._tokenizer(
            longest.text, add_special_tokens=False, return_offsets_mapping=True
        )["offset_mapping"]  # one (first character, end character) per token
        if len(offsets) <= MIN_PART_TOKENS + GAP_TOKENS:
            raise InputError("The question is too long for this model.")
        keep = max(MIN_PART_TOKENS, len(offsets) - excess - GAP_TOKENS)
        head, tail = offsets[keep // 2 - 1][1], offsets[keep // 2 - keep][0]
        shorter = _without_middle(longest, head, tail)
        return [_replaced(message, longest, shorter) for message in messages]

    def _bounded(self, message: PromptMessage) -> PromptMessage:
        """Cut parts that cannot fit by their number of characters alone.

        Tokenising a whole library would take minutes.
        """
        most = self._budget * MAX_TOKEN_CHARACTERS
        for part in message.parts:
            if len(part.text) > most:
                shorter = _without_middle(part, most // 2, len(part.text) - most // 2)
                message = _replaced(message, part, shorter)
        return message

    def _fits(self, messages: Sequence[PromptMessage]) -> bool:
        return len(self._encode(messages)) <= self._budget

    def _encode(self, messages: Sequence[PromptMessage]) -> list[int]:
        return encode(self._tokenizer, messages, self._answer_start, self._thinking)


def _since(messages: Sequence[PromptMessage], start: int) -> list[PromptMessage]:
    """Return the system messages, and all messages from index `start` on."""
    return [
        message
        for index, message in enumerate(messages)
        if index >= start or message.role == "system"
    ]


def _length(part: PromptPart) -> int:
    return len(part.text)


def _without_middle(part: PromptPart, head: int, tail: int) -> PromptPart:
    """Keep the part up to character `head` and from character `tail` on."""
    return replace(part, text=part.text[:head] + GAP + part.text[tail:], shortened=True)


def _replaced(message: PromptMessage, old: PromptPart, new: PromptPart) -> PromptMessage:
    return replace(message, parts=tuple(new if part is old else part for part in message.parts))


def _dropped_notice(count: int) -> Notice:
    if count == 1:
        return Notice("The oldest message no longer fits and was left out.")
    return Notice("The oldest {count} messages no longer fit and were left out.", count=count)
