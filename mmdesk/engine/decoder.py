"""Interface of mmdesk's own decoders, native and on torch."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
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
    """Language model on the CPU.

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
        """Return an empty KV cache of this model's own kind.

        It has `length` and `trim(length)`, which returns how many tokens are left.
        """

    def forward(self, ids: Sequence[int], cache: Any, logits_to_keep: int = 1) -> Logits:
        """Run the model over `ids` after the tokens in `cache`, and add them to it.

        Args:
            ids: the new tokens.
            cache: one of `new_cache`.
            logits_to_keep: how many of the last positions' logits to compute.

        Returns:
            Logits, float32 [logits_to_keep, vocabulary].
        """
        return self.in_passes(ids, cache, logits_to_keep, self.forward_pass)

    def in_passes(
        self, inputs: Any, cache: Any, logits_to_keep: int, run: Callable[[Any, Any, int], Logits]
    ) -> Logits:
        """Run the model over tokens or embeddings in as many forward passes as they take.

        Args:
            inputs: ids, or float32 [n, hidden].
            cache: one of `new_cache`.
            logits_to_keep: how many of the last positions' logits to compute.
            run: runs one forward pass over some of the inputs.
        """
        kept: list[Logits] = []
        while True:
            count = min(len(inputs), self.max_pass_tokens(cache))
            own = min(count, max(0, logits_to_keep - (len(inputs) - count)))
            logits = run(inputs[:count], cache, own)
            kept += [logits] * bool(own)
            inputs = inputs[count:]
            if not len(inputs):
                return np.concatenate(kept) if len(kept) > 1 else logits

    @abstractmethod
    def max_pass_tokens(self, cache: Any) -> int:
        """Return how many tokens the next forward pass may take."""

    @abstractmethod
    def forward_pass(self, ids: Sequence[int], cache: Any, logits_to_keep: int) -> Logits:
        """Run one forward pass, see `forward`."""
