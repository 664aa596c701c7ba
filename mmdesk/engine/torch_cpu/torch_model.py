"""The Llama and Qwen2 family on a CPU, with little between one matrix product and the next.

The arithmetic is that of transformers' LlamaForCausalLM and Qwen2ForCausalLM (RMS norms, rotary
embedding over the two halves of a head, grouped-query attention, SwiGLU), with q/k/v and gate/up
in one matrix each, keys and values in memory allocated once, and logits for the last positions
only. Checked against transformers in tests/engine/torch_cpu/test_torch_model.py.

With Int8Linear every token's numbers are the same to the bit however the tokens before and beside
it were read (one by one, in one piece, in other pieces). That makes keys and values reusable
without changing an answer, and lets several guessed tokens be checked in one forward. What it
takes from attention: always LEAST_ROWS or more per matrix product, and for a token at a given place
always the same number of positions, the next multiple of PAGE, the surplus masked (exp(-inf) adds
exact zeros). `is_exact` tries it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch.nn import functional

from mmdesk.engine.decoder import Decoder, DecoderShape, Logits
from mmdesk.engine.torch_cpu.linear import Int8Linear, Linear

attention = functional.scaled_dot_product_attention
PAGE = 256  # positions
BLOCK = 32  # rows of queries that the attention kernel takes at a time
LEAST_ROWS = 4  # smaller products are computed in another order, and round differently


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
    """Rows of the vocabulary's matrix, as float32.

    Args:
        weight: int8 or float [vocabulary, hidden]; only the rows asked for are ever touched.
        scale: float32 [vocabulary] for int8, else None.
    """

    def __init__(self, weight: torch.Tensor, scale: torch.Tensor | None) -> None:
        self._weight, self._scale = weight, scale

    def __call__(self, ids: torch.Tensor) -> torch.Tensor:
        rows = self._weight[ids].float()  # [n, hidden]
        return rows if self._scale is None else rows * self._scale[ids, None]


class TorchModel(Decoder):
    """A decoder ready to run; weights come from engine/weights.py, the rows of q and k in the
    order that `interleaved` gives.
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
        self.exact = False  # until `is_exact` has said so
        self._embed, self._norm, self._head = embed, norm, head
        self._turns = torch.empty(0)  # complex64 [positions, 1, head_dim / 2]
        # As tensors: a plain number would be made one at every step.
        self._eps = torch.tensor(shape.eps)

    def new_cache(self) -> TorchCache:
        """See Decoder."""
        return TorchCache(self.shape, len(self.layers))

    def _reserve(self, tokens: int) -> None:
        """Have the rotary table for this many positions."""
        if tokens <= len(self._turns):
            return
        dim = self.shape.head_dim
        inverse = 1.0 / self.shape.theta ** (torch.arange(0, dim, 2).float() / dim)
        angle = torch.outer(torch.arange(-(-tokens // 1024) * 1024).float(), inverse)
        self._turns = torch.polar(torch.ones_like(angle), angle)[:, None]

    def forward(self, ids: Sequence[int], cache: TorchCache, wanted: int = 1) -> Logits:
        """See Decoder."""
        # Inference mode is entered per forward: entered around a generator's yields it would
        # leak into whatever the caller does meanwhile.
        with torch.inference_mode():
            logits: Logits = self.read(ids, cache, wanted).numpy()
        return logits

    def read(self, ids: Sequence[int], cache: TorchCache, wanted: int = 1) -> torch.Tensor:
        """`forward`, as a tensor, float32."""
        within = PAGE - cache.length % PAGE
        if len(ids) > within:  # a piece never crosses a page: see above
            rest = len(ids) - within
            first = self.read(ids[:within], cache, max(0, wanted - rest))
            second = self.read(ids[within:], cache, min(wanted, rest))
            return second if wanted <= rest else torch.cat([first, second])
        start, count = cache.length, len(ids)
        self._reserve(start + count)
        cache.reserve(start + count)
        turns = self._turns[start : start + count]
        mask = cache.mask(count)
        x = self._embed(torch.tensor(ids))
        for number, layer in enumerate(self.layers):
            qkv = layer.qkv(x * layer.norm_in, self._rms(x))
            x = layer.out(self._attend(qkv, turns, cache, number, mask), None, x)
            gate_up = layer.gate_up(x * layer.norm_mlp, self._rms(x))
            gate, up = gate_up.chunk(2, -1)
            x = layer.down(functional.silu(gate).mul_(up), None, x)
        cache.length += count
        if not wanted:
            return torch.empty(0)
        x = x[count - wanted :]
        return self._head(x * self._norm, self._rms(x))

    def _rms(self, x: torch.Tensor) -> torch.Tensor:
        """What an RMS norm multiplies each row by, [n, 1]: it commutes with a linear layer."""
        norm = torch.linalg.vector_norm(x, 2, -1, True)
        return torch.addcmul(self._eps, norm, norm, value=1 / self.shape.hidden).rsqrt_()

    def _attend(
        self,
        qkv: torch.Tensor,
        turns: torch.Tensor,
        cache: TorchCache,
        number: int,
        mask: torch.Tensor,
    ) -> torch.Tensor:
        """Qkv [n, (heads + 2 kv_heads) * head_dim] -> [n, heads * head_dim]."""
        shape = self.shape
        count, group = len(qkv), shape.heads // shape.kv_heads
        heads = qkv.view(count, -1, shape.head_dim)
        turned = heads[:, : shape.heads + shape.kv_heads].unflatten(-1, (-1, 2))
        torch.view_as_complex(turned).mul_(turns)
        keys, values = cache.write(number, heads[:, shape.heads :])
        q = heads[:, : shape.heads]
        if count == 1 and group >= LEAST_ROWS:  # the heads of a group are the rows of one product
            q = q.view(1, shape.kv_heads, group, shape.head_dim)
            return attention(q, keys, values, mask).view(1, -1)
        q = q.unflatten(1, (shape.kv_heads, group)).permute(1, 2, 0, 3)  # [kv, group, n, dim]
        keys, values = keys[0][:, None], values[0][:, None]  # [kv, 1, positions, dim]
        if group > 1:
            keys, values = (t.expand(-1, group, -1, -1) for t in (keys, values))
        if 0 < count % BLOCK < LEAST_ROWS:  # the last rows are given companions
            more = LEAST_ROWS - count % BLOCK
            q = torch.cat([q, q[:, :, -1:].expand(-1, -1, more, -1)], 2)
            mask = torch.cat([mask, mask[-1:].expand(more, -1)])
        mixed = attention(q, keys, values, mask)[:, :, :count]
        return mixed.permute(2, 0, 1, 3).reshape(count, -1)

    def is_exact(self) -> bool:
        """Whether a token's logits are the same to the bit one by one and in pieces, tried on the
        first layers: it rests on kernels that may be others on another processor.
        """
        if not isinstance(self._head, Int8Linear):
            return False
        layers = self.layers[:2]
        probe = TorchModel(self.shape, self._embed, layers, self._norm, self._head)
        ids = [(7 * place) % 97 for place in range(40)]
        whole, pieces = TorchCache(self.shape, len(layers)), TorchCache(self.shape, len(layers))
        with torch.inference_mode():
            together = probe.read(ids, whole, 7)
            probe.read(ids[:33], pieces)
            parts = (ids[33:35], ids[35:36], ids[36:])
            apart = torch.cat([probe.read(part, pieces, len(part)) for part in parts])
        return torch.equal(together, apart)


class TorchCache:
    """Keys and values of one text, in whole pages that are zero where nothing was written.

    Attributes:
        length: tokens held.
    """

    def __init__(self, shape: DecoderShape, layers: int) -> None:
        self._shape = shape
        self._both: list[torch.Tensor] = [self._new(0) for _ in range(layers)]
        self._views: list[tuple[torch.Tensor, torch.Tensor]] = []
        self._room = self._end = 0
        self.length = 0

    def _new(self, room: int) -> torch.Tensor:
        """Keys of every head, then values of every head."""
        return torch.zeros(2 * self._shape.kv_heads, room, self._shape.head_dim)

    def reserve(self, end: int) -> None:
        """Have room for `end` tokens, and set where a read of them stops."""
        end = -(-end // PAGE) * PAGE
        if end == self._end:
            return
        if end > self._room:
            self._grow(max(end, min(2 * self._room, self._room + 16 * PAGE)))
        heads, self._end = self._shape.kv_heads, end
        self._views = [(both[None, :heads, :end], both[None, heads:, :end]) for both in self._both]

    def _grow(self, room: int) -> None:
        for number, old in enumerate(self._both):
            self._both[number] = self._new(room)
            self._both[number][:, : self.length] = old[:, : self.length]
        self._room = room

    def write(self, number: int, both: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Put [n, 2 * kv_heads, dim] after what is held in the layer with this number.

        Returns:
            All of the layer's keys and values, [1, kv_heads, pages, dim] each.
        """
        self._both[number].narrow(1, self.length, len(both)).copy_(both.transpose(0, 1))
        return self._views[number]

    def mask(self, count: int) -> torch.Tensor:
        """For the next `count` tokens, float32 [count, pages]: 0 where a token may look, -inf
        ahead of it.
        """
        places = torch.arange(self._end)
        ahead = places > torch.arange(self.length, self.length + count)[:, None]
        return torch.zeros(ahead.shape).masked_fill_(ahead, -torch.inf)

    def crop(self, length: int) -> None:
        """Forget everything after the first `length` tokens (masked until overwritten)."""
        self.length = length


def interleaved(heads: int, head_dim: int) -> torch.Tensor:
    """The order of the rows of q and k, int64 [heads * head_dim], in which the two numbers that
    are turned together stand side by side, as parts of a complex one. Dot products of q and k
    stay what they are.
    """
    rows = torch.arange(heads * head_dim).view(heads, 2, head_dim // 2)
    return rows.transpose(1, 2).reshape(-1)
