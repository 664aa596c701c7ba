"""chrF: F-score of character n-grams that two texts share (Popović 2015; n = 1..6, beta = 2).

Spaces are left out, as in sacrebleu's default; the score of a set is the mean over its sentences.
"""

from __future__ import annotations

from collections import Counter

MAX_N = 6
BETA = 2.0


def chrf(hypothesis: str, reference: str) -> float:
    """Return the score, 0..100."""
    one, other = "".join(hypothesis.split()), "".join(reference.split())
    precisions, recalls = [], []
    for n in range(1, MAX_N + 1):
        found, wanted = _ngrams(one, n), _ngrams(other, n)
        if found and wanted:
            shared = sum((found & wanted).values())
            precisions.append(shared / sum(found.values()))
            recalls.append(shared / sum(wanted.values()))
    if not sum(precisions):
        return 0.0
    precision, recall = sum(precisions) / len(precisions), sum(recalls) / len(recalls)
    return 100 * (1 + BETA**2) * precision * recall / (BETA**2 * precision + recall)


def _ngrams(text: str, n: int) -> Counter[str]:
    return Counter(text[at : at + n] for at in range(len(text) - n + 1))
