"""Five ways in which a picture and words can meet, behind one interface.

All get the same image tokens and the same word embeddings and give one vector per word, from which
the next word is predicted. They differ only in what happens between; `training/compare.py` trains
them on one budget, and the table stands in the model card.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.nn import functional

from mmdesk.fusion.fused_config import FusedConfig
from mmdesk.fusion.packing import PackedLayout
from mmdesk.fusion.transformer_blocks import Attention, FeedForward, KeysValues, TransformerBlock


@dataclass(slots=True)
class State:
    """What a fusion remembers between generated words; rows can be picked for beam search.

    Attributes:
        caches: keys and values of every block, image tokens included where they are in sequence.
        memories: the picture's keys and values of every block (cross-attention).
        tensors: anything else with the batch first.
        length: words taken in so far.
    """

    caches: list[KeysValues] = field(default_factory=list)
    memories: list[KeysValues] = field(default_factory=list)
    tensors: list[Tensor] = field(default_factory=list)
    length: int = 0

    def rows(self, index: Tensor) -> State:
        """The state with row `index[i]` in place of row i; index [B'] int64."""
        return State(
            [(k[index], v[index]) for k, v in self.caches],
            [(k[index], v[index]) for k, v in self.memories],
            [tensor[index] for tensor in self.tensors],
            self.length,
        )


class Fusion(nn.Module):
    """A way in which image tokens and words meet."""

    def forward(self, image: Tensor, words: Tensor, layout: PackedLayout) -> Tensor:
        """Image [B, P, width], words [B, W, width] -> [B, W, width], for training."""
        raise NotImplementedError

    def begin(self, image: Tensor) -> State:
        """What generation starts from: image [B, P, width]."""
        raise NotImplementedError

    def advance(self, state: State, words: Tensor) -> Tensor:
        """Take in words [B, n, width] of one text -> [B, n, width]; changes `state`."""
        raise NotImplementedError


def _blocks(config: FusedConfig, crossed: bool = False) -> nn.ModuleList:
    return nn.ModuleList(
        TransformerBlock(config.width, config.heads, config.hidden, config.dropout, crossed)
        for _ in range(config.layers)
    )


def _causal(past: int, new: int, device: torch.device) -> Tensor | None:
    """[1, new, past + new] bool, or None for a single new word, which sees everything."""
    if new == 1:
        return None
    return torch.ones(1, new, past + new, dtype=torch.bool, device=device).tril(past)


class Concatenation(Fusion):
    """One sequence, one self-attention: image tokens both ways, words causally after them."""

    def __init__(self, config: FusedConfig) -> None:
        super().__init__()
        self.blocks = _blocks(config)

    def forward(self, image: Tensor, words: Tensor, layout: PackedLayout) -> Tensor:
        images = image.shape[1]
        mask = layout.joined_mask(images)  # [B, P + W, P + W]
        x = torch.cat((image, words), dim=1)  # [B, P + W, width]
        for block in self.blocks[:-1]:
            x, _ = block(x, mask)
        x, _ = self.blocks[-1](x, mask[:, images:], rows_from=images)
        return x

    def begin(self, image: Tensor) -> State:
        state = State()
        for block in self.blocks:
            image, kv = block(image, None)
            state.caches.append(kv)
        return state

    def advance(self, state: State, words: Tensor) -> Tensor:
        past = state.caches[0][0].shape[2]
        return _advance_blocks(
            self.blocks, state, words, _causal(past, words.shape[1], words.device)
        )


def _advance_blocks(blocks: nn.ModuleList, state: State, x: Tensor, mask: Tensor | None) -> Tensor:
    """Words x [B, n, width] through blocks that remember; extends the state's caches."""
    for index, block in enumerate(blocks):
        past = state.caches[index] if index < len(state.caches) else None
        memory = state.memories[index] if state.memories else None
        x, kv = block(x, mask, past=past, memory=memory)
        state.caches[index : index + 1] = [kv]
    state.length += x.shape[1]
    return x


class Pooled(Fusion):
    """The picture as one vector that changes every word embedding, before causal attention."""

    def __init__(self, config: FusedConfig) -> None:
        super().__init__()
        self.pool = nn.Sequential(nn.LayerNorm(config.width), nn.Linear(config.width, config.width))
        self.blocks = _blocks(config)

    def meet(self, words: Tensor, pooled: Tensor) -> Tensor:
        """Words [B, W, width], pooled [B, 1, width] -> [B, W, width]."""
        raise NotImplementedError

    def forward(self, image: Tensor, words: Tensor, layout: PackedLayout) -> Tensor:
        x = self.meet(words, self.pool(_mean(image, layout.image_kept)))
        mask = layout.word_mask()
        for block in self.blocks:
            x, _ = block(x, mask)
        return x

    def begin(self, image: Tensor) -> State:
        return State(tensors=[self.pool(_mean(image, None))])

    def advance(self, state: State, words: Tensor) -> Tensor:
        mask = _causal(state.length, words.shape[1], words.device)
        return _advance_blocks(self.blocks, state, self.meet(words, state.tensors[0]), mask)


def _mean(image: Tensor, kept: Tensor | None) -> Tensor:
    """Image [B, P, width] -> [B, 1, width], the mean over the kept tokens."""
    if kept is None:
        return image.mean(dim=1, keepdim=True)
    weights = kept.unsqueeze(2).to(image.dtype)
    return (image * weights).sum(1, keepdim=True) / weights.sum(1, keepdim=True).clamp_min(1)


class Sum(Pooled):
    """Element-wise sum of the pooled picture and every word embedding."""

    def meet(self, words: Tensor, pooled: Tensor) -> Tensor:
        return words + pooled


class GatedProduct(Pooled):
    """Every word embedding times a gate in 0..2 that the pooled picture opens."""

    def meet(self, words: Tensor, pooled: Tensor) -> Tensor:
        return words * (2 * torch.sigmoid(pooled))


class Convolution(Fusion):
    """Gated causal convolutions over the joined sequence: image tokens, then one text."""

    KERNEL = 5

    def __init__(self, config: FusedConfig) -> None:
        super().__init__()
        width = config.width
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(config.layers))
        self.mixes = nn.ModuleList(
            nn.Linear(self.KERNEL * width, 2 * width) for _ in range(config.layers)
        )
        self.mlp_norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(config.layers))
        hidden = max(
            width, config.hidden - 4 * width + width // 2
        )  # as many parameters as a TransformerBlock
        self.mlps = nn.ModuleList(FeedForward(width, hidden) for _ in range(config.layers))
        self.dropout = nn.Dropout(config.dropout)

    def _windows(self, images: int, layout: PackedLayout) -> Tensor:
        """[B, P + W, KERNEL] places in the joined sequence that each place is computed from.

        A text's first words reach back into the picture, never into the text packed before them.
        """
        batch, words = layout.segments.shape
        device = layout.segments.device
        back = torch.arange(self.KERNEL, device=device)
        own = torch.arange(images, images + words, device=device).view(1, -1, 1) - back
        start = images + layout.positions.unsqueeze(2) - back  # as if the text stood alone
        reach = torch.where(layout.positions.unsqueeze(2) >= back, own, start)
        picture = torch.arange(images, device=device).view(1, -1, 1) - back
        return torch.cat((picture.expand(batch, -1, -1), reach), dim=1).clamp_min(0)

    def forward(self, image: Tensor, words: Tensor, layout: PackedLayout) -> Tensor:
        if layout.image_kept is not None:
            image = image * layout.image_kept.unsqueeze(2)
        windows = self._windows(image.shape[1], layout)
        rows = torch.arange(len(image), device=image.device).view(-1, 1, 1)
        x = torch.cat((image, words), dim=1)
        for norm, mix, mlp_norm, mlp in zip(
            self.norms, self.mixes, self.mlp_norms, self.mlps, strict=True
        ):
            gathered = norm(x)[rows, windows].flatten(2)  # [B, P + W, KERNEL * width]
            x = x + self.dropout(functional.glu(mix(gathered), dim=-1))
            x = x + self.dropout(mlp(mlp_norm(x)))
        return x[:, image.shape[1] :]

    def begin(self, image: Tensor) -> State:
        return State(tensors=[image, image[:, :0]])

    def advance(self, state: State, words: Tensor) -> Tensor:
        """Computes the whole text anew: short texts make a cache for windows not worth having."""
        image, before = state.tensors
        joined = torch.cat((before, words), dim=1)
        state.tensors = [image, joined]
        state.length = joined.shape[1]
        layout = PackedLayout.single(
            torch.zeros(joined.shape[:2], dtype=torch.long, device=image.device)
        )
        return self.forward(image, joined, layout)[:, -words.shape[1] :]


class CrossAttention(Fusion):
    """Words attend to words, then to image tokens, in every block."""

    def __init__(self, config: FusedConfig) -> None:
        super().__init__()
        self.blocks = _blocks(config, crossed=True)

    def _memories(self, image: Tensor) -> list[KeysValues]:
        crossed = [block.cross for block in self.blocks]
        return [cross.keys_values(image) for cross in crossed if isinstance(cross, Attention)]

    def forward(self, image: Tensor, words: Tensor, layout: PackedLayout) -> Tensor:
        if layout.image_kept is not None:
            image = image * layout.image_kept.unsqueeze(2)
        mask = layout.word_mask()
        x = words
        for block, memory in zip(self.blocks, self._memories(image), strict=True):
            x, _ = block(x, mask, memory=memory)
        return x

    def begin(self, image: Tensor) -> State:
        return State(memories=self._memories(image))

    def advance(self, state: State, words: Tensor) -> Tensor:
        mask = _causal(state.length, words.shape[1], words.device)
        return _advance_blocks(self.blocks, state, words, mask)


FUSIONS: dict[str, type[Fusion]] = {
    "concatenation": Concatenation,
    "sum": Sum,
    "product": GatedProduct,
    "convolution": Convolution,
    "cross-attention": CrossAttention,
}
