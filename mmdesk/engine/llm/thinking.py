"""Split of a reasoning model's text into what it thinks and what it answers, while it streams.

Most reasoning models write `<think>…</think>` before the answer; some chat templates write the
opening tag themselves, so that the text begins inside.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from mmdesk.values import ReasoningChunk, TextChunk

OPEN, CLOSE = "<think>", "</think>"
THINKING_TOKENS = 4096  # that a reasoning model may think beside an answer
_PROMPT_END = 8  # tokens of a prompt that may hold the opening tag


def splitter_for(tokenizer: Any, prompt: Sequence[int]) -> ThinkingSplitter | None:
    """Return a splitter for the answer to a prompt; None for a model that does not think.

    Args:
        tokenizer: its chat template shows whether the model thinks in tags.
        prompt: token ids; some templates end it with the opening tag.
    """
    template = tokenizer.chat_template
    if not isinstance(template, str) or CLOSE not in template:
        return None
    end: str = tokenizer.decode(list(prompt[-_PROMPT_END:]))
    return ThinkingSplitter(inside=end.rstrip().endswith(OPEN))


class ThinkingSplitter:
    """Splitter that takes text as it comes; all pieces together are the text without its tags.

    Only what stands at the very beginning is taken for thinking: an answer may write of the tags.

    Args:
        inside: the text begins inside the thinking.

    Attributes:
        is_thinking: the next text belongs to the thinking, as far as is known.
    """

    def __init__(self, inside: bool = False) -> None:
        self.is_thinking = inside
        self._has_begun = inside  # it is known whether the text begins with thinking
        self._held = ""  # may be a part of a tag, or white space at an end
        self._at_edge = True  # white space is left out

    def feed(self, text: str) -> Iterator[TextChunk | ReasoningChunk]:
        """Return what became certain with this piece of text."""
        self._held += text
        if not self._has_begun:
            self._begin()
        if not self._has_begun:
            return
        if self.is_thinking:
            yield from self._think()
        if not self.is_thinking:
            yield from self._answer()

    def flush(self) -> Iterator[TextChunk | ReasoningChunk]:
        """Return what was held back."""
        rest, self._held = self._held, ""
        if self.is_thinking:
            if rest.rstrip():
                yield ReasoningChunk(rest.rstrip())
        elif rest and not (self._at_edge and self._has_begun):
            yield TextChunk(rest)

    def _begin(self) -> None:
        start = self._held.lstrip()
        if start.startswith(OPEN):
            self._has_begun = self.is_thinking = True
            self._held = start.removeprefix(OPEN)
        elif not OPEN.startswith(start):
            self._has_begun, self._at_edge = True, False

    def _think(self) -> Iterator[ReasoningChunk]:
        thought, closed, rest = self._held.partition(CLOSE)
        if not closed:
            keep = _length_of_start(thought, CLOSE)
            thought, rest = thought[: len(thought) - keep], thought[len(thought) - keep :]
            shown = thought.rstrip()
            thought, rest = shown, thought[len(shown) :] + rest
        if self._at_edge:
            thought = thought.lstrip()
        if thought.rstrip():
            self._at_edge = False
            yield ReasoningChunk(thought.rstrip())
        self._held = rest
        if closed:
            self.is_thinking, self._at_edge = False, True

    def _answer(self) -> Iterator[TextChunk]:
        text = self._held.lstrip() if self._at_edge else self._held
        self._held = ""
        if text:
            self._at_edge = False
            yield TextChunk(text)


def _length_of_start(text: str, tag: str) -> int:
    """Return how many characters at the end of a text may be the beginning of a tag."""
    longest = min(len(text), len(tag) - 1)
    return next((n for n in range(longest, 0, -1) if tag.startswith(text[-n:])), 0)
