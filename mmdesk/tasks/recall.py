"""Recall of what the user said in messages that a summary stands in the place of.

A small model overlooks in a long system prompt what it was told, and answers that it knows nothing
about the user. What matches the question is put next to it, as with the passages of a document.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from mmdesk.text import CHINESE, SPACELESS, detect
from mmdesk.values import Turn

MOST = 2  # statements beside a question
_LINE = re.compile(r"^- User: (?P<said>.*?)(?: Assistant: .*)?$")
_WORD = re.compile(rf"[^\W\d_{SPACELESS}]{{4,}}|\d+")
_SPACELESS_PAIR = re.compile(f"(?=([{SPACELESS}]{{2}}))")
_STEM = 5  # letters that words of one family have in common
_COMMON = re.compile(
    r"what|when|where|which|whom|th(?:is|at|ese|ose|ey|em|en|eir|ere|an)|with|yours?|have|does|from"
    r"|about|[wcs]h?ould|will|please|tell|give|make|more|most|into|some|been|were|also|just|like"
    r"|want|need|know|many|much|other"
)
_SAID = "Earlier in our conversation I said: {said}\n\n{question}"
_SAID_CHINESE = "我在前面说过：{said}\n\n{question}"


def with_recalled(turns: tuple[Turn, ...], summary: str) -> tuple[Turn, ...]:
    """Put what the user stated earlier before the question that it matches.

    Args:
        turns: the conversation, the question last.
        summary: of the messages before `turns`, see tasks.compact; "" for none.
    """
    question = turns[-1].text
    said = matching_statements(question, summary)
    if not said:
        return turns
    template = _SAID_CHINESE if detect(question) == CHINESE else _SAID
    quoted = " ".join(f"“{statement}”" for statement in said)
    text = template.format(said=quoted, question=question)
    return (*turns[:-1], replace(turns[-1], text=text))


def matching_statements(question: str, summary: str) -> tuple[str, ...]:
    """Return the statements of a summary that have the rarest words of a question, in order."""
    found = filter(None, map(_LINE.match, summary.splitlines()))
    statements = [match["said"] for match in found if not match["said"].endswith(("?", "？"))]
    words = [_words(statement) for statement in statements]
    wanted = _words(question)
    scores = [
        sum(1 / sum(word in other for other in words) for word in wanted & own) for own in words
    ]
    best = sorted(range(len(scores)), key=lambda at: -scores[at])[:MOST]
    top = scores[best[0]] if best else 0.0
    return tuple(statements[at] for at in sorted(best) if scores[at] > 0 and scores[at] >= top / 2)


def _words(text: str) -> set[str]:
    lower = text.lower()
    pairs: Iterable[str] = _SPACELESS_PAIR.findall(lower)
    return {word[:_STEM] for word in _WORD.findall(lower) if not _COMMON.fullmatch(word)} | set(
        pairs
    )
