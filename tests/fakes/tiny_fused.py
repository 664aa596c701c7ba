"""A fused model of a few thousand random weights, on disk as the real one ships."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from safetensors.torch import save_file

from mmdesk.fusion.config import FusedConfig
from mmdesk.fusion.transformer import FusedTransformer
from mmdesk.perception.shipped import CONFIG, TOKENIZER, WEIGHTS, Chosen, seal
from mmdesk.training.words import train_words


def write_fused(folder: Path, sure_from: float = 0.5, tail: bool = False) -> Path:
    """Weights, sizes, tokenizer and manifest; what it says is noise, always the same noise."""
    folder.mkdir(parents=True, exist_ok=True)
    words = train_words(["a dog runs", "what color is it? red"] * 9, 120, folder / TOKENIZER)
    torch.manual_seed(0)
    config = FusedConfig(len(words), width=16, layers=2, heads=2, hidden=32, tail=tail)
    save_file(FusedTransformer(config).half().state_dict(), folder / WEIGHTS)
    (folder / CONFIG).write_text(json.dumps(config.to_dict()))
    seal(folder, Chosen(beams=3, length_power=0.7, sure_from={"": sure_from}))
    return folder
