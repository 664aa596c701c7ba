"""A column of messages of which only those near the viewport exist as widgets.

A conversation may have ten thousand messages, and a widget costs milliseconds and hundreds of
kilobytes. So a message that is far away is a height: estimated from its length until it has been
laid out once, then remembered. Whatever changes above the first visible message moves the scroll
position along, so that what the person reads stands still.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate

from PySide6.QtCore import QEvent, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

from mmdesk.conversations import KeptMessage
from mmdesk.ui.message import AnswerMessage
from mmdesk.ui.theme import MEASURE
from mmdesk.ui.user_message import UserMessage

EDGE = 24  # px around the messages
GAP = 22  # px between them
_NEAR = 0.6  # viewport heights around the viewport in which messages are made
_FAR = 2.5  # viewport heights beyond which they are given back
_LINE, _FRAME = 23, 62  # px of a line and of what stands around a message, for estimates
_CHARACTER = 7.6  # px

MessageWidget = UserMessage | AnswerMessage


@dataclass(eq=False)
class Entry:
    """One message of the column. `height` is in px and exact once `measured`."""

    message: KeptMessage
    widget: MessageWidget | None = None
    height: int = 0
    measured: bool = False


class MessageColumn(QWidget):
    """See the module; lives inside `area`, which scrolls it.

    Signals:
        settled(): heights or places differ; everything has its place again.
    """

    settled = Signal()

    def __init__(self, area: QScrollArea, make: Callable[[KeptMessage], MessageWidget]) -> None:
        super().__init__()
        self.setObjectName("column")
        self.entries: list[Entry] = []
        self._area = area
        self._make = make
        self._tops: list[int] = [EDGE]  # of each entry, and of what would follow
        self._kept: set[int] = set()  # id() of entries that stay made
        self._settling = False
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self.settle)

    # --- what is in it ------------------------------------------------------------------------

    def widgets(self) -> list[MessageWidget]:
        """The messages that exist as widgets, in order."""
        return [entry.widget for entry in self.entries if entry.widget is not None]

    def fill(self, messages: tuple[KeptMessage, ...]) -> None:
        """Other messages in place of those that were there."""
        for entry in self.entries:
            self._give_back(entry)
        self.entries = [Entry(message) for message in messages]
        self._kept.clear()
        self._estimate()

    def append(self, message: KeptMessage) -> MessageWidget:
        """One more message at the end; it exists at once."""
        entry = Entry(message)
        self.entries.append(entry)
        entry.height = self._guess(message)
        self._place_all()
        return self._realise(entry)

    def entry_of(self, widget: QWidget) -> Entry | None:
        return next((entry for entry in self.entries if entry.widget is widget), None)

    def place_of(self, message: str) -> int | None:
        """The place of the message with this id."""
        for at, entry in enumerate(self.entries):
            if entry.message.id == message:
                return at
        return None

    def top(self, at: int) -> int:
        """Px from the column's top to the entry at this place."""
        return self._tops[at]

    def hold(self, entry: Entry, held: bool) -> None:
        """Whether the entry's widget stays however far away it is."""
        (self._kept.add if held else self._kept.discard)(id(entry))

    # --- making and giving back ---------------------------------------------------------------

    @Slot()
    def look(self) -> None:
        """Make what has come near the viewport, give back what is far away."""
        if not self.entries or not self.isVisible():
            return
        self._make_near()
        self._give_back_far()

    def _make_near(self) -> None:
        # Heights become exact on the way, which moves what follows: a few rounds settle it.
        for _ in range(6):
            near = self._within(_NEAR)
            missing = [entry for entry in self.entries[near] if entry.widget is None]
            if not missing:
                return
            for entry in missing:
                self._realise(entry)
            self.settle()

    def _give_back_far(self) -> None:
        keep = self._within(_FAR)
        for at, entry in enumerate(self.entries):
            outside = not keep.start <= at < keep.stop
            if outside and entry.widget is not None and self._is_free(entry):
                self._give_back(entry)

    def _within(self, margin: float) -> slice:
        """The entries that touch the viewport and `margin` heights around it."""
        high = self._area.viewport().height()
        value = self._area.verticalScrollBar().value()
        first = bisect_right(self._tops, value - margin * high) - 1
        last = bisect_left(self._tops, value + (1 + margin) * high)
        return slice(max(0, first), min(len(self.entries), last))

    def _is_free(self, entry: Entry) -> bool:
        focus = QApplication.focusWidget()
        widget = entry.widget
        in_use = focus is not None and widget is not None and widget.isAncestorOf(focus)
        return id(entry) not in self._kept and not in_use

    def _realise(self, entry: Entry) -> MessageWidget:
        if entry.widget is None:
            widget = self._make(entry.message)
            widget.setParent(self)
            self._lay(widget, self._tops[self.entries.index(entry)], entry.height)
            widget.show()
            entry.widget = widget
        return entry.widget

    def _give_back(self, entry: Entry) -> None:
        widget, entry.widget = entry.widget, None
        if widget is not None:
            entry.message = widget.kept(entry.message)
            widget.hide()
            widget.deleteLater()

    # --- places -------------------------------------------------------------------------------

    @property
    def _across(self) -> int:
        return max(120, min(MEASURE, self.width() - 2 * EDGE))

    def _lay(self, widget: QWidget, top: int, height: int) -> None:
        across = self._across
        widget.setGeometry((self.width() - across) // 2, top, across, max(1, height))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest and not self._settling:
            self.settle()
        return super().event(event)

    @Slot()
    def settle(self) -> None:
        """Give every message that exists the height it wants, and all of them their places."""
        if self._settling:
            return
        self._settling = True
        try:
            bar = self._area.verticalScrollBar()
            first = self._first_visible()
            before = self._tops[first] if first < len(self._tops) else 0
            for at, entry in enumerate(self.entries):
                if entry.widget is not None:
                    self._measure(entry, at)
            self._place_all()
            moved = self._tops[first] - before if first < len(self._tops) else 0
            if moved:
                bar.setValue(bar.value() + moved)
        finally:
            self._settling = False
        self.settled.emit()

    def is_settling(self) -> bool:
        """Whether the scroll position moves only to keep what is read in its place."""
        return self._settling

    def _first_visible(self) -> int:
        value = self._area.verticalScrollBar().value()
        return max(0, bisect_right(self._tops, value) - 1)

    def _measure(self, entry: Entry, at: int) -> None:
        widget = entry.widget
        assert widget is not None
        layout = widget.layout()
        assert layout is not None
        if widget.width() != self._across:
            self._lay(widget, self._tops[at], entry.height)
        layout.activate()
        entry.height = (
            layout.totalHeightForWidth(self._across)
            if layout.hasHeightForWidth()
            else layout.totalSizeHint().height()
        )
        entry.measured = True

    def _place_all(self) -> None:
        self._tops = list(accumulate((entry.height + GAP for entry in self.entries), initial=EDGE))
        for at, entry in enumerate(self.entries):
            if entry.widget is not None:
                self._lay(entry.widget, self._tops[at], entry.height)
        wanted = self._tops[-1] + EDGE - GAP if self.entries else 0
        if wanted != self.minimumHeight():
            self.setMinimumHeight(wanted)
            # The scroll bar should know at once, not when the layout gets its turn.
            self.resize(self.width(), max(wanted, self._area.viewport().height()))

    def _estimate(self) -> None:
        for entry in self.entries:
            if entry.widget is None:
                entry.height, entry.measured = self._guess(entry.message), False
        self._place_all()

    def _guess(self, message: KeptMessage) -> int:
        text = message.turn.text
        lines = len(text) / (self._across / _CHARACTER) + text.count("\n") + 1
        attached = 190 if message.turn.images else 0
        return round(lines * _LINE) + _FRAME + attached + 44 * len(message.turn.documents)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width() and self.entries:
            first = self._first_visible()
            into = self._area.verticalScrollBar().value() - self._tops[first]
            self._estimate()
            self.settle()
            self._area.verticalScrollBar().setValue(self._tops[first] + into)
            self._later.start()
