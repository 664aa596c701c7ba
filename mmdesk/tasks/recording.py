"""Transcription of recordings of any length, piece by piece.

A recording is cut at its quietest moments, about once a minute. What is transcribed is kept
when the work is interrupted, so that it goes on where it stopped; the pieces are told as they come,
and no more than one of them goes to the engine's process at a time.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from mmdesk.engine import Engine
from mmdesk.errors import Cancelled
from mmdesk.inputs import samples
from mmdesk.text import join
from mmdesk.values import (
    SAMPLE_RATE,
    AudioInput,
    CancelFlag,
    Event,
    Finished,
    Preparing,
    Segment,
    Stats,
    Transcribed,
    TranscribeRequest,
    Transcript,
)

PIECE_S = 60.0
_SEARCH_S = 8.0  # before and after PIECE_S, where the quietest moment is looked for
_QUIET_S = 0.4  # how long a quiet moment is
_FRAME_S = 0.05
_CERTAIN = 0.5  # probability from which the language of one piece is taken for that of the next


@dataclass
class RecordingWork:
    """Transcription of one recording, which may be interrupted and gone on with.

    Attributes:
        audio: the whole recording.
        language: ISO 639-1 code that the user named; None to detect it.
        done_s: seconds that are transcribed.
        segments: of those.
    """

    audio: AudioInput
    language: str | None = None
    done_s: float = 0.0
    segments: list[Segment] = field(default_factory=list)
    _spoken: str = ""
    _probability: float = 0.0

    @property
    def transcript(self) -> Transcript:
        """The transcript of what is done."""
        if not self.segments:
            return Transcript("")
        text = join([segment.text for segment in self.segments])
        return Transcript(text, self._spoken, self._probability, tuple(self.segments))

    def run(self, engine: Engine, cancel: CancelFlag) -> Iterator[Event]:
        """Transcribe what is left.

        Yields:
            Preparing with the share that is done; after each piece Transcribed with all segments so
            far and `settled_s`; at last Transcribed of the whole, and Finished.

        Raises:
            Cancelled: `cancel` was set.
            ModelUnavailable: the speech model is missing or damaged.
        """
        total = self.audio.seconds
        stats = Stats()
        for end in piece_ends(self.audio):
            if end <= self.done_s:
                continue
            if cancel.is_set():
                raise Cancelled
            stats = yield from self._piece(engine, cancel, end, total)
            if end < total:
                yield Transcribed(self.audio.sha256, self.transcript, settled_s=self.done_s)
        yield Transcribed(self.audio.sha256, self.transcript)
        yield Finished(stats)

    def _piece(
        self, engine: Engine, cancel: CancelFlag, end: float, total: float
    ) -> Generator[Event, None, Stats]:
        start = self.done_s
        piece = self.audio.between(start, end)
        stats = Stats()
        request = TranscribeRequest(piece, self._known_language(), words=True)
        for event in engine.generate(request, cancel):
            if isinstance(event, Preparing):
                fraction = (start + (event.fraction or 0.0) * (end - start)) / max(total, 0.1)
                yield _with_fraction(event, fraction)
            elif isinstance(event, Transcribed):
                self._add(event.transcript, start, end)
            elif isinstance(event, Finished):
                stats = event.stats
        self.done_s = end
        return stats

    def _add(self, piece: Transcript, start: float, end: float) -> None:
        found = piece.segments
        if not found and piece.text.strip():  # a transcriber that tells no times
            found = (Segment(0.0, end - start, piece.text),)
        self.segments += [_shifted(segment, start) for segment in found]
        if found and self._probability < _CERTAIN:
            self._spoken, self._probability = piece.language, piece.language_probability

    def _known_language(self) -> str | None:
        return self.language or (self._spoken if self._probability >= _CERTAIN else None)


def _with_fraction(event: Preparing, fraction: float) -> Preparing:
    """Return a step of progress with another share of the work."""
    return Preparing(event.stage.template, min(1.0, fraction), **event.stage.values)


def _shifted(segment: Segment, by_s: float) -> Segment:
    words = tuple(
        replace(word, start=round(word.start + by_s, 2), end=round(word.end + by_s, 2))
        for word in segment.words
    )
    return Segment(segment.start + by_s, segment.end + by_s, segment.text, words)


def piece_ends(audio: AudioInput) -> list[float]:
    """Return the seconds at which a recording is cut; its end is the last."""
    total = audio.seconds
    sound = samples(audio)
    ends: list[float] = []
    at = 0.0
    while total - at > PIECE_S + 2 * _SEARCH_S:
        at = _quietest(sound, at + PIECE_S - _SEARCH_S, at + PIECE_S + _SEARCH_S)
        ends.append(at)
    return [*ends, total]


def _quietest(sound: np.ndarray, start_s: float, end_s: float) -> float:
    """Return the middle of the quietest moment between two seconds."""
    frame = round(_FRAME_S * SAMPLE_RATE)
    piece = sound[round(start_s * SAMPLE_RATE) : round(end_s * SAMPLE_RATE)]
    frames = piece[: len(piece) // frame * frame].reshape(-1, frame)
    energy = np.square(frames, dtype=np.float64).mean(axis=1)
    width = round(_QUIET_S / _FRAME_S)
    smooth = np.convolve(energy, np.ones(width) / width, mode="valid")
    return start_s + (int(smooth.argmin()) + width / 2) * _FRAME_S
