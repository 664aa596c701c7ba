"""How the next token is chosen from the model's logits.

Pure functions over one row of logits, so that every step can be compared with transformers'
processors. The order is transformers' as well: repetition penalty, temperature, top-k, top-p.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mmdesk.values import Sampling

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

SHORT_LIST = 512  # tokens
MARGIN = 1e-4  # of probability: more than rounding in their sum can amount to


def logsumexp(values: Floats) -> Floats:
    """Of the last axis, float32."""
    most = values.max(-1, keepdims=True)
    total: Floats = np.log(np.exp(values - most).sum(-1)) + most[..., 0]
    return total


def softmax(values: Floats) -> Floats:
    """Over the last axis, float32."""
    odds = np.exp(values - values.max(-1, keepdims=True))
    shares: Floats = odds / odds.sum(-1, keepdims=True)
    return shares


def penalised(logits: Floats, seen: Flags, penalty: float) -> Floats:
    """Make tokens that were there before less likely (Keskar et al. 2019).

    Args:
        logits: float32 [vocabulary].
        seen: bool [vocabulary], true for every token of the prompt and the answer so far.
        penalty: above 1 discourages repetition, 1 changes nothing.
    """
    factor = np.float32(penalty)
    lowered = np.where(logits < 0, logits * factor, logits / factor)
    return np.where(seen, lowered, logits)


def candidates(logits: Floats, sampling: Sampling) -> tuple[Floats, Ints]:
    """The tokens that may come next.

    A sort of the whole vocabulary costs as much time as half a token, and is avoided: top-p looks
    at a short list first, which nearly always fills it, and without top-k and top-p the order is
    of no use.

    Args:
        logits: float32 [vocabulary], repetition penalty already applied.
        sampling: with a temperature above 0.

    Returns:
        (probabilities float32 [n], token ids int64 [n]), the probabilities summing to 1; with
        top-k or top-p the most probable first, else in the order of the ids.
    """
    scaled = logits / np.float32(sampling.temperature)
    count = len(scaled)
    by_k, by_p = 0 < sampling.top_k < count, sampling.top_p < 1
    if not by_k and not by_p:
        return softmax(scaled), np.arange(count)
    if by_k:
        values, ids = _highest(scaled, sampling.top_k)
        total = logsumexp(values)
    else:
        values, ids = _highest(scaled, min(SHORT_LIST, count))
        total = logsumexp(scaled)
        if float(np.exp(values - total).sum()) <= sampling.top_p + MARGIN:
            values, ids = _highest(scaled, count)
    if by_p:
        # A token stays while those before it have not filled top_p; the first one always does.
        probabilities = np.exp(values - total)
        before = probabilities.cumsum(dtype=np.float64) - probabilities
        kept = max(1, int((before < sampling.top_p).sum()))
        values, ids = values[:kept], ids[:kept]
    return softmax(values), ids


def _highest(values: Floats, count: int) -> tuple[Floats, Ints]:
    """The highest `count` of them with their places, the highest first."""
    some = np.argpartition(values, len(values) - count)[len(values) - count :]
    some = some[np.argsort(-values[some], kind="stable")]
    return values[some], some


class Sampler:
    """Chooses one token after another for one answer.

    It remembers which tokens were there (for the repetition penalty) and owns the seeded
    generator (PCG64), which means the same on every device.
    """

    def __init__(self, sampling: Sampling, prompt: Sequence[int]) -> None:
        self._sampling = sampling
        self._generator = np.random.Generator(np.random.PCG64(sampling.seed % 2**64))
        self._told = list(prompt)
        self._seen: Flags | None = None  # [vocabulary], made when its size is known

    def choose(self, logits: Floats) -> int:
        """The next token's id. `logits` is float32 [vocabulary]."""
        sampling = self._sampling
        if sampling.repetition_penalty != 1:
            logits = penalised(logits, self._seen_in(len(logits)), sampling.repetition_penalty)
        if sampling.temperature == 0:
            token = int(logits.argmax())
        else:
            probabilities, ids = candidates(logits, sampling)
            token = int(ids[self._drawn(probabilities)])
        if self._seen is not None:
            self._seen[token] = True
        return token

    def _drawn(self, probabilities: Floats) -> int:
        """A place, as often as its probability says."""
        sums = probabilities.astype(np.float64).cumsum()
        place = int(np.searchsorted(sums, self._generator.random() * sums[-1], side="right"))
        return min(place, len(sums) - 1)

    def _seen_in(self, vocabulary: int) -> Flags:
        if self._seen is None:
            self._seen = np.zeros(vocabulary, dtype=np.bool_)
            self._seen[self._told] = True
        return self._seen
