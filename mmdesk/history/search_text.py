"""Text for the full-text index, queries to it, and excerpts around hits.

FTS5's unicode61 tokenizer takes a run of Chinese for one word, and its trigram tokenizer finds
nothing shorter than three characters, while most Chinese words have two. So a space is put around
every character of a script that writes without spaces, in the index as in the query, and a
query of several such characters is a phrase: 大学 finds 北京大学 and not 大…学. Other words are
found by their beginning, so that results come while the user types.
"""

from __future__ import annotations

import re
import unicodedata

from mmdesk.text import SPACELESS

_SPACELESS = re.compile(f"([{SPACELESS}])")
_WORD = re.compile(r"[^\W_]+")
_RUN = re.compile(f"[{SPACELESS}]+|[^{SPACELESS}]+")
LEAD_CHARACTERS, EXCERPT_CHARACTERS = 40, 130  # of an excerpt before the hit, and in all
_SLICE = 20_000  # characters processed at once: other threads want the interpreter too


def index_text(text: str) -> str:
    """Return the text as the index stores it, spaceless characters apart."""
    slices = (text[at : at + _SLICE] for at in range(0, len(text), _SLICE))
    return "".join(_SPACELESS.sub(r" \1 ", part) for part in slices)


def query_terms(query: str) -> tuple[str, ...]:
    """Split a query into words, and runs of characters of a spaceless script."""
    return tuple(run for word in _WORD.findall(query) for run in _RUN.findall(word) if run.strip())


def match_expression(query: str) -> str:
    """Return the FTS5 expression that asks for every term; "" when there is none."""
    return " ".join(
        f'"{" ".join(term)}"' if _SPACELESS.match(term) else f'"{term}" *'
        for term in query_terms(query)
    )


def excerpt(text: str, terms: tuple[str, ...]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Return a line around the first hit, and (first character, length) of the terms in it."""
    flat = " ".join(text.split())
    found = find_terms(flat, terms)
    start = max(0, found[0][0] - LEAD_CHARACTERS) if found else 0
    if start:
        start = flat.find(" ", start, found[0][0]) + 1 or start  # not within a word
    line = flat[start : start + EXCERPT_CHARACTERS]
    lead = "…" if start else ""
    marks = tuple(
        (at - start + len(lead), length)
        for at, length in found
        if start <= at and at + length <= start + len(line)
    )
    tail = "…" if start + EXCERPT_CHARACTERS < len(flat) else ""
    return f"{lead}{line}{tail}", marks


def find_terms(text: str, terms: tuple[str, ...]) -> list[tuple[int, int]]:
    """Find every term in a text, in order.

    As in the index, a term matches at the beginning of a word. Accents are ignored in texts of up
    to `_SLICE` characters.

    Returns:
        (first character, length) of each hit.
    """
    found = _find(text.lower(), [term.lower() for term in terms])
    if not found and len(text) <= _SLICE:
        plain = "".join(map(_fold, text))
        found = _find(plain, ["".join(map(_fold, term)) for term in terms])
    return [(at, length) for at, length in found if at + length <= len(text)]


def _find(text: str, terms: list[str]) -> list[tuple[int, int]]:
    found = []
    for term in filter(None, terms):
        for match in re.finditer(re.escape(term), text):
            at = match.start()
            if _SPACELESS.match(term) or at == 0 or not text[at - 1].isalnum():
                found.append((at, len(term)))
    return sorted(found)


def _fold(character: str) -> str:
    """Strip case and accent; the result is still one character."""
    return unicodedata.normalize("NFD", character)[0].lower()[0]
