"""A message of the user: the bubble, its attachments, and the editor that changes it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from mmdesk.translatable import TranslatableText
from mmdesk.ui.attachment_actions import AttachmentActions
from mmdesk.ui.attachment_menu import SentChip, menu_button, open_menu
from mmdesk.ui.clipboard import copy_text
from mmdesk.ui.description_strip import DescriptionStrip
from mmdesk.ui.edit_field import EditField
from mmdesk.ui.flow_layout import FlowLayout
from mmdesk.ui.i18n import joined, say, tr
from mmdesk.ui.image_view import ImageView
from mmdesk.ui.pending_attachments import PendingAttachments
from mmdesk.ui.rich_text import RichTextView
from mmdesk.ui.summary_line import SummaryLine
from mmdesk.ui.version_switcher import VersionSwitcher
from mmdesk.ui.widgets import (
    frame,
    icon_button,
    label,
    named,
    notices_label,
    text_button,
)
from mmdesk.values import (
    DocumentInput,
    ImageInput,
    StoredMessage,
    Turn,
    clock,
    page_list,
    unread_pages_notice,
)

_BUBBLE_WIDTH = 560  # px, of the widest bubble
_THUMBNAIL = QSize(230, 150)
_EDITOR_HEIGHT = 132  # px
_LEAST_SHOWN = 0.75  # share of a picture that filling its area must leave


def duration_text(seconds: float) -> str:
    """Return a duration, rounded to seconds, such as "1:05"."""
    return clock(round(seconds))


def document_size(document: DocumentInput) -> str:
    """Return the length of a document in pages and characters; of a folder, its documents."""
    if document.is_folder:
        if document.pages == 1:
            return tr("1 document")
        return tr("{0:,} documents").format(document.pages or 0)
    count = tr("{0:,} characters").format(len(document.text))
    if document.pages is None:
        return count
    pages = tr("1 page") if document.pages == 1 else tr("{0} pages").format(document.pages)
    return joined(" · ", (pages, count))


def document_notices(document: DocumentInput) -> tuple[TranslatableText, ...]:
    """Return what is told of a document; pages that are pictures are read when they are needed."""
    if not document.scanned:
        return document.notices
    told = unread_pages_notice(document.scanned)
    if len(document.scanned) == 1:
        page = document.scanned[0]
        first = TranslatableText("Page {page} is a picture. It is read when you ask.", page=page)
    else:
        first = TranslatableText(
            "Pages {pages} are pictures. They are read when you ask.",
            pages=page_list(document.scanned),
        )
    return (first, *(notice for notice in document.notices if notice != told))


class _SentPicture(QWidget):
    """A picture of a message with its description; its menu opens by `⋯` and by a right click."""

    def __init__(
        self, image: ImageInput, attachments: PendingAttachments, actions: AttachmentActions
    ) -> None:
        super().__init__()
        self._image, self._attachments, self._actions = image, attachments, actions
        self.view = ImageView(image, _THUMBNAIL, stretch=True, attachments=attachments)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.customContextMenuRequested.connect(self._on_menu)
        strip = DescriptionStrip(image.sha256, attachments, image.name)
        self.menu_button = menu_button(image.name, partial(actions.of_picture, image), actions)
        strip.add_button(self.menu_button)
        self.setFixedWidth(_THUMBNAIL.width())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.view)
        column.addWidget(strip)
        column.addWidget(notices_label(image.notices))
        attachments.description_changed.connect(self._fit)
        self._fit(image.sha256)

    @Slot(str)
    def _fit(self, sha256: str) -> None:
        """Show all of a page or a screenshot, and of what would lose much by filling the area."""
        if sha256 != self._image.sha256:
            return
        description = self._attachments.description(sha256) or self._image.description
        is_read = description is not None and description.kind.is_read
        shape = (self._image.width / self._image.height) / (
            _THUMBNAIL.width() / _THUMBNAIL.height()
        )
        self.view.set_whole(is_read or min(shape, 1 / shape) < _LEAST_SHOWN)

    @Slot(QPoint)
    def _on_menu(self, position: QPoint) -> None:
        shown = self.view.mapToGlobal(position)
        open_menu(self._actions.of_picture(self._image), self._actions.possible, self.view, shown)


def _sent_chips(turn: Turn, actions: AttachmentActions) -> Iterator[SentChip]:
    """Yield the chips of a message's documents and sounds."""
    for document in turn.documents:
        of_document = partial(actions.of_document, document)
        size, notices = document_size(document), document_notices(document)
        yield SentChip("document", document.name, size, notices, of_document, actions)
    for audio in turn.audio:
        of_sound = partial(actions.of_sound, audio)
        length = duration_text(audio.seconds) if audio.pcm else ""
        yield SentChip("mic", audio.name, length, audio.notices, of_sound, actions)


class MessageEditor(QFrame):
    """Field with the text of a message, and the buttons Send and Cancel.

    Signals:
        saved(str): the changed text is to be asked.
        cancelled(): nothing is to be changed.
    """

    saved = Signal(str)
    cancelled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self.field = EditField()
        named(self.field, "editMessageField", tr("Edit your message"))
        self.field.setFixedHeight(_EDITOR_HEIGHT)
        self.field.setTabChangesFocus(True)
        self.field.setAcceptDrops(False)
        note = label(tr("You can go back to the earlier version."), "muted", wrap=True)
        self.send = text_button(tr("Send"), "sendEditButton", "primary")
        say(self.send.setToolTip, tr("Send (Enter)"))
        cancel = text_button(tr("Cancel"), "cancelEditButton", "quiet")
        row = QHBoxLayout()
        row.addWidget(note, 1)
        row.addWidget(cancel)
        row.addWidget(self.send)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 10, 10, 8)
        column.addWidget(self.field)
        column.addLayout(row)
        self.send.clicked.connect(self._on_send)
        self.field.sent.connect(self._on_send)
        self.field.cancelled.connect(self.cancelled)
        cancel.clicked.connect(self.cancelled)
        self.field.textChanged.connect(self._refresh)

    def begin(self, text: str) -> None:
        """Show a text, selected, and take the focus."""
        self.field.setPlainText(text)
        self.field.selectAll()
        self.field.setFocus()

    @Slot()
    def _refresh(self) -> None:
        self.send.setEnabled(bool(self.field.toPlainText().strip()))

    @Slot()
    def _on_send(self) -> None:
        text = self.field.toPlainText().strip()
        if text:
            self.saved.emit(text)


class UserMessage(QWidget):
    """A message of the user with its pictures and documents.

    Attributes:
        turn: what was asked.
        text: the bubble's text; None where only files were sent.
        editor: the editor, once it was opened.
        versions: the arrows between its versions.
        summary: the line over the first message that the model reads whole; None for others.

    Signals:
        edited(str, str): the message's id, and the text to be asked in its place.
        edit_begun(), edit_ended(): the editor was opened or closed.
        remember_wanted(str): this text is to be remembered.
    """

    edited = Signal(str, str)
    remember_wanted = Signal(str)
    edit_begun = Signal()
    edit_ended = Signal()

    def __init__(
        self,
        turn: Turn,
        attachments: PendingAttachments,
        actions: AttachmentActions,
        message: StoredMessage | None = None,
    ) -> None:
        super().__init__()
        named(self, "userMessage", tr("Your question"))
        self.turn = turn
        self.editor: MessageEditor | None = None
        self.summary: SummaryLine | None = None
        self._id = message.id if message is not None else ""
        self._locked = False
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        right = Qt.AlignmentFlag.AlignRight
        if turn.images:
            self._column.addWidget(self._image_row(turn, attachments, actions))
        self._actions = actions
        self._chips = QVBoxLayout()
        self._chips.setSpacing(6)
        self._column.addLayout(self._chips)
        self._show_chips()
        attachments.document_read.connect(self._on_document_read)
        self._bubble: QFrame | None = None
        self.text: RichTextView | None = None
        if turn.text:
            self._add_bubble(turn.text)
        self.versions = VersionSwitcher()
        self._foot = self._make_foot()
        self._column.addWidget(self._foot, 0, right)
        if message is not None and message.versions:
            self.versions.show_versions(message.id, message.versions)

    def _add_bubble(self, source: str) -> None:
        self._bubble = frame("bubble")
        text = self.text = RichTextView(markdown=False)
        named(text, "userText", tr("Your message"))
        text.append(source)
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
        self.edit_button = icon_button(
            "edit", "editMessageButton", tr("Edit and ask again"), side=26, glyph=14,
            token="muted",
        )  # fmt: skip
        self.edit_button.clicked.connect(self.begin_edit)
        self.remember_button = icon_button(
            "remember", "rememberButton", tr("Remember this"),
            tr("Remember this in every chat"), side=26, glyph=14, token="muted",
        )  # fmt: skip
        self.remember_button.clicked.connect(self._on_remember)
        row = QHBoxLayout(foot)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for widget in (self.versions, self.edit_button, self.remember_button, self.copy_button):
            row.addWidget(widget)
        # Once they have a parent: until then each would be a window, and take the focus.
        self.copy_button.setVisible(bool(self.turn.text))
        self.remember_button.setVisible(bool(self.turn.text))
        self.edit_button.setVisible(bool(self.turn.text and self._id))
        return foot

    def _image_row(
        self, turn: Turn, attachments: PendingAttachments, actions: AttachmentActions
    ) -> QWidget:
        box = QWidget()
        flow = FlowLayout(box, align_right=True)
        for image in turn.images:
            flow.addWidget(_SentPicture(image, attachments, actions))
        return box

    def _show_chips(self) -> None:
        while (item := self._chips.takeAt(0)) is not None:
            chip = item.widget()
            if chip is not None:
                chip.deleteLater()
        for chip in _sent_chips(self.turn, self._actions):
            self._chips.addWidget(chip, 0, Qt.AlignmentFlag.AlignRight)

    @Slot(object, object)
    def _on_document_read(self, before: DocumentInput, after: DocumentInput) -> None:
        if before in self.turn.documents:
            documents = tuple(after if one == before else one for one in self.turn.documents)
            self.turn = replace(self.turn, documents=documents)
            self._show_chips()

    # --- as an item of a MessageList ----------------------------------------------------------

    def stored(self, message: StoredMessage) -> StoredMessage:
        """Return the message in the state to make this widget again from."""
        turn = replace(message.turn, documents=self.turn.documents)
        return replace(message, turn=turn)

    def set_locked(self, locked: bool) -> None:
        """Disable what changes the message, while an answer is being given."""
        self._locked = locked
        self.edit_button.setEnabled(not locked)
        self.versions.set_locked(locked)

    def mark(self, terms: tuple[str, ...]) -> None:
        """Mark the words that were searched for."""
        if self.text is not None:
            self.text.mark(terms)

    def show_summary(self, text: str) -> None:
        """Show over the message that what stands before it was summarised; "" for nothing."""
        if self.summary is not None:
            self._column.removeWidget(self.summary)
            self.summary.deleteLater()
            self.summary = None
        if text:
            self.summary = SummaryLine(text)
            self._column.insertWidget(0, self.summary)
            self.summary.show()

    # --- editing ------------------------------------------------------------------------------

    @property
    def is_editing(self) -> bool:
        """True while the editor is open."""
        return self.editor is not None and not self.editor.isHidden()

    @Slot()
    def begin_edit(self) -> None:
        """Put the editor in the bubble's place.

        The field has the focus before the bubble is hidden: Qt would give it to the next widget
        and scroll there.
        """
        if self.editor is None:
            self.editor = MessageEditor()
            self.editor.saved.connect(self._on_saved)
            self.editor.cancelled.connect(self._end_edit)
            self._column.insertWidget(self._column.indexOf(self._foot), self.editor)
        self.editor.show()
        self.editor.begin(self.turn.text)
        self._show_bubble(False)
        self.edit_begun.emit()

    @Slot()
    def _end_edit(self) -> None:
        self._show_bubble(True)
        self.edit_button.setFocus()
        if self.editor is not None:
            self.editor.hide()
        self.edit_ended.emit()

    def _show_bubble(self, shown: bool) -> None:
        for widget in (self._bubble, self._foot):
            if widget is not None:
                widget.setVisible(shown)

    @Slot(str)
    def _on_saved(self, text: str) -> None:
        if not self._locked:
            self._end_edit()
            self.edited.emit(self._id, text)

    @Slot()
    def _on_copy(self) -> None:
        copy_text(self.turn.text, self.copy_button)

    @Slot()
    def _on_remember(self) -> None:
        selected = self.text.textCursor().selectedText() if self.text is not None else ""
        self.remember_wanted.emit(selected or self.turn.text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make the bubble as wide as its text wants."""
        super().resizeEvent(event)
        if self.text is not None and event.oldSize().width() != self.width():
            most = min(_BUBBLE_WIDTH, self.width() - 40) - 32
            self.text.document().setTextWidth(-1)
            width = max(24, min(most, self.text.ideal_width() + 2))
            self.text.setFixedWidth(width)
            self.text.document().setTextWidth(width)  # the field may have had this width before
