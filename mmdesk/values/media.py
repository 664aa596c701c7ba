"""Pictures, sounds and documents as validated values, with what was recognised in them.

Only the standard library is imported, and every value can be pickled. Pixels and samples are plain
bytes.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from mmdesk.translatable import TranslatableText

SAMPLE_RATE = 16_000  # Hz, of every AudioInput
FOLDER_TYPE = "inode/directory"  # media type of a DocumentInput that stands for a folder


class PictureKind(StrEnum):
    """Kind of a picture, which decides what a description begins with."""

    PHOTO = "photo"
    DRAWING = "drawing"
    CHART = "chart"
    SCREENSHOT = "screenshot"
    PAGE = "page"

    @property
    def is_read(self) -> bool:
        """Return whether its text matters more than what it shows."""
        return self in (PictureKind.SCREENSHOT, PictureKind.PAGE)

    @property
    def noun_phrase(self) -> str:
        """Return the kind in English with its article, e.g. "a photo"."""
        return "a page of text" if self is PictureKind.PAGE else f"a {self.value}"


@dataclass(frozen=True, slots=True)
class Label:
    """Recognised ImageNet class.

    Attributes:
        name: in everyday English, e.g. "golden retriever".
        probability: 0..1.
        wider: the wider word, e.g. "dog"; "" where there is none.
    """

    name: str
    probability: float
    wider: str = ""

    @classmethod
    def parse(cls, full_name: str, probability: float) -> Label:
        """Split a full name such as "golden retriever (dog)" into its two words."""
        name, bracket, wider = full_name.rpartition("(")
        if not bracket or not wider.endswith(")") or ")" in wider[:-1] or len(wider) == 1:
            return cls(full_name, probability)
        return cls(name.rstrip(), probability, wider[:-1])

    @property
    def full_name(self) -> str:
        """Return both words in one, e.g. "golden retriever (dog)"."""
        return f"{self.name} ({self.wider})" if self.wider else self.name

    def to_dict(self) -> dict[str, Any]:
        """Return the label as JSON data, as the history and the command line write it."""
        return {"name": self.full_name, "probability": self.probability}


@dataclass(frozen=True, slots=True)
class ImageDescription:
    """Description of one picture: what it shows and the text in it.

    Attributes:
        kind: of picture; drawings and charts differ from photos where there is a fused model.
        labels: recognised things, most probable first; only those probable enough to mention.
        caption: the fused model's sentence; empty where there is no fused model.
        text: in the picture (OCR), in reading order, lines separated by newlines.
        correction: the user's own description; when set, it replaces everything else.
    """

    kind: PictureKind = PictureKind.PHOTO
    labels: tuple[Label, ...] = ()
    caption: str = ""
    text: str = ""
    correction: str | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """Word of a segment as it stands in its text; `start` and `end` in seconds."""

    start: float
    end: float
    text: str


@dataclass(frozen=True, slots=True)
class Segment:
    """Part of a transcript; `start` and `end` in seconds.

    Its `words` are there where they were asked for.
    """

    start: float
    end: float
    text: str
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class Transcript:
    """Transcript of speech.

    Attributes:
        text: empty when there was no speech.
        language: ISO 639-1 code, or "" without speech.
        language_probability: 0..1.
        segments: parts of the text with their times.
        question: about a picture, one that the fused model was trained on, as the fused model
            recognised it from the sound; empty where it was not asked to, is not sure, or `text`
            is the same question.
    """

    text: str
    language: str = ""
    language_probability: float = 0.0
    segments: tuple[Segment, ...] = ()
    question: str = ""

    @property
    def meant(self) -> str:
        """Return what was most likely said: the question, where there is one, else the text."""
        return self.question or self.text


@dataclass(frozen=True, slots=True)
class ImageInput:
    """Decoded, upright, opaque picture of bounded size.

    Attributes:
        name: of the file, for messages.
        width: pixels of a row of `rgb` (already scaled down to the bound).
        height: rows of `rgb`.
        rgb: height*width*3 bytes, row-major, uint8.
        sha256: hex digest of the pixels, the key of every cache.
        description: None until the picture has been described.
        notices: what of the file was not read or is doubtful, a sentence each.
    """

    name: str
    width: int
    height: int
    rgb: bytes = field(repr=False)
    sha256: str
    description: ImageDescription | None = None
    notices: tuple[TranslatableText, ...] = ()


@dataclass(frozen=True, slots=True)
class AudioInput:
    """Decoded sound: mono, 16 kHz.

    Attributes:
        name: of the file, for messages.
        pcm: float32 little-endian samples in -1..1.
        sha256: hex digest of `pcm`.
        transcript: None until the sound has been transcribed.
        notices: what of the file was not read or is doubtful, a sentence each.
    """

    name: str
    pcm: bytes = field(repr=False)
    sha256: str
    transcript: Transcript | None = None
    notices: tuple[TranslatableText, ...] = ()

    @property
    def seconds(self) -> float:
        """Return the duration."""
        return len(self.pcm) / 4 / SAMPLE_RATE

    def between(self, start_s: float, end_s: float | None = None) -> AudioInput:
        """Return a part of the sound; up to its end where `end_s` is None."""
        start = 4 * round(max(0.0, start_s) * SAMPLE_RATE)
        end = None if end_s is None else 4 * round(end_s * SAMPLE_RATE)
        pcm = self.pcm[start:end]
        return AudioInput(self.name, pcm, hashlib.sha256(pcm).hexdigest())


@dataclass(frozen=True, slots=True)
class DocumentInput:
    """Text of a document, or a folder of documents, whose text is the list of its files.

    Attributes:
        name: of the file, for messages.
        text: the whole text.
        media_type: MIME type of the file; FOLDER_TYPE for a folder.
        pages: how many; None where the format has none. Of a folder: how many documents.
        notices: what of the file was not read or is doubtful, a sentence each.
        page_starts: place in `text` where each page begins; empty where that is not known.
        scanned: numbers of pages, from 1, whose text is in their picture and was not read yet.
        path: of the file with scanned pages, of a folder, or of a file found in a folder; "" for
            others, and where it came as bytes.
        sha256: hex digest of the file with scanned pages; "" for others.
    """

    name: str
    text: str = field(repr=False)
    media_type: str = "text/plain"
    pages: int | None = None
    notices: tuple[TranslatableText, ...] = ()
    page_starts: tuple[int, ...] = field(default=(), repr=False)
    scanned: tuple[int, ...] = ()
    path: str = ""
    sha256: str = ""

    @property
    def is_folder(self) -> bool:
        """True where it stands for a folder of documents."""
        return self.media_type == FOLDER_TYPE
