"""Evaluation of spoken questions: transcribed, recognised and answered by the fused model."""

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
from mmdesk.training.data.feature_cache import FeatureCache
from mmdesk.training.data.question_list import EvalQuestion
from mmdesk.training.eval.answer_scores import JudgedAnswer, answer_all, judge
from mmdesk.training.eval.caption_scores import rules_for
from mmdesk.training.speech.clips import Encoder
from mmdesk.training.speech.voices import Clip, speak
from mmdesk.values import SAMPLE_RATE, NeverCancelled, Transcript


@dataclass(frozen=True, slots=True)
class RecognitionMethods:
    """Functions from a recording to what a fused model can be asked with.

    Attributes:
        encode: samples -> frames for the speech encoder.
        transcribe: samples -> transcript.
        known_question: transcript -> the known question it means, None for none.
    """

    encode: Encoder
    transcribe: Callable[[np.ndarray], str]
    known_question: Callable[[str], str | None] = as_known_question


def speech_encoder(transcriber: Transcriber) -> Encoder:
    """Return the encoder of mmdesk itself, for speech of any length."""

    def encode(samples: np.ndarray) -> np.ndarray | None:
        return transcriber.speech_frames(from_samples(samples, SAMPLE_RATE, "question"), math.inf)

    return encode


def product_methods(speech_part: Path, threads: int) -> RecognitionMethods:
    """Return the methods of mmdesk itself: Whisper, then the known form of the question."""
    transcriber = Transcriber(speech_part, threads)

    def transcribe(samples: np.ndarray) -> str:
        sound = from_samples(samples, SAMPLE_RATE, "question")
        events = transcriber.transcribe(sound, "en", NeverCancelled())
        return "".join(event.text for event in events if isinstance(event, Transcript))

    return RecognitionMethods(speech_encoder(transcriber), transcribe)


class TranscriptCache:
    """Transcribing function whose results are kept in a file, by the digest of their samples.

    Transcribing takes most of the time and does not depend on the evaluated model.
    """

    def __init__(self, transcribe: Callable[[np.ndarray], str], path: Path) -> None:
        self._transcribe = transcribe
        self._path = path
        self._known: dict[str, str] = json.loads(path.read_text("utf-8")) if path.exists() else {}

    def __call__(self, samples: np.ndarray) -> str:
        """Return the transcript of float32 samples at 16 kHz."""
        digest = hashlib.sha256(samples.tobytes()).hexdigest()
        if digest not in self._known:
            self._known[digest] = self._transcribe(samples)
            self._path.write_text(json.dumps(self._known), "utf-8")
        return self._known[digest]


@dataclass(frozen=True, slots=True)
class RecognizedClip:
    """Results of both methods for one clip.

    Attributes:
        transcript: of Whisper.
        transcribed: known question that the transcript means, None for none.
        heard: question recognised by the fused model, None without detected speech.
    """

    transcript: str
    transcribed: str | None
    heard: RecognizedQuestion | None

    def question(
        self, tokenizer: FusedTokenizer, sure_from: float, heard_first: bool = False
    ) -> str | None:
        """Return the question the clip is taken for.

        mmdesk prefers the transcript, and uses the heard question where the transcript is none;
        `heard_first` swaps the order.
        """
        heard = self.heard_text(tokenizer, sure_from)
        return (heard or self.transcribed) if heard_first else (self.transcribed or heard)

    def heard_text(self, tokenizer: FusedTokenizer, sure_from: float) -> str | None:
        """Return the heard question if there is one with at least the probability `sure_from`."""
        if self.heard is None or math.exp(self.heard.text.log_probability) < sure_from:
            return None
        return tokenizer.decode(self.heard.text.ids) or None

    def to_dict(self, tokenizer: FusedTokenizer) -> dict[str, Any]:
        """Return the clip's entry for a report."""
        if self.heard is None:
            return {"transcript": self.transcript}
        text = tokenizer.decode(self.heard.text.ids)
        probability = round(math.exp(self.heard.text.log_probability), 4)
        return {"transcript": self.transcript, "heard": text, "probability": probability}


def recognize_clips(
    model: FusedTransformer,
    tokenizer: FusedTokenizer,
    questions: Sequence[str],
    clips: Sequence[Clip],
    methods: RecognitionMethods,
) -> list[RecognizedClip]:
    """Synthesise every clip and recognise it with both methods; the model knows `questions`."""
    known = [tokenizer.encode(question) for question in questions]
    recognized = []
    for clip in clips:
        samples = speak(clip)
        frames, transcript = methods.encode(samples), methods.transcribe(samples)
        heard = None
        if frames is not None:
            (heard,) = recognize_question(
                model, torch.from_numpy(frames[None]), known, tokenizer.end
            )
        recognized.append(RecognizedClip(transcript, methods.known_question(transcript), heard))
    return recognized


def judge_questions(
    model: FusedTransformer,
    features: FeatureCache,
    tokenizer: FusedTokenizer,
    asked: Sequence[EvalQuestion],
    recognized: Sequence[RecognizedClip],
    sure_from: float,
) -> dict[str, Any]:
    """Count right answers by each method, with one clip for each question.

    Every answer counts, however improbable.
    """

    def as_typed(questions: Sequence[str | None]) -> dict[str, int]:
        understood = [(one, text) for one, text in zip(asked, questions, strict=True) if text]
        answers = answer_all(model, features, tokenizer, [_reworded(*one) for one in understood])
        return {
            "understood": sum(one.question.text == text for one, text in understood),
            "right": sum(answer.right for answer in answers),
        }

    from_sound = [
        _answer_sound(model, features, tokenizer, one, clip.heard)
        for one, clip in zip(asked, recognized, strict=True)
        if clip.heard is not None
    ]
    heard_first = [clip.question(tokenizer, sure_from, True) for clip in recognized]
    return {
        "questions": len(asked),
        "typed": as_typed([one.question.text for one in asked]),
        "transcribed": as_typed([clip.transcribed for clip in recognized]),
        "heard": as_typed([clip.heard_text(tokenizer, 0.0) for clip in recognized]),
        "from_sound": {"right": sum(answer.right for answer in from_sound)},
        "product": as_typed([clip.question(tokenizer, sure_from) for clip in recognized]),
        "heard_first": as_typed(heard_first),
    }


def judge_others(
    tokenizer: FusedTokenizer, recognized: Sequence[RecognizedClip], sure_from: float
) -> dict[str, Any]:
    """Count the clips that are no known question but are taken for one."""
    questions = [clip.question(tokenizer, sure_from) for clip in recognized]
    return {
        "sentences": len(recognized),
        "transcribed": sum(clip.transcribed is not None for clip in recognized),
        "product": sum(question is not None for question in questions),
    }


def _answer_sound(
    model: FusedTransformer,
    features: FeatureCache,
    tokenizer: FusedTokenizer,
    one: EvalQuestion,
    heard: RecognizedQuestion,
) -> JudgedAnswer:
    """Answer from picture and sound; the prompt holds blanks in place of the question."""
    grid, labels = features.get([(one.view, one.index)])
    start, end = tokenizer.prompt(QUESTION_TOKEN)
    prompt = torch.tensor([[start, *[tokenizer.blank] * len(heard.text.ids), end]])
    (answer,) = generate(
        model.eval(),
        torch.from_numpy(grid),
        torch.from_numpy(labels),
        prompt,
        rules_for(tokenizer, longest=12, no_repeat=2),
        spoken=heard.spoken,
    )
    return judge(one, tokenizer.decode(answer.ids), answer.probability)


def _reworded(asked: EvalQuestion, question: str) -> EvalQuestion:
    """Return the same picture and accepted answers with the question as it was understood."""
    return replace(asked, question=replace(asked.question, text=question))
