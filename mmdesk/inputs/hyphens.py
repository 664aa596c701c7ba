"""Words that were split at a line's end: joined, or left with the hyphen they are written with.

A line-end hyphen may be the author's own ("price-determining", "AX-42"). Deleted everywhere, it
makes words and part numbers that are not in the document.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

LINE_END_HYPHEN = "\x02"  # PDFium's mark, in the place of hyphen and line end
_SPLIT_NUMBER = re.compile(r"(?<=\w)-\n(?=\d)")
_LONGEST = 60  # characters of a word
_LAST_WORD = re.compile(rf"[\w-]{{1,{_LONGEST}}}\Z")
_FIRST_WORD = re.compile(rf"\s*(\w{{1,{_LONGEST}}})")
_WORDS = re.compile(r"\w+(?:-\w+)*")
_ENGLISH = re.compile(r"\b(?:the|of|and|to|is|in|that|for)\b", re.IGNORECASE)
_ENGLISH_SHARE = 0.1  # of the words; French and German have none of most, Dutch "is", "in", "of"
_COMMON = 1e-7  # frequency of a word; "coauthor" is rarer, "photosynthesis" is not


def join_split_words(text: str) -> str:
    """Join words that are split at a line's end; a hyphen of the author's own stays."""
    text = _SPLIT_NUMBER.sub("-", text)
    if LINE_END_HYPHEN not in text:
        return text
    words = _WORDS.findall(text)
    frequency = _english_frequency() if _is_english(words) else None
    known = set(words)
    first, *others = text.split(LINE_END_HYPHEN)
    pieces = [first]
    for piece in others:
        before = _LAST_WORD.search(pieces[-1][-_LONGEST:])
        after = _FIRST_WORD.match(piece)
        if before is None or after is None:
            pieces.append(piece)
            continue
        hyphen = "-" if _keeps_hyphen(before[0], after[1], known, frequency) else ""
        pieces[-1] += hyphen
        pieces.append(piece.lstrip())
    return "".join(pieces)


def _keeps_hyphen(
    left: str, right: str, known: set[str], frequency: Callable[[str], float] | None
) -> bool:
    """Return whether the hyphen between the halves of a word belongs to it.

    Args:
        left: from the word's beginning.
        right: to its end, from the next line.
        known: all words of the document that are not split.
        frequency: of English words; None for a text in another language. There a hyphen before a
            small letter is nearly always the line's.
    """
    if left[-1].isdigit() or not right[0].islower() or "-" in left:
        return True
    if f"{left}-{right}" in known or left + right in known:
        return f"{left}-{right}" in known
    if frequency is None or frequency(left + right) >= _COMMON:
        return False
    return frequency(left) > 0 and frequency(right) > 0


def _is_english(words: list[str]) -> bool:
    return sum(map(bool, map(_ENGLISH.fullmatch, words))) > _ENGLISH_SHARE * len(words)


@lru_cache(maxsize=1)
def _english_frequency() -> Callable[[str], float]:
    """Return the frequency of words by pyspellchecker's list, which is loaded in 0.2 s."""
    from spellchecker import SpellChecker

    checker: Any = SpellChecker(language="en")
    return lambda word: float(checker.word_usage_frequency(word.lower()))
