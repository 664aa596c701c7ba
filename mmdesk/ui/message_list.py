"""A virtual list of messages: only those near the viewport exist as widgets.

A conversation may have ten thousand messages, and a widget costs milliseconds and hundreds of
kilobytes. So a message that is far away is a height: estimated from its length until it has been
laid out once, then remembered. Whatever changes above the first visible message moves the scroll
position along, so that what the user reads does not move. What one scroll step needs costs the
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
from PySide6.QtWidgets import QScrollArea, QWidget

from mmdesk.ui.answer_message import AnswerMessage
from mmdesk.ui.theme import MEASURE
from mmdesk.ui.user_message import UserMessage
from mmdesk.values import DocumentInput, StoredMessage

EDGE = 24  # px around the messages
GAP = 22  # px between them
_NEAR = 0.6  # viewport heights around the viewport in which widgets are created
_FAR = 2.5  # viewport heights beyond which they are released
_BUDGET = 0.012  # s of creating widgets at once; the rest is created right after
_LINE, _FRAME = 23, 62  # px of a line and of a message without its lines, for estimates
_CHARACTER = 7.6  # px

MessageWidget = UserMessage | AnswerMessage


class MessageList(QWidget):
    """The content of a scroll area: one column of messages of any number.

    Messages are addressed by their index in `messages`.

    Args:
        area: the scroll area that this widget is put into.
        create: makes the widget of a message.

    Attributes:
        messages: all of them, oldest first.

    Signals:
        settled(): heights or positions changed, and every widget has its new geometry.
    """

    settled = Signal()

    def __init__(self, area: QScrollArea, create: Callable[[StoredMessage], MessageWidget]) -> None:
        super().__init__()
        self.setObjectName("column")
        self.messages: list[StoredMessage] = []
        self._area = area
        self._create = create
        self._widgets: dict[int, MessageWidget] = {}  # by index
        self._heights: list[int] = []  # px, with the gap below
        self._tops: list[int] = [EDGE]  # of each message, and of what would follow
        self._retained: set[int] = set()  # indices whose widgets stay
        self._settling = False
        self._update_timer = QTimer(self)
        self._update_timer.setSingleShot(True)
        self._update_timer.setInterval(0)
        self._update_timer.timeout.connect(self.update_widgets)

    # --- messages -----------------------------------------------------------------------------

    def widgets(self) -> list[MessageWidget]:
        """Return the messages that exist as widgets, in order."""
        return [self._widgets[index] for index in sorted(self._widgets)]

    def widget(self, index: int) -> MessageWidget | None:
        """Return the widget of a message, if it exists."""
        return self._widgets.get(index)

    def fill(self, messages: tuple[StoredMessage, ...]) -> None:
        """Replace all messages.

        Hiding the widget with the focus gives the focus to the next one and scrolls to it, which
        would create widgets again in between. So the focus goes to the scroll area first, the
        widgets are forgotten before they are hidden, and no scrolling creates any meanwhile.
        """
        self._update_timer.stop()
        focused = self.window().focusWidget()
        if focused is not None and self.isAncestorOf(focused):
            self._area.setFocus()
        old, self._widgets = self._widgets, {}
        self._retained.clear()
        self.messages = list(messages)
        self._heights = [self._estimated_height(message) for message in self.messages]
        self._settling = True
        try:
            for widget in old.values():
                widget.hide()
                widget.deleteLater()
            self._update_tops()
        finally:
            self._settling = False

    def append(self, message: StoredMessage) -> MessageWidget:
        """Add a message at the end and return its widget, which exists at once."""
        self.messages.append(message)
        self._heights.append(self._estimated_height(message))
        self._update_tops()
        return self.ensure_widget(len(self.messages) - 1)

    def prepend(self, messages: tuple[StoredMessage, ...]) -> None:
        """Add messages before the first one; what is visible stays where it is."""
        count = len(messages)
        self.messages[:0] = messages
        self._heights[:0] = [self._estimated_height(message) for message in messages]
        self._widgets = {index + count: widget for index, widget in self._widgets.items()}
        self._retained = {index + count for index in self._retained}
        self._update_tops(count)
        self.settled.emit()

    def index_of(self, message: str) -> int | None:
        """Return the index of the message with this id."""
        for index, known in enumerate(self.messages):
            if known.id == message:
                return index
        return None

    def documents(self) -> tuple[DocumentInput, ...]:
        """Return the documents of all messages, the latest first, with what was read since."""
        found: list[DocumentInput] = []
        for index in range(len(self.messages) - 1, -1, -1):
            widget = self._widgets.get(index)
            turn = widget.turn if isinstance(widget, UserMessage) else self.messages[index].turn
            found += turn.documents
        return tuple(found)

    def ensure_widget(self, index: int) -> MessageWidget:
        """Return the widget of a message, created and laid out whatever it costs."""
        widget = self._ensure(index)
        retained = index in self._retained
        self._retained.add(index)  # settling may scroll to the end, and release what is far away
        self.settle()
        self.retain(index, retained)
        return widget

    def top(self, index: int) -> int:
        """Return the px from the top of the list to a message."""
        return self._tops[index]

    def retain(self, index: int, retained: bool) -> None:
        """Set whether the widget of a message stays however far away it is."""
        (self._retained.add if retained else self._retained.discard)(index)

    # --- creating and releasing widgets -------------------------------------------------------

    @Slot()
    def update_widgets(self) -> None:
        """Create the widgets near the viewport and release those far away.

        Those in the viewport come first, and after a few milliseconds the event loop has its
        turn before the rest is created.
        """
        if not self.messages or not self.isVisible():
            return
        self._release_far()
        until = time.perf_counter() + _BUDGET
        for margin in (0.0, _NEAR):
            while (index := self._next_missing(margin)) is not None:
                if time.perf_counter() > until:
                    self._update_timer.start()
                    return
                self._ensure(index)
                self.settle()  # its height moves what follows

    def is_complete(self) -> bool:
        """Return whether every message near the viewport exists as a widget."""
        return self._next_missing(_NEAR) is None and not self._update_timer.isActive()

    def _next_missing(self, margin: float) -> int | None:
        """Return the last message within `margin` of the viewport that has no widget.

        The last one, because a conversation is opened at its end.
        """
        near = self._range_within(margin)
        return next((index for index in reversed(near) if index not in self._widgets), None)

    def _release_far(self) -> None:
        near = self._range_within(_FAR)
        for index in [index for index in self._widgets if index not in near]:
            if index not in self._retained and not self._has_focus(index):
                self._release(index)

    def _range_within(self, margin: float) -> range:
        """Return the messages that touch the viewport and `margin` heights around it."""
        height = self._area.viewport().height()
        value = self._area.verticalScrollBar().value()
        first = bisect_right(self._tops, value - margin * height) - 1
        last = bisect_left(self._tops, value + (1 + margin) * height)
        return range(max(0, first), min(len(self.messages), last))

    def _has_focus(self, index: int) -> bool:
        focused = self.window().focusWidget()
        return focused is not None and self._widgets[index].isAncestorOf(focused)

    def _ensure(self, index: int) -> MessageWidget:
        if index not in self._widgets:
            widget = self._create(self.messages[index])
            widget.setParent(self)
            self._set_geometry(index, widget)
            self._widgets[index] = widget
            widget.show()
        return self._widgets[index]

    def _release(self, index: int) -> None:
        widget = self._widgets.pop(index)
        self.messages[index] = widget.stored(self.messages[index])
        widget.hide()
        widget.deleteLater()

    # --- geometry -----------------------------------------------------------------------------

    @property
    def _column_width(self) -> int:
        return max(120, min(MEASURE, self.width() - 2 * EDGE))

    def _set_geometry(self, index: int, widget: QWidget) -> None:
        width = self._column_width
        left = (self.width() - width) // 2
        widget.setGeometry(left, self._tops[index], width, max(1, self._heights[index] - GAP))

    def event(self, event: QEvent) -> bool:
        """Lay out again when a message asks for it."""
        if event.type() == QEvent.Type.LayoutRequest and not self._settling:
            self.settle()
        return super().event(event)

    def is_settling(self) -> bool:
        """Return whether the scroll position moves only to keep what is read in its place."""
        return self._settling

    def settle(self) -> None:
        """Give every widget the height it wants, and move what follows it."""
        if self._settling:
            return
        self._settling = True
        try:
            changed = [i for i, widget in self._widgets.items() if self._measure(i, widget)]
            if changed:
                self._update_tops()
        finally:
            self._settling = False
        if changed:
            self.settled.emit()

    def _measure(self, index: int, widget: QWidget) -> bool:
        """Take over the height that the widget wants; return whether it changed."""
        if widget.width() != self._column_width:
            self._set_geometry(index, widget)
        layout = widget.layout()
        assert layout is not None
        layout.activate()
        wanted = GAP + (
            layout.totalHeightForWidth(self._column_width)
            if layout.hasHeightForWidth()
            else layout.totalSizeHint().height()
        )
        changed = wanted != self._heights[index]
        self._heights[index] = wanted
        return changed

    def _update_tops(self, prepended: int = 0) -> None:
        """Sum the heights up and move the widgets.

        The first visible message stays where it is on the screen, also when `prepended` messages
        were put before all others.
        """
        bar = self._area.verticalScrollBar()
        anchor = self._anchor(bar.value())
        before = self._tops[anchor]
        anchor += prepended
        self._tops = list(accumulate(self._heights, initial=EDGE))
        for index, widget in self._widgets.items():
            self._set_geometry(index, widget)
        wanted = self._tops[-1] + EDGE - GAP if self.messages else 0
        settling, self._settling = self._settling, True
        if wanted != self.minimumHeight():
            self.setMinimumHeight(wanted)
            # The scroll bar should know at once, not when the layout gets its turn.
            self.resize(self.width(), max(wanted, self._area.viewport().height()))
        if anchor < len(self.messages) and self._tops[anchor] != before:
            bar.setValue(bar.value() + self._tops[anchor] - before)
        self._settling = settling

    def _anchor(self, value: int) -> int:
        """Return the message that must not move at a scroll position.

        It is the first message whose top is visible, or else the one that fills the viewport.
        """
        index = bisect_left(self._tops, value)
        bottom = value + self._area.viewport().height()
        visible = index < len(self._tops) - 1 and self._tops[index] < bottom
        return index if visible else max(0, bisect_right(self._tops, value) - 1)

    def _estimated_height(self, message: StoredMessage) -> int:
        text = message.turn.text
        lines = len(text) / (self._column_width / _CHARACTER) + text.count("\n") + 1
        images = 190 if message.turn.images else 0
        below = 44 * len(message.turn.documents) + 19 * min(7, len(message.citations))
        return round(lines * _LINE) + _FRAME + images + below + GAP

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Estimate and measure again at another width."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width() and self.messages:
            for index, message in enumerate(self.messages):
                if index not in self._widgets:
                    self._heights[index] = self._estimated_height(message)
            self._update_tops()
            self.settle()
            self._update_timer.start()
