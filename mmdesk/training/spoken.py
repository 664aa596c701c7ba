"""Questions answered from sound and pixels: speech as a third kind of token, and how well it does.

Every example is one picture with one question. In every other step the question is typed, in the
others it is spoken by a voice drawn at random, and no word of it is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from mmdesk.perception.pieces import QUESTION, Words
from mmdesk.training.batches import IGNORED, Batch, Example, Text, pack
from mmdesk.training.multitask import Pool
from mmdesk.training.speech import Speech
from mmdesk.training.trainer import Lesson, Trainer

DENIED = 0.15


def taught_questions(pools: Sequence[Pool], words: Words) -> list[str]:
    """Every question that is asked of any of the pictures, in order of the alphabet."""
    texts = [text for pool in pools for text in (*pool.questions, *pool.absent)]
    return sorted({question_of(words, text.given) for text in texts})


def spoken_lesson(pools: Sequence[Pool], seed: int) -> Lesson:
    """Every epoch: each picture with one of its questions, for the share DENIED one whose answer is
    no, where it has any."""

    def examples(number: int) -> list[Example]:
        rng = np.random.default_rng([seed, 13, number])
        drawn = []
        for pool in pools:
            texts = pool.absent if pool.absent and rng.random() < DENIED else pool.questions
            if texts:
                text = texts[int(rng.integers(len(texts)))]
                drawn.append(Example(pool.index, (text,), pool.views))
        return drawn

    return examples


class SpokenTrainer(Trainer):
    """The trainer's loop over one-question examples, every other step spoken."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.speech = Speech(self.features.folder)

    def loss(self, batch: Batch) -> Tensor:
        if self.step % 2:
            return super().loss(batch)
        return self._spoken_loss(batch)

    def _spoken_loss(self, batch: Batch) -> Tensor:
        rng = np.random.default_rng([self.recipe.seed, 17, self.step])
        questions = [question_of(self.words, example.texts[0].given) for example in batch.examples]
        frames = torch.from_numpy(self.speech.draw(questions, rng))
        unsaid = tuple(self.words.prompt(QUESTION))
        examples = [
            Example(one.index, (Text(unsaid, one.texts[0].wanted),), one.views)
            for one in batch.examples
        ]
        spoken = pack(examples, [view for view, _ in batch.pairs], self.words.pad)
        grid, labels = (torch.from_numpy(array) for array in self.features.get(batch.pairs))
        grid = grid * (1 + self.recipe.noise * torch.randn(grid.shape))
        learned = spoken.targets != IGNORED
        logits = self.predicted(grid, labels, spoken.words, spoken.layout, learned, frames)
        return functional.cross_entropy(logits, spoken.targets[learned])


def question_of(words: Words, given: Sequence[int]) -> str:
    """The question in a prompt's ids, without the two marks around it."""
    return words.decode(given[1:-1])
