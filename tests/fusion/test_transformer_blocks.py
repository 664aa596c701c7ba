"""The block against torch's own transformer layer, on the same weights."""

from __future__ import annotations

import torch
from torch import nn

from mmdesk.fusion.transformer_blocks import TransformerBlock


def reference(
    block: TransformerBlock, width: int, heads: int, hidden: int
) -> nn.TransformerEncoderLayer:
    layer = nn.TransformerEncoderLayer(
        width, heads, hidden, dropout=0.0, activation="gelu", batch_first=True, norm_first=True
    )
    own = block.attention
    layer.self_attn.in_proj_weight.data = torch.cat((own.query.weight, own.key_value.weight)).data
    layer.self_attn.in_proj_bias.data = torch.cat((own.query.bias, own.key_value.bias)).data
    layer.self_attn.out_proj.load_state_dict(own.out.state_dict())
    layer.norm1.load_state_dict(block.norm_attention.state_dict())
    layer.norm2.load_state_dict(block.norm_mlp.state_dict())
    layer.linear1.load_state_dict(block.mlp[0].state_dict())
    layer.linear2.load_state_dict(block.mlp[2].state_dict())
    return layer.eval()


def random_block(cross_attention: bool = False) -> TransformerBlock:
    torch.manual_seed(1)
    block = TransformerBlock(16, 4, 32, 0.1, cross_attention).eval()
    for parameter in block.parameters():
        nn.init.normal_(parameter, std=0.3)
    return block


def test_a_block_is_torchs_pre_norm_layer() -> None:
    block = random_block()
    x = torch.randn(2, 7, 16)
    mask = torch.ones(7, 7, dtype=torch.bool).tril()
    ours, _ = block(x, mask.unsqueeze(0))
    theirs = reference(block, 16, 4, 32)(x, src_mask=~mask)
    torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=1e-5)


def test_cross_attention_is_torchs() -> None:
    block = random_block(cross_attention=True)
    assert block.cross is not None
    assert block.norm_cross is not None
    x, picture = torch.randn(2, 3, 16), torch.randn(2, 5, 16)
    attention = nn.MultiheadAttention(16, 4, batch_first=True).eval()
    own = block.cross
    attention.in_proj_weight.data = torch.cat((own.query.weight, own.key_value.weight)).data
    attention.in_proj_bias.data = torch.cat((own.query.bias, own.key_value.bias)).data
    attention.out_proj.load_state_dict(own.out.state_dict())
    normed = block.norm_cross(x)
    theirs, _ = attention(normed, picture, picture)
    ours = own(normed, own.keys_values(picture), None)
    torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=1e-5)


def test_rows_before_rows_from_are_keys_alone() -> None:
    block = random_block()
    x = torch.randn(2, 6, 16)
    mask = torch.ones(1, 6, 6, dtype=torch.bool).tril()
    whole, _ = block(x, mask)
    part, _ = block(x, mask[:, 4:], rows_from=4)
    torch.testing.assert_close(part, whole[:, 4:])


def test_past_keys_give_what_the_whole_sequence_gives() -> None:
    block = random_block()
    x = torch.randn(2, 6, 16)
    whole, _ = block(x, torch.ones(1, 6, 6, dtype=torch.bool).tril())
    _, kv = block(x[:, :4], torch.ones(1, 4, 4, dtype=torch.bool).tril())
    rest, kv = block(x[:, 4:], torch.ones(1, 2, 6, dtype=torch.bool).tril(4), past=kv)
    torch.testing.assert_close(rest, whole[:, 4:])
    assert kv[0].shape == (2, 4, 6, 4)
