"""Citations of an answer about documents: each sentence with the passage that it rests on.

No model is asked. A passage is one sentence of a document, or up to three that follow one another
on a page. BM25 finds where to look; the passage is then chosen by the share of the sentence's terms
that it has, weighted by how rare they are in the documents, and by the names and numbers of the
sentence. A sentence with a number that no passage has was not found in the documents.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from mmdesk.errors import Cancelled
from mmdesk.tasks.grounding import names_and_numbers
from mmdesk.tasks.retrieval import bm25_terms
from mmdesk.tasks.sentence_spans import SentenceSpan, answer_spans, document_spans
from mmdesk.text import detect
from mmdesk.values import Citation, Cited, DocumentInput, Event, TextChunk, Turn
from mmdesk.values.citations import MAX_QUOTE

SUPPORT = 0.5  # weighted share of a sentence's terms that its passage must have
SUPPORT_OF_TWO = 0.6  # of two passages together
SUPPORT_WITH_DETAILS = 0.34  # so much is enough where all of two or more details are there
_CANDIDATES = 12  # sentences of the documents that are looked at closely
_LONGEST = 3  # sentences of a passage
_ADDED_BY_SECOND = 0.2  # share of the terms that a second passage must add
_LENGTH_COST = 0.06  # a longer passage has to have so much more
_DETAILS_WEIGHT = 0.5
_QUESTION_WEIGHT = 0.25  # of the question's terms in the choice between passages
_STATEMENT = 3  # terms from which a sentence says something that could be looked up
_MARKED_SHARE = 0.5  # of the statements: an answer with fewer found is not about the documents
_DIGITS = re.compile(r"\d+(?:[.,'’\u00a0\u202f]\d{3}(?!\d))*(?:[.,]\d+)?")


# "According to the report, …": says where it stands, and nothing that could be looked up.
_LEAD_IN = re.compile(
    r"^(?:(?:according to|based on|as (?:stated|mentioned) in|laut|gemäß|selon|d['’]après|según"
    r"|de acuerdo con)\s[^,.]{1,60},\s*|根据[^，。]{1,20}，)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Claim:
    """Sentence of an answer, as it is compared with passages."""

    terms: tuple[str, ...]
    names: frozenset[str]
    numbers: frozenset[str]

    @classmethod
    def of(cls, sentence: str) -> _Claim:
        sentence = _LEAD_IN.sub("", sentence)
        numbers = numbers_in(sentence)
        names = frozenset(
            detail for detail in names_and_numbers(sentence) if not any(map(str.isdigit, detail))
        )
        return cls(tuple(dict.fromkeys(bm25_terms(sentence))), names, numbers)

    @property
    def details(self) -> int:
        return len(self.names) + len(self.numbers)


@dataclass(frozen=True, slots=True)
class _Passage:
    """Sentences of one document that follow one another, and how well they support a claim.

    Attributes:
        first: index of the first sentence.
        last: index of the last one.
        score: decides between passages.
        covered: terms of the claim that it has.
        coverage: weighted share of the claim's terms, 0..1.
        missing: names and numbers of the claim that the passage lacks.
        numbers_missing: of those, the numbers in digits.
    """

    first: int
    last: int
    score: float
    covered: frozenset[str]
    coverage: float
    missing: frozenset[str]
    numbers_missing: frozenset[str]


def numbers_in(text: str) -> frozenset[str]:
    """Return the numbers of a text in plain digits: "1,000" is "1000"."""
    return frozenset(
        re.sub(r"[,'’\u00a0\u202f](?=\d{3})", "", number).rstrip(".,")
        for number in _DIGITS.findall(text)
    )


class PassageFinder:
    """Finder of the passages of documents that support a sentence.

    Args:
        documents: all that the answer may rest on.
    """

    def __init__(self, documents: Sequence[DocumentInput]) -> None:
        self._documents = documents
        self._spans: list[tuple[int, SentenceSpan]] = []
        for index, document in enumerate(documents):
            spans = document_spans(document.text, document.page_starts)
            self._spans += [(index, span) for span in spans]
        self._texts = [documents[at].text[span.start : span.end] for at, span in self._spans]
        self._terms = [bm25_terms(text) for text in self._texts]
        self._frequency = Counter(term for terms in self._terms for term in set(terms))
        self._retriever = _bm25_index(self._terms)

    def find(self, sentence: str, question: str = "", lenient: bool = False) -> list[_Passage]:
        """Return the passage that supports a sentence, and a second one for what that lacks.

        Args:
            sentence: of the answer.
            question: that it answers; decides between passages.
            lenient: the answer is in another language than the documents: names and numbers count.

        Returns:
            Nothing where the documents do not support the sentence.
        """
        claim = _Claim.of(sentence)
        context = [term for term in bm25_terms(question) if term not in claim.terms]
        passages = [
            self._judge(claim, context, first, last)
            for first, last in self._windows([*claim.terms, *context])
        ]
        best = max(passages, key=lambda passage: passage.score, default=None)
        if best is None:
            return []
        is_supported = self._supports(best, claim, lenient)
        if is_supported and not best.missing:
            return [best]
        second = None if lenient else self._second(claim, best, passages)
        if second is not None:
            return [best, second]
        return [best] if is_supported and not best.numbers_missing else []

    def _second(self, claim: _Claim, best: _Passage, passages: list[_Passage]) -> _Passage | None:
        """Return the passage that has what the best one lacks; None where both are not enough."""

        def together(other: _Passage) -> float:
            missing = len(best.missing & other.missing)
            covered = self._share(claim.terms, best.covered | other.covered)
            return covered - _DETAILS_WEIGHT * missing - _LENGTH_COST * (other.last - other.first)

        others = [other for other in passages if other.first > best.last or other.last < best.first]
        second = max(others, key=together, default=None)
        if second is None or best.numbers_missing & second.numbers_missing:
            return None
        covered = self._share(claim.terms, best.covered | second.covered)
        adds = best.missing - second.missing or covered - best.coverage >= _ADDED_BY_SECOND
        return second if adds and covered >= SUPPORT_OF_TWO else None

    @staticmethod
    def _supports(passage: _Passage, claim: _Claim, lenient: bool) -> bool:
        has_all = claim.details >= 2 and not passage.missing
        if lenient:
            return has_all
        return passage.coverage >= (SUPPORT_WITH_DETAILS if has_all else SUPPORT)

    def _windows(self, terms: list[str]) -> Iterator[tuple[int, int]]:
        """Yield (first, last) sentence of the passages around the best matches."""
        seen = set()
        for index in self._ranked(terms):
            for size in range(1, _LONGEST + 1):
                for first in range(index - size + 1, index + 1):
                    last = first + size - 1
                    if (first, last) not in seen and self._is_on_one_page(first, last):
                        seen.add((first, last))
                        yield first, last

    def _is_on_one_page(self, first: int, last: int) -> bool:
        inside = first >= 0 and last < len(self._spans)
        if not inside:
            return False
        (document, span), (other, end) = self._spans[first], self._spans[last]
        return document == other and span.page == end.page

    def _ranked(self, terms: list[str]) -> list[int]:
        """Return the indices of the sentences that match terms best (BM25)."""
        known = [term for term in terms if term in self._frequency]
        if self._retriever is None or not known:
            return []
        scores = self._retriever.get_scores(known)
        count = min(_CANDIDATES, len(scores))
        best = sorted(range(len(scores)), key=scores.__getitem__, reverse=True)[:count]
        return [index for index in best if scores[index] > 0]

    def _judge(self, claim: _Claim, context: list[str], first: int, last: int) -> _Passage:
        there = {term for terms in self._terms[first : last + 1] for term in terms}
        text = " ".join(self._texts[first : last + 1])
        lower = text.lower()
        numbers_missing = claim.numbers - numbers_in(text)
        missing = numbers_missing | {name for name in claim.names if name not in lower}
        covered = frozenset(claim.terms) & there
        coverage = self._share(claim.terms, covered)
        details = 1 - len(missing) / claim.details if claim.details else 1.0
        score = coverage + _DETAILS_WEIGHT * details - _LENGTH_COST * (last - first)
        score += _QUESTION_WEIGHT * self._share(context, there) if context else 0.0
        return _Passage(first, last, score, covered, coverage, frozenset(missing), numbers_missing)

    def _share(self, terms: Sequence[str], there: Collection[str]) -> float:
        """Return the weighted share of terms; one that no document has weighs as much as most."""
        weights = {term: self._weight(term) for term in terms if term in self._frequency}
        usual = sum(weights.values()) / len(weights) if weights else 1.0
        weights |= {term: usual for term in terms if term not in weights}
        total = sum(weights.values())
        return sum(weights[term] for term in weights if term in there) / total if total else 0.0

    def _weight(self, term: str) -> float:
        """Return the inverse document frequency of a term (as in BM25)."""
        count, frequency = len(self._spans), self._frequency[term]
        return math.log(1 + (count - frequency + 0.5) / (frequency + 0.5))

    def cite(self, start: int, end: int, passage: _Passage) -> Citation:
        """Return the citation of a passage by the sentence from `start` to `end`."""
        index, first = self._spans[passage.first]
        document, last = self._documents[index], self._spans[passage.last][1]
        return Citation(
            start,
            end,
            document.name,
            first.start,
            last.end,
            first.page,
            document.text[first.start : last.end][:MAX_QUOTE],
            document.path if not document.scanned else "",
        )


def _bm25_index(corpus: list[list[str]]) -> Any:
    """Return the BM25 index of sentences (bm25s); None where there is no term."""
    import bm25s

    if not any(corpus):
        return None
    retriever = bm25s.BM25()
    retriever.index(corpus, show_progress=False)
    return retriever


def cite_sentences(
    text: str,
    documents: Sequence[DocumentInput],
    question: str = "",
    originals: Sequence[tuple[int, str]] = (),
    start: int = 0,
) -> tuple[Citation, ...]:
    """Return the citations of an answer, sentence by sentence.

    Args:
        text: of the answer.
        documents: that it may rest on.
        question: that it answers.
        originals: places of translated sentences, each with the sentence it is a translation of.
        start: sentences that end before are left out.

    Returns:
        Nothing where the answer is not about the documents; else every statement without support
        has a citation that names no document.
    """
    spans = [span for span in answer_spans(text) if span.end > start]
    if not spans or not any(document.text.strip() for document in documents):
        return ()
    finder = PassageFinder(documents)
    lenient = not originals and _is_other_language(text, documents)
    found: list[Citation] = []
    lacking: list[Citation] = []
    for span in spans:
        sentence = _original(originals, span) or text[span.start : span.end]
        passages = finder.find(sentence, question, lenient)
        if passages:
            found += [finder.cite(span.start, span.end, passage) for passage in passages]
        elif _is_statement(sentence):
            lacking.append(Citation(span.start, span.end))
    supported = len({citation.start for citation in found})
    if lenient or supported < _MARKED_SHARE * (supported + len(lacking)):
        lacking = []
    return tuple(sorted((*found, *lacking), key=lambda citation: citation.start))


def cite_tables(text: str, documents: Sequence[DocumentInput]) -> tuple[Citation, ...]:
    """Return the citations of a description of tables: each sentence is about the whole table."""
    document = documents[0]
    whole = (document.name, 0, len(document.text), 1 if document.page_starts else None)
    quote = document.text[:MAX_QUOTE]
    return tuple(
        Citation(span.start, span.end, *whole, quote, document.path) for span in answer_spans(text)
    )


def _original(originals: Sequence[tuple[int, str]], span: SentenceSpan) -> str:
    """Return the sentence of the document that a stretch of the answer is a translation of."""
    return next((sentence for at, sentence in reversed(originals) if at <= span.start), "")


def _is_statement(sentence: str) -> bool:
    is_open = sentence.rstrip("\"'”’»」* ").endswith(("?", "？", ":", "："))
    return not is_open and len(bm25_terms(sentence)) >= _STATEMENT


def _is_other_language(text: str, documents: Iterable[DocumentInput]) -> bool:
    return all(
        detect(text).base != detect(document.text[:4000]).base
        for document in documents
        if document.text.strip()
    )


def cited(
    events: Iterable[Event], cite: Callable[[str], tuple[Citation, ...]], before: str = ""
) -> Iterator[Event]:
    """Yield the events of an answer, and at its end its citations, also where it is stopped.

    Args:
        events: of the answer.
        cite: returns the citations of its text.
        before: text of the answer that is continued.
    """
    text = before
    try:
        for event in events:
            if isinstance(event, TextChunk):
                text += event.text
            yield event
    except Cancelled:
        yield from _cited_event(text, cite, before)
        raise
    yield from _cited_event(text, cite, before)


def _cited_event(
    text: str, cite: Callable[[str], tuple[Citation, ...]], before: str
) -> Iterator[Event]:
    citations = cite(text) if len(text) > len(before) else ()
    if citations:
        yield Cited(citations)


def cite_answer(
    events: Iterable[Event], turns: Sequence[Turn], before: str = ""
) -> Iterator[Event]:
    """Yield the events of an answer to the last turn, and its citations of the documents.

    Args:
        events: of the answer.
        turns: the conversation with its whole documents.
        before: text of the answer that is continued.
    """
    documents = [document for turn in turns for document in turn.documents]

    def cite(text: str) -> tuple[Citation, ...]:
        return cite_sentences(text, documents, turns[-1].text, start=len(before))

    yield from cited(events, cite, before) if documents else events
