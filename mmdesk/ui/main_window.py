"""The window: puts the panels together.

Signals say what the person did; methods say what to show. Nothing here computes or waits. What
the conversations' list and the messages say is told by themselves: `history`, `transcript`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QApplication,
    QBoxLayout,
    QFrame,
    QMainWindow,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from mmdesk.ui import theme, words
from mmdesk.ui.attachments import Attachments
from mmdesk.ui.composer import Composer
from mmdesk.ui.from_below import below
from mmdesk.ui.lean import HORIZONTAL, VERTICAL
from mmdesk.ui.parts import named, restyle
from mmdesk.ui.status_line import StatusLine
from mmdesk.ui.style import sheet
from mmdesk.ui.theme import SCROLL_BAR
from mmdesk.ui.top_bar import TopBar
from mmdesk.ui.welcome import EDGE, Welcome
from mmdesk.ui.words import tr

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

    from mmdesk.conversations import ChatSettings, Forecast, KeptMessage, OpenedConversation
    from mmdesk.messages import (
        DocumentInput,
        FetchProgress,
        ImageInput,
        ModelInfo,
        Sight,
        Stats,
        Turn,
    )
    from mmdesk.settings import Settings
    from mmdesk.ui.drop_overlay import DropOverlay
    from mmdesk.ui.first_start import FirstStart
    from mmdesk.ui.history_panel import HistoryPanel
    from mmdesk.ui.image_panel import ImagePanel
    from mmdesk.ui.message import AnswerMessage
    from mmdesk.ui.microphone_panel import MicrophonePanel
    from mmdesk.ui.pages import Pages
    from mmdesk.ui.reading_order import ReadingOrder
    from mmdesk.ui.transcript import Transcript

WIDE = 880  # px from which the panels stand beside the conversation
_SIDE = 300  # px of the panels' side at first; of its height when it stands below
_SIDE_BELOW = 210
_HISTORY = 250  # px of the conversations' side at first
_HISTORY_FROM = 1100  # px from which they are shown unasked
_NARROW = 720  # px below which they take the conversation's place
_WARM_UP_MS = 400
_FRAME = 2  # px, of the border that ui/style.py gives the transcript


class MainWindow(QMainWindow):
    """See the module. All methods are called on the GUI thread.

    Signals:
        submitted(object): a Turn of role "user"; the composer is empty.
        files_offered(list): list[str], paths dropped, pasted or chosen anywhere.
        image_bytes_offered(str, bytes): name and encoded bytes of a pasted picture.
        description_requested(object): tuple[ImageInput, ...].
        summary_requested(object, int): DocumentInput, words.
        translation_requested(object, str): DocumentInput, language in English.
        stop_requested()
        listening_started(), listening_stopped()
        sight_corrected(str, str): a picture's sha256, the person's words ("" takes them back).
        new_conversation_requested()
        model_selected(str): a part's id.
        settings_changed(object): Settings.
        fetch_cancelled(), fetch_retried()
        chat_settings_changed(object): ChatSettings of the conversation that is shown.
        draft_changed(object): the Turn that would be sent now; after a pause in typing.
        picture_wanted(str, str): digest and name of a kept picture that is to be drawn.
        first_painted(): it was painted once, and the event loop is free again.
        closed(): the window is going away.
    """

    submitted = Signal(object)
    files_offered = Signal(list)
    image_bytes_offered = Signal(str, bytes)
    description_requested = Signal(object)
    summary_requested = Signal(object, int)
    translation_requested = Signal(object, str)
    stop_requested = Signal()
    listening_started = Signal()
    listening_stopped = Signal()
    sight_corrected = Signal(str, str)
    new_conversation_requested = Signal()
    model_selected = Signal(str)
    settings_changed = Signal(object)
    fetch_cancelled = Signal()
    fetch_retried = Signal()
    chat_settings_changed = Signal(object)
    draft_changed = Signal(object)
    picture_wanted = Signal(str, str)
    first_painted = Signal()
    closed = Signal()

    # Made by `furnish` (ui/furnishing.py).
    chat_settings: ChatSettings
    history: HistoryPanel
    first_start: FirstStart
    transcript: Transcript
    image_panel: ImagePanel
    microphone_panel: MicrophonePanel
    pages: Pages
    overlay: DropOverlay
    reading_order: ReadingOrder

    def __init__(self, settings: Settings, *, bare: bool = False) -> None:
        super().__init__()
        words.choose(settings.language)
        self._settings = settings
        self._microphones: list[str] = []
        self._painted = self._furnished = False
        self._answering = False
        self._ready, self._reason = True, ""
        self._looking, self._sent_early = False, ""
        self._wide = True
        self._panels_wanted: bool | None = None  # None: as the room allows
        self._history_wanted: bool | None = None
        self._leaving = False
        named(self, "mainWindow", "mmdesk")
        self.setWindowTitle("mmdesk")
        self.setMinimumSize(480, 520)
        self.resize(1240, 800)
        self._dress()
        self.attachments = Attachments(self)
        self.top_bar = TopBar()
        self.welcome = Welcome()
        self.composer = Composer(self.attachments, settings.translate_to)
        self.status_line = StatusLine()
        self._lay_out()
        self.composer.send_wanted.connect(self.submit)
        self.composer.input.setFocus()
        if not bare:
            self.furnish()

    # --- making -------------------------------------------------------------------------------

    def _dress(self) -> None:
        size = self._settings.text_size
        self.theme = theme.Theme(self._settings.colour_scheme, self, text_size=size)
        self.theme.changed.connect(self._on_theme)
        self._on_theme()

    def _lay_out(self) -> None:
        """Everything in its place; where a part comes later, its ground."""
        self.chat = QWidget()
        self.chat_column = QVBoxLayout(self.chat)
        self.chat_column.setContentsMargins(0, 0, 0, 0)
        self.chat_column.setSpacing(0)
        self.chat_ground = QFrame()
        inside = QVBoxLayout(self.chat_ground)
        edge = EDGE + _FRAME
        inside.setContentsMargins(edge, edge, edge + SCROLL_BAR, edge)
        inside.addWidget(self.welcome)
        self.chat_column.addWidget(self.chat_ground, 1)
        self.chat_column.addWidget(self.composer)
        self.side = QFrame()
        self.side.setObjectName("side")
        self.side_box = QBoxLayout(QBoxLayout.Direction.TopToBottom, self.side)
        self.side_box.setContentsMargins(16, 16, 16, 14)
        self.side_box.setSpacing(18)
        self.splitter = QSplitter()
        self.splitter.setObjectName("splitter")
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(6)
        self.splitter.addWidget(self.chat)
        self.splitter.addWidget(self.side)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setStretchFactor(1, 0)
        self.splitter.setSizes([self.width() - _SIDE, _SIDE])
        self.left: QWidget = QFrame()  # the ground of the conversations, later their panel
        self.left.setObjectName("historyPanel")
        self.outer = QSplitter()
        self.outer.setObjectName("outerSplitter")
        self.outer.setChildrenCollapsible(False)
        self.outer.setHandleWidth(1)
        self.outer.addWidget(self.left)
        self.outer.addWidget(self.splitter)
        self.outer.setStretchFactor(0, 0)
        self.outer.setStretchFactor(1, 1)
        self.outer.setSizes([_HISTORY, self.width() - _HISTORY])
        whole = QWidget()
        rows = QVBoxLayout(whole)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.top_bar)
        rows.addWidget(self.outer, 1)
        self.setCentralWidget(whole)
        self.setStatusBar(self.status_line)

    def furnish(self) -> None:
        """Make what a bare window lacks; nothing that stands in it already moves, and what was
        typed stays."""
        if self._furnished:
            return
        from mmdesk.ui.furnishing import furnish

        furnish(self, self._settings)
        self._furnished = True
        self._arrange()
        self._show_possible()
        if self.isVisible():
            self._warm_up_soon()

    def connect_parts(self) -> None:
        """Connect what stands in the window; by `furnish`."""
        self.composer.stop_wanted.connect(self._on_stop)
        self.composer.attach_wanted.connect(self.choose_files)
        self.composer.files_offered.connect(self.files_offered)
        self.composer.image_bytes_offered.connect(self.image_bytes_offered)
        self.composer.summary_wanted.connect(self._on_summary)
        self.composer.translation_wanted.connect(self._on_translation)
        self.image_panel.choose_wanted.connect(self.choose_files)
        self.image_panel.description_wanted.connect(self._on_description)
        self.microphone_panel.listening_started.connect(self.listening_started)
        self.microphone_panel.listening_stopped.connect(self.listening_stopped)
        self.attachments.corrected.connect(self.sight_corrected)
        self.transcript.link_activated.connect(self._on_link)
        self.transcript.retry_wanted.connect(self.composer.restore)
        self.transcript.example_chosen.connect(self.composer.set_text)
        self.composer.draft_changed.connect(self._on_draft)
        self.attachments.picture_wanted.connect(self.picture_wanted)
        self.attachments.enlarged.connect(self._on_enlarged)
        self.history.open_wanted.connect(self._on_history_left)
        self.top_bar.history.clicked.connect(self.toggle_history)
        self.top_bar.chat_settings.clicked.connect(self.open_chat_settings)
        self.top_bar.new_chat.clicked.connect(self._on_new_chat)
        self.top_bar.panels.clicked.connect(self.toggle_panels)
        self.top_bar.settings.clicked.connect(self.open_settings)
        self.top_bar.manage_models.clicked.connect(self.pages.open_models)
        self.pages.example_chosen.connect(self.composer.set_text)
        self.pages.steps_over.connect(self._on_steps_over)
        self.pages.tray.asked.connect(self.ask_quickly)
        self.pages.tray.window_wanted.connect(self.come_back)
        self.pages.tray.quit_wanted.connect(self.quit)
        self.top_bar.model_selected.connect(self.model_selected)
        self.first_start.cancelled.connect(self.fetch_cancelled)
        self.first_start.retried.connect(self.fetch_retried)

    def slots(self) -> dict[str, Callable[[], object]]:
        """What the keys of ui/shortcuts.py do, by their names there."""
        return {
            "new_chat": self._on_new_chat,
            "history": self.toggle_history,
            "search": self.search_history,
            "chat_settings": self.open_chat_settings,
            "stop": self._on_stop,
            "write": self.composer.input.setFocus,
            "attach": self.choose_files,
            "speak": self.microphone_panel.toggle,
            "panels": self.toggle_panels,
            "models": self.pages.open_models,
            "settings": self.open_settings,
            "next_area": self.go_to_next_area,
            "larger": self.enlarge_text,
            "smaller": self.shrink_text,
            "usual_size": self.reset_text,
            "shortcuts": self.pages.open_shortcuts,
            "quit": self.quit,
        }

    # --- a message goes out -------------------------------------------------------------------

    @Slot()
    def submit(self) -> None:
        """Send what the composer holds, as if Send was pressed; nothing happens when there is
        nothing to send or an answer is still coming. While mmdesk still looks whether it can
        answer, this waits, unless other words are typed meanwhile."""
        if not self.composer.can_send():
            self._sent_early = self.composer.input.toPlainText() if self._looking else ""
            return
        turn = self.composer.turn()
        self.composer.clear()
        self.submitted.emit(turn)

    @Slot(object, int)
    def _on_summary(self, document: DocumentInput, words: int) -> None:
        self.attachments.remove_document(document)
        self.summary_requested.emit(document, words)

    @Slot(object, str)
    def _on_translation(self, document: DocumentInput, language: str) -> None:
        if language != self._settings.translate_to:
            from dataclasses import replace

            self.composer.set_translate_to(language)
            self._take_settings(replace(self._settings, translate_to=language))
        self.attachments.remove_document(document)
        self.translation_requested.emit(document, language)

    @Slot(object)
    def _on_description(self, images: tuple[ImageInput, ...]) -> None:
        if images:
            for image in images:
                self.attachments.remove_image(image.sha256)
            self.description_requested.emit(images)

    @Slot()
    def _on_stop(self) -> None:
        if self._answering:
            self.stop_requested.emit()

    @Slot()
    def _on_new_chat(self) -> None:
        self._on_history_left()
        self.new_conversation_requested.emit()
        self.composer.input.setFocus()

    @Slot()
    def choose_files(self) -> None:
        """Let the person choose files; they are offered like dropped ones."""
        from PySide6.QtCore import Qt
        from PySide6.QtWidgets import QFileDialog

        dialog = QFileDialog(self, tr("Attach files"))
        dialog.setObjectName("fileDialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(self._on_files_chosen)
        dialog.open()

    @Slot("QStringList")
    def _on_files_chosen(self, paths: list[str]) -> None:
        # Between the two signals themselves Qt refuses: a QStringList is no QVariantList.
        self.files_offered.emit(list(paths))

    # --- what came in -------------------------------------------------------------------------

    def add_image(self, image: ImageInput) -> None:
        """A picture that goes along with the next message."""
        self.attachments.add_image(image)

    def set_sight(self, sha256: str, sight: Sight) -> None:
        """What was seen in a picture, waiting or sent."""
        self.attachments.set_sight(sha256, sight)

    def add_document(self, document: DocumentInput) -> None:
        """A document that goes along with the next message."""
        self.attachments.add_document(document)

    def set_spoken_text(self, text: str) -> None:
        """What was heard, put into the composer; nothing heard is said in the panel."""
        if text.strip():
            self.composer.insert(text.strip())
        else:
            self.microphone_panel.say_nothing_heard()

    def show_error(self, message: str, hint: str) -> None:
        """What is wrong with something that was given; beside the composer."""
        self.composer.show_error(message, hint)

    # --- the conversation ---------------------------------------------------------------------

    def show_conversation(self, opened: OpenedConversation) -> None:
        """A kept conversation in place of what was shown; what waits in the composer stays."""
        self.transcript.show_messages(opened.messages, opened.at, opened.terms)
        self.status_line.clear_context()
        self._set_answering(False)
        title = opened.info.title
        self.setWindowTitle(f"{title} – mmdesk" if title else "mmdesk")

    def show_earlier(self, messages: tuple[KeptMessage, ...]) -> None:
        """Messages that stand before those that are shown."""
        self.transcript.show_earlier(messages)

    def add_message(self, message: KeptMessage) -> None:
        """A message of the person's, for the transcript."""
        self.transcript.add_message(message)

    def show_user_turn(self, turn: Turn) -> None:
        """A message of the person's that is not kept."""
        from mmdesk.conversations import KeptMessage

        self.add_message(KeptMessage("", "", turn))

    def set_versions(self, message: str, versions: tuple[str, ...]) -> None:
        """A message is one of several versions."""
        self.transcript.set_versions(message, versions)

    def set_picture(self, image: ImageInput) -> None:
        """A kept picture with its pixels."""
        self.attachments.set_picture(image)

    def begin_answer(self, id: str = "") -> None:
        """An answer begins: Stop is there, and what is being done is shown."""
        from mmdesk.ui.warming import warm_up

        warm_up()
        self.transcript.begin_answer(id)
        self._set_answering(True)

    def set_preparing(self, stage: str, fraction: float | None) -> None:
        """What is being done before or between words; `fraction` 0..1, None when unknown."""
        self._answer().set_preparing(stage, fraction)

    def append_answer(self, text: str) -> None:
        """Some more of the answer."""
        self._answer().append(text)

    def add_notice(self, text: str) -> None:
        """Something to know beside the answer."""
        self._answer().add_notice(text)

    def finish_answer(self, stats: Stats) -> None:
        """The answer is whole."""
        self._answer().finish(stats)
        self.status_line.set_stats(stats)
        self._end_answer()

    def stop_answer(self) -> None:
        """The person stopped the answer; its words stay."""
        self._answer().stop()
        self._end_answer()

    def fail_answer(self, message: str, hint: str) -> None:
        """The answer broke off; its words stay."""
        self._answer().fail(message, hint)
        self._end_answer()

    def clear_conversation(self) -> None:
        """An empty transcript; what waits in the composer stays."""
        self.transcript.clear()
        self.setWindowTitle("mmdesk")
        self.status_line.clear_context()
        self._set_answering(False)

    def _answer(self) -> AnswerMessage:
        return self.transcript.answer or self.transcript.begin_answer()

    def _end_answer(self) -> None:
        self.transcript.end_answer()
        self._set_answering(False)

    def _set_answering(self, answering: bool) -> None:
        self._answering = answering
        self.composer.set_answering(answering)
        self.transcript.set_locked(answering)
        self._show_possible()

    def set_forecast(self, forecast: Forecast | None) -> None:
        """What sending the draft will bring."""
        self.composer.set_forecast(forecast)
        self.status_line.set_forecast(forecast)

    def set_chat_settings(self, settings: ChatSettings) -> None:
        """What is different in the conversation that is shown."""
        from dataclasses import replace

        from mmdesk.conversations import ChatSettings
        from mmdesk.ui.icons import icon

        self.chat_settings = settings
        own = replace(settings, model=None) != ChatSettings()  # the model is shown beside it
        token = "accent" if own else "text"
        self.top_bar.chat_settings.setIcon(icon("persona", token))

    @Slot()
    def open_chat_settings(self) -> None:
        """Show this conversation's settings; what is saved comes as `chat_settings_changed`."""
        from PySide6.QtCore import Qt

        from mmdesk.ui.chat_settings import ChatSettingsDialog

        dialog = ChatSettingsDialog(self.chat_settings, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: self.chat_settings_changed.emit(dialog.settings()))
        dialog.open()

    @Slot()
    def _on_draft(self) -> None:
        self.draft_changed.emit(self.composer.turn())

    @Slot(object)
    def _on_enlarged(self, image: ImageInput) -> None:
        from mmdesk.ui.picture_dialog import PictureDialog

        PictureDialog(image, self).open()

    def _show_possible(self) -> None:
        if not self._furnished:
            return
        possible = self._ready and not self._answering
        self.image_panel.set_jobs_possible(possible, self._reason)

    # --- microphone ---------------------------------------------------------------------------

    def set_listening(self, on: bool) -> None:
        """The microphone records."""
        self.microphone_panel.set_listening(on)
        if on and not self.side.isVisible():
            self.toggle_panels()

    def set_level(self, level: float) -> None:
        """How loud it is, 0..1."""
        self.microphone_panel.set_level(level)

    def set_spoken_so_far(self, text: str) -> None:
        """What was said, while the person goes on speaking."""
        self.microphone_panel.set_spoken_so_far(text)

    def set_hearing(self, on: bool) -> None:
        """What was recorded is being written down."""
        self.microphone_panel.set_hearing(on)

    def set_microphones(self, names: list[str]) -> None:
        """The devices that the settings offer."""
        self._microphones = list(names)

    # --- models and engine --------------------------------------------------------------------

    def set_models(self, infos: tuple[ModelInfo, ...], current: str) -> None:
        """The model parts there are, and the id of the one that answers."""
        self.top_bar.set_models(infos, current)

    def set_fetch_progress(self, progress: FetchProgress) -> None:
        """How far the fetching of a part is."""
        self.first_start.set_progress(progress)

    def set_fetch_failed(self, message: str, hint: str) -> None:
        """A part could not be fetched."""
        self.first_start.set_failed(message, hint)

    def set_fetch_done(self) -> None:
        """All parts are there."""
        self.first_start.set_done()

    def say_looking(self, words: str) -> None:
        """Whether messages can be sent will be known at once; a message that is sent meanwhile
        waits for `set_chat_ready`."""
        self.set_chat_ready(False, words)
        self._looking = True

    def set_chat_ready(self, ready: bool, reason: str = "") -> None:
        """Whether messages can be sent; `reason` stands beside Send until they can."""
        self._looking = False
        self._ready, self._reason = ready, "" if ready else below(reason)
        self.composer.set_ready(ready, reason)
        self._show_possible()
        early, self._sent_early = self._sent_early, ""
        if ready and early and early == self.composer.input.toPlainText():
            self.submit()

    def set_engine_state(self, text: str) -> None:
        """What the engine does, for the status bar."""
        self.status_line.set_state(text)

    # --- settings -----------------------------------------------------------------------------

    @Slot()
    def open_settings(self) -> None:
        """Show the settings; what is saved there comes as `settings_changed`."""
        from PySide6.QtCore import Qt

        from mmdesk.ui.settings_dialog import SettingsDialog

        dialog = SettingsDialog(self._settings, self._microphones, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: self._take_settings(dialog.settings()))
        dialog.shortcuts_wanted.connect(self.pages.open_shortcuts)
        dialog.steps_wanted.connect(self.pages.open_first_steps)
        dialog.open()

    def _take_settings(self, settings: Settings) -> None:
        if settings == self._settings:
            return
        from mmdesk.ui import motion

        self._settings = settings
        words.choose(settings.language)
        self.theme.choose(settings.colour_scheme)
        self.theme.set_text_size(settings.text_size)
        motion.set_reduced(settings.reduce_motion)
        self.microphone_panel.set_hold(settings.hold_to_talk)
        self.settings_changed.emit(settings)

    @Slot()
    def enlarge_text(self) -> None:
        """All text a step larger."""
        self._set_text_size(self._settings.text_size + 10)

    @Slot()
    def shrink_text(self) -> None:
        """All text a step smaller."""
        self._set_text_size(self._settings.text_size - 10)

    @Slot()
    def reset_text(self) -> None:
        """All text in the system's size."""
        self._set_text_size(100)

    def _set_text_size(self, percent: int) -> None:
        from dataclasses import replace

        from mmdesk.settings import TEXT_SIZES

        low, high = TEXT_SIZES
        percent = min(high, max(low, percent))
        self._take_settings(replace(self._settings, text_size=percent))

    @Slot()
    def _on_steps_over(self) -> None:
        from dataclasses import replace

        self._take_settings(replace(self._settings, seen_welcome=True))
        self.composer.input.setFocus()

    # --- looks --------------------------------------------------------------------------------

    @Slot()
    def _on_theme(self) -> None:
        QApplication.setFont(theme.text_font())
        self.setStyleSheet(sheet(theme.current()))

    @Slot()
    def go_to_next_area(self) -> None:
        """The keyboard's focus into the next area of the window: message, conversation, list,
        bar, panels."""
        from PySide6.QtCore import Qt

        areas = (
            *((self.composer, self.composer.input), (self.transcript, self.transcript)),
            *((self.history, self.history.field), (self.top_bar, self.top_bar.models)),
            (self.side, self.microphone_panel.button),
        )
        shown = [(area, into) for area, into in areas if area.isVisible() and into.isEnabled()]
        focus = QApplication.focusWidget()
        inside = [area is focus or area.isAncestorOf(focus) for area, _ in shown] if focus else []
        at = inside.index(True) + 1 if True in inside else 0
        shown[at % len(shown)][1].setFocus(Qt.FocusReason.TabFocusReason)

    @Slot()
    def toggle_panels(self) -> None:
        """Show or hide the panels of pictures and microphone."""
        self._panels_wanted = self.side.isHidden()
        self._arrange()

    @Slot()
    def toggle_history(self) -> None:
        """Show or hide the list of conversations."""
        self._history_wanted = self.history.isHidden()
        self._arrange()

    @Slot()
    def search_history(self) -> None:
        """Put the cursor into the search field of the conversations."""
        if self.history.isHidden():
            self.toggle_history()
        self.history.search()

    @Slot()
    def _on_history_left(self) -> None:
        """In a narrow window the conversation comes back into its place."""
        if self.width() < _NARROW and not self.history.isHidden():
            self.toggle_history()

    def _arrange_history(self) -> bool:
        """Show the conversations or not; whether they are beside the rest."""
        history = self.left
        wanted, narrow = self._history_wanted, self.width() < _NARROW
        shown = self.width() >= _HISTORY_FROM if wanted is None else wanted
        history.setVisible(shown)
        self.splitter.setVisible(not (shown and narrow))
        history.setMinimumWidth(200)
        history.setMaximumWidth(16_777_215 if narrow else 380)
        return shown and not narrow

    def _arrange(self) -> None:
        """Panels beside the conversation where there is room, below it where there is not."""
        beside = self._arrange_history()
        across = self.width() - (max(200, self.left.width()) if beside else 0)
        wide = across >= (WIDE - 60 if beside else WIDE)
        if self._wide != wide:
            self._wide = wide
            self.splitter.setProperty("orientation", HORIZONTAL if wide else VERTICAL)
            flow = QBoxLayout.Direction
            self.side_box.setDirection(flow.TopToBottom if wide else flow.LeftToRight)
            self.side_box.setContentsMargins(16, 16 if wide else 10, 16, 14 if wide else 10)
            self.side.setProperty("below", not wide)
            if self._painted:  # before it, the sheet has not looked at anything yet
                restyle(self.side)
            if self._furnished:
                self.image_panel.set_beside(not wide)
            room = across if wide else self.height()
            side = _SIDE if wide else _SIDE_BELOW
            self.splitter.setSizes([room - side, side])
        roomy = wide or self.height() >= 760
        self.side.setVisible(roomy if self._panels_wanted is None else self._panels_wanted)
        self.side.setMinimumWidth(240 if wide else 0)
        self.side.setMaximumWidth(460 if wide else 16_777_215)
        self.side.setMinimumHeight(0 if wide else 150)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()
        if self._furnished and self.overlay.isVisible():
            self.overlay.cover()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._furnished:
            self._warm_up_soon()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            # Later, since the children's paint events come in the same round.
            QTimer.singleShot(0, self, self.first_painted.emit)

    def _warm_up_soon(self) -> None:
        from mmdesk.ui.warming import warm_up

        QTimer.singleShot(_WARM_UP_MS, self, warm_up)

    @Slot()
    def quit(self) -> None:
        """Close for good, tray or not."""
        self._leaving = True
        self.come_back()  # a window that is hidden is not closed
        self.close()

    @Slot()
    def come_back(self) -> None:
        """Be seen again."""
        if not self.isVisible():
            self.show()
        from PySide6.QtCore import Qt

        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.raise_()
        self.activateWindow()

    @Slot(str)
    def ask_quickly(self, question: str) -> None:
        """A question from outside the window: sent in a new conversation, or left in the composer
        while it cannot be sent."""
        self.come_back()
        if not self._answering:
            self._on_new_chat()
        self.composer.set_text(question)
        self.submit()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._furnished:
            if self.pages.tray.is_on and not self._leaving:
                event.ignore()
                self.hide()
                return
            self.microphone_panel.set_listening(False)
        self.closed.emit()
        event.accept()

    # --- links and drops ----------------------------------------------------------------------

    @Slot(str)
    def _on_link(self, address: str) -> None:
        from mmdesk.ui.links import ask_to_open

        ask_to_open(address, self)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        mime = event.mimeData()
        if mime.hasUrls() or mime.hasImage() or mime.hasText():
            event.acceptProposedAction()
            self.overlay.cover()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.overlay.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self.overlay.hide()
        event.acceptProposedAction()
        self.composer.take(event.mimeData())
        self.activateWindow()
        self.composer.input.setFocus()
