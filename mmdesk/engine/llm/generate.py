"""Generation of an answer: prefill, decode loop, and the events and statistics around them.

`prefill` and `decode` are plain generators over token ids that check the cancel flag before every
forward pass, so both run on any causal model. `ChatGeneration` drives them for one chat request.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence, Set
from typing import Literal

import numpy as np

from mmdesk.engine.decoder import Logits
from mmdesk.engine.hardware import use_threads
from mmdesk.engine.llm.cache_pool import CachePool
from mmdesk.engine.llm.chat_prompt import prompt_message
from mmdesk.engine.llm.context_window import ContextFitter, FittedPrompt
from mmdesk.engine.llm.detokenizer import Detokenizer
from mmdesk.engine.llm.kv_cache import PrefixCache
from mmdesk.engine.llm.loading import LoadedModel
from mmdesk.engine.llm.loop_guard import LoopGuard
from mmdesk.engine.llm.prompt_lookup import PromptLookup
from mmdesk.engine.llm.request import RequestTimer
from mmdesk.engine.llm.sampling import Sampler, with_model_values
from mmdesk.engine.llm.thinking import THINKING_TOKENS, ThinkingSplitter, splitter_for
from mmdesk.errors import Cancelled
from mmdesk.values import (
    CancelFlag,
    ChatRequest,
    Event,
    Finished,
    Notice,
    Preparing,
    ReasoningChunk,
    Stats,
    TextChunk,
    Turn,
)

StopReason = Literal["end", "length"]

DETOKENIZER_CONTEXT = 4  # prompt tokens that decoding an answer's first characters may need


def prefill(
    prompt: Sequence[int], cache: PrefixCache, cancel: CancelFlag
) -> Generator[Event, None, Logits]:
    """Bring `cache` to hold the whole prompt.

    Yields:
        Preparing before every chunk, except before a first one that is the only one.

    Returns:
        The last position's logits, float32 [1, vocabulary].

    Raises:
        Cancelled: between two chunks.
    """
    start = cache.trim_to_prefix(prompt)
    position = start
    logits: Logits = np.empty((0, 0), np.float32)
    while position < len(prompt):
        # Chunks end at multiples of their size: the pages of TorchModel do too.
        end = min((position // cache.chunk + 1) * cache.chunk, len(prompt))
        if position > start or end < len(prompt):
            yield Preparing("reading", (position - start) / (len(prompt) - start))
        if cancel.is_set():
            raise Cancelled
        logits = cache.append(prompt[position:end])
        position = end
    return logits


def decode(
    logits: Logits,
    cache: PrefixCache,
    sampler: Sampler,
    stop_ids: Set[int],
    max_tokens: int,
    cancel: CancelFlag,
    lookup: PromptLookup | None = None,
) -> Generator[int, None, StopReason]:
    """Sample tokens and run the model on each until it stops or `max_tokens` were given.

    Args:
        logits: float32 [1, vocabulary], for the first token.
        cache: holds the prompt; it gets the answer's tokens.
        sampler: chooses each token.
        stop_ids: tokens that end the answer.
        max_tokens: the longest answer.
        cancel: stops it.
        lookup: drafts tokens, which are then verified together (speculative decoding). The sampler
            is asked once per token and in order, so it chooses what it would have chosen without;
            this needs a cache that is exact.

    Yields:
        Token ids, without the stop token.

    Returns:
        "end" when the model stopped by itself, "length" when the limit did.

    Raises:
        Cancelled: before the next token.
    """
    draft: list[int] = []
    accepted = 0  # drafted tokens that were right so far, and the row of `logits` to sample from
    for left in range(max_tokens - 1, -1, -1):
        if cancel.is_set():
            raise Cancelled
        token = sampler.choose(logits[accepted])
        if token in stop_ids:
            break
        yield token
        if lookup is not None:
            lookup.add(token)
        if accepted < len(draft) and token == draft[accepted]:
            accepted += 1
            continue
        if not left:
            break
        if cancel.is_set():
            raise Cancelled
        _drop_rejected(cache, lookup, draft, accepted)
        draft = lookup.draft(left - 1) if lookup is not None else []
        logits, accepted = cache.append([token, *draft], len(draft) + 1), 0
    else:
        return "length"
    _drop_rejected(cache, lookup, draft, accepted)
    return "length" if token not in stop_ids else "end"


def _drop_rejected(
    cache: PrefixCache, lookup: PromptLookup | None, draft: Sequence[int], accepted: int
) -> None:
    """Trim the drafted tokens that were wrong off the cache."""
    if lookup is not None and draft:
        cache.trim(len(cache.ids) - (len(draft) - accepted))
        lookup.adapt(len(draft), accepted)


def fit_turns(
    loaded: LoadedModel,
    turns: Sequence[Turn],
    context_limit: int,
    max_tokens: int,
    answer_start: str = "",
    thinking: bool = True,
) -> FittedPrompt:
    """Fit the turns into the context window beside an answer of `max_tokens`.

    Args:
        loaded: the language model.
        turns: the conversation.
        context_limit: tokens of prompt and answer together.
        max_tokens: of the answer.
        answer_start: text that the answer is made to begin with.
        thinking: let a reasoning model think, where its chat template allows to switch that off.
    """
    # An answer may take half of the context at most, however long it was allowed to be.
    reserved = min(max_tokens, context_limit // 2)
    if loaded.capabilities.attachments:
        from mmdesk.engine.llm.multimodal.media_prompt import fit_media_turns

        budget = context_limit - reserved
        return fit_media_turns(loaded.model, turns, budget, answer_start, thinking)
    fitter = ContextFitter(loaded.tokenizer, context_limit - reserved, answer_start, thinking)
    return fitter.fit([prompt_message(turn) for turn in turns])


class ChatGeneration:
    """Generation of the answer to one chat request.

    Args:
        loaded: the language model.
        request: what to answer; its pictures and recordings must have been perceived.
        context_limit: tokens of prompt and answer together.
        pool: KV caches of earlier prompts; it gets this one's afterwards.
        timer: started when the request came.
    """

    def __init__(
        self,
        loaded: LoadedModel,
        request: ChatRequest,
        context_limit: int,
        pool: CachePool,
        timer: RequestTimer,
    ) -> None:
        self._loaded = loaded
        self._request = request
        self._context_limit = context_limit
        self._pool = pool
        self._timer = timer
        self._answer_tokens = 0  # that the answer may still have
        self._thinking_from = self._thinking_s = 0.0

    def run(self, turns: Sequence[Turn], cancel: CancelFlag) -> Generator[Event, None, None]:
        """Generate the answer to `turns`, the request's turns after perception.

        Yields:
            Notices, progress of the prefill, the text, and Finished.

        Raises:
            Cancelled: within one token of `cancel` being set.
            InputError: the last question cannot be made to fit.
        """
        use_threads(self._loaded.threads)
        request = self._request
        sampling = request.sampling
        fitted = fit_turns(
            *(self._loaded, turns, self._context_limit, sampling.max_tokens),
            *(request.prefill, sampling.thinking),
        )
        yield from fitted.notices
        if cancel.is_set():
            raise Cancelled
        with self._pool.borrow(fitted.ids) as cache:
            yield from self._generate(fitted, cache, cancel)

    def _generate(
        self, fitted: FittedPrompt, cache: PrefixCache, cancel: CancelFlag
    ) -> Generator[Event, None, None]:
        prompt, computed_before = fitted.token_ids, cache.computed
        yield from cache.open(fitted, cancel)
        logits = yield from prefill(fitted.ids, cache, cancel)
        prefilled = cache.computed - computed_before
        sampling = with_model_values(self._request.sampling, self._loaded.sampling)
        if self._request.prefill:
            yield TextChunk(self._request.prefill)
        splitter = splitter_for(self._loaded.tokenizer, prompt)
        self._answer_tokens = sampling.max_tokens
        allowed = sampling.max_tokens + (THINKING_TOKENS if splitter is not None else 0)
        max_tokens = min(allowed, self._context_limit - len(prompt))
        sampler = Sampler(sampling, prompt)
        lookup = PromptLookup(prompt) if cache.exact else None
        stop_ids = self._loaded.stop_ids
        tokens = decode(logits, cache, sampler, stop_ids, max_tokens, cancel, lookup)
        stop = yield from self._stream_text(tokens, prompt, splitter)
        yield Finished(self._stats(len(prompt), prefilled, stop))

    def _stream_text(
        self,
        tokens: Generator[int, None, StopReason],
        prompt: Sequence[int],
        splitter: ThinkingSplitter | None,
    ) -> Generator[Event, None, StopReason]:
        """Turn tokens into text chunks of whole characters, up to where the answer loops."""
        context = prompt[-DETOKENIZER_CONTEXT:] if self._request.prefill else ()
        detokenizer = Detokenizer(self._loaded.tokenizer, context)
        stop: StopReason = "end"
        guard = LoopGuard(self._request.turns[-1].text)
        while not guard.looped:
            try:
                token = next(tokens)
            except StopIteration as end:
                stop = end.value
                break
            self._timer.note_token()
            yield from self._split(guard.feed(detokenizer.feed(token)), splitter)
            if self._is_long_enough(splitter):
                stop = "length"
                tokens.close()
                break
        if not guard.looped:
            yield from self._split(guard.feed(detokenizer.flush()) + guard.flush(), splitter)
        if splitter is not None:
            yield from splitter.flush()
            self._end_thinking()
        if guard.looped:
            tokens.close()
            yield Notice("The answer began to repeat itself and was ended there.")
        return stop

    def _split(self, text: str, splitter: ThinkingSplitter | None) -> Iterator[Event]:
        """Yield a piece of text as answer or as reasoning, and measure the reasoning."""
        if splitter is None:
            if text:
                yield TextChunk(text)
            return
        for event in splitter.feed(text):
            if isinstance(event, ReasoningChunk):
                self._thinking_from = self._thinking_from or self._timer.now()
            else:
                self._end_thinking()
            yield event

    def _end_thinking(self) -> None:
        if self._thinking_from and not self._thinking_s:
            self._thinking_s = self._timer.now() - self._thinking_from

    def _is_long_enough(self, splitter: ThinkingSplitter | None) -> bool:
        """Return whether the answer has its length; the tokens of the reasoning do not count."""
        if splitter is None or splitter.is_thinking:
            return False
        self._answer_tokens -= 1
        return self._answer_tokens < 1

    def _stats(self, prompt_tokens: int, prefilled: int, stop: StopReason) -> Stats:
        timer = self._timer
        return Stats(
            model=self._loaded.part,
            device=self._loaded.device,
            seed=self._request.sampling.seed,
            prompt_tokens=prompt_tokens,
            generated_tokens=timer.tokens,
            ttft_s=timer.first_token_s,
            decode_tokens_per_s=timer.decode_tokens_per_s(),
            load_s=timer.load_s,
            total_s=timer.now(),
            read_tokens=prefilled,
            context_tokens=prompt_tokens + timer.tokens,
            context_limit=self._context_limit,
            stop=stop,
            thinking_s=self._thinking_s,
        )
