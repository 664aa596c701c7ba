"""Citations: the passages of documents that the sentences of an answer rest on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from mmdesk.translatable import TranslatableText

MAX_QUOTE = 400  # characters of a passage that are kept with its citation
_CLOSING_MARKUP = re.compile(r"[*_~`]+")


@dataclass(frozen=True, slots=True)
class Citation:
    """Passage of a document that a sentence of an answer rests on.

    Attributes:
        start: first character of the sentence in the answer's text.
        end: character after its last one.
        document: name of the document; "" where no passage supports the sentence.
        passage_start: first character of the passage in the document's text.
        passage_end: character after its last one.
        page: that the passage begins on, from 1; None where the document has no pages.
        quote: the passage; its first MAX_QUOTE characters where it is longer.
        path: of the document's file, where it is a file of a folder; "" for an attached document.
    """

    start: int = 0
    end: int = 0
    document: str = ""
    passage_start: int = 0
    passage_end: int = 0
    page: int | None = None
    quote: str = ""
    path: str = ""

    @property
    def is_found(self) -> bool:
        """True where a passage supports the sentence."""
        return bool(self.document)

    @property
    def passage(self) -> tuple[str, str, int, int]:
        """Key of the passage: two citations with the same key show the same passage."""
        return self.path, self.document, self.passage_start, self.passage_end


def merge_citations(known: Sequence[Citation], added: Sequence[Citation]) -> tuple[Citation, ...]:
    """Return citations in order; those that are added replace those of the same sentences."""
    spans = [(citation.start, citation.end) for citation in added]
    kept = [
        old for old in known if not any(old.start < end and start < old.end for start, end in spans)
    ]
    return tuple(sorted((*kept, *added), key=lambda citation: citation.start))


def cited_sources(citations: Iterable[Citation]) -> tuple[Citation, ...]:
    """Return one citation of each passage, in the order of the answer; the first is number 1."""
    found: dict[tuple[str, str, int, int], Citation] = {}
    for citation in citations:
        if citation.is_found:
            found.setdefault(citation.passage, citation)
    return tuple(found.values())


def source_name(citation: Citation) -> str:
    """Return the document and the page of a passage, e.g. "report.pdf, page 3"."""
    if citation.page is None:
        return citation.document
    return TranslatableText(
        "{document}, page {page}", document=citation.document, page=citation.page
    )


def citation_marks(text: str, citations: Sequence[Citation]) -> list[tuple[int, tuple[int, ...]]]:
    """Return where the numbers of sources belong in an answer.

    Returns:
        Places in the text, in order, each with its numbers; no numbers where the sentence was not
        found in the documents.
    """
    numbers = {source.passage: n for n, source in enumerate(cited_sources(citations), 1)}
    marks: dict[int, tuple[int, ...]] = {}
    for citation in citations:
        if not 0 <= citation.start < citation.end <= len(text):
            continue
        markup = _CLOSING_MARKUP.match(text, citation.end)
        at = markup.end() if markup else citation.end
        number = numbers.get(citation.passage) if citation.is_found else None
        marks[at] = (*marks.get(at, ()), *([] if number is None else [number]))
    return sorted(marks.items())


def with_marks(
    text: str, citations: Sequence[Citation], mark: Callable[[tuple[int, ...]], str]
) -> str:
    """Return an answer with what `mark` makes of the numbers after each cited sentence."""
    parts, done = [], 0
    for at, numbers in citation_marks(text, citations):
        parts += [text[done:at], mark(numbers)]
        done = at
    return "".join([*parts, text[done:]])


def plain_mark(numbers: tuple[int, ...]) -> str:
    """Return numbers of sources in brackets, e.g. " [1][2]"; "" without any."""
    return " " + "".join(f"[{number}]" for number in numbers) if numbers else ""
