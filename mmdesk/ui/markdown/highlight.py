"""Tokens of code as coloured ranges of its lines, through Pygments.

While code is still coming, only its last lines are tokenised again, from a line's start; a string
that spans many lines may be off until the block is whole and is then tokenised once from its
beginning.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from mmdesk.ui.theme import Syntax

if TYPE_CHECKING:
    from pygments.lexer import Lexer

Range = tuple[int, int, str]  # start and length in UTF-16 units of the line, field of Syntax
MOST_CHARACTERS = 60_000  # code longer than this stays in one colour


@cache
def lexer_for(language: str) -> Lexer | None:
    """Return Pygments' lexer for the word after the fence; None when it knows none."""
    if not language:
        return None
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


@cache
def field_of(token_type: object) -> str | None:
    """Return the field of Syntax with the colour of a token; None for that of plain text."""
    from pygments.token import Comment, Keyword, Name, Number, Operator, String

    for kind, field in (
        (Comment, "comment"),
        (String, "string"),
        (Number, "number"),
        (Keyword, "keyword"),
        (Operator.Word, "keyword"),
        (Name.Function, "function"),
        (Name.Class, "function"),
        (Name.Tag, "keyword"),
        (Name.Attribute, "builtin"),
        (Name.Builtin, "builtin"),
        (Name.Decorator, "builtin"),
        (Name.Exception, "builtin"),
    ):
        if token_type in kind:
            assert field in Syntax.__slots__
            return field
    return None


def units(text: str) -> int:
    """Return the length of a text in UTF-16 units, in which Qt counts."""
    return len(text) + sum(character > "\uffff" for character in text)


def line_ranges(code: str, language: str) -> Iterator[list[Range]]:
    """Yield the coloured ranges of each line; nothing for a language that is not known.

    A generator, so that long code can be coloured a slice at a time.
    """
    lexer = lexer_for(language)
    if lexer is None:
        return
    ranges: list[Range] = []
    column = 0
    for token_type, value in lexer.get_tokens(code):
        field = field_of(token_type)
        for index, piece in enumerate(value.split("\n")):
            if index:
                yield ranges
                ranges, column = [], 0
            length = units(piece)
            if field and length:
                ranges.append((column, length, field))
            column += length
    yield ranges
