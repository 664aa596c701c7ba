"""The sizes of a fused model: what must be known to build one and to load its weights."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class FusedConfig:
    """Sizes of the fused vision-language transformer.

    Attributes:
        vocabulary: pieces of its tokenizer.
        fusion: how picture and words meet; a name of `strategies.FUSIONS`.
        width, layers, heads, hidden: the transformer's; `hidden` is the MLP's inner width.
        grid_tokens, grid_width: the vision tower's grid, 8×8 cells of 1280 channels.
        labels: classes of the tower's classifier.
        positions: the most words one text may have, its prompt and end included.
        tail: the tower's last stage is the model's own (`tail.Tail`), and it is given the trunk's
            8×8 cells of 208 channels instead of the grid.
        speech: frames of a spoken question, 0 where the model does not hear; `speech_width` is a
            frame's width (512: Whisper base's encoder).
        speech_words: the most words a spoken question may have, the end included;
            `speech_layers` and `speech_hidden` are of what hears them.
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
        return asdict(self)
