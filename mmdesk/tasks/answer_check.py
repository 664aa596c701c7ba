"""Check of an answer against the documents it was asked about.

Asked what a document does not say, the small model invents a price, a name or an address. What can
be looked up is looked up: numbers, e-mail and web addresses, and names of two words or after a
title. A number may have been counted or calculated, so this only tells what to check.
"""

from __future__ import annotations

import re

from mmdesk.tasks.wishes import NUMBER_WORDS
from mmdesk.text import detect

MAX_QUESTION_CHARACTERS = 240  # a longer text is a task rather than a question
MAX_ANSWER_CHARACTERS = 400
MAX_DETAILS = 3
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|https?://[^\s)>\]]+")
_NUMBER = re.compile(r"\d+(?:[.,'’ \u00a0\u202f]\d{3}(?!\d))*(?:[.,]\d+)?")
_WITH_UNIT = rf"(?:[$€£¥]\s?)?{_NUMBER.pattern}(?:\s?[$€£¥%])?"
_TITLED = re.compile(
    r"\b(?:Mr|Mrs|Ms|Miss|Dr|Prof|Herr|Frau|Monsieur|Madame|Mme|Señora?|Sra?|Signora?)\.?\s+"
    r"((?:[A-ZÀ-Ý][\w'’-]+\s?)+)"
)
_FULL_NAME = re.compile(r"\b[A-ZÀ-Ý][a-zß-ÿ'’-]+(?: [A-ZÀ-Ý]\.)?(?: [A-ZÀ-Ý][a-zß-ÿ'’-]+)+\b")
_QUESTION = re.compile(
    r"[?？؟]\s*$|^\W*(?:who|whom|when|where|which|what|how|wer|wann|wo|wie|welche|was|qui|quand|où"
    r"|combien|quel|quién|cuándo|dónde|cuánto|cuál|qué|chi|quando|dove|quanto|quale)\b|谁|哪|多少|何时|什么时候",
    re.IGNORECASE,
)
_COUNTING = re.compile(
    r"\b(?:how many|how often|wie viele|combien de|cuánt[oa]s|quant[ie])\b|几|多少个", re.IGNORECASE
)
_SMALL = 10  # a number that may have been counted


def unknown_details(answer: str, question: str, texts: tuple[str, ...]) -> list[str]:
    """Return what a short answer says that neither the documents nor the question say.

    Args:
        answer: the model's.
        question: the user's.
        texts: of the documents and of the turns before, all of them.
    """
    if not _QUESTION.search(question) or len(question) > MAX_QUESTION_CHARACTERS:
        return []
    if len(answer) > MAX_ANSWER_CHARACTERS:
        return []
    known = _plain(" ".join((*texts, question)))
    found = [text for text in _ADDRESS.findall(answer) if _plain(text) not in known]
    rest = _ADDRESS.sub(" ", answer)
    found += _unknown_numbers(rest, known, bool(_COUNTING.search(question)))
    found += _unknown_names(rest, known)
    return list(dict.fromkeys(found))[:MAX_DETAILS]


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.casefold())


def _digits(number: str) -> str:
    return re.sub(r"\D", "", number).lstrip("0")


def _unknown_numbers(answer: str, known: str, counting: bool) -> list[str]:
    there = {_digits(number) for number in _NUMBER.findall(known)}
    there |= {part for number in _NUMBER.findall(known) for part in re.findall(r"[1-9]\d*", number)}
    there |= {str(value) for word, value in NUMBER_WORDS.items() if word in known}
    found: list[str] = []
    for match in re.finditer(_WITH_UNIT, answer):
        digits = _digits(match[0])
        parts = re.findall(r"[1-9]\d*", match[0])
        if not digits or digits in there or (parts and all(part in there for part in parts)):
            continue
        if not (counting and int(digits) <= _SMALL):
            found.append(match[0].strip(" .,"))
    return found


def _unknown_names(answer: str, known: str) -> list[str]:
    """Return names of which no word is known; in German every noun looks like one."""
    names = [match[1].strip() for match in _TITLED.finditer(answer)]
    if detect(answer).code != "de":
        names += _FULL_NAME.findall(answer)
    return [name for name in names if not any(word in known for word in _plain(name).split())]
