"""Refuses requests that have no meaning, before anything is loaded for them."""

from __future__ import annotations

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
    """Refuse values that have no meaning.

    Raises:
        InputError: names the value.
    """
    if not 0 <= sampling.temperature < float("inf"):
        raise InputError(f"The temperature cannot be {sampling.temperature}.")
    if not 0 < sampling.top_p <= 1:
        raise InputError(f"top_p must be above 0 and at most 1, not {sampling.top_p}.")
    if sampling.top_k < 0:
        raise InputError(f"top_k cannot be negative ({sampling.top_k}).")
    if not 0 < sampling.repetition_penalty < float("inf"):
        raise InputError(f"The repetition penalty cannot be {sampling.repetition_penalty}.")
    if sampling.max_tokens < 1:
        raise InputError("An answer needs at least 1 token.")
