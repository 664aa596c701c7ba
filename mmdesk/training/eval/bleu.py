"""Corpus BLEU (Papineni et al., 2002) with the closest reference length."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from mmdesk.training.eval.cider import ngrams, tokenize


def bleu(candidates: Sequence[str], references: Sequence[Sequence[str]], order: int = 4) -> float:
    """Return the corpus BLEU of 1-grams to `order`-grams, 0 to 1, unsmoothed."""
    matches, totals = [0] * order, [0] * order
    length = reference_length = 0
    for candidate, texts in zip(candidates, references, strict=True):
        size = len(tokenize(candidate))
        length += size
        lengths = [len(tokenize(text)) for text in texts]
        reference_length += min((abs(one - size), one) for one in lengths)[1]
        allowed: Counter[tuple[str, ...]] = Counter()
        for text in texts:
            allowed |= ngrams(text)
        for ngram, count in ngrams(candidate).items():
            if len(ngram) <= order:
                totals[len(ngram) - 1] += count
                matches[len(ngram) - 1] += min(count, allowed[ngram])
    if not all(matches):
        return 0.0
    log_precision = sum(math.log(m / t) for m, t in zip(matches, totals, strict=True)) / order
    return math.exp(min(0.0, 1 - reference_length / length) + log_precision)
