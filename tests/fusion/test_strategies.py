"""Every fusion is causal, uses the whole picture, and gives the same for packed texts."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from mmdesk.fusion.packing import PADDING, PackedLayout
from mmdesk.fusion.strategies import FUSIONS
from mmdesk.fusion.transformer import FusedTransformer
from tests.fusion.conftest import VOCABULARY, tiny

Picture = tuple[Tensor, Tensor]


def packed(lengths: list[int], width: int) -> PackedLayout:
    segments = torch.full((1, width), PADDING)
    positions = torch.zeros(1, width, dtype=torch.long)
    at = 0
    for number, length in enumerate(lengths):
        segments[0, at : at + length] = number
        positions[0, at : at + length] = torch.arange(length)
        at += length
    return PackedLayout(segments, positions)


def test_there_are_five_fusions() -> None:
    assert set(FUSIONS) == {"concatenation", "sum", "product", "convolution", "cross-attention"}


def test_packed_texts_give_what_each_gives_alone(model: FusedTransformer, picture: Picture) -> None:
    grid, labels = picture[0][:1], picture[1][:1]
    texts = [torch.randint(0, VOCABULARY, (1, n)) for n in (5, 7, 2)]
    ids = torch.cat([*texts, torch.zeros(1, 3, dtype=torch.long)], dim=1)
    together = model(grid, labels, ids, packed([5, 7, 2], 17))
    at = 0
    for text in texts:
        alone = model(grid, labels, text, PackedLayout.single(text))
        torch.testing.assert_close(
            together[:, at : at + text.shape[1]], alone, atol=1e-4, rtol=1e-4
        )
        at += text.shape[1]
    assert torch.isfinite(together).all()


def test_a_token_depends_on_no_later_token(model: FusedTransformer, picture: Picture) -> None:
    ids = torch.randint(0, VOCABULARY, (3, 8))
    changed = ids.clone()
    changed[:, 5:] = (changed[:, 5:] + 1) % VOCABULARY
    layout = PackedLayout.single(ids)
    before, after = model(*picture, ids, layout), model(*picture, changed, layout)
    torch.testing.assert_close(before[:, :5], after[:, :5])
    assert not torch.allclose(before[:, 5:], after[:, 5:])


def test_every_fusion_uses_grid_and_labels(model: FusedTransformer, picture: Picture) -> None:
    grid, labels = picture
    ids = torch.randint(0, VOCABULARY, (3, 4))
    layout = PackedLayout.single(ids)
    plain = model(grid, labels, ids, layout)
    assert not torch.allclose(plain, model(-grid, labels, ids, layout), atol=1e-4)
    assert not torch.allclose(plain, model(grid, -labels, ids, layout), atol=1e-4)


def test_masked_image_tokens_change_nothing(model: FusedTransformer, picture: Picture) -> None:
    image = model.image_tokens(*picture)
    other = image.clone()
    other[:, 1] += 5
    ids = torch.randint(0, VOCABULARY, (3, 4))
    kept = torch.ones(3, 5, dtype=torch.bool)
    kept[:, 1] = False
    single = PackedLayout.single(ids)
    layout = PackedLayout(single.segments, single.positions, kept)
    torch.testing.assert_close(model.hidden(image, ids, layout), model.hidden(other, ids, layout))


def test_decoding_token_by_token_equals_all_at_once(
    model: FusedTransformer, picture: Picture
) -> None:
    ids = torch.randint(0, VOCABULARY, (3, 7))
    whole = model(*picture, ids, PackedLayout.single(ids))
    state = model.begin(*picture)
    parts = [model.advance(state, ids[:, :3])]
    parts += [model.advance(state, ids[:, at : at + 1]) for at in range(3, 7)]
    torch.testing.assert_close(torch.cat(parts, dim=1), whole, atol=1e-4, rtol=1e-4)
    assert state.length == 7


def test_rows_of_the_state_can_be_selected(model: FusedTransformer, picture: Picture) -> None:
    ids = torch.randint(0, VOCABULARY, (3, 4))
    state = model.begin(*picture)
    model.advance(state, ids[:, :3])
    expected = model.advance(state.select(torch.arange(3)), ids[:, 3:])
    picked = model.advance(state.select(torch.tensor([2, 2, 0])), ids[[2, 2, 0], 3:])
    torch.testing.assert_close(picked, expected[[2, 2, 0]])


@pytest.mark.parametrize("fusion", ["sum", "product", "convolution", "cross-attention"])
def test_fusions_are_of_similar_size(fusion: str) -> None:
    """The comparison is of strategies, not of sizes; cross-attention has to be larger."""
    sizes = {
        name: sum(p.numel() for p in tiny(name, width=64, hidden=256, heads=4).parameters())
        for name in (fusion, "concatenation")
    }
    assert 0.8 < sizes[fusion] / sizes["concatenation"] < 1.45
