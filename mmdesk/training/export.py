"""From a run to what ships, and back: fp16 weights, sizes and tokenizer in one folder."""

from __future__ import annotations

import json
import shutil
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
from mmdesk.training.run import RunFolder


def export_run(run: RunFolder, target: Path) -> Path:
    """Write `run`'s best averaged weights as fp16 safetensors, those of what hears in a file of
    their own, its sizes and its tokenizer. A file that holds the same weights already stays.

    Raises:
        InputError: the run has not been measured yet, so there are no best weights.
    """
    state = run.load("best.pt")
    if state is None:
        raise InputError(f"The run {run.path} has no best.pt yet.")
    target.mkdir(parents=True, exist_ok=True)
    weights = {name: weight.half().contiguous() for name, weight in state["model"].items()}
    ears = {name: weights.pop(name) for name in list(weights) if name.startswith("speech.")}
    _write(weights, target / FUSED_WEIGHTS_FILE, state["step"])
    if ears:
        _write(ears, target / SPEECH_WEIGHTS_FILE, state["step"])
        shutil.copyfile(run.questions, target / KNOWN_QUESTIONS_FILE)
    (target / FUSED_CONFIG_FILE).write_text(json.dumps(state["config"], indent=1) + "\n", "utf-8")
    shutil.copyfile(run.tokenizer, target / FUSED_TOKENIZER_FILE)
    return target


def _write(weights: dict[str, Tensor], path: Path, step: int) -> None:
    known = load_file(path) if path.exists() else {}
    same = known.keys() == weights.keys() and all(
        torch.equal(known[name], weight) for name, weight in weights.items()
    )
    if not same:
        save_file(weights, path, {"step": str(step)})


def import_run(source: Path, run: RunFolder) -> None:
    """Make a run that others can start from out of exported weights in `source`, without what
    hears, which is learned last.

    Raises:
        InputError: a file is missing or damaged.
    """
    try:
        weights = {
            name: weight.float() for name, weight in load_file(source / FUSED_WEIGHTS_FILE).items()
        }
        config = json.loads((source / FUSED_CONFIG_FILE).read_text("utf-8")) | {"speech": 0}
        shutil.copyfile(source / FUSED_TOKENIZER_FILE, run.tokenizer)
    except (OSError, ValueError, SafetensorError) as error:
        raise InputError(f"{source} holds no exported weights: {error}") from error
    run.save("best.pt", {"model": weights, "config": config, "step": 0, "scores": {}})


def load_run(run: RunFolder) -> tuple[FusedTransformer, FusedTokenizer]:
    """A run's best averaged weights so far.

    Raises:
        InputError: the run has not been measured yet.
    """
    state = run.load("best.pt")
    if state is None:
        raise InputError(f"The run {run.path} has no best.pt yet.")
    model = FusedTransformer(FusedConfig(**state["config"]))
    model.load_state_dict(state["model"])
    return model.eval(), FusedTokenizer(run.tokenizer)
