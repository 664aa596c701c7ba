"""The engine in this process: every kind of request, over torch and transformers.

Nothing heavy is imported before the first request; models are loaded on first use and kept until
another language model is asked for or the engine is closed.
"""

from __future__ import annotations

import gc
from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from mmdesk.engine.background import BackgroundThread
from mmdesk.engine.default_parts import SPEECH, VISION, PartStore, default_store, language_part
from mmdesk.engine.llm.clock import GenerationTimer
from mmdesk.engine.llm.request_check import check_chat
from mmdesk.engine.perceiver import Perceiver
from mmdesk.errors import Cancelled
from mmdesk.values import (
    AskImageRequest,
    CancelFlag,
    ChatRequest,
    Counted,
    CountRequest,
    DescribeImagesRequest,
    Event,
    Finished,
    LoadRequest,
    NeverCancelled,
    PrefillRequest,
    Preparing,
    Request,
    ScoreRequest,
    Stats,
    TranscribeRequest,
)

if TYPE_CHECKING:
    from mmdesk.engine.llm.cache_pool import CachePool
    from mmdesk.engine.llm.loading import Loaded


class LocalEngine:
    """Implements `Engine` in the calling process and thread.

    Args:
        store: where model parts lie; None for the person's own ModelStore.
        threads: CPU threads; 0 leaves the choice to `machine.thread_count`.
        context_tokens: prompt and answer together, bounded by what the model was made for.
        precision: what the language model computes in: "int8", "bf16", "fp32", or "auto" for what
            is fastest here without losing the answer.
        fused: where other fused weights lie than those that came with mmdesk.
    """

    def __init__(
        self,
        store: PartStore | None = None,
        threads: int = 0,
        context_tokens: int = 8192,
        precision: str = "auto",
        fused: Path | None = None,
    ) -> None:
        self._store = store if store is not None else default_store()
        self._threads = threads
        self._context_tokens = context_tokens
        self._precision = precision
        self._beside = BackgroundThread()
        self._perceiver = Perceiver(self._store, self._beside, threads, fused)
        self._loaded: Loaded | None = None
        self._shelf: CachePool | None = None  # what was read before

    def generate(self, request: Request, cancel: CancelFlag) -> Iterator[Event]:
        """See `Engine.generate`.

        Raises:
            Cancelled: soon after `cancel` was set.
            InputError: an unknown model, impossible sampling, nothing to answer.
            ModelUnavailable: a part is missing or damaged.
        """
        if cancel.is_set():
            raise Cancelled
        if isinstance(request, ChatRequest):
            yield from self._chat(request, cancel)
        elif isinstance(request, DescribeImagesRequest):
            yield from self._see(request, cancel)
        elif isinstance(request, AskImageRequest):
            yield from self._perceiver.answer(request.image, request.question, cancel)
            yield Finished(Stats(model=VISION, device="cpu"))
        elif isinstance(request, TranscribeRequest):
            yield from self._hear(request, cancel)
        elif isinstance(request, PrefillRequest):
            yield from self._prepare(request, cancel)
        elif isinstance(request, ScoreRequest):
            yield from self._score(request, cancel)
        elif isinstance(request, CountRequest):
            yield from self._count(request, cancel)
        else:
            yield from self._load_only(request, cancel)

    def warm(self, model: str) -> None:
        """Begin to load a language model that will most likely be asked; returns at once. A request
        to it waits for what is still to do, and is told what went wrong.
        """
        self._beside.begin(("load", model), lambda: self._load(model))

    def close(self) -> None:
        """Give the models' memory back; the next request would load them again."""
        self._beside.close()
        self._perceiver.close()
        self._unload()

    def _chat(self, request: ChatRequest, cancel: CancelFlag) -> Iterator[Event]:
        clock = GenerationTimer()
        check_chat(request)
        loaded = yield from self._language(request.model, cancel, clock)
        from mmdesk.engine.llm.chat_generation import ChatGeneration

        turns = yield from self._perceiver.perceived(request.turns, cancel)
        limit = min(self._context_tokens, loaded.most_tokens)
        answer = ChatGeneration(loaded, request, limit, self._shelf_of(loaded), clock)
        yield from answer.write(turns, cancel)

    def _prepare(self, request: PrefillRequest, cancel: CancelFlag) -> Iterator[Event]:
        clock = GenerationTimer()
        loaded = yield from self._language(request.model, cancel, clock)
        from mmdesk.engine.llm.prefill_ahead import read_ahead

        turns = yield from self._perceiver.perceived(request.turns, cancel)
        stats, shelf = self._idle_stats(loaded, clock), self._shelf_of(loaded)
        ahead = read_ahead(loaded, turns, stats.context_limit, request.max_tokens, shelf, cancel)
        known, read = yield from ahead
        yield Finished(replace(stats, prompt_tokens=known, read_tokens=read, total_s=clock.now()))

    def _score(self, request: ScoreRequest, cancel: CancelFlag) -> Iterator[Event]:
        clock = GenerationTimer()
        loaded = yield from self._language(request.model, cancel, clock)
        from mmdesk.engine.llm.score import score

        turns, shelf = request.turns, self._shelf_of(loaded)
        yield (yield from score(loaded, turns, request.answer, shelf, cancel))
        yield Finished(self._idle_stats(loaded, clock))

    def _shelf_of(self, loaded: Loaded) -> CachePool:
        if self._shelf is None or self._shelf.model is not loaded.model:
            from mmdesk.engine.llm.cache_pool import CachePool

            self._shelf = CachePool(loaded.model)
        return self._shelf

    def _see(self, request: DescribeImagesRequest, cancel: CancelFlag) -> Iterator[Event]:
        yield from self._perceiver.see_all(request.images, cancel)
        yield Finished(Stats(model=VISION, device="cpu"))

    def _hear(self, request: TranscribeRequest, cancel: CancelFlag) -> Iterator[Event]:
        audio, language = request.audio, request.language
        if request.unfinished:
            yield from self._perceiver.transcribe_so_far(audio, language, cancel)
        else:
            yield from self._perceiver.transcribe(audio, language, cancel, request.about_picture)
        yield Finished(Stats(model=SPEECH, device="cpu"))

    def _count(self, request: CountRequest, cancel: CancelFlag) -> Iterator[Event]:
        clock = GenerationTimer()
        loaded = yield from self._language(request.model, cancel, clock)
        counts = []
        for text in request.texts:
            if cancel.is_set():
                raise Cancelled
            counts.append(len(loaded.tokenizer(text, add_special_tokens=False)["input_ids"]))
        yield Counted(tuple(counts))
        yield Finished(self._idle_stats(loaded, clock))

    def _load_only(self, request: LoadRequest, cancel: CancelFlag) -> Iterator[Event]:
        clock = GenerationTimer()
        loaded = yield from self._language(request.model, cancel, clock)
        yield Finished(self._idle_stats(loaded, clock))

    def _idle_stats(self, loaded: Loaded, clock: GenerationTimer) -> Stats:
        limit = min(self._context_tokens, loaded.most_tokens)
        return Stats(
            model=loaded.part,
            device=loaded.device,
            load_s=clock.load_s,
            total_s=clock.now(),
            context_limit=limit,
        )

    def _language(
        self, asked: str | None, cancel: CancelFlag, clock: GenerationTimer
    ) -> Generator[Event, None, Loaded]:
        """The language model, loaded if it was not; notes in `clock` how long that took."""
        part = language_part(self._store, asked)
        before = clock.now()
        if self._loaded is None or self._loaded.part != part:
            yield Preparing("loading the model")
            self._beside.run(("load", part), lambda: self._load(part), cancel)
            clock.load_s = clock.now() - before
        loaded = self._loaded
        if loaded is None or loaded.part != part:  # pragma: no cover  # closed meanwhile
            raise Cancelled
        return loaded

    def _load(self, part: str) -> None:
        if self._loaded is not None and self._loaded.part == part:
            return
        from mmdesk.engine.llm.loading import load_language

        folder = self._store.path(part)
        if self._loaded is not None:
            self._unload()  # first, since two models may not fit into memory
        self._loaded = load_language(
            part,
            folder,
            lambda: self._store.verify(part, NeverCancelled()),
            self._threads,
            self._precision,
        )

    def _unload(self) -> None:
        self._loaded = None
        self._shelf = None
        gc.collect()
