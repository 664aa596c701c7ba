"""Layout of packed batches: the text of every token, its position in it, and attention masks.

Several texts about one picture (five captions, questions with their answers) share one row behind
one picture, and must not attend to each other. The loss is the same as with a row for each text,
and the picture is computed once.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

PADDING = -1


@dataclass(frozen=True, slots=True)
class PackedLayout:
    """Positions of the tokens in a packed batch.

    Attributes:
        segments: [B, T] int64, number of the text in its row; PADDING for none.
        positions: [B, T] int64, the token's position in its own text, from 0.
        image_kept: [B, P] bool, image tokens that may be attended to; None for all of them.
    """

    segments: Tensor
    positions: Tensor
    image_kept: Tensor | None = None

    @classmethod
    def single(cls, tokens: Tensor) -> PackedLayout:
        """Return the layout of tokens [B, T] with one text in every row."""
        positions = torch.arange(tokens.shape[1], device=tokens.device).expand_as(tokens)
        return cls(torch.zeros_like(tokens), positions)

    def causal_mask(self) -> Tensor:
        """Return [B, T, T] bool: a token attends to itself and those before it in its text."""
        width = self.segments.shape[1]
        same = self.segments.unsqueeze(2) == self.segments.unsqueeze(1)
        ones = torch.ones(width, width, dtype=torch.bool, device=same.device)
        return same & ones.tril()

    def prefix_mask(self, images: int) -> Tensor:
        """Return [B, P + T, P + T] bool for P image tokens before the text.

        Image tokens attend to all image tokens; text tokens to those and their own text so far.
        """
        batch, tokens = self.segments.shape
        mask = torch.zeros(batch, images + tokens, images + tokens, dtype=torch.bool)
        mask = mask.to(self.segments.device)
        kept = self.image_kept
        mask[:, :, :images] = True if kept is None else kept.unsqueeze(1)
        mask[:, images:, images:] = self.causal_mask()
        return mask
