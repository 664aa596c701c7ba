"""Guesses the next tokens by looking up what followed the last few the time before (prompt lookup,
Saxena 2023; as in transformers' `prompt_lookup_num_tokens`).

Summaries, translations with names in them and edits of a pasted text repeat stretches of it. To
check several guessed tokens takes little longer than to compute one, since the weights have to be
read from memory once either way. A wrong guess costs time and never changes the answer.
"""

from __future__ import annotations

from collections.abc import Sequence

MATCH = 3  # tokens that must agree before what followed them is tried
LONGEST = 7  # tokens guessed at once: more than this and checking them is felt
SHORTEST = 1


class PromptLookup:
    """What was read and written so far, with the last place of every run of MATCH tokens."""

    def __init__(self, prompt: Sequence[int]) -> None:
        self._ids: list[int] = []
        self._follows: dict[tuple[int, ...], int] = {}  # a run -> where what followed it begins
        self._length = LONGEST // 2
        for token in prompt:
            self.add(token)

    def add(self, token: int) -> None:
        """Note that `token` came next."""
        if len(self._ids) >= MATCH:  # the newest run gets its place once something follows it
            self._follows[tuple(self._ids[-MATCH:])] = len(self._ids)
        self._ids.append(token)

    def guess(self, most: int) -> list[int]:
        """What may follow, at most `most` tokens; often nothing."""
        place = self._follows.get(tuple(self._ids[-MATCH:]))
        if place is None:
            return []
        return self._ids[place : place + min(self._length, most)]

    def judge(self, guessed: int, right: int) -> None:
        """Learn how good a guess was: bolder after a right one, shorter after a wrong one."""
        if right == guessed:
            self._length = min(LONGEST, self._length + 2)
        else:
            self._length = max(SHORTEST, right + 1)
