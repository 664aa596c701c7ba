"""Prompt lookup decoding: draft tokens are copied from what followed the same tokens before.

Saxena 2023; as in transformers' `prompt_lookup_num_tokens`. Summaries, translations with names in
them and edits of a pasted text repeat stretches of it. To verify several draft tokens takes little
longer than to compute one, since the weights have to be read from memory once either way. A wrong
draft costs time and never changes the answer.
"""

from __future__ import annotations

from collections.abc import Sequence

NGRAM = 3  # tokens that must agree before what followed them is drafted
MAX_DRAFT = 7  # tokens drafted at once: verifying more than this slows the answer noticeably
MIN_DRAFT = 1


class PromptLookup:
    """Prompt and answer so far, with the last position of every run of NGRAM tokens."""

    def __init__(self, prompt: Sequence[int]) -> None:
        self._ids: list[int] = []
        self._follows: dict[tuple[int, ...], int] = {}  # a run -> where what followed it begins
        self._length = MAX_DRAFT // 2
        for token in prompt:
            self.add(token)

    def add(self, token: int) -> None:
        """Note that `token` came next."""
        if len(self._ids) >= NGRAM:  # the newest run is entered once something follows it
            self._follows[tuple(self._ids[-NGRAM:])] = len(self._ids)
        self._ids.append(token)

    def draft(self, max_tokens: int) -> list[int]:
        """Return the tokens that may follow, at most `max_tokens`; often none."""
        start = self._follows.get(tuple(self._ids[-NGRAM:]))
        if start is None:
            return []
        return self._ids[start : start + min(self._length, max_tokens)]

    def adapt(self, drafted: int, accepted: int) -> None:
        """Draft more after a draft that was right, and less after one that was wrong."""
        if accepted == drafted:
            self._length = min(MAX_DRAFT, self._length + 2)
        else:
            self._length = max(MIN_DRAFT, accepted + 1)
