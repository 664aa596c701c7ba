"""Events that an engine yields for a request, and the measurements of an answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mmdesk.translatable import TranslatableText
from mmdesk.values.citations import Citation
from mmdesk.values.media import DocumentInput, ImageDescription, Transcript


@dataclass(frozen=True, slots=True, init=False)
class Preparing:
    """Progress of work before or between chunks of text.

    Args:
        template: short English phrase ("reading part {part} of {parts}").
        fraction: share of the work that is done, 0..1; None when unknown.
        values: fill the template.

    Attributes:
        stage: the filled phrase.
    """

    stage: TranslatableText
    fraction: float | None = None

    def __init__(self, template: str, fraction: float | None = None, **values: object) -> None:
        object.__setattr__(self, "stage", TranslatableText(template, **values))
        object.__setattr__(self, "fraction", fraction)


@dataclass(frozen=True, slots=True)
class TextChunk:
    """Next piece of the answer; whole characters only."""

    text: str


@dataclass(frozen=True, slots=True)
class ReasoningChunk:
    """Next piece of what a reasoning model thinks before it answers; no part of the answer."""

    text: str


@dataclass(frozen=True, slots=True, init=False)
class Notice:
    """Sentence shown beside the answer, e.g. that old messages were left out.

    Args:
        template: one English sentence with `{name}` in the places of values.
        values: fill the template.

    Attributes:
        text: the filled sentence.
    """

    text: TranslatableText

    def __init__(self, template: str, **values: object) -> None:
        object.__setattr__(self, "text", TranslatableText(template, **values))


@dataclass(frozen=True, slots=True)
class Cited:
    """Citations of the sentences of an answer, which replace earlier ones of the same sentences."""

    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class ImageDescribed:
    """Description of the picture with this digest."""

    sha256: str
    description: ImageDescription


@dataclass(frozen=True, slots=True)
class ImageAnswer:
    """Answer of the fused model to a question about the picture with this digest.

    Attributes:
        sha256: hex digest of the picture's pixels.
        question: as it was asked; "" for a description.
        text: a few English words without capital and full stop ("black and white", "two"), or
            the description's sentences.
        probability: of its mean word, 0..1.
        sure: high enough to show the answer; otherwise 'not sure' is the honest answer.
    """

    sha256: str
    question: str
    text: str
    probability: float
    sure: bool


@dataclass(frozen=True, slots=True)
class TextRead:
    """Text in the picture with this digest, by OCR.

    Attributes:
        sha256: hex digest of the picture's pixels.
        text: in reading order; "" where there is none, or none that could be read.
        is_doubtful: much of it may be wrong.
    """

    sha256: str
    text: str
    is_doubtful: bool = False


@dataclass(frozen=True, slots=True)
class DocumentRead:
    """Document whose scanned pages were read.

    Attributes:
        before: as it was attached.
        after: with the text of those pages.
    """

    before: DocumentInput
    after: DocumentInput


@dataclass(frozen=True, slots=True)
class Transcribed:
    """Transcript of the sound with this digest.

    Attributes:
        sha256: hex digest of the samples.
        transcript: of the sound, or of its first `settled_s` seconds.
        settled_s: seconds of an unfinished recording whose transcript is final; None for all of a
            finished one.
    """

    sha256: str
    transcript: Transcript
    settled_s: float | None = None


@dataclass(frozen=True, slots=True)
class Scored:
    """Log-probability of a text.

    Attributes:
        log_probability: natural logarithm, summed over the tokens.
        tokens: how many were summed.
    """

    log_probability: float
    tokens: int


@dataclass(frozen=True, slots=True)
class Counted:
    """Token counts, in the order of the request's texts."""

    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Speed:
    """Tokens per second: of prefilling a prompt of this length, and of decoding after it."""

    prompt_tokens: int
    prefill_tokens_per_s: float
    decode_tokens_per_s: float


@dataclass(frozen=True, slots=True)
class SpeedMeasured:
    """Speed of a language model.

    Attributes:
        precision: what it computes in: "int4", "int8", "bf16" or "fp32".
        weight_bytes: bytes of weights that are read for one token.
        speeds: one for each prompt that fits into the context window.
        first: of the first prompt, which is slower in a process that has just loaded the model.
    """

    precision: str
    weight_bytes: int
    speeds: tuple[Speed, ...]
    first: Speed


LOCAL_DEVICES = ("cpu", "cuda", "mps", "xpu")  # as PyTorch names them, without their number


@dataclass(frozen=True, slots=True)
class Stats:
    """Measurements of an answer.

    Attributes:
        model: id of the language model.
        device: that computed it, e.g. "cpu".
        seed: of the sampling.
        prompt_tokens: length of the prompt.
        generated_tokens: length of the answer.
        ttft_s: time to first token, seconds from the request (0 without a token).
        decode_tokens_per_s: speed of decoding.
        load_s: seconds of `ttft_s` spent on loading models.
        total_s: seconds from the request to the end.
        read_tokens: tokens of the prompt that were prefilled, as they were in no KV cache.
        context_tokens: tokens in the context window after the answer.
        context_limit: size of the context window in tokens.
        stop: "end" (the model ended the answer) or "length" (max_tokens reached).
        thinking_s: seconds that a reasoning model thought before it answered; 0 for others.
        facts: how many remembered facts the prompt had.
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
    thinking_s: float = 0.0
    facts: int = 0

    @property
    def is_of_server(self) -> bool:
        """True where a model on another computer answered; `device` is its address then."""
        return bool(self.device) and self.device.partition(":")[0] not in LOCAL_DEVICES


@dataclass(frozen=True, slots=True)
class Finished:
    """Last event of every request that was neither cancelled nor failed."""

    stats: Stats = Stats()


Event = (
    Preparing
    | TextChunk
    | ReasoningChunk
    | Notice
    | Cited
    | ImageDescribed
    | ImageAnswer
    | TextRead
    | DocumentRead
    | Transcribed
    | Scored
    | Counted
    | SpeedMeasured
    | Finished
)
