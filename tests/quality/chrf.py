"""chrF: how many character n-grams two texts share (Popović 2015; n = 1..6, beta = 2).

Spaces are left out, as in sacrebleu's default; the score of a set is the mean over its sentences.
"""

from __future__ import annotations

from collections import Counter

LONGEST = 6
BETA = 2.0


def chrf(said: str, reference: str) -> float:
    """0..100."""
    one, other = "".join(said.split()), "".join(reference.split())
    precisions, recalls = [], []
    for n in range(1, LONGEST + 1):
        have, want = _grams(one, n), _grams(other, n)
        if have and want:
            shared = sum((have & want).values())
            precisions.append(shared / sum(have.values()))
            recalls.append(shared / sum(want.values()))
    if not sum(precisions):
        return 0.0
    precision, recall = sum(precisions) / len(precisions), sum(recalls) / len(recalls)
    return 100 * (1 + BETA**2) * precision * recall / (BETA**2 * precision + recall)


def _grams(text: str, n: int) -> Counter[str]:
    return Counter(text[at : at + n] for at in range(len(text) - n + 1))
