"""Citations of summaries by the real model: do the linked passages have their names and numbers?

`python -m tests.quality.citations FILE…` summarises each document and prints, for every sentence
whose passages lack one of its names or numbers or that was not found, what is missing.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from mmdesk.engine.local import LocalEngine
from mmdesk.errors import InputError
from mmdesk.inputs import load_document
from mmdesk.tasks import summarise
from mmdesk.tasks.citing import numbers_in
from mmdesk.tasks.grounding import names_and_numbers
from mmdesk.tasks.sentence_spans import answer_spans
from mmdesk.values import Citation, Cited, DocumentInput, NeverCancelled, TextChunk

WORDS = 150


def summary_of(
    engine: LocalEngine, document: DocumentInput, words: int = WORDS
) -> tuple[str, tuple[Citation, ...]]:
    """Return a summary and its citations."""
    text, citations = "", ()
    for event in summarise(engine, document, NeverCancelled(), words=words):
        if isinstance(event, TextChunk):
            text += event.text
        elif isinstance(event, Cited):
            citations = event.citations
    return text, citations


def missing_details(sentence: str, passage: str) -> set[str]:
    """Return the names and numbers of a sentence that a passage lacks."""
    names = {name for name in names_and_numbers(sentence) if not any(map(str.isdigit, name))}
    lacking = {name for name in names if name not in passage.lower()}
    return lacking | (numbers_in(sentence) - numbers_in(passage))


def judge(
    document: DocumentInput, text: str, citations: Sequence[Citation]
) -> list[tuple[str, set[str]]]:
    """Return every sentence of a summary with what its passages lack; "" where it has none."""
    found = []
    for span in answer_spans(text):
        sentence = text[span.start : span.end]
        cited = [one for one in citations if one.start == span.start and one.is_found]
        passage = " ".join(document.text[one.passage_start : one.passage_end] for one in cited)
        found.append((sentence, missing_details(sentence, passage) if cited else {""}))
    return found


def main(paths: Sequence[str]) -> None:
    engine = LocalEngine()
    right = total = linked = 0
    for path in paths:
        try:
            document = load_document(Path(path))
        except InputError as problem:
            print(problem)
            continue
        text, citations = summary_of(engine, document)
        judged = judge(document, text, citations)
        print(f"{document.name}: {len(judged)} sentences")
        for sentence, lacking in judged:
            total += 1
            linked += lacking != {""}
            right += not lacking
            if lacking:
                print(f"   {'not found' if lacking == {''} else sorted(lacking)}: {sentence}")
    print(
        f"{right} of {total} sentences have all names and numbers in their passage; {linked} linked"
    )
    engine.close()


if __name__ == "__main__":
    main(sys.argv[1:])
