"""Sounds are played to their end, or until they are stopped."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import numpy as np
import pytest

from mmdesk.errors import MMDeskError
from mmdesk.inputs import from_samples, speaker, spectrum
from mmdesk.values import SAMPLE_RATE

SOUND = from_samples(np.linspace(-0.5, 0.5, SAMPLE_RATE, dtype=np.float32), SAMPLE_RATE, "a")


class Stream:
    """Output stream that keeps what is written to it."""

    latency = 0.05

    def __init__(self, **options: object) -> None:
        self.options = options
        self.written: list[np.ndarray] = []
        self.aborted = False

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, *_error: object) -> None:
        return None

    def write(self, block: np.ndarray) -> None:
        self.written.append(block)

    def abort(self) -> None:
        self.aborted = True


@pytest.fixture
def stream(monkeypatch: pytest.MonkeyPatch) -> Stream:
    made = Stream()
    library = SimpleNamespace(OutputStream=lambda **_options: made, PortAudioError=RuntimeError)
    monkeypatch.setattr(speaker, "sound_library", lambda: library)
    return made


def test_a_sound_is_played_to_its_end(stream: Stream) -> None:
    speaker.play(SOUND, threading.Event())
    played = np.concatenate(stream.written)[:, 0]
    assert np.array_equal(played, np.frombuffer(SOUND.pcm, "<f4"))


def test_a_sound_is_played_from_a_second_and_tells_where_it_is(stream: Stream) -> None:
    positions: list[float] = []
    speaker.play(SOUND, threading.Event(), 0.25, positions.append)
    played = np.concatenate(stream.written)[:, 0]
    assert np.array_equal(played, np.frombuffer(SOUND.pcm, "<f4")[SAMPLE_RATE // 4 :])
    assert positions[0] == 0.25
    assert positions == sorted(positions)
    assert positions[-1] < 1.0


def test_a_sound_stops_when_it_is_told_to(stream: Stream) -> None:
    stop = threading.Event()
    stop.set()
    speaker.play(SOUND, stop)
    assert stream.aborted
    assert stream.written == []


def test_a_missing_device_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_options: object) -> Stream:
        raise RuntimeError("no device")

    library = SimpleNamespace(OutputStream=refuse, PortAudioError=RuntimeError)
    monkeypatch.setattr(speaker, "sound_library", lambda: library)
    with pytest.raises(MMDeskError, match="played"):
        speaker.play(SOUND, threading.Event())


@pytest.mark.parametrize("hertz", [200, 1000, 4000])
def test_the_spectrum_is_loudest_at_the_pitch_of_a_tone(hertz: int) -> None:
    tone = np.sin(np.arange(1600) * 2 * np.pi * hertz / SAMPLE_RATE).astype(np.float32)
    bands = spectrum(tone, SAMPLE_RATE)
    edges = np.geomspace(80, 8000, len(bands) + 1)
    loudest = int(np.argmax(bands))
    assert edges[max(0, loudest - 1)] <= hertz <= edges[min(len(bands), loudest + 2)]
    assert max(bands) > 0.9


def test_silence_has_no_spectrum() -> None:
    assert max(spectrum(np.zeros(1600, np.float32), SAMPLE_RATE)) == 0
    assert max(spectrum(np.zeros(0, np.float32), SAMPLE_RATE)) == 0
