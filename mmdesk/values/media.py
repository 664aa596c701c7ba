"""Pictures, sounds and documents as validated values, with what was recognised in them.

Only the standard library is imported, and every value can be pickled. Pixels and samples are plain
bytes.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

SAMPLE_RATE = 16_000  # Hz, of every AudioInput
_FULL_NAME = re.compile(r"^(?P<name>.*?)\s*\((?P<wider>[^()]+)\)$")


class PictureKind(StrEnum):
    """Kind of a picture, which decides what a description leads with."""

    PHOTO = "photo"
    DRAWING = "drawing"
    CHART = "chart"
    SCREENSHOT = "screenshot"
    PAGE = "page"

    @property
    def is_read(self) -> bool:
        """Return true if the picture's text says what it is, rather than what it shows."""
        return self in (PictureKind.SCREENSHOT, PictureKind.PAGE)

    @property
    def noun_phrase(self) -> str:
        """Return the kind in English with its article, e.g. "a photo"."""
        return "a page of text" if self is PictureKind.PAGE else f"a {self.value}"


@dataclass(frozen=True, slots=True)
class Label:
    """One recognised ImageNet class.

    Attributes:
        name: what a person would say, e.g. "golden retriever".
        probability: 0..1.
        wider: the wider word, e.g. "dog"; "" where there is none.
    """

    name: str
    probability: float
    wider: str = ""

    @classmethod
    def parse(cls, full_name: str, probability: float) -> Label:
        """Split a full name such as "golden retriever (dog)" into its two words."""
        match = _FULL_NAME.match(full_name)
        if match is None:
            return cls(full_name, probability)
        return cls(match["name"], probability, match["wider"])

    @property
    def full_name(self) -> str:
        """Return both words in one, e.g. "golden retriever (dog)"."""
        return f"{self.name} ({self.wider})" if self.wider else self.name

    def to_dict(self) -> dict[str, Any]:
        """Return the label as JSON data, as the history and the command line write it."""
        return {"name": self.full_name, "probability": self.probability}


@dataclass(frozen=True, slots=True)
class ImageDescription:
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


@dataclass(frozen=True, slots=True)
class ImageInput:
    """A decoded, upright, opaque picture of bounded size.

    Attributes:
        name: the file's name, for messages.
        width, height: pixels of `rgb` (already scaled down to the bound).
        rgb: height*width*3 bytes, row-major, uint8.
        sha256: hex digest of the pixels, the key of every cache.
        description: what was seen, once it has been looked at.
    """

    name: str
    width: int
    height: int
    rgb: bytes = field(repr=False)
    sha256: str
    description: ImageDescription | None = None


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
