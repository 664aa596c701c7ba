"""SpeechFeatures questions: a model that learns to hear them, and how it is judged."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch.nn import functional

from mmdesk.fusion.generation import generate
from mmdesk.fusion.speech_tokens import SpeechFeatures as Transcribed
from mmdesk.fusion.spoken_question import recognize_question
from mmdesk.perception.fused_model import load_fused_model, load_known_questions
from mmdesk.perception.fused_tokenizer import QUESTION_TOKEN, FusedTokenizer
from mmdesk.perception.fused_weights import FUSED_WEIGHTS_FILE, SPEECH_WEIGHTS_FILE
from mmdesk.perception.speech_frames import SPEECH_FRAMES, SPEECH_WIDTH
from mmdesk.training.data.batches import IGNORED, Example, TrainingText, pack
from mmdesk.training.data.captions import Collection
from mmdesk.training.data.features import Features
from mmdesk.training.data.question_list import KnownQuestion
from mmdesk.training.data.questions import Question
from mmdesk.training.data.train_tokenizer import train_words
from mmdesk.training.eval import spoken_questions
from mmdesk.training.eval.caption_scores import rules_for
from mmdesk.training.eval.spoken_questions import (
    CachedEncoder,
    RecognitionMethods,
    judge_others,
    judge_questions,
    record,
)
from mmdesk.training.export import export_run, import_run, load_run
from mmdesk.training.fused_training import TrainingPaths
from mmdesk.training.recipe import Recipe
from mmdesk.training.run import RunFolder
from mmdesk.training.speech.spoken_trainer import SpokenTrainer, heard_texts, question_of, targets
from mmdesk.training.trainer import Trainer, build_model
from tests.training.sounds import COLOUR, COUNT, OTHER, clip, frames_of, said


@pytest.fixture
def words(tmp_path: Path) -> FusedTokenizer:
    """A tokenizer that knows the questions in a few pieces each."""
    return train_words([COLOUR, COUNT, "black", "two"] * 9, 200, tmp_path / "asked" / "words.json")


# --- learning -------------------------------------------------------------------------------------


def test_a_recipe_for_speech_makes_a_model_of_which_only_the_ears_learn(
    recipe: Recipe, words: FusedTokenizer
) -> None:
    assert build_model(recipe, words).speech is None
    made = build_model(replace(recipe, phase="spoken"), words)
    learning = {name for name, weight in made.named_parameters() if weight.requires_grad}
    assert learning == {name for name, _ in made.named_parameters() if name.startswith("speech.")}
    assert made.encode_speech(torch.zeros(2, SPEECH_FRAMES, SPEECH_WIDTH))[1].shape == (2, 12, 16)


def test_nothing_is_learned_behind_the_end(words: FusedTokenizer) -> None:
    made = targets(words, [COUNT, ""])
    asked = words.encode(COUNT)
    assert len(asked) < 12
    assert made[0].tolist() == [*asked, words.end] + [IGNORED] * (11 - len(asked))
    assert made[1].tolist() == [words.end] + [IGNORED] * 11


@pytest.fixture
def trained(
    recipe: Recipe,
    places: TrainingPaths,
    collection: Collection,
    words: FusedTokenizer,
    cached: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> SpokenTrainer:
    """One picture, two questions: typed ones are learned first, then to hear them."""
    monkeypatch.setattr("mmdesk.training.speech.spoken_trainer.CLIPS", 8)
    recipe = replace(recipe, noise=0.0, token_dropout=0.0, warmup=2, steps=9999, width=64)
    texts = [
        TrainingText(tuple(words.prompt(QUESTION_TOKEN, asked)), (*words.encode(answer), words.end))
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
        recognize_question(trained.model, torch.from_numpy(frames[:2]), trained.known, words.end),
        ("black", "two"),
        strict=True,
    ):
        mark, end_mark = words.prompt(QUESTION_TOKEN)
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
    before, ears = (
        (shipped / name).stat().st_mtime_ns for name in (FUSED_WEIGHTS_FILE, SPEECH_WEIGHTS_FILE)
    )
    assert not [
        name for name in load_file(shipped / FUSED_WEIGHTS_FILE) if name.startswith("speech.")
    ]
    model, _ = load_fused_model(shipped)
    assert load_known_questions(shipped) == [COUNT, COLOUR]
    frames = torch.from_numpy(trained.speech.at([0, 1]))
    trained.average.exchange(trained.model)
    trained.model.eval()
    for told, own in zip(
        model.encode_speech(frames), trained.model.encode_speech(frames), strict=True
    ):
        torch.testing.assert_close(told, own, atol=0.05, rtol=0.05)  # in 16 bits
    trained.average.exchange(trained.model)
    for _ in range(5):
        trained.average.update(trained.model)
    trained.best = 0.0
    trained.evaluate()
    export_run(trained.folder, shipped)
    assert (shipped / FUSED_WEIGHTS_FILE).stat().st_mtime_ns == before
    assert (shipped / SPEECH_WEIGHTS_FILE).stat().st_mtime_ns > ears
    again = RunFolder(tmp_path / "again")
    import_run(shipped, again)
    assert load_run(again)[0].speech is None  # learned last, and anew


@torch.no_grad()
def test_answers_are_to_be_those_to_the_typed_question(trained: SpokenTrainer) -> None:
    words, model = trained.words, trained.model.eval()
    asked = [words.encode(question) for question in (COLOUR, COUNT)]
    texts = [
        TrainingText(
            tuple(words.prompt(QUESTION_TOKEN, question)), (*words.encode(answer), words.end)
        )
        for question, answer in ((COLOUR, "black"), (COUNT, "two"))
    ]
    batch = pack([Example(3, (text,), ("base",)) for text in texts], ["base"] * 2, words.pad)
    embedded = torch.zeros(2, 12, model.config.width)
    for row, ids in enumerate(asked):
        embedded[row, : len(ids)] = model.words.weight[ids]
    counts = torch.tensor([len(ids) for ids in asked])
    as_typed = trained._of_answers(batch, Transcribed(embedded, counts))
    assert float(as_typed) == pytest.approx(0.0, abs=1e-5)
    other = trained._of_answers(batch, Transcribed(embedded.flip(0), counts))
    assert float(other) > 0.05


@torch.no_grad()
def test_frames_are_to_tell_what_is_really_said(trained: SpokenTrainer) -> None:
    """Of a sentence that is no question as well, but of none that may be cut off."""
    frames = torch.from_numpy(trained.speech.at([0, 2]))
    told = trained.model.eval().encode_speech_frames(frames)[2]
    odds = trained.model.predict(told).log_softmax(-1)
    ids = [torch.tensor(trained.words.encode(text)) for text in (COLOUR, OTHER)]
    alone = [
        float(
            functional.ctc_loss(odds[row], one, (SPEECH_FRAMES,), (len(one),), trained.words.blank)
        )
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
    monkeypatch.setattr(
        "mmdesk.training.speech.spoken_trainer.heard_texts", lambda *_: [COLOUR, "", COUNT]
    )
    trained.evaluate()
    assert trained.folder.entries()[-1]["dev"] == {"questions": 0.0, "others": 0.0}
    assert trained.best == 2.0


# --- judging --------------------------------------------------------------------------------------


@pytest.fixture
def judged(trained: SpokenTrainer, monkeypatch: pytest.MonkeyPatch) -> SpokenTrainer:
    monkeypatch.setattr(spoken_questions, "speak", said)
    return trained


def ways(transcripts: dict[int, str]) -> RecognitionMethods:
    return RecognitionMethods(
        frames_of,
        lambda sound: transcripts[int(sound[0])],
        lambda text: COLOUR if "color" in text else None,
    )


def test_hearing_is_judged_beside_reading(judged: SpokenTrainer) -> None:
    asked = [
        KnownQuestion("base", 3, Question("colour", COLOUR, "black", ("black",))),
        KnownQuestion("base", 3, Question("count", COUNT, "two", ("two",))),
        KnownQuestion("base", 3, Question("count", "...", "two", ("two",))),
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
        remembered = CachedEncoder(transcribe, tmp_path / "words.json")
        assert [remembered(said(clip(text))) for text in (COLOUR, COUNT, COLOUR)] == [
            "words 1",
            "words 2",
            "words 1",
        ]
    assert told == [1, 2]


def test_the_question_is_read_from_its_prompt(words: FusedTokenizer) -> None:
    assert question_of(words, words.prompt(QUESTION_TOKEN, COLOUR)) == COLOUR
