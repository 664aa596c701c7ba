"""The tower's shapes, parameter names and padding."""

from __future__ import annotations

import pytest
import torch

from mmdesk.fusion.tower import EfficientNetLite2, SameConv2d, normalise_pixels


def test_shapes() -> None:
    with torch.inference_mode():
        grid, logits = EfficientNetLite2().eval()(torch.zeros(2, 3, 256, 256))
    assert grid.shape == (2, 1280, 8, 8)
    assert logits.shape == (2, 1000)


def test_published_names_and_count() -> None:
    weights = EfficientNetLite2().state_dict()
    assert len(weights) == 386
    assert weights["_conv_stem.weight"].shape == (32, 3, 3, 3)
    assert weights["_blocks.20._project_conv.weight"].shape == (352, 1248, 1, 1)
    assert weights["_blocks.1._expand_conv.weight"].shape == (96, 16, 1, 1)
    assert "_blocks.0._expand_conv.weight" not in weights


def test_incomplete_weights_are_refused() -> None:
    tower = EfficientNetLite2()
    weights = dict(tower.state_dict())
    del weights["_fc.bias"]
    with pytest.raises(RuntimeError, match=r"_fc\.bias"):
        tower.load_published(weights)


def test_weights_carry_over_whole() -> None:
    torch.manual_seed(0)
    one, other = EfficientNetLite2().eval(), EfficientNetLite2().eval()
    pixels = torch.randn(1, 3, 64, 64)
    other.load_published(one.state_dict())
    with torch.inference_mode():
        torch.testing.assert_close(one(pixels)[1], other(pixels)[1])


@pytest.mark.parametrize(("size", "kernel", "stride"), [(8, 3, 2), (9, 3, 2), (8, 5, 2), (7, 5, 1)])
def test_padding_is_tensorflows_same(size: int, kernel: int, stride: int) -> None:
    """TensorFlow: ceil(size / stride) outputs, and the odd pixel of padding comes last."""
    convolution = SameConv2d(1, 1, kernel, stride, bias=False)
    torch.nn.init.ones_(convolution.weight)
    outputs = -(-size // stride)
    total = max((outputs - 1) * stride + kernel - size, 0)
    padded = torch.zeros(size + total)
    padded[total // 2 : total // 2 + size] = 1
    line = torch.stack([padded[i * stride : i * stride + kernel].sum() for i in range(outputs)])
    result = convolution(torch.ones(1, 1, size, size)).detach()[0, 0]
    torch.testing.assert_close(result, line[:, None] * line[None, :])


def test_pixels_are_normalised() -> None:
    pixels = torch.tensor([0, 127, 255], dtype=torch.uint8).expand(1, 4, 5, 3)
    normal = normalise_pixels(pixels)
    assert normal.shape == (1, 3, 4, 5)
    assert normal[0, :, 0, 0].tolist() == pytest.approx([-127 / 128, 0.0, 1.0])
