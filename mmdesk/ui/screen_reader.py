"""A streamed answer for people who do not see it: whole sentences are announced as they come.

A screen reader that is told every token stammers, and one that is told only at the end leaves its
person waiting. So words are gathered until a sentence is whole. Markdown's marks are left out, and
code is not read aloud: it is said how much of it there is.
"""

from __future__ import annotations

import re

from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QWidget

from mmdesk.ui.i18n import tr
from mmdesk.ui.widgets import announce

_END = re.compile(r"[.!?…]['\")\]*_]*\s+|[。！？]|\n")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_MARKS = re.compile(r"^\s{0,3}(?:#{1,6}|>|[-*+]|\d+[.)])\s+|[*_`~]{1,3}|^\s*\|?[\s:|-]+\|?\s*$")
LONGEST = 600  # characters of something that has no end of a sentence


class SentenceSpeaker:
    """Announces what one answer says, for the widget that shows it."""

    def __init__(self, widget: QWidget) -> None:
        self._widget = widget
        self._pending = ""
        self._code_lines: int | None = None  # lines of the code block that is open
        self._said: list[str] = []

    def feed(self, text: str) -> None:
        """Some more of the answer."""
        if not QAccessible.isActive():  # nobody listens
            return
        self._pending += text
        while (end := self._next_end()) is not None:
            piece, self._pending = self._pending[:end], self._pending[end:]
            self._take(piece)
        self._say()

    def finish(self) -> None:
        """No more will come: what is left is said as it is."""
        rest, self._pending = self._pending, ""
        self._take(rest)
        self._close_code()
        self._say()

    def _next_end(self) -> int | None:
        if self._code_lines is not None or self._pending.lstrip().startswith(("```", "~~~")):
            at = self._pending.find("\n")  # code goes by lines
            return None if at < 0 else at + 1
        found = _END.search(self._pending)
        if found is not None:
            return found.end()
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
            words = plain(piece)
            if words:
                self._said.append(words)

    def _close_code(self) -> None:
        if self._code_lines is not None:
            words = tr("Code, {0} lines.")
            self._said.append(words.format(self._code_lines))
            self._code_lines = None

    def _say(self) -> None:
        """What has come together, as one announcement: several at once push each other out."""
        if self._said:
            announce(self._widget, " ".join(self._said))
            self._said = []


def plain(piece: str) -> str:
    """A piece of Markdown as it is spoken."""
    words = _LINK.sub(r"\1", piece)
    words = "\n".join(_MARKS.sub("", line) for line in words.split("\n"))
    return " ".join(words.replace("|", ", ").strip(" ,\n").split())
