"""The vision tower: EfficientNet-Lite2 (Tan and Le 2019; TensorFlow's 2020 "lite" variants).

Short enough to read in one go, and its parameters carry the published names, so that the weights
load without a table of names. It gives both what the fused transformer attends to (the grid) and
what labels are made from (the logits, see `perception.labels`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn.functional import pad, relu6

IMAGE_SIZE = 256  # for the 8×8 grid; the weights were trained at 260
GRID_SIZE = 8
GRID_CHANNELS = 1280
CLASSES = 1000
MEAN, STD = 127.0, 128.0  # of 0..255 pixels, as the lite variants were trained
BN_EPS = 1e-3
STEM_CHANNELS = 32  # the lite variants scale neither stem nor head


@dataclass(frozen=True, slots=True)
class Stage:
    """Blocks of one resolution; only the first has the stride and the change of channels."""

    repeats: int
    kernel: int
    stride: int
    expand: int
    channels: int


# EfficientNet-B0's stages at width 1.1 (rounded to multiples of 8) and depth 1.2 (rounded up; the
# lite variants leave the first and last stage at one block).
STAGES = (
    Stage(1, 3, 1, 1, 16),
    Stage(3, 3, 2, 6, 24),
    Stage(3, 5, 2, 6, 48),
    Stage(4, 3, 2, 6, 88),
    Stage(4, 5, 1, 6, 120),
    Stage(5, 5, 2, 6, 208),
    Stage(1, 3, 1, 6, 352),
)

# The trunk is never fine-tuned: the stem, and the blocks down to the 8×8 resolution.
TRUNK_BLOCKS = 16
TRUNK_CHANNELS = 208


class SameConv2d(nn.Conv2d):
    """Convolution padded as TensorFlow's SAME: output = ceil(input / stride).

    The odd pixel of padding goes to the right and the bottom, where PyTorch's own padding is
    symmetric.
    """

    def forward(self, x: Tensor) -> Tensor:
        """Pad and convolve [B,in,H,W] -> [B,out,H/stride,W/stride]."""
        right, bottom = (self._padding(x.shape[axis], axis) for axis in (-1, -2))
        if right or bottom:
            x = pad(x, (right // 2, right - right // 2, bottom // 2, bottom - bottom // 2))
        return super().forward(x)

    def _padding(self, size: int, axis: int) -> int:
        kernel, stride = self.kernel_size[axis], self.stride[axis]
        return max((-(-size // stride) - 1) * stride + kernel - size, 0)


def _batch_norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=BN_EPS, momentum=0.01)


class InvertedResidual(nn.Module):
    """Inverted residual block: expand, filter each channel, project back; add if shapes agree."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int, expand: int) -> None:
        super().__init__()
        hidden = inputs * expand
        self.expands = expand != 1
        self.adds = stride == 1 and inputs == outputs
        if self.expands:
            self._expand_conv = nn.Conv2d(inputs, hidden, 1, bias=False)
            self._bn0 = _batch_norm(hidden)
        self._depthwise_conv = SameConv2d(hidden, hidden, kernel, stride, groups=hidden, bias=False)
        self._bn1 = _batch_norm(hidden)
        self._project_conv = nn.Conv2d(hidden, outputs, 1, bias=False)
        self._bn2 = _batch_norm(outputs)

    def forward(self, x: Tensor) -> Tensor:
        """Compute [B,in,H,W] -> [B,out,H/stride,W/stride]."""
        y = relu6(self._bn0(self._expand_conv(x))) if self.expands else x
        y = relu6(self._bn1(self._depthwise_conv(y)))
        y = self._bn2(self._project_conv(y))
        return x + y if self.adds else y


class EfficientNetLite2(nn.Module):
    """Vision tower over pixels [B,3,256,256], float, normalised by `normalise_pixels`.

    It gives a grid [B,1280,8,8] and logits [B,1000] over ImageNet-1k in its usual order.
    """

    def __init__(self) -> None:
        super().__init__()
        self._conv_stem = SameConv2d(3, STEM_CHANNELS, 3, 2, bias=False)
        self._bn0 = _batch_norm(STEM_CHANNELS)
        self._blocks = nn.ModuleList(_blocks())
        self._conv_head = nn.Conv2d(STAGES[-1].channels, GRID_CHANNELS, 1, bias=False)
        self._bn1 = _batch_norm(GRID_CHANNELS)
        self._fc = nn.Linear(GRID_CHANNELS, CLASSES)

    def trunk(self, pixels: Tensor) -> Tensor:
        """Compute pixels [B,3,H,W] -> [B,208,H/32,W/32], the tail's input."""
        x = relu6(self._bn0(self._conv_stem(pixels)))  # [B,32,128,128]
        for block in self._blocks[:TRUNK_BLOCKS]:
            x = block(x)
        return x

    def grid_of(self, trunk: Tensor) -> Tensor:
        """Compute the trunk's [B,208,8,8] -> features [B,1280,8,8]."""
        x = trunk
        for block in self._blocks[TRUNK_BLOCKS:]:
            x = block(x)
        return relu6(self._bn1(self._conv_head(x)))

    def grid(self, pixels: Tensor) -> Tensor:
        """Compute pixels [B,3,H,W] -> features [B,1280,H/32,W/32]."""
        return self.grid_of(self.trunk(pixels))

    def labels_of(self, grid: Tensor) -> Tensor:
        """Compute the grid's [B,1280,8,8] -> logits [B,1000]."""
        logits: Tensor = self._fc(grid.mean((2, 3)))
        return logits

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """Compute grid and logits of pixels [B,3,256,256]."""
        grid = self.grid(pixels)
        return grid, self.labels_of(grid)

    def load_published(self, weights: Mapping[str, Tensor]) -> EfficientNetLite2:
        """Load the published state dict, whole.

        Raises:
            RuntimeError: a tensor is missing, unknown or of another shape.
        """
        self.load_state_dict(dict(weights))
        return self


def _blocks() -> list[InvertedResidual]:
    blocks, inputs = [], STEM_CHANNELS
    for stage in STAGES:
        for index in range(stage.repeats):
            stride = stage.stride if index == 0 else 1
            blocks.append(
                InvertedResidual(inputs, stage.channels, stage.kernel, stride, stage.expand)
            )
            inputs = stage.channels
    return blocks


def normalise_pixels(pixels: Tensor) -> Tensor:
    """Return uint8 [...,H,W,3] as float32 [...,3,H,W] in the tower's range."""
    return ((pixels.float() - MEAN) / STD).movedim(-1, -3).contiguous()
