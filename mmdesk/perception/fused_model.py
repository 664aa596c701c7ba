"""Inference with the fused model: features of a picture in, text with its probability out."""

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
    CAPTION_TOKEN,
    DESCRIBE_TOKEN,
    KIND_TOKEN,
    QUESTION_TOKEN,
    FusedTokenizer,
    as_sentence,
)
from mmdesk.perception.fused_weights import (
    DESCRIPTION_KIND,
    FUSED_CONFIG_FILE,
    FUSED_TOKENIZER_FILE,
    FUSED_WEIGHTS_FILE,
    KNOWN_QUESTIONS_FILE,
    SPEECH_WEIGHTS_FILE,
    SPOKEN_KIND,
    Thresholds,
    check_fused_weights,
)
from mmdesk.perception.known_questions import question_kind
from mmdesk.perception.vision_tower import ImageFeatures

__all__ = ["FusedModel", "FusedOutput", "load_fused_model", "load_known_questions"]

# Tokens: shorter captions name a thing and say nothing of it.
MIN_TOKENS = {CAPTION_TOKEN: 4}
MAX_TOKENS = {CAPTION_TOKEN: 22, DESCRIBE_TOKEN: 60, QUESTION_TOKEN: 12, KIND_TOKEN: 4}
NO_REPEAT = {QUESTION_TOKEN: 2}


@dataclass(frozen=True, slots=True)
class FusedOutput:
    """Generated text of one picture.

    Attributes:
        text: as a user reads it.
        probability: of the mean token, 0..1.
    """

    text: str
    probability: float


class _Uninitialised(TorchFunctionMode):
    """Mode in which new modules keep whatever their memory held, since weights follow.

    That takes a third of a second less. The meta device would do, but takes seconds at its first
    use.
    """

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        if func.__name__ in ("normal_", "uniform_", "kaiming_uniform_", "zero_"):
            return args[0] if args else kwargs["tensor"]
        return func(*args, **(kwargs or {}))


def load_fused_model(folder: Path) -> tuple[FusedTransformer, FusedTokenizer]:
    """Load weights (fp16 on disk), sizes and tokenizer of one folder; fp32, ready to generate.

    Raises:
        ModelUnavailable: a file is missing or does not fit the others.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        config = FusedConfig(**json.loads((folder / FUSED_CONFIG_FILE).read_text("utf-8")))
        weights = load_file(folder / FUSED_WEIGHTS_FILE)
        if config.speech:
            weights |= load_file(folder / SPEECH_WEIGHTS_FILE)
        with _Uninitialised():
            model = FusedTransformer(config)
        model.load_state_dict({k: v.float() for k, v in weights.items()}, assign=True)
        return model.eval(), FusedTokenizer(folder / FUSED_TOKENIZER_FILE)
    except (OSError, ValueError, TypeError, RuntimeError, SafetensorError, InputError) as error:
        raise _unavailable(folder, error) from error


def load_known_questions(folder: Path) -> list[str]:
    """Read the questions that the model in `folder` recognises in speech.

    Raises:
        ModelUnavailable: the list is missing or damaged.
    """
    try:
        return [str(one) for one in json.loads((folder / KNOWN_QUESTIONS_FILE).read_text("utf-8"))]
    except (OSError, ValueError, TypeError) as error:
        raise _unavailable(folder, error) from error


def _unavailable(folder: Path, error: Exception) -> ModelUnavailable:
    return ModelUnavailable(
        "The image model in {folder} cannot be loaded: {error}",
        folder=str(folder),
        error=str(error),
    )


class FusedModel:
    """Captions, descriptions and answers from the vision tower's features.

    Every method takes what `inputs` gives for B pictures, the tower's grid [B, 1280, 8, 8] (or its
    trunk [B, 208, 8, 8], for a model with a tail) and label logits [B, 1000], and returns B
    results. Loaded at first use and verified against its manifest.

    Args:
        folder: of the model's files.
        chosen: for weights that have no manifest yet; None reads it and verifies all files.
    """

    def __init__(self, folder: Path, chosen: Thresholds | None = None) -> None:
        self._folder = folder
        self._chosen = chosen
        self._loaded: tuple[FusedTransformer, FusedTokenizer] | None = None
        self._known_ids: list[list[int]] = []
        self._lock = threading.Lock()

    def inputs(self, features: Sequence[ImageFeatures]) -> tuple[Tensor, Tensor]:
        """Stack the features that this model takes: grid or trunk, and label logits."""
        own_tail = self._model()[0].config.tail
        grid = torch.stack([one.trunk if own_tail else one.grid for one in features])
        return grid, torch.stack([one.logits for one in features])

    def is_sure(self, question: str, output: FusedOutput) -> bool:
        """Return true if an answer is probable enough to be given.

        Args:
            question: that was answered; "" for a description.
            output: the answer. If it is not given, the honest one is 'not sure'.
        """
        kind = question_kind(question) if question else DESCRIPTION_KIND
        return self._model()[2].is_sure(kind, output.probability)

    def is_sure_caption(self, output: FusedOutput) -> bool:
        """Return true if a caption is probable enough to be more than a guess."""
        return self._model()[2].is_sure_caption(output.probability)

    def caption(self, grid: Tensor, labels: Tensor) -> list[FusedOutput]:
        """Write one sentence for each picture."""
        return self._generate(grid, labels, CAPTION_TOKEN)

    def describe(self, grid: Tensor, labels: Tensor) -> list[FusedOutput]:
        """Write two or three sentences for each picture."""
        return self._generate(grid, labels, DESCRIBE_TOKEN)

    def kind(self, grid: Tensor, labels: Tensor) -> list[FusedOutput]:
        """Classify pictures as photo, drawing, page, screenshot, chart or sign."""
        return self._generate(grid, labels, KIND_TOKEN)

    def answer(self, question: str, grid: Tensor, labels: Tensor) -> list[FusedOutput]:
        """Answer the same question for each picture.

        The question has the form of `as_known_question` or `as_open_question`.
        """
        return self._generate(grid, labels, QUESTION_TOKEN, question)

    def recognize_question(self, frames: np.ndarray) -> FusedOutput | None:
        """Return the known question in a recording, with the probability that it is this one.

        Args:
            frames: float32 [SPEECH_FRAMES, SPEECH_WIDTH] (see `speech_frames`).

        Returns:
            None where no question is recognised for sure, and from a model without speech.
        """
        model, tokenizer, chosen = self._model()
        if not model.config.speech:
            return None
        self._known_ids = self._known_ids or [
            tokenizer.encode(one) for one in load_known_questions(self._folder)
        ]
        (question,) = recognize_question(
            model, torch.from_numpy(frames[None]), self._known_ids, tokenizer.end
        )
        probability = math.exp(question.text.log_probability)
        if not question.text.ids or not chosen.is_sure(SPOKEN_KIND, probability):
            return None
        return FusedOutput(tokenizer.decode(question.text.ids), probability)

    def _generate(
        self, grid: Tensor, labels: Tensor, task: str, text: str = ""
    ) -> list[FusedOutput]:
        model, tokenizer, chosen = self._model()
        limit = model.config.positions // 2
        ids = tokenizer.prompt(task, text)
        ids = [*ids[: limit - 1], ids[-1]] if len(ids) > limit else ids
        is_sentence = task in (CAPTION_TOKEN, DESCRIBE_TOKEN)
        rules = GenerationRules(
            tokenizer.end,
            tuple(tokenizer.unwanted),
            longest=MAX_TOKENS[task],
            shortest=MIN_TOKENS.get(task, 1),
            beams=chosen.beams if is_sentence else 1,
            length_power=chosen.length_power,
            no_repeat=NO_REPEAT.get(task, 3),
        )
        cells = grid.flatten(2).transpose(1, 2)  # [B, 64, 1280 or 208]
        prompt = torch.tensor([ids] * len(cells))
        texts = generate(model, cells, labels, prompt, rules)
        finish = as_sentence if is_sentence else str
        return [
            FusedOutput(_capitalise_sentences(finish(tokenizer.decode(t.ids))), t.probability)
            for t in texts
        ]

    def _model(self) -> tuple[FusedTransformer, FusedTokenizer, Thresholds]:
        with self._lock:
            if self._loaded is None or self._chosen is None:
                self._chosen = self._chosen or check_fused_weights(self._folder)
                self._loaded = load_fused_model(self._folder)
            return *self._loaded, self._chosen


def _capitalise_sentences(text: str) -> str:
    """Give sentences after the first a capital too."""
    parts = text.split(". ")
    return ". ".join([parts[0], *(part[:1].upper() + part[1:] for part in parts[1:])])
