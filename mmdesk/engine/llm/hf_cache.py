"""Prefix cache of models that transformers runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from mmdesk.engine.decoder import Logits
from mmdesk.engine.llm.kv_cache import PrefixCache


class TransformersPrefixCache(PrefixCache):
    """Prefix cache of any causal language model of transformers, with a DynamicCache."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self._model = model
        self._cache = self._new_cache()

    def _trim(self, length: int) -> int:
        surplus = len(self.ids) - length
        if length and self._can_trim():
            if surplus:
                with torch.inference_mode():
                    self._cache.crop(-surplus)  # negative: how many to take off the end
            return length
        self._cache = self._new_cache()
        return 0

    def _forward(self, ids: Sequence[int], logits_to_keep: int) -> Logits:
        with torch.inference_mode():
            output = self._model(
                input_ids=torch.tensor([list(ids)], device=self._model.device),  # [1, n]
                past_key_values=self._cache,
                use_cache=True,
                logits_to_keep=logits_to_keep,
            )
            logits: Logits = output.logits[0, -logits_to_keep:].float().cpu().numpy()
        return logits

    def _can_trim(self) -> bool:
        """Return whether tokens can be taken off the end.

        Sliding windows and recurrent states have already forgotten what stood there.
        """
        from transformers.cache_utils import DynamicLayer

        return all(type(layer) is DynamicLayer for layer in self._cache.layers)

    def _new_cache(self) -> Any:
        from transformers import DynamicCache

        return DynamicCache(config=self._model.config)
