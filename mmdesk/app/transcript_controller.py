"""Dialogs with transcripts: filled while they are made, played, and written to files."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from mmdesk.app.export_controller import export_problem
from mmdesk.values import TRANSCRIPT_WRITERS, AudioInput, Transcript

if TYPE_CHECKING:
    from mmdesk.chat import Recordings
    from mmdesk.ui import MainWindow
    from mmdesk.ui.transcript_dialog import TranscriptDialog
    from mmdesk.workers import Player


class TranscriptController(QObject):
    """Controller of the one transcript that is open.

    Attributes:
        dialog: None while none is open.

    Signals:
        minutes_wanted(object), document_wanted(object): an AudioInput with its transcript.
    """

    minutes_wanted = Signal(object)
    document_wanted = Signal(object)

    def __init__(self, window: MainWindow, recordings: Recordings, player: Player) -> None:
        from mmdesk.workers import WorkerThread

        super().__init__(window)
        self._window, self._recordings, self._player = window, recordings, player
        self.dialog: TranscriptDialog | None = None
        self._thread = WorkerThread("transcript files", self)
        recordings.progressed.connect(self._on_progressed)
        recordings.grown.connect(self._on_grown)
        recordings.transcribed.connect(self._on_transcribed)
        recordings.stopped.connect(self._on_stopped)
        recordings.failed.connect(self._on_stopped)
        player.started.connect(partial(self._on_playing, True))
        player.stopped.connect(partial(self._on_playing, False))
        player.moved.connect(self._on_moved)
        window.attachment_actions.changed.connect(self._allow_minutes)

    def close(self) -> bool:
        """End the thread; return False when it still writes."""
        return self._thread.close()

    def open(self, audio: AudioInput) -> None:
        """Show the transcript of a sound with its samples; it is made where there is none."""
        from mmdesk.ui.transcript_dialog import TranscriptDialog

        if self.dialog is not None:
            self.dialog.accept()
        dialog = self.dialog = TranscriptDialog(audio, self._window)
        dialog.play_wanted.connect(self._player.play_from)
        dialog.stop_wanted.connect(self._player.stop)
        dialog.cancel_wanted.connect(self._recordings.cancel)
        dialog.transcribe_wanted.connect(self._recordings.transcribe)
        dialog.save_wanted.connect(self._on_save)
        dialog.minutes_wanted.connect(self.minutes_wanted)
        dialog.document_wanted.connect(self.document_wanted)
        dialog.finished.connect(partial(self._on_closed, dialog))
        self._allow_minutes()
        if self._recordings.known(audio) is None:
            dialog.set_progress(0.0)
        self._recordings.transcribe(audio)
        dialog.open()

    def _on_closed(self, dialog: TranscriptDialog, _result: int) -> None:
        if self.dialog is dialog:
            self.dialog = None
        self._window.composer.input.setFocus()

    def _allow_minutes(self) -> None:
        actions = self._window.attachment_actions
        if self.dialog is not None:
            self.dialog.set_possible(actions.possible, actions.reason)

    def _shown(self, sha256: str) -> TranscriptDialog | None:
        dialog = self.dialog
        return dialog if dialog is not None and dialog.audio.sha256 == sha256 else None

    def _on_progressed(self, sha256: str, fraction: float) -> None:
        if (dialog := self._shown(sha256)) is not None:
            dialog.set_progress(fraction)

    def _on_grown(self, sha256: str, transcript: Transcript) -> None:
        if (dialog := self._shown(sha256)) is not None:
            dialog.grow(transcript)

    def _on_transcribed(self, audio: AudioInput) -> None:
        if (dialog := self._shown(audio.sha256)) is not None:
            dialog.finish(audio)

    def _on_stopped(self, sha256: str) -> None:
        if (dialog := self._shown(sha256)) is not None:
            dialog.stop_transcribing()

    def _on_playing(self, playing: bool, sha256: str) -> None:
        if (dialog := self._shown(sha256)) is not None:
            dialog.set_playing(playing)

    def _on_moved(self, sha256: str, second: float) -> None:
        if (dialog := self._shown(sha256)) is not None:
            dialog.set_second(second)

    # --- files --------------------------------------------------------------------------------

    def _on_save(self, transcript: Transcript, path: str) -> None:
        def save() -> str:
            from mmdesk.ui.export.files import save

            target = Path(path)
            text = TRANSCRIPT_WRITERS[target.suffix.lower().lstrip(".")](transcript)
            save(target, text.encode("utf-8", "replace"))
            return path

        self._thread.call(save, self._on_saved, self._on_failed)

    def _on_saved(self, path: str) -> None:
        if self.dialog is not None:
            self.dialog.show_saved(path)

    def _on_failed(self, error: Exception) -> None:
        self.show_error(*export_problem(error))

    def show_error(self, message: str, hint: str) -> None:
        """Show what went wrong where the user looks: in the dialog, or in the window."""
        if self.dialog is not None:
            self.dialog.show_error(message, hint)
        else:
            self._window.composer.show_error(message, hint)
