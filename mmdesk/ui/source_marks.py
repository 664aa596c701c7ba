"""Small numbers of sources behind the sentences of an answer.

A number enters the Markdown as one character of the private use area, after a narrow space, and is
drawn when the text is in the document: nothing that a model writes is taken for it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtGui import QTextCharFormat, QTextCursor, QTextDocument

from mmdesk.ui import theme
from mmdesk.ui.i18n import sentences, tr, translated
from mmdesk.ui.plain_text import plain_tooltip
from mmdesk.values import Citation, citation_marks, cited_sources, source_name

_FIRST, _LAST = 0xE200, 0xF8FF
MAX_MARKS = _LAST - _FIRST
_SPACE = "\u202f"  # emphasis may end before a space, and no line breaks here
_TARGET = re.compile(r"#source-(\d+)")


@dataclass(frozen=True, slots=True)
class SourceMark:
    """Number of a source at a place of the text; 0 for a sentence that was not found."""

    place: int
    number: int
    tip: str

    @property
    def label(self) -> str:
        """The text that is shown."""
        return f"[{self.number}]" if self.number else "[?]"


def marks_of(text: str, citations: Sequence[Citation]) -> list[SourceMark]:
    """Return the marks of an answer, in order."""
    sources = cited_sources(citations)
    marks = []
    for place, numbers in citation_marks(text, citations):
        for number in numbers or (0,):
            tip = source_tip(sources[number - 1]) if number else tr("Not found in the document")
            marks.append(SourceMark(place, number, tip))
    return marks[:MAX_MARKS]


def source_tip(source: Citation) -> str:
    """Return the name and the text of a passage."""
    quote = " ".join(source.quote.split())
    return sentences(translated(source_name(source)), f"“{quote}”")


def source_number(address: str) -> int:
    """Return the number of the source that a link leads to; 0 for another link."""
    target = _TARGET.fullmatch(address)
    return int(target[1]) if target else 0


def with_placeholders(piece: str, offset: int, marks: Sequence[SourceMark]) -> str:
    """Return a piece of the text, which begins at `offset`, with a character for each mark."""
    parts, done = [], 0
    for index, mark in enumerate(marks):
        at = mark.place - offset
        if not 0 < at <= len(piece):
            continue
        parts += [piece[done:at], _SPACE if at > done else "", chr(_FIRST + index)]
        done = at
    return "".join([*parts, piece[done:]])


def draw_marks(document: QTextDocument, marks: Sequence[SourceMark]) -> None:
    """Show the marks where their characters are in a document."""
    for index, mark in enumerate(marks):
        cursor = document.find(chr(_FIRST + index))
        if not cursor.isNull():
            cursor.insertText(mark.label, _format(mark, cursor))


def _format(mark: SourceMark, cursor: QTextCursor) -> QTextCharFormat:
    tokens = theme.current()
    shown = QTextCharFormat(cursor.charFormat())
    shown.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignSuperScript)
    shown.setFontWeight(400)
    shown.setToolTip(plain_tooltip(str(mark.tip)))
    shown.setForeground(theme.colour(tokens.accent if mark.number else tokens.muted))
    if mark.number:
        shown.setAnchor(True)
        shown.setAnchorHref(f"#source-{mark.number}")
    return shown
