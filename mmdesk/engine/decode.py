"""The generation loop: read the prompt in chunks, then one token after another.

Two plain generators that look at the cancel flag before every forward; nothing here knows of
text, so both run on any causal model of transformers.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence, Set
from typing import Literal

import torch

from mmdesk.engine.prefix import CHUNK, PrefixCache
from mmdesk.engine.sampling import Sampler
from mmdesk.errors import Cancelled
from mmdesk.messages import CancelFlag

Stop = Literal["end", "length"]


def read_prompt(
    prompt: Sequence[int], cache: PrefixCache, cancel: CancelFlag
) -> Generator[float, None, torch.Tensor]:
    """Bring `cache` to hold the whole prompt.

    Yields:
        The fraction read so far, before every chunk but a first that is the only one.

    Returns:
        The last position's logits, float32 [vocabulary].

    Raises:
        Cancelled: between two chunks.
    """
    start = cache.rewind(prompt)
    places = range(start, len(prompt), CHUNK)
    logits = torch.empty(0)
    for place in places:
        if len(places) > 1:
            yield (place - start) / (len(prompt) - start)
        if cancel.is_set():
            raise Cancelled
        logits = cache.extend(prompt[place : place + CHUNK])
    return logits


def decode(
    logits: torch.Tensor,
    cache: PrefixCache,
    sampler: Sampler,
    stop_ids: Set[int],
    max_tokens: int,
    cancel: CancelFlag,
) -> Generator[int, None, Stop]:
    """Choose tokens and run the model on each until it is done or `max_tokens` were given.

    Yields:
        Token ids, without the stop token.

    Returns:
        "end" when the model stopped by itself, "length" when the limit did.

    Raises:
        Cancelled: before the next token.
    """
    for count in range(1, max_tokens + 1):
        if cancel.is_set():
            raise Cancelled
        token = sampler.choose(logits)
        if token in stop_ids:
            return "end"
        yield token
        if count < max_tokens:
            if cancel.is_set():
                raise Cancelled
            logits = cache.extend([token])
    return "length"
