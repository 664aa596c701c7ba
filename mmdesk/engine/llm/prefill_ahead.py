"""Prefill of a conversation while its next question is still being typed."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace

from mmdesk.engine.hardware import use_threads
from mmdesk.engine.llm.cache_pool import CachePool
from mmdesk.engine.llm.context_window import FittedPrompt
from mmdesk.engine.llm.generate import fit_turns, prefill
from mmdesk.engine.llm.kv_cache import shared_prefix_length
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
    fitted, length = _prompt_prefix(loaded, turns, context_limit, max_tokens)
    prefix = fitted.ids[:length]
    with pool.borrow(prefix) as cache:
        yield from cache.open(fitted, cancel)
        if not cache.exact:  # only whole chunks can be reused
            prefix = prefix[: len(prefix) // cache.chunk * cache.chunk]
        computed_before = cache.computed
        if shared_prefix_length(cache.ids, prefix) < len(prefix):
            yield from prefill(prefix, cache, cancel)
        return len(prefix), cache.computed - computed_before


def _prompt_prefix(
    loaded: LoadedModel, turns: Sequence[Turn], context_limit: int, max_tokens: int
) -> tuple[FittedPrompt, int]:
    """Return a prompt, and how many of its tokens stand whatever the last turn's text will be."""
    one, other = (
        fit_turns(loaded, (*turns[:-1], replace(turns[-1], text=text)), context_limit, max_tokens)
        for text in DUMMY_QUESTIONS
    )
    return one, shared_prefix_length(one.ids, other.ids)
