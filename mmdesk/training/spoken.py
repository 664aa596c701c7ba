"""Questions answered from sound and pixels: speech as a third kind of token, and how well it does.

Every example is one picture with one question. In every other step the question is typed, in the
others it is spoken by a voice drawn at random, and no word of it is given.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from mmdesk.fusion.generation import generate
from mmdesk.fusion.transformer import FusedTransformer
from mmdesk.perception.pieces import QUESTION, Words
from mmdesk.training.batches import IGNORED, Batch, Example, Text, pack
from mmdesk.training.features import Features
from mmdesk.training.judge import Answered, answer_all
from mmdesk.training.measure import rules_for
from mmdesk.training.multitask import Pool
from mmdesk.training.question_list import Asked
from mmdesk.training.speech import Clip, Encoder, Speech, speak
from mmdesk.training.trainer import Lesson, Trainer, narrowed


def taught_questions(pools: Sequence[Pool], words: Words) -> list[str]:
    """Every question that is asked of any of the pictures, in order of the alphabet."""
    texts = [text for pool in pools for text in (*pool.questions, *pool.absent)]
    return sorted({question_of(words, text.given) for text in texts})


def spoken_lesson(pools: Sequence[Pool], seed: int) -> Lesson:
    """Every epoch: each picture with one of its questions, of which 'is there' is one in four."""

    def examples(number: int) -> list[Example]:
        rng = np.random.default_rng([seed, 13, number])
        drawn = []
        for pool in pools:
            texts = pool.absent if pool.absent and rng.random() < 0.15 else pool.questions
            if texts:
                text = texts[int(rng.integers(len(texts)))]
                drawn.append(Example(pool.index, (text,), pool.views))
        return drawn

    return examples


class SpokenTrainer(Trainer):
    """The trainer's loop over one-question examples, every other step spoken."""

    speech: Speech

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
        with narrowed():
            image = self.model.image_tokens(grid, labels, frames)
            hidden = self.model.hidden(image, spoken.words, spoken.layout)
            logits = self.model.predict(hidden[learned])
        return functional.cross_entropy(logits.float(), spoken.targets[learned])


def question_of(words: Words, given: Sequence[int]) -> str:
    """The question in a prompt's ids, without the two marks around it."""
    return words.decode(given[1:-1])


def answer_spoken(
    model: FusedTransformer,
    features: Features,
    words: Words,
    asked: Sequence[Asked],
    frames: np.ndarray,
) -> list[Answered]:
    """Answers from picture and sound alone; frames [N, FRAMES, WIDTH], one for each question."""
    grid, labels = features.get([(one.view, one.index) for one in asked])
    prompt = torch.tensor([words.prompt(QUESTION)] * len(asked))
    said = generate(
        model.eval(),
        torch.from_numpy(grid),
        torch.from_numpy(labels),
        prompt,
        rules_for(words, longest=12, no_repeat=2),
        speech=torch.from_numpy(frames.astype(np.float32)),
    )
    return [
        Answered(one, text, made.probability, one.question.is_right(text))
        for one, made in zip(asked, said, strict=True)
        for text in [words.decode(made.ids)]
    ]


@dataclass(frozen=True, slots=True)
class Ways:
    """How spoken questions reach a fused model.

    Attributes:
        encode: a clip's frames, for the model that hears by itself.
        transcribe: a clip's samples -> the words heard; taught: the words -> the question in the
            form that is taught, None for none.
    """

    encode: Encoder
    transcribe: Callable[[np.ndarray], str]
    taught: Callable[[str], str | None]


def judge_spoken(
    hearing: FusedTransformer,
    typed: FusedTransformer,
    features: Features,
    words: Words,
    asked: Sequence[Asked],
    clips: Sequence[Clip],
    ways: Ways,
) -> dict[str, Any]:
    """Right answers of the model that hears, and of the one that reads what was transcribed.

    Args:
        clips: one for each question.
    """
    sounds = [speak(clip) for clip in clips]
    frames = np.stack([ways.encode(sound) for sound in sounds])
    heard = [ways.transcribe(sound) for sound in sounds]
    understood = [ways.taught(text) for text in heard]
    readable = [
        (one, question) for one, question in zip(asked, understood, strict=True) if question
    ]
    by_sound = answer_spoken(hearing, features, words, asked, frames)
    by_words = answer_all(typed, features, words, [_reworded(one, q) for one, q in readable])
    return {
        "questions": len(asked),
        "heard_as_asked": sum(
            question == one.question.text for one, question in zip(asked, understood, strict=True)
        ),
        "right_from_sound": sum(answer.right for answer in by_sound),
        "right_from_words": sum(answer.right for answer in by_words),
        "transcripts": heard,
    }


def _reworded(asked: Asked, question: str) -> Asked:
    """The same picture and accepted answers, with the question as it was understood."""
    return replace(asked, question=replace(asked.question, text=question))
