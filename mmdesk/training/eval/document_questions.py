"""Evaluation of questions about documents: right, wrong, and refused where nothing is said.

The list is `tests/quality/documents/questions.txt`, the documents lie beside it. Half of the
documents are there to calibrate on ("tune"), the other half judges.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmdesk.errors import InputError

# An answer that says that the document does not say it, in mmdesk's words or a model's own.
_REFUSED = re.compile(
    r"\b(?:does not|doesn't|do not|did not|is not|isn't|are not|was not|not)\s+(?:say"
    r"|state|mention|specif"
    r"|provide|contain|give|include|know|available|explicitly|stated|mentioned|specified"
    r"|provided|given)"
    r"|\bno (?:information|mention)|\bunknown\b|steht nicht|steht das nicht|nicht "
    r"(?:erwähnt|angegeben|genannt)"
    r"|ne le dit pas|n'est pas (?:mentionné|précisé|indiqué)|ne (?:mentionne|précise|dit"
    r"|contient) pas"
    r"|没有(?:提到|提及|说明|写|明确|提供|给出|具体)|未(?:提及|提到|说明|注明|给出|提供)|无法(?:确定|得知)|不知道|没有[^。，]{0,12}信息",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class DocumentQuestion:
    """Question about a document.

    Attributes:
        document: name of the file.
        half: of the list that it belongs to.
        text: the question.
        right: regular expression of a right answer; "" where the document does not say it.
        near: the document says something of the same kind, but not this.
    """

    document: str
    half: str
    text: str
    right: str
    near: bool = False


@dataclass(frozen=True, slots=True)
class JudgedReply:
    """Answer to a question about a document, with its outcome."""

    question: DocumentQuestion
    text: str

    @property
    def is_refused(self) -> bool:
        """Return True where the answer says that the document does not say it."""
        return _REFUSED.search(self.text) is not None

    @property
    def is_right(self) -> bool:
        """Return True for the right answer, and for a refusal of an unanswerable question."""
        if not self.question.right:
            return self.is_refused
        found = re.search(self.question.right, self.text, re.IGNORECASE | re.DOTALL)
        return found is not None and not self.is_refused


def read_questions(folder: Path, half: str = "all") -> list[DocumentQuestion]:
    """Read the questions of one half.

    Raises:
        InputError: there is no list in the folder.
    """
    path = folder / "questions.txt"
    if not path.is_file():
        raise InputError("{name} does not exist.", name=str(path))
    found: list[DocumentQuestion] = []
    document = of_half = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("== "):
            _, document, of_half = line.split()
        elif line and not line.startswith("#"):
            text, answer = line.rsplit(" = ", 1)
            right = "" if answer.startswith("-") else answer
            found.append(DocumentQuestion(document, of_half, text, right, answer.endswith("~")))
    return [question for question in found if half in ("all", question.half)]


def shares(replies: Iterable[JudgedReply]) -> dict[str, Any]:
    """Return how many unanswerable and answerable questions were refused, and were right."""
    replies = list(replies)
    answerable = [reply for reply in replies if reply.question.right]
    unanswerable = [reply for reply in replies if not reply.question.right]
    near = [reply for reply in unanswerable if reply.question.near]
    return {
        "questions": len(replies),
        "unanswerable_refused": _share(unanswerable, lambda reply: reply.is_refused),
        "near_misses_refused": _share(near, lambda reply: reply.is_refused),
        "answerable_refused": _share(answerable, lambda reply: reply.is_refused),
        "answerable_right": _share(answerable, lambda reply: reply.is_right),
    }


def _share(replies: list[JudgedReply], counts: Any) -> dict[str, Any]:
    hits = sum(1 for reply in replies if counts(reply))
    return {"of": len(replies), "count": hits, "share": hits / len(replies) if replies else 0.0}
