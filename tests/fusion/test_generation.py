"""Generation against plain reference loops without a KV cache."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from mmdesk.fusion.generation import GeneratedText, GenerationRules, generate
from mmdesk.fusion.packing import PackedLayout
from mmdesk.fusion.transformer import FusedTransformer
from tests.fusion.conftest import tiny

Picture = tuple[Tensor, Tensor]
END = 1
PROMPT = torch.tensor([[4, 7]] * 3)


def next_log_probabilities(
    model: FusedTransformer, picture: Picture, row: int, given: list[int]
) -> Tensor:
    """Return log-probabilities [V] after `given`, computed without a cache."""
    ids = torch.tensor([given])
    logits = model(
        picture[0][row : row + 1], picture[1][row : row + 1], ids, PackedLayout.single(ids)
    )
    return logits[0, -1].log_softmax(-1)


def greedy(
    model: FusedTransformer, picture: Picture, row: int, longest: int
) -> tuple[list[int], float]:
    generated: list[int] = []
    total = 0.0
    while True:
        scores = next_log_probabilities(model, picture, row, [*PROMPT[0].tolist(), *generated])
        if not generated:
            scores[END] = -math.inf
        token = END if len(generated) == longest else int(scores.argmax())
        total += float(scores[token])
        if token == END:
            return generated, total
        generated.append(token)


@torch.no_grad()
def test_greedy_equals_the_uncached_loop(model: FusedTransformer, picture: Picture) -> None:
    texts = generate(model, *picture, PROMPT, GenerationRules(END, longest=9, no_repeat=0))
    for row, text in enumerate(texts):
        generated, total = greedy(model, picture, row, 9)
        assert list(text.ids) == generated
        assert text.log_probability == pytest.approx(total, abs=1e-3)


@torch.no_grad()
def test_wide_beams_find_the_best_text(picture: Picture) -> None:
    """With as many beams as there are texts, beam search is exhaustive."""
    model = tiny("concatenation", vocabulary=5)
    prompt = torch.tensor([[4]] * 3)
    rules = GenerationRules(END, longest=3, beams=70, length_power=0.0, no_repeat=0)
    texts = generate(model, *picture, prompt, rules)
    for row, text in enumerate(texts):
        best, generated = _best_of_all(model, picture, row)
        assert text.log_probability == pytest.approx(best, abs=1e-3)
        assert text.ids == generated


def _best_of_all(
    model: FusedTransformer, picture: Picture, row: int
) -> tuple[float, tuple[int, ...]]:
    best: tuple[float, tuple[int, ...]] = (-math.inf, ())
    active: list[tuple[float, tuple[int, ...]]] = [(0.0, ())]
    while active:
        total, generated = active.pop()
        scores = next_log_probabilities(model, picture, row, [4, *generated])
        if generated:
            best = max(best, (total + float(scores[END]), generated))
        if len(generated) < 3:
            active += [(total + float(scores[w]), (*generated, w)) for w in range(5) if w != END]
    return best


def test_beams_are_never_worse_than_greedy(model: FusedTransformer, picture: Picture) -> None:
    one = generate(model, *picture, PROMPT, GenerationRules(END, longest=6, no_repeat=0))
    wide = generate(
        model,
        *picture,
        PROMPT,
        GenerationRules(END, longest=6, no_repeat=0, beams=30, length_power=0.0),
    )
    for first, second in zip(one, wide, strict=True):
        assert second.log_probability >= first.log_probability - 1e-3


def test_a_picture_gets_the_same_text_alone_and_in_a_batch(
    model: FusedTransformer, picture: Picture
) -> None:
    rules = GenerationRules(END, longest=6, beams=3)
    together = generate(model, *picture, PROMPT, rules)
    for row in range(3):
        one = slice(row, row + 1)
        alone = generate(model, picture[0][one], picture[1][one], PROMPT[:1], rules)
        assert alone[0].ids == together[row].ids


@pytest.mark.parametrize("beams", [1, 3])
def test_rules_are_kept(model: FusedTransformer, picture: Picture, beams: int) -> None:
    unwanted = tuple(range(8, 23))
    rules = GenerationRules(END, unwanted, longest=8, shortest=5, beams=beams, no_repeat=2)
    for text in generate(model, *picture, PROMPT, rules):
        assert 5 <= len(text.ids) <= 8
        assert not set(text.ids) & {*unwanted, END}
        pairs = list(zip(text.ids, text.ids[1:], strict=False))
        assert len(pairs) == len(set(pairs))


def test_sampled_tokens_follow_the_seed(model: FusedTransformer, picture: Picture) -> None:
    rules = GenerationRules(END, longest=8, temperature=1.0)
    sampled = [
        generate(model, *picture, PROMPT, rules, torch.Generator().manual_seed(seed))
        for seed in (1, 1, 2)
    ]
    assert sampled[0] == sampled[1]
    assert sampled[0] != sampled[2]


def test_a_text_never_outgrows_the_models_positions(picture: Picture) -> None:
    model = tiny("concatenation", positions=6)
    texts = generate(model, *picture, PROMPT, GenerationRules(END, longest=40, no_repeat=0))
    assert all(len(text.ids) <= 4 for text in texts)


def test_probability_is_the_geometric_mean_over_the_tokens() -> None:
    assert GeneratedText((5, 6, 7), 4 * math.log(0.5)).probability == pytest.approx(0.5)
