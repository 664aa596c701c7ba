"""Export of a run's weights as they ship (fp16, config and tokenizer in one folder), and import."""

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
    """Write `run`'s best EMA weights as fp16 safetensors, its config and its tokenizer.

    The speech encoder's weights get a file of their own. A file that holds the same weights already
    is left untouched.

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
    """Turn exported weights in `source` into a run that others can start from.

    The speech encoder is left out, since it is learned last.

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
        raise InputError(
            "{folder} has no exported weights: {reason}", folder=source, reason=error
        ) from error
    run.save("best.pt", {"model": weights, "config": config, "step": 0, "scores": {}})


def load_run(run: RunFolder) -> tuple[FusedTransformer, FusedTokenizer]:
    """Load a run's best EMA weights so far.

    Raises:
        InputError: the run has not been evaluated yet.
    """
    state = run.load_best()
    model = FusedTransformer(FusedConfig(**state["config"]))
    model.load_state_dict(state["model"])
    return model.eval(), FusedTokenizer(run.tokenizer)
