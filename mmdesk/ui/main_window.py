"""Main window: builds its parts, connects them, and shows the state of the conversation.

Nothing here computes or waits. What needs no decision of the window's is said to its parts
directly: `composer`, `attachments`, `conversation`, `history`, `top_bar`, `status_bar`, the panels.
The window is made in two steps, so that it is painted soon: `__init__` makes what is seen first,
`complete` everything else.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

from mmdesk.ui import i18n, theme
from mmdesk.ui.composer import Composer
from mmdesk.ui.i18n import translated
from mmdesk.ui.pending_attachments import PendingAttachments
from mmdesk.ui.status_bar import StatusBar
from mmdesk.ui.stylesheet import sheet
from mmdesk.ui.top_bar import TopBar
from mmdesk.ui.welcome import Welcome
from mmdesk.ui.widgets import named
from mmdesk.ui.window_layout import WindowLayout

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import (
        QCloseEvent,
        QDragEnterEvent,
        QDragLeaveEvent,
        QDropEvent,
        QPaintEvent,
        QResizeEvent,
        QShowEvent,
    )

    from mmdesk.settings import Settings
    from mmdesk.ui.conversation_view import ConversationView
    from mmdesk.ui.download_panel import DownloadPanel
    from mmdesk.ui.drop_overlay import DropOverlay
    from mmdesk.ui.history_panel import HistoryPanel
    from mmdesk.ui.image_panel import ImagePanel
    from mmdesk.ui.microphone_panel import MicrophonePanel
    from mmdesk.ui.model_banner import ModelBanner
    from mmdesk.ui.page_windows import PageWindows
    from mmdesk.ui.tab_order import MessageTabOrder
    from mmdesk.values import (
        ChatSettings,
        DocumentInput,
        Forecast,
        ImageInput,
        OpenedConversation,
        Stats,
    )

_PRELOAD_MS = 400  # after the window is shown
_NEVER_PAINTED_MS = 1500  # a window that opens minimised is never painted; work begins all the same


class MainWindow(QMainWindow):
    """Window of the application. All methods are called on the GUI thread.

    Attributes:
        settings: those in force.
        answering: an answer is being generated in the conversation that is shown.
        painted: the first paint is over.
        is_complete: `complete` has run; the parts that it makes exist only then.
        microphones: names of the devices that the settings offer.

    Signals:
        submitted(object): a Turn of role "user"; the composer is empty.
        files_offered(list): list[str], paths that were dropped, pasted or chosen anywhere.
        description_requested(object): tuple[ImageInput, ...].
        summary_requested(object, int): DocumentInput, words.
        translation_requested(object, str): DocumentInput, language in English.
        stop_requested(): stop the answer that is being generated.
        new_conversation_requested(): show an empty conversation.
        settings_changed(object): Settings.
        chat_settings_changed(object): ChatSettings of the conversation that is shown.
        draft_changed(object): the Turn that would be sent now; after a pause in typing.
        first_painted(): the first paint is over and the event loop is free again; exactly once,
            also where the window opens minimised.
        closed(): the window is going away.
    """

    submitted = Signal(object)
    files_offered = Signal(list)
    description_requested = Signal(object)
    summary_requested = Signal(object, int)
    translation_requested = Signal(object, str)
    stop_requested = Signal()
    new_conversation_requested = Signal()
    settings_changed = Signal(object)
    chat_settings_changed = Signal(object)
    draft_changed = Signal(object)
    first_painted = Signal()
    closed = Signal()

    chat_settings: ChatSettings
    conversation: ConversationView
    download_panel: DownloadPanel
    model_banner: ModelBanner
    history: HistoryPanel
    image_panel: ImagePanel
    message_tab_order: MessageTabOrder
    microphone_panel: MicrophonePanel
    overlay: DropOverlay
    pages: PageWindows

    def __init__(self, settings: Settings, *, bare: bool = False) -> None:
        super().__init__()
        self.settings = settings
        self.painted = self.is_complete = self.answering = False
        self.microphones: list[str] = []
        self._chat_ready, self._not_ready_reason = True, ""
        self._checking_models, self._sent_early = False, ""
        self._quitting = self._paint_seen = False
        i18n.choose(settings.language)
        self._init_window()
        self._init_theme()
        self._init_first_parts()
        if not bare:
            self.complete()

    def complete(self) -> None:
        """Make the parts that the first paint does without; what was typed stays."""
        if self.is_complete:
            return
        self._init_conversation()
        self._init_side_panels()
        self._init_pages()
        self._connect_composer()
        self._connect_panels()
        self._connect_top_bar()
        self._connect_pages()
        self._init_shortcuts()
        self._init_tab_order()
        self.is_complete = True
        self.areas.arrange()
        self._update_possible_jobs()
        if self.isVisible():
            self._preload_soon()

    # --- building -----------------------------------------------------------------------------

    def _init_window(self) -> None:
        named(self, "mainWindow", "mmdesk")
        self.setWindowTitle("mmdesk")
        self.setMinimumSize(480, 520)
        self.resize(1240, 800)

    def _init_theme(self) -> None:
        size = self.settings.text_size
        self.theme = theme.Theme(self.settings.colour_scheme, self, text_size=size)
        self.theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def _init_first_parts(self) -> None:
        self.attachments = PendingAttachments(self)
        self.top_bar = TopBar()
        self.welcome = Welcome()
        self.composer = Composer(self.attachments, self.settings.translate_to)
        self.status_bar = StatusBar()
        self.areas = WindowLayout(self)
        self.composer.send_wanted.connect(self.submit)
        self.composer.input.setFocus()

    def _init_conversation(self) -> None:
        from mmdesk.ui import reduced_motion, window_parts

        if QApplication.style().name() != "fusion":  # create_application has chosen it
            QApplication.setStyle("Fusion")
        self.setWindowIcon(window_parts.window_icon())
        self.setAcceptDrops(True)
        self.theme.settle()
        reduced_motion.set_reduced(self.settings.reduce_motion)
        self.chat_settings = window_parts.ChatSettings()
        self.download_panel = window_parts.DownloadPanel()
        self.model_banner = window_parts.ModelBanner()
        self.conversation = window_parts.ConversationView(self.attachments, self.welcome)
        self.areas.put_conversation(self.download_panel, self.model_banner, self.conversation)
        self.composer.complete()

    def _init_side_panels(self) -> None:
        from mmdesk.ui import window_parts

        self.history = window_parts.HistoryPanel()
        self.image_panel = window_parts.ImagePanel(self.attachments)
        self.microphone_panel = window_parts.MicrophonePanel(hold=self.settings.hold_to_talk)
        self.microphone_panel.setMinimumWidth(190)
        self.areas.put_panels(self.history, self.image_panel, self.microphone_panel)

    def _init_pages(self) -> None:
        from mmdesk.ui import window_parts

        self.pages = window_parts.PageWindows(self)
        self.overlay = window_parts.DropOverlay(self)

    def _connect_composer(self) -> None:
        composer, attachments, conversation = self.composer, self.attachments, self.conversation
        composer.stop_wanted.connect(self._on_stop)
        composer.attach_wanted.connect(self.choose_files)
        composer.files_offered.connect(self.files_offered)
        composer.summary_wanted.connect(self._on_summary)
        composer.translation_wanted.connect(self._on_translation)
        composer.draft_changed.connect(self._on_draft)
        attachments.enlarged.connect(self.pages.open_image)
        conversation.link_activated.connect(self.pages.open_link)
        conversation.retry_wanted.connect(composer.restore)
        conversation.example_chosen.connect(composer.set_text)
        conversation.focus_lost.connect(composer.input.setFocus)

    def _connect_panels(self) -> None:
        self.history.open_wanted.connect(self.areas.leave_history)
        self.image_panel.choose_wanted.connect(self.choose_files)
        self.image_panel.description_wanted.connect(self._on_description)

    def _connect_top_bar(self) -> None:
        bar = self.top_bar
        bar.history.clicked.connect(self.areas.toggle_history)
        bar.chat_settings.clicked.connect(self.open_chat_settings)
        bar.new_chat.clicked.connect(self.start_new_chat)
        bar.panels.clicked.connect(self.areas.toggle_panels)
        bar.settings.clicked.connect(self.open_settings)
        bar.manage_models.clicked.connect(self.pages.open_models)

    def _connect_pages(self) -> None:
        pages = self.pages
        pages.example_chosen.connect(self.composer.set_text)
        pages.files_chosen.connect(self.files_offered)
        pages.settings_saved.connect(self.take_settings)
        pages.chat_settings_saved.connect(self.chat_settings_changed)
        pages.steps_over.connect(self._on_onboarding_over)
        pages.tray.asked.connect(self.ask_quickly)
        pages.tray.window_wanted.connect(self.come_back)
        pages.tray.quit_wanted.connect(self.quit)

    def _init_shortcuts(self) -> None:
        from mmdesk.ui import window_parts

        slots: dict[str, Callable[[], object]] = {
            "new_chat": self.start_new_chat,
            "history": self.areas.toggle_history,
            "search": self.search_history,
            "chat_settings": self.open_chat_settings,
            "stop": self._on_stop,
            "write": self.composer.input.setFocus,
            "attach": self.choose_files,
            "speak": self.microphone_panel.toggle,
            "panels": self.areas.toggle_panels,
            "models": self.pages.open_models,
            "settings": self.open_settings,
            "next_area": self.areas.go_to_next_area,
            "larger": self.enlarge_text,
            "smaller": self.shrink_text,
            "usual_size": self.reset_text,
            "shortcuts": self.pages.open_shortcuts,
            "quit": self.quit,
        }
        window_parts.install_shortcuts(self, slots)

    def _init_tab_order(self) -> None:
        from mmdesk.ui import window_parts

        composer, bar, history = self.composer, self.top_bar, self.history
        order: tuple[QWidget, ...] = (
            *(composer.input, composer.attach_button, composer.stop_button, composer.send_button),
            *(self.image_panel, self.microphone_panel.button),
            *(bar.history, bar.models, bar.manage_models, bar.chat_settings),
            *(bar.new_chat, bar.panels, bar.settings),
            *(history.field, history.more_button, history.list, history.undo_button),
            self.conversation,
        )
        for before, after in pairwise(order):
            QWidget.setTabOrder(before, after)
        self.message_tab_order = window_parts.MessageTabOrder(
            self.conversation.column, self.conversation
        )

    @Slot()
    def _on_theme_changed(self) -> None:
        QApplication.setFont(theme.text_font())
        self.setStyleSheet(sheet(theme.current()))

    # --- sending ------------------------------------------------------------------------------

    @Slot()
    def submit(self) -> None:
        """Send what the composer holds, as if Send was pressed.

        Nothing happens when there is nothing to send or an answer is being generated. While the
        models are still being looked for, the message waits, unless its text is changed meanwhile.
        """
        if not self.composer.can_send():
            early = self._checking_models
            self._sent_early = self.composer.input.toPlainText() if early else ""
            return
        turn = self.composer.turn()
        self.composer.clear()
        self.submitted.emit(turn)

    def await_models(self, reason: str) -> None:
        """Keep a message that is sent now until `set_chat_ready` follows, at once."""
        self.set_chat_ready(False, reason)
        self._checking_models = True

    def set_chat_ready(self, ready: bool, reason: str = "") -> None:
        """Allow or forbid sending; `reason` stands beside Send until it is possible."""
        self._checking_models = False
        self._chat_ready, self._not_ready_reason = ready, "" if ready else translated(reason)
        self.composer.set_ready(ready, reason)
        self._update_possible_jobs()
        early, self._sent_early = self._sent_early, ""
        if ready and early and early == self.composer.input.toPlainText():
            self.submit()

    @Slot()
    def start_new_chat(self) -> None:
        """Ask for an empty conversation and put the cursor into the composer."""
        self.areas.leave_history()
        self.new_conversation_requested.emit()
        self.composer.input.setFocus()

    @Slot(str)
    def ask_quickly(self, question: str) -> None:
        """Send a question from the tray in a new conversation, or leave it in the composer."""
        self.come_back()
        if not self.answering:
            self.start_new_chat()
        self.composer.set_text(question)
        self.submit()

    @Slot()
    def _on_stop(self) -> None:
        if self.answering:
            self.stop_requested.emit()

    @Slot()
    def _on_draft(self) -> None:
        self.draft_changed.emit(self.composer.turn())

    @Slot(object, int)
    def _on_summary(self, document: DocumentInput, words: int) -> None:
        self.attachments.remove_document(document)
        self.summary_requested.emit(document, words)

    @Slot(object, str)
    def _on_translation(self, document: DocumentInput, language: str) -> None:
        if language != self.settings.translate_to:
            self.composer.set_translate_to(language)
            self.take_settings(replace(self.settings, translate_to=language))
        self.attachments.remove_document(document)
        self.translation_requested.emit(document, language)

    @Slot(object)
    def _on_description(self, images: tuple[ImageInput, ...]) -> None:
        if images:
            for image in images:
                self.attachments.remove_image(image.sha256)
            self.description_requested.emit(images)

    # --- conversation -------------------------------------------------------------------------

    def show_conversation(self, opened: OpenedConversation) -> None:
        """Show a stored conversation; what waits in the composer stays."""
        self.conversation.show_messages(opened.messages, opened.at, opened.terms)
        self.status_bar.clear_context()
        self._set_answering(False)
        title = opened.info.title
        self.setWindowTitle(f"{title} – mmdesk" if title else "mmdesk")

    def clear_conversation(self) -> None:
        """Show an empty conversation; what waits in the composer stays."""
        self.conversation.clear()
        self.setWindowTitle("mmdesk")
        self.status_bar.clear_context()
        self._set_answering(False)

    def begin_answer(self, id: str = "") -> None:
        """Show an empty answer and the Stop button."""
        from mmdesk.ui.preload import warm_up

        warm_up()
        self.conversation.begin_answer(id)
        self._set_answering(True)

    def finish_answer(self, stats: Stats) -> None:
        """End the answer, which is whole."""
        self.conversation.current_answer().finish(stats)
        self.status_bar.set_stats(stats)
        self._end_answer()

    def stop_answer(self) -> None:
        """End the answer, which the user stopped; its text stays."""
        self.conversation.current_answer().stop()
        self.status_bar.clear_figures()
        self._end_answer()

    def fail_answer(self, message: str, hint: str) -> None:
        """End the answer with an error; its text stays."""
        self.conversation.current_answer().fail(message, hint)
        self.status_bar.clear_figures()
        self._end_answer()

    def _end_answer(self) -> None:
        self.conversation.end_answer()
        self._set_answering(False)

    def _set_answering(self, answering: bool) -> None:
        self.answering = answering
        self.composer.set_answering(answering)
        self.conversation.set_locked(answering)
        self._update_possible_jobs()

    def _update_possible_jobs(self) -> None:
        if self.is_complete:
            possible = self._chat_ready and not self.answering
            self.image_panel.set_jobs_possible(possible, self._not_ready_reason)

    def set_forecast(self, forecast: Forecast | None) -> None:
        """Show what sending the draft will take."""
        self.composer.set_forecast(forecast)
        self.status_bar.set_forecast(forecast)

    def set_chat_settings(self, settings: ChatSettings) -> None:
        """Show whether the conversation has settings of its own."""
        from mmdesk.ui import window_parts

        self.chat_settings = settings
        # The model is shown beside the button.
        has_own = replace(settings, model=None) != window_parts.ChatSettings()
        token = "accent" if has_own else "text"
        self.top_bar.chat_settings.setIcon(window_parts.icon("persona", token))

    # --- microphone ---------------------------------------------------------------------------

    def set_listening(self, on: bool) -> None:
        """Show that the microphone records, in a panel that is visible."""
        self.microphone_panel.set_listening(on)
        if on and not self.areas.panels_are_visible():
            self.areas.toggle_panels()

    def add_transcript(self, text: str) -> None:
        """Put recognised speech into the composer; the panel says when there is none."""
        if text.strip():
            self.composer.insert(text.strip())
        else:
            self.microphone_panel.say_nothing_heard()

    def set_microphones(self, names: list[str]) -> None:
        """Offer these devices in the settings."""
        self.microphones = list(names)

    # --- files --------------------------------------------------------------------------------

    @Slot()
    def choose_files(self) -> None:
        """Let the user choose files; they are offered like dropped ones."""
        self.pages.choose_files()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept files, pictures and text."""
        mime = event.mimeData()
        if mime.hasUrls() or mime.hasImage() or mime.hasText():
            event.acceptProposedAction()
            self.overlay.cover()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Hide the overlay."""
        self.overlay.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        """Give what was dropped to the composer."""
        self.overlay.hide()
        event.acceptProposedAction()
        self.composer.take(event.mimeData())
        self.activateWindow()
        self.composer.input.setFocus()

    # --- settings -----------------------------------------------------------------------------

    @Slot()
    def open_settings(self) -> None:
        """Open the settings dialog; `settings_changed` follows when they are saved."""
        self.pages.open_settings(self.settings, self.microphones)

    @Slot()
    def open_chat_settings(self) -> None:
        """Open this conversation's settings; `chat_settings_changed` follows when saved."""
        self.pages.open_chat_settings(self.chat_settings)

    def take_settings(self, settings: Settings) -> None:
        """Apply settings to the window and announce them."""
        if settings == self.settings:
            return
        from mmdesk.ui import reduced_motion

        self.settings = settings
        i18n.choose(settings.language)
        self.theme.choose(settings.colour_scheme)
        self.theme.set_text_size(settings.text_size)
        reduced_motion.set_reduced(settings.reduce_motion)
        self.microphone_panel.set_hold(settings.hold_to_talk)
        self.settings_changed.emit(settings)

    @Slot()
    def enlarge_text(self) -> None:
        """Make all text a step larger."""
        self._set_text_size(self.settings.text_size + 10)

    @Slot()
    def shrink_text(self) -> None:
        """Make all text a step smaller."""
        self._set_text_size(self.settings.text_size - 10)

    @Slot()
    def reset_text(self) -> None:
        """Return all text to the system's size."""
        self._set_text_size(100)

    def _set_text_size(self, percent: int) -> None:
        from mmdesk.settings import TEXT_SIZES

        low, high = TEXT_SIZES
        self.take_settings(replace(self.settings, text_size=min(high, max(low, percent))))

    @Slot()
    def _on_onboarding_over(self) -> None:
        self.take_settings(replace(self.settings, seen_welcome=True))
        self.composer.input.setFocus()

    @Slot()
    def search_history(self) -> None:
        """Put the cursor into the search field of the conversations."""
        if self.history.isHidden():
            self.areas.toggle_history()
        self.history.search()

    # --- showing, painting and closing --------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Rearrange the panels for the new size."""
        super().resizeEvent(event)
        self.areas.arrange()
        if self.is_complete and self.overlay.isVisible():
            self.overlay.cover()

    def showEvent(self, event: QShowEvent) -> None:
        """Wait for the first paint, a bounded time."""
        super().showEvent(event)
        if not self.painted:
            QTimer.singleShot(_NEVER_PAINTED_MS, self, self._on_first_painted)
        if self.is_complete:
            self._preload_soon()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Announce the first paint once the children have painted as well."""
        super().paintEvent(event)
        if not self._paint_seen:
            self._paint_seen = True
            # Later, since the children's paint events come in the same round.
            QTimer.singleShot(0, self, self._on_first_painted)

    @Slot()
    def _on_first_painted(self) -> None:
        if not self.painted:
            self.painted = True
            self.first_painted.emit()

    def _preload_soon(self) -> None:
        from mmdesk.ui.preload import warm_up

        QTimer.singleShot(_PRELOAD_MS, self, warm_up)

    @Slot()
    def quit(self) -> None:
        """Close for good, with or without a tray."""
        self._quitting = True
        self.come_back()  # a hidden window is not closed
        self.close()

    @Slot()
    def come_back(self) -> None:
        """Show, restore and raise the window."""
        if not self.isVisible():
            self.show()
        from PySide6.QtCore import Qt

        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.raise_()
        self.activateWindow()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Hide into the tray, or stop recording and announce the end."""
        if self.is_complete:
            if self.pages.tray.is_on and not self._quitting:
                event.ignore()
                self.hide()
                return
            self.microphone_panel.set_listening(False)
        self.closed.emit()
        event.accept()
