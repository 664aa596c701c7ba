"""The generation loop: read the prompt in chunks, then one token after another.

Two plain generators that look at the cancel flag before every forward; nothing here knows of
text, so both run on any causal model.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence, Set
from typing import Literal

import numpy as np

from mmdesk.engine.decoder import Logits
from mmdesk.engine.llm.kv_cache import CHUNK, PrefixCache
from mmdesk.engine.llm.prompt_lookup import PromptLookup
from mmdesk.engine.llm.sampling import Sampler
from mmdesk.errors import Cancelled
from mmdesk.values import CancelFlag

IsStopToken = Literal["end", "length"]


def read_prompt(
    prompt: Sequence[int], cache: PrefixCache, cancel: CancelFlag
) -> Generator[float, None, Logits]:
    """Bring `cache` to hold the whole prompt.

    Yields:
        The fraction read so far, before every chunk but a first that is the only one.

    Returns:
        The last position's logits, float32 [1, vocabulary].

    Raises:
        Cancelled: between two chunks.
    """
    start = cache.rewind(prompt)
    place = start
    logits: Logits = np.empty((0, 0), np.float32)
    while place < len(prompt):
        end = min((place // CHUNK + 1) * CHUNK, len(prompt))  # the pages of FastModel go by CHUNKs
        if place > start or end < len(prompt):
            yield (place - start) / (len(prompt) - start)
        if cancel.is_set():
            raise Cancelled
        logits = cache.extend(prompt[place:end])
        place = end
    return logits


def decode(
    logits: Logits,
    cache: PrefixCache,
    sampler: Sampler,
    stop_ids: Set[int],
    max_tokens: int,
    cancel: CancelFlag,
    lookup: PromptLookup | None = None,
) -> Generator[int, None, IsStopToken]:
    """Choose tokens and run the model on each until it is done or `max_tokens` were given.

    Args:
        logits: float32 [1, vocabulary], for the first token.
        lookup: guesses tokens, which are then checked together. The sampler is asked once per
            token and in order, so it chooses what it would have chosen without; this needs a
            cache that is exact.

    Yields:
        Token ids, without the stop token.

    Returns:
        "end" when the model stopped by itself, "length" when the limit did.

    Raises:
        Cancelled: before the next token.
    """
    guessed: list[int] = []
    row = 0  # of `logits`: how many guesses were right so far
    for left in range(max_tokens - 1, -1, -1):
        if cancel.is_set():
            raise Cancelled
        token = sampler.choose(logits[row])
        if token in stop_ids:
            break
        yield token
        if lookup is not None:
            lookup.add(token)
        if row < len(guessed) and token == guessed[row]:
            row += 1
            continue
        if not left:
            break
        if cancel.is_set():
            raise Cancelled
        _settle(cache, lookup, guessed, row)
        guessed = lookup.guess(left - 1) if lookup is not None else []
        logits, row = cache.extend([token, *guessed], len(guessed) + 1), 0
    else:
        return "length"
    _settle(cache, lookup, guessed, row)
    return "length" if token not in stop_ids else "end"


def _settle(
    cache: PrefixCache, lookup: PromptLookup | None, guessed: Sequence[int], right: int
) -> None:
    """Have the cache forget the guesses that were wrong."""
    if lookup is not None and guessed:
        cache.keep(len(cache.ids) - (len(guessed) - right))
        lookup.judge(len(guessed), right)
