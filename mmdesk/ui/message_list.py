"""A column of messages of which only those near the viewport exist as widgets.

A conversation may have ten thousand messages, and a widget costs milliseconds and hundreds of
kilobytes. So a message that is far away is a height: estimated from its length until it has been
laid out once, then remembered. Whatever changes above the first visible message moves the scroll
position along, so that what the person reads stands still. What one scroll step needs costs the
same however long the conversation is: loops run over the widgets there are, never over all
messages, but for the running sum of heights (0.2 ms of ten thousand).
"""

from __future__ import annotations

import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from itertools import accumulate

from PySide6.QtCore import QEvent, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

from mmdesk.ui.answer_message import AnswerMessage
from mmdesk.ui.theme import MEASURE
from mmdesk.ui.user_message import UserMessage
from mmdesk.values import StoredMessage

EDGE = 24  # px around the messages
GAP = 22  # px between them
_NEAR = 0.6  # viewport heights around the viewport in which messages are made
_FAR = 2.5  # viewport heights beyond which they are given back
_BUDGET = 0.012  # s of making messages at once; the rest is made right after
_LINE, _FRAME = 23, 62  # px of a line and of what stands around a message, for estimates
_CHARACTER = 7.6  # px

MessageWidget = UserMessage | AnswerMessage


class MessageList(QWidget):
    """See the module; lives inside `area`, which scrolls it.

    Attributes:
        messages: all of them, oldest first.

    Signals:
        settled(): heights or places differ; everything has its place again.
    """

    settled = Signal()

    def __init__(self, area: QScrollArea, make: Callable[[StoredMessage], MessageWidget]) -> None:
        super().__init__()
        self.setObjectName("column")
        self.messages: list[StoredMessage] = []
        self._area = area
        self._make = make
        self._made: dict[int, MessageWidget] = {}  # by place
        self._heights: list[int] = []  # px, with the gap below
        self._tops: list[int] = [EDGE]  # of each message, and of what would follow
        self._held: set[int] = set()  # places whose widgets stay
        self._settling = False
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self.look)

    # --- what is in it ------------------------------------------------------------------------

    def widgets(self) -> list[MessageWidget]:
        """The messages that exist as widgets, in order."""
        return [self._made[at] for at in sorted(self._made)]

    def widget(self, at: int) -> MessageWidget | None:
        """The widget of the message at this place, if it exists."""
        return self._made.get(at)

    def fill(self, messages: tuple[StoredMessage, ...]) -> None:
        """Other messages in place of those that were there."""
        self._later.stop()
        for at in list(self._made):
            self._give_back(at)
        self._held.clear()
        self.messages = list(messages)
        self._heights = [self._guess(message) for message in self.messages]
        self._place()

    def append(self, message: StoredMessage) -> MessageWidget:
        """One more message at the end; it exists at once."""
        self.messages.append(message)
        self._heights.append(self._guess(message))
        self._place()
        return self.make(len(self.messages) - 1)

    def prepend(self, messages: tuple[StoredMessage, ...]) -> None:
        """More messages before the first one; what is seen stays where it is."""
        more = len(messages)
        self.messages[:0] = messages
        self._heights[:0] = [self._guess(message) for message in messages]
        self._made = {at + more: widget for at, widget in self._made.items()}
        self._held = {at + more for at in self._held}
        self._place(more)
        self.settled.emit()

    def place_of(self, message: str) -> int | None:
        """The place of the message with this id."""
        for at, known in enumerate(self.messages):
            if known.id == message:
                return at
        return None

    def make(self, at: int) -> MessageWidget:
        """Have the message at this place exist, whatever it costs."""
        made = self._realise(at)
        self.settle()
        return made

    def top(self, at: int) -> int:
        """Px from the column's top to the message at this place."""
        return self._tops[at]

    def hold(self, at: int, held: bool) -> None:
        """Whether the widget at this place stays however far away it is."""
        (self._held.add if held else self._held.discard)(at)

    # --- making and giving back ---------------------------------------------------------------

    @Slot()
    def look(self) -> None:
        """Make what has come near the viewport, a few milliseconds' worth at a time, what is in
        it first; give back what is far away.
        """
        if not self.messages or not self.isVisible():
            return
        self._give_back_far()
        until = time.perf_counter() + _BUDGET
        for margin in (0.0, _NEAR):
            while (at := self._missing(margin)) is not None:
                if time.perf_counter() > until:
                    self._later.start()
                    return
                self._realise(at)
                self.settle()  # its height moves what follows

    def _missing(self, margin: float) -> int | None:
        """A place within `margin` of the viewport without a widget; the lowest one, since that
        is where a conversation is opened.
        """
        near = self._within(margin)
        return next((at for at in reversed(near) if at not in self._made), None)

    def _give_back_far(self) -> None:
        keep = self._within(_FAR)
        for at in [at for at in self._made if at not in keep]:
            if at not in self._held and not self._has_focus(at):
                self._give_back(at)

    def _within(self, margin: float) -> range:
        """The places that touch the viewport and `margin` heights around it."""
        high = self._area.viewport().height()
        value = self._area.verticalScrollBar().value()
        first = bisect_right(self._tops, value - margin * high) - 1
        last = bisect_left(self._tops, value + (1 + margin) * high)
        return range(max(0, first), min(len(self.messages), last))

    def _has_focus(self, at: int) -> bool:
        focus = QApplication.focusWidget()
        return focus is not None and self._made[at].isAncestorOf(focus)

    def _realise(self, at: int) -> MessageWidget:
        if at not in self._made:
            widget = self._make(self.messages[at])
            widget.setParent(self)
            self._lay(at, widget)
            self._made[at] = widget
            widget.show()
        return self._made[at]

    def _give_back(self, at: int) -> None:
        widget = self._made.pop(at)
        self.messages[at] = widget.kept(self.messages[at])
        widget.hide()
        widget.deleteLater()

    # --- places -------------------------------------------------------------------------------

    @property
    def _across(self) -> int:
        return max(120, min(MEASURE, self.width() - 2 * EDGE))

    def _lay(self, at: int, widget: QWidget) -> None:
        across = self._across
        left = (self.width() - across) // 2
        widget.setGeometry(left, self._tops[at], across, max(1, self._heights[at] - GAP))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest and not self._settling:
            self.settle()
        return super().event(event)

    def is_settling(self) -> bool:
        """Whether the scroll position moves only to keep what is read in its place."""
        return self._settling

    def settle(self) -> None:
        """Give every message that exists the height it wants, and all of them their places."""
        if self._settling:
            return
        self._settling = True
        try:
            changed = [at for at, widget in self._made.items() if self._measure(at, widget)]
            if changed:
                self._place()
        finally:
            self._settling = False
        if changed:
            self.settled.emit()

    def _measure(self, at: int, widget: QWidget) -> bool:
        """Take the height that the widget wants; whether that is news."""
        if widget.width() != self._across:
            self._lay(at, widget)
        layout = widget.layout()
        assert layout is not None
        layout.activate()
        wanted = GAP + (
            layout.totalHeightForWidth(self._across)
            if layout.hasHeightForWidth()
            else layout.totalSizeHint().height()
        )
        news = wanted != self._heights[at]
        self._heights[at] = wanted
        return news

    def _place(self, more: int = 0) -> None:
        """Sum the heights up; the first message that is seen stays where it is on the screen,
        also when `more` messages were put before all others.
        """
        bar = self._area.verticalScrollBar()
        first = self._anchor(bar.value())
        before = self._tops[first]
        first += more
        self._tops = list(accumulate(self._heights, initial=EDGE))
        for at, widget in self._made.items():
            self._lay(at, widget)
        wanted = self._tops[-1] + EDGE - GAP if self.messages else 0
        settling, self._settling = self._settling, True
        if wanted != self.minimumHeight():
            self.setMinimumHeight(wanted)
            # The scroll bar should know at once, not when the layout gets its turn.
            self.resize(self.width(), max(wanted, self._area.viewport().height()))
        if first < len(self.messages) and self._tops[first] != before:
            bar.setValue(bar.value() + self._tops[first] - before)
        self._settling = settling

    def _anchor(self, value: int) -> int:
        """The place that is to stand still: the first message whose top is seen, or else the
        one that fills the viewport.
        """
        at = bisect_left(self._tops, value)
        seen = at < len(self._tops) - 1 and self._tops[at] < value + self._area.viewport().height()
        return at if seen else max(0, bisect_right(self._tops, value) - 1)

    def _guess(self, message: StoredMessage) -> int:
        text = message.turn.text
        lines = len(text) / (self._across / _CHARACTER) + text.count("\n") + 1
        attached = 190 if message.turn.images else 0
        return round(lines * _LINE) + _FRAME + attached + 44 * len(message.turn.documents) + GAP

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width() and self.messages:
            for at, message in enumerate(self.messages):
                if at not in self._made:
                    self._heights[at] = self._guess(message)
            self._place()
            self.settle()
            self._later.start()
