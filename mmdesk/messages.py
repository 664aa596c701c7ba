"""Frozen values that cross every boundary: between rooms, threads and processes.

Only the standard library is imported, so that the window can use them before anything heavy is
loaded; all of them can be pickled. Pixels and samples travel as plain bytes.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, Protocol

SAMPLE_RATE = 16_000  # Hz, of every AudioInput


class CancelFlag(Protocol):
    """What every long piece of work polls: `threading.Event` and the process's Event fit."""

    def is_set(self) -> bool: ...


class NeverCancelled:
    """A CancelFlag for callers that have no way to stop."""

    def is_set(self) -> bool:
        return False


# --- what was perceived -----------------------------------------------------------------------


class PictureKind(StrEnum):
    """What kind of picture it is, which decides what a description leads with."""

    PHOTO = "photo"
    DRAWING = "drawing"
    CHART = "chart"
    SCREENSHOT = "screenshot"
    PAGE = "page"

    @property
    def is_read(self) -> bool:
        """Whether its text says what it is, rather than what it shows."""
        return self in (PictureKind.SCREENSHOT, PictureKind.PAGE)


@dataclass(frozen=True, slots=True)
class Label:
    """One recognised ImageNet class. `name` is what a person would say, e.g. "golden retriever
    (dog)"; `probability` is in 0..1."""

    name: str
    probability: float


@dataclass(frozen=True, slots=True)
class Sight:
    """What was seen and read in one picture, in words.

    Attributes:
        kind: of picture; drawings and charts are told from photos where there is a fused model.
        labels: recognised things, most probable first; only those worth saying.
        caption: the fused model's sentence; empty where there is no fused model.
        text: what was read from the picture (OCR), in reading order, lines apart by newlines.
        correction: the person's own words; when set, they stand in place of everything else.
    """

    kind: PictureKind = PictureKind.PHOTO
    labels: tuple[Label, ...] = ()
    caption: str = ""
    text: str = ""
    correction: str | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of recognised speech; `start` and `end` in seconds."""

    start: float
    end: float
    text: str


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was heard. An empty `text` means that there was no speech.

    Attributes:
        language: ISO 639-1 code, or "" when nothing was heard.
        language_probability: 0..1.
        question: about a picture, one that the fused model was taught, as it heard it by itself;
            empty where it was not asked to, is not sure, or `text` says as much.
    """

    text: str
    language: str = ""
    language_probability: float = 0.0
    segments: tuple[Segment, ...] = ()
    question: str = ""

    @property
    def meant(self) -> str:
        """What was said as far as is known: the question, where there is one, else the text."""
        return self.question or self.text


# --- what a person gives ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ImageInput:
    """A decoded, upright, opaque picture of bounded size.

    Attributes:
        name: the file's name, for messages.
        width, height: pixels of `rgb` (already scaled down to the bound).
        rgb: height*width*3 bytes, row-major, uint8.
        sha256: hex digest of the pixels, the key of every cache.
        sight: what was seen, once it has been looked at.
    """

    name: str
    width: int
    height: int
    rgb: bytes = field(repr=False)
    sha256: str
    sight: Sight | None = None


@dataclass(frozen=True, slots=True)
class AudioInput:
    """Decoded sound: mono, 16 kHz.

    Attributes:
        pcm: float32 little-endian samples in -1..1.
        sha256: hex digest of `pcm`.
        transcript: what was heard, once it has been listened to.
    """

    name: str
    pcm: bytes = field(repr=False)
    sha256: str
    transcript: Transcript | None = None

    @property
    def seconds(self) -> float:
        return len(self.pcm) / 4 / SAMPLE_RATE

    def between(self, start_s: float, end_s: float | None = None) -> AudioInput:
        """A stretch of it; up to its end where `end_s` is None."""
        start = 4 * round(max(0.0, start_s) * SAMPLE_RATE)
        end = None if end_s is None else 4 * round(end_s * SAMPLE_RATE)
        pcm = self.pcm[start:end]
        return AudioInput(self.name, pcm, hashlib.sha256(pcm).hexdigest())


@dataclass(frozen=True, slots=True)
class DocumentInput:
    """The text of a document. `pages` is None where the format has none."""

    name: str
    text: str = field(repr=False)
    media_type: str = "text/plain"
    pages: int | None = None


Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a conversation, with what was attached to it."""

    role: Role
    text: str
    images: tuple[ImageInput, ...] = ()
    audio: tuple[AudioInput, ...] = ()
    documents: tuple[DocumentInput, ...] = ()


# --- what is asked of an engine ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the next token is chosen. `temperature` 0 is greedy; `top_k` 0 and `top_p` 1 are off;
    `repetition_penalty` 1 is off (Keskar et al. 2019, as in transformers)."""

    temperature: float = 0.0
    top_p: float = 1.0
    top_k: int = 0
    repetition_penalty: float = 1.0
    seed: int = 0
    max_tokens: int = 768


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """Answer the last turn. `model` is a language part's id, None for the default. `prefill` is
    text the answer is made to begin with (it is streamed as part of the answer)."""

    turns: tuple[Turn, ...]
    sampling: Sampling = Sampling()
    model: str | None = None
    prefill: str = ""


@dataclass(frozen=True, slots=True)
class SeeRequest:
    """Look at pictures; yields a `Seen` for each, in order."""

    images: tuple[ImageInput, ...]


@dataclass(frozen=True, slots=True)
class LookRequest:
    """Look at one picture again with a question; yields a `SeenAnswer` where there is a fused
    model, nothing where there is none.

    Attributes:
        question: English, in a form the fused model was taught (perception.asking); "" asks for a
            description of two or three sentences.
    """

    image: ImageInput
    question: str = ""


@dataclass(frozen=True, slots=True)
class HearRequest:
    """Write down speech; yields TextChunks as segments are recognised, then a `Heard`.

    Attributes:
        language: an ISO 639-1 code, None to detect it.
        unfinished: somebody is still speaking: only what ended in a pause is written down, and
            `Heard.settled_s` says up to where.
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
class PrepareRequest:
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


Request = (
    ChatRequest
    | SeeRequest
    | LookRequest
    | HearRequest
    | LoadRequest
    | PrepareRequest
    | ScoreRequest
    | CountRequest
)


# --- what an engine says ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Preparing:
    """Work before or between words. `stage` is a short English phrase ("reading part 2 of 7");
    `fraction` is 0..1, None when unknown."""

    stage: str
    fraction: float | None = None


@dataclass(frozen=True, slots=True)
class TextChunk:
    """Some more of the answer; whole characters only."""

    text: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the person should see beside the answer, e.g. that old turns were left out."""

    text: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen in the picture with this digest."""

    sha256: str
    sight: Sight


@dataclass(frozen=True, slots=True)
class SeenAnswer:
    """What the fused model says to a question about the picture with this digest.

    Attributes:
        question: as it was put; "" for a description.
        text: a few English words without capital and full stop ("black and white", "two"), or
            the description's sentences.
        probability: of its mean word, 0..1.
        sure: whether it is worth saying; where not, the honest answer is 'not sure'.
    """

    sha256: str
    question: str
    text: str
    probability: float
    sure: bool


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard in the sound with this digest. `settled_s` is how much of an unfinished
    recording has been written down for good, None for all of a finished one."""

    sha256: str
    transcript: Transcript
    settled_s: float | None = None


@dataclass(frozen=True, slots=True)
class Scored:
    """The natural logarithm of a text's probability, and of how many tokens it is the sum."""

    log_probability: float
    tokens: int


@dataclass(frozen=True, slots=True)
class Counted:
    """Token counts, in the order of the request's texts."""

    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Stats:
    """What an answer took.

    Attributes:
        ttft_s: seconds from the request to the first token (0 without one).
        load_s: seconds of that spent on loading models.
        read_tokens: of the prompt's tokens, those that were not known from before.
        context_tokens, context_limit: how full the model's context is after the answer.
        stop: why it ended: "end" (the model was done), "length" (max_tokens reached).
    """

    model: str = ""
    device: str = ""
    seed: int = 0
    prompt_tokens: int = 0
    generated_tokens: int = 0
    ttft_s: float = 0.0
    decode_tokens_per_s: float = 0.0
    load_s: float = 0.0
    total_s: float = 0.0
    read_tokens: int = 0
    context_tokens: int = 0
    context_limit: int = 0
    stop: Literal["end", "length"] = "end"


@dataclass(frozen=True, slots=True)
class Finished:
    """The last event of every request that was neither cancelled nor failed."""

    stats: Stats = Stats()


Event = Preparing | TextChunk | Notice | Seen | SeenAnswer | Heard | Scored | Counted | Finished


# --- models, for lists and progress -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """One model part as a person sees it. `download_bytes` and `disk_bytes` are sizes before and
    after the conversion; `takes` says what it takes in: "text", "picture", "sound"."""

    id: str
    title: str
    role: Literal["language", "speech", "vision"]
    takes: tuple[str, ...]
    licence: str
    download_bytes: int
    disk_bytes: int
    installed: bool
    default: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class FetchProgress:
    """How far the fetching of one part is. `total_bytes` is 0 where the stage has no size."""

    part: str
    title: str
    stage: Literal["waiting", "downloading", "verifying", "converting", "done"]
    done_bytes: int = 0
    total_bytes: int = 0
