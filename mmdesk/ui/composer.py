"""The composer: the text field, the attachments of the next message, Send and Stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from mmdesk.ui.chat_input import ChatInput
from mmdesk.ui.error_card import ErrorCard
from mmdesk.ui.i18n import TranslatedText, joined, say, tr, translated
from mmdesk.ui.plain_text import plain_tooltip
from mmdesk.ui.qt_enums import RIGHT
from mmdesk.ui.widgets import ElidedLabel, announce, frame, icon_button, put_in_column, restyle

if TYPE_CHECKING:
    from PySide6.QtCore import QMimeData
    from PySide6.QtGui import QKeyEvent

    from mmdesk.ui.attachment_actions import AttachmentActions
    from mmdesk.ui.document_card import DocumentCard
    from mmdesk.ui.pending_attachments import PendingAttachments
    from mmdesk.ui.pending_cards import PendingCards
    from mmdesk.values import AudioInput, DocumentInput, Forecast, ImageInput, Turn

PAUSE_MS = 300  # without a key, after which what is typed is taken for a draft


def forecast_text(forecast: Forecast) -> TranslatedText:
    """Return the consequences of sending in a few words; "" when nothing is known."""
    parts = []
    if forecast.forgotten == 1:
        parts.append(tr("the oldest message will be forgotten"))
    elif forecast.forgotten:
        count = tr("the oldest {0} messages will be forgotten")
        parts.append(count.format(forecast.forgotten))
    if forecast.wait_s is not None and forecast.wait_s >= 1:
        parts.append(tr("Starts in about {seconds:.0f} s").format(seconds=forecast.wait_s))
    return joined(" · ", parts)


class Composer(QWidget):
    """The text field of the next Turn with its attachments and buttons.

    Attributes:
        input: the text field.
        reason: why nothing can be sent.
        forecast: the consequences of sending.
        mic_button: the microphone; MicrophonePanel handles it.
        talk_button: begins and ends a hands-free conversation.
        cards: those of the attachments, once there was one.
        error_bar: the last problem, until it is dismissed or something succeeds.

    Signals:
        submitted(object): the Turn that is sent; the composer is empty.
        stop_wanted(), attach_wanted(), capture_wanted(): a button or its key was pressed.
        files_offered(list): list[str].
        image_bytes_offered(str, bytes): name, encoded bytes.
        draft_changed(): the next Turn changed, and the user has paused.
        escaped(): Escape was pressed, whatever else it does.
    """

    draft_changed = Signal()

    submitted = Signal(object)
    stop_wanted = Signal()
    escaped = Signal()
    attach_wanted = Signal()
    capture_wanted = Signal()
    files_offered = Signal(list)
    image_bytes_offered = Signal(str, bytes)

    def __init__(self, attachments: PendingAttachments, actions: AttachmentActions) -> None:
        super().__init__()
        self._attachments = attachments
        self._actions = actions
        self._answering = False
        self._ready = True
        self._checking_models, self._sent_early = False, ""
        self._completed = False
        self._reason = ""
        self._pasted_pictures = 0
        self._last_forecast: Forecast | None = None
        self.cards: PendingCards | None = None
        self.input = ChatInput()
        self._make_buttons()
        self.reason = ElidedLabel("", "muted")
        self.reason.setObjectName("sendReason")
        self.forecast = ElidedLabel("", "muted")
        self.forecast.setObjectName("sendOutlook")
        self.forecast.setProperty("alignment", RIGHT)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self.draft_changed)
        self.speech = ElidedLabel("", "muted")
        self.speech.setObjectName("speechStatus")
        self.speech.hide()
        self.error_bar = ErrorCard("inputError", tr("Error"), margins=(14, 8, 8, 8))
        self._card = self._make_card()
        self._lay_out()
        self._connect()
        self._refresh()

    # --- widgets ------------------------------------------------------------------------------

    def _make_buttons(self) -> None:
        self.attach_button = icon_button(
            "attach", "attachButton", tr("Attach files"),
            tr("Attach pictures, documents, sound or a folder (files: Ctrl+O)"),
        )  # fmt: skip
        self.capture_button = icon_button(
            "capture", "captureButton", tr("Ask about a part of the screen"),
            tr("Ask about a part of the screen (Ctrl+Shift+S)"),
        )  # fmt: skip
        self.mic_button = icon_button("mic", "micButton", tr("Microphone"))
        self.talk_button = icon_button(
            "talk", "talkButton", tr("Talk hands-free"),
            tr("Talk hands-free: speak, pause, and hear the answer (Ctrl+Shift+Space)"),
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
        """Make what is not visible at the first paint: the content of the error bar."""
        self._on_focus(self.input.hasFocus())
        if self._completed:
            return
        self._completed = True
        dismiss = icon_button(
            "close", "dismissErrorButton", tr("Dismiss"), token="danger", side=28, glyph=14
        )
        dismiss.clicked.connect(self.dismiss_error)
        self.error_bar.add_beside(dismiss)

    def _make_card(self) -> QFrame:
        card = frame("composer")
        card.setProperty("focused", True)  # as the window opens; restyling it later costs time
        buttons = QHBoxLayout()
        buttons.setSpacing(4)
        buttons.addWidget(self.attach_button)
        buttons.addWidget(self.capture_button)
        buttons.addWidget(self.mic_button)
        buttons.addWidget(self.talk_button)
        buttons.addWidget(self.speech, 1)
        buttons.addWidget(self.reason, 1)
        buttons.addWidget(self.forecast, 1)
        buttons.addWidget(self.stop_button)
        buttons.addWidget(self.send_button)
        self._card_column = column = QVBoxLayout(card)
        column.setContentsMargins(14, 12, 8, 8)
        column.setSpacing(8)
        column.addWidget(self.input)
        column.addLayout(buttons)
        return card

    def put_first(self, widget: QWidget) -> None:
        """Put a widget above everything in the card."""
        self._card_column.insertWidget(0, widget)

    def _lay_out(self) -> None:
        put_in_column(self, self.error_bar, self._card, top=4, bottom=14)

    def add_bar(self, bar: QWidget) -> None:
        """Put a bar above the field."""
        parent = self._card.parentWidget()
        layout = parent.layout() if parent is not None else None
        if isinstance(layout, QVBoxLayout):
            layout.insertWidget(0, bar)

    def _connect(self) -> None:
        self.input.sent.connect(self.submit)
        self.input.stopped.connect(self.escape)
        self.input.pasted.connect(self.take)
        self.input.textChanged.connect(self._refresh)
        self.input.focus_changed.connect(self._on_focus)
        self.send_button.clicked.connect(self.submit)
        self.stop_button.clicked.connect(self.stop_wanted)
        self.attach_button.clicked.connect(self.attach_wanted)
        self.capture_button.clicked.connect(self.capture_wanted)
        attached = self._attachments
        for changed in (attached.images_changed, attached.documents_changed):
            changed.connect(self._on_attachments)
        attached.sounds_changed.connect(self._on_attachments)

    # --- the turn -----------------------------------------------------------------------------

    def turn(self) -> Turn:
        """Return what would be sent now."""
        from mmdesk.values import Turn

        text = self.input.toPlainText().strip()
        attached = self._attachments
        return Turn(
            "user", text,
            images=attached.images, audio=attached.sounds, documents=attached.documents,
        )  # fmt: skip

    def can_send(self) -> bool:
        """Return whether Send would send something now."""
        return self._ready and not self._answering and self.holds_anything()

    def holds_anything(self) -> bool:
        """Return whether there is text or an attachment."""
        return bool(self.input.toPlainText().strip()) or not self._attachments.is_empty()

    def clear(self) -> None:
        """Empty the composer after sending."""
        self.input.remember(self.input.toPlainText().strip())
        self.input.clear()
        self._attachments.clear()
        self.error_bar.hide()
        self.show_speech("")
        say(self.input.setPlaceholderText, tr("Ask anything"))

    @Slot()
    def submit(self) -> None:
        """Send what can be sent.

        Nothing happens when there is nothing to send or an answer is being generated. While the
        models are still being looked for, the message waits, unless its text is changed meanwhile.
        """
        if not self.can_send():
            self._sent_early = self.input.toPlainText() if self._checking_models else ""
            return
        turn = self.turn()
        self.clear()
        self.submitted.emit(turn)

    def take_key(self, event: QKeyEvent) -> bool:
        """Take a key that was pressed outside of every field; return whether it belongs here."""
        from PySide6.QtCore import QCoreApplication
        from PySide6.QtGui import QGuiApplication, QKeySequence

        if event.matches(QKeySequence.StandardKey.Paste):
            self.input.setFocus()
            self.take(QGuiApplication.clipboard().mimeData())
            return True
        if not event.text().isprintable() or not event.text().strip():
            return False
        self.input.setFocus()
        QCoreApplication.sendEvent(self.input, event)
        return True

    def insert(self, text: str) -> None:
        """Insert text at the cursor, with a space before it where one is needed."""
        cursor = self.input.textCursor()
        before = self.input.toPlainText()[: cursor.position()]
        cursor.insertText(f" {text}" if before and not before[-1].isspace() else text)
        self.input.setFocus()

    def set_text(self, text: str) -> None:
        """Replace the text and put the cursor at its end."""
        from PySide6.QtGui import QTextCursor

        self.input.setPlainText(text)
        self.input.moveCursor(QTextCursor.MoveOperation.End)
        self.input.setFocus()

    def restore(self, turn: Turn) -> None:
        """Put a turn back; what was typed meanwhile follows it."""
        draft = self.input.toPlainText()
        self.set_text("\n".join(part for part in (turn.text, draft) if part))
        for image in turn.images:
            self._attachments.add_image(image)
        for document in turn.documents:
            self._attachments.add_document(document)
        for audio in turn.audio:
            self._attachments.add_sound(audio)

    def ask_about(self, attachment: ImageInput | DocumentInput | AudioInput) -> None:
        """Attach something, unless it is, and let the user write a question about it."""
        from mmdesk.values import AudioInput, ImageInput

        attached = self._attachments
        if isinstance(attachment, ImageInput):
            attached.with_pixels(attachment, attached.add_image)
        elif isinstance(attachment, AudioInput):
            attached.add_sound(attachment)
        elif all(known is not attachment for known in attached.documents):
            attached.add_document(attachment)
        say(self.input.setPlaceholderText, tr("Ask about {0}").format(attachment.name))
        self.input.setFocus()

    # --- states -------------------------------------------------------------------------------

    def set_answering(self, answering: bool) -> None:
        """Show the Stop button while an answer is being given."""
        if self.stop_button.hasFocus() and not answering:
            self.input.setFocus()
        self._answering = answering
        self.stop_button.setVisible(answering)
        self._refresh()

    def set_ready(self, ready: bool, reason: str = "") -> None:
        """Set whether messages can be sent; `reason` says why not."""
        self._checking_models = False
        self._ready = ready
        self._reason = "" if ready else translated(reason)
        self._refresh()
        early, self._sent_early = self._sent_early, ""
        if ready and early and early == self.input.toPlainText():
            self.submit()

    def await_models(self, reason: str) -> None:
        """Keep a message that is sent now until `set_ready` follows, at once."""
        self.set_ready(False, reason)
        self._checking_models = True

    def show_error(self, message: str, hint: str) -> None:
        """Show a problem with an attachment, until it is dismissed or a message is sent."""
        self.complete()
        if self.mic_button.hasFocus() or self.talk_button.hasFocus():
            self.input.setFocus()  # what was pressed did not work: the user writes instead
        announce(self.error_bar, self.error_bar.show_error(message, hint))

    @Slot()
    def dismiss_error(self) -> None:
        """Close the error."""
        if not self.error_bar.isHidden():
            self.error_bar.hide()
            self.input.setFocus()

    def show_speech(self, text: str) -> None:
        """Show what the microphone does beside its button; "" for nothing."""
        say(self.speech.setText, text)
        self.speech.setVisible(bool(text))
        self._show_forecast()

    def show_talking(self, on: bool) -> None:
        """Show whether a hands-free conversation goes on."""
        from mmdesk.ui.icons import icon

        self.talk_button.setIcon(icon("stop" if on else "talk", "on_accent" if on else "text"))
        name = tr("End the conversation") if on else tr("Talk hands-free")
        say(self.talk_button.setAccessibleName, name)
        self.talk_button.setProperty("listening", on)
        restyle(self.talk_button)

    def set_forecast(self, forecast: Forecast | None) -> None:
        """Set the consequences of sending, shown while something can be sent."""
        self._last_forecast = forecast
        self._show_forecast()

    def _show_forecast(self) -> None:
        known = self._last_forecast if self.can_send() else None
        text = forecast_text(known) if known is not None else ""
        say(self.forecast.setText, text)
        speaks = not self.speech.isHidden()
        self.forecast.setVisible(not speaks and (bool(text) or not self.reason.text()))
        self.reason.setVisible(not speaks and bool(self.reason.text()))

    @Slot()
    def _refresh(self) -> None:
        self.send_button.setEnabled(self.can_send())
        say(self.send_button.setToolTip, plain_tooltip(self._reason) or tr("Send (Enter)"))
        say(self.reason.setText, self._reason)
        if self.can_send():
            self._pause.start()
        else:
            self._pause.stop()
        self._show_forecast()
        self._actions.set_possible(self._ready and not self._answering, self._reason)

    @Slot(bool)
    def _on_focus(self, focused: bool) -> None:
        if self._card.property("focused") == focused:
            return
        self._card.setProperty("focused", focused)
        restyle(self._card)

    @Slot()
    def escape(self) -> None:
        """Close the error, or ask for the answer to be stopped."""
        self.escaped.emit()
        if not self.error_bar.isHidden():
            self.dismiss_error()
        elif self._answering:
            self.stop_wanted.emit()

    # --- attachments --------------------------------------------------------------------------

    @Slot(object)
    def take(self, mime: QMimeData) -> None:
        """Take what was pasted or dropped.

        Files and pictures are offered, a long text becomes a document, other text is inserted.
        """
        from mmdesk.ui.paste import LONG_PASTE, read
        from mmdesk.values import DocumentInput

        pasted = read(mime)
        if pasted.files:
            self.files_offered.emit(list(pasted.files))
        elif pasted.png:
            self._pasted_pictures += 1
            name = str(tr("Pasted picture {0}.png").format(self._pasted_pictures))
            self.image_bytes_offered.emit(name, pasted.png)
        elif len(pasted.text) > LONG_PASTE:
            self._attachments.add_document(DocumentInput(str(tr("Pasted text")), pasted.text))
        elif pasted.text:
            self.input.textCursor().insertText(pasted.text)
            self.input.ensureCursorVisible()

    @property
    def document_chips(self) -> list[DocumentCard]:
        """The cards of the documents, in order."""
        return self.cards.documents if self.cards is not None else []

    @Slot()
    def _on_attachments(self) -> None:
        if self.cards is None and not self._attachments.is_empty():
            from mmdesk.ui.pending_cards import PendingCards

            self.cards = PendingCards(self._attachments, self._actions, self._card)
            self.cards.focus_lost.connect(self.input.setFocus)
            self._card_column.insertWidget(0, self.cards)
        self._refresh()
