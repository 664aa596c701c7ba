"""Choosing what of a long document a question is about, when the whole does not fit.

The built-in model finds a fact in a few sentences and loses it in a page. So single sentences are
ranked (BM25 of the sentence and, at half the weight, of the sentence between its neighbours), and
the best few are taken with their neighbours, behind the document's opening. Chinese, Japanese and
Korean are compared by pairs of characters, everything else by the stems of words.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import dataclass
from itertools import groupby

from mmdesk.tasks.grounding import leans_back
from mmdesk.tasks.task_run import TaskRun
from mmdesk.text import CJK, blocks, ends_sentence, join, sentences, words
from mmdesk.values import Event

MOST_PLACES = 3  # of the document, that come into one prompt
LONGEST_UNIT = 400  # characters; text without sentence ends is cut here
_WINDOW_WEIGHT = 0.5
_NUMBER_ASKED = re.compile(
    r"\b(?:how (?:many|much|old|long|far|high|big|heavy|large|deep|often)|when|(?:which|what) "
    r"(?:year|date|number|age))\b|combien|quand|cuánt|cuándo|wie ?viele?|wann|wie (?:alt|lange)"
    r"|几|多少|哪一?年|何时|什么时候|多[长大久重高远]",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|\w+ty|hundred"
    r"|thousand|million|billion|half|third|quarter)\b|[一二三四五六七八九十百千万亿〇两]",
    re.IGNORECASE,
)
_NUMBER_BONUS = 1.25


@dataclass(frozen=True, slots=True)
class Passages:
    """The chosen places as one text, in the document's order; how many, how much of it; and the one
    sentence that fits the question best, "" where nothing does.
    """

    text: str
    chosen: int
    share: float
    best: str


@dataclass(frozen=True, slots=True)
class TextUnit:
    """A sentence or a heading, and the number of the paragraph it stands in."""

    text: str
    block: int


def choose(job: TaskRun, text: str, question: str, budget: int) -> Generator[Event, None, Passages]:
    """Take the sentences that answer `question` best, with their neighbours, up to `budget`
    tokens. The opening comes along where there is room: it says what the document is.
    """
    found = units(text)
    counts = yield from job.counted(tuple(f"{unit.text}\n\n" for unit in found))
    order = ranking([unit.text for unit in found], question)
    kept = _kept(counts, order, budget)
    places = _places(kept)
    share = sum(counts[index] for index in kept) / max(1, sum(counts))
    texts = [_joined([found[index] for index in place]) for place in places]
    return Passages("\n\n…\n\n".join(texts), len(places), share, _best(found, order, question))


def _best(found: list[TextUnit], order: list[int], question: str) -> str:
    """The best unit, after the one before it when it leans on that."""
    at = order[0] if order else -1
    if at < 0 or not set(tokens(question)) & set(tokens(found[at].text)):
        return ""
    start = at - 1 if at and leans_back(found[at].text) else at
    return join(unit.text for unit in found[start : at + 1])


def units(text: str) -> list[TextUnit]:
    """The sentences and headings of a text in order, none longer than LONGEST_UNIT characters."""
    pattern = rf".{{1,{LONGEST_UNIT}}}(?:\s|$)|.{{1,{LONGEST_UNIT}}}"
    found: list[TextUnit] = []
    for number, block in enumerate(blocks(text)):
        for sentence in sentences(block.text):
            pieces = [sentence] if len(sentence) <= LONGEST_UNIT else re.findall(pattern, sentence)
            found += [TextUnit(piece.strip(), number) for piece in pieces if piece.strip()]
    return found


def _kept(counts: tuple[int, ...], order: list[int], budget: int) -> list[int]:
    """Indices of the best unit and its neighbours, of the opening, and of the next best."""
    kept: set[int] = set()
    left, places = budget, 0
    for index in order:
        if index in kept:
            continue
        if places == MOST_PLACES:
            break
        wanted = [index, index - 1, index + 1]
        for near in [*wanted, 0, 1] if places == 0 else wanted:
            if 0 <= near < len(counts) and near not in kept and counts[near] <= left:
                kept.add(near)
                left -= counts[near]
        places += 1
    return sorted(kept)


def _places(kept: list[int]) -> list[list[int]]:
    """Runs of neighbouring indices."""
    runs: list[list[int]] = []
    for index in kept:
        if runs and index == runs[-1][-1] + 1:
            runs[-1].append(index)
        else:
            runs.append([index])
    return runs


def _joined(place: list[TextUnit]) -> str:
    """The units of one place, paragraphs apart."""
    paragraphs = [
        join(unit.text for unit in group)
        for _, group in groupby(place, key=lambda unit: unit.block)
    ]
    return "\n\n".join(paragraphs)


def ranking(found: list[str], question: str) -> list[int]:
    """Indices of units, the best match for the question first; ties in document order."""
    own = [tokens(unit) for unit in found]
    near = [
        [token for entry in own[max(0, i - 1) : i + 2] for token in entry] for i in range(len(own))
    ]
    asked = tokens(question)
    alone, together = _scores(own, asked), _scores(near, asked)
    wanted = _NUMBER_ASKED.search(question) is not None

    def score(index: int) -> float:
        bonus = _NUMBER_BONUS if wanted and _NUMBER.search(found[index]) else 1.0
        heading = 1.0 if ends_sentence(found[index]) else 0.5
        return bonus * heading * (alone[index] + _WINDOW_WEIGHT * together[index])

    return sorted(range(len(found)), key=lambda index: (-score(index), index))


def _scores(corpus: list[list[str]], asked: list[str]) -> list[float]:
    """BM25 of every entry (Robertson and Zaragoza 2009, as in bm25s)."""
    import bm25s

    present = {token for entry in corpus for token in entry}
    known = [token for token in asked if token in present]
    if not known:
        return [0.0] * len(corpus)
    retriever = bm25s.BM25()
    retriever.index(corpus, show_progress=False)
    return [float(score) for score in retriever.get_scores(known)]


def tokens(text: str) -> list[str]:
    """What BM25 compares: stems of lower-case words, and pairs of neighbouring CJK characters."""
    plain = [word for word in words(text.lower()) if not re.match(f"[{CJK}]", word)]
    found = [_stem(word) for word in plain if word not in _EMPTY]
    for run in re.findall(f"[{CJK}]+", text):
        pairs = [run[i : i + 2] for i in range(len(run) - 1)] or [run]
        found += [pair for pair in pairs if pair not in _EMPTY]
    return found


def _stem(word: str) -> str:
    """Forms of a word alike, roughly, in any language that ends its forms: "harvests" and
    "harvested", "piles" and "pile".
    """
    if not word.isalpha() or len(word) <= 3:
        return word
    for ending in ("'s", "ing", "ed", "es", "en", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            return word[: -len(ending)]
    return word


_EMPTY = frozenset(
    re.findall(
        r"\w+",
        """
        the a an of to in on at for by with and or is are was were be been do doe did what which
        who whom when where why how that this it its as from about tell me you i they there does
        has have had will may can much many 什么 是什 怎么 多少 哪里 为什 这个 那个 的是
        哪一 一年 年的
        """,
    )
)
