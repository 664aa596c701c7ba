"""Text of a transcript, in which each word knows when it is said."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import (
    QKeyEvent,
    QMouseEvent,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QTextEdit

from mmdesk.ui import theme
from mmdesk.ui.i18n import tr
from mmdesk.ui.markdown.highlight import units
from mmdesk.ui.widgets import named
from mmdesk.values import Segment, clock

MAX_MARKS = 500
_TIME_COLUMN = 5.2  # widths of a digit-like letter for the times, in the height of the text


@dataclass(frozen=True, slots=True)
class _Place:
    """Range of the text and when it is said."""

    position: int
    length: int
    start: float
    end: float


class TranscriptText(QTextEdit):
    """Segments of a transcript with their times; a click or Enter chooses from where to play.

    Signals:
        place_chosen(float): the second of the word that was chosen.
    """

    place_chosen = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        named(self, "transcriptText", tr("Transcript"), tr("Click a word to play from there"))
        self.setReadOnly(True)
        self.setAcceptDrops(False)
        self.setTabChangesFocus(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor)
        self.document().setDocumentMargin(10)
        self._segments: list[_Place] = []
        self._words: list[_Place] = []
        self._shown: tuple[Segment, ...] = ()
        self._found: list[QTextCursor] = []
        self._playing: tuple[int, int] | None = None  # the segment and the word that are heard

    def set_segments(self, segments: tuple[Segment, ...]) -> None:
        """Show segments; those that are shown already stay where they are."""
        if segments[: len(self._shown)] != self._shown:
            self.clear()
            self._segments, self._words, self._shown = [], [], ()
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        for segment in segments[len(self._shown) :]:
            self._add(cursor, segment)
        cursor.endEditBlock()
        self._shown = segments

    def _add(self, cursor: QTextCursor, segment: Segment) -> None:
        cursor.movePosition(QTextCursor.MoveOperation.End)
        block = QTextBlockFormat()
        column = _TIME_COLUMN * theme.base_pixels()
        block.setLeftMargin(column)
        block.setTextIndent(-column)
        block.setBottomMargin(6)
        block.setLineHeight(140, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        if self._segments:
            cursor.insertBlock(block)
        else:
            cursor.setBlockFormat(block)
        begin = cursor.position()
        time, plain = QTextCharFormat(), QTextCharFormat()
        time.setForeground(theme.colour(theme.current().muted))
        plain.setForeground(theme.colour(theme.current().text))
        cursor.insertText(f"{clock(segment.start)}\t", time)
        text = " ".join(segment.text.split())
        start = cursor.position()
        cursor.insertText(text, plain)
        self._segments.append(_Place(begin, cursor.position() - begin, segment.start, segment.end))
        self._add_words(segment, text, start)

    def _add_words(self, segment: Segment, text: str, start: int) -> None:
        at = 0
        for word in segment.words:
            place = text.find(word.text, at)
            if place >= 0:
                at = place + len(word.text)
                position = start + units(text[:place])
                self._words.append(_Place(position, units(word.text), word.start, word.end))

    # --- from where to play -------------------------------------------------------------------

    def second_at(self, position: int) -> float | None:
        """Return when the word at a position of the text is said, else its segment."""
        index = bisect_right(self._segments, position, key=lambda place: place.position) - 1
        if index < 0:
            return None
        segment = self._segments[index]
        at = bisect_right(self._words, position, key=lambda place: place.position) - 1
        if at >= 0 and self._words[at].position >= segment.position:
            return self._words[at].start
        return segment.start

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose the word that was clicked, unless text was selected."""
        super().mouseReleaseEvent(event)
        left = event.button() == Qt.MouseButton.LeftButton
        if left and not self.textCursor().hasSelection():
            self._choose(self.cursorForPosition(event.position().toPoint()).position())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose the word at the cursor with Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self.textCursor().position())
        else:
            super().keyPressEvent(event)

    def _choose(self, position: int) -> None:
        second = self.second_at(position)
        if second is not None:
            self.place_chosen.emit(second)

    # --- what is heard ------------------------------------------------------------------------

    def show_second(self, second: float | None) -> None:
        """Highlight the segment and the word that are heard; None for nothing."""
        playing = None
        if second is not None and self._segments:
            playing = (_index(self._segments, second), _index(self._words, second))
        if playing == self._playing:
            return
        moved = playing is not None and (self._playing is None or playing[0] != self._playing[0])
        self._playing = playing
        self._show_marks()
        if moved and playing is not None and playing[0] >= 0:
            self._scroll_to(self._segments[playing[0]])

    def _scroll_to(self, place: _Place) -> None:
        cursor = QTextCursor(self.document())
        cursor.setPosition(place.position)
        area = self.cursorRect(cursor)
        bar, height = self.verticalScrollBar(), self.viewport().height()
        if area.top() < 0 or area.bottom() > height - 3 * area.height():
            bar.setValue(bar.value() + area.top() - height // 3)

    def _show_marks(self) -> None:
        marks: list[QTextEdit.ExtraSelection] = []
        if self._playing is not None:
            segment, word = self._playing
            if segment >= 0:
                marks.append(self._mark(self._segments[segment], theme.current().accent_soft))
            if word >= 0:
                strong = self._mark(self._words[word], theme.current().accent)
                strong.format.setForeground(theme.colour(theme.current().on_accent))
                marks.append(strong)
        for cursor in self._found:
            found = QTextEdit.ExtraSelection()
            found.cursor = cursor
            found.format.setFontUnderline(True)
            found.format.setBackground(theme.colour(theme.current().accent_soft))
            found.format.setForeground(theme.colour(theme.current().accent))
            marks.append(found)
        self.setExtraSelections(marks)

    def _mark(self, place: _Place, background: str) -> QTextEdit.ExtraSelection:
        mark = QTextEdit.ExtraSelection()
        cursor = QTextCursor(self.document())
        cursor.setPosition(place.position)
        cursor.setPosition(place.position + place.length, QTextCursor.MoveMode.KeepAnchor)
        mark.cursor = cursor
        mark.format.setBackground(theme.colour(background))
        return mark

    # --- search -------------------------------------------------------------------------------

    @Slot(str)
    def mark(self, words: str) -> int:
        """Mark words wherever they are said; return how many places there are."""
        self._found = []
        cursor = self.document().find(words) if words else QTextCursor()
        while not cursor.isNull() and len(self._found) < MAX_MARKS:
            self._found.append(cursor)
            cursor = self.document().find(words, cursor)
        self._show_marks()
        return len(self._found)

    def find_next(self, *, backward: bool = False) -> None:
        """Move the cursor to the next place that is marked, from the top again after the last."""
        if not self._found:
            return
        at = self.textCursor().selectionStart()
        if backward:
            before = [cursor for cursor in self._found if cursor.selectionStart() < at]
            chosen = before[-1] if before else self._found[-1]
        else:
            after = [cursor for cursor in self._found if cursor.selectionStart() > at]
            chosen = after[0] if after else self._found[0]
        here = self.textCursor()
        here.setPosition(chosen.selectionStart())
        self.setTextCursor(here)
        self.ensureCursorVisible()


def _index(places: list[_Place], second: float) -> int:
    """Return the index of the place that is heard at a second; -1 before the first."""
    return bisect_right(places, second + 0.02, key=lambda place: place.start) - 1
