"""Trainer of the fused model's speech encoder.

Every other weight stays frozen, so that everything the model does with typed text stays the same to
the bit. There are three losses: cross-entropy of the known question (of other sentences: none),
CTC of the words that are really spoken, and the divergence of the answers from those to the typed
question.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from mmdesk.fusion import (
    FusedConfig,
    FusedTransformer,
    PackedLayout,
    SpeechFeatures,
    recognize_question,
)
from mmdesk.perception import FusedTokenizer
from mmdesk.training.data.batches import IGNORED, Batch, Example
from mmdesk.training.multitask import TextPool
from mmdesk.training.speech.clips import SpeechCache
from mmdesk.training.trainer import EpochExamples, Trainer

ABSENT_SHARE = 0.15  # of the examples, questions whose answer is no
MAX_MASKED = 10  # frames masked together at most (SpecAugment, Park et al. 2019)
MAX_SHIFT = 4  # frames by which a clip is shifted at most
EXTRA_CLIPS = 48  # in every step, next to those of the questions about its pictures
MAX_CTC_CHARACTERS = 60  # a longer sentence, spoken slowly, may be cut off
SPEECH_WORDS = FusedConfig(0).speech_words


def questions_of_pools(pools: Sequence[TextPool], tokenizer: FusedTokenizer) -> list[str]:
    """Return all questions that are asked about any of the pictures, in alphabetical order."""
    texts = [text for pool in pools for text in (*pool.questions, *pool.absent)]
    return sorted({question_of(tokenizer, text.prompt) for text in texts})


def spoken_epochs(pools: Sequence[TextPool], seed: int) -> EpochExamples:
    """Return epochs of each picture with one of its questions.

    For the share ABSENT_SHARE it is one whose answer is no, where the picture has any.
    """

    def examples(number: int) -> list[Example]:
        rng = np.random.default_rng([seed, 13, number])
        drawn = []
        for pool in pools:
            texts = pool.absent if pool.absent and rng.random() < ABSENT_SHARE else pool.questions
            if texts:
                text = texts[int(rng.integers(len(texts)))]
                drawn.append(Example(pool.index, (text,), pool.views))
        return drawn

    return examples


def question_of(tokenizer: FusedTokenizer, prompt: Sequence[int]) -> str:
    """Return the question of a prompt, without the two special tokens around it."""
    return tokenizer.decode(prompt[1:-1])


class SpokenTrainer(Trainer):
    """Trainer over one-question examples.

    A step has a clip of each question of the batch, and EXTRA_CLIPS drawn from all clips.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.speech = SpeechCache(self.features.folder)
        known = sorted({question for question in self.speech.questions if question})
        self.folder.questions.write_text(json.dumps(known, indent=1) + "\n", "utf-8")
        self.known = [self.tokenizer.encode(question) for question in known]

    def loss(self, batch: Batch) -> Tensor:
        """Return the sum of the three losses."""
        rng = np.random.default_rng([self.recipe.seed, 17, self.step])
        questions = [question_of(self.tokenizer, one.texts[0].prompt) for one in batch.examples]
        clips = self.speech.draw(questions, rng)
        clips += [int(clip) for clip in rng.choice(self.speech.train, EXTRA_CLIPS)]
        frames = torch.from_numpy(augment(self.speech.at(clips), rng))
        frames = frames * (1 + self.recipe.feature_noise * torch.randn(frames.shape))
        self.model.eval()  # no dropout in what is frozen
        assert self.model.speech is not None
        self.model.speech.train()
        logits, embeddings, encoded = self.model.encode_speech_frames(frames)
        targets = question_targets(self.tokenizer, [self.speech.questions[clip] for clip in clips])
        counts = torch.tensor([len(self.tokenizer.encode(question)) for question in questions])
        return (
            functional.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=IGNORED)
            + self._ctc_loss(encoded, [self.speech.texts[clip] for clip in clips])
            + self._answer_loss(batch, SpeechFeatures(embeddings[: len(questions)], counts))
        )

    def _ctc_loss(self, encoded: Tensor, texts: Sequence[str]) -> Tensor:
        """Return the CTC loss (Graves et al. 2006) of the spoken words, per token.

        Sentences that may be cut off are left out.
        """
        whole = [row for row, text in enumerate(texts) if len(text) <= MAX_CTC_CHARACTERS]
        log_probabilities = self.model.predict(encoded[whole]).log_softmax(dim=-1)
        ids = [torch.tensor(self.tokenizer.encode(texts[row])) for row in whole]
        lengths = torch.tensor([len(one) for one in ids])
        return functional.ctc_loss(
            log_probabilities.transpose(0, 1),
            torch.cat(ids),
            torch.full((len(whole),), log_probabilities.shape[1]),
            lengths,
            blank=self.tokenizer.blank,
            zero_infinity=True,
        )

    def _answer_loss(self, batch: Batch, spoken: SpeechFeatures) -> Tensor:
        """Return the Kullback-Leibler divergence of the answers from those to the typed question.

        It is the mean per target token.
        """
        grid, labels = (torch.from_numpy(array) for array in self.features.get(batch.pairs))
        with torch.no_grad():
            image = self.model.image_tokens(grid, labels)
            typed = self._log_probabilities(image, batch, None)
        heard = self._log_probabilities(image, batch, spoken)
        return functional.kl_div(heard, typed, reduction="batchmean", log_target=True)

    def _log_probabilities(
        self, image: Tensor, batch: Batch, spoken: SpeechFeatures | None
    ) -> Tensor:
        layout = PackedLayout(batch.layout.segments, batch.layout.positions)
        hidden = self.model.hidden(image, batch.input_ids, layout, spoken)
        learned = batch.targets != IGNORED
        return self.model.predict(hidden[learned]).log_softmax(dim=-1)

    def evaluate(self) -> None:
        """Score the EMA weights on the held-out clips."""
        self.ema.swap(self.model)
        clips = self.speech.held_out
        texts = recognized_questions(self.model, self.speech.at(clips), self.known, self.tokenizer)
        wanted = [self.speech.questions[clip] for clip in clips]
        pairs = [(text, question) for text, question in zip(texts, wanted, strict=True)]
        scores = {
            "questions": _share([text == question for text, question in pairs if question]),
            "others": _share([text == "" for text, question in pairs if not question]),
        }
        self.keep_best(scores["questions"] + scores["others"], scores)
        self.ema.swap(self.model)
        self.report_scores(scores, texts[:5])


def _share(right: Sequence[bool]) -> float:
    return round(sum(right) / max(len(right), 1), 4)


def question_targets(
    tokenizer: FusedTokenizer, questions: Sequence[str], length: int = SPEECH_WORDS
) -> Tensor:
    """Return int64 targets [B, length]: each question's ids and the end, IGNORED behind it."""
    rows = []
    for question in questions:
        ids = [*(tokenizer.encode(question) if question else []), tokenizer.end][:length]
        rows.append(ids + [IGNORED] * (length - len(ids)))
    return torch.tensor(rows)


def augment(frames: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return clips [B, S, width] shifted a little in time, with masked frames in half of them."""
    augmented = frames.copy()
    for row in range(len(augmented)):
        shift = int(rng.integers(-MAX_SHIFT // 2, MAX_SHIFT + 1))
        augmented[row] = np.roll(augmented[row], shift, axis=0)
        if rng.random() < 0.5:
            start = int(rng.integers(augmented.shape[1]))
            augmented[row, start : start + int(rng.integers(1, MAX_MASKED + 1))] = 0
    return augmented


def recognized_questions(
    model: FusedTransformer,
    frames: np.ndarray,
    known: Sequence[Sequence[int]],
    tokenizer: FusedTokenizer,
) -> list[str]:
    """Return the question recognised in each clip, "" for none.

    Args:
        model: with a speech encoder.
        frames: [N, S, speech_width].
        known: ids of the known questions.
        tokenizer: of the model.
    """
    model.eval()
    texts: list[str] = []
    for start in range(0, len(frames), 64):
        questions = recognize_question(
            model, torch.from_numpy(frames[start : start + 64]), known, tokenizer.end
        )
        texts += [tokenizer.decode(question.text.ids) for question in questions]
    return texts
