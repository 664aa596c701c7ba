"""Small window over all others for a quick question, whose answer streams there."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QCursor, QGuiApplication, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from mmdesk.ready_prompts import ReadyPrompt
from mmdesk.ui import theme
from mmdesk.ui.chat_input import ChatInput
from mmdesk.ui.i18n import say, tr, translated
from mmdesk.ui.paste import LONG_PASTE, read
from mmdesk.ui.prompt_buttons import PromptButtons
from mmdesk.ui.quick_answer import QuickAnswer
from mmdesk.ui.quick_sources import QuickSources
from mmdesk.ui.widgets import announce, frame, icon_button, label, named, text_button
from mmdesk.values import DocumentInput, Stats, Turn

_WIDTH = 660  # px at a text size of 100 %
_TOP = 0.18  # of the screen's height that stays free above


class QuickAsk(QDialog):
    """Field for a question, the user's ready prompts, and the answer.

    It stays above other windows, closes at Escape and remembers nothing then.

    Attributes:
        field: the question.
        sources: selected text and picture of the clipboard, if the user wants them.
        prompts: buttons of the ready prompts.
        answer: the answer, once something was asked.

    Signals:
        asked(object, bytes): a Turn, and the PNG of a picture that belongs to it, or b"".
        stop_wanted(): the answer is to be stopped.
        keep_wanted(): question and answer are to be shown in the main window, and stored.
        discarded(): the window was closed without that.
        prompts_wanted(): the ready prompts are to be edited.
        capture_wanted(): a part of the screen is to be asked about.
        link_activated(str): a link in the answer was clicked.
    """

    asked = Signal(object, bytes)
    stop_wanted = Signal()
    keep_wanted = Signal()
    discarded = Signal()
    prompts_wanted = Signal()
    capture_wanted = Signal()
    link_activated = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        flags = Qt.WindowType
        super().__init__(
            parent, flags.Window | flags.FramelessWindowHint | flags.WindowStaysOnTopHint
        )
        named(self, "quickAsk", tr("Quick question"))
        say(self.setWindowTitle, tr("Quick question"))
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self._ready, self._reason, self._answering = True, "", False
        self._make_field()
        self.sources = QuickSources()
        self.prompts = PromptButtons()
        self.prompts.chosen.connect(self.ask_with)
        self.prompts.edit_wanted.connect(self.prompts_wanted)
        self.answer = QuickAnswer()
        self.answer.link_activated.connect(self.link_activated)
        self.answer.retry_wanted.connect(self.field.setFocus)
        self.answer.grown.connect(self._fit)
        self.sources.changed.connect(self._refresh)
        self._lay_out()
        self._refresh()

    # --- widgets ------------------------------------------------------------------------------

    def _make_field(self) -> None:
        self.field = ChatInput()
        named(self.field, "quickAskField", tr("Your question"))
        say(self.field.setPlaceholderText, tr("Ask anything"))
        self.field.sent.connect(self.ask)
        self.field.stopped.connect(self.reject)
        self.field.pasted.connect(self._on_pasted)
        self.field.textChanged.connect(self._refresh)
        self.ask_button = icon_button(
            "send", "quickAskButton", tr("Ask"), tr("Ask (Enter)"), kind="primary",
            token="on_accent",
        )  # fmt: skip
        self.ask_button.clicked.connect(self.ask)
        self.stop_button = icon_button(
            "stop", "quickStopButton", tr("Stop the answer"), token="window"
        )
        self.stop_button.clicked.connect(self.stop_wanted)
        self.capture_button = icon_button(
            "capture", "quickCaptureButton", tr("Ask about a part of the screen")
        )
        self.capture_button.clicked.connect(self.capture_wanted)
        self.close_button = icon_button("close", "quickCloseButton", tr("Close"), tr("Close (Esc)"))
        self.close_button.clicked.connect(self.reject)
        self.keep_button = text_button(tr("Open in mmdesk"), "quickKeepButton", "small")
        say(self.keep_button.setToolTip, tr("Keeps the question and its answer"))
        self.keep_button.clicked.connect(self._on_keep)
        self.note = label("", "muted", wrap=True)
        self.note.setObjectName("quickAskNote")

    def _lay_out(self) -> None:
        box = frame("composer")
        box.setProperty("focused", True)
        inside = QHBoxLayout(box)
        inside.setContentsMargins(14, 8, 8, 8)
        inside.addWidget(self.field, 1)
        for button in (self.capture_button, self.stop_button, self.ask_button, self.close_button):
            inside.addWidget(button, 0, Qt.AlignmentFlag.AlignBottom)
        foot = QHBoxLayout()
        foot.addWidget(self.note, 1)
        foot.addWidget(self.keep_button)
        self._card = card = QFrame()
        card.setProperty("kind", "palette")
        column = QVBoxLayout(card)
        column.setContentsMargins(14, 14, 14, 12)
        column.setSpacing(10)
        column.addWidget(box)
        column.addWidget(self.sources)
        column.addWidget(self.prompts)
        column.addWidget(self.answer, 1)
        column.addLayout(foot)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(card)
        self.answer.hide()
        self.keep_button.hide()
        self.stop_button.hide()

    # --- showing ------------------------------------------------------------------------------

    def show_up(self) -> None:
        """Show the window on the screen with the pointer; what is selected there is offered."""
        if not self.isVisible():
            self.sources.look()
            self._refresh()
            self._detach()
            self._place()
        self.show()
        self.raise_()
        self.activateWindow()
        self.field.setFocus()

    def _detach(self) -> None:
        """Let it be shown while the main window is minimised or hidden."""
        self.winId()
        handle = self.windowHandle()
        if handle is not None:
            handle.setTransientParent(None)  # type: ignore[arg-type]

    def _place(self) -> None:
        screen = QGuiApplication.screenAt(QCursor.pos()) or QGuiApplication.primaryScreen()
        area = screen.availableGeometry()
        self._fit()
        corner = QPoint((area.width() - self.width()) // 2, round(area.height() * _TOP))
        self.move(area.topLeft() + corner)

    @Slot()
    def _fit(self) -> None:
        """Be as high as what is shown, and no larger than the screen."""
        layout = self.layout()
        if layout is not None:
            layout.activate()
        area = self.screen().availableGeometry()
        width = min(theme.scaled(_WIDTH), area.width() - 24)
        height = max(self.heightForWidth(width), self.minimumSizeHint().height())
        self.resize(width, min(height, area.height() - 24))

    def set_prompts(self, prompts: tuple[ReadyPrompt, ...]) -> None:
        """Offer these ready prompts."""
        self.prompts.set_prompts(prompts)

    def set_ready(self, ready: bool, reason: str) -> None:
        """Set whether something can be asked; `reason` says why not."""
        self._ready, self._reason = ready, "" if ready else translated(reason)
        self._refresh()

    def changeEvent(self, event: QEvent) -> None:
        """Look at the clipboard again when the user comes back to this window."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self.sources.look_at_clipboard()
            self._fit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Move the window, which has no frame."""
        handle = self.windowHandle()
        if event.button() == Qt.MouseButton.LeftButton and handle is not None:
            handle.startSystemMove()

    # --- asking -------------------------------------------------------------------------------

    @Slot()
    def ask(self) -> None:
        """Send what was written, with what was ticked."""
        typed = self.field.toPlainText().strip()
        selected = self.sources.wanted_text()
        if typed or selected or self.sources.wants_picture():
            self._send(typed, selected)
        else:
            self.field.setFocus()

    @Slot(object)
    def ask_with(self, prompt: ReadyPrompt) -> None:
        """Apply a ready prompt to what was written, or to the selected text."""
        typed = self.field.toPlainText().strip()
        if not typed:
            self.sources.want_text()
        selected = self.sources.wanted_text()
        if not (typed or selected or self.sources.wants_picture()):
            self._tell(tr("Write or select a text first."))
            self.field.setFocus()
        elif len(selected) > LONG_PASTE:
            self._send("\n\n".join(filter(None, (prompt.fill(""), typed))), selected)
        else:
            self._send(prompt.fill("\n\n".join(filter(None, (typed, selected)))), "")

    def _send(self, text: str, selected: str) -> None:
        """Ask; a long selected text becomes a document, a short one follows the question."""
        if not self._ready or self._answering:
            return
        documents: tuple[DocumentInput, ...] = ()
        if len(selected) > LONG_PASTE:
            documents = (DocumentInput(str(tr("Selected text")), selected),)
        elif selected:
            text = f"{text}\n\n{selected}".strip()
        png = self.sources.wanted_picture()
        self.field.remember(self.field.toPlainText().strip())
        self.answer.begin(text)
        self.answer.show()
        self.field.setFocus()  # or the next button would get it from the one that is hidden now
        self._set_answering(True)
        self._fit()
        self.asked.emit(Turn("user", text, documents=documents), png)

    @Slot(object)
    def _on_pasted(self, mime: object) -> None:
        pasted = read(mime)  # type: ignore[arg-type]
        if pasted.text:
            self.field.textCursor().insertText(pasted.text)
        elif pasted.png:
            self.sources.want_picture()

    # --- the answer ---------------------------------------------------------------------------

    @Slot(object)
    def finish(self, stats: Stats) -> None:
        """End the answer, which is whole."""
        self.answer.finish(stats)
        self._set_answering(False)

    @Slot()
    def stop(self) -> None:
        """End the answer, which the user stopped."""
        self.answer.stop()
        self._set_answering(False)

    @Slot(object, object)
    def fail(self, message: str, hint: str) -> None:
        """End the answer with an error."""
        self.answer.fail(message, hint)
        self._set_answering(False)

    def _set_answering(self, answering: bool) -> None:
        if self.stop_button.hasFocus() and not answering:
            self.field.setFocus()
        self._answering = answering
        self.stop_button.setVisible(answering)
        self.ask_button.setVisible(not answering)
        self.keep_button.setVisible(not self.answer.isHidden())
        self._refresh()

    @Slot()
    def _refresh(self) -> None:
        can_ask = self._ready and not self._answering
        holds_anything = bool(self.field.toPlainText().strip()) or self.sources.is_wanted()
        self.ask_button.setEnabled(can_ask and holds_anything)
        self.prompts.set_possible(can_ask)
        say(self.note.setText, self._reason)
        self.note.setVisible(bool(self._reason) or not self.answer.isHidden())

    def _tell(self, text: str) -> None:
        say(self.note.setText, text)
        self.note.show()
        announce(self, text)
        self._fit()

    # --- closing ------------------------------------------------------------------------------

    @Slot()
    def _on_keep(self) -> None:
        self.keep_wanted.emit()
        self._forget()
        self.hide()

    def done(self, result: int) -> None:
        """Close, and forget question and answer."""
        super().done(result)
        self._forget()
        self.discarded.emit()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Forget as Escape does, also where the window manager closes the window."""
        event.accept()
        self._forget()
        self.discarded.emit()

    def _forget(self) -> None:
        self.field.clear()
        self.sources.clear()
        self.answer.clear()
        self.answer.hide()
        self._set_answering(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close at Escape; Enter asks only in the field."""
        if event.key() == Qt.Key.Key_Escape:
            self.reject()
