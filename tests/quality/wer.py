"""Word error rate: edits from the reference to the hypothesis, per word of the reference.

Two correct spellings of the same are no error: capitals, punctuation, digits or words for a number,
"*" or "star", "I'm" or "I am", compounds in one word or two. Everything else is one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

_ONES = re.findall(
    r"\w+",
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen",
)
_TENS = re.findall(r"\w+", "twenty thirty forty fifty sixty seventy eighty ninety")
_VALUES = {word: at for at, word in enumerate(_ONES)}
_VALUES |= {word: 10 * at for at, word in enumerate(_TENS, 2)}
_SIGNS = (("*", " star "), ("#", " pound "), ("%", " percent "), ("&", " and "))
_CONTRACTIONS = (
    (r"\bcan't\b", "can not"), (r"\bcannot\b", "can not"), (r"n't\b", " not"), (r"'m\b", " am"),
    (r"'re\b", " are"), (r"'ve\b", " have"), (r"'ll\b", " will"),
    (r"\b(it|that|there|here|what)'s\b", r"\1 is"), (r"\byou'd\b", "you would"),
)  # fmt: skip
_SPELLINGS = {"thru": "through", "okay": "ok", "dialled": "dialed", "hangup": "hang up"}


def word_errors(reference: str, hypothesis: str) -> int:
    """Count the words that are substituted, deleted or inserted.

    Two words that are written as one count as right.
    """
    one, other = words(reference), words(hypothesis)
    return _distance(one, _spaced_as(one, other))


def words(text: str) -> list[str]:
    """Return the normalised words of a text."""
    text = text.lower().replace("\u2019", "'")
    for sign, word in _SIGNS:
        text = text.replace(sign, word)
    for short, long in _CONTRACTIONS:
        text = re.sub(short, long, text)
    text = re.sub(r"(?<=\d)[,](?=\d{3})", "", text).replace("-", " ")
    found = [
        _SPELLINGS.get(word, word) for word in re.findall(r"[a-z0-9']+", text.replace(".", " "))
    ]
    return _numbers([word.strip("'") for word in found if word.strip("'")])


def _numbers(found: list[str]) -> list[str]:
    """Turn number words into digits: "five hundred" -> "500", "one two" -> "1", "2"."""
    done: list[str] = []
    value: int | None = None
    for word in [*found, ""]:
        if word == "hundred" and value is not None:
            value *= 100
        elif word in _VALUES and value is not None and _continues(value, _VALUES[word]):
            value += _VALUES[word]
        else:
            if value is not None:
                done.append(str(value))
            value = _VALUES.get(word)
            if value is None and word:
                done.append(word)
    return [digit for word in done for digit in _digits(word)]


def _continues(value: int, more: int) -> bool:
    return (value >= 20 and value % 10 == 0 and 0 < more < 10) or (value >= 100 and more < 100)


def _digits(word: str) -> list[str]:
    """Split a number into digits, since a dialled number may be read digit by digit."""
    return list(word) if word.isdigit() else [word]


def _spaced_as(one: Sequence[str], other: list[str]) -> list[str]:
    """Return `other` with the spaces of `one`: "voice mail" for "voicemail" and vice versa."""
    joined = {word for word in one if len(word) > 3}
    pairs = {a + b: (a, b) for a, b in pairwise(one) if len(a + b) > 3}
    done: list[str] = []
    for word in other:
        if done and done[-1] + word in joined and done[-1] not in joined:
            done[-1] += word
        elif word in pairs and word not in joined:
            done += pairs[word]
        else:
            done.append(word)
    return done


def _distance(one: Sequence[str], other: Sequence[str]) -> int:
    """Return the Levenshtein distance."""
    row = list(range(len(other) + 1))
    for at, word in enumerate(one, 1):
        before, row[0] = row[0], at
        for column, found in enumerate(other, 1):
            change = before + (word != found)
            before, row[column] = row[column], min(row[column] + 1, row[column - 1] + 1, change)
    return row[-1]
