"""The fused model learns to hear questions, and nothing else: every other weight stays as it is, so
that all it does with typed words stays the same to the bit.

Three losses: what the words of the question are, as it is taught (none, of other sentences); what
is said word for word; and to answer as if the question had been typed.
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
from mmdesk.training.multitask import Pool
from mmdesk.training.speech.clips import SpeechClips
from mmdesk.training.trainer import Lesson, Trainer

DENIED = 0.15
MASKED = 10  # frames at most that are hidden at one place (SpecAugment, Park et al. 2019)
SHIFTED = 4  # frames at most by which a clip is moved
CLIPS = 48  # in every step, beside those of the questions about its pictures
LONGEST = 60  # characters of a sentence that is not cut off, however slowly it is spoken
SPEECH_WORDS = FusedConfig(0).speech_words


def taught_questions(pools: Sequence[Pool], words: FusedTokenizer) -> list[str]:
    """Every question that is asked of any of the pictures, in order of the alphabet."""
    texts = [text for pool in pools for text in (*pool.questions, *pool.absent)]
    return sorted({question_of(words, text.given) for text in texts})


def spoken_lesson(pools: Sequence[Pool], seed: int) -> Lesson:
    """Every epoch: each picture with one of its questions, for the share DENIED one whose answer is
    no, where it has any.
    """

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


def question_of(words: FusedTokenizer, given: Sequence[int]) -> str:
    """The question in a prompt's ids, without the two marks around it."""
    return words.decode(given[1:-1])


class SpokenTrainer(Trainer):
    """The trainer's loop over one-question examples: a clip of each question, and CLIPS more, all
    kinds of which come equally often.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.speech = SpeechClips(self.features.folder)
        known = sorted({question for question in self.speech.questions if question})
        self.folder.questions.write_text(json.dumps(known, indent=1) + "\n", "utf-8")
        self.known = [self.words.encode(question) for question in known]

    def loss(self, batch: Batch) -> Tensor:
        rng = np.random.default_rng([self.recipe.seed, 17, self.step])
        questions = [question_of(self.words, one.texts[0].given) for one in batch.examples]
        places = self.speech.draw(questions, rng)
        places += [int(place) for place in rng.choice(self.speech.learned, CLIPS)]
        frames = torch.from_numpy(varied(self.speech.at(places), rng))
        frames = frames * (1 + self.recipe.noise * torch.randn(frames.shape))
        self.model.eval()  # what is frozen has nothing to learn from dropout
        assert self.model.speech is not None
        self.model.speech.train()
        logits, heard, told = self.model.encode_speech_frames(frames)
        wanted = targets(self.words, [self.speech.questions[place] for place in places])
        counts = torch.tensor([len(self.words.encode(question)) for question in questions])
        return (
            functional.cross_entropy(logits.flatten(0, 1), wanted.flatten(), ignore_index=IGNORED)
            + self._of_frames(told, [self.speech.texts[place] for place in places])
            + self._of_answers(batch, SpeechFeatures(heard[: len(questions)], counts))
        )

    def _of_frames(self, told: Tensor, texts: Sequence[str]) -> Tensor:
        """Connectionist temporal classification (Graves et al. 2006) of what is really said, per
        word; of sentences that may be cut off, nothing.
        """
        whole = [row for row, text in enumerate(texts) if len(text) <= LONGEST]
        odds = self.model.predict(told[whole]).log_softmax(dim=-1)
        ids = [torch.tensor(self.words.encode(texts[row])) for row in whole]
        lengths = torch.tensor([len(one) for one in ids])
        return functional.ctc_loss(
            odds.transpose(0, 1),
            torch.cat(ids),
            torch.full((len(whole),), odds.shape[1]),
            lengths,
            blank=self.words.blank,
            zero_infinity=True,
        )

    def _of_answers(self, batch: Batch, spoken: SpeechFeatures) -> Tensor:
        """How far the answers' odds are from those to the typed question (Kullback-Leibler), per
        learned word.
        """
        grid, labels = (torch.from_numpy(array) for array in self.features.get(batch.pairs))
        with torch.no_grad():
            image = self.model.image_tokens(grid, labels)
            typed = self._odds(image, batch, None)
        told = self._odds(image, batch, spoken)
        return functional.kl_div(told, typed, reduction="batchmean", log_target=True)

    def _odds(self, image: Tensor, batch: Batch, spoken: SpeechFeatures | None) -> Tensor:
        layout = PackedLayout(batch.layout.segments, batch.layout.positions)
        hidden = self.model.hidden(image, batch.words, layout, spoken)
        learned = batch.targets != IGNORED
        return self.model.predict(hidden[learned]).log_softmax(dim=-1)

    def evaluate(self) -> None:
        """Measure the averaged weights on the clips that were held back."""
        self.average.exchange(self.model)
        said = heard_texts(
            self.model, self.speech.at(self.speech.held_back), self.known, self.words
        )
        wanted = [self.speech.questions[place] for place in self.speech.held_back]
        pairs = [(text, question) for text, question in zip(said, wanted, strict=True)]
        scores = {
            "questions": _share([text == question for text, question in pairs if question]),
            "others": _share([text == "" for text, question in pairs if not question]),
        }
        self.keep_best(scores["questions"] + scores["others"], scores)
        self.average.exchange(self.model)
        self.tell(scores, said[:5])


def _share(right: Sequence[bool]) -> float:
    return round(sum(right) / max(len(right), 1), 4)


def targets(words: FusedTokenizer, questions: Sequence[str], places: int = SPEECH_WORDS) -> Tensor:
    """[B, places] int64: each question's ids and the end; nothing is learned behind it."""
    rows = []
    for question in questions:
        ids = [*(words.encode(question) if question else []), words.end][:places]
        rows.append(ids + [IGNORED] * (places - len(ids)))
    return torch.tensor(rows)


def varied(frames: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Clips [B, S, width] a little earlier or later, some frames hidden in half of them."""
    made = frames.copy()
    for row in range(len(made)):
        made[row] = np.roll(made[row], int(rng.integers(-SHIFTED // 2, SHIFTED + 1)), axis=0)
        if rng.random() < 0.5:
            start = int(rng.integers(made.shape[1]))
            made[row, start : start + int(rng.integers(1, MASKED + 1))] = 0
    return made


def heard_texts(
    model: FusedTransformer,
    frames: np.ndarray,
    known: Sequence[Sequence[int]],
    words: FusedTokenizer,
) -> list[str]:
    """The question in each clip, "" for none; frames [N, S, speech_width]."""
    model.eval()
    texts: list[str] = []
    for start in range(0, len(frames), 64):
        questions = recognize_question(
            model, torch.from_numpy(frames[start : start + 64]), known, words.end
        )
        texts += [words.decode(question.text.ids) for question in questions]
    return texts
