"""Text as people write it: paragraphs, sentences, and how long it is, in any script.

Everything here is cheap and deterministic; the tasks use it around the model, which is neither.
A "word" is a word between spaces, or one Chinese, Japanese or Korean character: 150 words of a
Chinese summary are 150 characters, punctuation not counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

CJK = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3040-\u30ff\uac00-\ud7a3"
_CJK_CHARACTER = re.compile(f"[{CJK}]")
_WORD = re.compile(f"[{CJK}]|[^\\W_]+(?:['’.,-][^\\W_{CJK}]+)*")
_CLOSING = "\"'”’»」』）)】\\]"
_SENTENCE_END = re.compile(
    f"[。！？…]+[{_CLOSING}]*|[.!?…]+[{_CLOSING}]*(?=\\s|$)",
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|Jr|Sr|Inc|Ltd|Co|No|vs|etc|e\.g|i\.e|z\.B|d\.h|bzw|ca|Nr|cf"
    r"|Mme|Mlle|Sra?|Dña?|approx|Fig|Vol|pp?)|\b[A-ZÀ-Ý]|\bU\.S)\.$"
)
_SPACELESS = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3000-\u9fff\uff00-\uff65]")
_LINE_MARK = re.compile(r"\s*(?:[-*•#>|]|\d+[.)]\s)")


def words(text: str) -> list[str]:
    """The words of a text in order; a CJK character counts as one."""
    return _WORD.findall(text)


def length(text: str) -> int:
    """How many words (see the module) a text has."""
    return sum(1 for _ in _WORD.finditer(text))


def cjk_share(text: str) -> float:
    """The share of words that are CJK characters, 0..1."""
    return len(_CJK_CHARACTER.findall(text)) / max(1, length(text))


def sentences(text: str) -> list[str]:
    """Split at sentence ends (also 。！？), without touching abbreviations, initials or decimals.

    Joining the result gives the text back: each sentence keeps the blanks that follow it.
    """
    found: list[str] = []
    start = 0
    for match in _SENTENCE_END.finditer(text):
        if match[0].startswith(".") and _ABBREVIATION.search(text[start : match.end()]):
            continue
        end = match.end()
        while end < len(text) and text[end].isspace():
            end += 1
        found.append(text[start:end])
        start = end
    if start < len(text):
        found.append(text[start:])
    return found


def ends_sentence(text: str) -> bool:
    """Whether a text stops where a sentence does."""
    match = None
    for match in _SENTENCE_END.finditer(text.rstrip()):  # noqa: B007  the last one is wanted
        pass
    return match is not None and match.end() == len(text.rstrip())


@dataclass(frozen=True, slots=True)
class TextBlock:
    """A paragraph, a heading or a list item, and the white space that followed it."""

    text: str
    gap: str


def blocks(text: str) -> list[TextBlock]:
    """The paragraphs of a text with the gaps between them.

    Lines that were only wrapped at a margin are joined to one paragraph; headings, list items
    and one-line paragraphs stay apart. Joining text and gap of all blocks gives the text back,
    but for wrapped lines and trailing blanks.
    """
    found: list[TextBlock] = []
    for chunk, gap in _apart_at_blank_lines(text.replace("\r\n", "\n")):
        lines = [line.strip() for line in chunk.split("\n") if line.strip()]
        merged = list(_unwrap(lines))
        found += [TextBlock(line, "\n") for line in merged[:-1]]
        found += [TextBlock(line, gap) for line in merged[-1:]]
    return found


def _apart_at_blank_lines(text: str) -> Iterator[tuple[str, str]]:
    pieces = re.split(r"(\n[ \t]*(?:\n[ \t]*)+)", text.strip())
    for index in range(0, len(pieces), 2):
        gap = pieces[index + 1] if index + 1 < len(pieces) else ""
        yield pieces[index], re.sub(r"[ \t]", "", gap)


def _unwrap(lines: list[str]) -> Iterator[str]:
    """Join lines that a margin broke: long ones that stop in the middle of a sentence."""
    if not lines:
        return
    current = lines[0]
    for before, line in pairwise(lines):
        if len(before) >= 40 and not ends_sentence(before) and not _LINE_MARK.match(line):
            current += ("" if cjk_share(before[-1] + line[0]) == 1 else " ") + line
        elif len(before) >= 60 and _is_wrapped(lines) and not _LINE_MARK.match(line):
            current += ("" if cjk_share(line) > 0.5 else " ") + line
        else:
            yield current
            current = line
    yield current


def _is_wrapped(lines: list[str]) -> bool:
    """Most lines stop in mid-sentence and at about the same column: a margin did that."""
    inner = lines[:-1]
    return len(inner) >= 2 and sum(not ends_sentence(line) for line in inner) > len(inner) / 2


def join(pieces: Iterable[str]) -> str:
    """Sentences to a paragraph: a blank between them, none after Chinese ones."""
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
    if not before or _SPACELESS.match(before[-1]) or _SPACELESS.match(after[:1]):
        return ""
    return " "


def shorten(text: str, most: int) -> str:
    """The first `most` words of a text, with "…" when something was left out."""
    matches = list(_WORD.finditer(text))
    if len(matches) <= most:
        return text.strip()
    return text[: matches[most - 1].end()].rstrip() + "…"
