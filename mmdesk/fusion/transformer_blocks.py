"""Pre-norm transformer blocks with a key/value cache: the parts every fusion is built from."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

KeysValues = tuple[Tensor, Tensor]  # each [B, heads, L, width / heads]


class Attention(nn.Module):
    """Multi-head attention of `x` over `memory` (or over itself)."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(width, width)
        self.key_value = nn.Linear(width, 2 * width)
        self.out = nn.Linear(width, width)

    def split(self, x: Tensor) -> Tensor:
        return x.unflatten(-1, (self.heads, -1)).transpose(1, 2)  # [B, heads, L, d]

    def keys_values(self, memory: Tensor) -> KeysValues:
        """Memory [B, M, width] -> keys and values [B, heads, M, d]."""
        keys, values = self.key_value(memory).chunk(2, dim=-1)
        return self.split(keys), self.split(values)

    def forward(self, x: Tensor, kv: KeysValues, mask: Tensor | None) -> Tensor:
        """X [B, L, width], mask [B or 1, L, M] bool (True: may be seen) -> [B, L, width]."""
        queries = self.split(self.query(x))
        if mask is None and x.shape[1] == 1:
            mixed = _of_one(queries, *kv)
        elif torch.is_grad_enabled():
            mixed = _in_steps(queries, *kv, mask)
        else:
            seen = None if mask is None else mask.unsqueeze(1)
            mixed = functional.scaled_dot_product_attention(queries, *kv, seen)
        return self.out(mixed.transpose(1, 2).flatten(2))


def _of_one(query: Tensor, keys: Tensor, values: Tensor) -> Tensor:
    """Attention of a single query [B, heads, 1, d]: the same as the fused kernel, which on a CPU
    is two (float32) to six (bfloat16) times slower at it.
    """
    scores = query @ keys.transpose(-1, -2) * keys.shape[-1] ** -0.5  # [B, heads, 1, M]
    return scores.softmax(dim=-1) @ values


def _in_steps(queries: Tensor, keys: Tensor, values: Tensor, mask: Tensor | None) -> Tensor:
    """Attention step by step: the fused kernel's backward takes four times as long on a CPU.

    queries [B, heads, L, d], keys and values [B, heads, M, d], mask [B or 1, L, M] bool.
    """
    scores = queries @ keys.transpose(-1, -2) * keys.shape[-1] ** -0.5  # [B, heads, L, M]
    if mask is not None:
        scores = scores.masked_fill(~mask.unsqueeze(1), torch.finfo(scores.dtype).min)
    return scores.softmax(dim=-1).to(values.dtype) @ values


class FeedForward(nn.Sequential):
    def __init__(self, width: int, hidden: int) -> None:
        super().__init__(nn.Linear(width, hidden), nn.GELU(), nn.Linear(hidden, width))


class TransformerBlock(nn.Module):
    """Self-attention, then cross-attention to the picture where `crossed`, then an MLP."""

    def __init__(
        self, width: int, heads: int, hidden: int, dropout: float, crossed: bool = False
    ) -> None:
        super().__init__()
        self.norm_attention = nn.LayerNorm(width)
        self.attention = Attention(width, heads)
        self.norm_cross = nn.LayerNorm(width) if crossed else None
        self.cross = Attention(width, heads) if crossed else None
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
        """One block over x [B, L, width].

        Args:
            mask: [B or 1, L - rows_from, past + L] bool; None lets everything be seen.
            past: keys and values of what stands before `x`.
            memory: the picture's keys and values, for a crossed block.
            rows_from: only rows from here on are computed; the rows before are keys alone (the
                last block of a decoder needs no outputs for the picture).

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
