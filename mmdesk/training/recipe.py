"""Recipe of a training run: everything that decides its result, in one TOML file of resources/."""

from __future__ import annotations

import sys
import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from mmdesk.errors import InputError
from mmdesk.fusion import FusedConfig

# Names of entries in recipes of earlier versions; those of the model stood outside its table.
_FORMER_NAMES = {
    "rate": "learning_rate",
    "clip": "gradient_clip",
    "smoothing": "label_smoothing",
    "token_dropout": "image_token_dropout",
    "noise": "feature_noise",
    "averaging": "ema_decay",
    "mix": "cross_entropy_weight",
    "mix_every": "cross_entropy_every",
}
_FORMER_MODEL_NAMES = {
    "pieces": "vocabulary",
    **{name: name for name in ("fusion", "width", "layers", "heads", "hidden", "dropout", "tail")},
}


@dataclass(frozen=True, slots=True)
class Recipe:
    """One phase of training.

    Attributes:
        name: of the run's folder.
        tasks: "caption" alone, or more of caption, describe, question and kind for multi-task
            training, which adds the synthetic images.
        phase: "cross-entropy", "self-critical" or "spoken".
        start_from: run whose EMA weights this one starts from; "" for fresh weights.
        splits: splits of the collection to train on.
        views: cached views to train on; "flip" only where the captions allow it.
        model: the `[model]` table of the file; its vocabulary is the size the tokenizer is trained
            to. With `model.tail` the tower's last stage is fine-tuned too.
        batch: pictures in a step.
        steps: of the whole run.
        learning_rate: at its peak.
        warmup: steps of linear warm-up.
        decay: share of the steps, at the end, in which the rate falls to 2 %.
        weight_decay: of AdamW.
        gradient_clip: largest norm of the gradient.
        label_smoothing: of the cross-entropy.
        word_dropout: share of the targets' input tokens that are blanked.
        image_token_dropout: share of image tokens that are hidden.
        feature_noise: standard deviation of the noise, as a share, multiplied on the features.
        ema_decay: largest decay of the exponential moving average.
        evaluate_every: steps between evaluations.
        evaluate_pictures: pictures of the dev split in each.
        save_minutes: minutes between checkpoints.
        captions, questions: of each picture in a multi-task epoch, where there are as many.
        asked: questions of the data set about each picture in an epoch, where there are as many.
        keep_spoken: true if the embeddings of the known questions' tokens stay as they are, so that
            a speech encoder that was trained with them still says them.
        tail_rate: learning rate of the tail, as a share of the others'.
        samples: captions sampled for each picture (self-critical).
        cross_entropy_weight: of cross-entropy next to the reward, so that the other tasks are not
            forgotten (self-critical).
        cross_entropy_every: steps between those with cross-entropy (self-critical).
        seed: of everything random.
    """

    name: str
    tasks: tuple[str, ...] = ("caption",)
    phase: str = "cross-entropy"
    start_from: str = ""
    splits: tuple[str, ...] = ("train", "extra")
    views: tuple[str, ...] = ("base", "flip")
    model: FusedConfig = field(default_factory=lambda: FusedConfig(3000))
    batch: int = 16
    steps: int = 6000
    learning_rate: float = 5e-4
    warmup: int = 300
    decay: float = 0.4
    weight_decay: float = 0.05
    gradient_clip: float = 1.0
    label_smoothing: float = 0.1
    word_dropout: float = 0.1
    image_token_dropout: float = 0.1
    feature_noise: float = 0.1
    ema_decay: float = 0.998
    evaluate_every: int = 250
    evaluate_pictures: int = 300
    save_minutes: float = 3.0
    captions: int = 5
    questions: int = 3
    asked: int = 0
    keep_spoken: bool = False
    tail_rate: float = 0.2
    samples: int = 5
    cross_entropy_weight: float = 0.0
    cross_entropy_every: int = 1
    seed: int = 1

    def rate_at(self, step: int) -> float:
        """Return the learning rate of a step: linear warm-up, constant, linear decay."""
        if step < self.warmup:
            return self.learning_rate * (step + 1) / self.warmup
        left = (self.steps - step) / max(self.steps * self.decay, 1)
        return self.learning_rate * max(0.02, min(1.0, left))


def read_recipe(path: Path) -> Recipe:
    """Read a recipe file.

    Names of earlier versions are understood; a line on stderr names their successors.

    Raises:
        InputError: the file cannot be read, an entry is unknown or of the wrong type, or one is
            there under its former name as well.
    """
    try:
        entries: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(
            "The recipe {path} cannot be read: {reason}", path=path, reason=error
        ) from error
    sizes = entries.pop("model", {})
    if not isinstance(sizes, dict):
        raise InputError("The recipe {path}: model must be a table.", path=path)
    _rename_former(path, entries, sizes)
    entries = _checked(path, Recipe, entries)
    if "name" not in entries:
        raise InputError("The recipe {path} has no name.", path=path)
    sizes = _checked(path, FusedConfig, {"vocabulary": 3000, **sizes})
    return Recipe(**entries, model=FusedConfig(**sizes))


def _rename_former(path: Path, entries: dict[str, Any], sizes: dict[str, Any]) -> None:
    """Give entries of earlier versions their present names, in place."""
    renamed = []
    for names, table, prefix in (
        (_FORMER_NAMES, entries, ""),
        (_FORMER_MODEL_NAMES, sizes, "model."),
    ):
        for former in names.keys() & entries.keys():
            name = names[former]
            if name in table:
                raise InputError(
                    "The recipe {path} has both {former} and {name}.",
                    path=path, former=former, name=prefix + name,
                )  # fmt: skip
            table[name] = entries.pop(former)
            renamed.append(f"{former} is now {prefix}{name}")
    if renamed:
        print(f"{path}: {', '.join(sorted(renamed))}", file=sys.stderr, flush=True)


def _checked(path: Path, config: type, entries: dict[str, Any]) -> dict[str, Any]:
    """Return the entries with the types of the fields of `config`."""
    types = {one.name: str(one.type) for one in fields(config)}
    unknown = next((name for name in entries if name not in types), None)
    if unknown is not None:
        raise InputError("The recipe {path} has an unknown entry: {name}.", path=path, name=unknown)
    return {name: _typed(path, name, types[name], value) for name, value in entries.items()}


def _typed(path: Path, name: str, wanted: str, value: Any) -> Any:
    """Return the value with the field's type."""
    if wanted.startswith("tuple") and isinstance(value, list):
        return tuple(str(item) for item in value)
    if wanted == "float" and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value).__name__ != wanted:
        raise InputError(
            "The recipe {path}: {name} must be of type {type}.", path=path, name=name, type=wanted
        )
    return value
