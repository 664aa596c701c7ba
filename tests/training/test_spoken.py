"""Spoken questions: cached frames, a model that learns to hear them, and how it is judged."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch.nn import functional

from mmdesk.errors import InputError
from mmdesk.fusion.generation import generate
from mmdesk.fusion.hearing import hear
from mmdesk.fusion.speech import Spoken as Heard
from mmdesk.perception.asking import taught
from mmdesk.perception.frames import FRAMES, WIDTH
from mmdesk.perception.fused import known_questions, load_exported
from mmdesk.perception.pieces import QUESTION, Words
from mmdesk.perception.shipped import EARS, WEIGHTS
from mmdesk.training import hearing, speech
from mmdesk.training.batches import IGNORED, Example, Text, pack
from mmdesk.training.captions import Collection
from mmdesk.training.export import export_run, import_run, load_run
from mmdesk.training.features import Features
from mmdesk.training.fused import Places
from mmdesk.training.hearing import Remembered, Ways, judge_others, judge_questions, record
from mmdesk.training.measure import rules_for
from mmdesk.training.question_list import Asked
from mmdesk.training.questions import Question
from mmdesk.training.recipe import Recipe
from mmdesk.training.run import RunFolder
from mmdesk.training.speech import Speech, Spoken, cache_speech, clips_of, clips_to_judge
from mmdesk.training.spoken import SpokenTrainer, heard_texts, question_of, targets, varied
from mmdesk.training.trainer import Trainer, build_model
from mmdesk.training.voices import UNHEARD_VOICES, VOICES, Clip
from mmdesk.training.words import train_words

COLOUR, COUNT = "what color is the dog?", "how many dogs are there?"
OTHER = "tell me a joke."
SOUNDS = {COLOUR: 1, COUNT: 2, OTHER: 3}


def said(clip: Clip) -> np.ndarray:
    """Sound that tells what is said; nothing of it when nothing is."""
    return np.full(100, SOUNDS.get(clip.text, 0), np.float32)


def frames_of(samples: np.ndarray) -> np.ndarray | None:
    """Frames that tell the sentences apart, as an encoder's would; none of silence."""
    if not samples.any():
        return None
    rng = np.random.default_rng(int(samples[0]))
    return rng.normal(size=(FRAMES, WIDTH)).astype(np.float32)


def clip(text: str) -> Clip:
    return Clip(text, "espeak-ng:en-us", 1.0, 1.0, 0.0, 40.0, 0)


@pytest.fixture
def words(tmp_path: Path) -> Words:
    """A tokenizer that knows the questions in a few pieces each."""
    return train_words([COLOUR, COUNT, "black", "two"] * 9, 200, tmp_path / "asked" / "words.json")


@pytest.fixture
def cached(places: Places, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Both questions and another sentence, each often enough that some are held back."""
    monkeypatch.setattr(speech, "speak", said)
    spoken = [Spoken(clip(COLOUR), COLOUR), Spoken(clip(COUNT), COUNT), Spoken(clip(OTHER), "")]
    cache_speech([*spoken * 21, Spoken(clip("..."), COUNT)], frames_of, places.features)
    return places.features


# --- clips ----------------------------------------------------------------------------------------


def test_every_question_is_spoken_in_many_wordings_and_other_sentences_beside() -> None:
    spoken = clips_of([COLOUR, COUNT], ["A dog runs ."], 1)
    for question in (COLOUR, COUNT):
        texts = [one.clip.text for one in spoken if one.question == question]
        assert len(texts) == speech.OF_EACH
        assert speech.OF_EACH / 2 <= texts.count(question) < 0.75 * speech.OF_EACH
        assert len(set(texts)) > 5
    others = [one for one in spoken if not one.question]
    assert len(others) == round(speech.OTHERS * 2 * speech.OF_EACH)
    assert {one.clip.voice for one in spoken} == set(VOICES)
    assert spoken == clips_of([COLOUR, COUNT], ["A dog runs ."], 1)
    assert spoken != clips_of([COLOUR, COUNT], ["A dog runs ."], 2)


@pytest.mark.parametrize("kind", UNHEARD_VOICES)
def test_clips_to_judge_are_by_unheard_voices(kind: str) -> None:
    judged = clips_to_judge([COLOUR, COUNT, COLOUR], kind, 10.0)
    assert [taught(one.text) for one in judged] == [COLOUR, COUNT, COLOUR]
    assert [one.text == COUNT for one in clips_to_judge([COUNT] * 9, kind, 10.0)].count(True) in (
        5,
        6,
    )
    assert {one.voice for one in judged} == set(UNHEARD_VOICES[kind])
    assert {one.noise_db for one in judged} == {10.0}


def test_speech_is_cached_once_and_silence_left_out(cached: Path) -> None:
    def never(samples: np.ndarray) -> np.ndarray:
        raise AssertionError("encoded again")

    cache_speech([Spoken(clip(COLOUR), COLOUR)], never, cached)
    kept = Speech(cached)
    assert kept.questions == [COLOUR, COUNT, ""] * 21
    assert kept.held_back == [19, 39, 59]
    assert kept.texts == [COLOUR, COUNT, OTHER] * 21
    drawn = kept.at(kept.draw([COUNT, "", COLOUR], np.random.default_rng(0)))
    assert drawn.dtype == np.float32
    for frames, text in zip(drawn, (COUNT, OTHER, COLOUR), strict=True):
        np.testing.assert_allclose(frames, frames_of(said(clip(text))), atol=2e-3)
    with pytest.raises(InputError, match="no speech"):
        Speech(cached / "nothing")


def test_progress_is_told(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speech, "speak", said)
    monkeypatch.setattr(speech, "AT_ONCE", 2)
    told: list[tuple[int, int]] = []
    spoken = [Spoken(clip(COLOUR), COLOUR)] * 3
    cache_speech(spoken, frames_of, places.features, lambda *pair: told.append(pair))
    assert told == [(2, 3), (3, 3)]


def test_speaking_goes_on_where_it_was_broken_off(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoken = [Spoken(clip(text), text) for text in (COLOUR, COUNT, COLOUR, COUNT, COLOUR)]
    spoken.insert(1, Spoken(clip("..."), COUNT))
    monkeypatch.setattr(speech, "AT_ONCE", 2)
    told: list[str] = []

    def speak(one: Clip) -> np.ndarray:
        told.append(one.text)
        return said(one)

    def broken_off(done: int, total: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(speech, "speak", speak)
    with pytest.raises(KeyboardInterrupt):
        cache_speech(spoken, frames_of, places.features, broken_off)
    assert sorted(told) == ["...", COLOUR]
    told.clear()
    cache_speech(spoken, frames_of, places.features)
    assert sorted(told) == sorted([COUNT, COLOUR, COUNT, COLOUR])
    kept = Speech(places.features)
    assert kept.questions == [COLOUR, COUNT, COLOUR, COUNT, COLOUR]
    for place, question in enumerate(kept.questions):
        wanted = frames_of(said(clip(question)))
        np.testing.assert_allclose(kept.at([place])[0], wanted, atol=2e-3)
    assert sorted(path.name for path in places.features.glob("speech*")) == [
        "speech.json",
        "speech.npy",
    ]


def test_clips_held_back_are_never_drawn(cached: Path) -> None:
    kept = Speech(cached)
    drawn = {
        place
        for seed in range(200)
        for place in kept.draw([COLOUR, COUNT, ""], np.random.default_rng(seed))
    }
    assert drawn == set(kept.learned) == set(range(63)) - set(kept.held_back)


def test_clips_are_varied_and_not_changed() -> None:
    frames = np.random.default_rng(0).normal(size=(40, FRAMES, 4)).astype(np.float32)
    before = frames.copy()
    made = varied(frames, np.random.default_rng(1))
    assert np.array_equal(frames, before)
    hidden = (made == 0).all(axis=2).sum(axis=1)
    assert 0 < (hidden > 0).sum() < 40
    assert hidden.max() <= 10
    pairs = zip(made, frames, strict=True)
    moved = [sorted(one[:, 0]) == sorted(own[:, 0]) and (one != own).any() for one, own in pairs]
    assert 0 < sum(moved) < 40


# --- learning -------------------------------------------------------------------------------------


def test_a_recipe_for_speech_makes_a_model_of_which_only_the_ears_learn(
    recipe: Recipe, words: Words
) -> None:
    assert build_model(recipe, words).speech is None
    made = build_model(replace(recipe, phase="spoken"), words)
    learning = {name for name, weight in made.named_parameters() if weight.requires_grad}
    assert learning == {name for name, _ in made.named_parameters() if name.startswith("speech.")}
    assert made.hear(torch.zeros(2, FRAMES, WIDTH))[1].shape == (2, 12, 16)


def test_nothing_is_learned_behind_the_end(words: Words) -> None:
    made = targets(words, [COUNT, ""])
    asked = words.encode(COUNT)
    assert len(asked) < 12
    assert made[0].tolist() == [*asked, words.end] + [IGNORED] * (11 - len(asked))
    assert made[1].tolist() == [words.end] + [IGNORED] * 11


@pytest.fixture
def trained(
    recipe: Recipe,
    places: Places,
    collection: Collection,
    words: Words,
    cached: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> SpokenTrainer:
    """One picture, two questions: typed ones are learned first, then to hear them."""
    monkeypatch.setattr("mmdesk.training.spoken.CLIPS", 8)
    recipe = replace(recipe, noise=0.0, token_dropout=0.0, warmup=2, steps=9999, width=64)
    texts = [
        Text(tuple(words.prompt(QUESTION, asked)), (*words.encode(answer), words.end))
        for asked, answer in ((COLOUR, "black"), (COUNT, "two"))
    ]
    examples = [Example(3, (text,), ("base",)) for text in texts]
    batch = pack(examples, ["base"] * 2, words.pad)

    def taught_by(kind: type[Trainer], phase: str, steps: int, start: Any = None) -> Any:
        phased = replace(recipe, phase=phase, rate=5e-3 if start is None else 3e-3)
        model = build_model(phased, words)
        if start is not None:
            model.load_state_dict(start, strict=False)
        features, folder = Features(places.features, ("base",)), RunFolder(places.runs / phase)
        trainer = kind(phased, collection, features, words, lambda epoch: examples, folder, model)
        for _ in range(steps):
            trainer.learn(batch)
            trainer.step += 1
        return trainer

    typed = taught_by(Trainer, "cross-entropy", 60)
    trainer = taught_by(SpokenTrainer, "spoken", 300, typed.model.state_dict())
    trainer.before = typed.model.state_dict()
    return trainer


def test_questions_are_heard_and_answered_by_their_sound_alone(trained: SpokenTrainer) -> None:
    words, rules = trained.words, rules_for(trained.words, longest=4)
    grid, labels = (torch.from_numpy(a) for a in trained.features.get([("base", 3)]))
    places = trained.speech.draw([COLOUR, COUNT, ""], np.random.default_rng(1))
    frames = trained.speech.at(places)
    assert heard_texts(trained.model, frames, trained.known, words) == [COLOUR, COUNT, ""]
    for question, answer in zip(
        hear(trained.model, torch.from_numpy(frames[:2]), trained.known, words.end),
        ("black", "two"),
        strict=True,
    ):
        mark, end_mark = words.prompt(QUESTION)
        unsaid = torch.tensor([[mark, *[words.blank] * len(question.text.ids), end_mark]])
        (spoken_to,) = generate(trained.model, grid, labels, unsaid, rules, spoken=question.spoken)
        assert words.decode(spoken_to.ids) == answer
        (without,) = generate(trained.model, grid, labels, unsaid, rules)
        assert without.log_probability != pytest.approx(spoken_to.log_probability, abs=1e-4)


def test_what_was_learned_from_typed_words_stays_to_the_bit(trained: SpokenTrainer) -> None:
    own = trained.model.state_dict()
    for name, weight in trained.before.items():  # type: ignore[attr-defined]
        assert torch.equal(own[name], weight), name
    trained.evaluate()
    kept = trained.folder.load("best.pt")
    assert kept is not None
    for name, weight in trained.before.items():  # type: ignore[attr-defined]
        assert torch.equal(kept["model"][name], weight), name


def test_what_hears_ships_beside_the_weights_that_were_there(
    trained: SpokenTrainer, tmp_path: Path
) -> None:
    trained.words.tokenizer.save(str(trained.folder.tokenizer))
    trained.evaluate()
    shipped = export_run(trained.folder, tmp_path / "shipped")
    before, ears = ((shipped / name).stat().st_mtime_ns for name in (WEIGHTS, EARS))
    assert not [name for name in load_file(shipped / WEIGHTS) if name.startswith("speech.")]
    model, _ = load_exported(shipped)
    assert known_questions(shipped) == [COUNT, COLOUR]
    frames = torch.from_numpy(trained.speech.at([0, 1]))
    trained.average.exchange(trained.model)
    trained.model.eval()
    for told, own in zip(model.hear(frames), trained.model.hear(frames), strict=True):
        torch.testing.assert_close(told, own, atol=0.05, rtol=0.05)  # in 16 bits
    trained.average.exchange(trained.model)
    for _ in range(5):
        trained.average.update(trained.model)
    trained.best = 0.0
    trained.evaluate()
    export_run(trained.folder, shipped)
    assert (shipped / WEIGHTS).stat().st_mtime_ns == before
    assert (shipped / EARS).stat().st_mtime_ns > ears
    again = RunFolder(tmp_path / "again")
    import_run(shipped, again)
    assert load_run(again)[0].speech is None  # learned last, and anew


@torch.no_grad()
def test_answers_are_to_be_those_to_the_typed_question(trained: SpokenTrainer) -> None:
    words, model = trained.words, trained.model.eval()
    asked = [words.encode(question) for question in (COLOUR, COUNT)]
    texts = [
        Text(tuple(words.prompt(QUESTION, question)), (*words.encode(answer), words.end))
        for question, answer in ((COLOUR, "black"), (COUNT, "two"))
    ]
    batch = pack([Example(3, (text,), ("base",)) for text in texts], ["base"] * 2, words.pad)
    embedded = torch.zeros(2, 12, model.config.width)
    for row, ids in enumerate(asked):
        embedded[row, : len(ids)] = model.words.weight[ids]
    counts = torch.tensor([len(ids) for ids in asked])
    as_typed = trained._of_answers(batch, Heard(embedded, counts))
    assert float(as_typed) == pytest.approx(0.0, abs=1e-5)
    other = trained._of_answers(batch, Heard(embedded.flip(0), counts))
    assert float(other) > 0.05


@torch.no_grad()
def test_frames_are_to_tell_what_is_really_said(trained: SpokenTrainer) -> None:
    """Of a sentence that is no question as well, but of none that may be cut off."""
    frames = torch.from_numpy(trained.speech.at([0, 2]))
    told = trained.model.eval().listen(frames)[2]
    odds = trained.model.predict(told).log_softmax(-1)
    ids = [torch.tensor(trained.words.encode(text)) for text in (COLOUR, OTHER)]
    alone = [
        float(functional.ctc_loss(odds[row], one, (FRAMES,), (len(one),), trained.words.blank))
        for row, one in enumerate(ids)
    ]
    both = float(trained._of_frames(told, [COLOUR, OTHER]))
    assert both == pytest.approx(sum(alone) / 2, rel=1e-4)
    cut_off = float(trained._of_frames(told, [COLOUR, OTHER + "x" * 60]))
    assert cut_off == pytest.approx(alone[0], rel=1e-4)
    assert float(trained._of_frames(told[:1], [COUNT])) > alone[0]


def test_hearing_is_measured_by_the_clips_held_back(
    trained: SpokenTrainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained.average.decay = 0.0
    trained.average.update(trained.model)
    trained.evaluate()
    assert trained.best == 2.0
    monkeypatch.setattr("mmdesk.training.spoken.heard_texts", lambda *_: [COLOUR, "", COUNT])
    trained.evaluate()
    assert trained.folder.entries()[-1]["dev"] == {"questions": 0.0, "others": 0.0}
    assert trained.best == 2.0


# --- judging --------------------------------------------------------------------------------------


@pytest.fixture
def judged(trained: SpokenTrainer, monkeypatch: pytest.MonkeyPatch) -> SpokenTrainer:
    monkeypatch.setattr(hearing, "speak", said)
    return trained


def ways(transcripts: dict[int, str]) -> Ways:
    return Ways(
        frames_of,
        lambda sound: transcripts[int(sound[0])],
        lambda text: COLOUR if "color" in text else None,
    )


def test_hearing_is_judged_beside_reading(judged: SpokenTrainer) -> None:
    asked = [
        Asked("base", 3, Question("colour", COLOUR, "black", ("black",))),
        Asked("base", 3, Question("count", COUNT, "two", ("two",))),
        Asked("base", 3, Question("count", "...", "two", ("two",))),
    ]
    model, features, words = judged.model, judged.features, judged.words
    heard_as = ways({1: "What color is the dog?", 2: "How mini dogs?", 0: ""})
    clips = [clip(one.question.text) for one in asked]
    recordings = record(model, words, [COLOUR, COUNT], clips, heard_as)
    assert recordings[2].heard is None
    assert recordings[0].told(words)["heard"] == COLOUR
    assert judge_questions(model, features, words, asked[:2], recordings[:2], 0.0) == {
        "questions": 2,
        "typed": {"understood": 2, "right": 2},
        "transcribed": {"understood": 1, "right": 1},
        "heard": {"understood": 2, "right": 2},
        "from_sound": {"right": 2},
        "product": {"understood": 2, "right": 2},
        "heard_first": {"understood": 2, "right": 2},
    }
    misread = replace(recordings[1], words=COLOUR)  # the words are trusted, or the ear is
    differing = judge_questions(model, features, words, asked[1:2], [misread], 0.0)
    assert differing["product"] == {"understood": 0, "right": 0}
    assert differing["heard_first"] == {"understood": 1, "right": 1}
    unsure = judge_questions(model, features, words, asked[1:], recordings[1:], 1.1)
    assert unsure["heard"]["right"] == 1
    assert unsure["product"] == {"understood": 0, "right": 0}


def test_other_sentences_that_are_taken_for_questions_are_counted(judged: SpokenTrainer) -> None:
    others = record(
        judged.model,
        judged.words,
        [COLOUR, COUNT],
        [clip(OTHER), clip(COUNT), clip(OTHER)],
        ways({3: "Tell me a joke.", 2: "How mini dogs?"}),
    )
    told = judge_others(judged.words, others, 0.0)
    assert told == {"sentences": 3, "transcribed": 0, "product": 1}


def test_a_sound_is_transcribed_once(tmp_path: Path) -> None:
    told: list[int] = []

    def transcribe(samples: np.ndarray) -> str:
        told.append(int(samples[0]))
        return f"words {samples[0]:.0f}"

    for _ in range(2):  # the second from the file
        remembered = Remembered(transcribe, tmp_path / "words.json")
        assert [remembered(said(clip(text))) for text in (COLOUR, COUNT, COLOUR)] == [
            "words 1",
            "words 2",
            "words 1",
        ]
    assert told == [1, 2]


def test_the_question_is_read_from_its_prompt(words: Words) -> None:
    assert question_of(words, words.prompt(QUESTION, COLOUR)) == COLOUR
