"""How the next token is chosen from the model's logits.

Pure functions over one row of logits, so that every step can be compared with transformers'
processors. The order is transformers' as well: repetition penalty, temperature, top-k, top-p.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch

from mmdesk.messages import Sampling

SHORT_LIST = 512  # tokens
MARGIN = 1e-4  # of probability: more than rounding in their sum can amount to


def penalised(logits: torch.Tensor, seen: torch.Tensor, penalty: float) -> torch.Tensor:
    """Make tokens that were there before less likely (Keskar et al. 2019).

    Args:
        logits: float32 [vocabulary].
        seen: bool [vocabulary], true for every token of the prompt and the answer so far.
        penalty: above 1 discourages repetition, 1 changes nothing.
    """
    lowered = torch.where(logits < 0, logits * penalty, logits / penalty)
    return torch.where(seen, lowered, logits)


def candidates(logits: torch.Tensor, sampling: Sampling) -> tuple[torch.Tensor, torch.Tensor]:
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
    scaled = logits / sampling.temperature
    count = scaled.numel()
    by_k, by_p = 0 < sampling.top_k < count, sampling.top_p < 1
    if not by_k and not by_p:
        return scaled.softmax(dim=-1), torch.arange(count)
    if by_k:
        values, ids = torch.topk(scaled, sampling.top_k)
        total = values.logsumexp(dim=-1)
    else:
        values, ids = torch.topk(scaled, min(SHORT_LIST, count))
        total = scaled.logsumexp(dim=-1)
        if float((values - total).exp().sum()) <= sampling.top_p + MARGIN:
            values, ids = torch.sort(scaled, descending=True)
    if by_p:
        # A token stays while those before it have not filled top_p; the first one always does.
        probabilities = (values - total).exp()
        before = probabilities.cumsum(dim=-1) - probabilities
        kept = max(1, int((before < sampling.top_p).sum()))
        values, ids = values[:kept], ids[:kept]
    return values.softmax(dim=-1), ids


class Sampler:
    """Chooses one token after another for one answer.

    It remembers which tokens were there (for the repetition penalty) and owns the seeded
    generator, which lives on the CPU so that a seed means the same on every device.
    """

    def __init__(self, sampling: Sampling, prompt: Sequence[int]) -> None:
        self._sampling = sampling
        self._generator = torch.Generator().manual_seed(sampling.seed % 2**63)
        self._told = list(prompt)
        self._seen: torch.Tensor | None = None  # bool [vocabulary], made when its size is known

    def choose(self, logits: torch.Tensor) -> int:
        """The next token's id. `logits` is float32 [vocabulary] on the CPU."""
        sampling = self._sampling
        if sampling.repetition_penalty != 1:
            logits = penalised(logits, self._seen_in(logits.numel()), sampling.repetition_penalty)
        if sampling.temperature == 0:
            token = int(logits.argmax())
        else:
            probabilities, ids = candidates(logits, sampling)
            place = torch.multinomial(probabilities, 1, generator=self._generator)
            token = int(ids[place])
        if self._seen is not None:
            self._seen[token] = True
        return token

    def _seen_in(self, vocabulary: int) -> torch.Tensor:
        if self._seen is None:
            self._seen = torch.zeros(vocabulary, dtype=torch.bool)
            self._seen[torch.tensor(self._told, dtype=torch.long)] = True
        return self._seen
