"""Spoken questions judged: transcribed first, heard by the fused model, and answered from sound."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from mmdesk.fusion import FusedTransformer, RecognizedQuestion, generate, recognize_question
from mmdesk.inputs import from_samples
from mmdesk.perception import QUESTION_TOKEN, FusedTokenizer, Transcriber, as_known_question
from mmdesk.training.data.features import Features
from mmdesk.training.data.question_list import KnownQuestion
from mmdesk.training.eval.answer_scores import JudgedAnswer, answer_all
from mmdesk.training.eval.caption_scores import rules_for
from mmdesk.training.speech.clips import Encoder
from mmdesk.training.speech.voices import Clip, speak
from mmdesk.values import SAMPLE_RATE, NeverCancelled, Transcript


@dataclass(frozen=True, slots=True)
class RecognitionMethods:
    """How a recording reaches a fused model.

    Attributes:
        encode: its frames, for the model that hears by itself.
        transcribe: the words heard; taught: the words -> the question in the form that is taught,
            None for none.
    """

    encode: Encoder
    transcribe: Callable[[np.ndarray], str]
    taught: Callable[[str], str | None] = as_known_question


def encoder(transcriber: Transcriber) -> Encoder:
    """Frames as the product makes them, of speech of any length."""

    def encode(samples: np.ndarray) -> np.ndarray | None:
        return transcriber.speech_frames(from_samples(samples, SAMPLE_RATE, "question"), math.inf)

    return encode


def product_ways(speech_part: Path, threads: int) -> RecognitionMethods:
    """As the window hears: Whisper, then the question brought into a taught form."""
    transcriber = Transcriber(speech_part, threads)

    def transcribe(samples: np.ndarray) -> str:
        sound = from_samples(samples, SAMPLE_RATE, "question")
        heard = transcriber.transcribe(sound, "en", NeverCancelled())
        return "".join(part.text for part in heard if isinstance(part, Transcript))

    return RecognitionMethods(encoder(transcriber), transcribe)


class CachedEncoder:
    """Transcripts by the digest of their sound, kept in a file: transcribing takes most of the
    time, and does not depend on the model that is judged.
    """

    def __init__(self, transcribe: Callable[[np.ndarray], str], path: Path) -> None:
        self._transcribe = transcribe
        self._path = path
        self._known: dict[str, str] = json.loads(path.read_text("utf-8")) if path.exists() else {}

    def __call__(self, samples: np.ndarray) -> str:
        digest = hashlib.sha256(samples.tobytes()).hexdigest()
        if digest not in self._known:
            self._known[digest] = self._transcribe(samples)
            self._path.write_text(json.dumps(self._known), "utf-8")
        return self._known[digest]


@dataclass(frozen=True, slots=True)
class Recording:
    """A clip as both ways have it: `words` transcribed, in a taught form (None for none); `heard`
    by the fused model (None where nobody was heard to speak).
    """

    transcript: str
    words: str | None
    heard: RecognizedQuestion | None

    def meant(
        self, words: FusedTokenizer, sure_from: float, heard_first: bool = False
    ) -> str | None:
        """What it is taken for: the words, and what was heard where they are none, as the product
        does; or the other way round.
        """
        heard = self.heard_text(words, sure_from)
        return (heard or self.words) if heard_first else (self.words or heard)

    def told(self, words: FusedTokenizer) -> dict[str, Any]:
        """For a report."""
        if self.heard is None:
            return {"transcript": self.transcript}
        text = words.decode(self.heard.text.ids)
        odds = round(math.exp(self.heard.text.log_probability), 4)
        return {"transcript": self.transcript, "heard": text, "probability": odds}

    def heard_text(self, words: FusedTokenizer, sure_from: float) -> str | None:
        """The question that was heard, where it is one and is sure."""
        if self.heard is None or math.exp(self.heard.text.log_probability) < sure_from:
            return None
        return words.decode(self.heard.text.ids) or None


def record(
    model: FusedTransformer,
    words: FusedTokenizer,
    questions: Sequence[str],
    clips: Sequence[Clip],
    ways: RecognitionMethods,
) -> list[Recording]:
    """Every clip spoken, transcribed and heard by a model that knows these questions."""
    known = [words.encode(question) for question in questions]
    recordings = []
    for clip in clips:
        sound = speak(clip)
        frames, transcript = ways.encode(sound), ways.transcribe(sound)
        heard = None
        if frames is not None:
            (heard,) = recognize_question(model, torch.from_numpy(frames[None]), known, words.end)
        recordings.append(Recording(transcript, ways.taught(transcript), heard))
    return recordings


def judge_questions(
    model: FusedTransformer,
    features: Features,
    words: FusedTokenizer,
    asked: Sequence[KnownQuestion],
    recordings: Sequence[Recording],
    sure_from: float,
) -> dict[str, Any]:
    """Right answers by every way, one recording for each question; an answer always counts,
    however unsure.
    """

    def typed(questions: Sequence[str | None]) -> dict[str, int]:
        known = [(one, text) for one, text in zip(asked, questions, strict=True) if text]
        answers = answer_all(model, features, words, [_reworded(*pair) for pair in known])
        return {
            "understood": sum(one.question.text == text for one, text in known),
            "right": sum(answer.right for answer in answers),
        }

    direct = [
        _answered(model, features, words, one, recording.heard)
        for one, recording in zip(asked, recordings, strict=True)
        if recording.heard is not None
    ]
    return {
        "questions": len(asked),
        "typed": typed([one.question.text for one in asked]),
        "transcribed": typed([recording.words for recording in recordings]),
        "heard": typed([recording.heard_text(words, 0.0) for recording in recordings]),
        "from_sound": {"right": sum(answer.right for answer in direct)},
        "product": typed([recording.meant(words, sure_from) for recording in recordings]),
        "heard_first": typed([recording.meant(words, sure_from, True) for recording in recordings]),
    }


def judge_others(
    words: FusedTokenizer, recordings: Sequence[Recording], sure_from: float
) -> dict[str, Any]:
    """Of recordings that are no taught question, those that are taken for one."""
    return {
        "sentences": len(recordings),
        "transcribed": sum(recording.words is not None for recording in recordings),
        "product": sum(recording.meant(words, sure_from) is not None for recording in recordings),
    }


def _answered(
    model: FusedTransformer,
    features: Features,
    words: FusedTokenizer,
    one: KnownQuestion,
    heard: RecognizedQuestion,
) -> JudgedAnswer:
    """JudgedAnswer from picture and sound; no word of the question is given."""
    grid, labels = features.get([(one.view, one.index)])
    mark, end_mark = words.prompt(QUESTION_TOKEN)
    prompt = torch.tensor([[mark, *[words.blank] * len(heard.text.ids), end_mark]])
    (made,) = generate(
        model.eval(),
        torch.from_numpy(grid),
        torch.from_numpy(labels),
        prompt,
        rules_for(words, longest=12, no_repeat=2),
        spoken=heard.spoken,
    )
    text = words.decode(made.ids)
    return JudgedAnswer(one, text, made.probability, one.question.is_right(text))


def _reworded(asked: KnownQuestion, question: str) -> KnownQuestion:
    """The same picture and accepted answers, with the question as it was understood."""
    return replace(asked, question=replace(asked.question, text=question))
