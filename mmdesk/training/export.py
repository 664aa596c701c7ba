"""From a run to what ships: fp16 weights, sizes and tokenizer in one folder."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from mmdesk.errors import InputError
from mmdesk.fusion.config import FusedConfig
from mmdesk.fusion.transformer import FusedTransformer
from mmdesk.training.run import RunFolder
from mmdesk.training.words import Words

WEIGHTS, CONFIG, TOKENIZER = "model.safetensors", "config.json", "tokenizer.json"


def export_run(run: RunFolder, target: Path) -> Path:
    """Write `run`'s best averaged weights as fp16 safetensors, its sizes and its tokenizer.

    Raises:
        InputError: the run has not been measured yet, so there are no best weights.
    """
    state = run.load("best.pt")
    if state is None:
        raise InputError(f"The run {run.path} has no best.pt yet.")
    target.mkdir(parents=True, exist_ok=True)
    weights = {name: weight.half().contiguous() for name, weight in state["model"].items()}
    save_file(weights, target / WEIGHTS, {"step": str(state["step"])})
    (target / CONFIG).write_text(json.dumps(state["config"], indent=1) + "\n", "utf-8")
    shutil.copyfile(run.tokenizer, target / TOKENIZER)
    return target


def load_exported(folder: Path) -> tuple[FusedTransformer, Words]:
    """What `export_run` wrote, as fp32 and ready to generate.

    Raises:
        InputError: a file is missing or does not fit the others.
    """
    try:
        config = FusedConfig(**json.loads((folder / CONFIG).read_text("utf-8")))
        weights = load_file(folder / WEIGHTS)
        with torch.device("meta"):
            model = FusedTransformer(config)
        model.load_state_dict({k: v.float() for k, v in weights.items()}, assign=True)
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        raise InputError(f"The fused model in {folder} cannot be loaded: {error}") from error
    return model.eval(), Words(folder / TOKENIZER)


def load_run(run: RunFolder) -> tuple[FusedTransformer, Words]:
    """A run's best averaged weights so far.

    Raises:
        InputError: the run has not been measured yet.
    """
    state = run.load("best.pt")
    if state is None:
        raise InputError(f"The run {run.path} has no best.pt yet.")
    model = FusedTransformer(FusedConfig(**state["config"]))
    model.load_state_dict(state["model"])
    return model.eval(), Words(run.tokenizer)
