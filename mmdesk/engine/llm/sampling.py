"""Sampling of the next token from the model's logits.

Pure functions over one row of logits, so that every step can be compared with transformers'
processors. The order is transformers' as well: repetition penalty, temperature, top-k, top-p.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mmdesk.values import Sampling

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

TOP_P_CANDIDATES = 512  # tokens that top-p looks at first
MARGIN = 1e-4  # of probability: more than rounding in their sum can amount to


def logsumexp(values: Floats) -> Floats:
    """Return the log of the sum of exponentials over the last axis, float32."""
    highest = values.max(-1, keepdims=True)
    total: Floats = np.log(np.exp(values - highest).sum(-1)) + highest[..., 0]
    return total


def softmax(values: Floats) -> Floats:
    """Return the softmax over the last axis, float32."""
    exponentials = np.exp(values - values.max(-1, keepdims=True))
    probabilities: Floats = exponentials / exponentials.sum(-1, keepdims=True)
    return probabilities


def penalise_repetition(logits: Floats, seen: Bools, penalty: float) -> Floats:
    """Lower the logits of tokens that were there before (Keskar et al. 2019).

    Args:
        logits: float32 [vocabulary].
        seen: bool [vocabulary], true for every token of the prompt and the answer so far.
        penalty: above 1 discourages repetition, 1 changes nothing.
    """
    factor = np.float32(penalty)
    lowered = np.where(logits < 0, logits * factor, logits / factor)
    return np.where(seen, lowered, logits)


def candidates(logits: Floats, sampling: Sampling) -> tuple[Floats, Ints]:
    """Return the tokens that may come next, and their probabilities.

    A sort of the whole vocabulary costs as much time as half a token, and is avoided. Top-p looks
    at the TOP_P_CANDIDATES most probable tokens first, which nearly always suffice, and without
    top-k and top-p the order is of no use.

    Args:
        logits: float32 [vocabulary], repetition penalty already applied.
        sampling: with a temperature above 0.

    Returns:
        (probabilities float32 [n], token ids int64 [n]). The probabilities sum to 1. With top-k or
        top-p the most probable come first, else they are in the order of the ids.
    """
    scaled = logits / np.float32(sampling.temperature)
    count = len(scaled)
    by_k, by_p = 0 < sampling.top_k < count, sampling.top_p < 1
    if not by_k and not by_p:
        return softmax(scaled), np.arange(count)
    if by_k:
        values, ids = _top_k(scaled, sampling.top_k)
        total = logsumexp(values)
    else:
        values, ids = _top_k(scaled, min(TOP_P_CANDIDATES, count))
        total = logsumexp(scaled)
        if float(np.exp(values - total).sum()) <= sampling.top_p + MARGIN:
            values, ids = _top_k(scaled, count)
    if by_p:
        # A token stays while those before it have not filled top_p; the first one always does.
        probabilities = np.exp(values - total)
        before = probabilities.cumsum(dtype=np.float64) - probabilities
        kept = max(1, int((before < sampling.top_p).sum()))
        values, ids = values[:kept], ids[:kept]
    return softmax(values), ids


def _top_k(values: Floats, k: int) -> tuple[Floats, Ints]:
    """Return the highest `k` values with their indices, the highest first."""
    indices = np.argpartition(values, len(values) - k)[len(values) - k :]
    indices = indices[np.argsort(-values[indices], kind="stable")]
    return values[indices], indices


def with_model_values(sampling: Sampling, own: Sampling | None) -> Sampling:
    """Return a request's sampling, with the model's own values where it asks for them.

    Args:
        sampling: of the request; `of_model` asks for the model's values.
        own: what the model's makers advise; None where they say nothing.
    """
    if not sampling.of_model or own is None:
        return sampling
    return replace(own, seed=sampling.seed, max_tokens=sampling.max_tokens)


class Sampler:
    """Sampler of one answer's tokens.

    It remembers which tokens were there (for the repetition penalty) and owns the seeded
    generator (PCG64), so a seed means the same on every device.
    """

    def __init__(self, sampling: Sampling, prompt: Sequence[int]) -> None:
        self._sampling = sampling
        self._generator = np.random.Generator(np.random.PCG64(sampling.seed % 2**64))
        self._prompt = list(prompt)
        self._seen: Bools | None = None  # [vocabulary], made when its size is known

    def choose(self, logits: Floats) -> int:
        """Return the next token's id. `logits` is float32 [vocabulary]."""
        sampling = self._sampling
        if sampling.repetition_penalty != 1:
            seen = self._seen_tokens(len(logits))
            logits = penalise_repetition(logits, seen, sampling.repetition_penalty)
        if sampling.temperature == 0:
            token = int(logits.argmax())
        else:
            probabilities, ids = candidates(logits, sampling)
            token = int(ids[self._draw(probabilities)])
        if self._seen is not None:
            self._seen[token] = True
        return token

    def _draw(self, probabilities: Floats) -> int:
        """Draw an index at random, as often as its probability says."""
        sums = probabilities.astype(np.float64).cumsum()
        index = int(np.searchsorted(sums, self._generator.random() * sums[-1], side="right"))
        return min(index, len(sums) - 1)

    def _seen_tokens(self, vocabulary: int) -> Bools:
        if self._seen is None:
            self._seen = np.zeros(vocabulary, dtype=np.bool_)
            self._seen[self._prompt] = True
        return self._seen
