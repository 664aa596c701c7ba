"""Where a message is made: the text field, what goes along with it, Send and Stop."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from mmdesk.ui.chat_input import ChatInput
from mmdesk.ui.from_below import below
from mmdesk.ui.i18n import say, sentences, tr
from mmdesk.ui.outlook import outlook_words
from mmdesk.ui.qt_enums import RIGHT
from mmdesk.ui.theme import MEASURE, SCROLL_BAR
from mmdesk.ui.widgets import (
    ElidedLabel,
    announce,
    frame,
    glyph,
    icon_button,
    label,
    named,
    restyle,
)

if TYPE_CHECKING:
    from PySide6.QtCore import QMimeData

    from mmdesk.ui.document_card import DocumentCard
    from mmdesk.ui.flow_layout import FlowLayout
    from mmdesk.ui.pending_attachments import PendingAttachments
    from mmdesk.values import DocumentInput, Forecast, ImageInput, Turn

PAUSE_MS = 300  # without a key, after which what is typed is taken for a draft


class Composer(QWidget):
    """Collects a Turn.

    Signals:
        send_wanted(), stop_wanted(), attach_wanted()
        files_offered(list): list[str].
        image_bytes_offered(str, bytes): name, encoded bytes.
        summary_wanted(object, int), translation_wanted(object, str): see DocumentCard.
        draft_changed(): what would be sent differs, and the person has paused.
    """

    draft_changed = Signal()

    send_wanted = Signal()
    stop_wanted = Signal()
    attach_wanted = Signal()
    files_offered = Signal(list)
    image_bytes_offered = Signal(str, bytes)
    summary_wanted = Signal(object, int)
    translation_wanted = Signal(object, str)

    def __init__(self, attachments: PendingAttachments, translate_to: str) -> None:
        super().__init__()
        self._attachments = attachments
        self._translate_to = translate_to
        self._answering = False
        self._ready = True
        self._reason = ""
        self._pasted_pictures = 0
        self._forecast: Forecast | None = None
        self.document_chips: list[DocumentCard] = []
        self.input = ChatInput()
        self._make_buttons()
        self.reason = ElidedLabel("", "muted")
        self.reason.setObjectName("sendReason")
        self.outlook = ElidedLabel("", "muted")
        self.outlook.setObjectName("sendOutlook")
        self.outlook.setProperty("alignment", RIGHT)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self.draft_changed)
        self._pictures = QWidget()
        self._pictures.hide()
        self._picture_flow: FlowLayout | None = None
        self._documents = QVBoxLayout()
        self._documents.setSpacing(6)
        self.error_bar = frame("error")
        self.error_bar.hide()
        self._card = self._make_card()
        self._lay_out()
        self._connect()
        self._refresh()

    # --- making -------------------------------------------------------------------------------

    def _make_buttons(self) -> None:
        self.attach_button = icon_button(
            "attach", "attachButton", tr("Attach files"),
            tr("Attach pictures, documents or sound (Ctrl+O)"),
        )  # fmt: skip
        self.send_button = icon_button(
            "send", "sendButton", tr("Send"), kind="primary", token="on_accent"
        )
        self.stop_button = icon_button(
            "stop", "stopButton", tr("Stop the answer"), tr("Stop the answer (Esc)"),
            token="window",
        )  # fmt: skip
        self.stop_button.hide()

    def complete(self) -> None:
        """Make what is not seen at the first paint: the words of an error."""
        self._on_focus(self.input.hasFocus())
        if self.error_bar.layout() is not None:
            return
        from PySide6.QtCore import Qt

        bar = self.error_bar
        named(bar, "inputError", tr("Problem with what was given"))
        self._error_words = label("", "danger", wrap=True)
        self._error_hint = label("", "danger", wrap=True)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._error_words)
        words.addWidget(self._error_hint)
        dismiss = icon_button(
            "close", "dismissErrorButton", tr("Dismiss"), token="danger", side=28, glyph=14
        )
        dismiss.clicked.connect(bar.hide)
        row = QHBoxLayout(bar)
        row.setContentsMargins(14, 8, 8, 8)
        row.setSpacing(10)
        row.addWidget(glyph("warning", "danger"), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        row.addWidget(dismiss, 0, Qt.AlignmentFlag.AlignTop)

    def _make_card(self) -> QFrame:
        card = frame("composer")
        card.setProperty("focused", True)  # as the window opens; told to the sheet later, it costs
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.attach_button)
        buttons.addWidget(self.reason, 1)
        buttons.addWidget(self.outlook, 1)
        buttons.addWidget(self.stop_button)
        buttons.addWidget(self.send_button)
        column = QVBoxLayout(card)
        column.setContentsMargins(14, 12, 10, 8)
        column.setSpacing(8)
        column.addWidget(self._pictures)
        column.addLayout(self._documents)
        column.addWidget(self.input)
        column.addLayout(buttons)
        return card

    def _lay_out(self) -> None:
        middle = QWidget()
        middle.setMaximumWidth(MEASURE + 40)
        column = QVBoxLayout(middle)
        column.setContentsMargins(20, 4, 20, 14)
        column.setSpacing(8)
        column.addWidget(self.error_bar)
        column.addWidget(self._card)
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, SCROLL_BAR, 0)
        across.addStretch(1)
        across.addWidget(middle, 1000)
        across.addStretch(1)

    def _connect(self) -> None:
        self.input.sent.connect(self.send_wanted)
        self.input.stopped.connect(self._on_escape)
        self.input.pasted.connect(self.take)
        self.input.textChanged.connect(self._refresh)
        self.input.focus_changed.connect(self._on_focus)
        self.send_button.clicked.connect(self.send_wanted)
        self.stop_button.clicked.connect(self.stop_wanted)
        self.attach_button.clicked.connect(self.attach_wanted)
        self._attachments.images_changed.connect(self._show_pictures)
        self._attachments.documents_changed.connect(self._show_documents)

    # --- the turn -----------------------------------------------------------------------------

    def turn(self) -> Turn:
        """What would be sent now."""
        from mmdesk.values import Turn

        text = self.input.toPlainText().strip()
        images, documents = self._attachments.images, self._attachments.documents
        return Turn("user", text, images=images, documents=documents)

    def can_send(self) -> bool:
        """Whether there is something to send and nothing in the way."""
        return self._ready and not self._answering and self.holds_anything()

    def holds_anything(self) -> bool:
        """Whether there is something to send."""
        held = self._attachments
        return bool(self.input.toPlainText().strip() or held.images or held.documents)

    def clear(self) -> None:
        """What was here was sent."""
        self.input.remember(self.input.toPlainText().strip())
        self.input.clear()
        self._attachments.clear()
        self.error_bar.hide()

    def insert(self, text: str) -> None:
        """Put words at the cursor, apart from what stands there."""
        cursor = self.input.textCursor()
        before = self.input.toPlainText()[: cursor.position()]
        cursor.insertText(f" {text}" if before and not before[-1].isspace() else text)
        self.input.setFocus()

    def set_text(self, text: str) -> None:
        """Words to go on from, in place of what stands there."""
        from PySide6.QtGui import QTextCursor

        self.input.setPlainText(text)
        self.input.moveCursor(QTextCursor.MoveOperation.End)
        self.input.setFocus()

    def restore(self, turn: Turn) -> None:
        """Put a turn back; words typed meanwhile stay behind it."""
        draft = self.input.toPlainText()
        self.set_text("\n".join(part for part in (turn.text, draft) if part))
        for image in turn.images:
            self._attachments.add_image(image)
        for document in turn.documents:
            self._attachments.add_document(document)

    # --- states -------------------------------------------------------------------------------

    def set_answering(self, answering: bool) -> None:
        """Stop stands beside Send while an answer comes."""
        if self.stop_button.hasFocus() and not answering:
            self.input.setFocus()
        self._answering = answering
        self.stop_button.setVisible(answering)
        self._refresh()

    def set_ready(self, ready: bool, reason: str) -> None:
        """Whether messages can be sent; `reason` says why not."""
        self._ready = ready
        self._reason = "" if ready else below(reason)
        self._refresh()

    def show_error(self, message: str, hint: str) -> None:
        """Say what is wrong with what was given, until it is dismissed or a message is sent."""
        self.complete()
        whole = sentences(below(message), below(hint))
        say(self._error_words.setText, below(message))
        say(self._error_hint.setText, below(hint))
        self._error_hint.setVisible(bool(hint))
        say(self.error_bar.setAccessibleDescription, whole)
        self.error_bar.show()
        announce(self.error_bar, whole)

    def set_forecast(self, forecast: Forecast | None) -> None:
        """What sending will bring; shown while there is something to send."""
        self._forecast = forecast
        self._show_outlook()

    def _show_outlook(self) -> None:
        words = outlook_words(self._forecast) if self._forecast and self.can_send() else ""
        say(self.outlook.setText, words)
        self.outlook.setVisible(bool(words) or not self.reason.text())
        self.reason.setVisible(bool(self.reason.text()))

    def set_translate_to(self, language: str) -> None:
        """The language that Translate offers first."""
        self._translate_to = language
        for chip in self.document_chips:
            chip.set_language(language)

    @Slot()
    def _refresh(self) -> None:
        self.send_button.setEnabled(self.can_send())
        say(self.send_button.setToolTip, self._reason or tr("Send (Enter)"))
        say(self.reason.setText, self._reason)
        if self.can_send():
            self._pause.start()
        else:
            self._pause.stop()
        self._show_outlook()
        possible = self._ready and not self._answering
        for chip in self.document_chips:
            chip.set_jobs_possible(possible, self._reason)

    @Slot(bool)
    def _on_focus(self, focused: bool) -> None:
        if self._card.property("focused") == focused:
            return
        self._card.setProperty("focused", focused)
        restyle(self._card)

    @Slot()
    def _on_escape(self) -> None:
        if self._answering:
            self.stop_wanted.emit()

    # --- what comes in ------------------------------------------------------------------------

    @Slot(object)
    def take(self, mime: QMimeData) -> None:
        """Take what was pasted or dropped: files and pictures are offered, long text becomes a
        document, other text goes to the cursor.
        """
        from mmdesk.ui.paste import LONG_PASTE, read
        from mmdesk.values import DocumentInput

        found = read(mime)
        if found.files:
            self.files_offered.emit(list(found.files))
        elif found.png:
            self._pasted_pictures += 1
            name = str(tr("Pasted picture {0}.png").format(self._pasted_pictures))
            self.image_bytes_offered.emit(name, found.png)
        elif len(found.text) > LONG_PASTE:
            self._attachments.add_document(DocumentInput(str(tr("Pasted text")), found.text))
        elif found.text:
            self.input.textCursor().insertText(found.text)
            self.input.ensureCursorVisible()

    @Slot()
    def _show_pictures(self) -> None:
        from mmdesk.ui.flow_layout import FlowLayout

        if self._picture_flow is None:
            self._picture_flow = FlowLayout(self._pictures)
        flow = self._picture_flow
        self._take_focus_from(self._pictures)
        while (item := flow.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for image in self._attachments.images:
            flow.addWidget(self._picture_chip(image))
        self._pictures.setVisible(bool(self._attachments.images))
        self._refresh()

    def _take_focus_from(self, going: QWidget) -> None:
        """What goes would leave the focus to the first control of the window."""
        focused = going.window().focusWidget()
        if focused is not None and going.isAncestorOf(focused):
            self.input.setFocus()

    def _picture_chip(self, image: ImageInput) -> QWidget:
        from PySide6.QtCore import QSize, Qt

        from mmdesk.ui.image_view import ImageView

        chip = frame("chip")
        remove = icon_button(
            "close", "removeAttachedButton", tr("Remove {0}").format(image.name),
            side=24, glyph=12,
        )  # fmt: skip
        remove.clicked.connect(partial(self._attachments.remove_image, image.sha256))
        words = ElidedLabel(image.name, mode=Qt.TextElideMode.ElideMiddle)
        words.setMaximumWidth(130)
        row = QHBoxLayout(chip)
        row.setContentsMargins(5, 5, 5, 5)
        row.setSpacing(6)
        row.addWidget(ImageView(image, QSize(34, 34), attachments=self._attachments))
        row.addWidget(words)
        row.addWidget(remove)
        return chip

    @Slot()
    def _show_documents(self) -> None:
        for chip in self.document_chips:
            self._take_focus_from(chip)
            self._documents.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self.document_chips = [
            self._document_chip(document) for document in self._attachments.documents
        ]
        self._refresh()

    def _document_chip(self, document: DocumentInput) -> DocumentCard:
        from mmdesk.ui.document_card import DocumentCard

        chip = DocumentCard(document, self._translate_to)
        chip.summarised.connect(self.summary_wanted)
        chip.translated.connect(self.translation_wanted)
        chip.asked.connect(self._on_ask)
        chip.removed.connect(self._attachments.remove_document)
        self._documents.addWidget(chip)
        return chip

    @Slot(object)
    def _on_ask(self, document: DocumentInput) -> None:
        if not self.input.toPlainText():
            say(self.input.setPlaceholderText, tr("Ask about {0}").format(document.name))
        self.input.setFocus()
