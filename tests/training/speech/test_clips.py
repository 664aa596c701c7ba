"""Clips for training and evaluation, and their cached frames."""

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
    LabelledClip,
    SpeechCache,
    cache_speech,
    evaluation_clips,
    training_clips,
)
from mmdesk.training.speech.spoken_trainer import augment
from mmdesk.training.speech.voices import HELD_OUT_VOICES, VOICES, Clip
from tests.training.sounds import COLOUR, COUNT, OTHER, clip, frames_of, said


def test_every_question_is_spoken_in_many_paraphrases_next_to_other_sentences() -> None:
    spoken = training_clips([COLOUR, COUNT], ["A dog runs ."], 1)
    for question in (COLOUR, COUNT):
        texts = [one.clip.text for one in spoken if one.question == question]
        assert len(texts) == clips.CLIPS_PER_QUESTION
        assert (
            clips.CLIPS_PER_QUESTION / 2 <= texts.count(question) < 0.75 * clips.CLIPS_PER_QUESTION
        )
        assert len(set(texts)) > 5
    others = [one for one in spoken if not one.question]
    assert len(others) == round(clips.OTHER_SHARE * 2 * clips.CLIPS_PER_QUESTION)
    assert {one.clip.voice for one in spoken} == set(VOICES)
    assert spoken == training_clips([COLOUR, COUNT], ["A dog runs ."], 1)
    assert spoken != training_clips([COLOUR, COUNT], ["A dog runs ."], 2)


@pytest.mark.parametrize("kind", HELD_OUT_VOICES)
def test_evaluation_clips_have_held_out_voices(kind: str) -> None:
    judged = evaluation_clips([COLOUR, COUNT, COLOUR], kind, 10.0)
    assert [as_known_question(one.text) for one in judged] == [COLOUR, COUNT, COLOUR]
    assert [one.text == COUNT for one in evaluation_clips([COUNT] * 9, kind, 10.0)].count(True) in (
        5,
        6,
    )
    assert {one.voice for one in judged} == set(HELD_OUT_VOICES[kind])
    assert {one.noise_db for one in judged} == {10.0}


def test_speech_is_cached_once_and_silence_left_out(cached: Path) -> None:
    def never(samples: np.ndarray) -> np.ndarray:
        raise AssertionError("encoded again")

    cache_speech([LabelledClip(clip(COLOUR), COLOUR)], never, cached)
    kept = SpeechCache(cached)
    assert kept.questions == [COLOUR, COUNT, ""] * 21
    assert kept.held_out == [19, 39, 59]
    assert kept.texts == [COLOUR, COUNT, OTHER] * 21
    drawn = kept.at(kept.draw([COUNT, "", COLOUR], np.random.default_rng(0)))
    assert drawn.dtype == np.float32
    for frames, text in zip(drawn, (COUNT, OTHER, COLOUR), strict=True):
        np.testing.assert_allclose(frames, frames_of(said(clip(text))), atol=2e-3)
    with pytest.raises(InputError, match="no speech"):
        SpeechCache(cached / "nothing")


def test_progress_is_reported(paths: TrainingPaths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clips, "speak", said)
    monkeypatch.setattr(clips, "BATCH", 2)
    reported: list[tuple[int, int]] = []
    spoken = [LabelledClip(clip(COLOUR), COLOUR)] * 3
    cache_speech(spoken, frames_of, paths.features, lambda *pair: reported.append(pair))
    assert reported == [(2, 3), (3, 3)]


def test_an_interrupted_cache_resumes(
    paths: TrainingPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoken = [LabelledClip(clip(text), text) for text in (COLOUR, COUNT, COLOUR, COUNT, COLOUR)]
    spoken.insert(1, LabelledClip(clip("..."), COUNT))
    monkeypatch.setattr(clips, "BATCH", 2)
    spoken_texts: list[str] = []

    def speak(one: Clip) -> np.ndarray:
        spoken_texts.append(one.text)
        return said(one)

    def interrupted(done: int, total: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(clips, "speak", speak)
    with pytest.raises(KeyboardInterrupt):
        cache_speech(spoken, frames_of, paths.features, interrupted)
    assert sorted(spoken_texts) == ["...", COLOUR]
    spoken_texts.clear()
    cache_speech(spoken, frames_of, paths.features)
    assert sorted(spoken_texts) == sorted([COUNT, COLOUR, COUNT, COLOUR])
    kept = SpeechCache(paths.features)
    assert kept.questions == [COLOUR, COUNT, COLOUR, COUNT, COLOUR]
    for index, question in enumerate(kept.questions):
        wanted = frames_of(said(clip(question)))
        np.testing.assert_allclose(kept.at([index])[0], wanted, atol=2e-3)
    assert sorted(path.name for path in paths.features.glob("speech*")) == [
        "speech.json",
        "speech.npy",
    ]


def test_held_out_clips_are_never_drawn(cached: Path) -> None:
    kept = SpeechCache(cached)
    drawn = {
        place
        for seed in range(200)
        for place in kept.draw([COLOUR, COUNT, ""], np.random.default_rng(seed))
    }
    assert drawn == set(kept.train) == set(range(63)) - set(kept.held_out)


def test_augmented_clips_are_copies() -> None:
    frames = np.random.default_rng(0).normal(size=(40, SPEECH_FRAMES, 4)).astype(np.float32)
    before = frames.copy()
    made = augment(frames, np.random.default_rng(1))
    assert np.array_equal(frames, before)
    hidden = (made == 0).all(axis=2).sum(axis=1)
    assert 0 < (hidden > 0).sum() < 40
    assert hidden.max() <= 10
    pairs = zip(made, frames, strict=True)
    moved = [sorted(one[:, 0]) == sorted(own[:, 0]) and (one != own).any() for one, own in pairs]
    assert 0 < sum(moved) < 40
