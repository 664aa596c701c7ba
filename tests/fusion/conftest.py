"""Tiny model with random weights, and pictures for it."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from mmdesk.fusion.fused_config import FusedConfig
from mmdesk.fusion.strategies import FUSIONS
from mmdesk.fusion.transformer import FusedTransformer

VOCABULARY = 23


def tiny(fusion: str, **changed: object) -> FusedTransformer:
    torch.manual_seed(3)
    sizes = {
        "vocabulary": VOCABULARY,
        "fusion": fusion,
        "width": 16,
        "layers": 2,
        "heads": 2,
        "hidden": 32,
        "grid_tokens": 4,
        "grid_width": 6,
        "labels": 5,
        "positions": 20,
    }
    model = FusedTransformer(FusedConfig(**{**sizes, **changed}))
    for parameter in model.parameters():  # large enough for differences to show
        torch.nn.init.normal_(parameter, std=0.4)
    return model.eval()


@pytest.fixture(params=sorted(FUSIONS))
def model(request: pytest.FixtureRequest) -> FusedTransformer:
    return tiny(request.param)


@pytest.fixture
def picture() -> tuple[Tensor, Tensor]:
    """Return grid [3, 4, 6] and label logits [3, 5] of three pictures."""
    generator = torch.Generator().manual_seed(5)
    return torch.randn(3, 4, 6, generator=generator), torch.randn(3, 5, generator=generator)
