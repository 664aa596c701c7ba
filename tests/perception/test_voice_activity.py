"""Utterances are found in a stream with what came just before them; the echo is told apart."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mmdesk.inputs import load_audio, samples
from mmdesk.perception import WINDOW, EchoGate, UtteranceDetector, VoiceActivity
from mmdesk.perception.voice_activity import WINDOW_S

SPOKEN = Path(__file__).parents[1] / "fixtures/sound/question.ogg"


def windows(count: int, level: float = 0.0) -> list[np.ndarray]:
    return [np.full(WINDOW, level, np.float32) for _ in range(count)]


def told(detector: UtteranceDetector, probabilities: list[float]) -> list[str]:
    marked = (np.full(WINDOW, at, np.float32) for at in range(len(probabilities)))
    kinds = (detector.add(w, p) for w, p in zip(marked, probabilities, strict=True))
    return [kind for kind in kinds if kind is not None]


def seconds(duration: float, probability: float) -> list[float]:
    return [probability] * (round(duration / WINDOW_S) + 1)


def test_an_utterance_begins_pauses_and_ends() -> None:
    said = seconds(1, 0.0) + seconds(1, 0.9) + seconds(1, 0.0)
    assert told(UtteranceDetector(), said) == ["began", "paused", "ended"]


def test_a_short_pause_does_not_end_it() -> None:
    said = seconds(1, 0.9) + seconds(0.4, 0.1) + seconds(1, 0.9) + seconds(1, 0.1)
    assert told(UtteranceDetector(), said) == ["began", "paused", "resumed", "paused", "ended"]


def test_what_came_just_before_belongs_to_it() -> None:
    detector = UtteranceDetector()
    quiet = 100
    told(detector, [0.0] * quiet + seconds(0.3, 0.9))
    first = detector.utterance[0]
    assert first == quiet - round(detector.times.pre_roll / WINDOW_S)


def test_a_cough_is_none() -> None:
    assert told(UtteranceDetector(), [*seconds(1, 0.0), 0.9, 0.9, *seconds(1, 0.0)]) == []


def test_a_very_short_sound_is_dropped() -> None:
    said = seconds(1, 0.0) + [0.9] * 6 + seconds(1, 0.0)
    assert told(UtteranceDetector(), said) == ["began", "dropped"]


def test_somebody_who_never_pauses_is_sent_in_the_end() -> None:
    kinds = told(UtteranceDetector(), seconds(61, 0.9))
    assert kinds[:3] == ["began", "paused", "ended"]


def tone(amplitude: float, duration: float) -> list[np.ndarray]:
    wave = np.sin(np.arange(WINDOW) * 0.3).astype(np.float32)
    return [wave * amplitude for _ in range(round(duration / WINDOW_S))]


def test_the_assistants_own_voice_does_not_pass_and_a_louder_one_does() -> None:
    gate = EchoGate()
    own = [gate.passes(window) for window in tone(0.05, 3)]
    assert not any(own)
    assert all(gate.passes(window) for window in tone(0.3, 0.5))


def test_the_gaps_between_syllables_pass() -> None:
    gate = EchoGate()
    for window in tone(0.02, 1):
        gate.passes(window)
    spoken = [*tone(0.3, 0.1), *windows(3), *tone(0.3, 0.1), *windows(3)]
    assert all(gate.passes(window) for window in spoken)
    assert not any(gate.passes(window) for window in windows(10)[4:])


def test_an_echo_that_grows_louder_again_and_again_is_learnt() -> None:
    gate = EchoGate()
    for window in tone(0.02, 1):
        gate.passes(window)
    passed = [
        sum(gate.passes(window) for window in [*tone(0.08, 0.1), *windows(6, 0.02)])
        for _ in range(12)
    ]
    assert passed[0] > 0
    assert passed[-1] == 0


def test_with_headphones_a_usual_voice_passes() -> None:
    gate = EchoGate()
    for window in windows(60):
        gate.passes(window)
    assert all(gate.passes(window) for window in tone(0.05, 0.3))


@pytest.mark.parametrize("level", [0.0, 0.01])
def test_silence_and_hum_are_no_speech(level: float) -> None:
    activity = VoiceActivity()
    assert max(activity.probability(window) for window in windows(30, level)) < 0.5


def test_a_spoken_sentence_is_found_with_its_first_syllable() -> None:
    spoken = samples(load_audio(SPOKEN))
    sound = np.concatenate([np.zeros(16_000, np.float32), spoken, np.zeros(24_000, np.float32)])
    activity, detector = VoiceActivity(), UtteranceDetector()
    kinds: list[str] = []
    heard = np.zeros(0, np.float32)
    for start in range(0, len(sound) - WINDOW, WINDOW):
        window = sound[start : start + WINDOW]
        kind = detector.add(window, activity.probability(window))
        if kind is not None:
            kinds.append(kind)
        if kind == "paused":
            heard = detector.utterance
    assert kinds[0] == "began"
    assert kinds[-2:] == ["paused", "ended"]
    assert len(heard) / 16_000 > len(spoken) / 16_000 * 0.5
