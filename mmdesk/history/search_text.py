"""Words for the index, questions to it, and the excerpt around what was found.

FTS5's unicode61 tokenizer takes a run of Chinese for one word, and its trigram tokenizer finds
nothing shorter than three characters, while most Chinese words have two. So a space is put around
every character of a script that writes without spaces, in the index as in the question, and a
question of several such characters is a phrase: 大学 finds 北京大学 and not 大…学. Other words are
found by their beginning, so that results come while the person types.
"""

from __future__ import annotations

import re
import unicodedata

# Kana, CJK ideographs and their extensions; Thai, Lao, Burmese and Khmer.
_SPACELESS = "\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_SPACELESS += "\uf900-\ufaff\U00020000-\U0003134f"
_ALONE = re.compile(f"([{_SPACELESS}])")
_WORD = re.compile(r"[^\W_]+")
_PART = re.compile(f"[{_SPACELESS}]+|[^{_SPACELESS}]+")
BEFORE, AROUND = 40, 130  # characters of an excerpt before the place, and in all
_SLICE = 20_000  # characters worked on at once: other threads want the interpreter too


def indexed(text: str) -> str:
    """The text as the index takes it."""
    slices = (text[at : at + _SLICE] for at in range(0, len(text), _SLICE))
    return "".join(_ALONE.sub(r" \1 ", part) for part in slices)


def terms(question: str) -> tuple[str, ...]:
    """What is looked for: words, and runs of characters of a spaceless script."""
    return tuple(
        part for word in _WORD.findall(question) for part in _PART.findall(word) if part.strip()
    )


def match_expression(question: str) -> str:
    """The question in FTS5's language: every term has to be there; "" when there is none."""
    wanted = []
    for term in terms(question):
        if _ALONE.match(term):
            wanted.append(f'"{" ".join(term)}"')
        else:
            wanted.append(f'"{term}" *')
    return " ".join(wanted)


def excerpt(text: str, looked_for: tuple[str, ...]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """A line around the first place where a term stands, and where terms stand in it."""
    flat = " ".join(text.split())
    found = places(flat, looked_for)
    start = max(0, found[0][0] - BEFORE) if found else 0
    if start:
        start = flat.find(" ", start, found[0][0]) + 1 or start  # not within a word
    line = flat[start : start + AROUND]
    lead = "…" if start else ""
    marks = tuple(
        (at - start + len(lead), length)
        for at, length in found
        if start <= at and at + length <= start + len(line)
    )
    tail = "…" if start + AROUND < len(flat) else ""
    return f"{lead}{line}{tail}", marks


def places(text: str, looked_for: tuple[str, ...]) -> list[tuple[int, int]]:
    """(first character, length) of every term in the text, in order; a word counts where it
    begins, as in the index. Accents are looked past in texts that are not too long for it.
    """
    found = _places(text.lower(), [term.lower() for term in looked_for])
    if not found and len(text) <= _SLICE:
        plain = "".join(map(_folded, text))
        found = _places(plain, ["".join(map(_folded, term)) for term in looked_for])
    return [(at, length) for at, length in found if at + length <= len(text)]


def _places(text: str, looked_for: list[str]) -> list[tuple[int, int]]:
    found = []
    for term in filter(None, looked_for):
        for match in re.finditer(re.escape(term), text):
            at = match.start()
            if _ALONE.match(term) or at == 0 or not text[at - 1].isalnum():
                found.append((at, len(term)))
    return sorted(found)


def _folded(character: str) -> str:
    """Without case and accent, and still one character."""
    return unicodedata.normalize("NFD", character)[0].lower()[0]
