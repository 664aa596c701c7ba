"""Keys and values of models that transformers runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from mmdesk.engine.decoder import Logits
from mmdesk.engine.llm.kv_cache import PrefixCache


class TransformersCache(PrefixCache):
    """Over any causal language model of transformers, with a DynamicCache."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self._model = model
        self._values = self._empty()

    def _crop(self, length: int) -> int:
        surplus = len(self.ids) - length
        if length and self._croppable():
            if surplus:
                with torch.inference_mode():
                    self._values.crop(-surplus)  # negative: how many to take off the end
            return length
        self._values = self._empty()
        return 0

    def _forward(self, ids: Sequence[int], wanted: int) -> Logits:
        with torch.inference_mode():
            output = self._model(
                input_ids=torch.tensor([list(ids)], device=self._model.device),  # [1, n]
                past_key_values=self._values,
                use_cache=True,
                logits_to_keep=wanted,
            )
            logits: Logits = output.logits[0, -wanted:].float().cpu().numpy()
        return logits

    def _croppable(self) -> bool:
        """Whether tokens can be taken off the end: sliding windows and recurrent states have
        already forgotten what stood there.
        """
        from transformers.cache_utils import DynamicLayer

        return all(type(layer) is DynamicLayer for layer in self._values.layers)

    def _empty(self) -> Any:
        from transformers import DynamicCache

        return DynamicCache(config=self._model.config)
