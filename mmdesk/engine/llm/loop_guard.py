"""Guard against loops: an answer that says the same again and again is ended.

Small models fall into loops, most of all with greedy decoding: "Visit the historic city of Porto"
until the length limit. The guard reads the text in spans (sentences, lines, list items). A span
that would complete a loop is never shown: while a span may still become one, its text is held back.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

# Copies of a span, or of a run of spans, one after the other, that are a loop.
ITEM_COPIES = 2  # of the same list item
COPIES = 3
CODE_COPIES = 10  # a program may well repeat its lines
TOTAL_COPIES = 5  # of the same span, wherever they stand
MAX_PERIOD = 8  # spans in a run
MIN_BYTES = 14  # of a span's letters and digits; "Yes." may stand often
MIN_LOOP_BYTES = 60  # of all copies together
QUESTION_MAX_CHARACTERS = 300  # what a question of this length says may be repeated for it
_TAIL = 260  # characters in which a loop without sentences is looked for
_CHECK_EVERY = 40  # characters
_CYCLE = re.compile(r"(?=.{0,60}[^\W_])(.{2,60}?)\1{5,}\Z", re.DOTALL)
_MIN_CYCLE = 120  # characters of all its copies
_MARKS = re.compile(r"[\W_]+")
_ITEM = re.compile(r"\s*(?:[-*•+]|\d+[.)、])\s*")
# The running number of "Day 4:" and "4." differs between the copies of a loop. Other numbers are
# what a line says: "Multiply 12 by 4 to get 48."
_NUMBERING = re.compile(r"[\s#>*•+-]*(?:[^\W\d]{1,9} )?\d+\**[.:)、]\**\s*")
_FENCE = "```"
_ENDS = ".!?"
_CJK_ENDS = "。！？；"


class LoopGuard:
    """Guard of one answer's text.

    Args:
        question: what was asked. A span that it names may be repeated ("write ... ten times").

    Attributes:
        looped: the answer began to repeat itself and has to end.
    """

    def __init__(self, question: str = "") -> None:
        self.looped = False
        short = question if len(question) <= QUESTION_MAX_CHARACTERS else ""
        self._asked = _letters(short)
        self._spans: list[str] = []  # letters of every complete span
        self._counts: Counter[str] = Counter()
        self._span = ""  # the one being written
        self._shown = 0  # characters of it that were returned
        self._in_code = False
        self._checked = 0  # characters of it in which no cycle was found

    def feed(self, text: str) -> str:
        """Return the text that can be shown now; it may be empty, or more than `text`."""
        shown: list[str] = []
        for character in text:
            if self.looped:
                break
            if character.isspace() and self._is_sentence():
                shown.append(self._end_span())
            self._span += character
            if not self.looped and (character == "\n" or character in _CJK_ENDS):
                shown.append(self._end_span())
        if not self.looped:
            shown.append(self._release())
            self._find_cycle()
        return "".join(shown)

    def flush(self) -> str:
        """Return what was held back at the end of an answer, unless it completes a loop."""
        return "" if self.looped else self._end_span()

    def _is_sentence(self) -> bool:
        return self._span[-1:] in tuple(_ENDS) and bool(_letters(self._span))

    def _end_span(self) -> str:
        """Take the complete span, and return the rest of its text unless it completes a loop."""
        span, rest = self._span, self._span[self._shown :]
        self._span, self._shown, self._checked = "", 0, 0
        if span.lstrip().startswith(_FENCE):
            self._in_code = not self._in_code
            self._spans.clear()
            self._counts.clear()
            return rest
        letters = _letters(span)
        if not letters:
            return rest
        if self._completes_loop(letters, _is_item(span)):
            self.looped = True
            return ""
        self._spans.append(letters)
        self._counts[letters] += 1
        return rest

    def _completes_loop(self, letters: str, is_item: bool) -> bool:
        if letters in self._asked:
            return False
        long = len(letters.encode()) >= MIN_BYTES
        if not self._in_code and long and self._counts[letters] + 1 >= TOTAL_COPIES:
            return True
        spans = [*self._spans[-MAX_PERIOD * CODE_COPIES :], letters]
        for period in range(1, MAX_PERIOD + 1):
            copies = ITEM_COPIES if is_item and period == 1 and long else COPIES
            copies = CODE_COPIES if self._in_code else copies
            run = spans[-period:]
            if len(spans) >= period * copies and spans[-period * copies :] == run * copies:
                size = len("".join(run).encode()) * copies
                if size >= (2 * MIN_BYTES if copies == ITEM_COPIES else MIN_LOOP_BYTES):
                    return True
        return False

    def _release(self) -> str:
        """Return what can be shown of the span being written: nothing while it may be a loop's."""
        if self._may_complete_loop():
            return ""
        shown, self._shown = self._span[self._shown :], len(self._span)
        return shown

    def _may_complete_loop(self) -> bool:
        letters = _letters(self._span)
        return any(
            known.startswith(letters) and self._completes_loop(known, is_item)
            for known in self._candidates()
            for is_item in {_is_item(self._span), not letters}
        )

    def _candidates(self) -> Iterable[str]:
        """Return the spans of which one more copy may complete a loop."""
        frequent = (span for span, count in self._counts.items() if count + 1 >= TOTAL_COPIES)
        return {*self._spans[-MAX_PERIOD:], *frequent}

    def _find_cycle(self) -> None:
        """Find the same few characters again and again in a span that does not end."""
        if len(self._span) < self._checked + _CHECK_EVERY:
            return
        self._checked = len(self._span)
        found = _CYCLE.search(self._span[-_TAIL:])
        if found is None or len(found[0]) < _MIN_CYCLE or not _letters(found[1]):
            return
        self.looped = _letters(found[1]) not in self._asked


def _letters(span: str) -> str:
    """Return a span without what differs between its copies: numbering, marks, spaces, case."""
    numbering = _NUMBERING.match(span)
    return _MARKS.sub("", span[numbering.end() :] if numbering else span).lower()


def _is_item(span: str) -> bool:
    return _ITEM.match(span) is not None
