"""Events that an engine yields while it answers a request, and the measurements of an answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mmdesk.translatable import TranslatableText
from mmdesk.values.media import ImageDescription, Transcript


@dataclass(frozen=True, slots=True, init=False)
class Preparing:
    """Progress of work before or between words.

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
    """Some more of the answer; whole characters only."""

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
class ImageDescribed:
    """What was seen in the picture with this digest."""

    sha256: str
    description: ImageDescription


@dataclass(frozen=True, slots=True)
class ImageAnswer:
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
class Transcribed:
    """What was heard in the sound with this digest. `settled_s` is how much of an unfinished
    recording has been written down for good, None for all of a finished one.
    """

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
    """

    precision: str
    weight_bytes: int
    speeds: tuple[Speed, ...]


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


Event = (
    Preparing
    | TextChunk
    | Notice
    | ImageDescribed
    | ImageAnswer
    | Transcribed
    | Scored
    | Counted
    | SpeedMeasured
    | Finished
)
