"""Engine in the calling process: every kind of request, on mmdesk's own decoder or transformers.

Nothing heavy is imported before the first request. Models are loaded at their first use and kept
until another language model is asked for or the engine is closed.
"""

from __future__ import annotations

import gc
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from mmdesk.engine.background import BackgroundThread
from mmdesk.engine.default_parts import (
    SPEECH,
    VISION,
    PartStore,
    default_store,
    language_capabilities,
    language_part,
)
from mmdesk.engine.llm.request import RequestTimer, check_chat
from mmdesk.engine.perceiver import Perceiver
from mmdesk.errors import Cancelled, ModelUnavailable
from mmdesk.values import (
    AUTO,
    CPU,
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
    Notice,
    PrefillRequest,
    Preparing,
    ReadTextRequest,
    Request,
    ScoreRequest,
    SpeedRequest,
    Stats,
    TranscribeRequest,
)

if TYPE_CHECKING:
    from mmdesk.engine.llm.cache_pool import CachePool
    from mmdesk.engine.llm.loading import LoadedModel


OCR = "rapidocr"  # stands for the model in the statistics


class LocalEngine:
    """`Engine` in the calling process and thread.

    Args:
        store: where model parts are installed; None for the user's own ModelStore.
        threads: CPU threads; 0 leaves the choice to `hardware.thread_count`.
        context_tokens: prompt and answer together, bounded by the model's own context length.
        precision: what the language model computes in: "int4", "int8", "bf16", "fp32", or "auto"
            for what is fastest here without losing quality.
        fused: folder of other fused weights than those that came with mmdesk.
        device: that computes the language model, one of DEVICES.
    """

    def __init__(
        self,
        store: PartStore | None = None,
        threads: int = 0,
        context_tokens: int = 8192,
        precision: str = "auto",
        fused: Path | None = None,
        device: str = AUTO,
    ) -> None:
        self._store = store if store is not None else default_store()
        self._threads = threads
        self._context_tokens = context_tokens
        self._precision = precision
        self._device = device
        self._background = BackgroundThread()
        self._perceiver = Perceiver(self._store, self._background, threads, fused)
        self._loaded: LoadedModel | None = None
        self._cache_pool: CachePool | None = None

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
            yield from self._describe_images(request, cancel)
        elif isinstance(request, AskImageRequest | ReadTextRequest):
            yield from self._ask_image(request, cancel)
        elif isinstance(request, TranscribeRequest):
            yield from self._transcribe(request, cancel)
        elif isinstance(request, PrefillRequest):
            yield from self._prefill(request, cancel)
        elif isinstance(request, ScoreRequest):
            yield from self._score(request, cancel)
        elif isinstance(request, CountRequest):
            yield from self._count(request, cancel)
        elif isinstance(request, SpeedRequest):
            yield from self._measure_speed(request, cancel)
        else:
            yield from self._load_only(request, cancel)

    def native_inputs(self, model: str | None, _cancel: CancelFlag) -> frozenset[str]:
        """Return the kinds of attachments that a model takes as they are."""
        return language_capabilities(self._store, model).attachments

    def preload(self, model: str) -> None:
        """Start to load a language model that will probably be asked, and return at once.

        A request to it waits for the rest of the loading, and gets the error if there is one.
        """
        self._background.start(("load", model), lambda: self._load(model))

    def close(self) -> None:
        """Release the models' memory; the next request would load them again."""
        self._background.close()
        self._perceiver.close()
        self._unload()

    def _chat(self, request: ChatRequest, cancel: CancelFlag) -> Iterator[Event]:
        timer = RequestTimer()
        check_chat(request)
        yield from self._foresee_memory(request.model)
        loaded = yield from self._language_model(request.model, cancel, timer)
        if timer.load_s:
            yield from map(Notice, loaded.notices)
        from mmdesk.engine.llm.generate import ChatGeneration

        takes = loaded.capabilities
        turns = yield from self._perceiver.perceive(request.turns, cancel, takes)
        limit, pool = self._context_limit(loaded), self._pool_for(loaded)
        with self._out_of_memory(loaded):
            yield from ChatGeneration(loaded, request, limit, pool, timer).run(turns, cancel)

    def _foresee_memory(self, asked: str | None) -> Iterator[Event]:
        """Say before a model is loaded that the computer's memory is short."""
        part = language_part(self._store, asked)
        if self._loaded is not None and self._loaded.part == part:
            return
        from mmdesk.engine.llm.device_loading import foresee_memory, is_for_cpu

        if not is_for_cpu(self._device):
            return
        folder = self._store.path(part)
        yield from map(Notice, foresee_memory(part, folder, self._context_tokens))

    @contextmanager
    def _out_of_memory(self, loaded: LoadedModel) -> Iterator[None]:
        """Turn running out of memory into a sentence; the next answer computes on the CPU."""
        try:
            yield
        except (RuntimeError, MemoryError) as problem:
            from mmdesk.engine.devices import free_card_memory, is_out_of_memory

            if not is_out_of_memory(problem):
                raise
            self._unload()
            if loaded.device == CPU:
                raise ModelUnavailable(
                    "There is not enough memory for this answer.",
                    "Close other programs, or choose a smaller model.",
                ) from problem
            free_card_memory()
            self._device = CPU
            raise ModelUnavailable(
                "The memory of the graphics card ran out during this answer.",
                "Ask again: the model runs on the CPU from now on.",
            ) from problem

    def _prefill(self, request: PrefillRequest, cancel: CancelFlag) -> Iterator[Event]:
        timer = RequestTimer()
        loaded = yield from self._language_model(request.model, cancel, timer)
        from mmdesk.engine.llm.prefill_ahead import prefill_ahead

        takes = loaded.capabilities
        turns = yield from self._perceiver.perceive(request.turns, cancel, takes)
        limit, pool = self._context_limit(loaded), self._pool_for(loaded)
        length, computed = yield from prefill_ahead(
            loaded, turns, limit, request.max_tokens, pool, cancel
        )
        stats = self._stats(loaded, timer)
        yield Finished(replace(stats, prompt_tokens=length, read_tokens=computed))

    def _score(self, request: ScoreRequest, cancel: CancelFlag) -> Iterator[Event]:
        timer = RequestTimer()
        loaded = yield from self._language_model(request.model, cancel, timer)
        from mmdesk.engine.llm.score import score

        turns, pool = request.turns, self._pool_for(loaded)
        yield (yield from score(loaded, turns, request.answer, pool, cancel))
        yield Finished(self._stats(loaded, timer))

    def _describe_images(
        self, request: DescribeImagesRequest, cancel: CancelFlag
    ) -> Iterator[Event]:
        yield from self._perceiver.describe_all(request.images, cancel)
        yield Finished(Stats(model=VISION, device="cpu"))

    def _ask_image(
        self, request: AskImageRequest | ReadTextRequest, cancel: CancelFlag
    ) -> Iterator[Event]:
        if isinstance(request, ReadTextRequest):
            yield from self._perceiver.read_text(request.image, cancel)
            yield Finished(Stats(model=OCR, device="cpu"))
            return
        yield from self._perceiver.answer_question(request.image, request.question, cancel)
        yield Finished(Stats(model=VISION, device="cpu"))

    def _transcribe(self, request: TranscribeRequest, cancel: CancelFlag) -> Iterator[Event]:
        audio, language = request.audio, request.language
        if request.unfinished:
            yield from self._perceiver.transcribe_unfinished(audio, language, cancel)
        else:
            yield from self._perceiver.transcribe(
                audio, language, cancel, request.about_picture, request.words
            )
        yield Finished(Stats(model=SPEECH, device="cpu"))

    def _count(self, request: CountRequest, cancel: CancelFlag) -> Iterator[Event]:
        timer = RequestTimer()
        loaded = yield from self._language_model(request.model, cancel, timer)
        counts = []
        for text in request.texts:
            if cancel.is_set():
                raise Cancelled
            counts.append(len(loaded.tokenizer(text, add_special_tokens=False)["input_ids"]))
        yield Counted(tuple(counts))
        yield Finished(self._stats(loaded, timer))

    def _measure_speed(self, request: SpeedRequest, cancel: CancelFlag) -> Iterator[Event]:
        timer = RequestTimer()
        loaded = yield from self._language_model(request.model, cancel, timer)
        from mmdesk.engine.llm.speed import measure_speed

        limit = self._context_limit(loaded)
        lengths = [tokens for tokens in request.prompt_tokens if tokens <= limit]
        yield measure_speed(loaded, lengths, cancel)
        yield Finished(self._stats(loaded, timer))

    def _load_only(self, request: LoadRequest, cancel: CancelFlag) -> Iterator[Event]:
        timer = RequestTimer()
        loaded = yield from self._language_model(request.model, cancel, timer)
        yield Finished(self._stats(loaded, timer))

    def _pool_for(self, loaded: LoadedModel) -> CachePool:
        if self._cache_pool is None or self._cache_pool.model is not loaded.model:
            from mmdesk.engine.llm.cache_pool import CachePool

            self._cache_pool = CachePool(loaded.model)
        return self._cache_pool

    def _context_limit(self, loaded: LoadedModel) -> int:
        return min(self._context_tokens, loaded.context_length)

    def _stats(self, loaded: LoadedModel, timer: RequestTimer) -> Stats:
        """Return the statistics of a request that generated nothing."""
        return Stats(
            model=loaded.part,
            device=loaded.device,
            load_s=timer.load_s,
            total_s=timer.now(),
            context_limit=self._context_limit(loaded),
        )

    def _language_model(
        self, asked: str | None, cancel: CancelFlag, timer: RequestTimer
    ) -> Generator[Event, None, LoadedModel]:
        """Return the language model, loaded if it was not; notes in `timer` how long it took."""
        part = language_part(self._store, asked)
        before = timer.now()
        if self._loaded is None or self._loaded.part != part:
            yield Preparing("loading the model")
            self._background.run(("load", part), lambda: self._load(part), cancel)
            timer.load_s = timer.now() - before
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
            self._device,
            self._context_tokens,
        )

    def _unload(self) -> None:
        self._loaded = None
        self._cache_pool = None
        gc.collect()
