"""The clips that are learned from and judged by, and their cached frames."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mmdesk.errors import InputError
from mmdesk.perception.known_questions import as_known_question
from mmdesk.perception.speech_frames import SPEECH_FRAMES
from mmdesk.training.fused_training import TrainingPaths
from mmdesk.training.speech import clips
from mmdesk.training.speech.clips import (
    SpeechClips,
    SpokenClip,
    cache_speech,
    clips_of,
    clips_to_judge,
)
from mmdesk.training.speech.spoken_trainer import varied
from mmdesk.training.speech.voices import UNHEARD_VOICES, VOICES, Clip
from tests.training.sounds import COLOUR, COUNT, OTHER, clip, frames_of, said


def test_every_question_is_spoken_in_many_wordings_and_other_sentences_beside() -> None:
    spoken = clips_of([COLOUR, COUNT], ["A dog runs ."], 1)
    for question in (COLOUR, COUNT):
        texts = [one.clip.text for one in spoken if one.question == question]
        assert len(texts) == clips.OF_EACH
        assert clips.OF_EACH / 2 <= texts.count(question) < 0.75 * clips.OF_EACH
        assert len(set(texts)) > 5
    others = [one for one in spoken if not one.question]
    assert len(others) == round(clips.OTHERS * 2 * clips.OF_EACH)
    assert {one.clip.voice for one in spoken} == set(VOICES)
    assert spoken == clips_of([COLOUR, COUNT], ["A dog runs ."], 1)
    assert spoken != clips_of([COLOUR, COUNT], ["A dog runs ."], 2)


@pytest.mark.parametrize("kind", UNHEARD_VOICES)
def test_clips_to_judge_are_by_unheard_voices(kind: str) -> None:
    judged = clips_to_judge([COLOUR, COUNT, COLOUR], kind, 10.0)
    assert [as_known_question(one.text) for one in judged] == [COLOUR, COUNT, COLOUR]
    assert [one.text == COUNT for one in clips_to_judge([COUNT] * 9, kind, 10.0)].count(True) in (
        5,
        6,
    )
    assert {one.voice for one in judged} == set(UNHEARD_VOICES[kind])
    assert {one.noise_db for one in judged} == {10.0}


def test_speech_is_cached_once_and_silence_left_out(cached: Path) -> None:
    def never(samples: np.ndarray) -> np.ndarray:
        raise AssertionError("encoded again")

    cache_speech([SpokenClip(clip(COLOUR), COLOUR)], never, cached)
    kept = SpeechClips(cached)
    assert kept.questions == [COLOUR, COUNT, ""] * 21
    assert kept.held_back == [19, 39, 59]
    assert kept.texts == [COLOUR, COUNT, OTHER] * 21
    drawn = kept.at(kept.draw([COUNT, "", COLOUR], np.random.default_rng(0)))
    assert drawn.dtype == np.float32
    for frames, text in zip(drawn, (COUNT, OTHER, COLOUR), strict=True):
        np.testing.assert_allclose(frames, frames_of(said(clip(text))), atol=2e-3)
    with pytest.raises(InputError, match="no speech"):
        SpeechClips(cached / "nothing")


def test_progress_is_told(places: TrainingPaths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clips, "speak", said)
    monkeypatch.setattr(clips, "AT_ONCE", 2)
    told: list[tuple[int, int]] = []
    spoken = [SpokenClip(clip(COLOUR), COLOUR)] * 3
    cache_speech(spoken, frames_of, places.features, lambda *pair: told.append(pair))
    assert told == [(2, 3), (3, 3)]


def test_speaking_goes_on_where_it_was_broken_off(
    places: TrainingPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoken = [SpokenClip(clip(text), text) for text in (COLOUR, COUNT, COLOUR, COUNT, COLOUR)]
    spoken.insert(1, SpokenClip(clip("..."), COUNT))
    monkeypatch.setattr(clips, "AT_ONCE", 2)
    told: list[str] = []

    def speak(one: Clip) -> np.ndarray:
        told.append(one.text)
        return said(one)

    def broken_off(done: int, total: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(clips, "speak", speak)
    with pytest.raises(KeyboardInterrupt):
        cache_speech(spoken, frames_of, places.features, broken_off)
    assert sorted(told) == ["...", COLOUR]
    told.clear()
    cache_speech(spoken, frames_of, places.features)
    assert sorted(told) == sorted([COUNT, COLOUR, COUNT, COLOUR])
    kept = SpeechClips(places.features)
    assert kept.questions == [COLOUR, COUNT, COLOUR, COUNT, COLOUR]
    for place, question in enumerate(kept.questions):
        wanted = frames_of(said(clip(question)))
        np.testing.assert_allclose(kept.at([place])[0], wanted, atol=2e-3)
    assert sorted(path.name for path in places.features.glob("speech*")) == [
        "speech.json",
        "speech.npy",
    ]


def test_clips_held_back_are_never_drawn(cached: Path) -> None:
    kept = SpeechClips(cached)
    drawn = {
        place
        for seed in range(200)
        for place in kept.draw([COLOUR, COUNT, ""], np.random.default_rng(seed))
    }
    assert drawn == set(kept.learned) == set(range(63)) - set(kept.held_back)


def test_clips_are_varied_and_not_changed() -> None:
    frames = np.random.default_rng(0).normal(size=(40, SPEECH_FRAMES, 4)).astype(np.float32)
    before = frames.copy()
    made = varied(frames, np.random.default_rng(1))
    assert np.array_equal(frames, before)
    hidden = (made == 0).all(axis=2).sum(axis=1)
    assert 0 < (hidden > 0).sum() < 40
    assert hidden.max() <= 10
    pairs = zip(made, frames, strict=True)
    moved = [sorted(one[:, 0]) == sorted(own[:, 0]) and (one != own).any() for one, own in pairs]
    assert 0 < sum(moved) < 40
