"""Announcements of a streamed answer to a screen reader, sentence by sentence.

A screen reader that is given every token stammers, and one that is given only the end leaves its
user waiting. So text is buffered until a sentence is whole. Markdown's marks are left out, and
code is not read aloud: the number of its lines is announced.
"""

from __future__ import annotations

import re

from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QWidget

from mmdesk.ui.i18n import tr
from mmdesk.ui.widgets import announce

_END = re.compile(r"[.!?…]['\")\]*_]*\s+|[。！？]|\n")
_LINK = re.compile(r"!?\[([^\[\]]{0,999})\]\([^)]{0,2000}\)")
_MARKS = re.compile(r"^\s{0,3}(?:#{1,6}|>|[-*+]|\d+[.)])\s+|[*_`~]{1,3}|^[\s:|-]+$")
LONGEST = 600  # characters announced at once of a text without an end of a sentence


class SentenceSpeaker:
    """Splits one growing answer into sentences and announces them.

    Args:
        widget: the widget that shows the answer.
    """

    def __init__(self, widget: QWidget) -> None:
        self._widget = widget
        self._pending = ""
        self._code_lines: int | None = None  # lines of the code block that is open
        self._spoken: list[str] = []  # not announced yet

    def feed(self, text: str) -> None:
        """Add some more of the answer, and announce the sentences that it ends."""
        if not QAccessible.isActive():  # no screen reader runs
            return
        self._pending += text
        while (end := self._next_end()) is not None:
            piece, self._pending = self._pending[:end], self._pending[end:]
            self._take(piece)
        self._announce()

    def finish(self) -> None:
        """Announce what is left at the end of the answer."""
        rest, self._pending = self._pending, ""
        self._take(rest)
        self._close_code()
        self._announce()

    def _next_end(self) -> int | None:
        if self._code_lines is not None or self._pending.lstrip().startswith(("```", "~~~")):
            newline = self._pending.find("\n")  # code goes by lines
            return None if newline < 0 else newline + 1
        match = _END.search(self._pending)
        if match is not None:
            return match.end()
        return LONGEST if len(self._pending) > LONGEST else None

    def _take(self, piece: str) -> None:
        if piece.lstrip().startswith(("```", "~~~")):
            if self._code_lines is None:
                self._code_lines = 0
            else:
                self._close_code()
        elif self._code_lines is not None:
            self._code_lines += 1
        else:
            text = without_markdown(piece)
            if text:
                self._spoken.append(text)

    def _close_code(self) -> None:
        if self._code_lines is not None:
            one, many = tr("Code, 1 line."), tr("Code, {0} lines.")
            self._spoken.append(one if self._code_lines == 1 else many.format(self._code_lines))
            self._code_lines = None

    def _announce(self) -> None:
        """Announce all sentences at once, since several announcements replace each other."""
        if self._spoken:
            announce(self._widget, " ".join(self._spoken))
            self._spoken = []


def without_markdown(piece: str) -> str:
    """Return a piece of Markdown as it is spoken."""
    text = _LINK.sub(r"\1", piece)
    text = "\n".join(_MARKS.sub("", line) for line in text.split("\n"))
    return " ".join(text.replace("|", ", ").strip(" ,\n").split())
