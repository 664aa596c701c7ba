"""Export of a run's weights as they ship (fp16, config and tokenizer in one folder), and import."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from mmdesk.errors import InputError
from mmdesk.fusion import FusedConfig, FusedTransformer
from mmdesk.perception import (
    FUSED_CONFIG_FILE,
    FUSED_TOKENIZER_FILE,
    FUSED_WEIGHTS_FILE,
    KNOWN_QUESTIONS_FILE,
    SPEECH_WEIGHTS_FILE,
    FusedTokenizer,
)
from mmdesk.training.data.captions import Collection
from mmdesk.training.data.grow_tokenizer import grow_embedding, grow_tokenizer
from mmdesk.training.run import RunFolder

SPEECH_SIZES = ("speech", "speech_width", "speech_words", "speech_layers", "speech_hidden")


def export_run(run: RunFolder, target: Path, speech_from: Path | None = None) -> Path:
    """Write `run`'s best EMA weights as fp16 safetensors, its config and its tokenizer.

    The speech encoder's weights get a file of their own. A file that holds the same weights already
    is left untouched.

    Args:
        run: whose weights are exported.
        target: folder to write.
        speech_from: folder of exported weights whose speech encoder is taken, for a run that kept
            the embeddings it was trained with (`Recipe.keep_spoken`).

    Raises:
        InputError: the run has not been evaluated yet, so there are no best weights.
    """
    state = run.load_best()
    target.mkdir(parents=True, exist_ok=True)
    weights = {name: weight.half().contiguous() for name, weight in state["model"].items()}
    speech = {name: weights.pop(name) for name in list(weights) if name.startswith("speech.")}
    _write(weights, target / FUSED_WEIGHTS_FILE, state["step"])
    if speech:
        _write(speech, target / SPEECH_WEIGHTS_FILE, state["step"])
        shutil.copyfile(run.questions, target / KNOWN_QUESTIONS_FILE)
    config = dict(state["config"])
    if speech_from is not None:
        config |= _take_speech(speech_from, target)
    (target / FUSED_CONFIG_FILE).write_text(json.dumps(config, indent=1) + "\n", "utf-8")
    shutil.copyfile(run.tokenizer, target / FUSED_TOKENIZER_FILE)
    return target


def _take_speech(source: Path, target: Path) -> dict[str, int]:
    """Copy the speech encoder of exported weights; return its sizes.

    Raises:
        InputError: there is none.
    """
    try:
        sizes = json.loads((source / FUSED_CONFIG_FILE).read_text("utf-8"))
        if source.resolve() != target.resolve():
            for name in (SPEECH_WEIGHTS_FILE, KNOWN_QUESTIONS_FILE):
                shutil.copyfile(source / name, target / name)
        return {name: sizes[name] for name in SPEECH_SIZES}
    except (OSError, ValueError, KeyError) as error:
        raise InputError(
            "{folder} has no speech encoder: {reason}", folder=source, reason=error
        ) from error


def _write(weights: dict[str, Tensor], path: Path, step: int) -> None:
    known = load_file(path) if path.exists() else {}
    same = known.keys() == weights.keys() and all(
        torch.equal(known[name], weight) for name, weight in weights.items()
    )
    if not same:
        save_file(weights, path, {"step": str(step)})


def import_run(source: Path, run: RunFolder) -> None:
    """Turn exported weights in `source` into a run that others can start from.

    The speech encoder is left out, since it is learned last; the questions it knows are kept.

    Raises:
        InputError: a file is missing or damaged.
    """
    try:
        weights = {
            name: weight.float() for name, weight in load_file(source / FUSED_WEIGHTS_FILE).items()
        }
        config = json.loads((source / FUSED_CONFIG_FILE).read_text("utf-8")) | {"speech": 0}
        shutil.copyfile(source / FUSED_TOKENIZER_FILE, run.tokenizer)
        if (source / KNOWN_QUESTIONS_FILE).exists():
            shutil.copyfile(source / KNOWN_QUESTIONS_FILE, run.questions)
    except (OSError, ValueError, SafetensorError) as error:
        raise InputError(
            "{folder} has no exported weights: {reason}", folder=source, reason=error
        ) from error
    run.save("best.pt", {"model": weights, "config": config, "step": 0, "scores": {}})


def grow_vocabulary(run: RunFolder, target: RunFolder, collection: Collection, size: int) -> None:
    """Turn a run into one with a larger vocabulary, learned from the texts of the collection.

    Known tokens keep their ids, and the questions that a speech encoder knows their tokens.

    Raises:
        InputError: the run has not been evaluated yet.
    """
    state = run.load_best()
    known: list[str] = []
    if run.questions.exists():
        known = json.loads(run.questions.read_text("utf-8"))
        shutil.copyfile(run.questions, target.questions)
    texts = collection_texts(collection)
    parts = grow_tokenizer(run.tokenizer, texts, size, target.tokenizer, known)
    weights = dict(state["model"])
    weights["words.weight"] = grow_embedding(weights["words.weight"], parts)
    config = {**state["config"], "vocabulary": len(weights["words.weight"])}
    target.save("best.pt", {"model": weights, "config": config, "step": 0, "scores": {}})


def collection_texts(collection: Collection) -> list[str]:
    """Return the captions, questions and answers of all photographs that may be trained on."""
    photos = [photo for photo in collection.photos if photo.split != "dev"]
    captions = [text for photo in photos for text in photo.captions]
    asked = [text for photo in photos for one in photo.asked for text in (one.text, one.answer)]
    return [*captions, *asked]


def average_runs(runs: Sequence[RunFolder], target: RunFolder) -> None:
    """Average the best weights of runs of the same sizes and tokenizer as a new run.

    Raises:
        InputError: one of the runs has not been evaluated yet, or has other weights.
    """
    states = [run.load_best() for run in runs]
    first, shapes = states[0]["model"], _shapes(states[0]["model"])
    for run, state in zip(runs, states, strict=True):
        if _shapes(state["model"]) != shapes:
            raise InputError("The run {run} has other weights than the first.", run=run.path)
    mean = {
        name: torch.stack([state["model"][name] for state in states]).mean(dim=0) for name in first
    }
    for path in (runs[0].tokenizer, runs[0].questions):
        if path.exists():
            shutil.copyfile(path, target.path / path.name)
    target.save("best.pt", {**states[0], "model": mean, "scores": {}})


def _shapes(weights: dict[str, Tensor]) -> dict[str, torch.Size]:
    return {name: weight.shape for name, weight in weights.items()}


def load_run(run: RunFolder) -> tuple[FusedTransformer, FusedTokenizer]:
    """Load a run's best EMA weights so far.

    Raises:
        InputError: the run has not been evaluated yet.
    """
    state = run.load_best()
    model = FusedTransformer(FusedConfig(**state["config"]))
    model.load_state_dict(state["model"])
    return model.eval(), FusedTokenizer(run.tokenizer)
