"""The fused vision-language transformer: a picture's features and words in, next words out."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from mmdesk.fusion.config import FusedConfig
from mmdesk.fusion.layout import Layout
from mmdesk.fusion.strategies import FUSIONS, State
from mmdesk.fusion.tail import Tail


class SpeechTokens(nn.Module):
    """Frames of speech as tokens in the same sequence: a third kind beside image and words."""

    def __init__(self, config: FusedConfig) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(config.speech_width)
        self.project = nn.Linear(config.speech_width, config.width)
        self.place = nn.Parameter(torch.zeros(config.speech, config.width))

    def forward(self, frames: Tensor) -> Tensor:
        """[B, S, speech_width] -> [B, S, width]"""
        tokens: Tensor = self.project(self.norm(frames)) + self.place
        return tokens


class FusedTransformer(nn.Module):
    """Image tokens and word tokens through one fusion; the word embedding is tied to the output.

    The vision tower stands outside: its features are cached in training and computed once per
    picture at work.
    """

    def __init__(self, config: FusedConfig) -> None:
        super().__init__()
        self.config = config
        self.grid_norm = nn.LayerNorm(config.grid_width)
        self.grid_project = nn.Linear(config.grid_width, config.width)
        self.grid_place = nn.Parameter(torch.zeros(config.grid_tokens, config.width))
        self.label_project = nn.Linear(config.labels, config.width)
        self.speech = SpeechTokens(config) if config.speech else None
        self.words = nn.Embedding(config.vocabulary, config.width)
        self.places = nn.Embedding(config.positions, config.width)
        self.dropout = nn.Dropout(config.dropout)
        self.fusion = FUSIONS[config.fusion](config)
        self.norm = nn.LayerNorm(config.width)
        self.apply(_initialise)
        self.tail = Tail() if config.tail else None  # its weights are the tower's to begin with
        nn.init.normal_(self.grid_place, std=0.02)
        if self.speech is not None:
            nn.init.normal_(self.speech.place, std=0.02)
        # Label probabilities sum to one: without this their token would begin as all but nothing.
        nn.init.normal_(self.label_project.weight, std=0.5)

    def image_tokens(self, grid: Tensor, labels: Tensor, speech: Tensor | None = None) -> Tensor:
        """grid [B, 64, 1280] and label logits [B, 1000] -> [B, 65, width].

        A model with a tail is given the trunk [B, 64, 208] for `grid`. The label token stands
        last, next to the words. `speech`, frames [B, S, speech_width] of a spoken question, stands
        before it all: [B, S + 65, width].
        """
        if self.tail is not None:
            grid = self.tail(grid)
        cells = self.grid_project(self.grid_norm(grid)) + self.grid_place
        label = self.label_project(labels.softmax(dim=-1)).unsqueeze(1)
        tokens = torch.cat((cells, label), dim=1)
        if speech is not None and self.speech is not None:
            tokens = torch.cat((self.speech(speech), tokens), dim=1)
        return self.dropout(tokens)

    def embed(self, words: Tensor, positions: Tensor) -> Tensor:
        """Word ids and their places [B, W] -> [B, W, width]."""
        return self.dropout(self.words(words) + self.places(positions))

    def hidden(self, image: Tensor, words: Tensor, layout: Layout) -> Tensor:
        """image [B, 65, width] and word ids [B, W] -> the last layer's [B, W, width]."""
        return self.norm(self.fusion(image, self.embed(words, layout.positions), layout))

    def predict(self, hidden: Tensor) -> Tensor:
        """[..., width] -> logits of the next word [..., vocabulary]."""
        return functional.linear(hidden, self.words.weight)

    def forward(self, grid: Tensor, labels: Tensor, words: Tensor, layout: Layout) -> Tensor:
        """Logits [B, W, vocabulary] of the word after every word."""
        return self.predict(self.hidden(self.image_tokens(grid, labels), words, layout))

    def begin(self, grid: Tensor, labels: Tensor, speech: Tensor | None = None) -> State:
        """Take in the picture, and what was spoken; the state that `advance` goes on from."""
        return self.fusion.begin(self.image_tokens(grid, labels, speech))

    def advance(self, state: State, words: Tensor) -> Tensor:
        """Take in words [B, n] of the one text of each row -> logits [B, n, vocabulary]."""
        places = torch.arange(state.length, state.length + words.shape[1], device=words.device)
        hidden = self.fusion.advance(state, self.embed(words, places.expand_as(words)))
        return self.predict(self.norm(hidden))


def _initialise(module: nn.Module) -> None:
    if isinstance(module, nn.Linear):
        nn.init.normal_(module.weight, std=0.02)
        nn.init.zeros_(module.bias)
    elif isinstance(module, nn.Embedding):
        nn.init.normal_(module.weight, std=0.02)
