"""Answers that are read aloud: as they come, or when the user asks for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from mmdesk.ui import tr
from mmdesk.values import SYSTEM_VOICE, SpeechOptions, SpokenSentence

if TYPE_CHECKING:
    from mmdesk.chat import ChatController
    from mmdesk.settings import Settings
    from mmdesk.ui import MainWindow
    from mmdesk.workers import ModelParts

VOICE_PART = "piper-en-joe"


class ReadAloud(QObject):
    """Reader of one answer at a time.

    A question, another conversation, Escape and the Stop button end it at once.

    Attributes:
        speaking: id of the answer that is read; "" for none.
        reads_all: read every answer as it comes, whatever the settings say (hands-free mode).

    Signals:
        sentence_started: SpokenSentence that is heard from now on.
        ended: the answer was read to its end, or the reading was stopped or failed.
    """

    sentence_started = Signal(object)
    ended = Signal()

    def __init__(
        self,
        window: MainWindow,
        chat: ChatController,
        parts: ModelParts,
        settings: Callable[[], Settings],
    ) -> None:
        from mmdesk.workers import SentencePlayer, SpeechSynthesiser

        super().__init__(window)
        self._window, self._chat, self._parts, self._settings = window, chat, parts, settings
        self.speaking = ""
        self.reads_all = False
        self._is_whole = False  # everything of it was synthesised
        self._heard: set[str] = set()  # answers that were read as they came
        self._is_asked_for = False  # by the button
        self._offered = False  # the voice, since the start
        self._after_download: Callable[[], None] | None = None
        self._synthesiser = SpeechSynthesiser(self)
        self._player = SentencePlayer(self)
        self._connect()

    def _connect(self) -> None:
        window, chat = self._window, self._chat
        chat.answers.began.connect(self._on_began)
        chat.answers.text_arrived.connect(self._on_text)
        chat.answers.finished.connect(self._on_answered)
        chat.answers.failed.connect(self._on_answered)
        chat.answers.stopped.connect(self.stop)
        chat.message_added.connect(self.stop)
        chat.shown.connect(self.stop)
        chat.cleared.connect(self.stop)
        window.conversation.aloud_wanted.connect(self.toggle)
        window.composer.escaped.connect(self.stop)
        self._parts.installed.connect(self._on_installed)
        self._synthesiser.sentence_ready.connect(self._on_ready)
        self._synthesiser.finished.connect(self._on_synthesised)
        self._synthesiser.failed.connect(self._on_failed)
        self._synthesiser.voice_missing.connect(self._on_voice_missing)
        self._player.sentence_started.connect(self.sentence_started)
        self._player.sentence_ended.connect(self._on_played)
        self._player.failed.connect(self._on_failed)

    def load(self) -> None:
        """Load the English voice, so that the first sentence need not wait for it."""
        if self._settings().voice != SYSTEM_VOICE:
            self._synthesiser.load()

    def close(self) -> bool:
        """End the child and the thread; return False when the sound device kept it."""
        self._synthesiser.close()
        return self._player.close()

    @Slot(str, str)
    def toggle(self, answer: str, text: str) -> None:
        """Read an answer from its beginning, or stop where it is being read."""
        if self.speaking == answer:
            self.stop()
            return
        self._begin(answer)
        self._is_asked_for = True
        self._synthesiser.feed(text)
        if self._window.conversation.streaming_id() != answer:
            self._synthesiser.finish()

    @Slot()
    def stop(self) -> None:
        """Be silent at once."""
        if not self.speaking:
            return
        self._synthesiser.stop()
        self._player.stop()
        self._end()

    def _begin(self, answer: str) -> None:
        self.stop()
        self.speaking, self._is_whole, self._is_asked_for = answer, False, False
        self._window.conversation.set_spoken(answer)
        settings = self._settings()
        self._synthesiser.begin(SpeechOptions(settings.voice, settings.voice_speed))

    def _end(self) -> None:
        self.speaking = ""
        self._window.conversation.set_spoken("")
        self.ended.emit()

    # --- the answer that comes ----------------------------------------------------------------

    @Slot(str)
    def _on_began(self, answer: str) -> None:
        self.stop()
        wanted = self._settings().read_aloud or self.reads_all
        if wanted and answer not in self._heard:  # it is told again when its conversation is
            self._heard.add(answer)
            self.load()  # while the first sentence is written
            self._begin(answer)

    @Slot(str)
    def _on_text(self, text: str) -> None:
        if self.speaking and self.speaking == self._window.conversation.streaming_id():
            self._synthesiser.feed(text)

    @Slot()
    def _on_answered(self, *_details: object) -> None:
        self._synthesiser.finish()

    # --- its sound ----------------------------------------------------------------------------

    @Slot(object)
    def _on_ready(self, sentence: SpokenSentence) -> None:
        self._player.add(sentence, self._settings().speaker)

    @Slot(object)
    def _on_played(self, sentence: SpokenSentence) -> None:
        self._synthesiser.want_more()
        self._end_if_silent()

    @Slot()
    def _on_synthesised(self) -> None:
        self._is_whole = True
        self._end_if_silent()

    def _end_if_silent(self) -> None:
        if self.speaking and self._is_whole and not self._player.is_playing():
            self._end()

    @Slot(object, object)
    def _on_failed(self, message: str, hint: str) -> None:
        self.stop()
        self._window.composer.show_error(message, hint)

    # --- the voice ----------------------------------------------------------------------------

    @Slot()
    def _on_voice_missing(self) -> None:
        """Offer to download the English voice; what was to be read is read after it.

        For answers that are read as they come, it is offered once.
        """
        from mmdesk.ui import offer_voice

        answer, is_asked_for = self.speaking, self._is_asked_for
        self.stop()
        if self._offered and not is_asked_for:
            return
        self._offered = True
        info = next((info for info in self._parts.infos if info.id == VOICE_PART), None)
        if info is None:
            self._window.composer.show_error(tr("The English voice is not installed."), "")
            return

        def download() -> None:
            self._after_download = lambda: self._read_again(answer)
            self._parts.fetch(VOICE_PART)

        offer_voice(self._window, info, download)

    @Slot()
    def _on_installed(self) -> None:
        if self._after_download is not None and not self._parts.is_fetching_part(VOICE_PART):
            waiting, self._after_download = self._after_download, None
            waiting()

    def _read_again(self, answer: str) -> None:
        message = self._chat.conversation.get(answer)
        if message is not None and not self.speaking:
            self.toggle(answer, message.turn.text)
