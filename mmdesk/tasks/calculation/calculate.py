"""Calculator for questions: the result of a question that is certainly a computation.

A small language model guesses results. Here each kind of question has patterns that must match the
whole question; what they do not match is no computation, and nothing is calculated. Nothing of a
question is ever executed: expressions go through `expression.evaluate`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import datetime

MAX_CHARACTERS = 300  # a longer text is more than one computation
_HINT = re.compile(
    r"\d|\b(?:letter|word|vowel|alphabet|spell|backwards?|today|tomorrow|yesterday|times|plus|minus"
    r"|divided|square|sort|time is it|how many)|[几幾多少]|字母|排序|今天|明天|昨天|加|减|乘|除",
    re.IGNORECASE,
)
_POLITE_BEGINNING = re.compile(
    r"^(?:(?:hi|hello|hey|ok|okay|so|and|now|please|quick(?:ly)?(?: question)?|tell me|let"
    r" me know)\b"
    r"[,:!.]?\s*|(?:can|could|would|will) you (?:please |quickly )?(?:tell me\s*)?"
    r"|(?:请问|请你?|帮我|麻烦你?|你好)[，,！!：:]?\s*)+",
    re.IGNORECASE,
)
_POLITE_END = re.compile(
    r"(?:,?\s*(?:please|thanks|thank you)|[，,]?\s*(?:谢谢|呢|呀|啊))+$", re.IGNORECASE
)


def calculate(question: str, now: datetime) -> str | None:
    """Return the computation that a question asks for with its result; None where it asks for none.

    Args:
        question: as the user wrote it.
        now: local time, for "today" and "in three weeks".

    Returns:
        One line such as "14:50 + 2 h 35 min = 17:25".
    """
    if len(question) > MAX_CHARACTERS or not _HINT.search(question):
        return None
    text = _normalised(question)
    return next((result for kind in _kinds(now) if (result := kind(text)) is not None), None)


def _kinds(now: datetime) -> tuple[Callable[[str], str | None], ...]:
    """Return the calculators, imported late: their patterns take 0.2 s to compile."""
    from mmdesk.tasks.calculation.arithmetic import arithmetic_result
    from mmdesk.tasks.calculation.dates import date_result
    from mmdesk.tasks.calculation.letters import letter_result
    from mmdesk.tasks.calculation.lists import list_result
    from mmdesk.tasks.calculation.times import time_result
    from mmdesk.tasks.calculation.units import unit_result

    return (
        letter_result,
        list_result,
        lambda text: date_result(text, now),
        time_result,
        unit_result,
        arithmetic_result,
    )


def _normalised(question: str) -> str:
    """Return a question in one line, without greetings and marks at the end.

    Full-width letters and digits become plain ones.
    """
    folded = "".join(
        unicodedata.normalize("NFKC", character) if "！" <= character <= "～" else character
        for character in question
    )
    text = " ".join(folded.replace("’", "'").split())
    text = _POLITE_BEGINNING.sub("", text)
    text = (
        re.sub(r"[\s?!.。？！]+$", "", text)
        if not re.search(r"\d!\W*$", text)
        else text.rstrip(" ?.")
    )
    return _POLITE_END.sub("", text).strip()
