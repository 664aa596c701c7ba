"""What every model of the fast path is: fast.py's over torch, native/model.py's without it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Logits = NDArray[np.float32]  # [tokens, vocabulary]


@dataclass(frozen=True, slots=True)
class DecoderShape:
    """The numbers of a config.json that the arithmetic needs."""

    hidden: int
    heads: int
    kv_heads: int
    head_dim: int
    eps: float
    theta: float
    most_tokens: int

    @property
    def qkv(self) -> int:
        return (self.heads + 2 * self.kv_heads) * self.head_dim


class Decoder(ABC):
    """A Llama or Qwen2 model on the CPU.

    Attributes:
        exact: whether a token's logits are the same to the bit however the text was read.
    """

    shape: DecoderShape
    exact: bool

    @abstractmethod
    def new_cache(self) -> Any:
        """An empty one, of this model's own kind: it has `length` and `crop(length)`."""

    @abstractmethod
    def forward(self, ids: Sequence[int], cache: Any, wanted: int = 1) -> Logits:
        """Read `ids` after what `cache` holds, and add them to it.

        Args:
            wanted: for how many of the last positions logits are wanted.

        Returns:
            Logits, float32 [wanted, vocabulary].
        """
