"""Retrieval of the passages of a long document that match a question (BM25).

The built-in model finds a fact in a few sentences and loses it in a page. So single sentences are
ranked (BM25 of the sentence and, at half the weight, of the sentence with its neighbours), and the
best few are taken with their neighbours, after the document's opening. Chinese, Japanese and Korean
are compared by pairs of characters, everything else by the stems of words.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from mmdesk.tasks import prompts
from mmdesk.tasks.grounding import needs_context
from mmdesk.tasks.table_rows import row_texts, split_tables
from mmdesk.tasks.task_run import TaskRun
from mmdesk.text import CJK, SYLLABIC, blocks, ends_sentence, join, sentences, words
from mmdesk.values import Event, split_pages

MAX_PASSAGES = 3  # of all documents, in one prompt
MAX_UNIT_CHARACTERS = 400  # text without sentence ends is cut here
_WINDOW_WEIGHT = 0.5
_NUMBER_QUESTION = re.compile(
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
    """Passages of a document that match a question.

    Attributes:
        text: all passages, in the document's order.
        count: how many passages.
        share: of the document's tokens, 0..1.
        best_sentence: that matches the question best; "" where none does.
    """

    text: str
    count: int
    share: float
    best_sentence: str


@dataclass(frozen=True, slots=True)
class TextUnit:
    """Sentence or heading, with the number of its paragraph, and of its page where it is known."""

    text: str
    block: int
    page: int | None = None


def choose_passages(
    run: TaskRun, text: str, question: str, budget: int, page_starts: Sequence[int] = ()
) -> Generator[Event, None, Passages]:
    """Choose the sentences that match a question best, with their neighbours.

    The opening is added where the budget allows: it says what the document is.

    Args:
        run: of the task.
        text: of the document.
        question: as text.
        budget: tokens for all passages.
        page_starts: place in the text where each page begins; a passage then says its page.
    """
    found = _units_of_pages(text, page_starts) if len(page_starts) > 1 else split_units(text)
    counts = yield from run.count_tokens(tuple(f"{unit.text}\n\n" for unit in found))
    order = rank_units([unit.text for unit in found], question)
    selected = _select_units(counts, order, budget)
    passages = _group_neighbours(selected)
    texts = [_join_units([found[index] for index in passage]) for passage in passages]
    return Passages(
        text="\n\n…\n\n".join(texts),
        count=len(passages),
        share=sum(counts[index] for index in selected) / max(1, sum(counts)),
        best_sentence=_best_sentence(found, order, question),
    )


def _best_sentence(found: list[TextUnit], order: list[int], question: str) -> str:
    """Return the best unit, with the one before it where it needs that as context."""
    at = order[0] if order else -1
    if at < 0 or not set(bm25_terms(question)) & set(bm25_terms(found[at].text)):
        return ""
    start = at - 1 if at and needs_context(found[at].text) else at
    return join(unit.text for unit in found[start : at + 1])


def split_units(text: str) -> list[TextUnit]:
    """Split a text into sentences, rows of tables and headings of at most MAX_UNIT_CHARACTERS."""
    pattern = rf".{{1,{MAX_UNIT_CHARACTERS}}}(?:\s|$)|.{{1,{MAX_UNIT_CHARACTERS}}}"
    found: list[TextUnit] = []
    for number, lines in enumerate(_paragraphs(text)):
        for line in lines:
            is_short = len(line) <= MAX_UNIT_CHARACTERS
            pieces = [line] if is_short else re.findall(pattern, line)
            found += [TextUnit(piece.strip(), number) for piece in pieces if piece.strip()]
    return found


def _paragraphs(text: str) -> Iterator[list[str]]:
    """Yield the sentences of each paragraph; each row of a table is one, with its header."""
    for section in split_tables(text):
        if section.table is not None:
            yield from ([row] for row in row_texts(section.table))
        else:
            yield from (sentences(block.text) for block in blocks(section.text))


def _units_of_pages(text: str, page_starts: Sequence[int]) -> list[TextUnit]:
    found: list[TextUnit] = []
    for page, page_text in enumerate(split_pages(text, page_starts), 1):
        first = found[-1].block + 1 if found else 0
        found += [TextUnit(u.text, first + u.block, page) for u in split_units(page_text)]
    return found


def _select_units(counts: tuple[int, ...], order: list[int], budget: int) -> list[int]:
    """Return the indices of the best unit with neighbours, the opening, and the next best ones.

    Args:
        counts: tokens of each unit.
        order: indices, best first.
        budget: tokens of all selected units.
    """
    selected: set[int] = set()
    left, passages = budget, 0
    for index in order:
        if index in selected:
            continue
        if passages == MAX_PASSAGES:
            break
        neighbours = [index, index - 1, index + 1]
        for near in [*neighbours, 0, 1] if passages == 0 else neighbours:
            if 0 <= near < len(counts) and near not in selected and counts[near] <= left:
                selected.add(near)
                left -= counts[near]
        passages += 1
    return sorted(selected)


def _group_neighbours(selected: list[int]) -> list[list[int]]:
    """Group sorted indices that follow one another."""
    groups: list[list[int]] = []
    for index in selected:
        if groups and index == groups[-1][-1] + 1:
            groups[-1].append(index)
        else:
            groups.append([index])
    return groups


def _join_units(passage: list[TextUnit]) -> str:
    """Join the units of one passage, paragraphs apart, pages with their numbers."""
    pages = []
    for page, units in groupby(passage, key=lambda unit: unit.page):
        paragraphs = groupby(units, key=lambda unit: unit.block)
        text = "\n\n".join(join(unit.text for unit in group) for _, group in paragraphs)
        pages.append(text if page is None else prompts.page_of_document(page, text))
    return "\n\n".join(pages)


def rank_units(found: list[str], question: str) -> list[int]:
    """Return indices of units, the best match for the question first; ties in document order."""
    own = [bm25_terms(unit) for unit in found]
    windows = [
        [token for entry in own[max(0, i - 1) : i + 2] for token in entry] for i in range(len(own))
    ]
    query = bm25_terms(question)
    sentence_scores, window_scores = _bm25_scores(own, query), _bm25_scores(windows, query)
    asks_number = _NUMBER_QUESTION.search(question) is not None

    def score(index: int) -> float:
        bonus = _NUMBER_BONUS if asks_number and _NUMBER.search(found[index]) else 1.0
        heading = 1.0 if ends_sentence(found[index]) else 0.5
        return bonus * heading * (sentence_scores[index] + _WINDOW_WEIGHT * window_scores[index])

    return sorted(range(len(found)), key=lambda index: (-score(index), index))


def has_number_for(text: str, question: str) -> bool:
    """Return whether one sentence with a number has all terms of a question for a number."""
    terms = set(bm25_terms(question))
    if not terms or not _NUMBER_QUESTION.search(question):
        return False
    units = (unit.text for unit in split_units(text))
    return any(_NUMBER.search(unit) and terms <= set(bm25_terms(unit)) for unit in units)


def _bm25_scores(corpus: list[list[str]], query: list[str]) -> list[float]:
    """Return the BM25 score of every entry (Robertson and Zaragoza 2009, as in bm25s)."""
    import bm25s

    present = {token for entry in corpus for token in entry}
    known = [token for token in query if token in present]
    if not known:
        return [0.0] * len(corpus)
    retriever = bm25s.BM25()
    retriever.index(corpus, show_progress=False)
    return [float(score) for score in retriever.get_scores(known)]


def bm25_terms(text: str) -> list[str]:
    """Return the terms for BM25: stems of lower-case words, and pairs of spaceless characters."""
    plain = [word for word in words(text.lower()) if not re.match(f"[{CJK}{SYLLABIC}]", word)]
    found = [_stem(word) for word in plain if word not in _STOP_WORDS]
    for run in re.findall(f"[{CJK}]+|[{SYLLABIC}]+", text):
        pairs = [run[i : i + 2] for i in range(len(run) - 1)] or [run]
        found += [pair for pair in pairs if pair not in _STOP_WORDS]
    return found


def _stem(word: str) -> str:
    """Return the rough stem of a word in any language that inflects by endings.

    "harvests" and "harvested" have the same one, as have "piles" and "pile".
    """
    if not word.isalpha() or len(word) <= 3:
        return word
    for ending in ("'s", "ing", "ed", "es", "en", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            return word[: -len(ending)]
    return word


_STOP_WORDS = frozenset(
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
