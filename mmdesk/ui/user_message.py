"""What the person said: the bubble, what went along with it, and the editor to say it anew."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import QInputMethodEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from mmdesk.ui.clipboard import copy_text
from mmdesk.ui.description_strip import DescriptionStrip
from mmdesk.ui.flow_layout import FlowLayout
from mmdesk.ui.i18n import joined, say, tr
from mmdesk.ui.image_view import ImageView
from mmdesk.ui.pending_attachments import PendingAttachments
from mmdesk.ui.rich_text import RichTextView
from mmdesk.ui.version_switcher import VersionSwitch
from mmdesk.ui.widgets import ElidedLabel, frame, glyph, icon_button, label, named, text_button
from mmdesk.values import DocumentInput, StoredMessage, Turn

_BUBBLE = 560  # px, the widest bubble
_THUMB = QSize(230, 150)
_EDITOR = 132  # px, its height


def document_words(document: DocumentInput) -> str:
    """A document's size in a few words."""
    count = tr("{0:,} characters").format(len(document.text))
    if document.pages is None:
        return count
    return joined(" · ", (tr("{0} pages").format(document.pages), count))


class _EditField(QPlainTextEdit):
    """Enter sends and Shift+Enter breaks the line, as where messages are made; Escape goes back."""

    sent = Signal()
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._composing = False

    def event(self, event: QEvent) -> bool:
        escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if escape and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # or the window takes the key to stop an answer
            return True
        return super().event(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        self._composing = bool(event.preeditString())
        super().inputMethodEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        new_line = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.AltModifier
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
        elif self._composing:
            event.ignore()  # it belongs to the input method
        elif event.modifiers() & new_line:
            self.textCursor().insertBlock()
            self.ensureCursorVisible()
        else:
            self.sent.emit()


class MessageEditor(QFrame):
    """A field with the message's words.

    Signals:
        saved(str): other words are to be asked.
        left(): nothing is to be changed.
    """

    saved = Signal(str)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self.field = _EditField()
        named(self.field, "editMessageField", tr("Your message, to be changed"))
        self.field.setFixedHeight(_EDITOR)
        self.field.setTabChangesFocus(True)
        self.field.setAcceptDrops(False)
        note = label(tr("The earlier version is kept."), "muted", wrap=True)
        self.send = text_button(tr("Send"), "sendEditButton", "primary")
        say(self.send.setToolTip, tr("Send (Enter)"))
        back = text_button(tr("Cancel"), "cancelEditButton", "quiet")
        row = QHBoxLayout()
        row.addWidget(note, 1)
        row.addWidget(back)
        row.addWidget(self.send)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 10, 10, 8)
        column.addWidget(self.field)
        column.addLayout(row)
        self.send.clicked.connect(self._on_send)
        self.field.sent.connect(self._on_send)
        self.field.left.connect(self.left)
        back.clicked.connect(self.left)
        self.field.textChanged.connect(self._refresh)

    def begin(self, words: str) -> None:
        """Start from these words."""
        self.field.setPlainText(words)
        self.field.selectAll()
        self.field.setFocus()

    @Slot()
    def _refresh(self) -> None:
        self.send.setEnabled(bool(self.field.toPlainText().strip()))

    @Slot()
    def _on_send(self) -> None:
        words = self.field.toPlainText().strip()
        if words:
            self.saved.emit(words)


class UserMessage(QWidget):
    """What the person said, with the pictures and documents that went along.

    Attributes:
        turn: what was said.
        versions: the arrows between its versions.

    Signals:
        edited(str, str): the message's id, and the words to be asked in its place.
    """

    edited = Signal(str, str)

    def __init__(
        self, turn: Turn, attachments: PendingAttachments, message: StoredMessage | None = None
    ) -> None:
        super().__init__()
        named(self, "userMessage", tr("You said"))
        self.turn = turn
        self._id = message.id if message is not None else ""
        self._locked = False
        self._editor: MessageEditor | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        right = Qt.AlignmentFlag.AlignRight
        if turn.images:
            self._column.addWidget(self._pictures(turn, attachments))
        for document in turn.documents:
            self._column.addWidget(self._document(document), 0, right)
        self._bubble: QFrame | None = None
        self.text: RichTextView | None = None
        if turn.text:
            self._add_bubble(turn.text)
        self.versions = VersionSwitch()
        self._foot = self._make_foot()
        self._column.addWidget(self._foot, 0, right)
        if message is not None and message.versions:
            self.versions.show_versions(message.id, message.versions)

    def _add_bubble(self, words: str) -> None:
        self._bubble = frame("bubble")
        text = self.text = RichTextView(markdown=False)
        named(text, "userText", tr("Your message"))
        text.append(words)
        text.finish()
        inside = QVBoxLayout(self._bubble)
        inside.setContentsMargins(16, 10, 16, 10)
        inside.addWidget(text)
        self._column.addWidget(self._bubble, 0, Qt.AlignmentFlag.AlignRight)

    def _make_foot(self) -> QWidget:
        foot = QWidget()
        self.copy_button = icon_button(
            "copy", "copyMessageButton", tr("Copy the message"), side=26, glyph=14,
            token="muted",
        )  # fmt: skip
        self.copy_button.clicked.connect(self._on_copy)
        self.copy_button.setVisible(bool(self.turn.text))
        self.edit_button = icon_button(
            "edit", "editMessageButton", tr("Edit and ask again"), side=26, glyph=14,
            token="muted",
        )  # fmt: skip
        self.edit_button.clicked.connect(self.begin_edit)
        self.edit_button.setVisible(bool(self.turn.text and self._id))
        row = QHBoxLayout(foot)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for widget in (self.versions, self.edit_button, self.copy_button):
            row.addWidget(widget)
        return foot

    def _pictures(self, turn: Turn, attachments: PendingAttachments) -> QWidget:
        box = QWidget()
        flow = FlowLayout(box, align_right=True)
        for image in turn.images:
            card = QWidget()
            card.setFixedWidth(_THUMB.width())
            column = QVBoxLayout(card)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(6)
            column.addWidget(ImageView(image, _THUMB, stretch=True, attachments=attachments))
            column.addWidget(DescriptionStrip(image.sha256, attachments, image.name))
            flow.addWidget(card)
        return box

    def _document(self, document: DocumentInput) -> QWidget:
        chip = frame("chip")
        row = QHBoxLayout(chip)
        row.setContentsMargins(10, 7, 14, 7)
        row.addWidget(glyph("document", "muted"))
        row.addWidget(ElidedLabel(document.name, mode=Qt.TextElideMode.ElideMiddle))
        row.addWidget(label(document_words(document), "muted"))
        return chip

    # --- what a column of messages asks of it ---------------------------------------------------

    def kept(self, message: StoredMessage) -> StoredMessage:
        """The message as it is to be kept in mind when the widget goes."""
        return message

    def set_locked(self, locked: bool) -> None:
        """While an answer comes, nothing can be changed."""
        self._locked = locked
        self.edit_button.setEnabled(not locked)
        self.versions.set_locked(locked)

    def mark(self, terms: tuple[str, ...]) -> None:
        """Mark words that were searched for."""
        if self.text is not None:
            self.text.mark(terms)

    # --- saying it anew -------------------------------------------------------------------------

    @Slot()
    def begin_edit(self) -> None:
        """Put a field with the words in the bubble's place."""
        if self._editor is None:
            self._editor = MessageEditor()
            self._editor.saved.connect(self._on_saved)
            self._editor.left.connect(self._end_edit)
            self._column.insertWidget(self._column.indexOf(self._foot), self._editor)
        for widget in (self._bubble, self._foot):
            if widget is not None:
                widget.hide()
        self._editor.show()
        self._editor.begin(self.turn.text)

    @Slot()
    def _end_edit(self) -> None:
        if self._editor is not None:
            self._editor.hide()
        for widget in (self._bubble, self._foot):
            if widget is not None:
                widget.show()
        self.edit_button.setFocus()

    @Slot(str)
    def _on_saved(self, words: str) -> None:
        if not self._locked:
            self._end_edit()
            self.edited.emit(self._id, words)

    @Slot()
    def _on_copy(self) -> None:
        copy_text(self.turn.text, self.copy_button)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.text is not None and event.oldSize().width() != self.width():
            room = min(_BUBBLE, self.width() - 40) - 32
            self.text.document().setTextWidth(-1)
            across = max(24, min(room, self.text.ideal_width() + 2))
            self.text.setFixedWidth(across)
            self.text.document().setTextWidth(across)  # the field may have had this width before
