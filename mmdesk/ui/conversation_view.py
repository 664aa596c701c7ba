"""The scroll area of the conversation, which follows the newest text while it is at the end."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QCursor, QFocusEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QMenu, QScrollArea, QWidget

from mmdesk.ui.answer_message import AnswerMessage
from mmdesk.ui.attachment_actions import AttachmentActions
from mmdesk.ui.i18n import tr
from mmdesk.ui.message_list import EDGE, MessageList, MessageWidget
from mmdesk.ui.pending_attachments import PendingAttachments
from mmdesk.ui.rich_text import RichTextView
from mmdesk.ui.theme import SCROLL_BAR
from mmdesk.ui.user_message import UserMessage
from mmdesk.ui.version_switcher import VersionSwitcher
from mmdesk.ui.welcome import EDGE as WELCOME_EDGE
from mmdesk.ui.welcome import Welcome
from mmdesk.ui.widgets import icon_button, is_by_keyboard, named, restyle
from mmdesk.values import Citation, ModelInfo, StoredMessage, Turn, can_continue

_AT_END = 24  # px from the end that still count as being at the end


@dataclass(frozen=True, slots=True)
class _ChosenVersion:
    """The version that an arrow asked for.

    Attributes:
        message: its id.
        y: px from the top of the view to the arrow.
        forward: the arrow with the focus was the right one; None when none had it.
    """

    message: str
    y: int
    forward: bool | None


class ConversationView(QScrollArea):
    """All messages of a conversation, oldest first, or the welcome of an empty one.

    Attributes:
        column: the list of messages.
        welcome: covers the view while there are no messages.

    Signals:
        link_activated(str): a link was clicked; nothing was opened.
        retry_wanted(object): the Turn that the user wants back in the composer.
        example_chosen(str, str): a suggestion of the empty conversation, see Welcome.
        edit_wanted(str, str): a message's id, its new text.
        again_wanted(str): id of the answer to be given again.
        again_with_wanted(str, str): so is this one, by the model with this id.
        continue_wanted(str): id of the answer to be continued.
        version_wanted(str): id of the version to be shown.
        aloud_wanted(str, str): id and text of the answer to be read aloud, or to be stopped.
        source_wanted(object, object): the Citation of a passage, and the documents that it may be
            in, the latest first.
        menu_opening(object, object): a text of a message, and the QMenu of a right click on it.
        answer_menu_opening(object, str): the QMenu of the answer with this id; its owner may add to
            it.
        remember_wanted(str): a text is to be remembered.
        focus_lost(): the message with the focus is gone; the view has the focus until the window
            moves it on.
    """

    link_activated = Signal(str)
    retry_wanted = Signal(object)
    example_chosen = Signal(str, str)
    edit_wanted = Signal(str, str)
    again_wanted = Signal(str)
    again_with_wanted = Signal(str, str)
    continue_wanted = Signal(str)
    version_wanted = Signal(str)
    aloud_wanted = Signal(str, str)
    source_wanted = Signal(object, object)
    menu_opening = Signal(object, object)
    answer_menu_opening = Signal(object, str)
    remember_wanted = Signal(str)
    focus_lost = Signal()

    def __init__(
        self, attachments: PendingAttachments, actions: AttachmentActions, welcome: Welcome
    ) -> None:
        super().__init__()
        named(self, "transcript", tr("Conversation"))
        self._attachments = attachments
        self._actions = actions
        self._answer: AnswerMessage | None = None
        self._at_end = True
        self._locked = False
        self._continuable = ""  # id of the answer that offers to be continued
        self._spoken = ""  # id of the answer that is being read aloud
        self._other_models: tuple[ModelInfo, ...] = ()  # that could answer instead
        self._outdated: set[str] = set()  # answers from a description that was corrected since
        self._summary = ("", "")  # id of the first message that is read whole, what came before
        self._chosen_version: _ChosenVersion | None = None
        self._pinned: tuple[QWidget, int] | None = None  # a widget, px below the top of the view
        self._moving_to_pin = False
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Always there, so that the column does not move and is in line with the composer.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        # As much space on the other side, so that the messages are in the middle.
        self.setViewportMargins(SCROLL_BAR, 0, 0, 0)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.column = MessageList(self, self._create_widget)
        self.column.settled.connect(self._on_settled)
        self.setWidget(self.column)
        self.welcome = welcome
        self.welcome.setParent(self.viewport())
        self.welcome.show()  # it may have been in the window before this view was
        self.welcome.example_chosen.connect(self.example_chosen)
        self.jump_button = icon_button(
            "arrow-down", "jumpButton", tr("Jump to the latest"), kind="floating"
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
        """Show another conversation, or another version of this one.

        Args:
            messages: one path, oldest first.
            at: id of the message to show first; "" for the end. The version that an arrow asked
                for stays where the arrow was.
            terms: words to mark in that message.
        """
        chosen, self._chosen_version = self._chosen_version, None
        self._answer = None
        self._pinned = None
        focused = self.window().focusWidget()
        had_focus = focused is not None and self.column.isAncestorOf(focused)
        last = messages[-1] if messages else None
        self._continuable = last.id if last is not None and can_continue(last) else ""
        self.column.fill(messages)
        self._show_welcome(not messages)
        index = self.column.index_of(at) if at else None
        if index is None:
            self.jump_to_end()
            self.column.update_widgets()
            self.jump_to_end()
        elif chosen is not None and chosen.message == at:
            self._show_version(index, chosen)
        else:
            self._scroll_to(index, terms)
        if had_focus and self.window().focusWidget() is self:
            self.focus_lost.emit()

    def show_earlier(self, messages: tuple[StoredMessage, ...]) -> None:
        """Add messages before those that are shown."""
        self.column.prepend(messages)
        self.column.update_widgets()

    def _scroll_to(self, index: int, terms: tuple[str, ...]) -> None:
        self._at_end = False
        widget = self.column.ensure_widget(index)
        self.verticalScrollBar().setValue(max(0, self.column.top(index) - EDGE))
        if terms:
            text = widget.text
            if text is not None:
                text.marked.connect(partial(self._scroll_to_mark, text))
            widget.mark(terms)
        self.column.update_widgets()

    def _scroll_to_mark(self, text: RichTextView, down: int) -> None:
        """Scroll down to what was found in a message that is higher than the screen."""
        y = text.mapTo(self.column, QPoint(0, down)).y()
        bar, height = self.verticalScrollBar(), self.viewport().height()
        if not bar.value() <= y <= bar.value() + height - EDGE:
            bar.setValue(y - height // 3)

    def add_message(self, message: StoredMessage) -> UserMessage:
        """Add a message of the user and scroll to it."""
        self.offer_continue("")
        self._show_welcome(False)
        widget = self.column.append(message)
        assert isinstance(widget, UserMessage)
        self.jump_to_end()
        return widget

    def begin_answer(self, id: str = "") -> AnswerMessage:
        """Add an answer that is still empty."""
        self.offer_continue("")
        self._show_welcome(False)
        parent = self.column.messages[-1].id if self.column.messages else ""
        message = StoredMessage(id, parent, Turn("assistant", ""), "streaming", versions=(id,))
        widget = self.column.append(message)
        assert isinstance(widget, AnswerMessage)
        self.column.retain(len(self.column.messages) - 1, True)
        self._answer = widget
        return widget

    def current_answer(self) -> AnswerMessage:
        """Return the answer that is being generated; a new one where there is none."""
        return self._answer or self.begin_answer()

    def set_preparing(self, stage: str, fraction: float | None) -> None:
        """Show the progress of work before or between words; `fraction` 0..1, None if unknown."""
        self.current_answer().set_preparing(stage, fraction)

    def append_answer(self, text: str) -> None:
        """Append text to the current answer."""
        self.current_answer().append(text)

    def append_reasoning(self, text: str) -> None:
        """Append to what the model thought before the current answer."""
        self.current_answer().append_reasoning(text)

    def add_notice(self, text: str) -> None:
        """Show a notice beside the current answer."""
        self.current_answer().add_notice(text)

    def set_citations(self, citations: tuple[Citation, ...]) -> None:
        """Show the passages that the current answer rests on."""
        self.current_answer().show_citations(citations)

    def _on_source_wanted(self, citation: Citation) -> None:
        self.source_wanted.emit(citation, self.column.documents())

    def end_answer(self) -> None:
        """Take note that the answer came to an end of any kind."""
        if self._answer is not None:
            last = len(self.column.messages) - 1
            self.column.messages[last] = self._answer.stored(self.column.messages[last])
            self.column.retain(last, False)
        self._answer = None

    def set_versions(self, message: str, versions: tuple[str, ...]) -> None:
        """Show that a message has become one of several versions."""
        index = self.column.index_of(message)
        if index is None:
            return
        self.column.messages[index] = replace(self.column.messages[index], versions=versions)
        widget = self.column.widget(index)
        if widget is not None:
            widget.versions.show_versions(message, versions)

    def set_summary(self, message: str, text: str) -> None:
        """Show over a message that what stands before it was summarised; "" for none."""
        (old, _), self._summary = self._summary, (message, text)
        for id in (old, message):
            index = self.column.index_of(id) if id else None
            widget = self.column.widget(index) if index is not None else None
            if isinstance(widget, UserMessage):
                widget.show_summary(text if id == message else "")

    @Slot(str)
    def offer_continue(self, message: str) -> None:
        """Offer to continue this answer and no other; "" for none."""
        old, self._continuable = self._continuable, message
        for id in (old, message):
            index = self.column.index_of(id) if id else None
            widget = self.column.widget(index) if index is not None else None
            if isinstance(widget, AnswerMessage):
                widget.offer_continue(id == message)

    def streaming_id(self) -> str:
        """Return the id of the answer that is being given; "" for none."""
        return self.column.messages[-1].id if self._answer is not None else ""

    @Slot()
    def read_last_aloud(self) -> None:
        """Ask for the last answer to be read aloud, or to be stopped."""
        last = self.column.messages[-1] if self.column.messages else None
        if last is not None and last.turn.role == "assistant":
            widget = self.column.widget(len(self.column.messages) - 1)
            shown = widget.text.source_text if isinstance(widget, AnswerMessage) else ""
            self.aloud_wanted.emit(last.id, shown or last.turn.text)

    def set_spoken(self, message: str) -> None:
        """Show that this answer and no other is being read aloud; "" for none."""
        old, self._spoken = self._spoken, message
        for id in (old, message):
            index = self.column.index_of(id) if id else None
            widget = self.column.widget(index) if index is not None else None
            if isinstance(widget, AnswerMessage):
                widget.set_spoken(id == message)

    @Slot(object, str)
    def set_models(self, infos: tuple[ModelInfo, ...], current: str) -> None:
        """Take which language models there are, and which one answers."""
        self._other_models = tuple(
            info
            for info in infos
            if info.role == "language" and info.installed and info.id != current
        )
        for widget in self.messages:
            if isinstance(widget, AnswerMessage):
                widget.offer_models(bool(self._other_models))

    def models_menu(self, message: str) -> QMenu:
        """Return the menu of the models that could answer instead of the usual one."""
        menu = QMenu(self)
        menu.setObjectName("againWithMenu")
        for info in self._other_models:
            text = tr("Try again with {model}").format(model=info.title)
            action = menu.addAction(text)
            action.triggered.connect(partial(self.again_with_wanted.emit, message, info.id))
        return menu

    @Slot(str)
    def _on_models_wanted(self, message: str) -> None:
        menu = self.models_menu(message)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(QCursor.pos())

    @Slot(str)
    def mark_outdated(self, sha256: str) -> None:
        """Offer to answer again below the answers about a picture whose description changed."""
        about = False
        for index, message in enumerate(self.column.messages):
            if message.turn.role == "user":
                about = about or any(image.sha256 == sha256 for image in message.turn.images)
            elif about and message.id and message.state != "streaming":
                self._outdated.add(message.id)
                widget = self.column.widget(index)
                if isinstance(widget, AnswerMessage):
                    widget.offer_again()

    def set_locked(self, locked: bool) -> None:
        """Disable what changes earlier messages, while an answer is being given."""
        self._locked = locked
        for message in self.messages:
            message.set_locked(locked)

    def _create_widget(self, message: StoredMessage) -> MessageWidget:
        widget: MessageWidget
        if message.turn.role == "user":
            widget = UserMessage(message.turn, self._attachments, self._actions, message)
            widget.edited.connect(self.edit_wanted)
            widget.edit_begun.connect(partial(self._on_edit_begun, widget))
            widget.edit_ended.connect(self._unpin)
            if message.id and message.id == self._summary[0]:
                widget.show_summary(self._summary[1])
        else:
            widget = AnswerMessage(message)
            widget.link_activated.connect(self.link_activated)
            widget.retry_wanted.connect(self._on_retry)
            widget.again_wanted.connect(self.again_wanted)
            widget.models_wanted.connect(self._on_models_wanted)
            widget.continue_wanted.connect(self.continue_wanted)
            widget.source_wanted.connect(self._on_source_wanted)
            widget.menu_opening.connect(self.answer_menu_opening)
            widget.offer_continue(message.id != "" and message.id == self._continuable)
            widget.offer_models(bool(self._other_models))
            widget.aloud_wanted.connect(self.aloud_wanted)
            widget.set_spoken(message.id != "" and message.id == self._spoken)
            if message.id in self._outdated:
                widget.offer_again()
        widget.remember_wanted.connect(self.remember_wanted)
        widget.versions.chosen.connect(partial(self._on_version_chosen, widget.versions))
        if widget.text is not None:
            widget.text.menu_opening.connect(partial(self.menu_opening.emit, widget.text))
        widget.set_locked(self._locked)
        return widget

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

    # --- pinning: versions and editors that must not move --------------------------------------

    def _on_version_chosen(self, switcher: VersionSwitcher, message: str) -> None:
        y = switcher.mapTo(self.viewport(), QPoint(0, 0)).y()
        focused = self.window().focusWidget()
        arrows = (switcher.back, switcher.forward)
        forward = focused is switcher.forward if focused in arrows else None
        self._chosen_version = _ChosenVersion(message, y, forward)
        self.version_wanted.emit(message)

    def _show_version(self, index: int, chosen: _ChosenVersion) -> None:
        """Show a version with its arrows where they were on the screen."""
        self._at_end = False
        versions = self.column.ensure_widget(index).versions
        if chosen.forward is not None:
            versions.focus_arrow(chosen.forward)
        self._pin(versions, chosen.y)
        self.column.update_widgets()

    def _on_edit_begun(self, message: UserMessage) -> None:
        assert message.editor is not None
        self.column.settle()
        self._pin(message.editor.field, EDGE)

    def _pin(self, widget: QWidget, y: int) -> None:
        """Keep the top of a widget at `y` px below the top of the view, until the user scrolls.

        Messages above it may still get their height, and a long answer is drawn in slices.
        """
        self._pinned = (widget, y)
        self._move_to_pin()

    def _move_to_pin(self) -> None:
        if self._pinned is None or self._moving_to_pin:
            return
        widget, y = self._pinned
        bar = self.verticalScrollBar()
        self._moving_to_pin = True
        for _ in range(4):  # scrolling creates messages, whose heights move the widget again
            before = bar.value()
            bar.setValue(widget.mapTo(self.column, QPoint(0, 0)).y() - y)
            if bar.value() == before:
                break
        self._moving_to_pin = False
        self._at_end = bar.value() >= bar.maximum() - _AT_END

    @Slot()
    def _unpin(self) -> None:
        self._pinned = None

    # --- following the end --------------------------------------------------------------------

    def _follows_end(self) -> bool:
        """Return whether new text is scrolled to: not while something has to stay in its place."""
        editing = any(isinstance(m, UserMessage) and m.is_editing for m in self.messages)
        return self._at_end and self._pinned is None and not editing

    @Slot()
    def jump_to_end(self) -> None:
        """Show the newest text, and follow it."""
        self._at_end = True
        self._pinned = None
        bar = self.verticalScrollBar()
        bar.setValue(bar.maximum())
        self._show_jump()

    @Slot()
    def _on_settled(self) -> None:
        if self._pinned is not None:
            self._move_to_pin()
        elif self.column.messages and self._follows_end():
            bar = self.verticalScrollBar()
            bar.setValue(bar.maximum())

    @Slot(int)
    def _on_scrolled(self, value: int) -> None:
        if not self.column.is_settling():
            if not self._moving_to_pin:
                self._pinned = None
            self._at_end = value >= self.verticalScrollBar().maximum() - _AT_END
            self.column.update_widgets()
        for view in self.column.findChildren(RichTextView):
            view.keep_buttons_in_view()
        self._show_jump()

    @Slot(int, int)
    def _on_range(self, low: int, high: int) -> None:
        if self.column.messages and self._follows_end():
            self.verticalScrollBar().setValue(high)
        self._show_jump()
        bar = self.verticalScrollBar()
        if bar.property("idle") != (high <= low):
            bar.setProperty("idle", high <= low)
            restyle(bar)

    def _show_jump(self) -> None:
        self.jump_button.setVisible(not self._at_end and bool(self.column.messages))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show a ring where the keyboard brought the focus."""
        super().focusInEvent(event)
        self._show_ring(is_by_keyboard(event))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the ring."""
        super().focusOutEvent(event)
        self._show_ring(False)

    def _show_ring(self, shown: bool) -> None:
        if bool(self.property("ring")) != shown:
            self.setProperty("ring", shown)
            restyle(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place what lies over the messages, and stay at the end."""
        super().resizeEvent(event)
        x = self.viewport().x() + (self.viewport().width() - self.jump_button.width()) // 2
        self.jump_button.move(x, self.height() - self.jump_button.height() - 14)
        self._place_welcome()
        self.column.update_widgets()
        if self.column.messages and self._follows_end():
            self.jump_to_end()

    def showEvent(self, event: QShowEvent) -> None:
        """Create the messages that become visible."""
        super().showEvent(event)
        self.column.update_widgets()
