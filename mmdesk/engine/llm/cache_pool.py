"""What was read before, for several prompts at once.

A translation asks under three fixed prompts in turn, and a conversation should not be read anew
because something else was asked in between. So a few prefix caches are kept, and a prompt gets the
one it shares most with. What a cache holds never changes an answer (see `prefix`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from mmdesk.engine.llm.kv_cache import PrefixCache, make_cache, shared_length
from mmdesk.errors import Cancelled

MOST = 4  # caches
# Tokens in all but the newest cache; 50 MB of the built-in model's keys and values.
MOST_TOKENS = 2048
# Tokens that have to be shared before a cache is taken over instead of another begun: system
# prompts alone are read in no time.
LEAST = 64


class CachePool:
    """The prefix caches of one model.

    Attributes:
        model: the model.
        caches: those not in use, the newest last.
    """

    def __init__(self, model: Any) -> None:
        self.model = model
        self.caches: list[PrefixCache] = []

    @contextmanager
    def lent(self, prompt: Sequence[int]) -> Iterator[PrefixCache]:
        """The best cache for a prompt; nobody else gets it meanwhile. After an error (other than
        being stopped) it is not kept: its tensors may be half-written.
        """
        cache = self._take(prompt)
        try:
            yield cache
        except (Cancelled, GeneratorExit):
            self._put(cache)
            raise
        self._put(cache)

    def _take(self, prompt: Sequence[int]) -> PrefixCache:
        shared = [shared_length(cache.ids, prompt) for cache in self.caches]
        best = max(range(len(shared)), key=shared.__getitem__, default=None)
        if best is not None:
            goes_on = shared[best] == len(self.caches[best].ids)
            if shared[best] >= LEAST or goes_on:
                return self.caches.pop(best)
        if len(self.caches) >= MOST:
            del self.caches[0]  # not taken over: its room may be that of a long conversation
        return make_cache(self.model)

    def _put(self, cache: PrefixCache) -> None:
        self.caches.append(cache)
        while sum(len(other.ids) for other in self.caches[:-1]) > MOST_TOKENS:
            del self.caches[0]
