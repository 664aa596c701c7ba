"""Validation and timing of a request to the language model.

Both come before anything is loaded for it, so this module imports nothing heavy.
"""

from __future__ import annotations

from time import perf_counter

from mmdesk.errors import InputError
from mmdesk.values import ChatRequest, Sampling


def check_chat(request: ChatRequest) -> None:
    """Refuse an empty conversation and impossible sampling.

    Raises:
        InputError: names what is wrong.
    """
    if not any(turn.role != "system" for turn in request.turns):
        raise InputError("There is nothing to answer.")
    check_sampling(request.sampling)


def check_sampling(sampling: Sampling) -> None:
    """Refuse sampling values that have no meaning.

    Raises:
        InputError: names the value.
    """
    if not 0 <= sampling.temperature < float("inf"):
        raise InputError("The temperature cannot be {value}.", value=sampling.temperature)
    if not 0 < sampling.top_p <= 1:
        raise InputError("top_p must be above 0 and at most 1, not {value}.", value=sampling.top_p)
    if sampling.top_k < 0:
        raise InputError("top_k cannot be negative ({value}).", value=sampling.top_k)
    if not 0 < sampling.repetition_penalty < float("inf"):
        raise InputError(
            "The repetition penalty cannot be {value}.", value=sampling.repetition_penalty
        )
    if sampling.max_tokens < 1:
        raise InputError("An answer needs at least 1 token.")


class RequestTimer:
    """Times of one request, in seconds since it came.

    Attributes:
        load_s: spent on loading models.
        first_token_s, last_token_s: when the first and the latest token came.
        tokens: how many came.
    """

    def __init__(self) -> None:
        self._start = perf_counter()
        self.load_s = 0.0
        self.first_token_s = 0.0
        self.last_token_s = 0.0
        self.tokens = 0

    def now(self) -> float:
        """Return the seconds since the request came."""
        return perf_counter() - self._start

    def note_token(self) -> None:
        """Note that a token was chosen."""
        self.last_token_s = self.now()
        self.tokens += 1
        if self.tokens == 1:
            self.first_token_s = self.last_token_s

    def decode_tokens_per_s(self) -> float:
        """Return the rate of the tokens after the first."""
        spent = self.last_token_s - self.first_token_s
        return (self.tokens - 1) / spent if self.tokens > 1 and spent > 0 else 0.0
