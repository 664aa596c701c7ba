"""One task's run over the Engine protocol: several requests that look like one to the caller.

A task may ask the engine many things. `TaskRun` closes every generator it opens, keeps the engine's
inner `Finished` to itself and adds up what all requests took, so that the task can end with one
`Finished` of its own.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace

from mmdesk.engine import Engine
from mmdesk.errors import Cancelled, MMDeskError
from mmdesk.values import (
    CancelFlag,
    ChatRequest,
    Counted,
    CountRequest,
    Event,
    Finished,
    Preparing,
    Request,
    Sampling,
    Scored,
    ScoreRequest,
    Stats,
    TextChunk,
    Turn,
)

TaskSteps = Generator[Event, None, None]


class TaskRun:
    """The engine, the wish to stop, and what was used so far.

    Attributes:
        model: the language part's id, None for the default.
    """

    def __init__(
        self,
        engine: Engine,
        cancel: CancelFlag,
        model: str | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._engine = engine
        self._cancel = cancel
        self.model = model
        self._clock = clock
        self._started = clock()
        self._first_text: float | None = None
        self._decode_s = 0.0
        self._stats = Stats()

    def run(self, steps: Iterator[Event]) -> Iterator[Event]:
        """Pass a task's events on, note when its first words came, and end with `Finished`."""
        for event in steps:
            if isinstance(event, TextChunk) and self._first_text is None:
                self._first_text = self._clock()
            yield event
        yield Finished(self.stats())

    def ask(self, request: Request) -> Iterator[Event]:
        """All of a request's events but `Finished`; closing this closes the request."""
        if self._cancel.is_set():
            raise Cancelled
        told: list[float] = []  # when each chunk came
        with contextlib.closing(_closable(self._engine.generate(request, self._cancel))) as events:
            try:
                for event in events:
                    if isinstance(event, Finished):
                        self._add(event.stats)
                        told.clear()
                        return
                    if isinstance(event, TextChunk):
                        told.append(self._clock())
                    yield event
            finally:
                # Stopped early on purpose: no stats come, every chunk was about one token.
                self._add_unfinished(told)

    def chat(
        self, turns: tuple[Turn, ...], sampling: Sampling, prefill: str = ""
    ) -> Iterator[Event]:
        """Ask the language model."""
        return self.ask(ChatRequest(turns, sampling, self.model, prefill))

    def written(
        self,
        turns: tuple[Turn, ...],
        sampling: Sampling,
        prefill: str = "",
        enough: Callable[[str], bool] = lambda text: False,
    ) -> Generator[Event, None, str]:
        """Ask the language model and hand its text back instead of streaming it.

        The model is stopped as soon as `enough(text so far)`.
        """
        text = ""
        with contextlib.closing(_closable(self.chat(turns, sampling, prefill))) as events:
            for event in events:
                if not isinstance(event, TextChunk):
                    yield event
                    continue
                text += event.text
                if enough(text):
                    break
            else:
                return text.removeprefix(prefill)
        # Cut short, so that no stats came: what was read is counted here.
        read = yield from self.counted(tuple(turn.text for turn in turns))
        self._stats = replace(self._stats, prompt_tokens=self._stats.prompt_tokens + sum(read))
        return text.removeprefix(prefill)

    def scored(self, turns: tuple[Turn, ...], answer: str) -> Generator[Event, None, Scored]:
        """How likely the language model holds `answer` to be after `turns`."""
        found: Scored | None = None
        for event in self.ask(ScoreRequest(turns, answer, self.model)):
            if isinstance(event, Scored):
                found = event
            elif isinstance(event, Preparing):
                yield event
        if found is None:
            raise MMDeskError("The engine did not score the text.")
        return found

    def counted(self, texts: tuple[str, ...]) -> Generator[Event, None, tuple[int, ...]]:
        """The language model's tokens in each text."""
        counts: tuple[int, ...] | None = None
        for event in self.ask(CountRequest(texts, self.model)):
            if isinstance(event, Counted):
                counts = event.counts
            elif isinstance(event, Preparing):
                yield event
        if counts is None or len(counts) != len(texts):
            raise MMDeskError("The engine did not count the text's tokens.")
        return counts

    def stats(self) -> Stats:
        """What everything took so far, seen from the task's start."""
        now = self._clock()
        known = self._stats
        return replace(
            known,
            ttft_s=(self._first_text - self._started) if self._first_text is not None else 0.0,
            decode_tokens_per_s=(
                known.generated_tokens / self._decode_s if self._decode_s > 0 else 0.0
            ),
            total_s=now - self._started,
        )

    def _add(self, told: Stats) -> None:
        known = self._stats
        if told.decode_tokens_per_s > 0:
            self._decode_s += told.generated_tokens / told.decode_tokens_per_s
        self._stats = replace(
            told,
            model=told.model or known.model,
            device=told.device or known.device,
            seed=told.seed or known.seed,
            prompt_tokens=known.prompt_tokens + told.prompt_tokens,
            generated_tokens=known.generated_tokens + told.generated_tokens,
            read_tokens=known.read_tokens + told.read_tokens,
            load_s=known.load_s + told.load_s,
            context_tokens=told.context_tokens or known.context_tokens,
            context_limit=told.context_limit or known.context_limit,
        )

    def _add_unfinished(self, told: list[float]) -> None:
        if len(told) > 1:
            self._decode_s += told[-1] - told[0]
        known = self._stats
        self._stats = replace(known, generated_tokens=known.generated_tokens + len(told))


def _closable(events: Iterator[Event]) -> TaskSteps:
    """A generator over any iterator of events, so that it can be closed."""
    try:
        yield from events
    finally:
        close = getattr(events, "close", None)
        if close is not None:
            close()
