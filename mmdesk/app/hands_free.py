"""Hands-free conversation: the user speaks, a pause sends, the answer is spoken."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from mmdesk.values import AudioInput, Transcript

if TYPE_CHECKING:
    from mmdesk.app.read_aloud import ReadAloud
    from mmdesk.chat import ChatController, SpeechToText
    from mmdesk.settings import Settings
    from mmdesk.ui import MainWindow


class HandsFree(QObject):
    """Conversation by voice.

    While the user speaks, the engine prefills; at the first short pause what was said is
    transcribed, and if the pause lasts, it is sent. The voice of the user interrupts an answer.

    Attributes:
        state: "", "starting", "listening", "hearing", "thinking", "speaking", "muted" or "lost".
    """

    def __init__(
        self,
        window: MainWindow,
        chat: ChatController,
        speech: SpeechToText,
        reader: ReadAloud,
        settings: Callable[[], Settings],
    ) -> None:
        from mmdesk.workers import VoiceListener

        super().__init__(window)
        self._window, self._chat, self._speech = window, chat, speech
        self._reader, self._settings = reader, settings
        self.state = ""
        self._muted = False
        self._audio: AudioInput | None = None  # of the utterance, as it was at the last pause
        self._text: str | None = None  # what was said in it; None until it is transcribed
        self._is_over = False  # the utterance is to be sent
        self._unsent: AudioInput | None = None  # an utterance before it that was not sent yet
        self.listener = VoiceListener(self)
        self._connect()

    def _connect(self) -> None:
        window, listener, panel = self._window, self.listener, self._window.microphone_panel
        window.composer.talk_button.clicked.connect(self.toggle)
        panel.talk.ended.connect(self.stop)
        panel.talk.muted.connect(self._on_muted)
        panel.listening_started.connect(self.stop)  # dictation takes the microphone
        listener.ready.connect(self._on_ready)
        listener.level_measured.connect(panel.set_level)
        listener.spectrum_measured.connect(panel.add_spectrum)
        listener.speech_began.connect(self._on_began)
        listener.speech_paused.connect(self._on_paused)
        listener.speech_resumed.connect(self._on_resumed)
        listener.speech_ended.connect(self._on_ended)
        listener.speech_dropped.connect(self._on_dropped)
        listener.device_lost.connect(lambda: self._show("lost"))
        listener.failed.connect(self._on_failed)
        self._speech.utterance_transcribed.connect(self._on_transcribed)
        self._chat.answers.ended.connect(self._on_answer_ended)
        self._reader.sentence_started.connect(self._on_sentence)
        self._reader.ended.connect(self._on_silent)

    def close(self) -> None:
        """End the child."""
        self.listener.close()

    @Slot()
    def toggle(self) -> None:
        """Begin a conversation, or end it."""
        if self.state:
            self.stop()
        else:
            self._start()

    def _start(self) -> None:
        self._muted = False
        self._forget()
        self._reader.reads_all = True
        self._reader.load()
        self._speech.load()
        self._show("starting")
        self.listener.start(self._settings().microphone)

    @Slot()
    def stop(self) -> None:
        """End the conversation and be silent."""
        if not self.state:
            return
        self.listener.stop()
        self._show("")
        self._reader.reads_all = False
        self._reader.stop()
        self._forget()

    def _forget(self) -> None:
        self._audio = self._text = self._unsent = None
        self._is_over = False

    def _show(self, state: str) -> None:
        self.state = state
        self._window.show_talk(state)

    def _rest(self) -> None:
        """Go back to listening, unless something else goes on."""
        if not self.state or self.state == "lost":
            return
        if self._muted:
            self._show("muted")
        elif self._reader.speaking and self.state == "speaking":
            return
        elif self._window.answering or self._reader.speaking:
            self._show("thinking")
        else:
            self._show("listening")

    # --- the microphone -----------------------------------------------------------------------

    @Slot()
    def _on_ready(self) -> None:
        self.state = "listening"
        self.listener.set_muted(self._muted)
        self._rest()

    @Slot(bool)
    def _on_muted(self, on: bool) -> None:
        if self.state:
            self._muted = on
            self.listener.set_muted(on)
            self._rest()

    @Slot(object, object)
    def _on_failed(self, message: str, hint: str) -> None:
        self.stop()
        self._window.composer.show_error(message, hint)

    # --- what the user says -------------------------------------------------------------------

    @Slot()
    def _on_began(self) -> None:
        unsent = self._audio if self._is_over else None
        self._forget()
        self._unsent = unsent  # the user goes on before it was sent
        self._show("hearing")
        self._reader.stop()
        if self._window.answering:
            self._chat.stop()
        else:
            self._chat.prefill(self._window.composer.turn())

    @Slot(object)
    def _on_paused(self, audio: AudioInput) -> None:
        self._audio = _joined(self._unsent, audio) if self._unsent is not None else audio
        self._text = None
        self._speech.transcribe_utterance(self._audio)

    @Slot()
    def _on_resumed(self) -> None:
        self._is_over = False

    @Slot()
    def _on_dropped(self) -> None:
        self._forget()
        self._rest()

    @Slot()
    def _on_ended(self) -> None:
        self._is_over = True
        self._show("thinking")
        self._send_if_ready()

    @Slot(object, object)
    def _on_transcribed(self, audio: AudioInput, transcript: Transcript) -> None:
        if self._audio is None or audio.sha256 != self._audio.sha256:
            return  # the user has gone on since
        self._text = transcript.meant.strip()
        self._window.microphone_panel.set_spoken_so_far(self._text)
        self._send_if_ready()

    def _send_if_ready(self) -> None:
        """Send what was said, once it is over, transcribed, and no other answer is stopping."""
        if not self._is_over or self._text is None or self._window.answering:
            return
        text = self._text
        self._forget()
        if text:
            self._window.composer.insert(text)  # behind what was typed
        if text and self._window.composer.can_send():
            self._window.composer.submit()
        else:
            self._rest()

    # --- what the assistant says --------------------------------------------------------------

    @Slot(object)
    def _on_sentence(self, _sentence: object) -> None:
        if self.state in ("thinking", "listening"):
            self._show("speaking")
            self.listener.set_speaking(True)

    @Slot()
    def _on_silent(self) -> None:
        if self.state == "speaking":
            self.listener.set_speaking(False)
        if self.state in ("speaking", "thinking"):
            self.state = "listening"
            self._rest()

    @Slot(object)
    def _on_answer_ended(self, _answer: object) -> None:
        if self.state:
            # The window and the reader take note of it after this.
            from PySide6.QtCore import QTimer

            QTimer.singleShot(0, self, self._on_answer_over)

    def _on_answer_over(self) -> None:
        if self.state == "hearing":
            return
        if self._is_over:
            self._send_if_ready()
        else:
            self._rest()


def _joined(first: AudioInput, second: AudioInput) -> AudioInput:
    pcm = first.pcm + second.pcm
    return replace(second, pcm=pcm, sha256=hashlib.sha256(pcm).hexdigest())
