"""Speech as a third kind of token: embeddings of a spoken question in place of its text tokens."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from mmdesk.fusion.fused_config import FusedConfig
from mmdesk.fusion.transformer_blocks import TransformerBlock


@dataclass(frozen=True, slots=True)
class SpeechFeatures:
    """Embeddings of spoken questions, in the order in which their tokens would be written.

    Attributes:
        embeddings: [B, N, width], in place of token embeddings.
        counts: [B] int64, how many of the N are the question; the others are not used.
    """

    embeddings: Tensor
    counts: Tensor

    def insert_into(self, embedded: Tensor, positions: Tensor) -> Tensor:
        """Replace the token embeddings after the first one, the task's token, by the speech.

        Args:
            embedded: [B, T, width].
            positions: [B, T], of the tokens in their text.

        Returns:
            [B, T, width].
        """
        index = positions - 1
        is_spoken = (index >= 0) & (index < self.counts.unsqueeze(1))
        index = index.clamp(0, self.embeddings.shape[1] - 1).unsqueeze(2)
        spoken = self.embeddings.gather(1, index.expand(-1, -1, self.embeddings.shape[2]))
        return torch.where(is_spoken.unsqueeze(2), spoken, embedded)


class SpeechTokens(nn.Module):
    """Encoder from frames of speech to a vector for each token of the question.

    Queries, one for each token that a question may have, stand behind the frames in one sequence
    under one self-attention, as the queries of DETR (Carion et al. 2020) do next to an image. After
    the last block but one, training reads the spoken text from the frames, token by token (see
    `FusedTransformer.encode_speech_frames`).

    The names of parameters and submodules are keys of the weights file.
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
        """Encode frames [B, S, speech_width].

        Returns:
            Token vectors [B, speech_words, width], and frame vectors [B, S, width], which only
            training uses.
        """
        projected = self.project(self.norm(frames))
        queries = projected.new_zeros(len(projected), self.queries, projected.shape[2])
        x = torch.cat((projected, queries), dim=1) + self.place
        for block in self.blocks[:-1]:
            x, _ = block(x, None)
        frame_vectors = self.frames_out(x[:, : frames.shape[1]])
        x, _ = self.blocks[-1](x, None, rows_from=frames.shape[1])
        return self.out(x), frame_vectors
