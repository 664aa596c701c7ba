"""Several prompts are remembered at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mmdesk.engine.llm.cache_pool import MAX_CACHES, MAX_OLDER_TOKENS, MIN_SHARED_TOKENS, CachePool
from mmdesk.engine.local import LocalEngine
from mmdesk.errors import Cancelled
from mmdesk.values import Turn
from tests.engine.conftest import ask, run, stats_of, text_of

Make = Callable[..., LocalEngine]
FRENCH = Turn("system", "You translate English into French, word for word. " * 12)
GERMAN = Turn("system", "Du übersetzt Englisch ins Deutsche, Wort für Wort. " * 12)


class FakeCache:
    """The part of a cache that the pool looks at."""

    def __init__(self, model: object) -> None:
        self.ids: list[int] = []


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> CachePool:
    monkeypatch.setattr("mmdesk.engine.llm.cache_pool.make_cache", FakeCache)
    return CachePool(None)


def put(pool: CachePool, ids: list[int]) -> Any:
    with pool.borrow(ids) as cache:
        cache.ids[:] = ids
    return cache


def test_a_prompt_gets_the_cache_it_shares_most_with(pool: CachePool) -> None:
    one, other = put(pool, [1] * MIN_SHARED_TOKENS), put(pool, [2] * MIN_SHARED_TOKENS)
    with pool.borrow([1] * MIN_SHARED_TOKENS + [5]) as cache:
        assert cache is one
        assert pool.caches == [other]
    assert pool.caches == [other, one]


def test_a_little_in_common_is_no_reason_to_lose_the_rest(pool: CachePool) -> None:
    first = put(pool, [7] * 10 + [1] * 100)
    assert put(pool, [7] * 10 + [2] * 100) is not first
    assert put(pool, [7] * 10 + [1] * 100 + [3]) is first


def test_the_oldest_goes(pool: CachePool) -> None:
    for value in range(MAX_CACHES + 2):
        put(pool, [value] * MIN_SHARED_TOKENS)
    assert len(pool.caches) == MAX_CACHES
    put(pool, [99] * (MAX_OLDER_TOKENS + 1))
    put(pool, [98] * MIN_SHARED_TOKENS)
    assert [cache.ids[0] for cache in pool.caches] == [98]


def test_a_cache_is_kept_after_a_stop_and_dropped_after_an_error(pool: CachePool) -> None:
    with pytest.raises(Cancelled), pool.borrow([1]):
        raise Cancelled
    assert len(pool.caches) == 1
    with pytest.raises(RuntimeError), pool.borrow([1]):
        raise RuntimeError
    assert pool.caches == []


def test_two_prompts_in_turn_are_both_remembered(new_engine: Make) -> None:
    engine = new_engine(precision="int8")
    fresh = [text_of(run(new_engine(precision="int8"), ask("Two", turn))) for turn in
             (FRENCH, GERMAN)]  # fmt: skip
    for turn in (FRENCH, GERMAN):
        run(engine, ask("One", turn))
    again = [run(engine, ask("Two", turn)) for turn in (FRENCH, GERMAN)]
    assert [text_of(events) for events in again] == fresh
    assert all(stats_of(events).read_tokens < 40 for events in again)
