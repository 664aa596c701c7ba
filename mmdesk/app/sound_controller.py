"""Sounds that were attached: played, turned into text, summarised."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from mmdesk.ui import tr
from mmdesk.values import AudioInput, DocumentInput, Transcript

if TYPE_CHECKING:
    from mmdesk.chat import SpeechToText
    from mmdesk.history import Archive
    from mmdesk.ui import MainWindow
    from mmdesk.workers import HistoryWorker


class SoundController(QObject):
    """Controller of the actions on a sound: play, transcribe, summarise.

    A transcript becomes a document, so that everything that can be done with one can be done with
    it.
    """

    def __init__(
        self, window: MainWindow, speech: SpeechToText, history: HistoryWorker[Archive]
    ) -> None:
        from mmdesk.workers import Player

        super().__init__(window)
        self._window, self._speech, self._history = window, speech, history
        self._to_summarise: set[str] = set()
        self.player = Player(self)
        actions = window.attachment_actions
        actions.playback_requested.connect(self._on_playback)
        actions.transcript_requested.connect(self._on_transcript)
        actions.sound_summary_requested.connect(self._on_summary)
        speech.file_transcribed.connect(self._on_transcribed)
        self.player.failed.connect(window.composer.show_error)

    def close(self) -> bool:
        """Stop playing; return False when the sound device kept the thread."""
        return self.player.close()

    def _on_playback(self, audio: AudioInput) -> None:
        self._with_samples(audio, self.player.toggle)

    def _on_transcript(self, audio: AudioInput) -> None:
        if audio.transcript is not None:
            self._on_transcribed(audio, audio.transcript)
        else:
            self._with_samples(audio, self._speech.transcribe_file)

    def _on_summary(self, audio: AudioInput) -> None:
        self._to_summarise.add(audio.sha256)
        self._on_transcript(audio)

    def _with_samples(self, audio: AudioInput, use: Callable[[AudioInput], object]) -> None:
        """Call `use` with the sound; one of the history is read first."""
        if audio.pcm:
            use(audio)
            return
        self._history.call(
            lambda store: store.sound(audio.sha256), lambda pcm: use(replace(audio, pcm=pcm))
        )

    def _on_transcribed(self, audio: AudioInput, transcript: Transcript) -> None:
        summarise = audio.sha256 in self._to_summarise
        self._to_summarise.discard(audio.sha256)
        if not transcript.text.strip():
            message = tr("No speech was found in {name}.").format(name=audio.name)
            self._window.composer.show_error(message, "")
            return
        name = tr("Transcript of {name}").format(name=audio.name)
        document = DocumentInput(str(name), transcript.text, notices=audio.notices)
        if summarise:
            self._window.attachment_actions.summarise(document)
        else:
            self._window.attachments.add_document(document)
