"""Requests that an engine answers, and the flag that cancels them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from mmdesk.values.media import AudioInput, ImageInput
from mmdesk.values.messages import Turn


class CancelFlag(Protocol):
    """Flag that long work polls; `threading.Event` and `multiprocessing.Event` fit."""

    def is_set(self) -> bool:
        """Return whether the work should stop."""
        ...


class NeverCancelled:
    """CancelFlag for callers that never stop."""

    def is_set(self) -> bool:
        """Return False."""
        return False


@dataclass(frozen=True, slots=True)
class Sampling:
    """Sampling of the next token.

    Attributes:
        temperature: 0 is greedy decoding.
        top_p: probability mass of nucleus sampling; 1 is off.
        top_k: number of tokens to sample from; 0 is off.
        repetition_penalty: 1 is off (Keskar et al. 2019, as in transformers).
        seed: of the random numbers.
        max_tokens: length limit of the answer.
        of_model: use the temperature, top_p, top_k and repetition penalty that the makers of the
            model advise; those above where they advise none. With a temperature of 0 the task
            decides: answers that are to be varied are sampled so, the others are greedy.
        thinking: let a reasoning model think before it answers; False has no effect on models
            whose chat template does not allow to switch it off.
    """

    temperature: float = 0.0
    top_p: float = 1.0
    top_k: int = 0
    repetition_penalty: float = 1.0
    seed: int = 0
    max_tokens: int = 768
    of_model: bool = False
    thinking: bool = True


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """Request for an answer to the last turn.

    Attributes:
        turns: the conversation.
        sampling: of the answer.
        model: id of the language model, None for the default.
        prefill: text that the answer begins with (it is streamed as part of the answer).
    """

    turns: tuple[Turn, ...]
    sampling: Sampling = Sampling()
    model: str | None = None
    prefill: str = ""


@dataclass(frozen=True, slots=True)
class DescribeImagesRequest:
    """Request for descriptions of pictures; yields an `ImageDescribed` for each, in order."""

    images: tuple[ImageInput, ...]


@dataclass(frozen=True, slots=True)
class AskImageRequest:
    """Question about one picture for the fused model.

    Yields an `ImageAnswer`, or nothing where there is no fused model.

    Attributes:
        image: the picture.
        question: English, in a form that the fused model was trained on
            (perception/known_questions.py); "" asks for a description of two or three sentences.
    """

    image: ImageInput
    question: str = ""


@dataclass(frozen=True, slots=True)
class ReadTextRequest:
    """Request for the text in a picture (OCR).

    Yields Preparing with the share that is done, and a `TextRead`.

    Attributes:
        image: the picture.
    """

    image: ImageInput


@dataclass(frozen=True, slots=True)
class TranscribeRequest:
    """Request for a transcript; yields TextChunks as segments are recognised, then a `Transcribed`.

    Attributes:
        audio: the sound.
        language: an ISO 639-1 code, None to detect it.
        unfinished: the user is still speaking: only what ended in a pause is transcribed, and
            `Transcribed.settled_s` is the end of it.
        about_picture: it may be a question about a picture, so the fused model hears the sound as
            well (`Transcript.question`).
        words: find out when each word is said as well (`Segment.words`).
    """

    audio: AudioInput
    language: str | None = None
    unfinished: bool = False
    about_picture: bool = False
    words: bool = False


@dataclass(frozen=True, slots=True)
class LoadRequest:
    """Request to load (and verify) a language model before the first question.

    Attributes:
        model: id of the language model, None for the default.
    """

    model: str | None = None


@dataclass(frozen=True, slots=True)
class PrefillRequest:
    """Request to prefill a conversation while the last turn is still being written.

    The answer to it then starts sooner. Pictures are described and sounds transcribed as for an
    answer.

    Attributes:
        turns: the text of the last one is not read.
        max_tokens: of the coming answer; the context window leaves space for them.
        model: id of the language model, None for the default.
    """

    turns: tuple[Turn, ...]
    max_tokens: int = Sampling().max_tokens
    model: str | None = None


@dataclass(frozen=True, slots=True)
class ScoreRequest:
    """Request for the log-probability of `answer` after `turns`; yields one `Scored`."""

    turns: tuple[Turn, ...]
    answer: str
    model: str | None = None


@dataclass(frozen=True, slots=True)
class CountRequest:
    """Request for the language model's token counts of texts; yields one `Counted`."""

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
    | ReadTextRequest
    | TranscribeRequest
    | LoadRequest
    | PrefillRequest
    | ScoreRequest
    | CountRequest
    | SpeedRequest
)
