"""Sounds that were attached: played, turned into text, summarised."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from mmdesk.ui import tr
from mmdesk.values import AudioInput, DocumentInput, Task, Transcript, timed_text

if TYPE_CHECKING:
    from mmdesk.app.transcript_controller import TranscriptController
    from mmdesk.chat import Recordings
    from mmdesk.history import Archive
    from mmdesk.ui import MainWindow
    from mmdesk.workers import HistoryWorker, Player

_Use = Callable[[AudioInput], object]


class SoundController(QObject):
    """Controller of the actions on a sound: play, show its transcript, summarise, write minutes.

    A transcript becomes a document, so that everything that can be done with one can be done with
    it.

    Attributes:
        player: plays one sound at a time.
        transcripts: the dialogs with transcripts.

    Signals:
        minutes_wanted(object, object): the DocumentInput with times, the Task.
    """

    minutes_wanted = Signal(object, object)

    player: Player
    transcripts: TranscriptController

    def __init__(
        self, window: MainWindow, recordings: Recordings, history: HistoryWorker[Archive]
    ) -> None:
        from mmdesk.app.transcript_controller import TranscriptController
        from mmdesk.workers import Player

        super().__init__(window)
        self._window, self._recordings, self._history = window, recordings, history
        self._uses: dict[str, list[_Use]] = {}  # of transcripts that are being made, by digest
        self.player = Player(self)
        self.transcripts = TranscriptController(window, recordings, self.player)
        self.transcripts.minutes_wanted.connect(self._write_minutes)
        self.transcripts.document_wanted.connect(self._attach_document)
        actions = window.attachment_actions
        actions.playback_requested.connect(self._on_playback)
        actions.transcript_requested.connect(self._on_transcript)
        actions.sound_summary_requested.connect(self._on_summary)
        actions.minutes_requested.connect(self._on_minutes)
        recordings.transcribed.connect(self._on_transcribed)
        recordings.stopped.connect(self._forget)
        recordings.failed.connect(self._forget)
        self.player.failed.connect(self.transcripts.show_error)

    def close(self) -> bool:
        """Stop playing; return False when a thread would not end."""
        ended = [self.transcripts.close(), self.player.close()]
        return all(ended)

    def attach(self, audio: AudioInput) -> None:
        """Attach a sound to the next message, with its transcript where it is known."""
        known = self._recordings.known(audio)
        self._window.attachments.add_sound(replace(audio, transcript=known))

    def _on_playback(self, audio: AudioInput) -> None:
        self._with_samples(audio, self.player.toggle)

    def _on_transcript(self, audio: AudioInput) -> None:
        self._with_samples(audio, self.transcripts.open)

    def _on_summary(self, audio: AudioInput) -> None:
        self._with_transcript(audio, self._summarise)

    def _on_minutes(self, audio: AudioInput) -> None:
        self._with_transcript(audio, self._write_minutes)

    def _with_samples(self, audio: AudioInput, use: _Use) -> None:
        """Call `use` with the sound; one of the history is read first."""
        if audio.pcm:
            use(audio)
            return
        self._history.call(
            lambda store: store.sound(audio.sha256), lambda pcm: use(replace(audio, pcm=pcm))
        )

    def _with_transcript(self, audio: AudioInput, use: _Use) -> None:
        """Call `use` with the sound and its transcript, which is made where there is none."""
        self._uses.setdefault(audio.sha256, []).append(use)
        if self._recordings.known(audio) is not None:
            self._recordings.transcribe(audio)
        else:
            self._with_samples(audio, self._recordings.transcribe)

    def _on_transcribed(self, audio: AudioInput) -> None:
        self._window.attachments.set_transcript(audio)
        for use in self._uses.pop(audio.sha256, ()):
            use(audio)

    def _forget(self, sha256: str) -> None:
        self._uses.pop(sha256, None)

    # --- what becomes of a transcript ---------------------------------------------------------

    def _summarise(self, audio: AudioInput) -> None:
        transcript = self._spoken(audio)
        if transcript is not None:
            self._window.attachment_actions.summarise(_document(audio, transcript.text))

    def _write_minutes(self, audio: AudioInput) -> None:
        transcript = self._spoken(audio)
        if transcript is not None:
            self._window.attachments.remove_sound(audio.sha256)
            document = _document(audio, timed_text(transcript))
            self.minutes_wanted.emit(document, Task("minutes"))

    def _attach_document(self, audio: AudioInput) -> None:
        transcript = self._spoken(audio)
        if transcript is not None:
            self._window.attachments.add_document(_document(audio, timed_text(transcript)))

    def _spoken(self, audio: AudioInput) -> Transcript | None:
        """Return the transcript of a sound; say so where nobody speaks in it."""
        transcript = audio.transcript
        if transcript is None or not transcript.text.strip():
            message = tr("No speech was found in {name}.").format(name=audio.name)
            self._window.composer.show_error(message, "")
            return None
        return transcript


def _document(audio: AudioInput, text: str) -> DocumentInput:
    name = tr("Transcript of {name}").format(name=audio.name)
    return DocumentInput(str(name), text, notices=audio.notices)
