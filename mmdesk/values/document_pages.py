"""Pages of a document: joined into one text, taken apart again, and named in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from mmdesk.translatable import TranslatableText

_SEPARATOR = "\n\n"


def join_pages(pages: Sequence[str]) -> tuple[str, tuple[int, ...]]:
    """Return the text of all pages, an empty line between them, and where each page begins.

    A page without text begins where the next one does.
    """
    text = ""
    starts = []
    for page in pages:
        if text and page:
            text += _SEPARATOR
        starts.append(len(text))
        text += page
    return text, tuple(starts)


def split_pages(text: str, starts: Sequence[int]) -> list[str]:
    """Return the text of each page; `starts` as by `join_pages`."""
    ends = [*starts[1:], len(text)]
    return [text[start:end].rstrip("\n") for start, end in zip(starts, ends, strict=True)]


def page_list(numbers: Sequence[int]) -> str:
    """Return page numbers in short, e.g. "2, 5–9 and 12"."""
    *first, last = _ranges(numbers)
    if not first:
        return last
    return TranslatableText("{pages} and {last}", pages=", ".join(first), last=last)


def _ranges(numbers: Sequence[int]) -> list[str]:
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return [
        entry
        for first, last in runs
        for entry in ([f"{first}–{last}"] if last > first + 1 else map(str, {first: 0, last: 0}))
    ]


def unread_pages_notice(numbers: Sequence[int]) -> TranslatableText:
    """Return what is said of pages whose text is in their picture and was not read."""
    if len(numbers) == 1:
        return TranslatableText(
            "Page {page} is a picture. The text in it was not read.", page=numbers[0]
        )
    return TranslatableText(
        "Pages {pages} are pictures. The text in them was not read.", pages=page_list(numbers)
    )
