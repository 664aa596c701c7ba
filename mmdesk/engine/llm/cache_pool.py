"""Pool of prefix caches, so that several prompts are remembered at once.

A translation uses three fixed prompts in turn, and a conversation should not be prefilled anew
because something else was asked in between. So a few prefix caches are kept, and a prompt gets the
one it shares the longest prefix with. What a cache holds never changes an answer (see kv_cache.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from mmdesk.engine.decoder import Decoder
from mmdesk.engine.llm.kv_cache import DecoderPrefixCache, PrefixCache, shared_prefix_length
from mmdesk.errors import Cancelled

MAX_CACHES = 4
# Tokens in all but the newest cache; 60 MB of the 1.5B model's keys and values.
MAX_OLDER_TOKENS = 2048
# Tokens that have to be shared before a cache is reused instead of a new one made: system prompts
# alone are prefilled in no time.
MIN_SHARED_TOKENS = 64


def make_cache(model: Any) -> PrefixCache:
    """Return an empty prefix cache for this model."""
    if isinstance(model, Decoder):
        return DecoderPrefixCache(model)
    if hasattr(model, "new_prefix_cache"):  # one with pictures or sound
        cache: PrefixCache = model.new_prefix_cache()
        return cache
    from mmdesk.engine.llm.hf_cache import TransformersPrefixCache

    return TransformersPrefixCache(model)


class CachePool:
    """Prefix caches of one model.

    Attributes:
        model: the model.
        caches: those not in use, the newest last.
    """

    def __init__(self, model: Any) -> None:
        self.model = model
        self.caches: list[PrefixCache] = []

    @contextmanager
    def borrow(self, prompt: Sequence[int]) -> Iterator[PrefixCache]:
        """Lend out the best cache for a prompt; it is in nobody else's hands meanwhile.

        After an error (other than being cancelled) it is not taken back: its tensors may be
        half-written.
        """
        cache = self._take(prompt)
        try:
            yield cache
        except (Cancelled, GeneratorExit):
            self._put_back(cache)
            raise
        self._put_back(cache)

    def _take(self, prompt: Sequence[int]) -> PrefixCache:
        shared = [shared_prefix_length(cache.ids, prompt) for cache in self.caches]
        best = max(range(len(shared)), key=shared.__getitem__, default=None)
        if best is not None:
            is_continued = shared[best] == len(self.caches[best].ids)
            if shared[best] >= MIN_SHARED_TOKENS or is_continued:
                return self.caches.pop(best)
        if len(self.caches) >= MAX_CACHES:
            del self.caches[0]  # not reused: its memory may be that of a long conversation
        return make_cache(self.model)

    def _put_back(self, cache: PrefixCache) -> None:
        self.caches.append(cache)
        while sum(len(other.ids) for other in self.caches[:-1]) > MAX_OLDER_TOKENS:
            del self.caches[0]
