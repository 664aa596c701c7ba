"""The Tab order of widgets and of the messages, which screen readers use as well.

The message list creates widgets when they come near the viewport, which may be from the last to
the first; Qt's order of focus, and of children in the accessibility tree, is that of creation.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QWidget

from mmdesk.ui.message_list import MessageList


def set_tab_order(widgets: Iterable[QWidget]) -> None:
    """Let Tab reach the widgets one after the other."""
    for first, second in pairwise(widgets):
        QWidget.setTabOrder(first, second)


class MessageTabOrder(QObject):
    """Keeps the messages of a list in Tab order, behind the widget `after`."""

    def __init__(self, column: MessageList, after: QWidget) -> None:
        super().__init__(column)
        self._column = column
        self._after = after
        self._ordered: list[QWidget] = []
        column.settled.connect(self.order)

    @Slot()
    def order(self) -> None:
        """Set the Tab order, if the widgets are others than last time."""
        messages: list[QWidget] = list(self._column.widgets())
        if messages == self._ordered:
            return
        self._ordered = messages
        chain = [self._after]
        for message in messages:
            message.raise_()  # the last among its siblings, one after the other
            chain += _focusable(message)
        set_tab_order(chain)


def _focusable(message: QWidget) -> list[QWidget]:
    """Return the widgets of a message that Tab reaches, in their own order."""
    wanted = Qt.FocusPolicy.TabFocus.value
    return [
        widget
        for widget in message.findChildren(QWidget)
        if widget.focusPolicy().value & wanted and widget.window() is message.window()
    ]
