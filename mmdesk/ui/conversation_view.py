"""The conversation: messages in a column of readable width that follows the newest words."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QScrollArea

from mmdesk.ui.answer_message import AnswerMessage
from mmdesk.ui.i18n import tr
from mmdesk.ui.message_list import EDGE, MessageList, MessageWidget
from mmdesk.ui.pending_attachments import PendingAttachments
from mmdesk.ui.rich_text import RichTextView
from mmdesk.ui.user_message import UserMessage
from mmdesk.ui.welcome import EDGE as WELCOME_EDGE
from mmdesk.ui.welcome import Welcome
from mmdesk.ui.widgets import icon_button, named, restyle
from mmdesk.values import StoredMessage, Turn

_NEAR = 24  # px from the end that still count as being at the end


class ConversationView(QScrollArea):
    """All messages, oldest first.

    Signals:
        link_activated(str): a link was clicked; nothing was opened.
        retry_wanted(object): the Turn that the person wants back in the composer.
        example_chosen(str): a suggestion of the empty conversation.
        edit_wanted(str, str): a message's id, its new words.
        again_wanted(str): id of the answer to be given again.
        version_wanted(str): id of the version to be shown.
    """

    link_activated = Signal(str)
    retry_wanted = Signal(object)
    example_chosen = Signal(str)
    edit_wanted = Signal(str, str)
    again_wanted = Signal(str)
    version_wanted = Signal(str)

    def __init__(self, attachments: PendingAttachments, welcome: Welcome) -> None:
        super().__init__()
        named(self, "transcript", tr("Conversation"))
        self._attachments = attachments
        self._answer: AnswerMessage | None = None
        self._at_end = True
        self._locked = False
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Always there, so that the column stands still and in line with the composer.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.column = MessageList(self, self._make)
        self.column.settled.connect(self._on_settled)
        self.setWidget(self.column)
        self.welcome = welcome
        self.welcome.setParent(self.viewport())
        self.welcome.show()  # it may have stood in the window before this did
        self.welcome.example_chosen.connect(self.example_chosen)
        self.jump_button = icon_button(
            "arrow-down", "jumpButton", tr("Go to the newest words"), kind="floating"
        )
        self.jump_button.setParent(self)
        self.jump_button.hide()
        self.jump_button.clicked.connect(self.jump_to_end)
        self.verticalScrollBar().setProperty("idle", True)  # nothing to scroll: no handle
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        self.verticalScrollBar().rangeChanged.connect(self._on_range)

    @property
    def messages(self) -> list[MessageWidget]:
        """The messages that exist as widgets: those on and near the screen, in order."""
        return self.column.widgets()

    @property
    def answer(self) -> AnswerMessage | None:
        """The answer that is being given, or None."""
        return self._answer

    # --- messages -----------------------------------------------------------------------------

    def show_messages(
        self, messages: tuple[StoredMessage, ...], at: str = "", terms: tuple[str, ...] = ()
    ) -> None:
        """Another conversation, at its end or at the message `at`, with `terms` marked there."""
        self._answer = None
        self.column.fill(messages)
        self._show_welcome(not messages)
        place = self.column.place_of(at) if at else None
        if place is None:
            self.jump_to_end()
            self.column.look()
            self.jump_to_end()
        else:
            self._go_to(place, terms)

    def show_earlier(self, messages: tuple[StoredMessage, ...]) -> None:
        """Messages that stand before those that are shown."""
        self.column.prepend(messages)
        self.column.look()

    def _go_to(self, place: int, terms: tuple[str, ...]) -> None:
        self._at_end = False
        widget = self.column.make(place)
        self.verticalScrollBar().setValue(max(0, self.column.top(place) - EDGE))
        if terms:
            text = widget.text
            if text is not None:
                text.marked.connect(partial(self._show_mark, text))
            widget.mark(terms)
        self.column.look()

    def _show_mark(self, text: RichTextView, down: int) -> None:
        """Scroll down to what was found in a message that is higher than the screen."""
        place = text.mapTo(self.column, QPoint(0, down)).y()
        bar, high = self.verticalScrollBar(), self.viewport().height()
        if not bar.value() <= place <= bar.value() + high - EDGE:
            bar.setValue(place - high // 3)

    def add_message(self, message: StoredMessage) -> UserMessage:
        """Show what the person said, and go there."""
        self._show_welcome(False)
        made = self.column.append(message)
        assert isinstance(made, UserMessage)
        self.jump_to_end()
        return made

    def begin_answer(self, id: str = "") -> AnswerMessage:
        """A new, still empty answer."""
        self._show_welcome(False)
        parent = self.column.messages[-1].id if self.column.messages else ""
        message = StoredMessage(id, parent, Turn("assistant", ""), "streaming", versions=(id,))
        made = self.column.append(message)
        assert isinstance(made, AnswerMessage)
        self.column.hold(len(self.column.messages) - 1, True)
        self._answer = made
        return made

    def current_answer(self) -> AnswerMessage:
        """Return the answer that is being generated; a new one where there is none."""
        return self._answer or self.begin_answer()

    def set_preparing(self, stage: str, fraction: float | None) -> None:
        """Show the progress of work before or between words; `fraction` 0..1, None if unknown."""
        self.current_answer().set_preparing(stage, fraction)

    def append_answer(self, text: str) -> None:
        """Append text to the current answer."""
        self.current_answer().append(text)

    def add_notice(self, text: str) -> None:
        """Show a notice beside the current answer."""
        self.current_answer().add_notice(text)

    def end_answer(self) -> None:
        """The answer came to its end, whichever it was."""
        if self._answer is not None:
            at = len(self.column.messages) - 1
            self.column.messages[at] = self._answer.kept(self.column.messages[at])
            self.column.hold(at, False)
        self._answer = None

    def set_versions(self, message: str, versions: tuple[str, ...]) -> None:
        """A message has become one of several versions."""
        place = self.column.place_of(message)
        if place is None:
            return
        self.column.messages[place] = replace(self.column.messages[place], versions=versions)
        widget = self.column.widget(place)
        if widget is not None:
            widget.versions.show_versions(message, versions)

    def set_locked(self, locked: bool) -> None:
        """While an answer comes, nothing earlier can be changed."""
        self._locked = locked
        for message in self.messages:
            message.set_locked(locked)

    def _make(self, message: StoredMessage) -> MessageWidget:
        made: MessageWidget
        if message.turn.role == "user":
            made = UserMessage(message.turn, self._attachments, message)
            made.edited.connect(self.edit_wanted)
        else:
            made = AnswerMessage(message)
            made.link_activated.connect(self.link_activated)
            made.retry_wanted.connect(self._on_retry)
            made.again_wanted.connect(self.again_wanted)
        made.versions.chosen.connect(self.version_wanted)
        made.set_locked(self._locked)
        return made

    def clear(self) -> None:
        """Empty the conversation."""
        self.show_messages(())

    @Slot()
    def _on_retry(self) -> None:
        for message in reversed(self.column.messages):
            if message.turn.role == "user":
                self.retry_wanted.emit(message.turn)
                return

    def _show_welcome(self, shown: bool) -> None:
        self.welcome.setVisible(shown)
        if shown:
            self._place_welcome()

    def _place_welcome(self) -> None:
        edge = WELCOME_EDGE
        self.welcome.setGeometry(self.viewport().rect().adjusted(edge, edge, -edge, -edge))

    # --- following the end --------------------------------------------------------------------

    @Slot()
    def jump_to_end(self) -> None:
        """Show the newest words, and keep showing them."""
        self._at_end = True
        bar = self.verticalScrollBar()
        bar.setValue(bar.maximum())
        self._show_jump()

    @Slot()
    def _on_settled(self) -> None:
        if self._at_end and self.column.messages:
            bar = self.verticalScrollBar()
            bar.setValue(bar.maximum())

    @Slot(int)
    def _on_scrolled(self, value: int) -> None:
        if not self.column.is_settling():
            self._at_end = value >= self.verticalScrollBar().maximum() - _NEAR
            self.column.look()
        self._show_jump()

    @Slot(int, int)
    def _on_range(self, low: int, high: int) -> None:
        if self._at_end and self.column.messages:
            self.verticalScrollBar().setValue(high)
        self._show_jump()
        bar = self.verticalScrollBar()
        if bar.property("idle") != (high <= low):
            bar.setProperty("idle", high <= low)
            restyle(bar)

    def _show_jump(self) -> None:
        self.jump_button.setVisible(not self._at_end and bool(self.column.messages))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        across = (self.viewport().width() - self.jump_button.width()) // 2
        self.jump_button.move(across, self.height() - self.jump_button.height() - 14)
        self._place_welcome()
        self.column.look()
        if self._at_end and self.column.messages:
            self.jump_to_end()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.column.look()
