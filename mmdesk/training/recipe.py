"""A recipe: everything that decides what a run makes, in one TOML file under resources/."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from mmdesk.errors import InputError


@dataclass(frozen=True, slots=True)
class Recipe:
    """One phase of training.

    Attributes:
        name: of the run's folder.
        tasks: "caption", or more for the multi-task phase (questions, description, kind, made).
        phase: "cross-entropy", "self-critical" or "spoken" (questions typed and spoken in turn).
        start_from: the run whose averaged weights this one begins with; "" for fresh weights.
        splits: the collection's splits that are learned from.
        views: cached views looked at while learning; "flip" only where the words allow it.
        pieces: size of the tokenizer.
        fusion, width, layers, heads, hidden, dropout: of the model.
        batch: pictures in a step; steps: of the whole run.
        rate: peak learning rate; warmup: steps up to it; decay: last share of the steps in which
            it falls to 2 %.
        weight_decay, clip: AdamW's, and the gradient's norm at most.
        smoothing: of the labels; word_dropout: share of input words hidden; token_dropout: share
            of image tokens hidden; noise: standard deviation, as a share, multiplied on features.
        averaging: decay of the exponential moving average at its longest.
        evaluate_every: steps; evaluate_pictures: of the dev split.
        save_minutes: between checkpoints.
        captions, questions: of each picture in an epoch of several tasks, where there are as many.
        tail: the tower's last stage is fine-tuned as well, at `tail_rate` times the rate.
        samples: captions drawn of each picture (self-critical phase); mix: weight of
            cross-entropy beside the reward, so that the other tasks are not forgotten, in one of
            `mix_every` steps.
        seed: of everything random.
    """

    name: str
    tasks: tuple[str, ...] = ("caption",)
    phase: str = "cross-entropy"
    start_from: str = ""
    splits: tuple[str, ...] = ("train", "extra")
    views: tuple[str, ...] = ("base", "flip")
    pieces: int = 3000
    fusion: str = "concatenation"
    width: int = 384
    layers: int = 6
    heads: int = 6
    hidden: int = 1536
    dropout: float = 0.2
    batch: int = 16
    steps: int = 6000
    rate: float = 5e-4
    warmup: int = 300
    decay: float = 0.4
    weight_decay: float = 0.05
    clip: float = 1.0
    smoothing: float = 0.1
    word_dropout: float = 0.1
    token_dropout: float = 0.1
    noise: float = 0.1
    averaging: float = 0.998
    evaluate_every: int = 250
    evaluate_pictures: int = 300
    save_minutes: float = 3.0
    captions: int = 5
    questions: int = 3
    tail: bool = False
    tail_rate: float = 0.2
    samples: int = 5
    mix: float = 0.0
    mix_every: int = 1
    seed: int = 1

    def rate_at(self, step: int) -> float:
        """Learning rate of a step: up in a line, level, and down in a line at the end."""
        if step < self.warmup:
            return self.rate * (step + 1) / self.warmup
        left = (self.steps - step) / max(self.steps * self.decay, 1)
        return self.rate * max(0.02, min(1.0, left))


def read_recipe(path: Path) -> Recipe:
    """Read a recipe file.

    Raises:
        InputError: the file cannot be read, or an entry is unknown or of the wrong type.
    """
    try:
        entries: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"The recipe {path} cannot be read: {error}") from error
    known = {field.name: field for field in fields(Recipe)}
    for name, value in entries.items():
        if name not in known:
            raise InputError(f"The recipe {path} has an unknown entry: {name}.")
        entries[name] = _typed(path, name, str(known[name].type), value)
    if "name" not in entries:
        raise InputError(f"The recipe {path} has no name.")
    return Recipe(**entries)


def _typed(path: Path, name: str, wanted: str, value: Any) -> Any:
    """The value as the field's type wants it."""
    if wanted.startswith("tuple") and isinstance(value, list):
        return tuple(str(item) for item in value)
    if wanted == "float" and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value).__name__ != wanted:
        raise InputError(f"The recipe {path}: {name} must be of type {wanted}.")
    return value
