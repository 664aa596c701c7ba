"""Prefill of a conversation while its next question is still being typed."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace

from mmdesk.engine.hardware import use_threads
from mmdesk.engine.llm.cache_pool import CachePool
from mmdesk.engine.llm.generate import fit_turns, prefill
from mmdesk.engine.llm.kv_cache import CHUNK, shared_prefix_length
from mmdesk.engine.llm.loading import LoadedModel
from mmdesk.values import CancelFlag, Event, Turn

# The common prefix of two prompts with different questions is the prefix of any question's prompt.
DUMMY_QUESTIONS = ("What?", "1. 好")


def prefill_ahead(
    loaded: LoadedModel,
    turns: Sequence[Turn],
    context_limit: int,
    max_tokens: int,
    pool: CachePool,
    cancel: CancelFlag,
) -> Generator[Event, None, tuple[int, int]]:
    """Prefill everything that stands before the last turn's text.

    Returns:
        The length of the prompt's prefix that is in a cache now, and how many tokens of it had to
        be computed.

    Raises:
        Cancelled: between two chunks; what was computed until then stays.
    """
    use_threads(loaded.threads)
    prefix = _prompt_prefix(loaded, turns, context_limit, max_tokens)
    with pool.borrow(prefix) as cache:
        if not cache.exact:  # only whole chunks can be reused
            prefix = prefix[: len(prefix) // CHUNK * CHUNK]
        computed_before = cache.computed
        if shared_prefix_length(cache.ids, prefix) < len(prefix):
            yield from prefill(prefix, cache, cancel)
        return len(prefix), cache.computed - computed_before


def _prompt_prefix(
    loaded: LoadedModel, turns: Sequence[Turn], context_limit: int, max_tokens: int
) -> list[int]:
    """Return the tokens with which the prompt begins whatever the last turn's text will be."""
    one, other = (
        fit_turns(
            loaded, (*turns[:-1], replace(turns[-1], text=text)), context_limit, max_tokens
        ).ids
        for text in DUMMY_QUESTIONS
    )
    return one[: shared_prefix_length(one, other)]
