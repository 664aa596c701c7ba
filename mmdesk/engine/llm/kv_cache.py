"""Prefix caching: the KV cache of the last prompt and answer, reused for the next prompt.

Consecutive requests of a conversation share nearly all of their prompt, the last answer included.
What may be reused depends on the arithmetic:

- mmdesk's own int8 decoder computes each token to the same bit however the tokens were split into
  forward passes. So the whole shared prefix is reused, to the token, decoded tokens as well.
- Elsewhere a matmul over 128 rows and over 1 row round differently, and reusing freely would make
  an answer depend on what was asked before it. There whole prefill chunks are reused, and nothing
  else: they are computed in exactly the same way without a cache.

Either way the same seed gives the same tokens, whatever came before.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator, Sequence

from mmdesk.engine.decoder import Decoder, Logits
from mmdesk.engine.llm.context_window import FittedPrompt
from mmdesk.values import CancelFlag, Event

# Tokens of a prefill chunk, one forward pass. Large enough that the weights are read from memory
# seldom, small enough that stopping during prefill feels immediate and little is computed twice.
CHUNK = 128


def shared_prefix_length(left: Sequence[int], right: Sequence[int]) -> int:
    """Return how many leading tokens two sequences have in common."""
    for position, (one, other) in enumerate(zip(left, right, strict=False)):
        if one != other:
            return position
    return min(len(left), len(right))


class PrefixCache(ABC):
    """A model together with the tokens it has processed.

    Attributes:
        ids: the tokens whose keys and values are held, in order.
        exact: whether a token's logits do not depend on how the tokens were split into forward
            passes.
        computed: how many tokens the model was run over in all.
    """

    exact = False

    def __init__(self) -> None:
        self._whole_chunks = 0  # tokens at the start of `ids` that were prefilled in whole chunks
        self.ids: list[int] = []
        self.computed = 0

    @property
    def chunk(self) -> int:
        """Tokens of a prompt that are read in one forward pass."""
        return CHUNK

    def open(self, _prompt: FittedPrompt, _cancel: CancelFlag) -> Generator[Event, None, None]:
        """Prepare what a prompt needs besides its tokens, such as its pictures."""
        yield from ()

    def trim_to_prefix(self, prompt: Sequence[int]) -> int:
        """Trim to what `prompt` can reuse, and return the number of tokens kept.

        At least the prompt's last token is always left to compute: its logits are needed.
        """
        if self.exact:
            shared = shared_prefix_length(self.ids, prompt[:-1])
        else:
            whole = self.ids[: self._whole_chunks]
            shared = shared_prefix_length(whole, prompt[:-1]) // CHUNK * CHUNK
        return self.trim(shared)

    def trim(self, length: int) -> int:
        """Drop everything after the first `length` tokens, and return the number kept.

        A model that cannot forget a part drops everything.
        """
        length = self._trim(length)
        del self.ids[length:]
        self._whole_chunks = min(self._whole_chunks, length)
        return length

    def append(self, ids: Sequence[int], logits_to_keep: int = 1) -> Logits:
        """Run the model over `ids` after the tokens held.

        Returns:
            The last positions' logits, float32 [logits_to_keep, vocabulary].
        """
        logits = self._forward(ids, logits_to_keep)
        if self._whole_chunks == len(self.ids) and len(ids) == CHUNK:
            self._whole_chunks += CHUNK
        self.ids.extend(ids)
        self.computed += len(ids)
        return logits

    @abstractmethod
    def _trim(self, length: int) -> int:
        """Keep the first `length` tokens, or none, and return the number kept."""

    @abstractmethod
    def _forward(self, ids: Sequence[int], logits_to_keep: int) -> Logits:
        """Run the model over `ids`, as `append` says."""


class DecoderPrefixCache(PrefixCache):
    """Prefix cache of one of mmdesk's own decoders."""

    def __init__(self, model: Decoder) -> None:
        super().__init__()
        self._model = model
        self._cache = model.new_cache()
        self.exact = model.exact

    def _trim(self, length: int) -> int:
        kept: int = self._cache.trim(length)
        return kept

    def _forward(self, ids: Sequence[int], logits_to_keep: int) -> Logits:
        return self._model.forward(ids, self._cache, logits_to_keep)
