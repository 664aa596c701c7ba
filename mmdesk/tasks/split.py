"""Splitting of a text into parts that fit the model, at paragraph and sentence ends."""

from __future__ import annotations

from collections.abc import Generator

from mmdesk.tasks.table_rows import split_tables, table_chunks
from mmdesk.tasks.task_run import TaskRun
from mmdesk.text import blocks, sentences
from mmdesk.values import Event


def split_into_parts(
    run: TaskRun, text: str, max_tokens: int, at_least: int = 1
) -> Generator[Event, None, list[str]]:
    """Split a text into parts of about equal size.

    Paragraphs stay whole where they fit (of tables a few rows with the header), then sentences,
    then runs of characters. Nothing is left out.

    Args:
        run: of the task.
        text: the whole text.
        max_tokens: of one part.
        at_least: number of parts, where the text has so many paragraphs.
    """
    pieces = yield from _fitting_pieces(run, text, max_tokens)
    total = sum(tokens for _, tokens in pieces)
    count = max(1, at_least, -(-total // max_tokens))
    return _pack(pieces, total / count, max_tokens)


def _fitting_pieces(
    run: TaskRun, text: str, max_tokens: int
) -> Generator[Event, None, list[tuple[str, int]]]:
    """Return paragraphs, or pieces of them, with their token counts; a gap ends each."""
    paragraphs = [
        f"{paragraph}\n\n"
        for section in split_tables(text)
        for paragraph in (
            (block.text for block in blocks(section.text))
            if section.table is None
            else table_chunks(section.table)
        )
    ]
    counts = yield from run.count_tokens(tuple(paragraphs))
    pieces: list[tuple[str, int]] = []
    for paragraph, count in zip(paragraphs, counts, strict=True):
        if count <= max_tokens:
            pieces.append((paragraph, count))
        else:
            pieces += yield from _cut_paragraph(run, paragraph, max_tokens)
    return pieces


def _cut_paragraph(
    run: TaskRun, paragraph: str, max_tokens: int
) -> Generator[Event, None, list[tuple[str, int]]]:
    found = sentences(paragraph)
    counts = yield from run.count_tokens(tuple(found))
    pieces: list[tuple[str, int]] = []
    for sentence, count in zip(found, counts, strict=True):
        if count <= max_tokens:
            pieces.append((sentence, count))
        else:
            pieces += yield from _cut_sentence(run, sentence, count, max_tokens)
    return pieces


def _cut_sentence(
    run: TaskRun, sentence: str, count: int, max_tokens: int
) -> Generator[Event, None, list[tuple[str, int]]]:
    """Cut text without sentence ends (tables, base64, one repeated character) by length."""
    step = max(1, len(sentence) * max_tokens // (count + 1) * 3 // 4)
    slices = _slices(sentence, step)
    counts = yield from run.count_tokens(tuple(slices))
    pieces: list[tuple[str, int]] = []
    for piece, tokens in zip(slices, counts, strict=True):
        if tokens <= max_tokens or len(piece) == 1:
            pieces.append((piece, tokens))
        else:
            pieces += yield from _cut_sentence(run, piece, tokens, max_tokens)
    return pieces


def _slices(text: str, step: int) -> list[str]:
    """Cut a text after at most `step` characters; a word is cut only if it is half as long."""
    slices, start = [], 0
    while start < len(text):
        end = start + step
        if end < len(text):
            space = text.rfind(" ", start + step // 2, end)
            end = space + 1 if space >= 0 else end
        slices.append(text[start:end])
        start = end
    return slices


def _pack(pieces: list[tuple[str, int]], goal: float, max_tokens: int) -> list[str]:
    """Fill parts in order; each is closed where its size is nearest to `goal` tokens."""
    parts: list[str] = []
    current, size = "", 0
    for piece, tokens in pieces:
        if current and (size + tokens / 2 > goal or size + tokens > max_tokens):
            parts.append(current.strip())
            current, size = "", 0
        current += piece
        size += tokens
    if current.strip():
        parts.append(current.strip())
    return parts
