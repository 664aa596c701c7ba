"""Sentences of documents and answers with their places in the text.

`text.sentences` and `text.blocks` give sentences without the line ends inside them; a citation
needs to know where they stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mmdesk.text import ends_sentence, sentences

MAX_CHARACTERS = 600  # of one span; a line without sentence ends is cut here
_WRAPPED = 40  # characters of a line that may go on in the next one
_ITEM = re.compile(r"\s*(?:[-*+•#>|]|\d+[.)]\s)")
_LIST_MARK = re.compile(r"\s*(?:[-*+•>]|\d+[.)])\s+")
_ROW = re.compile(r" \| |\t\S|\|.*\|")
_FENCE = re.compile(r"\s*(?:```|~~~)")
_HEADING = re.compile(r"\s*#{1,6}\s")
_MARKUP = re.compile(r"[*_`~]")
_PIECE = re.compile(rf"\S.{{0,{MAX_CHARACTERS - 2}}}(?=\s|$)|\S{{1,{MAX_CHARACTERS}}}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class SentenceSpan:
    """Sentence, heading or row of a table in a text; `page` from 1, None without pages."""

    start: int
    end: int
    page: int | None = None


def document_spans(text: str, page_starts: Sequence[int] = ()) -> list[SentenceSpan]:
    """Return the sentences of a document in order; one may go over several lines.

    Args:
        text: of the document.
        page_starts: place in the text where each page begins; fewer than two are no pages.
    """
    bounds = [*page_starts[1:], len(text) + 1] if len(page_starts) > 1 else []
    page, found = 0, []
    for start, end in _paragraphs(text):
        for first, last in _sentences_in(text, start, end):
            while bounds and first >= bounds[page]:
                page += 1
            found.append(SentenceSpan(first, last, page + 1 if bounds else None))
    return found


def answer_spans(text: str) -> Iterator[SentenceSpan]:
    """Yield the sentences of an answer in Markdown: no headings, tables or code."""
    plain = _MARKUP.sub(" ", text)
    in_code, at = False, 0
    for line in text.splitlines(keepends=True):
        start, at = at, at + len(line)
        if _FENCE.match(line):
            in_code = not in_code
        elif not in_code and not _HEADING.match(line) and not _ROW.search(line):
            mark = _LIST_MARK.match(line)
            begin = start + (mark.end() if mark else 0)
            for first, last in _sentences_in(plain, begin, at):
                yield SentenceSpan(first, last)


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Yield stretches of lines that were only wrapped at a margin."""
    start, at, above = 0, 0, ""
    for line in text.splitlines(keepends=True):
        if at > start and not _goes_on(above, line):
            yield start, at
            start = at
        at += len(line)
        above = line.strip()
    if at > start:
        yield start, at


def _goes_on(above: str, line: str) -> bool:
    if len(above) < _WRAPPED or not line.strip() or _ITEM.match(line):
        return False
    return not (_ROW.search(above) or _ROW.search(line) or ends_sentence(above))


def _sentences_in(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield where the sentences of a paragraph begin and end, without blanks around them."""
    at = start
    for sentence in sentences(re.sub(r"\s", " ", text[start:end])):
        inner = sentence.strip()
        first = at + len(sentence) - len(sentence.lstrip())
        at += len(sentence)
        if len(inner) <= MAX_CHARACTERS:
            if inner:
                yield first, first + len(inner)
            continue
        for piece in _PIECE.finditer(inner):
            yield first + piece.start(), first + piece.end()
