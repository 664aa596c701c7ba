"""Main window: builds its parts, connects them, and shows the state of the conversation.

Nothing here computes or waits. What needs no decision of the window's is said to its parts
directly: `composer`, `attachments`, `conversation`, `history`, `top_bar`, `status_bar`, the panels.
The window is made in two steps, so that it is painted soon: `__init__` makes what is seen first,
`complete` everything else.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QMainWindow

from mmdesk.ui.appearance import Appearance
from mmdesk.ui.attachment_actions import AttachmentActions
from mmdesk.ui.composer import Composer
from mmdesk.ui.first_paint import FirstPaint
from mmdesk.ui.i18n import tr
from mmdesk.ui.pending_attachments import PendingAttachments
from mmdesk.ui.status_bar import StatusBar
from mmdesk.ui.top_bar import TopBar
from mmdesk.ui.welcome import Welcome
from mmdesk.ui.widgets import named
from mmdesk.ui.window_layout import WindowLayout

if TYPE_CHECKING:
    from PySide6.QtCore import QMimeData
    from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent, QShowEvent

    from mmdesk.ready_prompts import ReadyPrompt
    from mmdesk.settings import Settings
    from mmdesk.ui import window_parts
    from mmdesk.values import ChatSettings, Forecast, OpenedConversation, Stats


class MainWindow(QMainWindow):
    """Window of the application. All methods are called on the GUI thread.

    Attributes:
        settings: those in force.
        answering: an answer is being generated in the conversation that is shown.
        is_complete: `complete` has run; the parts that it makes exist only then.

    Signals:
        submitted(object): a Turn of role "user"; the composer is empty.
        files_offered(list): list[str], paths that were dropped, pasted or chosen anywhere.
        stop_requested(): stop the answer that is being generated.
        new_conversation_requested(): show an empty conversation.
        temporary_chat_requested(): show an empty conversation of which nothing is stored.
        settings_changed(object): Settings.
        draft_changed(object): the Turn that would be sent now; after a pause in typing.
        first_painted(): the first paint is over and the event loop is free again; exactly once,
            also where the window opens minimised.
        closed(): the window is going away.
    """

    submitted = Signal(object)
    files_offered = Signal(list)
    stop_requested = Signal()
    new_conversation_requested = Signal()
    temporary_chat_requested = Signal()
    settings_changed = Signal(object)
    draft_changed = Signal(object)
    first_painted = Signal()
    closed = Signal()

    conversation: window_parts.ConversationView
    download_panel: window_parts.DownloadPanel
    model_banner: window_parts.ModelBanner
    model_line: window_parts.ModelLine
    history: window_parts.HistoryPanel
    image_panel: window_parts.ImagePanel
    message_tab_order: window_parts.MessageTabOrder
    microphone_panel: window_parts.MicrophonePanel
    overlay: window_parts.DropOverlay
    pages: window_parts.PageWindows
    prompts: window_parts.PromptRunner
    quick_access: window_parts.QuickAccess
    project_line: window_parts.ProjectLine
    server_sign: window_parts.ServerSign
    temporary_banner: window_parts.TemporaryBanner

    def __init__(self, settings: Settings, *, bare: bool = False) -> None:
        super().__init__()
        self.settings = settings
        self.is_complete = self.answering = False
        self._init_window()
        self._init_appearance()
        self._init_first_parts()
        if not bare:
            self.complete()

    def complete(self) -> None:
        """Make the parts that the first paint does without; what was typed stays."""
        if self.is_complete:
            return
        from mmdesk.ui import window_parts

        self._init_conversation()
        self._init_side_panels()
        self._init_pages()
        self._connect_composer()
        self._connect_attachments()
        self._connect_panels()
        self._connect_top_bar()
        self._connect_pages()
        self._init_keyboard()
        self.is_complete = True
        self.areas.arrange()
        if self.isVisible():
            window_parts.warm_up_soon(self)

    @property
    def painted(self) -> bool:
        """The first paint is over."""
        return self._first_paint.is_over

    # --- building -----------------------------------------------------------------------------

    def _init_window(self) -> None:
        named(self, "mainWindow", "mmdesk")
        self.setWindowTitle("mmdesk")
        self.setMinimumSize(400, 420)
        self.resize(1240, 800)

    def _init_appearance(self) -> None:
        self._first_paint = FirstPaint(self)
        self._first_paint.over.connect(self.first_painted)
        self.appearance = Appearance(self, self.settings)
        self.appearance.text_size_wanted.connect(self._on_text_size)

    def _init_first_parts(self) -> None:
        self.attachments = PendingAttachments(self)
        self.attachment_actions = AttachmentActions(
            self.attachments, self.settings.translate_to, self
        )
        self.top_bar = TopBar()
        self.welcome = Welcome()
        self.composer = Composer(self.attachments, self.attachment_actions)
        self.status_bar = StatusBar()
        self.areas = WindowLayout(self)
        self.appearance.theme.changed.connect(self.areas.arrange)
        self.composer.submitted.connect(self.submitted)
        self.composer.input.setFocus()

    def _init_conversation(self) -> None:
        from mmdesk.ui import window_parts

        self.setWindowIcon(window_parts.window_icon())
        self.appearance.settle(self.settings)
        self.download_panel = window_parts.DownloadPanel()
        self.model_banner = window_parts.ModelBanner()
        self.welcome.introduced.connect(self._on_introduced)
        self.submitted.connect(self.welcome.end_introduction)
        self.conversation = window_parts.ConversationView(
            self.attachments, self.attachment_actions, self.welcome
        )
        self.model_line = window_parts.ModelLine()
        self.server_sign = window_parts.ServerSign()
        self.temporary_banner = window_parts.TemporaryBanner(self.composer)
        self.project_line = window_parts.ProjectLine()
        about_models = (self.download_panel, self.model_banner, self.model_line)
        above = (*about_models, self.project_line, self.temporary_banner)
        self.areas.put_conversation(above, self.conversation, self.server_sign)
        self.composer.complete()

    def _init_side_panels(self) -> None:
        from mmdesk.ui import window_parts

        self.history = window_parts.HistoryPanel()
        self.image_panel = window_parts.ImagePanel(self.attachments, self.attachment_actions)
        self.microphone_panel = window_parts.MicrophonePanel(
            self.composer.mic_button, hold=self.settings.hold_to_talk
        )
        self.areas.put_panels(self.history, self.image_panel, self.microphone_panel)

    def _init_pages(self) -> None:
        from mmdesk.ui import window_parts

        self.pages = window_parts.PageWindows(self)
        self.overlay = window_parts.DropOverlay(self)
        self.overlay.dropped.connect(self._on_dropped)
        self.quick_access = window_parts.QuickAccess(self, self.pages.tray)
        self.prompts = window_parts.PromptRunner(self.composer, self.attachment_actions, self)
        self.prompts.set_prompts(self.settings.prompts)
        self.examples = window_parts.ExampleRunner(
            self.composer, self.attachments, self.attachment_actions, self.welcome
        )

    def _connect_composer(self) -> None:
        composer, conversation = self.composer, self.conversation
        composer.stop_wanted.connect(self._on_stop)
        composer.attach_wanted.connect(self._open_attach_menu)
        composer.capture_wanted.connect(self.quick_access.capture)
        composer.files_offered.connect(self.files_offered)
        composer.draft_changed.connect(self._on_draft)
        self.files_offered.connect(composer.error_bar.hide)
        conversation.link_activated.connect(self.pages.open_link)
        conversation.source_wanted.connect(self.pages.open_passage)
        conversation.retry_wanted.connect(composer.restore)
        self.examples.files_offered.connect(self.files_offered)
        conversation.example_chosen.connect(self.examples.run)
        conversation.focus_lost.connect(composer.input.setFocus)

    def _connect_attachments(self) -> None:
        attachments, actions = self.attachments, self.attachment_actions
        attachments.enlarged.connect(self.pages.open_image)
        attachments.correction_over.connect(self.composer.input.setFocus)
        attachments.corrected.connect(self.conversation.mark_outdated)
        actions.started.connect(self.composer.input.setFocus)
        actions.asked.connect(self.submitted)
        actions.language_chosen.connect(self._on_language)
        actions.question_begun.connect(self.composer.ask_about)
        actions.opened.connect(self.pages.open_document)

    def _connect_panels(self) -> None:
        self.history.open_wanted.connect(self.areas.leave_history)
        self.history.new_wanted.connect(self.start_new_chat)
        self.conversation.answer_menu_opening.connect(self.history.exports.add_to_answer)
        self.history.temporary_wanted.connect(self.start_temporary_chat)
        self.image_panel.choose_wanted.connect(self.pages.choose_files)
        self.microphone_panel.state_changed.connect(self.composer.show_speech)

    def _connect_top_bar(self) -> None:
        bar = self.top_bar
        bar.history.clicked.connect(self.areas.toggle_history)
        bar.chat_settings.clicked.connect(self.pages.open_chat_settings)
        bar.new_chat.clicked.connect(self.start_new_chat)
        bar.panels.clicked.connect(self.areas.toggle_panels)
        bar.settings.clicked.connect(self.open_settings)
        bar.manage_models.clicked.connect(self.pages.open_models)

    def _connect_pages(self) -> None:
        pages = self.pages
        pages.closed.connect(self.composer.input.setFocus)
        pages.files_chosen.connect(self.files_offered)
        pages.settings_saved.connect(self.take_settings)
        pages.introduction_wanted.connect(self.show_introduction)
        pages.prompts_saved.connect(self._on_prompts)
        self.prompts.submitted.connect(self.submitted)
        self.conversation.menu_opening.connect(self.prompts.add_to_menu)
        quick = self.quick_access
        quick.captured.connect(self.composer.image_bytes_offered)
        quick.captured.connect(self.composer.input.setFocus)
        quick.failed.connect(self.composer.show_error)
        quick.link_activated.connect(pages.open_link)
        quick.prompts_wanted.connect(self.edit_prompts)

    def _init_keyboard(self) -> None:
        from mmdesk.ui import window_parts

        self._actions = window_parts.window_actions(self)
        window_parts.install_shortcuts(self, self._actions)
        window_parts.UndoKey(self.composer.input)
        window_parts.set_tab_order(window_parts.window_tab_order(self))
        self.message_tab_order = window_parts.MessageTabOrder(
            self.conversation.column, self.conversation
        )

    # --- sending ------------------------------------------------------------------------------

    @Slot()
    def start_new_chat(self) -> None:
        """Ask for an empty conversation and put the cursor into the composer."""
        self.areas.leave_history()
        self.new_conversation_requested.emit()
        self.composer.input.setFocus()

    @Slot()
    def start_temporary_chat(self) -> None:
        """Ask for an empty temporary conversation and put the cursor into the composer."""
        self.areas.leave_history()
        self.temporary_chat_requested.emit()
        self.composer.input.setFocus()

    @Slot(bool)
    def set_temporary(self, on: bool) -> None:
        """Show that nothing of the conversation is stored, or no longer show it."""
        self.temporary_banner.set_temporary(on)
        self.set_title("")

    @Slot()
    def _on_stop(self) -> None:
        if self.answering:
            self.stop_requested.emit()

    @Slot()
    def _on_draft(self) -> None:
        self.draft_changed.emit(self.composer.turn())

    @Slot(str)
    def _on_language(self, language: str) -> None:
        self.take_settings(replace(self.settings, translate_to=language))

    # --- conversation -------------------------------------------------------------------------

    def show_conversation(self, opened: OpenedConversation) -> None:
        """Show a stored conversation; what waits in the composer stays."""
        self.composer.error_bar.hide()
        self.conversation.show_messages(opened.messages, opened.at, opened.terms)
        self.status_bar.clear_context()
        self._set_answering(False)
        self.set_title(opened.info.title)

    @Slot(str)
    def set_title(self, title: str) -> None:
        """Show the title of the conversation in the window's frame."""
        if self.is_complete and not self.temporary_banner.isHidden():
            title = tr("Temporary chat")
        self.setWindowTitle(f"{title} – mmdesk" if title else "mmdesk")

    def clear_conversation(self) -> None:
        """Show an empty conversation; what waits in the composer stays."""
        self.composer.error_bar.hide()
        self.conversation.clear()
        self.set_title("")
        self.status_bar.clear_context()
        self._set_answering(False)

    def begin_answer(self, id: str = "") -> None:
        """Show an empty answer and the Stop button."""
        from mmdesk.ui import window_parts

        window_parts.warm_up()
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

    def set_forecast(self, forecast: Forecast | None) -> None:
        """Show what sending the draft will take."""
        self.composer.set_forecast(forecast)
        self.status_bar.set_forecast(forecast)

    def set_chat_settings(self, settings: ChatSettings) -> None:
        """Show whether the conversation has settings of its own."""
        self.pages.chat_settings = settings
        self.top_bar.mark_chat_settings(settings)

    # --- microphone ---------------------------------------------------------------------------

    def set_listening(self, on: bool) -> None:
        """Show that the microphone records, in a panel that is visible."""
        self.microphone_panel.set_listening(on)
        self.areas.open_panels_for("speech", on)

    def show_talk(self, state: str) -> None:
        """Show a state of the hands-free conversation, in a panel that is visible."""
        self.microphone_panel.show_talk(state)
        self.composer.show_talking(bool(state))
        self.areas.open_panels_for("talk", bool(state))

    def add_transcript(self, text: str) -> None:
        """Put recognised speech into the composer; the panel says when there is none."""
        if text.strip():
            self.composer.insert(text.strip())
        else:
            self.microphone_panel.say_nothing_heard()

    # --- files --------------------------------------------------------------------------------

    @Slot()
    def _open_attach_menu(self) -> None:
        from mmdesk.ui.attach_menu import open_attach_menu

        open_attach_menu(self.composer.attach_button, self.pages)

    @Slot(object)
    def _on_dropped(self, mime: QMimeData) -> None:
        self.composer.take(mime)
        self.activateWindow()
        self.composer.input.setFocus()

    # --- settings -----------------------------------------------------------------------------

    @Slot()
    def open_settings(self) -> None:
        """Open the settings dialog; `settings_changed` follows each change."""
        self.pages.open_settings(self.settings)

    def take_settings(self, settings: Settings) -> None:
        """Apply settings to the window and announce them."""
        if settings == self.settings:
            return
        self.settings = settings
        self.appearance.apply(settings)
        self.microphone_panel.set_hold(settings.hold_to_talk)
        self.prompts.set_prompts(settings.prompts)
        self.settings_changed.emit(settings)

    @Slot()
    def edit_prompts(self) -> None:
        """Open the dialog of the ready prompts."""
        self.pages.open_prompts(self.settings.prompts)

    @Slot(object)
    def _on_prompts(self, prompts: tuple[ReadyPrompt, ...]) -> None:
        self.take_settings(replace(self.settings, prompts=prompts))

    @Slot(int)
    def _on_text_size(self, percent: int) -> None:
        self.take_settings(replace(self.settings, text_size=percent))

    @Slot()
    def show_introduction(self) -> None:
        """Show what a new user should know, in an empty conversation."""
        if self.welcome.isHidden():
            self.start_new_chat()
        self.welcome.show_introduction()

    @Slot()
    def _on_introduced(self) -> None:
        self.take_settings(replace(self.settings, seen_welcome=True))
        self.composer.input.setFocus()

    @Slot()
    def search_history(self) -> None:
        """Put the cursor into the search field of the conversations."""
        if self.history.isHidden():
            self.areas.toggle_history()
        self.history.search()

    @Slot()
    def open_palette(self) -> None:
        """Open the command palette."""
        from mmdesk.ui.palette_commands import palette_commands

        self.pages.open_palette(palette_commands(self, self._actions))

    # --- showing, painting and closing --------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Rearrange the panels for the new size."""
        super().resizeEvent(event)
        self.areas.arrange()

    def showEvent(self, event: QShowEvent) -> None:
        """Import soon what the first answer needs."""
        super().showEvent(event)
        if self.is_complete:
            from mmdesk.ui import window_parts

            window_parts.warm_up_soon(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Give what is typed outside of every field to the composer."""
        if not self.composer.take_key(event):
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop recording and announce the end."""
        if self.is_complete:
            self.microphone_panel.set_listening(False)
        self.closed.emit()
        event.accept()
