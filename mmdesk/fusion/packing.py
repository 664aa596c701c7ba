"""Where every word of a packed batch stands: which text it belongs to, and at which place in it.

Several texts about one picture (five captions, questions with their answers) share one row behind
one picture, and must not see each other. The loss is the same as with a row for each text, and the
picture is paid for once.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

PADDING = -1


@dataclass(frozen=True, slots=True)
class PackedLayout:
    """The places of the words in a packed batch.

    Attributes:
        segments: [B, W] int64, which text of the row a word belongs to; PADDING for none.
        positions: [B, W] int64, the word's place in its own text, from 0.
        image_kept: [B, P] bool, image tokens that may be seen; None for all of them.
    """

    segments: Tensor
    positions: Tensor
    image_kept: Tensor | None = None

    @classmethod
    def single(cls, words: Tensor) -> PackedLayout:
        """One text in every row: words [B, W] -> its layout."""
        positions = torch.arange(words.shape[1], device=words.device).expand_as(words)
        return cls(torch.zeros_like(words), positions)

    def word_mask(self) -> Tensor:
        """[B, W, W] bool: a word sees itself and the words before it in its own text."""
        width = self.segments.shape[1]
        same = self.segments.unsqueeze(2) == self.segments.unsqueeze(1)
        ones = torch.ones(width, width, dtype=torch.bool, device=same.device)
        return same & ones.tril()

    def joined_mask(self, images: int) -> Tensor:
        """[B, P + W, P + W] bool for P image tokens before the words.

        Image tokens see all image tokens; words see the image tokens and their own text so far.
        """
        batch, words = self.segments.shape
        mask = torch.zeros(batch, images + words, images + words, dtype=torch.bool)
        mask = mask.to(self.segments.device)
        kept = self.image_kept
        mask[:, :, :images] = True if kept is None else kept.unsqueeze(1)
        mask[:, images:, images:] = self.word_mask()
        return mask
