"""Sizes of a fused model, from which it is built before its weights are loaded."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class FusedConfig:
    """Sizes of the fused vision-language transformer. The names are those of config.json.

    Attributes:
        vocabulary: tokens of its tokenizer.
        fusion: how image tokens and text tokens are combined; a name of `strategies.FUSIONS`.
        width, layers, heads, hidden: of the transformer; `hidden` is the MLP's inner width.
        grid_tokens, grid_width: the vision tower's grid, 8×8 cells of 1280 channels.
        labels: classes of the tower's classifier.
        positions: tokens that one text may have at most, its prompt and end included.
        tail: true if the tower's last stage is the model's own (`tower_tail.Tail`), which takes the
            trunk's 8×8 cells of 208 channels instead of the grid.
        speech: frames of a spoken question; 0 for a model without speech.
        speech_width: of a frame (512: Whisper base's encoder).
        speech_words: tokens that a spoken question may have at most, the end included.
        speech_layers, speech_hidden: of the speech encoder.
        dropout: on embeddings and on what every block adds, while training.
    """

    vocabulary: int
    fusion: str = "concatenation"
    width: int = 384
    layers: int = 6
    heads: int = 6
    hidden: int = 1536
    grid_tokens: int = 64
    grid_width: int = 1280
    labels: int = 1000
    positions: int = 96
    speech: int = 0
    speech_width: int = 512
    speech_words: int = 12
    speech_layers: int = 2
    speech_hidden: int = 768
    dropout: float = 0.2
    tail: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return the content of config.json."""
        return asdict(self)
