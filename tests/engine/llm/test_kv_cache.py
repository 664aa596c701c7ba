"""Reusing the last prompt's KV cache changes the time an answer takes and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from mmdesk.engine.llm.hf_cache import TransformersPrefixCache
from mmdesk.engine.llm.kv_cache import CHUNK, PrefixCache, shared_prefix_length
from mmdesk.engine.local import LocalEngine
from mmdesk.values import Turn
from tests.engine.conftest import ask, run, text_of
from tests.fakes.tiny_model import build_model

Make = Callable[..., LocalEngine]
SYSTEM = Turn("system", "You know the capital of every country. " * 20)


@given(st.lists(st.integers(0, 2)), st.lists(st.integers(0, 2)))
def test_shared_length(left: list[int], right: list[int]) -> None:
    length = shared_prefix_length(left, right)
    assert left[:length] == right[:length]
    assert left[length : length + 1] != right[length : length + 1] or (
        length == len(left) == len(right)
    )


def conversation(engine: LocalEngine, forget: bool, **sampling: Any) -> list[str]:
    """Return the answers of a growing conversation, of another one, and of the first again."""
    turns: list[Turn] = [SYSTEM]
    answers = []
    for question in ("Paris?", "Rome, and why? " * 12, "东京?", "Good."):
        if forget:
            engine._cache_pool = None
        answers.append(text_of(run(engine, ask(question, *turns, **sampling))))
        turns += [Turn("user", question), Turn("assistant", answers[-1])]
    for question in ("Something else " * 40, "Paris?"):
        if forget:
            engine._cache_pool = None
        answers.append(text_of(run(engine, ask(question, SYSTEM, **sampling))))
    return answers


@pytest.mark.parametrize("precision", ["int8", "bf16", "fp32"])
@pytest.mark.parametrize("sampling", [{}, {"temperature": 1.2, "seed": 5}])
def test_the_same_tokens_with_and_without(new_engine: Make, precision: str, sampling: dict) -> None:
    engine = new_engine(precision=precision)
    assert conversation(engine, False, **sampling) == conversation(engine, True, **sampling)


@pytest.fixture
def model(tiny_folder: Path) -> Any:
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM.from_pretrained(tiny_folder, dtype=torch.bfloat16).eval()


def read(cache: PrefixCache, prompt: list[int]) -> tuple[torch.Tensor, int]:
    """Return the logits after the prompt, and how many tokens had to be computed for them."""
    start = cache.trim_to_prefix(prompt)
    logits: Any = None
    for place in range(start, len(prompt), CHUNK):
        logits = cache.append(prompt[place : place + CHUNK])
    return torch.from_numpy(logits), len(prompt) - start


def test_only_what_differs_is_computed_and_the_logits_are_equal_to_the_bit(model: Any) -> None:
    first = [place * 7 % 250 for place in range(3 * CHUNK + 40)]
    second = first[: 2 * CHUNK + 30] + [9] * 50
    cache = TransformersPrefixCache(model)
    read(cache, first)
    for token in (5, 6, 7):
        cache.append([token])
    logits, computed = read(cache, second)
    assert computed == 30 + 50
    fresh, everything = read(TransformersPrefixCache(model), second)
    assert everything == len(second)
    assert torch.equal(logits, fresh)
    assert cache.ids == second


def test_the_same_prompt_again_computes_one_chunk_at_most(model: Any) -> None:
    cache = TransformersPrefixCache(model)
    for length in (CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK):
        prompt = list(range(length))
        once, _ = read(cache, prompt)
        again, computed = read(cache, prompt)
        assert 1 <= computed <= CHUNK
        assert torch.equal(once, again)


def test_decoded_tokens_are_never_reused(model: Any) -> None:
    cache = TransformersPrefixCache(model)
    prompt = list(range(CHUNK))
    read(cache, prompt)
    for token in range(CHUNK):
        cache.append([token])
    assert cache.trim_to_prefix(prompt + list(range(CHUNK)) + [1]) == CHUNK


def test_a_cache_that_cannot_be_trimmed_is_not_reused(tmp_path: Path) -> None:
    from transformers import AutoModelForCausalLM

    folder = build_model(tmp_path, sliding_window=64)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    cache = TransformersPrefixCache(model)
    prompt = [place * 7 % 250 for place in range(2 * CHUNK + 5)]
    once, _ = read(cache, prompt)
    again, computed = read(cache, prompt)
    assert computed == len(prompt)
    assert torch.equal(once, again)
