"""Inference with the fused model, on tiny random weights as a training run exports them."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch

from mmdesk.errors import ModelUnavailable
from mmdesk.fusion.spoken_question import recognize_question
from mmdesk.perception import fused_weights
from mmdesk.perception.fused_model import (
    FusedModel,
    FusedOutput,
    _capitalise_sentences,
    load_fused_model,
)
from mmdesk.perception.fused_weights import (
    FUSED_CONFIG_FILE,
    FUSED_TOKENIZER_FILE,
    FUSED_WEIGHTS_FILE,
    KNOWN_QUESTIONS_FILE,
    MANIFEST_FILE,
    REQUIRED_FILES,
    SPEECH_WEIGHTS_FILE,
    Thresholds,
    seal_fused_weights,
)
from mmdesk.perception.speech_frames import SPEECH_FRAMES, SPEECH_WIDTH
from tests.fakes.tiny_fused import write_fused


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_fused(tmp_path)


def test_every_task_writes_a_text_for_every_picture(folder: Path) -> None:
    model = FusedModel(folder)
    seen = torch.rand(2, 1280, 8, 8), torch.rand(2, 1000)
    for said in (
        model.caption(*seen),
        model.describe(*seen),
        model.kind(*seen),
        model.answer("What color is the dog? " * 40, *seen),  # longer than the model's positions
    ):
        assert len(said) == 2
        assert all(one.text and 0 < one.probability <= 1 for one in said)
        assert all("<" not in one.text for one in said)


def test_a_caption_is_a_sentence(folder: Path) -> None:
    (said,) = FusedModel(folder).caption(torch.rand(1, 1280, 8, 8), torch.rand(1, 1000))
    assert said.text[0] == said.text[0].upper()
    assert said.text.endswith((".", "?"))


def test_every_sentence_begins_with_a_capital() -> None:
    assert _capitalise_sentences("A dog. it runs. two men") == "A dog. It runs. Two men"


@pytest.mark.parametrize("name", REQUIRED_FILES)
def test_a_missing_or_changed_file_is_reported(folder: Path, name: str) -> None:
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[:-1] + b"x")
    with pytest.raises(ModelUnavailable, match=f"{name} is damaged") as caught:
        FusedModel(folder).kind(torch.rand(1, 1280, 8, 8), torch.rand(1, 1000))
    assert caught.value.exit_status == 3
    (folder / name).unlink()
    with pytest.raises(ModelUnavailable, match=f"{name} is missing"):
        FusedModel(folder).kind(torch.rand(1, 1280, 8, 8), torch.rand(1, 1000))


def test_the_speech_weights_are_verified_too(tmp_path: Path) -> None:
    folder = write_fused(tmp_path, hears=True)
    content = (folder / SPEECH_WEIGHTS_FILE).read_bytes()
    (folder / SPEECH_WEIGHTS_FILE).write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(ModelUnavailable, match=f"{SPEECH_WEIGHTS_FILE} is damaged"):
        FusedModel(folder).recognize_question(np.zeros((SPEECH_FRAMES, SPEECH_WIDTH), np.float32))
    (folder / SPEECH_WEIGHTS_FILE).write_bytes(content)
    (folder / KNOWN_QUESTIONS_FILE).write_text("[]")
    with pytest.raises(ModelUnavailable, match=f"{KNOWN_QUESTIONS_FILE} is damaged"):
        FusedModel(folder).recognize_question(np.zeros((SPEECH_FRAMES, SPEECH_WIDTH), np.float32))
    (folder / SPEECH_WEIGHTS_FILE).unlink()
    with pytest.raises(ModelUnavailable, match=f"{SPEECH_WEIGHTS_FILE} is missing"):
        FusedModel(folder).recognize_question(np.zeros((SPEECH_FRAMES, SPEECH_WIDTH), np.float32))
    seal_fused_weights(folder, Thresholds())  # a manifest without it, of a model with speech
    with pytest.raises(ModelUnavailable, match="cannot be loaded"):
        FusedModel(folder).recognize_question(np.zeros((SPEECH_FRAMES, SPEECH_WIDTH), np.float32))


@pytest.mark.parametrize("damage", [FUSED_WEIGHTS_FILE, FUSED_CONFIG_FILE, FUSED_TOKENIZER_FILE])
def test_files_that_were_sealed_damaged_are_reported_too(folder: Path, damage: str) -> None:
    (folder / damage).write_bytes(b"nothing of use")
    seal_fused_weights(folder, Thresholds())
    with pytest.raises(ModelUnavailable, match="cannot be loaded"):
        FusedModel(folder).kind(torch.rand(1, 1280, 8, 8), torch.rand(1, 1000))


@pytest.mark.parametrize("content", [None, b"", b"[]", b'{"files": {}, "chosen": {}}'])
def test_weights_without_a_sound_manifest_are_not_trusted(
    folder: Path, content: bytes | None
) -> None:
    if content is None:
        (folder / MANIFEST_FILE).unlink()
    else:
        (folder / MANIFEST_FILE).write_bytes(content)
    with pytest.raises(ModelUnavailable, match=MANIFEST_FILE):
        FusedModel(folder).kind(torch.rand(1, 1280, 8, 8), torch.rand(1, 1000))


def test_a_recognised_question_comes_with_its_probability_where_it_is_sure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_fused(tmp_path, hears=True)
    frames = np.random.default_rng(0).normal(size=(SPEECH_FRAMES, SPEECH_WIDTH)).astype(np.float32)
    seal_fused_weights(folder, Thresholds(sure_from={"": 1.0, "heard": 0.0}))
    model, words = load_fused_model(folder)
    ids = [*words.encode("a dog"), words.end]
    logits = torch.zeros(1, model.config.speech_words, len(words))
    logits[0, range(len(ids)), ids] = 4.0
    monkeypatch.setattr(model, "encode_speech", lambda frames: (logits, torch.zeros(1, 12, 16)))
    fused = FusedModel(folder)
    assert not fused.is_sure("", FusedOutput("", 0.0))  # loads it
    fused._loaded = model, words
    heard = fused.recognize_question(frames)
    known = [words.encode(text) for text in ("what color is it?", "a dog")]
    (question,) = recognize_question(model, torch.from_numpy(frames[None]), known, words.end)
    assert heard == FusedOutput("a dog", math.exp(question.text.log_probability))
    fused._chosen = Thresholds(sure_from={"": 0.0, "heard": heard.probability * 1.01})
    assert fused.recognize_question(frames) is None


def test_a_model_without_speech_recognises_nothing(folder: Path) -> None:
    assert (
        FusedModel(folder).recognize_question(np.zeros((SPEECH_FRAMES, SPEECH_WIDTH), np.float32))
        is None
    )


def test_the_thresholds_come_with_the_weights(folder: Path) -> None:
    said = FusedOutput("red", 0.6)
    assert FusedModel(folder).is_sure("what color is the dog?", said)
    seal_fused_weights(folder, Thresholds(sure_from={"": 0.5, "colour": 0.7}))
    assert not FusedModel(folder).is_sure("what color is the dog?", said)
    assert FusedModel(folder).is_sure("where is this?", said)


def test_no_model_came_where_no_file_is(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fused_weights, "resource", lambda name: folder)
    assert fused_weights.shipped_folder() == folder
    (folder / FUSED_WEIGHTS_FILE).unlink()
    assert fused_weights.shipped_folder() == folder  # a manifest alone: damaged, not absent
    (folder / MANIFEST_FILE).unlink()
    assert fused_weights.shipped_folder() is None
