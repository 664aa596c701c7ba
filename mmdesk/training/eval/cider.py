"""CIDEr-D (Vedantam, Zitnick and Parikh, 2015): how much a caption says what people said.

Term frequency, inverse document frequency over n-grams of 1 to 4 words, cosine with clipped counts,
a Gaussian penalty on the difference in length (sigma 6), times 10, as in coco-caption. Sentences
are compared as lower-case words without punctuation; words are not stemmed.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence

ORDERS = 4
SIGMA = 6.0
_WORD = re.compile(r"[a-z0-9]+(?:['-][a-z0-9]+)*")

Grams = Counter[tuple[str, ...]]
Vector = dict[tuple[str, ...], float]


def words_of(text: str) -> list[str]:
    """The words that are compared: lower case, punctuation left out."""
    return _WORD.findall(text.lower())


def grams(text: str) -> Grams:
    """Counts of all n-grams of 1 to ORDERS words."""
    words = words_of(text)
    return Counter(
        tuple(words[start : start + n])
        for n in range(1, ORDERS + 1)
        for start in range(len(words) - n + 1)
    )


class CiderD:
    """Scores captions against references; document frequencies come from a corpus of references.

    The corpus is usually the references that are scored against; any other (the training set's)
    may be given, and then scores of different samples can be compared.
    """

    def __init__(self, corpus: Iterable[Sequence[str]]) -> None:
        """corpus: for every picture, its references."""
        self.frequency: Counter[tuple[str, ...]] = Counter()
        documents = 0
        for references in corpus:
            documents += 1
            self.frequency.update({gram for text in references for gram in grams(text)})
        self.log_documents = math.log(max(documents, 1))

    def _vectors(self, counted: Grams) -> tuple[list[Vector], list[float], int]:
        """Weighted n-grams by order, their norms, and the length in words (as bigrams + 1)."""
        vectors: list[Vector] = [{} for _ in range(ORDERS)]
        norms = [0.0] * ORDERS
        length = 0
        for gram, count in counted.items():
            order = len(gram) - 1
            idf = self.log_documents - math.log(max(1.0, self.frequency[gram]))
            vectors[order][gram] = count * idf
            norms[order] += (count * idf) ** 2
            length += count if order == 1 else 0  # coco-caption counts bigrams
        return vectors, [math.sqrt(norm) for norm in norms], length

    def score(self, candidate: str, references: Sequence[str]) -> float:
        """CIDEr-D of one caption, 0 to 10."""
        return self.score_prepared(candidate, self.prepare(references))

    def prepare(self, references: Sequence[str]) -> list[tuple[list[Vector], list[float], int]]:
        """References ready to be scored against again and again."""
        return [self._vectors(grams(text)) for text in references]

    def score_prepared(
        self, candidate: str, references: Sequence[tuple[list[Vector], list[float], int]]
    ) -> float:
        own, own_norms, own_length = self._vectors(grams(candidate))
        total = 0.0
        for vectors, norms, length in references:
            penalty = math.exp(-((own_length - length) ** 2) / (2 * SIGMA**2))
            for order in range(ORDERS):
                scale = own_norms[order] * norms[order]
                if scale:
                    total += penalty * _clipped(own[order], vectors[order]) / scale
        return 10.0 * total / ORDERS / max(len(references), 1)


def _clipped(candidate: Vector, reference: Vector) -> float:
    """The dot product with candidate weights clipped to the reference's."""
    return sum(
        min(weight, reference[gram]) * reference[gram]
        for gram, weight in candidate.items()
        if gram in reference
    )


def cider_d(candidates: Sequence[str], references: Sequence[Sequence[str]]) -> float:
    """Mean CIDEr-D on the scale where people reach about 0.9, with the references as corpus."""
    scorer = CiderD(references)
    scores = [scorer.score(c, r) for c, r in zip(candidates, references, strict=True)]
    return sum(scores) / max(len(scores), 1)
