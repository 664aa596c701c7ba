"""CIDEr-D (Vedantam, Zitnick and Parikh, 2015): consensus of a caption with reference captions.

TF-IDF vectors over n-grams of 1 to 4 words, cosine with clipped counts, a Gaussian penalty on the
difference in length (sigma 6), times 10, as in coco-caption. Sentences are compared as lower-case
words without punctuation; words are not stemmed.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence

MAX_N = 4
SIGMA = 6.0
_WORD = re.compile(r"[a-z0-9]+(?:['-][a-z0-9]+)*")

Ngrams = Counter[tuple[str, ...]]
TfIdf = dict[tuple[str, ...], float]
Prepared = tuple[list[TfIdf], list[float], int]
"""TF-IDF vectors by n, their norms, and the length in bigrams."""


def tokenize(text: str) -> list[str]:
    """Return the words that are compared: lower case, without punctuation."""
    return _WORD.findall(text.lower())


def ngrams(text: str) -> Ngrams:
    """Return the counts of all n-grams of 1 to MAX_N words."""
    words = tokenize(text)
    return Counter(
        tuple(words[start : start + n])
        for n in range(1, MAX_N + 1)
        for start in range(len(words) - n + 1)
    )


class CiderD:
    """CIDEr-D scorer with the document frequencies of a corpus of references.

    The corpus is usually the references that are scored against. With another one (the training
    set's), scores of different samples can be compared.
    """

    def __init__(self, corpus: Iterable[Sequence[str]]) -> None:
        """Count document frequencies; `corpus` holds the references of every picture."""
        self.document_frequency: Ngrams = Counter()
        documents = 0
        for references in corpus:
            documents += 1
            self.document_frequency.update({ngram for text in references for ngram in ngrams(text)})
        self.log_documents = math.log(max(documents, 1))

    def score(self, candidate: str, references: Sequence[str]) -> float:
        """Return the CIDEr-D of one caption, 0 to 10."""
        return self.score_prepared(candidate, self.prepare(references))

    def prepare(self, references: Sequence[str]) -> list[Prepared]:
        """Return the references' vectors, for scoring many captions against them."""
        return [self._vectors(ngrams(text)) for text in references]

    def score_prepared(self, candidate: str, references: Sequence[Prepared]) -> float:
        """Return the CIDEr-D of one caption against prepared references."""
        own, own_norms, own_length = self._vectors(ngrams(candidate))
        total = 0.0
        for vectors, norms, length in references:
            penalty = math.exp(-((own_length - length) ** 2) / (2 * SIGMA**2))
            for n in range(MAX_N):
                scale = own_norms[n] * norms[n]
                if scale:
                    total += penalty * _clipped_dot(own[n], vectors[n]) / scale
        return 10.0 * total / MAX_N / max(len(references), 1)

    def _vectors(self, counts: Ngrams) -> Prepared:
        vectors: list[TfIdf] = [{} for _ in range(MAX_N)]
        norms = [0.0] * MAX_N
        length = 0
        for ngram, count in counts.items():
            n = len(ngram) - 1
            idf = self.log_documents - math.log(max(1.0, self.document_frequency[ngram]))
            vectors[n][ngram] = count * idf
            norms[n] += (count * idf) ** 2
            length += count if n == 1 else 0  # coco-caption counts bigrams
        return vectors, [math.sqrt(norm) for norm in norms], length


def _clipped_dot(candidate: TfIdf, reference: TfIdf) -> float:
    """Return the dot product with candidate weights clipped to the reference's."""
    return sum(
        min(weight, reference[ngram]) * reference[ngram]
        for ngram, weight in candidate.items()
        if ngram in reference
    )


def cider_d(candidates: Sequence[str], references: Sequence[Sequence[str]]) -> float:
    """Return the mean CIDEr-D, with the references as corpus.

    On this scale people reach about 0.9.
    """
    scorer = CiderD(references)
    scores = [scorer.score(c, r) for c, r in zip(candidates, references, strict=True)]
    return sum(scores) / max(len(scores), 1)
