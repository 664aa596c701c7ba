"""Drafting from the prompt makes copying cheap and changes no token."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mmdesk.engine.decoder import Decoder
from mmdesk.engine.llm.generate import decode, prefill
from mmdesk.engine.llm.kv_cache import DecoderPrefixCache
from mmdesk.engine.llm.prompt_lookup import MAX_DRAFT, NGRAM, PromptLookup
from mmdesk.engine.llm.sampling import Sampler
from mmdesk.engine.local import LocalEngine
from mmdesk.engine.torch_cpu.linear import has_int8
from mmdesk.engine.torch_cpu.weights import load_decoder
from mmdesk.values import NeverCancelled, Sampling

Make = Callable[..., LocalEngine]
needs_int8 = pytest.mark.skipif(not has_int8(), reason="no int8 kernels on this processor")
PROMPT = [(place * 7) % 50 for place in range(120)] * 2


def test_it_drafts_what_followed_the_last_time() -> None:
    lookup = PromptLookup([1, 2, 3, 4, 5, 6, 9, 1, 2, 3])
    assert lookup.draft(10)[:2] == [4, 5]
    assert lookup.draft(1) == [4]
    assert PromptLookup([1, 2, 3, 4]).draft(10) == []
    assert PromptLookup([1] * (NGRAM - 1)).draft(10) == []


def test_the_newest_place_counts() -> None:
    assert PromptLookup([1, 2, 3, 4, 1, 2, 3, 5, 1, 2, 3]).draft(1) == [5]


def test_drafts_grow_when_right_and_shrink_when_wrong() -> None:
    lookup = PromptLookup([*range(30), *range(NGRAM)])
    for _ in range(9):
        lookup.adapt(2, 2)
    assert len(lookup.draft(99)) == MAX_DRAFT
    lookup.adapt(MAX_DRAFT, 0)
    assert len(lookup.draft(99)) == 1


def generated(
    model: Decoder, sampling: Sampling, max_tokens: int, with_lookup: bool
) -> tuple[list[int], int]:
    """Return tokens and the number of forward passes; checks that only the text is cached."""
    cache = DecoderPrefixCache(model)
    progress = prefill(PROMPT, cache, NeverCancelled())
    logits: Any = None
    while logits is None:
        try:
            next(progress)
        except StopIteration as end:
            logits = end.value
    calls: list[int] = []
    append = cache.append
    cache.append = lambda ids, keep=1: (calls.append(len(ids)), append(ids, keep))[1]  # type: ignore[method-assign]
    lookup = PromptLookup(PROMPT) if with_lookup else None
    tokens = list(
        decode(
            logits, cache, Sampler(sampling, PROMPT), set(), max_tokens, NeverCancelled(), lookup
        )
    )
    assert cache.ids[: len(PROMPT) + max_tokens - 1] == PROMPT + tokens[: max_tokens - 1]
    return tokens, len(calls)


@needs_int8
@pytest.mark.parametrize("max_tokens", [1, 2, 60])
@pytest.mark.parametrize(
    "sampling", [Sampling(), Sampling(temperature=1.0, seed=4, repetition_penalty=1.1)]
)
def test_the_same_tokens_with_and_without(
    tiny_folder: Path, sampling: Sampling, max_tokens: int
) -> None:
    model = load_decoder(tiny_folder, "int8", threads=1)
    with_it, _ = generated(model, sampling, max_tokens, with_lookup=True)
    without, forwards = generated(model, sampling, max_tokens, with_lookup=False)
    assert with_it == without
    assert forwards == max_tokens - 1


@needs_int8
def test_copying_takes_fewer_forwards(tiny_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = iter(PROMPT)
    monkeypatch.setattr(Sampler, "choose", lambda self, logits: next(copy))
    model = load_decoder(tiny_folder, "int8", threads=1)
    tokens, forwards = generated(model, Sampling(), 100, with_lookup=True)
    assert tokens == PROMPT[:100]
    assert forwards < 40
