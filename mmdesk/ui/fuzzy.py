"""Fuzzy matching of what is typed with titles: the letters in their order, with gaps."""

from __future__ import annotations

from functools import cache

_WORD_START = 8.0  # for a letter that begins a word
_CONSECUTIVE = 5.0  # for a letter right after the one before it
_FARTHEST = 3.0  # is lost by a gap, however wide
_MAX_LETTERS = 24  # of a word that are compared, and four times as many of a title
_NEVER = float("-inf")


def fuzzy_score(query: str, title: str) -> float | None:
    """Return how well a title matches, higher is better; None where it does not.

    Every word of the query has to be in the title, its letters in their order. Letters that begin
    a word or follow each other count more; gaps and long titles count less. Case is ignored.
    """
    text = title.casefold()
    total = -len(text) / 100
    for word in query.casefold().split():
        if not _is_subsequence(word, text):
            return None
        total += _best_alignment(word[:_MAX_LETTERS], text[: 4 * _MAX_LETTERS])
    return total


def _is_subsequence(word: str, text: str) -> bool:
    at = -1
    for letter in word:
        at = text.find(letter, at + 1)
        if at < 0:
            return False
    return True


def _best_alignment(word: str, text: str) -> float:
    """Return the score of the best places for the letters of a word."""

    @cache
    def best(at_letter: int, start: int) -> float:
        if at_letter == len(word):
            return 0.0
        found, place = _NEVER, text.find(word[at_letter], start)
        while place >= 0:
            score = _letter_score(text, place, start, first=at_letter == 0)
            found = max(found, score + best(at_letter + 1, place + 1))
            place = text.find(word[at_letter], place + 1)
        return found

    score = best(0, 0)
    return 0.0 if score == _NEVER else score  # the rest lies beyond what is compared


def _letter_score(text: str, place: int, start: int, *, first: bool) -> float:
    if place == 0 or not text[place - 1].isalnum():
        return _WORD_START
    if place == start and not first:
        return _CONSECUTIVE
    return -min(_FARTHEST, (place - start) / 4)
