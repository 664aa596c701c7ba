"""Long recordings are transcribed piece by piece, and go on where they were interrupted."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from mmdesk.errors import Cancelled
from mmdesk.inputs import from_samples
from mmdesk.tasks.recording import PIECE_S, RecordingWork, piece_ends
from mmdesk.values import (
    SAMPLE_RATE,
    AudioInput,
    Finished,
    NeverCancelled,
    Preparing,
    Segment,
    Transcribed,
    TranscribeRequest,
    Transcript,
    Word,
)

PAUSES = (58.0, 121.0)  # seconds at which nobody speaks
MINUTES = 4


@pytest.fixture(scope="module")
def talk() -> AudioInput:
    rng = np.random.default_rng(1)
    sound = rng.normal(0, 0.1, MINUTES * 60 * SAMPLE_RATE).astype(np.float32)
    for pause in PAUSES:
        at = round(pause * SAMPLE_RATE)
        sound[at - SAMPLE_RATE // 2 : at + SAMPLE_RATE // 2] = 0
    return from_samples(sound, SAMPLE_RATE, "talk.wav")


class Hearer:
    """Engine that hears one sentence in each piece."""

    def __init__(self, cancel_at: int = 0, cancel: threading.Event | None = None) -> None:
        self.requests: list[TranscribeRequest] = []
        self._cancel_at, self._cancel = cancel_at, cancel

    def generate(self, request, cancel):
        self.requests.append(request)
        if self._cancel is not None and len(self.requests) == self._cancel_at:
            self._cancel.set()
            raise Cancelled
        yield Preparing("transcribing", 0.5)
        number = len(self.requests)
        segment = Segment(1.0, 2.0, f"Part {number}.", (Word(1.0, 1.5, "Part"),))
        yield Transcribed(
            request.audio.sha256, Transcript(f"Part {number}.", "en", 0.9, (segment,))
        )
        yield Finished()


def test_it_is_cut_where_nobody_speaks(talk) -> None:
    ends = piece_ends(talk)
    assert ends[-1] == talk.seconds
    for end, pause in zip(ends, PAUSES, strict=False):
        assert abs(end - pause) < 0.5


def test_a_short_recording_is_one_piece() -> None:
    short = from_samples(np.ones(SAMPLE_RATE * 3, np.float32) * 0.1, SAMPLE_RATE, "a")
    assert piece_ends(short) == [3.0]


def test_times_are_those_of_the_whole_recording(talk) -> None:
    engine = Hearer()
    events = list(RecordingWork(talk).run(engine, NeverCancelled()))
    *growing, whole = [e for e in events if isinstance(e, Transcribed)]
    ends = piece_ends(talk)
    assert [e.settled_s for e in growing] == ends[:-1]
    assert [len(e.transcript.segments) for e in growing] == [*range(1, len(ends))]
    starts = [segment.start for segment in whole.transcript.segments]
    assert starts == pytest.approx([1.0, *(end + 1.0 for end in ends[:-1])])
    assert whole.transcript.segments[1].words[0].start == pytest.approx(ends[0] + 1.0, abs=0.01)
    assert whole.transcript.text.startswith("Part 1. Part 2.")
    assert isinstance(events[-1], Finished)
    fractions = [e.fraction for e in events if isinstance(e, Preparing)]
    assert fractions == sorted(fractions)
    assert max(r.audio.seconds for r in engine.requests) < PIECE_S * 1.5
    assert all(request.words for request in engine.requests)


def test_the_language_of_the_first_piece_holds_for_the_others(talk) -> None:
    engine = Hearer()
    list(RecordingWork(talk).run(engine, NeverCancelled()))
    assert [request.language for request in engine.requests][:2] == [None, "en"]


def test_it_goes_on_where_it_was_interrupted(talk) -> None:
    cancel = threading.Event()
    work = RecordingWork(talk)
    with pytest.raises(Cancelled):
        list(work.run(Hearer(2, cancel), cancel))
    assert len(work.segments) == 1
    engine = Hearer()
    events = list(work.run(engine, NeverCancelled()))
    assert len(engine.requests) == len(piece_ends(talk)) - 1
    (*_, whole) = [e for e in events if isinstance(e, Transcribed)]
    assert len(whole.transcript.segments) == len(piece_ends(talk))


def test_a_transcript_without_times_is_one_segment() -> None:
    short = from_samples(np.ones(SAMPLE_RATE * 3, np.float32) * 0.1, SAMPLE_RATE, "a")

    class Plain:
        def generate(self, request, cancel):
            yield Transcribed(request.audio.sha256, Transcript("Hello there.", "en", 0.9))

    events = list(RecordingWork(short).run(Plain(), NeverCancelled()))
    assert events[0].transcript.segments == (Segment(0.0, 3.0, "Hello there."),)
