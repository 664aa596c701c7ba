"""Spoken questions: training of the speech encoder, and its evaluation."""

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
from mmdesk.fusion.speech_tokens import SpeechFeatures
from mmdesk.fusion.spoken_question import recognize_question
from mmdesk.perception.fused_model import load_fused_model, load_known_questions
from mmdesk.perception.fused_tokenizer import QUESTION_TOKEN, FusedTokenizer
from mmdesk.perception.fused_weights import FUSED_WEIGHTS_FILE, SPEECH_WEIGHTS_FILE
from mmdesk.perception.speech_frames import SPEECH_FRAMES, SPEECH_WIDTH
from mmdesk.training.data.batches import IGNORED, Example, TrainingText, pack
from mmdesk.training.data.captions import Collection
from mmdesk.training.data.feature_cache import FeatureCache
from mmdesk.training.data.question_list import EvalQuestion
from mmdesk.training.data.questions import Question
from mmdesk.training.data.train_tokenizer import train_tokenizer
from mmdesk.training.eval import spoken_questions
from mmdesk.training.eval.caption_scores import rules_for
from mmdesk.training.eval.spoken_questions import (
    RecognitionMethods,
    TranscriptCache,
    judge_others,
    judge_questions,
    recognize_clips,
)
from mmdesk.training.export import export_run, import_run, load_run
from mmdesk.training.fused_training import TrainingPaths
from mmdesk.training.recipe import Recipe
from mmdesk.training.run import RunFolder
from mmdesk.training.speech.spoken_trainer import (
    SpokenTrainer,
    question_of,
    question_targets,
    recognized_questions,
)
from mmdesk.training.trainer import Trainer, build_model
from tests.training.sounds import COLOUR, COUNT, OTHER, clip, frames_of, said


@pytest.fixture
def tokenizer(tmp_path: Path) -> FusedTokenizer:
    """Train a tokenizer that encodes the questions in a few tokens each."""
    return train_tokenizer(
        [COLOUR, COUNT, "black", "two"] * 9, 200, tmp_path / "asked" / "words.json"
    )


# --- training -------------------------------------------------------------------------------------


def test_a_spoken_recipe_trains_only_the_speech_encoder(
    recipe: Recipe, tokenizer: FusedTokenizer
) -> None:
    assert build_model(recipe, tokenizer).speech is None
    model = build_model(replace(recipe, phase="spoken"), tokenizer)
    learning = {name for name, weight in model.named_parameters() if weight.requires_grad}
    assert learning == {name for name, _ in model.named_parameters() if name.startswith("speech.")}
    assert model.encode_speech(torch.zeros(2, SPEECH_FRAMES, SPEECH_WIDTH))[1].shape == (2, 12, 16)


def test_nothing_behind_the_end_is_a_target(tokenizer: FusedTokenizer) -> None:
    targets = question_targets(tokenizer, [COUNT, ""])
    asked = tokenizer.encode(COUNT)
    assert len(asked) < 12
    assert targets[0].tolist() == [*asked, tokenizer.end] + [IGNORED] * (11 - len(asked))
    assert targets[1].tolist() == [tokenizer.end] + [IGNORED] * 11


@pytest.fixture
def trained(
    recipe: Recipe,
    paths: TrainingPaths,
    collection: Collection,
    tokenizer: FusedTokenizer,
    cached: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> SpokenTrainer:
    """Train on one picture with two questions: typed first, then spoken."""
    monkeypatch.setattr("mmdesk.training.speech.spoken_trainer.EXTRA_CLIPS", 8)
    recipe = replace(recipe, feature_noise=0.0, image_token_dropout=0.0, warmup=2, steps=9999)
    recipe = replace(recipe, model=replace(recipe.model, width=64))
    texts = [
        TrainingText(
            tuple(tokenizer.prompt(QUESTION_TOKEN, asked)),
            (*tokenizer.encode(answer), tokenizer.end),
        )
        for asked, answer in ((COLOUR, "black"), (COUNT, "two"))
    ]
    examples = [Example(3, (text,), ("base",)) for text in texts]
    batch = pack(examples, ["base"] * 2, tokenizer.pad)

    def train_with(kind: type[Trainer], phase: str, steps: int, start: Any = None) -> Any:
        phased = replace(recipe, phase=phase, learning_rate=5e-3 if start is None else 3e-3)
        model = build_model(phased, tokenizer)
        if start is not None:
            model.load_state_dict(start, strict=False)
        features, folder = FeatureCache(paths.features, ("base",)), RunFolder(paths.runs / phase)
        trainer = kind(
            phased, collection, features, tokenizer, lambda epoch: examples, folder, model
        )
        for _ in range(steps):
            trainer.train_step(batch)
            trainer.step += 1
        return trainer

    typed = train_with(Trainer, "cross-entropy", 60)
    trainer = train_with(SpokenTrainer, "spoken", 300, typed.model.state_dict())
    trainer.before = typed.model.state_dict()
    return trainer


def test_questions_are_recognised_and_answered_from_sound_alone(trained: SpokenTrainer) -> None:
    tokenizer, rules = trained.tokenizer, rules_for(trained.tokenizer, longest=4)
    grid, labels = (torch.from_numpy(a) for a in trained.features.get([("base", 3)]))
    clips = trained.speech.draw([COLOUR, COUNT, ""], np.random.default_rng(1))
    frames = trained.speech.at(clips)
    assert recognized_questions(trained.model, frames, trained.known, tokenizer) == [
        COLOUR,
        COUNT,
        "",
    ]
    for question, answer in zip(
        recognize_question(
            trained.model, torch.from_numpy(frames[:2]), trained.known, tokenizer.end
        ),
        ("black", "two"),
        strict=True,
    ):
        start, end = tokenizer.prompt(QUESTION_TOKEN)
        blanked = torch.tensor([[start, *[tokenizer.blank] * len(question.text.ids), end]])
        (answered,) = generate(trained.model, grid, labels, blanked, rules, spoken=question.spoken)
        assert tokenizer.decode(answered.ids) == answer
        (without,) = generate(trained.model, grid, labels, blanked, rules)
        assert without.log_probability != pytest.approx(answered.log_probability, abs=1e-4)


def test_all_other_weights_stay_the_same_to_the_bit(trained: SpokenTrainer) -> None:
    own = trained.model.state_dict()
    for name, weight in trained.before.items():  # type: ignore[attr-defined]
        assert torch.equal(own[name], weight), name
    trained.evaluate()
    kept = trained.folder.load("best.pt")
    assert kept is not None
    for name, weight in trained.before.items():  # type: ignore[attr-defined]
        assert torch.equal(kept["model"][name], weight), name


def test_the_speech_encoder_is_exported_to_its_own_file(
    trained: SpokenTrainer, tmp_path: Path
) -> None:
    trained.tokenizer.tokenizer.save(str(trained.folder.tokenizer))
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
    trained.ema.swap(trained.model)
    trained.model.eval()
    for exported, own in zip(
        model.encode_speech(frames), trained.model.encode_speech(frames), strict=True
    ):
        torch.testing.assert_close(exported, own, atol=0.05, rtol=0.05)  # in 16 bits
    trained.ema.swap(trained.model)
    for _ in range(5):
        trained.ema.update(trained.model)
    trained.best = 0.0
    trained.evaluate()
    export_run(trained.folder, shipped)
    assert (shipped / FUSED_WEIGHTS_FILE).stat().st_mtime_ns == before
    assert (shipped / SPEECH_WEIGHTS_FILE).stat().st_mtime_ns > ears
    again = RunFolder(tmp_path / "again")
    import_run(shipped, again)
    assert load_run(again)[0].speech is None  # trained last, from scratch


@torch.no_grad()
def test_the_answer_loss_is_the_divergence_from_the_typed_question(trained: SpokenTrainer) -> None:
    tokenizer, model = trained.tokenizer, trained.model.eval()
    asked = [tokenizer.encode(question) for question in (COLOUR, COUNT)]
    texts = [
        TrainingText(
            tuple(tokenizer.prompt(QUESTION_TOKEN, question)),
            (*tokenizer.encode(answer), tokenizer.end),
        )
        for question, answer in ((COLOUR, "black"), (COUNT, "two"))
    ]
    batch = pack([Example(3, (text,), ("base",)) for text in texts], ["base"] * 2, tokenizer.pad)
    embedded = torch.zeros(2, 12, model.config.width)
    for row, ids in enumerate(asked):
        embedded[row, : len(ids)] = model.words.weight[ids]
    counts = torch.tensor([len(ids) for ids in asked])
    as_typed = trained._answer_loss(batch, SpeechFeatures(embedded, counts))
    assert float(as_typed) == pytest.approx(0.0, abs=1e-5)
    other = trained._answer_loss(batch, SpeechFeatures(embedded.flip(0), counts))
    assert float(other) > 0.05


@torch.no_grad()
def test_the_ctc_loss_covers_all_sentences_that_are_not_cut_off(trained: SpokenTrainer) -> None:
    frames = torch.from_numpy(trained.speech.at([0, 2]))
    encoded = trained.model.eval().encode_speech_frames(frames)[2]
    odds = trained.model.predict(encoded).log_softmax(-1)
    ids = [torch.tensor(trained.tokenizer.encode(text)) for text in (COLOUR, OTHER)]
    alone = [
        float(
            functional.ctc_loss(
                odds[row], one, (SPEECH_FRAMES,), (len(one),), trained.tokenizer.blank
            )
        )
        for row, one in enumerate(ids)
    ]
    both = float(trained._ctc_loss(encoded, [COLOUR, OTHER]))
    assert both == pytest.approx(sum(alone) / 2, rel=1e-4)
    cut_off = float(trained._ctc_loss(encoded, [COLOUR, OTHER + "x" * 60]))
    assert cut_off == pytest.approx(alone[0], rel=1e-4)
    assert float(trained._ctc_loss(encoded[:1], [COUNT])) > alone[0]


def test_the_held_out_clips_decide_which_weights_are_best(
    trained: SpokenTrainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained.ema.decay = 0.0
    trained.ema.update(trained.model)
    trained.evaluate()
    assert trained.best == 2.0
    monkeypatch.setattr(
        "mmdesk.training.speech.spoken_trainer.recognized_questions", lambda *_: [COLOUR, "", COUNT]
    )
    trained.evaluate()
    assert trained.folder.entries()[-1]["dev"] == {"questions": 0.0, "others": 0.0}
    assert trained.best == 2.0


# --- evaluation -----------------------------------------------------------------------------------


@pytest.fixture
def judged(trained: SpokenTrainer, monkeypatch: pytest.MonkeyPatch) -> SpokenTrainer:
    monkeypatch.setattr(spoken_questions, "speak", said)
    return trained


def methods(transcripts: dict[int, str]) -> RecognitionMethods:
    return RecognitionMethods(
        frames_of,
        lambda sound: transcripts[int(sound[0])],
        lambda text: COLOUR if "color" in text else None,
    )


def test_both_recognition_methods_are_evaluated(judged: SpokenTrainer) -> None:
    asked = [
        EvalQuestion("base", 3, Question("colour", COLOUR, "black", ("black",))),
        EvalQuestion("base", 3, Question("count", COUNT, "two", ("two",))),
        EvalQuestion("base", 3, Question("count", "...", "two", ("two",))),
    ]
    model, features, tokenizer = judged.model, judged.features, judged.tokenizer
    scripted = methods({1: "What color is the dog?", 2: "How mini dogs?", 0: ""})
    clips = [clip(one.question.text) for one in asked]
    recordings = recognize_clips(model, tokenizer, [COLOUR, COUNT], clips, scripted)
    assert recordings[2].heard is None
    assert recordings[0].to_dict(tokenizer)["heard"] == COLOUR
    assert judge_questions(model, features, tokenizer, asked[:2], recordings[:2], 0.0) == {
        "questions": 2,
        "typed": {"understood": 2, "right": 2},
        "transcribed": {"understood": 1, "right": 1},
        "heard": {"understood": 2, "right": 2},
        "from_sound": {"right": 2},
        "product": {"understood": 2, "right": 2},
        "heard_first": {"understood": 2, "right": 2},
    }
    misread = replace(
        recordings[1], transcribed=COLOUR
    )  # the transcript is preferred, or the heard question
    differing = judge_questions(model, features, tokenizer, asked[1:2], [misread], 0.0)
    assert differing["product"] == {"understood": 0, "right": 0}
    assert differing["heard_first"] == {"understood": 1, "right": 1}
    unsure = judge_questions(model, features, tokenizer, asked[1:], recordings[1:], 1.1)
    assert unsure["heard"]["right"] == 1
    assert unsure["product"] == {"understood": 0, "right": 0}


def test_other_sentences_that_are_taken_for_questions_are_counted(judged: SpokenTrainer) -> None:
    others = recognize_clips(
        judged.model,
        judged.tokenizer,
        [COLOUR, COUNT],
        [clip(OTHER), clip(COUNT), clip(OTHER)],
        methods({3: "Tell me a joke.", 2: "How mini dogs?"}),
    )
    counts = judge_others(judged.tokenizer, others, 0.0)
    assert counts == {"sentences": 3, "transcribed": 0, "product": 1}


def test_a_sound_is_transcribed_once(tmp_path: Path) -> None:
    transcribed: list[int] = []

    def transcribe(samples: np.ndarray) -> str:
        transcribed.append(int(samples[0]))
        return f"words {samples[0]:.0f}"

    for _ in range(2):  # the second from the file
        remembered = TranscriptCache(transcribe, tmp_path / "words.json")
        assert [remembered(said(clip(text))) for text in (COLOUR, COUNT, COLOUR)] == [
            "words 1",
            "words 2",
            "words 1",
        ]
    assert transcribed == [1, 2]


def test_the_question_is_read_from_its_prompt(tokenizer: FusedTokenizer) -> None:
    assert question_of(tokenizer, tokenizer.prompt(QUESTION_TOKEN, COLOUR)) == COLOUR
