r"""Repair of the Markdown that models write, before it is parsed.

Small models leave out the blank lines that CommonMark asks for: what follows a table becomes a row
of it, what follows a list a part of its last item, `\[ … \]` below a sentence plain text, and
paragraphs run together. The missing blank lines are added while the text arrives. Code is left
alone. Only answers are repaired: a document of the user's is shown as it was written.
"""

from __future__ import annotations

import re
import unicodedata

_DECISIVE = 6  # characters of a line that tell its kind
_VERSE = 45  # columns; shorter lines that follow one another are verse, an address or a signature
_WRAPPED = 60  # columns of a line that was wrapped by hand and goes on in the next one

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_ITEM = re.compile(r"\s*(?:[-*+•]|\d{1,9}[.)])\s")
_NUMBER = re.compile(r" {0,3}\d{1,9}[.)]\s")
_HEADING = re.compile(r" {0,3}#{1,6}\s")
_UNDERLINE = re.compile(r" {0,3}(?:-{2,}|={2,})\s*$")  # below a text: it would become a heading
_PARTIAL_UNDERLINE = re.compile(r"[\s:|=-]*$")
_DELIMITER_ROW = re.compile(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")
_OPENS_FORMULA = re.compile(r"\s*(?:\\\[|\$\$)")
_INLINE_FORMULA = re.compile(r"(?<!\\)\\[\[\]]")  # within a line CommonMark takes them for brackets
_CLOSES_FORMULA = re.compile(r"(?:\\\]|\$\$)\s*[.,;]?\s*$")
# Behind it there may be marks of sources (ui/source_marks.py): a space and private characters.
_SENTENCE_END = re.compile(r"[.!?:;。！？：；…][\"'”’)）」*_`\]]*(?:\u202f[\ue200-\uf8ff]+)?\s*$")
_MARKS = "*_`\"'“‘(（「[\\"  # in front of the first letter of a sentence


def repaired(text: str) -> str:
    """Return a whole text with the blank lines that were missing."""
    whole = TolerantMarkdown()
    return whole.feed(text) + whole.finish()


class TolerantMarkdown:
    """Repairer of one growing text."""

    def __init__(self) -> None:
        self._line = ""  # the line that is arriving
        self._passed = 0  # characters of it that were returned; 0 while its kind is not known
        self._above = ""  # the line before it
        self._fence = ""  # the mark that closes the code
        self._in_list = self._in_table = self._in_formula = self._after_formula = False

    def feed(self, text: str) -> str:
        """Return what can be shown of more text, with the blank lines that were missing."""
        out: list[str] = []
        for piece in re.split(r"(?<=\n)", text.replace("\r\n", "\n").replace("\r", "\n")):
            self._line += piece
            is_whole = piece.endswith("\n")
            if self._passed or is_whole or self._kind_is_known():
                out.append(self._pass_on())
            if is_whole:
                self._end_line()
        return "".join(out)

    def finish(self) -> str:
        """Return the rest, after the end of the text."""
        return self._pass_on(is_last=True)

    def _pass_on(self, is_last: bool = False) -> str:
        before = "" if self._passed or not self._line else self._missing_break()
        piece = self._line[self._passed :]
        if not self._fence and not self._in_formula and not _OPENS_FORMULA.match(self._line):
            if piece.endswith("\\") and not is_last:
                piece = piece[:-1]  # the next character tells what it is
            self._passed += len(piece)
            return before + _INLINE_FORMULA.sub(r"$$", piece)
        self._passed += len(piece)
        return before + piece

    def _kind_is_known(self) -> bool:
        line = self._line
        if self._fence:
            return line.lstrip()[:1] not in ("", "`", "~")  # it may be the closing mark
        if len(line.strip()) < _DECISIVE or _PARTIAL_UNDERLINE.match(line):
            return False
        return not (self._in_table and self._rows_are_open() and "|" not in line)

    def _rows_are_open(self) -> bool:
        """Return whether rows begin without a bar, so that only a bar inside tells one."""
        return not self._above.lstrip().startswith("|")

    # --- lines --------------------------------------------------------------------------------

    def _missing_break(self) -> str:
        r"""Return "\n" where a blank line is missing before the current line."""
        line, above = self._line, self._above
        if self._fence or self._in_formula or not line.strip() or not above.strip():
            return ""
        missing = (
            self._after_formula
            or self._ends_table(line)
            or self._ends_list(line)
            or self._opens_block(line)
            or self._is_new_paragraph(line)
        )
        return "\n" if missing else ""

    def _ends_table(self, line: str) -> bool:
        is_row = "|" in line if self._rows_are_open() else line.lstrip().startswith("|")
        return self._in_table and not is_row

    def _ends_list(self, line: str) -> bool:
        if not self._in_list or line[:1].isspace() or _is_block(line):
            return False
        return _begins_sentence(line) and not _goes_on(self._above)

    def _opens_block(self, line: str) -> bool:
        """Return whether the line begins a block that cannot interrupt a paragraph."""
        if _OPENS_FORMULA.match(line):
            return True
        if self._in_list or self._in_table or _is_block(self._above):
            return False
        return bool(_UNDERLINE.match(line) or _NUMBER.match(line))

    def _is_new_paragraph(self, line: str) -> bool:
        """Return whether a single line break stands between two paragraphs."""
        if self._in_list or self._in_table or _is_block(line) or _is_block(self._above):
            return False
        is_long = _columns(self._above) >= _VERSE
        return is_long and bool(_SENTENCE_END.search(self._above)) and _begins_sentence(line)

    def _end_line(self) -> None:
        line = self._line.rstrip("\n")
        self._line, self._passed = "", 0
        if self._follow_fence(line) or self._follow_formula(line):
            self._above = line
            return
        if not line.strip():
            self._in_table = False
            self._in_list = self._in_list and bool(self._above.strip())
            self._above = ""
            return
        if _ITEM.match(line):
            self._in_list = True
        elif not line[:1].isspace():
            stays = bool(self._above.strip()) and not _is_block(line) and not self._ends_list(line)
            self._in_list = self._in_list and stays
        is_table_head = "|" in line and "-" in line and bool(_DELIMITER_ROW.match(line))
        self._in_table = (self._in_table and not self._ends_table(line)) or is_table_head
        self._above = line

    def _follow_fence(self, line: str) -> bool:
        """Follow the marks around code; return whether the line is a mark or code."""
        mark = _FENCE.match(line.lstrip() if self._in_list or self._fence else line)
        if self._fence:
            if mark and mark[1].startswith(self._fence) and not line.strip().strip(mark[1][0]):
                self._fence = ""
            return True
        if mark:
            self._fence = mark[1]
        return bool(mark)

    def _follow_formula(self, line: str) -> bool:
        r"""Follow `\[ … \]` and `$$ … $$`; return whether the line belongs to one."""
        was_inside, self._after_formula = self._in_formula, False
        opened = _OPENS_FORMULA.match(line)
        if not was_inside and not opened:
            return False
        rest = line if was_inside or opened is None else line[opened.end() :]
        self._in_formula = not _CLOSES_FORMULA.search(rest) and bool(line.strip())
        self._after_formula = not self._in_formula
        return True


def _is_block(line: str) -> bool:
    """Return whether a line is a block of its own, which a paragraph neither takes nor goes on."""
    start = line.lstrip()
    return bool(
        _ITEM.match(line)
        or _HEADING.match(line)
        or _FENCE.match(start)
        or start.startswith((">", "|"))
        or _DELIMITER_ROW.match(line)
    )


def _begins_sentence(line: str) -> bool:
    """Return whether a line begins as a sentence does, with a letter that is not a small one."""
    first = line.lstrip().lstrip(_MARKS)[:1]
    return bool(first) and not first.islower() and not unicodedata.category(first).startswith("P")


def _goes_on(line: str) -> bool:
    """Return whether a line was wrapped by hand in the middle of a sentence."""
    return _columns(line) >= _WRAPPED and not _SENTENCE_END.search(line)


def _columns(line: str) -> int:
    """Return the width of a line in columns; Chinese and the like take two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in line.strip())
