"""The conversation: messages in a column of readable width that follows the newest words."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from mmdesk.messages import Turn
from mmdesk.ui.attachments import Attachments
from mmdesk.ui.message import AnswerMessage, UserMessage
from mmdesk.ui.parts import icon_button, named, restyle
from mmdesk.ui.theme import MEASURE
from mmdesk.ui.welcome import Welcome

_NEAR = 24  # px from the end that still count as being at the end


class Transcript(QScrollArea):
    """All messages, oldest first.

    Signals:
        link_activated(str): a link was clicked; nothing was opened.
        retry_wanted(object): the Turn that the person wants back in the composer.
        example_chosen(str): a suggestion of the empty conversation.
    """

    link_activated = Signal(str)
    retry_wanted = Signal(object)
    example_chosen = Signal(str)

    def __init__(self, attachments: Attachments) -> None:
        super().__init__()
        named(self, "transcript", self.tr("Conversation"))
        self._attachments = attachments
        self.messages: list[UserMessage | AnswerMessage] = []
        self._answer: AnswerMessage | None = None
        self._at_end = True
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Always there, so that the column stands still and in line with the composer.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._column = self._make_column()
        self.welcome = Welcome()
        self._column.insertWidget(0, self.welcome, 1000)
        self.welcome.example_chosen.connect(self.example_chosen)
        self.jump_button = icon_button(
            "arrow-down", "jumpButton", self.tr("Go to the newest words"), kind="floating"
        )
        self.jump_button.setParent(self)
        self.jump_button.hide()
        self.jump_button.clicked.connect(self.jump_to_end)
        self.verticalScrollBar().setProperty("idle", True)  # nothing to scroll: no handle
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        self.verticalScrollBar().rangeChanged.connect(self._on_range)

    def _make_column(self) -> QVBoxLayout:
        ground = QWidget()
        ground.setObjectName("column")
        middle = QWidget()
        middle.setMaximumWidth(MEASURE + 48)
        across = QHBoxLayout(ground)
        across.setContentsMargins(0, 0, 0, 0)
        across.addStretch(1)
        across.addWidget(middle, 1000)
        across.addStretch(1)
        column = QVBoxLayout(middle)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(22)
        column.addStretch(1)
        self.setWidget(ground)
        return column

    @property
    def answer(self) -> AnswerMessage | None:
        """The answer that is being given, or None."""
        return self._answer

    # --- messages -----------------------------------------------------------------------------

    def add_user(self, turn: Turn) -> UserMessage:
        """Show what the person said, and go there."""
        message = UserMessage(turn, self._attachments)
        self._add(message)
        self.jump_to_end()
        return message

    def begin_answer(self) -> AnswerMessage:
        """A new, still empty answer."""
        self._answer = AnswerMessage()
        self._answer.link_activated.connect(self.link_activated)
        self._answer.retry_wanted.connect(self._on_retry)
        self._add(self._answer)
        return self._answer

    def end_answer(self) -> None:
        """The answer came to its end, whichever it was."""
        self._answer = None

    def _add(self, message: UserMessage | AnswerMessage) -> None:
        self.welcome.hide()
        self.messages.append(message)
        self._column.insertWidget(self._column.count() - 1, message)

    def clear(self) -> None:
        """Empty the conversation."""
        for message in self.messages:
            self._column.removeWidget(message)
            message.hide()
            message.deleteLater()
        self.messages = []
        self._answer = None
        self.welcome.show()
        self.jump_to_end()

    @Slot()
    def _on_retry(self) -> None:
        for message in reversed(self.messages):
            if isinstance(message, UserMessage):
                self.retry_wanted.emit(message.turn)
                return

    # --- following the end --------------------------------------------------------------------

    @Slot()
    def jump_to_end(self) -> None:
        """Show the newest words, and keep showing them."""
        self._at_end = True
        bar = self.verticalScrollBar()
        bar.setValue(bar.maximum())
        self._show_jump()

    @Slot(int)
    def _on_scrolled(self, value: int) -> None:
        self._at_end = value >= self.verticalScrollBar().maximum() - _NEAR
        self._show_jump()

    @Slot(int, int)
    def _on_range(self, low: int, high: int) -> None:
        if self._at_end and self.messages:
            self.verticalScrollBar().setValue(high)
        self._show_jump()
        bar = self.verticalScrollBar()
        if bar.property("idle") != (high <= low):
            bar.setProperty("idle", high <= low)
            restyle(bar)

    def _show_jump(self) -> None:
        self.jump_button.setVisible(not self._at_end and bool(self.messages))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        across = (self.viewport().width() - self.jump_button.width()) // 2
        self.jump_button.move(across, self.height() - self.jump_button.height() - 14)
        if self._at_end and self.messages:
            self.jump_to_end()
