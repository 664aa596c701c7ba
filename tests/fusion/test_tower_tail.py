"""The tail that the fused model fine-tunes, against the tower's own last stage."""

from __future__ import annotations

import torch
from torch import nn

from mmdesk.fusion.fused_config import FusedConfig
from mmdesk.fusion.tower import TRUNK_CHANNELS, EfficientNetLite2
from mmdesk.fusion.tower_tail import Tail
from mmdesk.fusion.transformer import FusedTransformer


def tower() -> EfficientNetLite2:
    """Random weights whose batch norms have statistics of their own."""
    torch.manual_seed(0)
    made = EfficientNetLite2().eval()
    for module in made.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias, std=0.2)
            module.running_mean = 0.1 * torch.randn(module.num_features)
            module.running_var = torch.rand(module.num_features) + 0.5
    return made


def test_it_starts_as_the_towers_last_stage() -> None:
    whole = tower()
    trunk = torch.randn(2, TRUNK_CHANNELS, 8, 8)
    with torch.inference_mode():
        wanted = whole.grid_of(trunk).flatten(2).transpose(1, 2)
        ours = Tail().start_from(whole)(trunk.flatten(2).transpose(1, 2))
    torch.testing.assert_close(ours, wanted, atol=1e-4, rtol=1e-4)


def test_a_model_with_a_tail_learns_through_it() -> None:
    config = FusedConfig(20, width=16, layers=1, heads=2, hidden=32, tail=True)
    model = FusedTransformer(config)
    assert model.tail is not None
    model.tail.start_from(tower())
    image = model.image_tokens(torch.randn(2, 64, TRUNK_CHANNELS), torch.randn(2, 1000))
    assert image.shape == (2, 65, 16)
    image.square().mean().backward()
    assert all(p.grad is not None and p.grad.any() for p in model.tail.parameters())
