"""What the window can be told: every part that shows something, and the methods that fill them.

The person's side of the window is main_window.py. Nothing here computes or waits. What the
conversations' list and the messages say is told by themselves: `history`, `transcript`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QApplication, QBoxLayout, QFrame, QMainWindow, QSplitter, QVBoxLayout

from mmdesk.ui import i18n, theme
from mmdesk.ui.composer import Composer
from mmdesk.ui.i18n import translated
from mmdesk.ui.pending_attachments import PendingAttachments
from mmdesk.ui.status_bar import StatusBar
from mmdesk.ui.stylesheet import sheet
from mmdesk.ui.top_bar import TopBar
from mmdesk.ui.welcome import Welcome
from mmdesk.ui.widgets import named
from mmdesk.ui.window_layout import WindowLayout, lay_out

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from mmdesk.settings import Settings
    from mmdesk.ui.answer_message import AnswerMessage
    from mmdesk.ui.conversation_view import ConversationView
    from mmdesk.ui.download_panel import DownloadPanel
    from mmdesk.ui.drop_overlay import DropOverlay
    from mmdesk.ui.history_panel import HistoryPanel
    from mmdesk.ui.image_panel import ImagePanel
    from mmdesk.ui.microphone_panel import MicrophonePanel
    from mmdesk.ui.page_windows import PageWindows
    from mmdesk.ui.tab_order import MessageTabOrder
    from mmdesk.ui.window_connections import WindowConnections
    from mmdesk.values import (
        ChatSettings,
        DocumentInput,
        FetchProgress,
        Forecast,
        ImageDescription,
        ImageInput,
        ModelInfo,
        OpenedConversation,
        Stats,
        StoredMessage,
        Turn,
    )


class ShowingWindow(QMainWindow):
    """See the module. All methods are called on the GUI thread.

    Attributes:
        settings: those in force.
        painted: it was painted once.
        furnished: all parts are there; before it, only those that are made here.
        answering: an answer is coming.
        microphones: the devices that the settings offer.
    """

    # Made by `lay_out` (ui/room.py).
    chat: QWidget
    chat_column: QVBoxLayout
    chat_ground: QFrame
    side: QFrame
    side_box: QBoxLayout
    splitter: QSplitter
    left: QWidget
    outer: QSplitter

    # Made by `furnish` (ui/furnishing.py).
    chat_settings: ChatSettings
    history: HistoryPanel
    first_start: DownloadPanel
    transcript: ConversationView
    image_panel: ImagePanel
    microphone_panel: MicrophonePanel
    pages: PageWindows
    overlay: DropOverlay
    reading_order: MessageTabOrder
    wiring: WindowConnections

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        i18n.choose(settings.language)
        self.settings = settings
        self.painted = self.furnished = False
        self.answering = False
        self.microphones: list[str] = []
        self._ready, self._reason = True, ""
        named(self, "mainWindow", "mmdesk")
        self.setWindowTitle("mmdesk")
        self.setMinimumSize(480, 520)
        self.resize(1240, 800)
        self._dress()
        self.attachments = PendingAttachments(self)
        self.top_bar = TopBar()
        self.welcome = Welcome()
        self.composer = Composer(self.attachments, settings.translate_to)
        self.status_line = StatusBar()
        lay_out(self)
        self.room = WindowLayout(self)

    def _dress(self) -> None:
        size = self.settings.text_size
        self.theme = theme.Theme(self.settings.colour_scheme, self, text_size=size)
        self.theme.changed.connect(self._on_theme)
        self._on_theme()

    @Slot()
    def _on_theme(self) -> None:
        QApplication.setFont(theme.text_font())
        self.setStyleSheet(sheet(theme.current()))

    # --- what came in -------------------------------------------------------------------------

    def add_image(self, image: ImageInput) -> None:
        """A picture that goes along with the next message."""
        self.attachments.add_image(image)

    def set_description(self, sha256: str, description: ImageDescription) -> None:
        """What was seen in a picture, waiting or sent."""
        self.attachments.set_description(sha256, description)

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

    def show_earlier(self, messages: tuple[StoredMessage, ...]) -> None:
        """Messages that stand before those that are shown."""
        self.transcript.show_earlier(messages)

    def add_message(self, message: StoredMessage) -> None:
        """A message of the person's, for the transcript."""
        self.transcript.add_message(message)

    def show_user_turn(self, turn: Turn) -> None:
        """A message of the person's that is not kept."""
        from mmdesk.values import StoredMessage

        self.add_message(StoredMessage("", "", turn))

    def set_versions(self, message: str, versions: tuple[str, ...]) -> None:
        """A message is one of several versions."""
        self.transcript.set_versions(message, versions)

    def set_picture(self, image: ImageInput) -> None:
        """A kept picture with its pixels."""
        self.attachments.set_picture(image)

    def begin_answer(self, id: str = "") -> None:
        """An answer begins: Stop is there, and what is being done is shown."""
        from mmdesk.ui.preload import warm_up

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
        self.status_line.clear_figures()
        self._end_answer()

    def fail_answer(self, message: str, hint: str) -> None:
        """The answer broke off; its words stay."""
        self._answer().fail(message, hint)
        self.status_line.clear_figures()
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
        self.answering = answering
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

        from mmdesk.ui.icons import icon
        from mmdesk.values import ChatSettings

        self.chat_settings = settings
        own = replace(settings, model=None) != ChatSettings()  # the model is shown beside it
        token = "accent" if own else "text"
        self.top_bar.chat_settings.setIcon(icon("persona", token))

    def _show_possible(self) -> None:
        if not self.furnished:
            return
        possible = self._ready and not self.answering
        self.image_panel.set_jobs_possible(possible, self._reason)

    # --- microphone ---------------------------------------------------------------------------

    def set_listening(self, on: bool) -> None:
        """The microphone records."""
        self.microphone_panel.set_listening(on)
        if on and not self.side.isVisible():
            self.room.toggle_panels()

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
        self.microphones = list(names)

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

    def set_chat_ready(self, ready: bool, reason: str = "") -> None:
        """Whether messages can be sent; `reason` stands beside Send until they can."""
        self._ready, self._reason = ready, "" if ready else translated(reason)
        self.composer.set_ready(ready, reason)
        self._show_possible()

    def set_engine_state(self, text: str) -> None:
        """What the engine does, for the status bar."""
        self.status_line.set_state(text)
