"""Interface of mmdesk's own Llama and Qwen2 implementations, native and on torch."""

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
    """Numbers of a config.json that the arithmetic needs.

    Attributes:
        hidden: width of the residual stream.
        heads, kv_heads: query heads, and key/value heads (grouped-query attention).
        head_dim: width of one head.
        eps: added to the variance in RMS norms.
        theta: base of the rotary embedding's frequencies.
        context_length: the longest context, in tokens, that the model was trained for.
    """

    hidden: int
    heads: int
    kv_heads: int
    head_dim: int
    eps: float
    theta: float
    context_length: int

    @property
    def qkv(self) -> int:
        """Width of queries, keys and values together."""
        return (self.heads + 2 * self.kv_heads) * self.head_dim


class Decoder(ABC):
    """Llama or Qwen2 model on the CPU.

    Attributes:
        exact: whether a token's logits are the same to the bit however the tokens were split into
            forward passes.
        weight_bytes: bytes of weights that are read for one token.
    """

    shape: DecoderShape
    exact: bool
    weight_bytes: int

    @abstractmethod
    def new_cache(self) -> Any:
        """Return an empty KV cache of this model's own kind, with `length` and `trim(length)`."""

    def forward(self, ids: Sequence[int], cache: Any, logits_to_keep: int = 1) -> Logits:
        """Run the model over `ids` after the tokens in `cache`, and add them to it.

        Args:
            ids: the new tokens.
            cache: one of `new_cache`.
            logits_to_keep: how many of the last positions' logits to compute.

        Returns:
            Logits, float32 [logits_to_keep, vocabulary].
        """
        rest = len(ids) - self.max_pass_tokens(cache)
        if rest <= 0:
            return self.forward_pass(ids, cache, logits_to_keep)
        first = self.forward(ids[:-rest], cache, max(0, logits_to_keep - rest))
        second = self.forward(ids[-rest:], cache, min(logits_to_keep, rest))
        return second if logits_to_keep <= rest else np.concatenate([first, second])

    @abstractmethod
    def max_pass_tokens(self, cache: Any) -> int:
        """Return how many tokens the next forward pass may take."""

    @abstractmethod
    def forward_pass(self, ids: Sequence[int], cache: Any, logits_to_keep: int) -> Logits:
        """Run one forward pass, see `forward`."""
