"""Fused model of a few thousand random weights, on disk as the real one is shipped."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from safetensors.torch import save_file

from mmdesk.fusion.fused_config import FusedConfig
from mmdesk.fusion.transformer import FusedTransformer
from mmdesk.perception.fused_weights import (
    FUSED_CONFIG_FILE,
    FUSED_TOKENIZER_FILE,
    FUSED_WEIGHTS_FILE,
    KNOWN_QUESTIONS_FILE,
    SPEECH_WEIGHTS_FILE,
    Thresholds,
    seal_fused_weights,
)
from mmdesk.perception.speech_frames import SPEECH_FRAMES
from mmdesk.training.data.train_tokenizer import train_tokenizer


def write_fused(
    folder: Path,
    sure_from: float = 0.5,
    tail: bool = False,
    hears: bool = False,
    captions_sure_from: float = 0.0,
) -> Path:
    """Write weights, config, tokenizer and manifest; its output is always the same noise."""
    folder.mkdir(parents=True, exist_ok=True)
    words = train_tokenizer(
        ["a dog runs", "what color is it? red"] * 9, 120, folder / FUSED_TOKENIZER_FILE
    )
    torch.manual_seed(0)
    config = FusedConfig(
        len(words), width=16, layers=2, heads=2, hidden=32, tail=tail, speech=SPEECH_FRAMES * hears
    )
    weights = FusedTransformer(config).half().state_dict()
    ears = {name: weights.pop(name) for name in list(weights) if name.startswith("speech.")}
    save_file(weights, folder / FUSED_WEIGHTS_FILE)
    if hears:
        save_file(ears, folder / SPEECH_WEIGHTS_FILE)
        (folder / KNOWN_QUESTIONS_FILE).write_text(json.dumps(["what color is it?", "a dog"]))
    (folder / FUSED_CONFIG_FILE).write_text(json.dumps(config.to_dict()))
    thresholds = {"": sure_from, "caption": captions_sure_from}
    seal_fused_weights(folder, Thresholds(beams=3, length_power=0.7, sure_from=thresholds))
    return folder
