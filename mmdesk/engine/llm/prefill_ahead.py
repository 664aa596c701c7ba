"""Reads a conversation while its next question is still being typed."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace

from mmdesk.engine.hardware import use_threads
from mmdesk.engine.llm.cache_pool import CachePool
from mmdesk.engine.llm.chat_generation import fitted_turns, reading
from mmdesk.engine.llm.kv_cache import CHUNK, shared_length
from mmdesk.engine.llm.loading import Loaded
from mmdesk.values import CancelFlag, Event, Turn

# What two different questions have in common is what no question changes.
QUESTIONS = ("What?", "1. 好")


def read_ahead(
    loaded: Loaded,
    turns: Sequence[Turn],
    limit: int,
    max_tokens: int,
    shelf: CachePool,
    cancel: CancelFlag,
) -> Generator[Event, None, tuple[int, int]]:
    """Read everything that stands before the last turn's words.

    Returns:
        How many of the prompt's tokens are known now, and how many of them had to be read.

    Raises:
        Cancelled: between two chunks; what was read until then stays.
    """
    use_threads(loaded.threads)
    known = _known_before_asking(loaded, turns, limit, max_tokens)
    with shelf.lent(known) as cache:
        if not cache.exact:  # only whole chunks can be used again
            known = known[: len(known) // CHUNK * CHUNK]
        before = cache.computed
        if shared_length(cache.ids, known) < len(known):
            yield from reading(known, cache, cancel)
        return len(known), cache.computed - before


def _known_before_asking(
    loaded: Loaded, turns: Sequence[Turn], limit: int, max_tokens: int
) -> list[int]:
    one, other = (
        fitted_turns(loaded, (*turns[:-1], replace(turns[-1], text=text)), limit, max_tokens).ids
        for text in QUESTIONS
    )
    return one[: shared_length(one, other)]
