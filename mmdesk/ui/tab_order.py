"""The Tab order of widgets and of the messages, which screen readers use as well.

The message list creates widgets when they come near the viewport, which may be from the last to
the first; Qt's order of focus, and of children in the accessibility tree, is that of creation.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QWidget

from mmdesk.ui.message_list import MessageList

if TYPE_CHECKING:
    from mmdesk.ui.main_window import MainWindow


def set_tab_order(widgets: Iterable[QWidget]) -> None:
    """Let Tab reach the widgets one after the other."""
    for first, second in pairwise(widgets):
        QWidget.setTabOrder(first, second)


def window_tab_order(window: MainWindow) -> tuple[QWidget, ...]:
    """Return the widgets of the main window that Tab reaches, before the messages."""
    composer, bar, history = window.composer, window.top_bar, window.history
    return (
        *(composer.input, composer.attach_button, composer.capture_button),
        *(composer.mic_button, composer.talk_button),
        *(composer.stop_button, composer.send_button, window.image_panel),
        *(bar.history, bar.models, bar.manage_models, bar.chat_settings),
        *(bar.new_chat, bar.panels, bar.settings),
        *(window.project_line.button, window.temporary_banner.keep_button),
        *(history.new_button, history.temporary_button, history.field, history.more_button),
        *(history.scope.all_button, history.list),
        *(history.undo_button, history.deleted_button),
        window.conversation,
    )


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
