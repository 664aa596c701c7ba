"""Measures one request, for its Stats."""

from __future__ import annotations

from time import perf_counter


class GenerationTimer:
    """When things happened in one request, in seconds since it came."""

    def __init__(self) -> None:
        self._start = perf_counter()
        self.load_s = 0.0
        self.first_s = 0.0  # when the first token came
        self.last_s = 0.0  # when the latest token came
        self.tokens = 0

    def now(self) -> float:
        return perf_counter() - self._start

    def token(self) -> None:
        """Note that a token was chosen."""
        self.last_s = self.now()
        self.tokens += 1
        if self.tokens == 1:
            self.first_s = self.last_s

    def decode_tokens_per_s(self) -> float:
        """Tokens after the first, per second between the first and the last."""
        spent = self.last_s - self.first_s
        return (self.tokens - 1) / spent if self.tokens > 1 and spent > 0 else 0.0
