"""Sentences that are spoken of parsed Markdown.

What the eye reads better than the ear is skipped or named: of code and long tables only the number
of lines is said, of a link its text, of an address its host. Short formulas are spoken in words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mmdesk.text import cjk_share, sentences
from mmdesk.voice.spoken_formula import spoken_formula

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

LONGEST_TABLE = 6  # rows that are read; of more, only their number is said
_ADDRESS = re.compile(r"\bhttps?://(?:www\.)?([^\s/)>\]]+)[^\s)>\]]*")
_UNSPEAKABLE = re.compile(
    "[\U0001f000-\U0001faff\u2190-\u21ff\u2500-\u27bf\u2b00-\u2bff\ufe00-\ufe0f\u200b-\u200f*_`#|<>~^]"
    r"|\[\[|\]\]"
)
_END = re.compile(r"[.!?…:;。！？：；，,][\"'”’)）」]*$")
_SPEAKABLE = re.compile(r"\w")


def parser() -> MarkdownIt:
    r"""Return a CommonMark parser with tables and formulas in $x$, $$x$$, \(x\) and \[x\]."""
    from markdown_it import MarkdownIt
    from mdit_py_plugins.dollarmath import dollarmath_plugin
    from mdit_py_plugins.texmath import texmath_plugin

    markdown = MarkdownIt("commonmark", {"html": True, "maxNesting": 24})
    markdown.use(texmath_plugin, delimiters="brackets")
    markdown.use(
        dollarmath_plugin,
        allow_labels=False, allow_space=False, allow_digits=False, double_inline=True,
    )  # fmt: skip
    return markdown.enable(["table", "strikethrough"])


def spoken_sentences(tokens: Sequence[Token]) -> list[str]:
    """Return the sentences of blocks in order, each without marks and line ends."""
    found: list[str] = []
    number = ""
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.type == "list_item_open":
            number = f"{token.info}. " if token.info else ""
        elif token.type == "table_open":
            end = next(i for i in range(at, len(tokens)) if tokens[i].type == "table_close")
            found += _table(tokens[at:end])
            at = end
        elif token.type in ("fence", "code_block"):
            found += _lines_on_screen("code", token.content.count("\n"), found)
        elif token.type in ("math_block", "math_block_eqno"):
            found.append(_closed(spoken_formula(token.content)))
        elif token.type == "inline":
            found += _prose(number + inline_text(token))
            number = ""
        at += 1
    return [sentence for sentence in found if _SPEAKABLE.search(sentence)]


def inline_text(token: Token) -> str:
    """Return the text of an inline token as it is spoken."""
    parts: list[str] = []
    for child in token.children or ():
        if child.type == "text":
            parts.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif child.type == "code_inline":
            parts.append(_spoken_code(child.content))
        elif child.type.startswith("math_"):
            parts.append(spoken_formula(child.content))
        elif child.type == "image" and child.content:
            parts.append(child.content)
    return _cleaned("".join(parts))


def _cleaned(text: str) -> str:
    text = _ADDRESS.sub(lambda match: match[1].rstrip(".,;:!?"), text)
    text = re.sub(r"\s*(?:→|⇒|->|=>)\s*", ", ", text).replace("≈", " about ")
    return " ".join(_UNSPEAKABLE.sub(" ", text).split())


def _spoken_code(code: str) -> str:
    """Return a name or an expression within a sentence as it is spoken."""
    return re.sub(r"\(\)|[_`]+", " ", code).strip()


def _prose(text: str) -> list[str]:
    """Split a paragraph, heading or list item into sentences; the last one is closed."""
    found = [sentence.strip() for sentence in sentences(text)]
    merged: list[str] = []
    for sentence in filter(None, found):
        if merged and re.fullmatch(r"\d{1,3}\.", merged[-1]):  # the number of a list item
            merged[-1] += f" {sentence}"
        else:
            merged.append(sentence)
    return [*merged[:-1], _closed(merged[-1])] if merged else []


def _closed(sentence: str) -> str:
    """Return a sentence with an end mark, by which the voice falls."""
    if not sentence or _END.search(sentence):
        return sentence
    return sentence + ("。" if cjk_share(sentence) > 0.5 else ".")


def _table(tokens: Sequence[Token]) -> list[str]:
    rows: list[list[str]] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline" and rows:
            rows[-1].append(inline_text(token))
    head, *body = rows or [[]]
    if len(body) > LONGEST_TABLE or len(head) > 4:
        return _lines_on_screen("table", len(body), [" ".join(head)])
    spoken = []
    for row in body:
        cells = [
            f"{name}: {cell}" if name and at else cell
            for at, (name, cell) in enumerate(zip(head, row, strict=False))
            if cell
        ]
        spoken.append(_closed(", ".join(cells)))
    return spoken


def _lines_on_screen(kind: str, count: int, context: Sequence[str]) -> list[str]:
    """Return the sentence that stands for what is not read, in the language around it.

    Languages other than English and Chinese get none.
    """
    around = " ".join(context[-2:])
    if cjk_share(around) > 0.3:
        return [f"这里有 {count} 行{'代码' if kind == 'code' else '的表格'}。"]
    if not around.isascii():
        return []
    if kind == "code":
        return [f"Here are {count} lines of code." if count != 1 else "Here is a line of code."]
    return [f"Here is a table of {count} rows."]
