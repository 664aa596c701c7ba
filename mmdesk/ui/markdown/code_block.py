"""A code block in the document of a message: its position and its source."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtGui import QTextCursor

LONGEST_CODE_LINE = 1000  # characters; longer lines of code are broken for showing


@dataclass(slots=True)
class CodeRegion:
    """A code block in the document.

    Attributes:
        language: the word after the fence, in lower case; may be empty.
        head: cursor in the empty block above the code.
        first: cursor in the first line of code.
        foot: cursor in the empty block below the code.
        left: px from the document's edge.
        source: the code itself, as it came.
        whole: no more of it will come.
        coloured: it is whole, and all of it has its colours.
        broken: over-long lines were broken for showing, so that it stays in one colour.
        line_length: characters of the last line that is shown.
        lines: how many whole lines `source` has.
        formats: the colours of each line that has any, as `code_colours` sets them.
    """

    language: str
    head: QTextCursor
    first: QTextCursor
    foot: QTextCursor
    left: float
    source: str = ""
    whole: bool = False
    coloured: bool = False
    broken: bool = False
    line_length: int = 0
    lines: int = 0
    formats: list[object] = field(default_factory=list)


def break_lines(region: CodeRegion, text: str) -> str:
    """Return more code of a block with its over-long lines broken, for showing."""
    pieces: list[str] = []
    for index, line in enumerate(text.split("\n")):
        if index:
            pieces.append("\n")
            region.line_length = 0
        while region.line_length + len(line) > LONGEST_CODE_LINE:
            free = LONGEST_CODE_LINE - region.line_length
            pieces.append(line[:free] + "\n")
            line, region.line_length, region.broken = line[free:], 0, True
        pieces.append(line)
        region.line_length += len(line)
    return "".join(pieces)
