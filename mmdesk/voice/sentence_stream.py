"""Sentences of a text in Markdown that is still being written."""

from __future__ import annotations

import re

from mmdesk.text import sentences
from mmdesk.voice.spoken_markdown import parser, spoken_sentences

FIRST_CLAUSE = 48  # characters after which the first sentence is begun at a comma
_STREAMED = ("paragraph_open", "heading_open", "bullet_list_open", "ordered_list_open",
             "blockquote_open")  # fmt: skip
_MAY_END = re.compile(r"[.!?…。！？][\"'”’)*_]*\s|[。！？]|\n")
_CLAUSE = re.compile(r"[,;:–—]\s|[，；：]")
_NUMBER = re.compile(r"(?:^|\s)\d{1,4}\.$")  # of a list item, or "3." of "3. Mai"


class SentenceStream:
    """Splitter of one growing Markdown text into the sentences that are spoken.

    The text since the last whole block is parsed again when a sentence may have ended, so a
    sentence is returned as soon as it is whole, and code, tables and formulas when their block is.
    """

    def __init__(self) -> None:
        self._markdown = parser()
        self._tail = ""  # from the beginning of the last block on
        self._given = 0  # sentences of `_tail` that were returned
        self._begun = ""  # of the first sentence, what was returned before its end
        self._is_first = True

    def feed(self, text: str) -> list[str]:
        """Add text and return the sentences that are complete now."""
        before = self._tail[-2:]
        self._tail += text
        if _MAY_END.search(before + text) or self._could_begin(text):
            return self._taken(is_last=False)
        return []

    def finish(self) -> list[str]:
        """Return the rest, after the end of the text."""
        return self._taken(is_last=True)

    def _could_begin(self, text: str) -> bool:
        is_long = self._is_first and len(self._tail) >= FIRST_CLAUSE
        return is_long and _CLAUSE.search(text + " ") is not None

    def _taken(self, is_last: bool) -> list[str]:
        tokens = self._markdown.parse(self._tail)
        starts = [at for at, token in enumerate(tokens) if token.level == 0 and token.nesting >= 0]
        if not starts:
            return []
        last = tokens[starts[-1] :]
        first_line = last[0].map[0] if last[0].map else 0
        found: list[str] = []
        if len(starts) > 1:  # all blocks but the last are whole
            found += spoken_sentences(tokens[: starts[-1]])[self._given :]
            self._given = 0
            self._tail = "".join(self._tail.splitlines(keepends=True)[first_line:])
        if is_last:
            found += spoken_sentences(last)[self._given :]
            self._tail, self._given = "", 0
        elif last[0].type in _STREAMED and "|" not in self._last_line():
            whole = self._whole(spoken_sentences(last))
            found += whole[self._given :]
            self._given = max(self._given, len(whole))
            if not found:
                return self._first_clause(spoken_sentences(last))
        return self._without_begun(found)

    def _last_line(self) -> str:
        return self._tail.rstrip("\n").rpartition("\n")[2]

    def _whole(self, found: list[str]) -> list[str]:
        """Leave out the last sentence where it may go on."""
        last = self._tail[-1:]
        if not found or not (last.isspace() or last in "。！？"):
            return found[:-1]
        written = self._tail.rstrip()
        ends = re.search(r"[.!?…。！？][\"'”’)*_`]*$", written) and not _NUMBER.search(written)
        # An abbreviation is told by what could follow.
        parted = len(sentences(f"{found[-1]} The end.")) > len(sentences(found[-1]))
        return found if ends and parted else found[:-1]

    def _first_clause(self, found: list[str]) -> list[str]:
        """Return the beginning of a long first sentence up to a comma, to speak sooner."""
        if not self._is_first or self._given or len(found) != 1:
            return []
        ends = [match.end() for match in _CLAUSE.finditer(found[0])]
        end = next((end for end in ends if end >= FIRST_CLAUSE), 0)
        if not end:
            return []
        self._is_first = False
        self._begun = found[0][:end]
        return [self._begun.strip()]

    def _without_begun(self, found: list[str]) -> list[str]:
        if not found:
            return []
        self._is_first = False
        begun, self._begun = self._begun, ""
        if begun and found[0].startswith(begun):
            found[0] = found[0][len(begun) :].strip()
        return [sentence for sentence in found if sentence]
