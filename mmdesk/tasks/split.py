"""Splitting a text into parts that the model can take, at paragraph and sentence ends."""

from __future__ import annotations

from collections.abc import Generator

from mmdesk.tasks.task_run import TaskRun
from mmdesk.text import blocks, sentences
from mmdesk.values import Event


def split_into_parts(
    job: TaskRun, text: str, most_tokens: int, at_least: int = 1
) -> Generator[Event, None, list[str]]:
    """Split a text into parts of about equal size, none above `most_tokens`.

    Paragraphs stay whole where they fit, then sentences, then stretches of characters. Nothing
    is left out. `at_least` asks for that many parts where the text has so many paragraphs.
    """
    pieces = yield from _fitting_pieces(job, text, most_tokens)
    total = sum(tokens for _, tokens in pieces)
    wanted = max(1, at_least, -(-total // most_tokens))
    return _pack(pieces, total / wanted, most_tokens)


def _fitting_pieces(
    job: TaskRun, text: str, most: int
) -> Generator[Event, None, list[tuple[str, int]]]:
    """Paragraphs, or what had to be made of them, with their tokens; a gap ends each."""
    paragraphs = [f"{block.text}\n\n" for block in blocks(text)]
    counts = yield from job.counted(tuple(paragraphs))
    pieces: list[tuple[str, int]] = []
    for paragraph, count in zip(paragraphs, counts, strict=True):
        if count <= most:
            pieces.append((paragraph, count))
        else:
            pieces += yield from _cut_paragraph(job, paragraph, most)
    return pieces


def _cut_paragraph(
    job: TaskRun, paragraph: str, most: int
) -> Generator[Event, None, list[tuple[str, int]]]:
    found = sentences(paragraph)
    counts = yield from job.counted(tuple(found))
    pieces: list[tuple[str, int]] = []
    for sentence, count in zip(found, counts, strict=True):
        if count <= most:
            pieces.append((sentence, count))
        else:
            pieces += yield from _cut_sentence(job, sentence, count, most)
    return pieces


def _cut_sentence(
    job: TaskRun, sentence: str, count: int, most: int
) -> Generator[Event, None, list[tuple[str, int]]]:
    """Cut what has no sentence ends (tables, base64, a run of one character) by length."""
    step = max(1, len(sentence) * most // (count + 1) * 3 // 4)
    slices = _slices(sentence, step)
    counts = yield from job.counted(tuple(slices))
    pieces: list[tuple[str, int]] = []
    for piece, tokens in zip(slices, counts, strict=True):
        if tokens <= most or len(piece) == 1:
            pieces.append((piece, tokens))
        else:
            pieces += yield from _cut_sentence(job, piece, tokens, most)
    return pieces


def _slices(text: str, step: int) -> list[str]:
    """Stretches of at most `step` characters; a word is cut only if it fills half of one."""
    slices, start = [], 0
    while start < len(text):
        end = start + step
        if end < len(text):
            space = text.rfind(" ", start + step // 2, end)
            end = space + 1 if space >= 0 else end
        slices.append(text[start:end])
        start = end
    return slices


def _pack(pieces: list[tuple[str, int]], goal: float, most: int) -> list[str]:
    """Fill parts in order; a part is closed where that lands nearest to `goal`."""
    parts: list[str] = []
    current, size = "", 0
    for piece, tokens in pieces:
        if current and (size + tokens / 2 > goal or size + tokens > most):
            parts.append(current.strip())
            current, size = "", 0
        current += piece
        size += tokens
    if current.strip():
        parts.append(current.strip())
    return parts
