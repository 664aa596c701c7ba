"""Packing of texts into rows, epochs and word dropout."""

from __future__ import annotations

import numpy as np
import torch

from mmdesk.training.data.batches import (
    IGNORED,
    Example,
    TrainingText,
    epoch_batches,
    pack,
    word_dropout,
)

PAD = 0


def example(index: int = 0, count: int = 2) -> Example:
    return Example(
        index, tuple(TrainingText((1, 2), (5, 6 + n, 9)) for n in range(count)), ("base",)
    )


def test_texts_of_a_picture_share_a_row() -> None:
    batch = pack([example(), example(7, 1)], ["base", "flip"], PAD)
    assert batch.input_ids.tolist() == [[1, 2, 5, 6, 1, 2, 5, 7], [1, 2, 5, 6, 0, 0, 0, 0]]
    assert batch.layout.segments.tolist() == [[0] * 4 + [1] * 4, [0] * 4 + [-1] * 4]
    assert batch.layout.positions.tolist()[0] == [0, 1, 2, 3, 0, 1, 2, 3]
    assert batch.pairs == [("base", 0), ("flip", 7)]


def test_prompts_are_no_targets() -> None:
    batch = pack([example(count=1)], ["base"], PAD)
    assert batch.targets.tolist() == [[IGNORED, 5, 6, 9]]


def test_an_epoch_has_every_example_once_and_follows_its_seed() -> None:
    examples = [example(index, 1 + index % 3) for index in range(23)]

    def order(seed: int) -> list[int]:
        rng = np.random.default_rng(seed)
        return [
            index for batch in epoch_batches(examples, 4, rng, PAD, 2) for _, index in batch.pairs
        ]

    assert sorted(order(1)) == list(range(23))
    assert order(1) == order(1)
    assert order(1) != order(2)


def test_word_dropout_leaves_prompts_alone() -> None:
    batch = pack([example(count=3)], ["base"], PAD)
    hidden = word_dropout(batch, 99, 1.0, np.random.default_rng(0))
    assert hidden.tolist() == [[1, 2, 99, 99] * 3]
    same = word_dropout(batch, 99, 0.0, np.random.default_rng(0))
    assert torch.equal(same, batch.input_ids)
