"""Guessing from the prompt makes copying cheap and changes no token."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mmdesk.engine.llm import generate as decoding
from mmdesk.engine.llm.kv_cache import NativeKVCache
from mmdesk.engine.llm.prompt_lookup import LONGEST, MATCH, PromptLookup
from mmdesk.engine.llm.sampling import Sampler
from mmdesk.engine.local import LocalEngine
from mmdesk.engine.torch_cpu.linear import has_int8
from mmdesk.engine.torch_cpu.weights import load_fast
from mmdesk.values import NeverCancelled, Sampling

Make = Callable[..., LocalEngine]
needs_int8 = pytest.mark.skipif(not has_int8(), reason="no int8 kernels on this processor")
PROMPT = [(place * 7) % 50 for place in range(120)] * 2


def test_it_guesses_what_followed_the_last_time() -> None:
    lookup = PromptLookup([1, 2, 3, 4, 5, 6, 9, 1, 2, 3])
    assert lookup.guess(10)[:2] == [4, 5]
    assert lookup.guess(1) == [4]
    assert PromptLookup([1, 2, 3, 4]).guess(10) == []
    assert PromptLookup([1] * (MATCH - 1)).guess(10) == []


def test_the_newest_place_counts() -> None:
    assert PromptLookup([1, 2, 3, 4, 1, 2, 3, 5, 1, 2, 3]).guess(1) == [5]


def test_guesses_grow_when_right_and_shrink_when_wrong() -> None:
    lookup = PromptLookup([*range(30), *range(MATCH)])
    for _ in range(9):
        lookup.judge(2, 2)
    assert len(lookup.guess(99)) == LONGEST
    lookup.judge(LONGEST, 0)
    assert len(lookup.guess(99)) == 1


def told(folder: Path, sampling: Sampling, most: int, look: bool) -> tuple[list[int], int]:
    """Tokens, and how many forwards they took; afterwards nothing but the text is in the cache."""
    cache = NativeKVCache(load_fast(folder, "int8", threads=1))
    reading = decoding.read_prompt(PROMPT, cache, NeverCancelled())
    logits: Any = None
    while logits is None:
        try:
            next(reading)
        except StopIteration as end:
            logits = end.value
    calls: list[int] = []
    extend = cache.extend
    cache.extend = lambda ids, wanted=1: (calls.append(len(ids)), extend(ids, wanted))[1]  # type: ignore[method-assign]
    lookup = PromptLookup(PROMPT) if look else None
    tokens = list(
        decoding.decode(
            logits, cache, Sampler(sampling, PROMPT), set(), most, NeverCancelled(), lookup
        )
    )
    assert cache.ids[: len(PROMPT) + most - 1] == PROMPT + tokens[: most - 1]
    return tokens, len(calls)


@needs_int8
@pytest.mark.parametrize("most", [1, 2, 60])
@pytest.mark.parametrize(
    "sampling", [Sampling(), Sampling(temperature=1.0, seed=4, repetition_penalty=1.1)]
)
def test_the_same_tokens_with_and_without(tiny_folder: Path, sampling: Sampling, most: int) -> None:
    with_it, _ = told(tiny_folder, sampling, most, look=True)
    without, forwards = told(tiny_folder, sampling, most, look=False)
    assert with_it == without
    assert forwards == most - 1


@needs_int8
def test_copying_takes_fewer_forwards(tiny_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = iter(PROMPT)
    monkeypatch.setattr(Sampler, "choose", lambda self, logits: next(copy))
    tokens, forwards = told(tiny_folder, Sampling(), 100, look=True)
    assert tokens == PROMPT[:100]
    assert forwards < 40
