"""The keys and values of the last prompt, kept so that the next one need not be read again.

Consecutive requests of a conversation share nearly all of their prompt. What they share is
reused, in whole chunks only and never from tokens that were decoded one by one: a bf16 matrix
product over 128 rows and over 1 row round differently, so anything else would make an answer
depend on what was asked before it. With whole chunks every number is computed in exactly the same
way as without a cache: the same seed gives the same tokens, whatever came before.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

# Tokens read in one forward. Large enough that the weights are read from memory seldom, small
# enough that stopping while reading is felt as at once and little is read twice.
CHUNK = 128


def shared_length(left: Sequence[int], right: Sequence[int]) -> int:
    """How many leading tokens two sequences have in common."""
    for place, (one, other) in enumerate(zip(left, right, strict=False)):
        if one != other:
            return place
    return min(len(left), len(right))


class PrefixCache:
    """A transformers DynamicCache together with the tokens that stand in it.

    Attributes:
        ids: the tokens whose keys and values are held, in order.
    """

    def __init__(self, model: Any) -> None:
        self._model = model
        self._whole = 0  # tokens at the start of `ids` that were read in whole chunks
        self.ids: list[int] = []
        self._values = self._empty()

    def rewind(self, prompt: Sequence[int]) -> int:
        """Keep what `prompt` can use, drop the rest; the number of tokens kept.

        At least the prompt's last token is always left to read: its logits are wanted.
        """
        keep = shared_length(self.ids[: self._whole], prompt[:-1]) // CHUNK * CHUNK
        if keep and self._croppable():
            surplus = len(self.ids) - keep
            if surplus:
                with torch.inference_mode():
                    self._values.crop(-surplus)  # negative: how many to take off the end
        else:
            keep = 0
            self._values = self._empty()
        self.ids = list(prompt[:keep])
        self._whole = keep
        return keep

    def extend(self, ids: Sequence[int]) -> torch.Tensor:
        """Run the model over `ids` after what is held.

        Returns:
            The last position's logits, float32 [vocabulary], on the CPU.
        """
        # Inference mode is entered per forward: entered around a generator's yields it would
        # leak into whatever the caller does meanwhile.
        with torch.inference_mode():
            output = self._model(
                input_ids=torch.tensor([list(ids)], device=self._model.device),  # [1, n]
                past_key_values=self._values,
                use_cache=True,
                logits_to_keep=1,
            )
            logits = output.logits[0, -1].float().cpu()  # [1, 1, vocabulary] -> [vocabulary]
        if self._whole == len(self.ids) and len(ids) == CHUNK:
            self._whole += CHUNK
        self.ids.extend(ids)
        return logits

    def _croppable(self) -> bool:
        """Whether tokens can be taken off the end: sliding windows and recurrent states have
        already forgotten what stood there."""
        from transformers.cache_utils import DynamicLayer

        return all(type(layer) is DynamicLayer for layer in self._values.layers)

    def _empty(self) -> Any:
        from transformers import DynamicCache

        return DynamicCache(config=self._model.config)
