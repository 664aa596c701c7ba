"""Five strategies to fuse image tokens and text tokens, behind one interface.

All get the same image tokens and the same token embeddings and give one vector per text token, from
which the next token is predicted. They differ only in what happens between. `mmdesk train compare`
trains them on one budget, and the table is in the model card.

The names of parameters and submodules are keys of the weights file.
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
class FusionState:
    """KV cache and other state between decoded tokens; rows can be selected for beam search.

    Attributes:
        caches: keys and values of every block, image tokens included where they are in sequence.
        memories: keys and values of the image tokens, of every block (cross-attention).
        tensors: anything else with the batch first.
        length: text tokens so far.
    """

    caches: list[KeysValues] = field(default_factory=list)
    memories: list[KeysValues] = field(default_factory=list)
    tensors: list[Tensor] = field(default_factory=list)
    length: int = 0

    def select(self, index: Tensor) -> FusionState:
        """Return the state with row `index[i]` in place of row i; index [B'] int64."""
        return FusionState(
            [(k[index], v[index]) for k, v in self.caches],
            [(k[index], v[index]) for k, v in self.memories],
            [tensor[index] for tensor in self.tensors],
            self.length,
        )


class Fusion(nn.Module):
    """Strategy to combine image tokens and text tokens."""

    def forward(self, image: Tensor, text: Tensor, layout: PackedLayout) -> Tensor:
        """Compute whole texts, for training.

        Args:
            image: [B, P, width].
            text: [B, T, width], embeddings.
            layout: of the text.

        Returns:
            [B, T, width].
        """
        raise NotImplementedError

    def begin(self, image: Tensor) -> FusionState:
        """Prefill the image tokens [B, P, width]; return the state that decoding starts from."""
        raise NotImplementedError

    def advance(self, state: FusionState, text: Tensor) -> Tensor:
        """Decode the next n tokens [B, n, width] of one text to [B, n, width]; changes `state`."""
        raise NotImplementedError


def _blocks(config: FusedConfig, cross_attention: bool = False) -> nn.ModuleList:
    return nn.ModuleList(
        TransformerBlock(config.width, config.heads, config.hidden, config.dropout, cross_attention)
        for _ in range(config.layers)
    )


def _causal_mask(past: int, new: int, device: torch.device) -> Tensor | None:
    """Return [1, new, past + new] bool; None for a single new token, which attends to all."""
    if new == 1:
        return None
    return torch.ones(1, new, past + new, dtype=torch.bool, device=device).tril(past)


class Concatenation(Fusion):
    """One sequence, one self-attention: image tokens in both directions, then the text causally."""

    def __init__(self, config: FusedConfig) -> None:
        super().__init__()
        self.blocks = _blocks(config)

    def forward(self, image: Tensor, text: Tensor, layout: PackedLayout) -> Tensor:
        """Compute whole texts; see `Fusion.forward`."""
        images = image.shape[1]
        mask = layout.prefix_mask(images)  # [B, P + T, P + T]
        x = torch.cat((image, text), dim=1)  # [B, P + T, width]
        for block in self.blocks[:-1]:
            x, _ = block(x, mask)
        x, _ = self.blocks[-1](x, mask[:, images:], rows_from=images)
        return x

    def begin(self, image: Tensor) -> FusionState:
        """Prefill the image tokens; see `Fusion.begin`."""
        state = FusionState()
        for block in self.blocks:
            image, kv = block(image, None)
            state.caches.append(kv)
        return state

    def advance(self, state: FusionState, text: Tensor) -> Tensor:
        """Decode the next tokens; see `Fusion.advance`."""
        past = state.caches[0][0].shape[2]
        return _advance_blocks(
            self.blocks, state, text, _causal_mask(past, text.shape[1], text.device)
        )


def _advance_blocks(
    blocks: nn.ModuleList, state: FusionState, x: Tensor, mask: Tensor | None
) -> Tensor:
    """Compute text tokens x [B, n, width] with a KV cache; extends the state's caches."""
    for index, block in enumerate(blocks):
        past = state.caches[index] if index < len(state.caches) else None
        memory = state.memories[index] if state.memories else None
        x, kv = block(x, mask, past=past, memory=memory)
        state.caches[index : index + 1] = [kv]
    state.length += x.shape[1]
    return x


class Pooled(Fusion):
    """Image tokens pooled to one vector that changes every token embedding, before attention."""

    def __init__(self, config: FusedConfig) -> None:
        super().__init__()
        self.pool = nn.Sequential(nn.LayerNorm(config.width), nn.Linear(config.width, config.width))
        self.blocks = _blocks(config)

    def fuse(self, text: Tensor, pooled: Tensor) -> Tensor:
        """Combine text [B, T, width] and pooled [B, 1, width] to [B, T, width]."""
        raise NotImplementedError

    def forward(self, image: Tensor, text: Tensor, layout: PackedLayout) -> Tensor:
        """Compute whole texts; see `Fusion.forward`."""
        x = self.fuse(text, self.pool(_mean(image, layout.image_kept)))
        mask = layout.causal_mask()
        for block in self.blocks:
            x, _ = block(x, mask)
        return x

    def begin(self, image: Tensor) -> FusionState:
        """Prefill the image tokens; see `Fusion.begin`."""
        return FusionState(tensors=[self.pool(_mean(image, None))])

    def advance(self, state: FusionState, text: Tensor) -> Tensor:
        """Decode the next tokens; see `Fusion.advance`."""
        mask = _causal_mask(state.length, text.shape[1], text.device)
        return _advance_blocks(self.blocks, state, self.fuse(text, state.tensors[0]), mask)


def _mean(image: Tensor, kept: Tensor | None) -> Tensor:
    """Return the mean over the kept tokens of an image [B, P, width], as [B, 1, width]."""
    if kept is None:
        return image.mean(dim=1, keepdim=True)
    weights = kept.unsqueeze(2).to(image.dtype)
    return (image * weights).sum(1, keepdim=True) / weights.sum(1, keepdim=True).clamp_min(1)


class Sum(Pooled):
    """Element-wise sum of the pooled image and every token embedding."""

    def fuse(self, text: Tensor, pooled: Tensor) -> Tensor:
        """Add the pooled image."""
        return text + pooled


class GatedProduct(Pooled):
    """Every token embedding times a gate in 0..2, computed from the pooled image."""

    def fuse(self, text: Tensor, pooled: Tensor) -> Tensor:
        """Multiply by the gate."""
        return text * (2 * torch.sigmoid(pooled))


class Convolution(Fusion):
    """Gated causal convolutions over one sequence: image tokens, then one text."""

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
        """Return [B, P + T, KERNEL], the positions that each position is computed from.

        A text's first tokens reach back into the image, never into the text packed before them.
        """
        batch, tokens = layout.segments.shape
        device = layout.segments.device
        back = torch.arange(self.KERNEL, device=device)
        own = torch.arange(images, images + tokens, device=device).view(1, -1, 1) - back
        start = images + layout.positions.unsqueeze(2) - back  # as if the text stood alone
        reach = torch.where(layout.positions.unsqueeze(2) >= back, own, start)
        image = torch.arange(images, device=device).view(1, -1, 1) - back
        return torch.cat((image.expand(batch, -1, -1), reach), dim=1).clamp_min(0)

    def forward(self, image: Tensor, text: Tensor, layout: PackedLayout) -> Tensor:
        """Compute whole texts; see `Fusion.forward`."""
        if layout.image_kept is not None:
            image = image * layout.image_kept.unsqueeze(2)
        windows = self._windows(image.shape[1], layout)
        rows = torch.arange(len(image), device=image.device).view(-1, 1, 1)
        x = torch.cat((image, text), dim=1)
        for norm, mix, mlp_norm, mlp in zip(
            self.norms, self.mixes, self.mlp_norms, self.mlps, strict=True
        ):
            gathered = norm(x)[rows, windows].flatten(2)  # [B, P + T, KERNEL * width]
            x = x + self.dropout(functional.glu(mix(gathered), dim=-1))
            x = x + self.dropout(mlp(mlp_norm(x)))
        return x[:, image.shape[1] :]

    def begin(self, image: Tensor) -> FusionState:
        """Prefill the image tokens; see `Fusion.begin`."""
        return FusionState(tensors=[image, image[:, :0]])

    def advance(self, state: FusionState, text: Tensor) -> Tensor:
        """Compute the whole text again: for short texts a cache of windows is not worth having."""
        image, before = state.tensors
        joined = torch.cat((before, text), dim=1)
        state.tensors = [image, joined]
        state.length = joined.shape[1]
        layout = PackedLayout.single(
            torch.zeros(joined.shape[:2], dtype=torch.long, device=image.device)
        )
        return self.forward(image, joined, layout)[:, -text.shape[1] :]


class CrossAttention(Fusion):
    """Text tokens attend to the text, then to image tokens, in every block."""

    def __init__(self, config: FusedConfig) -> None:
        super().__init__()
        self.blocks = _blocks(config, cross_attention=True)

    def _memories(self, image: Tensor) -> list[KeysValues]:
        crossed = [block.cross for block in self.blocks]
        return [cross.keys_values(image) for cross in crossed if isinstance(cross, Attention)]

    def forward(self, image: Tensor, text: Tensor, layout: PackedLayout) -> Tensor:
        """Compute whole texts; see `Fusion.forward`."""
        if layout.image_kept is not None:
            image = image * layout.image_kept.unsqueeze(2)
        mask = layout.causal_mask()
        x = text
        for block, memory in zip(self.blocks, self._memories(image), strict=True):
            x, _ = block(x, mask, memory=memory)
        return x

    def begin(self, image: Tensor) -> FusionState:
        """Prefill the image tokens; see `Fusion.begin`."""
        return FusionState(memories=self._memories(image))

    def advance(self, state: FusionState, text: Tensor) -> Tensor:
        """Decode the next tokens; see `Fusion.advance`."""
        mask = _causal_mask(state.length, text.shape[1], text.device)
        return _advance_blocks(self.blocks, state, text, mask)


FUSIONS: dict[str, type[Fusion]] = {
    "concatenation": Concatenation,
    "sum": Sum,
    "product": GatedProduct,
    "convolution": Convolution,
    "cross-attention": CrossAttention,
}
