"""The vision tower's last blocks, in the form in which the fused model fine-tunes them.

These blocks are specific to ImageNet's classes (breeds, not people); the stages before are general.
Batch norms are folded in and no longer updated: the few pictures of a step are too few for them.
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


class TailBlock(nn.Module):
    """Inverted residual block over the grid's cells: [B, 64, in] -> [B, 64, out]."""

    def __init__(self, inputs: int, outputs: int, kernel: int, expand: int) -> None:
        super().__init__()
        hidden = inputs * expand
        self.adds = inputs == outputs
        self.expand = nn.Linear(inputs, hidden)
        self.depthwise = nn.Conv2d(hidden, hidden, kernel, padding=kernel // 2, groups=hidden)
        self.project = nn.Linear(hidden, outputs)

    def forward(self, x: Tensor) -> Tensor:
        """Compute [B, 64, in] -> [B, 64, out]."""
        y = relu6(self.expand(x))  # [B, 64, hidden]
        maps = y.transpose(1, 2).unflatten(2, (GRID_SIZE, GRID_SIZE))  # [B, hidden, 8, 8]
        y = self.project(relu6(self._filter(maps)).flatten(2).transpose(1, 2))
        return x + y if self.adds else y

    def _filter(self, maps: Tensor) -> Tensor:
        """Convolve depthwise in the weights' own dtype, even under autocast.

        On a CPU its backward takes three times as long in bfloat16 as in float32.
        """
        with torch.autocast(maps.device.type, enabled=False):
            y: Tensor = self.depthwise(maps.to(self.depthwise.weight.dtype))
        return y


class Tail(nn.Module):
    """Last stage of the tower: the trunk's cells [B, 64, 208] -> the grid's [B, 64, 1280]."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(_blocks())
        self.head = nn.Linear(STAGES[-1].channels, GRID_CHANNELS)

    def forward(self, trunk: Tensor) -> Tensor:
        """Compute [B, 64, 208] -> [B, 64, 1280]."""
        x = trunk
        for block in self.blocks:
            x = block(x)
        return relu6(self.head(x))

    @torch.no_grad()
    def start_from(self, tower: EfficientNetLite2) -> Tail:
        """Copy the published weights: the same function as `tower.grid_of` (to rounding)."""
        for own, published in zip(self.blocks, tower._blocks[TRUNK_BLOCKS:], strict=True):
            if not (isinstance(own, TailBlock) and isinstance(published, InvertedResidual)):
                raise TypeError("a tower is made of inverted residual blocks")
            _copy_folded(own.expand, published._expand_conv, published._bn0)
            _copy_folded(own.depthwise, published._depthwise_conv, published._bn1)
            _copy_folded(own.project, published._project_conv, published._bn2)
        _copy_folded(self.head, tower._conv_head, tower._bn1)
        return self


def _copy_folded(own: nn.Linear | nn.Conv2d, convolution: nn.Conv2d, norm: nn.BatchNorm2d) -> None:
    folded = fuse_conv_bn_eval(convolution, norm)
    own.weight.copy_(folded.weight.view_as(own.weight))
    if own.bias is not None and folded.bias is not None:
        own.bias.copy_(folded.bias)


def _blocks() -> list[TailBlock]:
    """Build the tower's blocks after its trunk."""
    sizes = [(stage.channels, stage) for stage in STAGES for _ in range(stage.repeats)]
    blocks, inputs = [], TRUNK_CHANNELS
    for outputs, stage in sizes[TRUNK_BLOCKS:]:
        blocks.append(TailBlock(inputs, outputs, stage.kernel, stage.expand))
        inputs = outputs
    return blocks
