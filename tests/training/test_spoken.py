"""Spoken questions: voices, noise, cached frames, and a model that answers from them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from mmdesk.errors import InputError
from mmdesk.fusion.generation import generate
from mmdesk.messages import SAMPLE_RATE
from mmdesk.perception.pieces import QUESTION, Words
from mmdesk.training import hearing, speech
from mmdesk.training.batches import Example, Text, pack
from mmdesk.training.captions import Collection
from mmdesk.training.features import Features
from mmdesk.training.fused import Places
from mmdesk.training.hearing import Ways, judge_spoken
from mmdesk.training.measure import rules_for
from mmdesk.training.question_list import Asked
from mmdesk.training.questions import Question
from mmdesk.training.recipe import Recipe
from mmdesk.training.run import RunFolder
from mmdesk.training.speech import FRAMES, WIDTH, Clip, Speech, cache_speech, clips_of, noisy
from mmdesk.training.spoken import SpokenTrainer, question_of
from mmdesk.training.trainer import build_model

COLOUR, COUNT = "what color is the dog?", "how many dogs are there?"


def frames_of(samples: np.ndarray) -> np.ndarray:
    """Frames that tell the two questions apart, as an encoder's would."""
    rng = np.random.default_rng(int(samples[0]))
    return rng.normal(size=(FRAMES, WIDTH)).astype(np.float32)


def said(clip: Clip) -> np.ndarray:
    return np.full(100, {COLOUR: 1.0, COUNT: 2.0}[clip.question], np.float32)


@pytest.fixture
def cached(places: Places, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Both questions by two voices."""
    monkeypatch.setattr(speech, "speak", said)
    cache_speech(clips_of([COLOUR, COUNT], ["a", "b"], 1), frames_of, places.features)
    return places.features


def test_clips_depend_on_the_seed_alone() -> None:
    clips = clips_of([COLOUR, COUNT], ["a", "b"], 1)
    assert [(clip.question, clip.voice) for clip in clips] == [
        (question, voice) for question in (COLOUR, COUNT) for voice in ("a", "b")
    ]
    assert clips == clips_of([COLOUR, COUNT], ["a", "b"], 1)
    assert clips != clips_of([COLOUR, COUNT], ["a", "b"], 2)
    judged = speech.clips_to_judge([COLOUR, COUNT], 10.0)
    assert {clip.voice for clip in judged} == set(speech.UNHEARD_VOICES)
    assert not {clip.voice for clip in judged} & set(speech.VOICES)


def test_noise_is_so_much_below_the_voice() -> None:
    voice = np.sin(np.arange(SAMPLE_RATE) * 0.1).astype(np.float32)
    sound = noisy(voice, 10.0, 3)
    quiet = len(sound) - len(voice)
    assert 0.05 * SAMPLE_RATE <= quiet <= 0.5 * SAMPLE_RATE
    noise = sound[quiet:] - voice
    assert 10 * np.log10(np.mean(voice**2) / np.mean(noise**2)) == pytest.approx(10, abs=1.5)
    assert np.array_equal(sound, noisy(voice, 10.0, 3))


def test_without_the_synthesiser_its_package_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InputError) as caught:
        speech.speak(clips_of([COLOUR], ["en-us"], 1)[0])
    assert "apt install espeak-ng" in caught.value.hint


def test_speech_is_cached_once_and_drawn_by_what_it_says(cached: Path) -> None:
    def never(samples: np.ndarray) -> np.ndarray:
        raise AssertionError("encoded again")

    cache_speech(clips_of([COLOUR], ["a"], 1), never, cached)
    drawn = Speech(cached).draw([COUNT, COLOUR], np.random.default_rng(0))
    assert drawn.dtype == np.float32
    for frames, question in zip(drawn, (COUNT, COLOUR), strict=True):
        clip = Clip(question, "a", 0, 0, 0, 0)
        np.testing.assert_allclose(frames, frames_of(said(clip)), atol=2e-3)
    with pytest.raises(InputError, match="no speech"):
        Speech(cached / "nothing")


@pytest.fixture
def trained(
    recipe: Recipe, places: Places, collection: Collection, words: Words, cached: Path
) -> SpokenTrainer:
    """One picture, two questions: only the sound tells which was asked."""
    recipe = replace(
        recipe, phase="spoken", noise=0.0, token_dropout=0.0, warmup=2, steps=500, rate=5e-3
    )
    texts = [
        Text(tuple(words.prompt(QUESTION, asked)), (*words.encode(answer), words.end))
        for asked, answer in ((COLOUR, "black"), (COUNT, "two"))
    ]
    examples = [Example(3, (text,), ("base",)) for text in texts]
    trainer = SpokenTrainer(
        recipe,
        collection,
        Features(places.features, ("base",)),
        words,
        lambda epoch: examples,
        RunFolder(places.runs / "spoken"),
    )
    batch = pack(examples, ["base"] * 2, words.pad)
    for _ in range(80):
        trainer.learn(batch)
        trainer.step += 1
    return trainer


def test_questions_are_answered_by_their_sound_alone(trained: SpokenTrainer) -> None:
    words, rules = trained.words, rules_for(trained.words, longest=4)
    grid, labels = (torch.from_numpy(a) for a in trained.features.get([("base", 3)] * 2))
    frames = torch.from_numpy(trained.speech.draw([COLOUR, COUNT], np.random.default_rng(1)))
    unsaid = torch.tensor([words.prompt(QUESTION)] * 2)
    trained.model.eval()
    spoken_to = generate(trained.model, grid, labels, unsaid, rules, speech=frames)
    assert [words.decode(text.ids) for text in spoken_to] == ["black", "two"]
    for asked, answer in ((COLOUR, "black"), (COUNT, "two")):  # typed ones still are
        prompt = torch.tensor([words.prompt(QUESTION, asked)])
        (typed,) = generate(trained.model, grid[:1], labels[:1], prompt, rules)
        assert words.decode(typed.ids) == answer


def test_hearing_is_judged_beside_reading(
    trained: SpokenTrainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hearing, "speak", said)
    asked = [
        Asked("base", 3, Question("colour", COLOUR, "black", ("black",))),
        Asked("base", 3, Question("count", COUNT, "two", ("two",))),
    ]
    clips = [Clip(one.question.text, "a", 0, 0, 0, 0) for one in asked]
    ways = Ways(
        frames_of,
        lambda sound: "What color is the dog?" if sound[0] == 1 else "How mini dogs?",
        lambda text: COLOUR if "color" in text else None,
    )
    model, features, words = trained.model, trained.features, trained.words
    report = judge_spoken(model, model, features, words, asked, clips, ways)
    assert report == {
        "questions": 2,
        "heard_as_asked": 1,
        "right_from_sound": 2,
        "right_from_words": 1,
        "transcripts": ["What color is the dog?", "How mini dogs?"],
    }


def test_a_recipe_for_speech_makes_a_model_that_hears(recipe: Recipe, words: Words) -> None:
    assert build_model(recipe, words).speech is None
    made = build_model(replace(recipe, phase="spoken"), words)
    tokens = made.image_tokens(
        torch.zeros(2, 64, made.config.grid_width),
        torch.zeros(2, 1000),
        torch.zeros(2, FRAMES, WIDTH),
    )
    assert tokens.shape == (2, FRAMES + 65, 16)


def test_the_question_is_read_from_its_prompt(words: Words) -> None:
    assert question_of(words, words.prompt(QUESTION, COLOUR)) == COLOUR
