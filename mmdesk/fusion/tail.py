"""The vision tower's last stage, in the form in which the fused model fine-tunes it.

What ImageNet's classes need of a picture (breeds, not people) is decided here; the stages before
are general. Batch norms are folded in and no longer renewed: a step's few pictures would not do.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import relu6
from torch.nn.utils.fusion import fuse_conv_bn_eval

from mmdesk.fusion.tower import (
    GRID_CHANNELS,
    GRID_SIZE,
    STAGES,
    TRUNK_BLOCKS,
    TRUNK_CHANNELS,
    EfficientNetLite2,
    InvertedResidual,
)

_LAST = STAGES[-1]


class Tail(nn.Module):
    """Cells of the trunk [B, 64, 208] -> cells of the grid [B, 64, 1280]."""

    def __init__(self) -> None:
        super().__init__()
        hidden = TRUNK_CHANNELS * _LAST.expand
        self.expand = nn.Linear(TRUNK_CHANNELS, hidden)
        self.depthwise = nn.Conv2d(
            hidden, hidden, _LAST.kernel, padding=_LAST.kernel // 2, groups=hidden
        )
        self.project = nn.Linear(hidden, _LAST.channels)
        self.head = nn.Linear(_LAST.channels, GRID_CHANNELS)

    def forward(self, trunk: Tensor) -> Tensor:
        x = relu6(self.expand(trunk))  # [B, 64, 1248]
        maps = x.transpose(1, 2).unflatten(2, (GRID_SIZE, GRID_SIZE))  # [B, 1248, 8, 8]
        x = relu6(self.depthwise(maps)).flatten(2).transpose(1, 2)  # [B, 64, 1248]
        return relu6(self.head(self.project(x)))

    @torch.no_grad()
    def start_from(self, tower: EfficientNetLite2) -> Tail:
        """Take the published weights: the same function as `tower.grid_of` (to rounding)."""
        block = tower._blocks[TRUNK_BLOCKS]
        if not isinstance(block, InvertedResidual):
            raise TypeError("the tower's last stage is one inverted residual block")
        for own, convolution, norm in (
            (self.expand, block._expand_conv, block._bn0),
            (self.depthwise, block._depthwise_conv, block._bn1),
            (self.project, block._project_conv, block._bn2),
            (self.head, tower._conv_head, tower._bn1),
        ):
            folded = fuse_conv_bn_eval(convolution, norm)
            own.weight.copy_(folded.weight.view_as(own.weight))
            if own.bias is not None and folded.bias is not None:
                own.bias.copy_(folded.bias)
        return self
