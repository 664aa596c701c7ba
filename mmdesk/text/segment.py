"""Splitting and measuring of text in any script: paragraphs, sentences, words.

Everything here is cheap and deterministic; the tasks use it around the model, which is neither.
A "word" is a word between spaces, or one Chinese, Japanese or Korean character: 150 words of a
Chinese summary are 150 characters, punctuation not counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from mmdesk.text.scripts import CJK, CJK_SYMBOLS, SPACELESS

_CJK_CHARACTER = re.compile(f"[{CJK}]")
_WORD = re.compile(f"[{CJK}]|[^\\W_]+(?:['’.,-][^\\W_{CJK}]+)*")
_CLOSING = "\"'”’»」』）)】\\]"
_SENTENCE_END = re.compile(
    f"[。！？…]+[{_CLOSING}]*|(?<![.!?…])[.!?…]++[{_CLOSING}]*+(?=\\s|$)",
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|Jr|Sr|Inc|Ltd|Co|No|vs|etc|e\.g|i\.e|z\.B|d\.h|bzw|ca|Nr|cf"
    r"|Mme|Mlle|Sra?|Dña?|approx|Fig|Vol|pp?)|\b[A-ZÀ-Ý]|\bU\.S)\.$"
)
_NO_SPACE_BESIDE = re.compile(f"[{SPACELESS}{CJK_SYMBOLS}]")
_LIST_MARK = re.compile(r"\s*(?:[-*•#>|]|\d+[.)]\s)")


def words(text: str) -> list[str]:
    """Return the words of a text in order; a CJK character counts as one."""
    return _WORD.findall(text)


def length(text: str) -> int:
    """Return the number of words (see the module) in a text."""
    return sum(1 for _ in _WORD.finditer(text))


def cjk_share(text: str) -> float:
    """Return the share of words that are CJK characters, 0..1."""
    return len(_CJK_CHARACTER.findall(text)) / max(1, length(text))


def sentences(text: str) -> list[str]:
    """Split at sentence ends (also 。！？), but not at abbreviations, initials or decimals.

    Joining the result gives the text back: each sentence keeps the blanks that follow it.
    """
    found: list[str] = []
    start = 0
    for match in _SENTENCE_END.finditer(text):
        end = match.end()
        # The last characters only: a row of initials takes quadratic time otherwise.
        if match[0].startswith(".") and _ABBREVIATION.search(text, max(start, end - 20), end):
            continue
        while end < len(text) and text[end].isspace():
            end += 1
        found.append(text[start:end])
        start = end
    if start < len(text):
        found.append(text[start:])
    return found


def ends_sentence(text: str) -> bool:
    """Return whether a text ends with a whole sentence."""
    match = None
    for match in _SENTENCE_END.finditer(text.rstrip()):  # noqa: B007  the last one is wanted
        pass
    return match is not None and match.end() == len(text.rstrip())


@dataclass(frozen=True, slots=True)
class TextBlock:
    """Paragraph, heading or list item.

    Attributes:
        text: without the white space around it.
        gap: the white space that followed it.
    """

    text: str
    gap: str


def blocks(text: str) -> list[TextBlock]:
    """Split a text into paragraphs, with the gaps between them.

    Lines that were only wrapped at a margin are joined to one paragraph; headings, list items
    and one-line paragraphs stay apart. Joining text and gap of all blocks gives the text back,
    but for wrapped lines and trailing blanks.
    """
    found: list[TextBlock] = []
    for chunk, gap in _split_at_blank_lines(text.replace("\r\n", "\n")):
        lines = [line.strip() for line in chunk.split("\n") if line.strip()]
        merged = list(_unwrap(lines))
        found += [TextBlock(line, "\n") for line in merged[:-1]]
        found += [TextBlock(line, gap) for line in merged[-1:]]
    return found


def _split_at_blank_lines(text: str) -> Iterator[tuple[str, str]]:
    parts = re.split(r"(\n[ \t]*(?:\n[ \t]*)+)", text.strip())
    for index in range(0, len(parts), 2):
        gap = parts[index + 1] if index + 1 < len(parts) else ""
        yield parts[index], re.sub(r"[ \t]", "", gap)


def _unwrap(lines: list[str]) -> Iterator[str]:
    """Join lines that were wrapped at a margin: long ones that stop in mid-sentence."""
    if not lines:
        return
    current = lines[0]
    for previous, line in pairwise(lines):
        if len(previous) >= 40 and not ends_sentence(previous) and not _LIST_MARK.match(line):
            current += ("" if cjk_share(previous[-1] + line[0]) == 1 else " ") + line
        elif len(previous) >= 60 and _is_wrapped(lines) and not _LIST_MARK.match(line):
            current += ("" if cjk_share(line) > 0.5 else " ") + line
        else:
            yield current
            current = line
    yield current


def _is_wrapped(lines: list[str]) -> bool:
    """Return whether most lines stop in mid-sentence: they were wrapped at a margin."""
    inner = lines[:-1]
    return len(inner) >= 2 and sum(not ends_sentence(line) for line in inner) > len(inner) / 2


def join(pieces: Iterable[str]) -> str:
    """Join sentences to a paragraph: a blank between them, none around Chinese ones."""
    joined = ""
    for piece in (piece.strip() for piece in pieces):
        if not piece:
            continue
        tight = not joined or joined[-1] in "。！？…”』」" or cjk_share(piece[:2]) > 0
        joined += piece if tight else f" {piece}"
    return joined


def space_between(before: str, after: str) -> str:
    """Return what stands between two stretches of speech: a space or nothing.

    There is none at the beginning and in scripts that are written without spaces (Chinese,
    Japanese, Thai and its neighbours).
    """
    if not before or _NO_SPACE_BESIDE.match(before[-1]) or _NO_SPACE_BESIDE.match(after[:1]):
        return ""
    return " "


def shorten(text: str, max_words: int) -> str:
    """Return the first `max_words` words of a text, with "…" when something was left out."""
    matches = list(_WORD.finditer(text))
    if len(matches) <= max_words:
        return text.strip()
    return text[: matches[max_words - 1].end()].rstrip() + "…"
