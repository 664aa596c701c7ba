"""Training texts packed into batches: all texts of a picture share one row behind its tokens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from mmdesk.fusion import PADDING, PackedLayout

IGNORED = -100  # target id without a loss


@dataclass(frozen=True, slots=True)
class TrainingText:
    """One text to learn.

    Attributes:
        prompt: ids that are given.
        target: ids that must follow, the end token last.
    """

    prompt: tuple[int, ...]
    target: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.prompt) + len(self.target) - 1


@dataclass(frozen=True, slots=True)
class Example:
    """One picture and the texts about it.

    Attributes:
        index: number of the picture in its view.
        texts: what is learned about it.
        views: augmented views in which the texts stay true.
    """

    index: int
    texts: tuple[TrainingText, ...]
    views: tuple[str, ...]

    @property
    def tokens(self) -> int:
        """Return the length of the packed row."""
        return sum(len(text) for text in self.texts)


@dataclass(frozen=True, slots=True)
class Batch:
    """Packed texts of B pictures.

    Attributes:
        pairs: (view, index) of the picture of every row.
        input_ids: [B, W] int64.
        targets: [B, W] int64 ids to predict, IGNORED where nothing is learned.
        layout: segment and position of every token.
        examples: source of every row.
    """

    pairs: list[tuple[str, int]]
    input_ids: Tensor
    targets: Tensor
    layout: PackedLayout
    examples: tuple[Example, ...] = ()


def pack(examples: Sequence[Example], views: Sequence[str], pad: int) -> Batch:
    """Pack each example into one row, its texts one after the other; views[i] is used for row i."""
    width = max(example.tokens for example in examples)
    shape = (len(examples), width)
    input_ids, targets = np.full(shape, pad, np.int64), np.full(shape, IGNORED, np.int64)
    segments, positions = np.full(shape, PADDING, np.int64), np.zeros(shape, np.int64)
    for row, example in enumerate(examples):
        start = 0
        for number, text in enumerate(example.texts):
            end = start + len(text)
            input_ids[row, start:end] = [*text.prompt, *text.target[:-1]]
            targets[row, start + len(text.prompt) - 1 : end] = text.target
            segments[row, start:end] = number
            positions[row, start:end] = np.arange(len(text))
            start = end
    layout = PackedLayout(torch.from_numpy(segments), torch.from_numpy(positions))
    pairs = [(view, example.index) for view, example in zip(views, examples, strict=True)]
    rows = tuple(examples)
    return Batch(pairs, torch.from_numpy(input_ids), torch.from_numpy(targets), layout, rows)


def epoch_batches(
    examples: Sequence[Example], size: int, rng: np.random.Generator, pad: int, pool: int = 12
) -> Iterator[Batch]:
    """Yield all examples once, in random order, rows of similar length together.

    Sorting by length inside pools of `pool` batches keeps padding low. Every picture is shown in
    one of its views, chosen at random.
    """
    order = rng.permutation(len(examples))
    for start in range(0, len(order), size * pool):
        by_length = sorted(order[start : start + size * pool], key=lambda i: examples[i].tokens)
        chunks = [by_length[i : i + size] for i in range(0, len(by_length), size)]
        for number in rng.permutation(len(chunks)):
            rows = [examples[i] for i in chunks[number]]
            views = [str(rng.choice(example.views)) for example in rows]
            yield pack(rows, views, pad)


def word_dropout(batch: Batch, blank: int, share: float, rng: np.random.Generator) -> Tensor:
    """Return the input ids with a share of the targets' tokens blanked, prompts untouched.

    Without word dropout the model relies on the tokens it has generated and too little on the
    picture.
    """
    learned = torch.zeros_like(batch.targets, dtype=torch.bool)
    learned[:, 1:] = batch.targets[:, :-1] != IGNORED  # inputs that were targets one step before
    learned &= batch.layout.positions > 0  # the next text's prompt was never a target
    hidden = torch.from_numpy(rng.random(tuple(learned.shape)) < share) & learned
    return batch.input_ids.masked_fill(hidden, blank)
