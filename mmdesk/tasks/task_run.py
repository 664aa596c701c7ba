"""Run of one task: several requests to the engine that look like one to the caller.

`TaskRun` closes every generator it opens, swallows the engine's own `Finished` events and sums the
stats of all requests, so that the task ends with one `Finished` of its own.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace

from mmdesk.engine import Engine, native_inputs
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

CHAT = Sampling(repetition_penalty=1.05, of_model=True)  # of answers in a chat
TaskSteps = Generator[Event, None, None]


class TaskRun:
    """Engine, cancel flag and summed stats of one task.

    Args:
        engine: answers the requests.
        cancel: stops the task before its next request.
        model: id of the language model, None for the default.
        clock: seconds.

    Attributes:
        model: id of the language model, None for the default.
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

    def stream(self, steps: Iterator[Event]) -> Iterator[Event]:
        """Yield a task's events, measure the time to its first text, and end with `Finished`."""
        for event in steps:
            if isinstance(event, TextChunk) and self._first_text is None:
                self._first_text = self._clock()
            yield event
        yield Finished(self.stats())

    def ask(self, request: Request) -> Iterator[Event]:
        """Yield a request's events without `Finished`; closing this closes the request."""
        if self._cancel.is_set():
            raise Cancelled
        chunk_times: list[float] = []
        with contextlib.closing(_closable(self._engine.generate(request, self._cancel))) as events:
            try:
                for event in events:
                    if isinstance(event, Finished):
                        self._add(event.stats)
                        chunk_times.clear()
                        return
                    if isinstance(event, TextChunk):
                        chunk_times.append(self._clock())
                    yield event
            finally:
                # Stopped early on purpose: no stats come, every chunk was about one token.
                self._add_unfinished(chunk_times)

    def chat(
        self, turns: tuple[Turn, ...], sampling: Sampling, prefill: str = ""
    ) -> Iterator[Event]:
        """Yield the events of the language model's answer."""
        return self.ask(ChatRequest(turns, sampling, self.model, prefill))

    def generate_text(
        self,
        turns: tuple[Turn, ...],
        sampling: Sampling,
        prefill: str = "",
        enough: Callable[[str], bool] = lambda text: False,
    ) -> Generator[Event, None, str]:
        """Generate text with the language model and return it instead of streaming it.

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
        # Stopped early, so that no stats came: the prompt is counted here.
        counts = yield from self.count_tokens(tuple(turn.text for turn in turns))
        self._stats = replace(self._stats, prompt_tokens=self._stats.prompt_tokens + sum(counts))
        return text.removeprefix(prefill)

    def takes(self, kind: str) -> bool:
        """Return whether the language model takes a kind of attachment, "picture" or "sound"."""
        return kind in native_inputs(self._engine, self.model, self._cancel)

    def score(self, turns: tuple[Turn, ...], answer: str) -> Generator[Event, None, Scored]:
        """Return the log-probability of `answer` after `turns`."""
        found: Scored | None = None
        for event in self.ask(ScoreRequest(turns, answer, self.model)):
            if isinstance(event, Scored):
                found = event
            elif isinstance(event, Preparing):
                yield event
        if found is None:
            raise MMDeskError("The engine did not score the text.")
        return found

    def count_tokens(self, texts: tuple[str, ...]) -> Generator[Event, None, tuple[int, ...]]:
        """Return the language model's token count of each text."""
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
        """Return the summed stats, with times from the start of the task."""
        now = self._clock()
        total = self._stats
        return replace(
            total,
            ttft_s=(self._first_text - self._started) if self._first_text is not None else 0.0,
            decode_tokens_per_s=(
                total.generated_tokens / self._decode_s if self._decode_s > 0 else 0.0
            ),
            total_s=now - self._started,
        )

    def _add(self, stats: Stats) -> None:
        """Add the stats of one request to the sum."""
        total = self._stats
        if stats.decode_tokens_per_s > 0:
            self._decode_s += stats.generated_tokens / stats.decode_tokens_per_s
        self._stats = replace(
            stats,
            model=stats.model or total.model,
            device=stats.device or total.device,
            seed=stats.seed or total.seed,
            prompt_tokens=total.prompt_tokens + stats.prompt_tokens,
            generated_tokens=total.generated_tokens + stats.generated_tokens,
            read_tokens=total.read_tokens + stats.read_tokens,
            load_s=total.load_s + stats.load_s,
            context_tokens=stats.context_tokens or total.context_tokens,
            context_limit=stats.context_limit or total.context_limit,
            thinking_s=total.thinking_s + stats.thinking_s,
        )

    def _add_unfinished(self, chunk_times: list[float]) -> None:
        if len(chunk_times) > 1:
            self._decode_s += chunk_times[-1] - chunk_times[0]
        total = self._stats
        generated = total.generated_tokens + len(chunk_times)
        self._stats = replace(total, generated_tokens=generated)


def _closable(events: Iterator[Event]) -> TaskSteps:
    """Wrap any iterator of events in a generator that can be closed."""
    try:
        yield from events
    finally:
        close = getattr(events, "close", None)
        if close is not None:
            close()
