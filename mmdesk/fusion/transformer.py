"""Fused vision-language transformer: features of a picture and text in, next tokens out."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from mmdesk.fusion.fused_config import FusedConfig
from mmdesk.fusion.packing import PackedLayout
from mmdesk.fusion.speech_tokens import SpeechFeatures, SpeechTokens
from mmdesk.fusion.strategies import FUSIONS, FusionState
from mmdesk.fusion.tower_tail import Tail


class FusedTransformer(nn.Module):
    """Image tokens and text tokens through one fusion; the embedding is tied to the output.

    The vision tower is not part of it: its features are cached in training and computed once per
    picture at inference. The names of parameters and submodules are keys of the weights file.
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
        self.tail = Tail() if config.tail else None  # starts with the tower's weights
        nn.init.normal_(self.grid_place, std=0.02)
        if self.speech is not None:
            nn.init.normal_(self.speech.place, std=0.02)
            nn.init.zeros_(
                self.speech.shift.weight
            )  # at first, speech becomes token embeddings alone
        # Label probabilities sum to one: without this their token would start close to zero.
        nn.init.normal_(self.label_project.weight, std=0.5)

    def image_tokens(self, grid: Tensor, labels: Tensor) -> Tensor:
        """Project grid and label logits to image tokens.

        Args:
            grid: [B, 64, 1280]; the trunk [B, 64, 208] for a model with a tail.
            labels: [B, 1000], logits.

        Returns:
            [B, 65, width]; the label token is the last one, next to the text.
        """
        if self.tail is not None:
            grid = self.tail(grid)
        cells = self.grid_project(self.grid_norm(grid)) + self.grid_place
        label = self.label_project(labels.softmax(dim=-1)).unsqueeze(1)
        return self.dropout(torch.cat((cells, label), dim=1))

    def encode_speech(self, frames: Tensor) -> tuple[Tensor, Tensor]:
        """Encode a spoken question.

        A token that is certain gives its embedding; where several are possible, the mean of theirs
        weighted by probability. Both are shifted by what was learned for the answers.

        Args:
            frames: [B, S, speech_width].

        Returns:
            Logits of each of the question's tokens [B, speech_words, vocabulary], and their
            embeddings [B, speech_words, width].

        Raises:
            ValueError: the model has no speech.
        """
        logits, embeddings, _ = self.encode_speech_frames(frames)
        return logits, embeddings

    def encode_speech_frames(self, frames: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Encode a spoken question as `encode_speech`, and every frame by itself.

        Returns:
            Also frame vectors [B, S, width]. `predict` gives from them the logits of the token that
            is being spoken, for connectionist temporal classification.

        Raises:
            ValueError: the model has no speech.
        """
        if self.speech is None:
            raise ValueError("this model has no speech")
        tokens, frame_vectors = self.speech(frames)
        logits = self.predict(tokens)
        embeddings = logits.softmax(dim=-1) @ self.words.weight + self.speech.shift(tokens)
        return logits, embeddings, frame_vectors

    def embed(self, ids: Tensor, positions: Tensor, spoken: SpeechFeatures | None = None) -> Tensor:
        """Embed token ids.

        Args:
            ids: [B, T].
            positions: [B, T], of the tokens in their text.
            spoken: replaces the ids of a question.

        Returns:
            [B, T, width].
        """
        embedded = self.words(ids)
        if spoken is not None:
            embedded = spoken.insert_into(embedded, positions)
        return self.dropout(embedded + self.places(positions))

    def hidden(
        self,
        image: Tensor,
        ids: Tensor,
        layout: PackedLayout,
        spoken: SpeechFeatures | None = None,
    ) -> Tensor:
        """Return the last layer's hidden states.

        Args:
            image: tokens [B, 65, width].
            ids: [B, T].
            layout: of the ids.
            spoken: replaces the ids of a question.

        Returns:
            [B, T, width].
        """
        embedded = self.embed(ids, layout.positions, spoken)
        return self.norm(self.fusion(image, embedded, layout))

    def predict(self, hidden: Tensor) -> Tensor:
        """Return logits of the next token [..., vocabulary] from hidden states [..., width]."""
        return functional.linear(hidden, self.words.weight)

    def forward(self, grid: Tensor, labels: Tensor, ids: Tensor, layout: PackedLayout) -> Tensor:
        """Return logits [B, T, vocabulary] of the token after every token."""
        return self.predict(self.hidden(self.image_tokens(grid, labels), ids, layout))

    def begin(self, grid: Tensor, labels: Tensor) -> FusionState:
        """Prefill the image tokens; return the state that decoding starts from."""
        return self.fusion.begin(self.image_tokens(grid, labels))

    def advance(
        self, state: FusionState, ids: Tensor, spoken: SpeechFeatures | None = None
    ) -> Tensor:
        """Decode the next tokens of the one text of each row; changes `state`.

        Args:
            state: of `begin`.
            ids: [B, n].
            spoken: replaces the ids of a question.

        Returns:
            Logits [B, n, vocabulary].
        """
        positions = torch.arange(state.length, state.length + ids.shape[1], device=ids.device)
        embedded = self.embed(ids, positions.expand_as(ids), spoken)
        hidden = self.fusion.advance(state, embedded)
        return self.predict(self.norm(hidden))


def _initialise(module: nn.Module) -> None:
    if isinstance(module, nn.Linear):
        nn.init.normal_(module.weight, std=0.02)
        nn.init.zeros_(module.bias)
    elif isinstance(module, nn.Embedding):
        nn.init.normal_(module.weight, std=0.02)
