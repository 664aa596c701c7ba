"""Generation against plain reference loops that keep nothing between words."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from mmdesk.fusion.generation import GeneratedText, GenerationRules, generate
from mmdesk.fusion.packing import PackedLayout
from mmdesk.fusion.transformer import FusedTransformer
from tests.fusion.conftest import tiny

ImageDescribed = tuple[Tensor, Tensor]
END = 1
PROMPT = torch.tensor([[4, 7]] * 3)


def next_scores(
    model: FusedTransformer, seen: ImageDescribed, row: int, words: list[int]
) -> Tensor:
    """Log-probabilities [V] after `words`, computed from nothing."""
    ids = torch.tensor([words])
    logits = model(seen[0][row : row + 1], seen[1][row : row + 1], ids, PackedLayout.single(ids))
    return logits[0, -1].log_softmax(-1)


def greedy(
    model: FusedTransformer, seen: ImageDescribed, row: int, longest: int
) -> tuple[list[int], float]:
    said: list[int] = []
    total = 0.0
    while True:
        scores = next_scores(model, seen, row, [*PROMPT[0].tolist(), *said])
        if not said:
            scores[END] = -math.inf
        word = END if len(said) == longest else int(scores.argmax())
        total += float(scores[word])
        if word == END:
            return said, total
        said.append(word)


@torch.no_grad()
def test_greedy_equals_the_uncached_loop(model: FusedTransformer, seen: ImageDescribed) -> None:
    texts = generate(model, *seen, PROMPT, GenerationRules(END, longest=9, no_repeat=0))
    for row, text in enumerate(texts):
        said, total = greedy(model, seen, row, 9)
        assert list(text.ids) == said
        assert text.log_probability == pytest.approx(total, abs=1e-3)


@torch.no_grad()
def test_wide_beams_find_the_best_text(seen: ImageDescribed) -> None:
    """With as many beams as there are texts, beam search is exhaustive."""
    model = tiny("concatenation", vocabulary=5)
    prompt = torch.tensor([[4]] * 3)
    rules = GenerationRules(END, longest=3, beams=70, length_power=0.0, no_repeat=0)
    texts = generate(model, *seen, prompt, rules)
    for row, text in enumerate(texts):
        best, said = _best_of_all(model, seen, row)
        assert text.log_probability == pytest.approx(best, abs=1e-3)
        assert text.ids == said


def _best_of_all(
    model: FusedTransformer, seen: ImageDescribed, row: int
) -> tuple[float, tuple[int, ...]]:
    best: tuple[float, tuple[int, ...]] = (-math.inf, ())
    going: list[tuple[float, tuple[int, ...]]] = [(0.0, ())]
    while going:
        total, said = going.pop()
        scores = next_scores(model, seen, row, [4, *said])
        if said:
            best = max(best, (total + float(scores[END]), said))
        if len(said) < 3:
            going += [(total + float(scores[w]), (*said, w)) for w in range(5) if w != END]
    return best


def test_beams_are_never_worse_than_greedy(model: FusedTransformer, seen: ImageDescribed) -> None:
    one = generate(model, *seen, PROMPT, GenerationRules(END, longest=6, no_repeat=0))
    wide = generate(
        model,
        *seen,
        PROMPT,
        GenerationRules(END, longest=6, no_repeat=0, beams=30, length_power=0.0),
    )
    for first, second in zip(one, wide, strict=True):
        assert second.log_probability >= first.log_probability - 1e-3


def test_a_picture_gets_the_same_text_alone_and_in_company(
    model: FusedTransformer, seen: ImageDescribed
) -> None:
    rules = GenerationRules(END, longest=6, beams=3)
    together = generate(model, *seen, PROMPT, rules)
    for row in range(3):
        one = slice(row, row + 1)
        alone = generate(model, seen[0][one], seen[1][one], PROMPT[:1], rules)
        assert alone[0].ids == together[row].ids


@pytest.mark.parametrize("beams", [1, 3])
def test_rules_are_kept(model: FusedTransformer, seen: ImageDescribed, beams: int) -> None:
    unwanted = tuple(range(8, 23))
    rules = GenerationRules(END, unwanted, longest=8, shortest=5, beams=beams, no_repeat=2)
    for text in generate(model, *seen, PROMPT, rules):
        assert 5 <= len(text.ids) <= 8
        assert not set(text.ids) & {*unwanted, END}
        pairs = list(zip(text.ids, text.ids[1:], strict=False))
        assert len(pairs) == len(set(pairs))


def test_drawn_words_follow_the_seed(model: FusedTransformer, seen: ImageDescribed) -> None:
    rules = GenerationRules(END, longest=8, temperature=1.0)
    drawn = [
        generate(model, *seen, PROMPT, rules, torch.Generator().manual_seed(seed))
        for seed in (1, 1, 2)
    ]
    assert drawn[0] == drawn[1]
    assert drawn[0] != drawn[2]


def test_a_text_never_outgrows_the_models_positions(seen: ImageDescribed) -> None:
    model = tiny("concatenation", positions=6)
    texts = generate(model, *seen, PROMPT, GenerationRules(END, longest=40, no_repeat=0))
    assert all(len(text.ids) <= 4 for text in texts)


def test_probability_is_the_mean_over_the_words() -> None:
    assert GeneratedText((5, 6, 7), 4 * math.log(0.5)).probability == pytest.approx(0.5)
