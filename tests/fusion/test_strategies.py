"""What every way of fusing must keep to: packing changes nothing, nothing looks ahead, all see."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from mmdesk.fusion.packing import PADDING, PackedLayout
from mmdesk.fusion.strategies import FUSIONS
from mmdesk.fusion.transformer import FusedTransformer
from tests.fusion.conftest import VOCABULARY, tiny

ImageDescribed = tuple[Tensor, Tensor]


def packed(lengths: list[int], width: int) -> PackedLayout:
    segments = torch.full((1, width), PADDING)
    positions = torch.zeros(1, width, dtype=torch.long)
    at = 0
    for number, length in enumerate(lengths):
        segments[0, at : at + length] = number
        positions[0, at : at + length] = torch.arange(length)
        at += length
    return PackedLayout(segments, positions)


def test_five_fusions_stand_behind_one_interface() -> None:
    assert set(FUSIONS) == {"concatenation", "sum", "product", "convolution", "cross-attention"}


def test_packed_texts_give_what_each_gives_alone(
    model: FusedTransformer, seen: ImageDescribed
) -> None:
    grid, labels = seen[0][:1], seen[1][:1]
    texts = [torch.randint(0, VOCABULARY, (1, n)) for n in (5, 7, 2)]
    words = torch.cat([*texts, torch.zeros(1, 3, dtype=torch.long)], dim=1)
    together = model(grid, labels, words, packed([5, 7, 2], 17))
    at = 0
    for text in texts:
        alone = model(grid, labels, text, PackedLayout.single(text))
        torch.testing.assert_close(
            together[:, at : at + text.shape[1]], alone, atol=1e-4, rtol=1e-4
        )
        at += text.shape[1]
    assert torch.isfinite(together).all()


def test_a_word_depends_on_no_later_word(model: FusedTransformer, seen: ImageDescribed) -> None:
    words = torch.randint(0, VOCABULARY, (3, 8))
    changed = words.clone()
    changed[:, 5:] = (changed[:, 5:] + 1) % VOCABULARY
    layout = PackedLayout.single(words)
    before, after = model(*seen, words, layout), model(*seen, changed, layout)
    torch.testing.assert_close(before[:, :5], after[:, :5])
    assert not torch.allclose(before[:, 5:], after[:, 5:])


def test_every_fusion_sees_grid_and_labels(model: FusedTransformer, seen: ImageDescribed) -> None:
    grid, labels = seen
    words = torch.randint(0, VOCABULARY, (3, 4))
    layout = PackedLayout.single(words)
    plain = model(grid, labels, words, layout)
    assert not torch.allclose(plain, model(-grid, labels, words, layout), atol=1e-4)
    assert not torch.allclose(plain, model(grid, -labels, words, layout), atol=1e-4)


def test_hidden_image_tokens_change_nothing(model: FusedTransformer, seen: ImageDescribed) -> None:
    image = model.image_tokens(*seen)
    other = image.clone()
    other[:, 1] += 5
    words = torch.randint(0, VOCABULARY, (3, 4))
    kept = torch.ones(3, 5, dtype=torch.bool)
    kept[:, 1] = False
    single = PackedLayout.single(words)
    layout = PackedLayout(single.segments, single.positions, kept)
    torch.testing.assert_close(
        model.hidden(image, words, layout), model.hidden(other, words, layout)
    )


def test_word_after_word_equals_all_at_once(model: FusedTransformer, seen: ImageDescribed) -> None:
    words = torch.randint(0, VOCABULARY, (3, 7))
    whole = model(*seen, words, PackedLayout.single(words))
    state = model.begin(*seen)
    parts = [model.advance(state, words[:, :3])]
    parts += [model.advance(state, words[:, at : at + 1]) for at in range(3, 7)]
    torch.testing.assert_close(torch.cat(parts, dim=1), whole, atol=1e-4, rtol=1e-4)
    assert state.length == 7


def test_states_rows_can_be_picked(model: FusedTransformer, seen: ImageDescribed) -> None:
    words = torch.randint(0, VOCABULARY, (3, 4))
    state = model.begin(*seen)
    model.advance(state, words[:, :3])
    expected = model.advance(state.rows(torch.arange(3)), words[:, 3:])
    picked = model.advance(state.rows(torch.tensor([2, 2, 0])), words[[2, 2, 0], 3:])
    torch.testing.assert_close(picked, expected[[2, 2, 0]])


@pytest.mark.parametrize("fusion", ["sum", "product", "convolution", "cross-attention"])
def test_fusions_are_of_like_size(fusion: str) -> None:
    """The comparison is of ways to fuse, not of sizes; cross-attention has to be larger."""
    sizes = {
        name: sum(p.numel() for p in tiny(name, width=64, hidden=256, heads=4).parameters())
        for name in (fusion, "concatenation")
    }
    assert 0.8 < sizes[fusion] / sizes["concatenation"] < 1.45
