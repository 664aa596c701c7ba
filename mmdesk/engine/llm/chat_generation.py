"""One answer of the language model: fits the conversation, reads it, writes, and measures."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from mmdesk.engine.decoder import Logits
from mmdesk.engine.hardware import use_threads
from mmdesk.engine.llm.cache_pool import CachePool
from mmdesk.engine.llm.chat_prompt import prompt_message
from mmdesk.engine.llm.clock import GenerationTimer
from mmdesk.engine.llm.context_window import ContextFitter, FittedTurns
from mmdesk.engine.llm.detokenizer import Detokenizer
from mmdesk.engine.llm.generate import IsStopToken, decode, read_prompt
from mmdesk.engine.llm.kv_cache import PrefixCache
from mmdesk.engine.llm.loading import Loaded
from mmdesk.engine.llm.prompt_lookup import PromptLookup
from mmdesk.engine.llm.sampling import Sampler
from mmdesk.errors import Cancelled
from mmdesk.values import (
    CancelFlag,
    ChatRequest,
    Event,
    Finished,
    Notice,
    Preparing,
    Stats,
    TextChunk,
    Turn,
)

CONTEXT_OF_PREFILL = 4  # tokens before the answer that decoding its first words may need


def fitted_turns(
    loaded: Loaded, turns: Sequence[Turn], limit: int, max_tokens: int, prefill: str = ""
) -> FittedTurns:
    """The turns as the model will read them, with room for an answer of `max_tokens`."""
    # An answer may take half of the context at most, however long it was allowed to be.
    room = min(max_tokens, limit // 2)
    fitter = ContextFitter(loaded.tokenizer, limit - room, prefill)
    return fitter.fit([prompt_message(turn) for turn in turns])


def reading(
    ids: Sequence[int], cache: PrefixCache, cancel: CancelFlag
) -> Generator[Event, None, Logits]:
    """`read_prompt`, with its progress as events."""
    steps = read_prompt(ids, cache, cancel)
    while True:
        try:
            yield Preparing("reading", next(steps))
        except StopIteration as end:
            logits: Logits = end.value
            return logits


class ChatGeneration:
    """Writes the answer to one request, whose pictures and recordings are already in words.

    Args:
        limit: tokens of prompt and answer together.
        shelf: keys and values of prompts before; holds this one's afterwards.
    """

    def __init__(
        self,
        loaded: Loaded,
        request: ChatRequest,
        limit: int,
        shelf: CachePool,
        clock: GenerationTimer,
    ) -> None:
        self._loaded = loaded
        self._request = request
        self._limit = limit
        self._shelf = shelf
        self._clock = clock

    def write(self, turns: Sequence[Turn], cancel: CancelFlag) -> Generator[Event, None, None]:
        """Yields notices, progress of reading, the text, and Finished.

        Raises:
            Cancelled: within one token of `cancel` being set.
            InputError: the last question cannot be made to fit.
        """
        use_threads(self._loaded.threads)
        sampling = self._request.sampling
        fitted = fitted_turns(
            self._loaded, turns, self._limit, sampling.max_tokens, self._request.prefill
        )
        for notice in fitted.notices:
            yield Notice(notice)
        if cancel.is_set():
            raise Cancelled
        with self._shelf.lent(fitted.ids) as cache:
            yield from self._write(fitted.ids, cache, cancel)

    def _write(
        self, prompt: list[int], cache: PrefixCache, cancel: CancelFlag
    ) -> Generator[Event, None, None]:
        before = cache.computed
        logits = yield from reading(prompt, cache, cancel)
        read = cache.computed - before
        sampling = self._request.sampling
        if self._request.prefill:
            yield TextChunk(self._request.prefill)
        most = min(sampling.max_tokens, self._limit - len(prompt))
        sampler = Sampler(sampling, prompt)
        lookup = PromptLookup(prompt) if cache.exact else None
        tokens = decode(logits, cache, sampler, self._loaded.stop_ids, most, cancel, lookup)
        stop = yield from self._speak(tokens, prompt)
        yield Finished(self._stats(len(prompt), read, stop))

    def _speak(
        self, tokens: Generator[int, None, IsStopToken], prompt: Sequence[int]
    ) -> Generator[Event, None, IsStopToken]:
        """Tokens to text, held back where a character is not whole yet."""
        goes_on = prompt[-CONTEXT_OF_PREFILL:] if self._request.prefill else ()
        detokenizer = Detokenizer(self._loaded.tokenizer, goes_on)
        while True:
            try:
                token = next(tokens)
            except StopIteration as end:
                stop: IsStopToken = end.value
                break
            self._clock.token()
            text = detokenizer.feed(token)
            if text:
                yield TextChunk(text)
        rest = detokenizer.flush()
        if rest:
            yield TextChunk(rest)
        return stop

    def _stats(self, prompt_tokens: int, read: int, stop: IsStopToken) -> Stats:
        clock = self._clock
        return Stats(
            model=self._loaded.part,
            device=self._loaded.device,
            seed=self._request.sampling.seed,
            prompt_tokens=prompt_tokens,
            generated_tokens=clock.tokens,
            ttft_s=clock.first_s,
            decode_tokens_per_s=clock.decode_tokens_per_s(),
            load_s=clock.load_s,
            total_s=clock.now(),
            read_tokens=read,
            context_tokens=prompt_tokens + clock.tokens,
            context_limit=self._limit,
            stop=stop,
        )
