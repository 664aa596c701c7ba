"""Spoken questions judged: answered from sound and picture, and transcribed first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from mmdesk.fusion.generation import generate
from mmdesk.fusion.transformer import FusedTransformer
from mmdesk.inputs.audio import from_samples
from mmdesk.messages import SAMPLE_RATE, NeverCancelled, Transcript
from mmdesk.perception.asking import taught
from mmdesk.perception.hear import Listener
from mmdesk.perception.pieces import QUESTION, Words
from mmdesk.training.features import Features
from mmdesk.training.judge import Answered, answer_all
from mmdesk.training.measure import rules_for
from mmdesk.training.question_list import Asked
from mmdesk.training.speech import Clip, Encoder, speak, whisper_encoder


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


def product_ways(speech_part: Path, threads: int) -> Ways:
    """As the window hears: Whisper, then the question brought into a taught form."""
    listener = Listener(speech_part, threads)

    def transcribe(samples: np.ndarray) -> str:
        sound = from_samples(samples, SAMPLE_RATE, "question")
        heard = listener.hear(sound, "en", NeverCancelled())
        return "".join(part.text for part in heard if isinstance(part, Transcript))

    return Ways(whisper_encoder(speech_part, threads), transcribe, taught)


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
