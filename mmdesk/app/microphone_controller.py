"""Messages that are spoken: recorded, transcribed while they grow, put into the composer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from mmdesk.values import AudioInput, Transcript

if TYPE_CHECKING:
    from mmdesk.chat import ChatController, SpeechToText
    from mmdesk.settings import Settings
    from mmdesk.ui import MainWindow
    from mmdesk.workers import Recorder


class MicrophoneController(QObject):
    """Controller between the microphone's panel, the recorder and the transcription."""

    def __init__(
        self,
        window: MainWindow,
        recorder: Recorder,
        speech: SpeechToText,
        chat: ChatController,
        settings: Callable[[], Settings],
    ) -> None:
        """Follow the panel."""
        super().__init__(window)
        self._window, self._recorder, self._speech = window, recorder, speech
        self._chat, self._settings = chat, settings
        window.microphone_panel.listening_started.connect(self._on_recording_wanted)
        window.microphone_panel.listening_stopped.connect(recorder.stop)
        recorder.started.connect(self._on_recording)
        recorder.level_measured.connect(window.microphone_panel.set_level)
        recorder.spectrum_measured.connect(window.microphone_panel.add_spectrum)
        recorder.grown.connect(speech.transcribe_piece)
        recorder.recorded.connect(self._on_recorded)
        recorder.failed.connect(self._on_recording_failed)
        recorder.devices_listed.connect(window.pages.set_microphones)
        speech.transcribed_until.connect(recorder.keep_from)
        speech.dictated.connect(window.microphone_panel.set_spoken_so_far)
        speech.transcribing_changed.connect(window.microphone_panel.set_hearing)
        speech.transcribed.connect(self._on_transcribed)

    def _on_recording_wanted(self) -> None:
        self._recorder.start(self._settings().microphone)

    def _on_recording(self) -> None:
        self._speech.begin_dictation()
        self._window.set_listening(True)

    def _on_recorded(self, audio: AudioInput, start_s: float) -> None:
        self._window.set_listening(False)
        self._speech.transcribe_rest(audio, start_s, self._may_be_about_pictures())

    def _on_recording_failed(self, message: str, hint: str) -> None:
        self._window.set_listening(False)
        self._window.composer.show_error(message, hint)

    def _on_transcribed(self, transcript: Transcript) -> None:
        self._window.add_transcript(transcript.meant)
        if self._settings().send_spoken and transcript.meant.strip():
            self._window.composer.submit()

    def _may_be_about_pictures(self) -> bool:
        from mmdesk.tasks import may_be_about_pictures

        turns = self._chat.conversation.turns()
        return may_be_about_pictures((*turns, self._window.composer.turn()))
