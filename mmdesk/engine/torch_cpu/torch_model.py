"""Llama and Qwen2 models on a CPU, with little between one matmul and the next.

The arithmetic is that of transformers' LlamaForCausalLM and Qwen2ForCausalLM (RMS norms, rotary
embedding over the two halves of a head, grouped-query attention, SwiGLU), with q/k/v and gate/up
in one matrix each, keys and values in memory allocated once, and logits for the last positions
only. tests/engine/torch_cpu/test_torch_model.py compares it with transformers.

With Int8Linear a token's logits are the same to the bit however the tokens were split into forward
passes. So the KV cache can be reused without changing an answer, and several draft tokens can be
verified in one forward. Attention needs two things for it: always MIN_ROWS or more per matmul, and
for a token at a given position always the same number of positions, the next multiple of PAGE, with
the surplus masked (exp(-inf) adds exact zeros). `is_exact` tries it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional

from mmdesk.engine.decoder import Decoder, DecoderShape, Logits
from mmdesk.engine.torch_cpu.linear import Int8Linear, Linear

attention = functional.scaled_dot_product_attention
PAGE = 256  # positions
QUERY_BLOCK = 32  # rows of queries that the attention kernel takes at a time
MIN_ROWS = 4  # smaller matmuls are computed in another order, and round differently


@dataclass(slots=True)
class DecoderLayer:
    """One decoder layer; norms are float32 [hidden]."""

    norm_in: torch.Tensor
    qkv: Linear
    out: Linear
    norm_mlp: torch.Tensor
    gate_up: Linear
    down: Linear


class TokenEmbedding:
    """Rows of the embedding matrix, as float32.

    Args:
        weight: int8 or float [vocabulary, hidden]; only the rows asked for are ever touched.
        scale: float32 [vocabulary] for int8, else None.
    """

    def __init__(self, weight: torch.Tensor, scale: torch.Tensor | None) -> None:
        self._weight, self._scale = weight, scale

    def __call__(self, ids: torch.Tensor) -> torch.Tensor:
        """Return the embeddings of `ids`, float32 [n, hidden]."""
        rows = self._weight[ids].float()  # [n, hidden]
        return rows if self._scale is None else rows * self._scale[ids, None]


class TorchModel(Decoder):
    """Decoder that runs on torch.

    The rows of q and k must be in the order of `interleaved_rows`, as weights.py makes them.
    """

    def __init__(
        self,
        shape: DecoderShape,
        embed: TokenEmbedding,
        layers: list[DecoderLayer],
        norm: torch.Tensor,
        head: Linear,
    ) -> None:
        self.shape = shape
        self.layers = layers
        self.exact = False  # until `is_exact` was tried
        self.weight_bytes = 0  # known to who loads it
        self._embed, self._norm, self._head = embed, norm, head
        self._rotations = torch.empty(0)  # complex64 [positions, 1, head_dim / 2]
        # As a tensor: a plain number would be made one at every step.
        self._eps = torch.tensor(shape.eps)

    def new_cache(self) -> TorchCache:
        """See Decoder."""
        return TorchCache(self.shape, len(self.layers))

    def _reserve(self, tokens: int) -> None:
        """Grow the RoPE table to this many positions."""
        if tokens <= len(self._rotations):
            return
        dim = self.shape.head_dim
        frequencies = 1.0 / self.shape.theta ** (torch.arange(0, dim, 2).float() / dim)
        angles = torch.outer(torch.arange(-(-tokens // 1024) * 1024).float(), frequencies)
        self._rotations = torch.polar(torch.ones_like(angles), angles)[:, None]

    def max_pass_tokens(self, cache: TorchCache) -> int:
        """See Decoder. No pass crosses a page, see the module."""
        return PAGE - cache.length % PAGE

    def forward_pass(self, ids: Sequence[int], cache: TorchCache, logits_to_keep: int) -> Logits:
        """See Decoder."""
        # Inference mode is entered per forward pass: entered around a generator's yields it would
        # leak into whatever the caller does meanwhile.
        with torch.inference_mode():
            logits: Logits = self._forward(ids, cache, logits_to_keep).numpy()
        return logits

    def _forward(self, ids: Sequence[int], cache: TorchCache, logits_to_keep: int) -> torch.Tensor:
        start, count = cache.length, len(ids)
        self._reserve(start + count)
        cache.reserve(start + count)
        rotations = self._rotations[start : start + count]
        mask = cache.mask(count)
        x = self._embed(torch.tensor(ids))
        for number, layer in enumerate(self.layers):
            qkv = layer.qkv(x * layer.norm_in, self._inverse_rms(x))
            x = layer.out(self._attend(qkv, rotations, cache, number, mask), None, x)
            gate_up = layer.gate_up(x * layer.norm_mlp, self._inverse_rms(x))
            gate, up = gate_up.chunk(2, -1)
            x = layer.down(functional.silu(gate).mul_(up), None, x)
        cache.length += count
        if not logits_to_keep:
            return torch.empty(0)
        x = x[count - logits_to_keep :]
        return self._head(x * self._norm, self._inverse_rms(x))

    def _inverse_rms(self, x: torch.Tensor) -> torch.Tensor:
        """Return the factor of an RMS norm per row, [n, 1]; it commutes with a linear layer."""
        norm = torch.linalg.vector_norm(x, 2, -1, True)
        return torch.addcmul(self._eps, norm, norm, value=1 / self.shape.hidden).rsqrt_()

    def _attend(
        self,
        qkv: torch.Tensor,
        rotations: torch.Tensor,
        cache: TorchCache,
        number: int,
        mask: torch.Tensor,
    ) -> torch.Tensor:
        """Apply RoPE and attention.

        Args:
            qkv: [n, (heads + 2 kv_heads) * head_dim].
            rotations: complex [n, 1, head_dim / 2].
            cache: gets the keys and values.
            number: of the layer.
            mask: [n, positions].

        Returns:
            [n, heads * head_dim].
        """
        shape = self.shape
        count, group = len(qkv), shape.heads // shape.kv_heads
        heads = qkv.view(count, -1, shape.head_dim)
        rotated = heads[:, : shape.heads + shape.kv_heads].unflatten(-1, (-1, 2))
        torch.view_as_complex(rotated).mul_(rotations)
        keys, values = cache.append(number, heads[:, shape.heads :])
        q = heads[:, : shape.heads]
        if count == 1 and group >= MIN_ROWS:  # the heads of a group are the rows of one matmul
            q = q.view(1, shape.kv_heads, group, shape.head_dim)
            return attention(q, keys, values, mask).view(1, -1)
        q = q.unflatten(1, (shape.kv_heads, group)).permute(1, 2, 0, 3)  # [kv, group, n, dim]
        keys, values = keys[0][:, None], values[0][:, None]  # [kv, 1, positions, dim]
        if group > 1:
            keys, values = (t.expand(-1, group, -1, -1) for t in (keys, values))
        if 0 < count % QUERY_BLOCK < MIN_ROWS:  # the last block is padded to MIN_ROWS
            more = MIN_ROWS - count % QUERY_BLOCK
            q = torch.cat([q, q[:, :, -1:].expand(-1, -1, more, -1)], 2)
            mask = torch.cat([mask, mask[-1:].expand(more, -1)])
        out = attention(q, keys, values, mask)[:, :, :count]
        return out.permute(2, 0, 1, 3).reshape(count, -1)

    def is_exact(self) -> bool:
        """Return whether logits are the same to the bit however the tokens are split.

        It is tried on the first layers: it rests on kernels that may be others on another
        processor.
        """
        if not isinstance(self._head, Int8Linear):
            return False
        layers = self.layers[:2]
        probe = TorchModel(self.shape, self._embed, layers, self._norm, self._head)
        ids = [(7 * position) % 97 for position in range(40)]
        whole, split = TorchCache(self.shape, len(layers)), TorchCache(self.shape, len(layers))
        together = probe.forward(ids, whole, 7)
        probe.forward(ids[:33], split)
        parts = (ids[33:35], ids[35:36], ids[36:])
        apart = np.concatenate([probe.forward(part, split, len(part)) for part in parts])
        return np.array_equal(together, apart)


class TorchCache:
    """KV cache of one text, in whole pages that are zero where nothing was written.

    Attributes:
        length: tokens in it.
    """

    def __init__(self, shape: DecoderShape, layers: int) -> None:
        self._shape = shape
        self._keys_values: list[torch.Tensor] = [self._new(0) for _ in range(layers)]
        self._views: list[tuple[torch.Tensor, torch.Tensor]] = []
        self._capacity = self._end = 0
        self.length = 0

    def _new(self, capacity: int) -> torch.Tensor:
        """Return zeros for the keys of every head, then the values of every head."""
        return torch.zeros(2 * self._shape.kv_heads, capacity, self._shape.head_dim)

    def reserve(self, end: int) -> None:
        """Grow the capacity to `end` tokens, and let `append` return positions up to its page."""
        end = -(-end // PAGE) * PAGE
        if end == self._end:
            return
        if end > self._capacity:
            self._grow(max(end, min(2 * self._capacity, self._capacity + 16 * PAGE)))
        heads, self._end = self._shape.kv_heads, end
        self._views = [
            (layer[None, :heads, :end], layer[None, heads:, :end]) for layer in self._keys_values
        ]

    def _grow(self, capacity: int) -> None:
        for number, old in enumerate(self._keys_values):
            self._keys_values[number] = self._new(capacity)
            self._keys_values[number][:, : self.length] = old[:, : self.length]
        self._capacity = capacity

    def append(self, number: int, new: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Write keys and values [n, 2 * kv_heads, dim] of one layer after those in the cache.

        Returns:
            All of the layer's keys and values, [1, kv_heads, positions, dim] each.
        """
        self._keys_values[number].narrow(1, self.length, len(new)).copy_(new.transpose(0, 1))
        return self._views[number]

    def mask(self, count: int) -> torch.Tensor:
        """Return the causal mask of the next `count` tokens, float32 [count, positions]."""
        positions = torch.arange(self._end)
        later = positions > torch.arange(self.length, self.length + count)[:, None]
        return torch.zeros(later.shape).masked_fill_(later, -torch.inf)

    def trim(self, length: int) -> int:
        """Forget everything after the first `length` tokens (masked until overwritten)."""
        self.length = length
        return length


def interleaved_rows(heads: int, head_dim: int) -> torch.Tensor:
    """Return the order of the rows of q and k for RoPE, int64 [heads * head_dim].

    The two numbers that are rotated together stand side by side in it, as parts of a complex one.
    Dot products of q and k stay what they are.
    """
    rows = torch.arange(heads * head_dim).view(heads, 2, head_dim // 2)
    return rows.transpose(1, 2).reshape(-1)
