"""Splitting and measuring of text in any script: paragraphs, sentences, words.

Everything here is cheap and deterministic; the tasks use it around the model, which is neither.
A "word" is a word between spaces, or one Chinese, Japanese or Korean character: 150 words of a
Chinese summary are 150 characters, punctuation not counted. Of Thai and its neighbours, three
syllables are one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from mmdesk.text.scripts import (
    CJK,
    CJK_SYMBOLS,
    COMBINING_MARKS,
    HANGUL,
    SPACELESS,
    SYLLABIC,
    THAI_LAO,
)

_CJK_CHARACTER = re.compile(f"[{CJK}]")
# Three syllables of Thai, Lao, Burmese or Khmer are about a word; a vowel may stand before its
# consonant and must not be cut from it.
_SYLLABLES = f"(?:[เ-ไເ-ໄ]?[{SYLLABIC}][{COMBINING_MARKS}]*){{1,3}}"
_INNER = f"[^\\W_]+(?:[{COMBINING_MARKS}]+[^\\W_]*)*"
_WORD = re.compile(f"[{CJK}]|{_SYLLABLES}|{_INNER}(?:['’.,-](?![{CJK}]){_INNER})*")
_CLOSING = "\"'”’»」』）)】\\]"
# Chinese, Japanese; Hindi and its neighbours, Urdu, Arabic, Ethiopic, Khmer, Burmese, Armenian,
# Tibetan. No other use of these needs a look at what follows.
_PLAIN_ENDS = "。！？…｡।॥۔؟።፧፨។៕။։།"
_SENTENCE_END = re.compile(
    f"[{_PLAIN_ENDS}]+[{_CLOSING}]*|(?<![.!?…])[.!?…]++[{_CLOSING}]*+(?=\\s|$)",
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|Jr|Sr|Inc|Ltd|Co|No|vs|etc|e\.g|i\.e|z\.B|d\.h|bzw|ca|Nr|cf"
    r"|Mme|Mlle|Sra?|Dña?|approx|Fig|Vol|pp?|Abb|Bd|Hr|Hrn|geb|gest|inkl|vgl|evtl|ggf|u\.a|o\.ä"
    r"|bijv|dhr|mevr|np|tzn|tj|ul|ул|им|т\.е|т\.д|напр|стр|рис)|\b[A-ZÀ-Ý]|\bU\.S)\.$"
)
# "am 3. Mai", "3. května", "den 3. maj", "am 3. 5. 2026", "Wilhelm II. regierte": an ordinal.
_ORDINAL = re.compile(r"(?:^|[^\w.,])(?:\d{1,4}|[IVX]{1,5})\.$")
_SHORT_ORDINAL = re.compile(r"(?:^|[^\w.,])(?:\d{1,2}|[IVX]{1,5})\.$")
_DATE = re.compile(r"\b\d{1,4}\. ?\d{1,2}\.$")  # also the beginning of "2026. 5. 3.", in Korea
_MONTH = re.compile(
    r"(?:Jan(?:uar|uary|ner)?|Jänner|Feb(?:ruar|ruary)?|Mär(?:z)?|Apr(?:il)?|Mai|Juni?|Juli?"
    r"|Aug(?:ust)?|Sept?(?:ember)?|Okt(?:ober)?|Nov(?:ember)?|Dez(?:ember)?)\b"
)
# German nouns have capitals, so what stands before the number tells: "die 2. Auflage".
_BEFORE_ORDINAL = re.compile(
    r"(?:\b(?:d(?:er|ie|as|em|en|es)|(?<!I )am|[ivz]om|zu[mr]|[ib]eim|im|ins|jede[rsmn]?"
    r"|diese[rsmn]?|[ms]eine[rmns]?|ihre[rmns]?|unsere[rmns]?|eine[rmns]?|bis|ab|seit|nach|vor)"
    r"|\b\d{1,2}\. (?:und|oder|bis|/|-))\s+\d{1,3}\.$",
    re.IGNORECASE,
)
# What no noun is, but a German sentence may begin with: "am 3. Danach gingen wir".
_BEGINS_SENTENCE = re.compile(
    r"(?:Ich|Du|Er|Sie|Es|Wir|Ihr|Man|D(?:er|ie|as|em|en|es|ann|anach|ort|a|abei|aher|iese[rsmn]?)"
    r"|Ein(?:e[rmns]?)?|Am|Im|In|An|Auf|Aus|Bei|Mit|Nach|Seit|Von|Vor|Zu|Zum|Zur|Auch|Aber|Und"
    r"|Oder|Doch|Wenn|Als|Weil|Ob|Wer|Wie|Was|Wo|Wann|Warum|Jetzt|Heute|Morgen|Gestern|Hier"
    r"|Kein(?:e[rmns]?)?|[MS]ein(?:e[rmns]?)?|Unser(?:e[rmns]?)?|Nur|So|Bitte|Später|Vorher"
    r"|The|He|She|It|They|We|You|My|His|Her|This|That|Then|Our|Their)\b"
)
_THAI_CLAUSE = re.compile(f"(?<=[{THAI_LAO}])[ \\t]+(?=[{THAI_LAO}])")
_MIN_THAI_CHARACTERS = 24  # of a sentence; shorter clauses stay with the next one
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
    """Split at sentence ends of any script, but not at abbreviations, ordinals or decimals.

    Thai and Lao have no marks at sentence ends; they are split at spaces. Joining the result gives
    the text back: each sentence keeps the blanks that follow it.
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
        if match[0].startswith(".") and _goes_on(text[start : match.end()], text[end : end + 24]):
            continue
        found += _split_thai(text[start:end])
        start = end
    if start < len(text):
        found += _split_thai(text[start:])
    return found


def _goes_on(before: str, after: str) -> bool:
    """Return whether the dot at the end of `before` is an abbreviation's or an ordinal's."""
    before = before[-40:]
    if _ABBREVIATION.search(before):
        return True
    if not after or not _ORDINAL.search(before):
        return False
    if _MONTH.match(after) or (_DATE.search(before) and re.match(f"\\d|[{HANGUL}]", after)):
        return True
    if not _SHORT_ORDINAL.search(before):
        return re.match(r"\d{1,2}\. ?\d{1,2}\.", after) is not None  # "2026. 5. 3.", in Korea
    if after[0].islower() or (after[0].isdigit() and re.match(r"\d{1,2}\. ?(?:\d|$)", after)):
        return True
    begins = _BEFORE_ORDINAL.search(before)
    return begins is not None and after[0].isupper() and not _BEGINS_SENTENCE.match(after)


def _split_thai(sentence: str) -> list[str]:
    """Split Thai or Lao text at spaces, into pieces of some length."""
    pieces: list[str] = []
    start = 0
    for match in _THAI_CLAUSE.finditer(sentence):
        if match.start() - start >= _MIN_THAI_CHARACTERS:
            pieces.append(sentence[start : match.end()])
            start = match.end()
    return [*pieces, sentence[start:]]


def ends_sentence(text: str) -> bool:
    """Return whether a text ends with a whole sentence."""
    if re.search(f"[{THAI_LAO}][{COMBINING_MARKS}]*$", text.rstrip()):
        return True
    match = None
    for match in _SENTENCE_END.finditer(text.rstrip()):  # noqa: B007  the last one is wanted
        pass
    return match is not None and match.end() == len(text.rstrip())


@dataclass(frozen=True, slots=True)
class TextBlock:
    """Paragraph, heading, list item, or block of code.

    Attributes:
        text: without the white space around it.
        gap: the white space that followed it.
        indent: the white space before it on its line.
        is_code: between the fences of Markdown, with them.
    """

    text: str
    gap: str
    indent: str = ""
    is_code: bool = False


_FENCED = re.compile(
    r"^[ \t]*(?P<fence>`{3,}|~{3,})[^\n]*\n.*?(?:^[ \t]*(?P=fence)[`~]*[ \t]*$|\Z)",
    re.MULTILINE | re.DOTALL,
)
_BLANK_LINES = re.compile(r"(?:[ \t]*\n)*")
_TIMING = "-->"  # of subtitles, whose lines stay as they are


def blocks(text: str) -> list[TextBlock]:
    """Split a text into paragraphs, with the gaps between them.

    Lines that were only wrapped at a margin are joined to one paragraph; headings, list items
    and one-line paragraphs stay apart, and a fenced block of code is one. Joining indent, text and
    gap of all blocks gives the text back, but for wrapped lines and trailing blanks.
    """
    text = text.replace("\r\n", "\n").rstrip()
    found: list[TextBlock] = []
    at = 0
    for match in _FENCED.finditer(text):
        _add_paragraphs(found, text[at : match.start()])
        _add_gap(found, text[at : match.start()])
        code = match[0].lstrip(" \t")
        found.append(TextBlock(code, "", match[0][: len(match[0]) - len(code)], is_code=True))
        at = match.end()
    _add_paragraphs(found, text[at:])
    return found


def _add_gap(found: list[TextBlock], text: str) -> None:
    """Give the last block the line ends at the end of `text`, which it was made from."""
    line_ends = text[len(text.rstrip()) :].count("\n")
    if found and text.strip():
        found[-1] = replace(found[-1], gap="\n" * line_ends)


def _add_paragraphs(found: list[TextBlock], text: str) -> None:
    before = text[: len(text) - len(text.lstrip())].count("\n")
    if found and before:
        found[-1] = replace(found[-1], gap="\n" * before)
    start = _BLANK_LINES.match(text)
    for chunk, gap in _split_at_blank_lines(text[start.end() if start else 0 :].rstrip()):
        lines = [line.rstrip() for line in chunk.split("\n") if line.strip()]
        merged = [(line, line) for line in lines] if _TIMING in chunk else list(_unwrap(lines))
        for number, (first, joined) in enumerate(merged, 1):
            indent = first[: len(first) - len(first.lstrip())]
            found.append(TextBlock(joined.strip(), gap if number == len(merged) else "\n", indent))


def _split_at_blank_lines(text: str) -> Iterator[tuple[str, str]]:
    parts = re.split(r"(\n[ \t]*(?:\n[ \t]*)*\n)", text)
    for index in range(0, len(parts), 2):
        gap = parts[index + 1] if index + 1 < len(parts) else ""
        yield parts[index], re.sub(r"[ \t]", "", gap)


def _unwrap(raw_lines: list[str]) -> Iterator[tuple[str, str]]:
    """Join lines that were wrapped at a margin: long ones that stop in mid-sentence.

    Yields the first line and all of them as one.
    """
    if not raw_lines:
        return
    lines = [line.strip() for line in raw_lines]
    first, current = raw_lines[0], lines[0]
    for (previous, line), raw in zip(pairwise(lines), raw_lines[1:], strict=True):
        if len(previous) >= 40 and not ends_sentence(previous) and not _LIST_MARK.match(line):
            current += ("" if cjk_share(previous[-1] + line[0]) == 1 else " ") + line
        elif len(previous) >= 60 and _is_wrapped(lines) and not _LIST_MARK.match(line):
            current += ("" if cjk_share(line) > 0.5 else " ") + line
        else:
            yield first, current
            first, current = raw, line
    yield first, current


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


def cut_at_words(text: str, max_words: int) -> list[str]:
    """Cut a text into pieces of at most `max_words` words; joining them gives the text back."""
    starts = [match.start() for match in _WORD.finditer(text)][max_words::max_words]
    return [text[a:b] for a, b in pairwise([0, *starts, len(text)])]
