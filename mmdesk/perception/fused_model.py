"""The built-in fused model at work: the tower's grid of a picture in, words with their odds out."""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from mmdesk.errors import InputError, ModelUnavailable
from mmdesk.fusion import (
    FusedConfig,
    FusedTransformer,
    GenerationRules,
    generate,
    recognize_question,
)
from mmdesk.perception.fused_tokenizer import (
    CAPTION,
    DESCRIBE,
    KIND,
    QUESTION,
    FusedTokenizer,
    sentence,
)
from mmdesk.perception.fused_weights import (
    CONFIG,
    DESCRIPTION,
    EARS,
    HEARD,
    QUESTIONS,
    TOKENIZER,
    WEIGHTS,
    Thresholds,
    check,
)
from mmdesk.perception.known_questions import kind_of
from mmdesk.perception.vision_tower import ImageFeatures

__all__ = ["CONFIG", "TOKENIZER", "WEIGHTS", "FusedModel", "FusedOutput", "load_exported"]

SHORTEST = {CAPTION: 4}  # words: shorter captions name a thing and say nothing of it
NO_REPEAT = {QUESTION: 2}
LONGEST = {CAPTION: 22, DESCRIBE: 60, QUESTION: 12, KIND: 4}


@dataclass(frozen=True, slots=True)
class FusedOutput:
    """What the model said: `text` as a person writes it, `probability` the mean word's, 0..1."""

    text: str
    probability: float


class _Uninitialised(TorchFunctionMode):
    """Modules made in it keep whatever their memory held, since weights follow: a third of a second
    less (the meta device would do, but takes seconds at its first use).
    """

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        if func.__name__ in ("normal_", "uniform_", "kaiming_uniform_", "zero_"):
            return args[0] if args else kwargs["tensor"]
        return func(*args, **(kwargs or {}))


def load_exported(folder: Path) -> tuple[FusedTransformer, FusedTokenizer]:
    """Weights (fp16 on disk), sizes and tokenizer of one folder; fp32 and ready to generate.

    Raises:
        ModelUnavailable: a file is missing or does not fit the others.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        config = FusedConfig(**json.loads((folder / CONFIG).read_text("utf-8")))
        weights = load_file(folder / WEIGHTS)
        if config.speech:
            weights |= load_file(folder / EARS)
        with _Uninitialised():
            model = FusedTransformer(config)
        model.load_state_dict({k: v.float() for k, v in weights.items()}, assign=True)
        return model.eval(), FusedTokenizer(folder / TOKENIZER)
    except (OSError, ValueError, TypeError, RuntimeError, SafetensorError, InputError) as error:
        raise ModelUnavailable(f"The fused model in {folder} cannot be loaded: {error}") from error


def known_questions(folder: Path) -> list[str]:
    """The questions that a model in `folder` knows by their sound.

    Raises:
        ModelUnavailable: the list is missing or damaged.
    """
    try:
        return [str(one) for one in json.loads((folder / QUESTIONS).read_text("utf-8"))]
    except (OSError, ValueError, TypeError) as error:
        raise ModelUnavailable(f"The fused model in {folder} cannot be loaded: {error}") from error


class FusedModel:
    """Captions, descriptions and answers from what the vision tower saw.

    Every method takes what `seen` gives for B pictures, the tower's grid [B, 1280, 8, 8] (or its
    trunk [B, 208, 8, 8], for a model with a tail) and label logits [B, 1000], and returns B
    results. Loaded at first use, held against its manifest.

    Args:
        chosen: for weights that have no manifest yet; None reads it and verifies all files.
    """

    def __init__(self, folder: Path, chosen: Thresholds | None = None) -> None:
        self._folder = folder
        self._chosen = chosen
        self._loaded: tuple[FusedTransformer, FusedTokenizer] | None = None
        self._known: list[list[int]] = []
        self._lock = threading.Lock()

    def seen(self, glances: Sequence[ImageFeatures]) -> tuple[Tensor, Tensor]:
        """Of B glances what this model is given: grid or trunk, and label logits."""
        own_tail = self._model()[0].config.tail
        grid = torch.stack([one.trunk if own_tail else one.grid for one in glances])
        return grid, torch.stack([one.logits for one in glances])

    def is_sure(self, question: str, said: FusedOutput) -> bool:
        """Whether an answer (to "": a description) is worth giving; where not, the honest one is
        'not sure'.
        """
        kind = kind_of(question) if question else DESCRIPTION
        return self._model()[2].is_sure(kind, said.probability)

    def caption(self, grid: Tensor, labels: Tensor) -> list[FusedOutput]:
        """One sentence for each picture."""
        return self._say(grid, labels, CAPTION)

    def describe(self, grid: Tensor, labels: Tensor) -> list[FusedOutput]:
        """Two or three sentences for each picture."""
        return self._say(grid, labels, DESCRIBE)

    def kind(self, grid: Tensor, labels: Tensor) -> list[FusedOutput]:
        """photo, drawing, page, screenshot, chart or sign."""
        return self._say(grid, labels, KIND)

    def answer(self, question: str, grid: Tensor, labels: Tensor) -> list[FusedOutput]:
        """The same question, in the form it was taught (see `asking`), put to each picture."""
        return self._say(grid, labels, QUESTION, question)

    def recognize_question(self, frames: np.ndarray) -> FusedOutput | None:
        """The taught question in a recording, float32 [FRAMES, WIDTH] (see `frames`), with the
        probability that it is this one; None where none is heard for sure, and of a model that
        does not hear.
        """
        model, words, chosen = self._model()
        if not model.config.speech:
            return None
        self._known = self._known or [words.encode(one) for one in known_questions(self._folder)]
        (question,) = recognize_question(
            model, torch.from_numpy(frames[None]), self._known, words.end
        )
        probability = math.exp(question.text.log_probability)
        if not question.text.ids or not chosen.is_sure(HEARD, probability):
            return None
        return FusedOutput(words.decode(question.text.ids), probability)

    def _say(self, grid: Tensor, labels: Tensor, task: str, text: str = "") -> list[FusedOutput]:
        model, words, chosen = self._model()
        limit = model.config.positions // 2
        given = words.prompt(task, text)
        given = [*given[: limit - 1], given[-1]] if len(given) > limit else given
        rules = GenerationRules(
            words.end,
            tuple(words.unwanted),
            longest=LONGEST[task],
            shortest=SHORTEST.get(task, 1),
            beams=chosen.beams if task in (CAPTION, DESCRIBE) else 1,
            length_power=chosen.length_power,
            no_repeat=NO_REPEAT.get(task, 3),
        )
        cells = grid.flatten(2).transpose(1, 2)  # [B, 64, 1280 or 208]
        prompt = torch.tensor([given] * len(cells))
        said = generate(model, cells, labels, prompt, rules)
        finish = sentence if task in (CAPTION, DESCRIBE) else str
        return [FusedOutput(_capitals(finish(words.decode(t.ids))), t.probability) for t in said]

    def _model(self) -> tuple[FusedTransformer, FusedTokenizer, Thresholds]:
        with self._lock:
            if self._loaded is None or self._chosen is None:
                self._chosen = self._chosen or check(self._folder)
                self._loaded = load_exported(self._folder)
            return *self._loaded, self._chosen


def _capitals(text: str) -> str:
    """Sentences after the first begin with a capital too."""
    parts = text.split(". ")
    return ". ".join([parts[0], *(part[:1].upper() + part[1:] for part in parts[1:])])
