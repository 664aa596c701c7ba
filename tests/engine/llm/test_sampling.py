"""Every step agrees with transformers' own processors, and the seed decides."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from transformers import (
    RepetitionPenaltyLogitsProcessor,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)

from mmdesk.engine.llm.sampling import Floats, Ints, Sampler, candidates, penalise_repetition
from mmdesk.values import Sampling

VOCABULARY = 97


def logits(seed: int) -> Floats:
    drawn: Floats = torch.randn(VOCABULARY, generator=torch.Generator().manual_seed(seed)).numpy()
    return 3 * drawn


def tensor(seed: int) -> torch.Tensor:
    return torch.from_numpy(logits(seed))


def in_full(probabilities: Floats, ids: Ints, count: int = VOCABULARY) -> torch.Tensor:
    whole = np.zeros(count, np.float32)
    whole[ids] = probabilities
    return torch.from_numpy(whole)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    ("temperature", "top_k", "top_p"),
    [(1.0, 0, 1.0), (0.7, 0, 1.0), (0.8, 20, 1.0), (1.3, 0, 0.9), (0.6, 40, 0.8), (2.0, 1, 0.5)],
)
def test_candidates_match_transformers(
    seed: int, temperature: float, top_k: int, top_p: float
) -> None:
    scores = TemperatureLogitsWarper(temperature)(None, tensor(seed)[None])
    if top_k:
        scores = TopKLogitsWarper(top_k)(None, scores)
    if top_p < 1:
        scores = TopPLogitsWarper(top_p)(None, scores)
    ours = candidates(logits(seed), Sampling(temperature=temperature, top_k=top_k, top_p=top_p))
    torch.testing.assert_close(in_full(*ours), scores[0].softmax(-1))


@pytest.mark.parametrize("top_p", [0.1, 0.5, 0.9, 0.98])
@pytest.mark.parametrize("spread", [0.1, 1.0, 3.0])
def test_top_p_keeps_the_same_tokens_of_a_large_vocabulary(spread: float, top_p: float) -> None:
    scores = spread * torch.randn(20_000, generator=torch.Generator().manual_seed(5))
    theirs = TopPLogitsWarper(top_p)(None, scores[None])[0].softmax(-1)
    probabilities, ids = candidates(scores.numpy(), Sampling(temperature=1.0, top_p=top_p))
    ours = in_full(probabilities, ids, len(scores))
    # Rounding in a sum over so many may decide about one token at the edge.
    assert abs(int((theirs > 0).sum()) - len(ids)) <= max(1, len(ids) // 200)
    both = (ours > 0) & (theirs > 0)
    torch.testing.assert_close(ours[both], theirs[both], atol=0.0, rtol=2e-3)


def test_a_top_k_beyond_the_vocabulary_is_off() -> None:
    probabilities, _ = candidates(logits(0), Sampling(temperature=1.0, top_k=VOCABULARY + 5))
    assert len(probabilities) == VOCABULARY


@pytest.mark.parametrize("penalty", [0.8, 1.1, 2.0])
def test_repetition_penalty_matches_transformers(penalty: float) -> None:
    before = [3, 5, 5, 90]
    theirs = RepetitionPenaltyLogitsProcessor(penalty)(torch.tensor([before]), tensor(1)[None])[0]
    seen = np.zeros(VOCABULARY, np.bool_)
    seen[before] = True
    ours = torch.from_numpy(penalise_repetition(logits(1), seen, penalty))
    torch.testing.assert_close(ours, theirs)


def test_greedy_takes_the_most_probable() -> None:
    assert Sampler(Sampling(), [1]).choose(logits(2)) == int(logits(2).argmax())


def test_the_penalty_counts_the_prompt_and_what_was_said() -> None:
    flat = np.array([1.0, 0.9, 0.8, 0.7], np.float32)
    sampler = Sampler(Sampling(repetition_penalty=2.0), prompt=[0])
    assert [sampler.choose(flat) for _ in range(3)] == [1, 2, 3]


def test_the_seed_decides() -> None:
    def drawn(seed: int) -> list[int]:
        sampler = Sampler(Sampling(temperature=1.5, seed=seed), [1])
        return [sampler.choose(logits(4)) for _ in range(40)]

    assert drawn(7) == drawn(7)
    assert drawn(7) != drawn(8)


def test_any_integer_is_a_seed() -> None:
    for seed in (-1, 0, 2**64 + 3):
        Sampler(Sampling(temperature=1.0, seed=seed), [1]).choose(logits(0))


def test_draws_follow_the_probabilities() -> None:
    sampler = Sampler(Sampling(temperature=1.0, top_k=3, seed=1), [0])
    probabilities, ids = candidates(logits(5), Sampling(temperature=1.0, top_k=3))
    drawn = np.array([sampler.choose(logits(5)) for _ in range(3000)])
    for probability, token in zip(probabilities, ids, strict=True):
        assert abs((drawn == token).mean() - probability) < 0.04
