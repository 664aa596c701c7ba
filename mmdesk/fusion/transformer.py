"""The fused vision-language transformer: a picture's features and words in, next words out."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from mmdesk.fusion.fused_config import FusedConfig
from mmdesk.fusion.packing import PackedLayout
from mmdesk.fusion.speech_tokens import SpeechFeatures, SpeechTokens
from mmdesk.fusion.strategies import FUSIONS, State
from mmdesk.fusion.tower_tail import Tail


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
            nn.init.zeros_(self.speech.shift.weight)  # at first, what is heard are words alone
        # Label probabilities sum to one: without this their token would begin as all but nothing.
        nn.init.normal_(self.label_project.weight, std=0.5)

    def image_tokens(self, grid: Tensor, labels: Tensor) -> Tensor:
        """Grid [B, 64, 1280] and label logits [B, 1000] -> [B, 65, width].

        A model with a tail is given the trunk [B, 64, 208] for `grid`. The label token stands
        last, next to the words.
        """
        if self.tail is not None:
            grid = self.tail(grid)
        cells = self.grid_project(self.grid_norm(grid)) + self.grid_place
        label = self.label_project(labels.softmax(dim=-1)).unsqueeze(1)
        return self.dropout(torch.cat((cells, label), dim=1))

    def encode_speech(self, frames: Tensor) -> tuple[Tensor, Tensor]:
        """Frames [B, S, speech_width] -> logits of each of the question's words
        [B, speech_words, vocabulary], and what stands for them [B, speech_words, width].

        A word that was heard for sure stands as its embedding; where several are possible, as the
        mean of theirs by their odds. Both are shifted by what was learned for the answers' sake.

        Raises:
            ValueError: the model does not hear.
        """
        logits, words, _ = self.listen(frames)
        return logits, words

    def listen(self, frames: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """As `hear`, and what every frame tells [B, S, width]: `predict` makes of it the logits of
        the word that is being said, as connectionist temporal classification wants them.
        """
        if self.speech is None:
            raise ValueError("this model does not hear")
        tokens, told = self.speech(frames)
        logits = self.predict(tokens)
        words = logits.softmax(dim=-1) @ self.words.weight + self.speech.shift(tokens)
        return logits, words, told

    def embed(
        self, words: Tensor, positions: Tensor, spoken: SpeechFeatures | None = None
    ) -> Tensor:
        """Word ids and their places [B, W] -> [B, W, width]; with what was spoken in place of a
        question's ids.
        """
        embedded = self.words(words)
        if spoken is not None:
            embedded = spoken.put_into(embedded, positions)
        return self.dropout(embedded + self.places(positions))

    def hidden(
        self,
        image: Tensor,
        words: Tensor,
        layout: PackedLayout,
        spoken: SpeechFeatures | None = None,
    ) -> Tensor:
        """Image [B, 65, width] and word ids [B, W] -> the last layer's [B, W, width]."""
        embedded = self.embed(words, layout.positions, spoken)
        return self.norm(self.fusion(image, embedded, layout))

    def predict(self, hidden: Tensor) -> Tensor:
        """[..., width] -> logits of the next word [..., vocabulary]."""
        return functional.linear(hidden, self.words.weight)

    def forward(self, grid: Tensor, labels: Tensor, words: Tensor, layout: PackedLayout) -> Tensor:
        """Logits [B, W, vocabulary] of the word after every word."""
        return self.predict(self.hidden(self.image_tokens(grid, labels), words, layout))

    def begin(self, grid: Tensor, labels: Tensor) -> State:
        """Take in the picture; the state that `advance` goes on from."""
        return self.fusion.begin(self.image_tokens(grid, labels))

    def advance(self, state: State, words: Tensor, spoken: SpeechFeatures | None = None) -> Tensor:
        """Take in words [B, n] of the one text of each row -> logits [B, n, vocabulary]."""
        places = torch.arange(state.length, state.length + words.shape[1], device=words.device)
        embedded = self.embed(words, places.expand_as(words), spoken)
        hidden = self.fusion.advance(state, embedded)
        return self.predict(self.norm(hidden))


def _initialise(module: nn.Module) -> None:
    if isinstance(module, nn.Linear):
        nn.init.normal_(module.weight, std=0.02)
        nn.init.zeros_(module.bias)
    elif isinstance(module, nn.Embedding):
        nn.init.normal_(module.weight, std=0.02)
