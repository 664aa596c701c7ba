"""Pre-norm transformer blocks with a KV cache, from which every fusion is built."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

KeysValues = tuple[Tensor, Tensor]  # each [B, heads, L, d], d = width / heads


class Attention(nn.Module):
    """Multi-head attention: self-attention, or cross-attention over other tokens."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(width, width)
        self.key_value = nn.Linear(width, 2 * width)
        self.out = nn.Linear(width, width)

    def split_heads(self, x: Tensor) -> Tensor:
        """Return [B, L, width] as [B, heads, L, d]."""
        return x.unflatten(-1, (self.heads, -1)).transpose(1, 2)  # [B, heads, L, d]

    def keys_values(self, memory: Tensor) -> KeysValues:
        """Return keys and values [B, heads, M, d] of `memory` [B, M, width]."""
        keys, values = self.key_value(memory).chunk(2, dim=-1)
        return self.split_heads(keys), self.split_heads(values)

    def forward(self, x: Tensor, kv: KeysValues, mask: Tensor | None) -> Tensor:
        """Attend from x to keys and values.

        Args:
            x: [B, L, width].
            kv: of M tokens.
            mask: [B or 1, L, M] bool, true where attention is allowed; None for everywhere.

        Returns:
            [B, L, width].
        """
        queries = self.split_heads(self.query(x))
        if mask is None and x.shape[1] == 1:
            attended = _single_query_attention(queries, *kv)
        elif torch.is_grad_enabled():
            attended = _explicit_attention(queries, *kv, mask)
        else:
            heads_mask = None if mask is None else mask.unsqueeze(1)
            attended = functional.scaled_dot_product_attention(queries, *kv, heads_mask)
        return self.out(attended.transpose(1, 2).flatten(2))


def _single_query_attention(query: Tensor, keys: Tensor, values: Tensor) -> Tensor:
    """Attend from a single query [B, heads, 1, d].

    The same as torch's fused kernel, which on a CPU is two (float32) to six (bfloat16) times slower
    at it.
    """
    scores = query @ keys.transpose(-1, -2) * keys.shape[-1] ** -0.5  # [B, heads, 1, M]
    return scores.softmax(dim=-1) @ values


def _explicit_attention(
    queries: Tensor, keys: Tensor, values: Tensor, mask: Tensor | None
) -> Tensor:
    """Attend in separate steps: the fused kernel's backward takes four times as long on a CPU.

    Args:
        queries: [B, heads, L, d].
        keys: [B, heads, M, d].
        values: [B, heads, M, d].
        mask: [B or 1, L, M] bool; None for everywhere.
    """
    scores = queries @ keys.transpose(-1, -2) * keys.shape[-1] ** -0.5  # [B, heads, L, M]
    if mask is not None:
        scores = scores.masked_fill(~mask.unsqueeze(1), torch.finfo(scores.dtype).min)
    return scores.softmax(dim=-1).to(values.dtype) @ values


class FeedForward(nn.Sequential):
    """MLP with one hidden layer and GELU."""

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__(nn.Linear(width, hidden), nn.GELU(), nn.Linear(hidden, width))


class TransformerBlock(nn.Module):
    """Self-attention, then cross-attention to the image tokens if wanted, then an MLP.

    The names of submodules are keys of the weights file.
    """

    def __init__(
        self, width: int, heads: int, hidden: int, dropout: float, cross_attention: bool = False
    ) -> None:
        super().__init__()
        self.norm_attention = nn.LayerNorm(width)
        self.attention = Attention(width, heads)
        self.norm_cross = nn.LayerNorm(width) if cross_attention else None
        self.cross = Attention(width, heads) if cross_attention else None
        self.norm_mlp = nn.LayerNorm(width)
        self.mlp = FeedForward(width, hidden)
        self.dropout = nn.Dropout(dropout)

    def forward(
        self,
        x: Tensor,
        mask: Tensor | None,
        past: KeysValues | None = None,
        memory: KeysValues | None = None,
        rows_from: int = 0,
    ) -> tuple[Tensor, KeysValues]:
        """Compute one block.

        Args:
            x: [B, L, width].
            mask: [B or 1, L - rows_from, past + L] bool; None allows attention everywhere.
            past: keys and values of the tokens before `x`.
            memory: keys and values of the image tokens, for cross-attention.
            rows_from: only rows from here on are computed; the rows before are keys alone (the
                last block of a decoder needs no outputs for the image tokens).

        Returns:
            [B, L - rows_from, width], and the keys and values of past and x together.
        """
        normed = self.norm_attention(x)
        kv = self.attention.keys_values(normed)
        if past is not None:
            kv = (torch.cat((past[0], kv[0]), dim=2), torch.cat((past[1], kv[1]), dim=2))
        x = x[:, rows_from:]
        x = x + self.dropout(self.attention(normed[:, rows_from:], kv, mask))
        if self.cross is not None and self.norm_cross is not None and memory is not None:
            x = x + self.dropout(self.cross(self.norm_cross(x), memory, None))
        return x + self.dropout(self.mlp(self.norm_mlp(x))), kv
