"""A code block in a message's document: where it stands and what of it is shown."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtGui import QTextCursor

LONGEST_CODE_LINE = 1000  # characters; longer lines of code are broken for showing


@dataclass(slots=True)
class CodeRegion:
    """A code block in the document.

    Attributes:
        head: stands in the empty block above the code; `first` in its first line, `foot` in the
            empty block below it.
        source: the code itself, as it came.
        whole: no more of it will come; `coloured`: and all of it has its colours.
        lines: how many whole lines `source` has.
        laid: the colours that were laid over each line, as `colouring` keeps them.
        broken: over-long lines were broken for showing, so that it stays in one colour.
        left: px from the document's edge.
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
    laid: list[object] = field(default_factory=list)


def broken(region: CodeRegion, text: str) -> str:
    """Code with over-long lines broken, for showing."""
    pieces: list[str] = []
    for at, line in enumerate(text.split("\n")):
        if at:
            pieces.append("\n")
            region.line_length = 0
        while region.line_length + len(line) > LONGEST_CODE_LINE:
            room = LONGEST_CODE_LINE - region.line_length
            pieces.append(line[:room] + "\n")
            line, region.line_length, region.broken = line[room:], 0, True
        pieces.append(line)
        region.line_length += len(line)
    return "".join(pieces)
