"""Requests that an engine answers, and the flag that cancels them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from mmdesk.values.media import AudioInput, ImageInput
from mmdesk.values.messages import Turn


class CancelFlag(Protocol):
    """What every long piece of work polls: `threading.Event` and the process's Event fit."""

    def is_set(self) -> bool: ...


class NeverCancelled:
    """A CancelFlag for callers that have no way to stop."""

    def is_set(self) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the next token is chosen. `temperature` 0 is greedy; `top_k` 0 and `top_p` 1 are off;
    `repetition_penalty` 1 is off (Keskar et al. 2019, as in transformers).
    """

    temperature: float = 0.0
    top_p: float = 1.0
    top_k: int = 0
    repetition_penalty: float = 1.0
    seed: int = 0
    max_tokens: int = 768


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """Answer the last turn. `model` is a language part's id, None for the default. `prefill` is
    text the answer is made to begin with (it is streamed as part of the answer).
    """

    turns: tuple[Turn, ...]
    sampling: Sampling = Sampling()
    model: str | None = None
    prefill: str = ""


@dataclass(frozen=True, slots=True)
class DescribeImagesRequest:
    """Look at pictures; yields a `ImageDescribed` for each, in order."""

    images: tuple[ImageInput, ...]


@dataclass(frozen=True, slots=True)
class AskImageRequest:
    """Look at one picture again with a question; yields a `ImageAnswer` where there is a fused
    model, nothing where there is none.

    Attributes:
        question: English, in a form the fused model was taught (perception.asking); "" asks for a
            description of two or three sentences.
    """

    image: ImageInput
    question: str = ""


@dataclass(frozen=True, slots=True)
class TranscribeRequest:
    """Write down speech; yields TextChunks as segments are recognised, then a `Transcribed`.

    Attributes:
        language: an ISO 639-1 code, None to detect it.
        unfinished: somebody is still speaking: only what ended in a pause is written down, and
            `Transcribed.settled_s` says up to where.
        about_picture: it may be a question about a picture, so the fused model listens as well
            (`Transcript.question`).
    """

    audio: AudioInput
    language: str | None = None
    unfinished: bool = False
    about_picture: bool = False


@dataclass(frozen=True, slots=True)
class LoadRequest:
    """Load (and verify) a language model now, so that the first answer does not wait for it."""

    model: str | None = None


@dataclass(frozen=True, slots=True)
class PrefillRequest:
    """Read a conversation before its last turn has words of its own, so that the answer to it
    starts sooner. What is attached to the turns is looked at and listened to as for an answer.

    Attributes:
        turns: the last is the one that is still being written; its text is not read.
        max_tokens: of the answer that is to come: what fits beside it depends on them.
    """

    turns: tuple[Turn, ...]
    max_tokens: int = Sampling().max_tokens
    model: str | None = None


@dataclass(frozen=True, slots=True)
class ScoreRequest:
    """How likely the language model holds `answer` to be after `turns`; yields one `Scored`."""

    turns: tuple[Turn, ...]
    answer: str
    model: str | None = None


@dataclass(frozen=True, slots=True)
class CountRequest:
    """Count the language model's tokens in each text; yields one `Counted`."""

    texts: tuple[str, ...]
    model: str | None = None


@dataclass(frozen=True, slots=True)
class SpeedRequest:
    """Measure the language model's speed; yields one `SpeedMeasured`.

    Attributes:
        prompt_tokens: lengths of the prompts after which decoding is measured.
        model: a language part's id, None for the default.
    """

    prompt_tokens: tuple[int, ...] = (128, 2000)
    model: str | None = None


Request = (
    ChatRequest
    | DescribeImagesRequest
    | AskImageRequest
    | TranscribeRequest
    | LoadRequest
    | PrefillRequest
    | ScoreRequest
    | CountRequest
    | SpeedRequest
)
