"""Choosing what of a long document a question is about, when the whole does not fit.

BM25 over passages of a few paragraphs; Chinese, Japanese and Korean are compared by pairs of
characters, everything else by whole words.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import dataclass

from mmdesk.messages import Event
from mmdesk.tasks.job import Job
from mmdesk.tasks.parts import split_into_parts
from mmdesk.tasks.text import CJK, words

PASSAGE_TOKENS = 150  # two that match and the opening fit what answer() allows


@dataclass(frozen=True, slots=True)
class Choice:
    """The chosen passages as one text, in the document's order, and how much of it they are."""

    text: str
    chosen: int
    of: int
    share: float


def choose(job: Job, text: str, question: str, budget: int) -> Generator[Event, None, Choice]:
    """Take the passages that answer `question` best, up to `budget` tokens.

    The opening passage comes along where there is room: it says what the document is.
    """
    passages = yield from split_into_parts(job, text, min(PASSAGE_TOKENS, max(32, budget)))
    counts = yield from job.counted(tuple(f"{passage}\n\n…\n\n" for passage in passages))
    kept: set[int] = set()
    left = budget
    order = ranking(passages, question)
    for index in [*order[:1], 0, *order[1:]]:
        if index not in kept and counts[index] <= left:
            kept.add(index)
            left -= counts[index]
    chosen = sorted(kept)
    share = sum(counts[index] for index in chosen) / max(1, sum(counts))
    return Choice(_joined(passages, chosen), len(chosen), len(passages), share)


def _joined(passages: list[str], chosen: list[int]) -> str:
    """Passages in order; "…" stands where something was left out between them."""
    joined = ""
    for before, index in zip([None, *chosen], chosen, strict=False):
        if before is None:
            joined = passages[index]
        else:
            joined += ("\n\n" if index == before + 1 else "\n\n…\n\n") + passages[index]
    return joined


def ranking(passages: list[str], question: str) -> list[int]:
    """Indices of passages, the best match for the question first; ties in document order."""
    import bm25s

    corpus = [tokens(passage) for passage in passages]
    asked = [token for token in tokens(question) if any(token in entry for entry in corpus)]
    if not asked:
        return list(range(len(passages)))
    retriever = bm25s.BM25()
    retriever.index(corpus, show_progress=False)
    scores = retriever.get_scores(asked)
    return sorted(range(len(passages)), key=lambda index: (-float(scores[index]), index))


def tokens(text: str) -> list[str]:
    """What BM25 compares: lower-case words, and pairs of neighbouring CJK characters."""
    found = [_stem(word) for word in words(text.lower()) if not re.match(f"[{CJK}]", word)]
    for run in re.findall(f"[{CJK}]+", text):
        found += [run[i : i + 2] for i in range(len(run) - 1)] or [run]
    return [token for token in found if token not in _EMPTY]


def _stem(word: str) -> str:
    """Plural and singular alike; more would need a stemmer for every language."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


_EMPTY = frozenset(
    re.findall(
        r"\w+",
        """
        the a an of to in on at for by with and or is are was were be been do doe did what which
        who whom when where why how that this it its as from about tell me you i they there does
        has have 什么 是什 怎么 多少 哪里 为什 这个 那个 的是
        """,
    )
)
