"""Small collection on disk with random features and a tokenizer."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mmdesk.fusion import FusedConfig
from mmdesk.fusion.tower import TRUNK_CHANNELS
from mmdesk.perception.fused_tokenizer import FusedTokenizer
from mmdesk.training.data.captions import Collection
from mmdesk.training.data.feature_cache import (
    CHANNELS,
    LABELS,
    TOKENS,
    grid_path,
    logits_path,
    trunk_path,
)
from mmdesk.training.data.train_tokenizer import train_tokenizer
from mmdesk.training.fused_training import TrainingPaths
from mmdesk.training.recipe import Recipe
from mmdesk.training.speech import clips
from mmdesk.training.speech.clips import LabelledClip, cache_speech
from tests.training.sounds import COLOUR, COUNT, OTHER, clip, frames_of, said

SUBJECTS = ("black dog", "brown dog", "little girl", "man in a red shirt")
ACTIVITIES = ("runs on the grass", "is swimming in the water", "jumps over a log")


def captions(number: int) -> list[str]:
    subject = SUBJECTS[number % len(SUBJECTS)]
    activity = ACTIVITIES[number // len(SUBJECTS) % len(ACTIVITIES)]
    return [
        f"A {subject} {activity} .",
        f"The {subject} {activity} .",
        f"One {subject} {activity} outside",
    ]


@pytest.fixture
def paths(tmp_path: Path) -> TrainingPaths:
    """Write twelve training and four dev pictures with distinct random features."""
    data, features = tmp_path / "data", tmp_path / "features"
    (data / "images").mkdir(parents=True)
    features.mkdir()
    rng, lines = np.random.default_rng(0), []
    for number in range(16):
        name = f"{number}.png"
        Image.new("RGB", (32, 24), (number * 15, 100, 50)).save(data / "images" / name)
        split = "train" if number < 12 else "dev"
        lines.append(json.dumps({"image": name, "split": split, "captions": captions(number)}))
    (data / "captions.jsonl").write_text("\n".join(lines) + "\n")
    for view in ("base", "flip"):
        grids = rng.normal(size=(16, TOKENS, CHANNELS)).astype(np.float16)
        np.save(grid_path(features, view), grids)
        trunks = rng.normal(size=(16, TOKENS, TRUNK_CHANNELS)).astype(np.float16)
        np.save(trunk_path(features, view), trunks)
        np.save(logits_path(features, view), rng.normal(size=(16, LABELS)).astype(np.float16))
    return TrainingPaths((data,), features, tmp_path / "runs", tmp_path / "tower")


@pytest.fixture
def collection(paths: TrainingPaths) -> Collection:
    return paths.collection()


@pytest.fixture
def tokenizer(collection: Collection, tmp_path: Path) -> FusedTokenizer:
    texts = [caption for photo in collection.photos for caption in photo.captions]
    return train_tokenizer(texts * 5, 200, tmp_path / "words" / "tokenizer.json")


@pytest.fixture
def recipe() -> Recipe:
    """Return a recipe small enough for a test: seconds, not hours."""
    return Recipe(
        name="tiny",
        splits=("train",),
        views=("base",),
        model=FusedConfig(200, width=16, layers=2, heads=2, hidden=32, dropout=0.0),
        batch=4,
        steps=6,
        learning_rate=3e-3,
        warmup=2,
        label_smoothing=0.0,
        word_dropout=0.1,
        evaluate_every=3,
        evaluate_pictures=4,
    )


@pytest.fixture
def cached(paths: TrainingPaths, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Cache clips of two questions and another sentence, often enough that some are held out."""
    monkeypatch.setattr(clips, "speak", said)
    spoken = [
        LabelledClip(clip(COLOUR), COLOUR),
        LabelledClip(clip(COUNT), COUNT),
        LabelledClip(clip(OTHER), ""),
    ]
    cache_speech([*spoken * 21, LabelledClip(clip("..."), COUNT)], frames_of, paths.features)
    return paths.features
