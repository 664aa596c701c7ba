"""The keys and values of what was read and written last, kept so that it is not read again.

Consecutive requests of a conversation share nearly all of their prompt, the last answer included.
What may be reused depends on the arithmetic:

- The fast path in 8 bits computes each token to the same bit however it was read, so everything
  that is shared is reused, to the token, decoded tokens as well.
- Elsewhere a matrix product over 128 rows and over 1 row round differently, and reusing freely
  would make an answer depend on what was asked before it. There whole chunks that were read as
  prompt are reused, and nothing else: they are computed in exactly the same way without a cache.

Either way the same seed gives the same tokens, whatever came before.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from mmdesk.engine.decoder import Decoder, Logits

# Tokens read in one forward. Large enough that the weights are read from memory seldom, small
# enough that stopping while reading is felt as at once and little is read twice.
CHUNK = 128


def shared_length(left: Sequence[int], right: Sequence[int]) -> int:
    """How many leading tokens two sequences have in common."""
    for place, (one, other) in enumerate(zip(left, right, strict=False)):
        if one != other:
            return place
    return min(len(left), len(right))


def make_cache(model: Any) -> PrefixCache:
    """An empty cache for this model."""
    if isinstance(model, Decoder):
        return NativeKVCache(model)
    from mmdesk.engine.llm.hf_cache import TransformersCache

    return TransformersCache(model)


class PrefixCache(ABC):
    """A model together with the tokens it has read.

    Attributes:
        ids: the tokens whose keys and values are held, in order.
        exact: whether a token's logits do not depend on how the tokens were grouped.
        computed: how many tokens the model was run over in all.
    """

    exact = False

    def __init__(self) -> None:
        self._whole = 0  # tokens at the start of `ids` that were read in whole chunks
        self.ids: list[int] = []
        self.computed = 0

    def rewind(self, prompt: Sequence[int]) -> int:
        """Keep what `prompt` can use, drop the rest; the number of tokens kept.

        At least the prompt's last token is always left to read: its logits are wanted.
        """
        if self.exact:
            keep = shared_length(self.ids, prompt[:-1])
        else:
            keep = shared_length(self.ids[: self._whole], prompt[:-1]) // CHUNK * CHUNK
        return self.keep(keep)

    def keep(self, length: int) -> int:
        """Drop everything after the first `length` tokens, or everything where the model cannot
        forget a part; the number of tokens kept.
        """
        length = self._crop(length)
        del self.ids[length:]
        self._whole = min(self._whole, length)
        return length

    def extend(self, ids: Sequence[int], wanted: int = 1) -> Logits:
        """Run the model over `ids` after what is held.

        Returns:
            The last `wanted` positions' logits, float32 [wanted, vocabulary].
        """
        logits = self._forward(ids, wanted)
        if self._whole == len(self.ids) and len(ids) == CHUNK:
            self._whole += CHUNK
        self.ids.extend(ids)
        self.computed += len(ids)
        return logits

    @abstractmethod
    def _crop(self, length: int) -> int:
        """Hold the first `length` tokens only, or none; the number held."""

    @abstractmethod
    def _forward(self, ids: Sequence[int], wanted: int) -> Logits:
        """Read `ids`, as `extend` says."""


class NativeKVCache(PrefixCache):
    """Over a model of the fast path."""

    def __init__(self, model: Decoder) -> None:
        super().__init__()
        self._model = model
        self._cache = model.new_cache()
        self.exact = model.exact

    def _crop(self, length: int) -> int:
        self._cache.crop(length)
        return length

    def _forward(self, ids: Sequence[int], wanted: int) -> Logits:
        return self._model.forward(ids, self._cache, wanted)
