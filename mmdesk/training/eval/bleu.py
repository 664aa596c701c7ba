"""BLEU over a whole set (Papineni et al., 2002), with the closest reference's length."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from mmdesk.training.eval.cider import grams, words_of


def bleu(candidates: Sequence[str], references: Sequence[Sequence[str]], orders: int = 4) -> float:
    """Corpus BLEU of 1 to `orders` words, 0 to 1, unsmoothed."""
    matched, offered = [0] * orders, [0] * orders
    length = target = 0
    for candidate, texts in zip(candidates, references, strict=True):
        size = len(words_of(candidate))
        length += size
        target += min((abs(len(words_of(t)) - size), len(words_of(t))) for t in texts)[1]
        best: Counter[tuple[str, ...]] = Counter()
        for text in texts:
            best |= grams(text)
        for gram, count in grams(candidate).items():
            if len(gram) <= orders:
                offered[len(gram) - 1] += count
                matched[len(gram) - 1] += min(count, best[gram])
    if not all(matched):
        return 0.0
    precision = sum(math.log(m / o) for m, o in zip(matched, offered, strict=True)) / orders
    return math.exp(min(0.0, 1 - target / length) + precision)
