"""Messages in the order they are read in, for the Tab key and for screen readers.

The column makes messages when they come near the viewport, which may be from the last to the
first; Qt's order of focus, and of children in the accessibility tree, is that of making.
"""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QWidget

from mmdesk.ui.message_list import MessageList


class MessageTabOrder(QObject):
    """Keeps the messages of a column in order, behind the widget `after`."""

    def __init__(self, column: MessageList, after: QWidget) -> None:
        super().__init__(column)
        self._column = column
        self._after = after
        self._ordered: list[QWidget] = []
        column.settled.connect(self.order)

    @Slot()
    def order(self) -> None:
        """Put them in order, if there are others than last time."""
        messages: list[QWidget] = list(self._column.widgets())
        if messages == self._ordered:
            return
        self._ordered = messages
        chain = [self._after]
        for message in messages:
            message.raise_()  # the last among its siblings, one after the other
            chain += _focusable(message)
        for before, behind in pairwise(chain):
            QWidget.setTabOrder(before, behind)


def _focusable(message: QWidget) -> list[QWidget]:
    """What the Tab key comes to inside a message, in its own order."""
    wanted = Qt.FocusPolicy.TabFocus.value
    return [
        widget
        for widget in message.findChildren(QWidget)
        if widget.focusPolicy().value & wanted and widget.window() is message.window()
    ]
