"""How likely the model holds a given answer to be."""

from __future__ import annotations

from collections.abc import Generator, Sequence

import numpy as np

from mmdesk.engine.hardware import use_threads
from mmdesk.engine.llm.cache_pool import CachePool
from mmdesk.engine.llm.chat_generation import reading
from mmdesk.engine.llm.chat_prompt import encode, prompt_message
from mmdesk.engine.llm.loading import Loaded
from mmdesk.engine.llm.sampling import logsumexp
from mmdesk.errors import Cancelled, InputError
from mmdesk.values import CancelFlag, Event, Scored, Turn

LONGEST = 512  # tokens; an answer's logits are held at once, 0.6 MB each


def score(
    loaded: Loaded, turns: Sequence[Turn], answer: str, shelf: CachePool, cancel: CancelFlag
) -> Generator[Event, None, Scored]:
    """The log-probability of the first tokens of `answer`, LONGEST at most.

    Raises:
        Cancelled: between two chunks of the prompt, or before the answer is read.
        InputError: there is no answer.
    """
    use_threads(loaded.threads)
    prompt = encode(loaded.tokenizer, [prompt_message(turn) for turn in turns])
    ids = loaded.tokenizer(answer, add_special_tokens=False)["input_ids"][:LONGEST]
    if not ids:
        raise InputError("There is nothing to score.")
    with shelf.lent(prompt) as cache:
        first = yield from reading(prompt, cache, cancel)  # [1, vocabulary]
        if cancel.is_set():
            raise Cancelled
        rest = cache.extend(ids[:-1], len(ids) - 1) if len(ids) > 1 else first[:0]
    logits = np.concatenate([first, rest])  # [len(ids), vocabulary]
    chosen = logits[np.arange(len(ids)), ids]
    return Scored(float((chosen - logsumexp(logits)).sum()), len(ids))
