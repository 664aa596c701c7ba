"""Log-probability that the language model gives to an answer."""

from __future__ import annotations

from collections.abc import Generator, Sequence

import numpy as np

from mmdesk.engine.hardware import use_threads
from mmdesk.engine.llm.cache_pool import CachePool
from mmdesk.engine.llm.chat_prompt import encode, prompt_message
from mmdesk.engine.llm.context_window import FittedPrompt
from mmdesk.engine.llm.generate import prefill
from mmdesk.engine.llm.loading import LoadedModel
from mmdesk.engine.llm.sampling import logsumexp
from mmdesk.errors import Cancelled, InputError
from mmdesk.values import CancelFlag, Event, Scored, Turn

MAX_ANSWER_TOKENS = 512  # an answer's logits are held at once, 0.6 MB each


def score(
    loaded: LoadedModel, turns: Sequence[Turn], answer: str, pool: CachePool, cancel: CancelFlag
) -> Generator[Event, None, Scored]:
    """Compute the log-probability of the first MAX_ANSWER_TOKENS tokens of `answer`.

    Raises:
        Cancelled: between two chunks of the prompt, or before the answer is run.
        InputError: there is no answer.
    """
    use_threads(loaded.threads)
    prompt = encode(loaded.tokenizer, [prompt_message(turn) for turn in turns])
    ids = loaded.tokenizer(answer, add_special_tokens=False)["input_ids"][:MAX_ANSWER_TOKENS]
    if not ids:
        raise InputError("There is nothing to score.")
    with pool.borrow(prompt) as cache:
        yield from cache.open(FittedPrompt(prompt), cancel)
        first = yield from prefill(prompt, cache, cancel)  # [1, vocabulary]
        if cancel.is_set():
            raise Cancelled
        rest = cache.append(ids[:-1], len(ids) - 1) if len(ids) > 1 else first[:0]
    logits = np.concatenate([first, rest])  # [len(ids), vocabulary]
    chosen = logits[np.arange(len(ids)), ids]
    return Scored(float((chosen - logsumexp(logits)).sum()), len(ids))
