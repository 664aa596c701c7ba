"""Texts about pictures, packed into batches: all texts of a picture share one row behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from mmdesk.fusion import PADDING, PackedLayout

IGNORED = -100  # a target that is not learned


@dataclass(frozen=True, slots=True)
class TrainingText:
    """One text to learn: what is given (the prompt's ids) and what must follow (ids and END)."""

    given: tuple[int, ...]
    wanted: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.given) + len(self.wanted) - 1


@dataclass(frozen=True, slots=True)
class Example:
    """One picture and the texts about it. `views`: the views that keep the texts true."""

    index: int
    texts: tuple[TrainingText, ...]
    views: tuple[str, ...]

    @property
    def words(self) -> int:
        return sum(len(text) for text in self.texts)


@dataclass(frozen=True, slots=True)
class Batch:
    """Packed texts of B pictures.

    Attributes:
        pairs: the (view, index) of every row's picture.
        words: [B, W] int64 input ids.
        targets: [B, W] int64 ids to predict, IGNORED where nothing is learned.
        layout: where every word stands.
        examples: what it was packed from, a row each.
    """

    pairs: list[tuple[str, int]]
    words: Tensor
    targets: Tensor
    layout: PackedLayout
    examples: tuple[Example, ...] = ()


def pack(examples: Sequence[Example], views: Sequence[str], pad: int) -> Batch:
    """One row for each example, its texts one after the other; views[i] is looked at for row i."""
    width = max(example.words for example in examples)
    shape = (len(examples), width)
    words, targets = np.full(shape, pad, np.int64), np.full(shape, IGNORED, np.int64)
    segments, positions = np.full(shape, PADDING, np.int64), np.zeros(shape, np.int64)
    for row, example in enumerate(examples):
        at = 0
        for number, text in enumerate(example.texts):
            place = slice(at, at + len(text))
            words[row, place] = [*text.given, *text.wanted[:-1]]
            targets[row, at + len(text.given) - 1 : at + len(text)] = text.wanted
            segments[row, place] = number
            positions[row, place] = np.arange(len(text))
            at += len(text)
    layout = PackedLayout(torch.from_numpy(segments), torch.from_numpy(positions))
    pairs = [(view, example.index) for view, example in zip(views, examples, strict=True)]
    rows = tuple(examples)
    return Batch(pairs, torch.from_numpy(words), torch.from_numpy(targets), layout, rows)


def epoch(
    examples: Sequence[Example], size: int, rng: np.random.Generator, pad: int, pool: int = 12
) -> Iterator[Batch]:
    """All examples once, in random order, rows of like length together (little padding).

    Every picture is looked at in one of its views, chosen at random.
    """
    order = rng.permutation(len(examples))
    for start in range(0, len(order), size * pool):
        near = sorted(order[start : start + size * pool], key=lambda i: examples[i].words)
        chunks = [near[i : i + size] for i in range(0, len(near), size)]
        for number in rng.permutation(len(chunks)):
            rows = [examples[i] for i in chunks[number]]
            views = [str(rng.choice(example.views)) for example in rows]
            yield pack(rows, views, pad)


def blank_words(batch: Batch, blank: int, share: float, rng: np.random.Generator) -> Tensor:
    """Word dropout: a share of the learned texts' input words hidden, prompts untouched.

    Without it the model leans on the words it has said and looks too little at the picture.
    """
    learned = torch.zeros_like(batch.targets, dtype=torch.bool)
    learned[:, 1:] = batch.targets[:, :-1] != IGNORED  # inputs that were targets one place before
    learned &= batch.layout.positions > 0  # the next text's prompt was nobody's target
    hidden = torch.from_numpy(rng.random(tuple(learned.shape)) < share) & learned
    return batch.words.masked_fill(hidden, blank)
