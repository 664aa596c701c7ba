"""Speech as a third kind of token: a spoken question stands where its words would stand."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from mmdesk.fusion.fused_config import FusedConfig
from mmdesk.fusion.transformer_blocks import TransformerBlock


@dataclass(frozen=True, slots=True)
class SpeechFeatures:
    """What stands for the words of spoken questions, in the order in which they would be written.

    Attributes:
        words: [B, N, width], in place of word embeddings.
        counts: [B] int64, how many of the N are the question; the others are not used.
    """

    words: Tensor
    counts: Tensor

    def put_into(self, embedded: Tensor, positions: Tensor) -> Tensor:
        """Embedded words [B, W, width] at `positions` [B, W] of their text -> the same, with what
        was spoken behind the first one, the task's mark.
        """
        places = positions - 1
        said = (places >= 0) & (places < self.counts.unsqueeze(1))
        index = places.clamp(0, self.words.shape[1] - 1).unsqueeze(2)
        spoken = self.words.gather(1, index.expand(-1, -1, self.words.shape[2]))
        return torch.where(said.unsqueeze(2), spoken, embedded)


class SpeechTokens(nn.Module):
    """Frames of speech in, a vector for each of the question's words out.

    Queries, one for each word that a question may have, stand behind the frames in one sequence
    under one self-attention (as the queries of DETR, Carion et al. 2020, do beside an image). The
    last block but one is where the frames are to tell word for word what is said (see `heard`).
    """

    def __init__(self, config: FusedConfig) -> None:
        super().__init__()
        self.queries = config.speech_words
        self.norm = nn.LayerNorm(config.speech_width)
        self.project = nn.Linear(config.speech_width, config.width)
        self.place = nn.Parameter(torch.zeros(config.speech + self.queries, config.width))
        self.blocks = nn.ModuleList(
            TransformerBlock(config.width, config.heads, config.speech_hidden, config.dropout)
            for _ in range(config.speech_layers)
        )
        self.frames_out = nn.LayerNorm(config.width)
        self.out = nn.LayerNorm(config.width)
        self.shift = nn.Linear(config.width, config.width)

    def forward(self, frames: Tensor) -> tuple[Tensor, Tensor]:
        """[B, S, speech_width] -> [B, speech_words, width], and what every frame tells
        [B, S, width], which only learning uses.
        """
        heard = self.project(self.norm(frames))
        asked = heard.new_zeros(len(heard), self.queries, heard.shape[2])
        tokens = torch.cat((heard, asked), dim=1) + self.place
        for block in self.blocks[:-1]:
            tokens, _ = block(tokens, None)
        told = self.frames_out(tokens[:, : frames.shape[1]])
        tokens, _ = self.blocks[-1](tokens, None, rows_from=frames.shape[1])
        return self.out(tokens), told
