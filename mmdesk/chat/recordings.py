"""Transcripts of recordings: made once, told piece by piece, stored with the messages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from mmdesk.values import AudioInput, CancelFlag, Event, Preparing, Transcribed, Transcript
from mmdesk.workers import HistoryWorker, Job, JobKind, JobQueue, Ticket

if TYPE_CHECKING:
    from mmdesk.engine import Engine
    from mmdesk.history import Archive
    from mmdesk.tasks import RecordingWork


class Recordings(QObject):
    """Transcripts of sound files and long recordings, with the times of words.

    Signals:
        progressed: digest of a sound, share that is transcribed.
        grown: digest, the Transcript so far.
        transcribed: AudioInput with its transcript.
        stopped: digest of a sound whose transcription was cancelled.
        failed: digest; the engine's controller tells the problem.
    """

    progressed = Signal(str, float)
    grown = Signal(str, object)
    transcribed = Signal(object)
    stopped = Signal(str)
    failed = Signal(str)

    def __init__(
        self, queue: JobQueue, history: HistoryWorker[Archive], parent: QObject | None = None
    ) -> None:
        """Transcribe through `queue`, and store what was transcribed."""
        super().__init__(parent)
        self._queue, self._history = queue, history
        self._known: dict[str, Transcript] = {}
        self._tickets: dict[Ticket, AudioInput] = {}
        self._unfinished: dict[str, RecordingWork] = {}  # of transcriptions that were cancelled
        queue.event_arrived.connect(self._on_event)
        queue.finished.connect(self._on_ended)
        queue.cancelled.connect(self._on_cancelled)
        queue.failed.connect(self._on_failed)

    def known(self, audio: AudioInput) -> Transcript | None:
        """Return the transcript of a sound; None where none was made, or one without its times."""
        known = self._known.get(audio.sha256) or audio.transcript
        return known if known is not None and (known.segments or not known.text) else None

    def is_transcribing(self, sha256: str) -> bool:
        """Return whether a sound is being transcribed, or waits for it."""
        return any(audio.sha256 == sha256 for audio in self._tickets.values())

    def transcribe(self, audio: AudioInput) -> None:
        """Transcribe a sound with its samples, unless that is being done.

        `transcribed` follows, at once where the transcript is known; or `stopped` or `failed`.
        """
        known = self.known(audio)
        if known is not None:
            self.transcribed.emit(replace(audio, transcript=known))
            return
        if self.is_transcribing(audio.sha256):
            return
        ticket = Ticket(JobKind.RECORDING, self._job(audio), about=audio.sha256, may_restart=True)
        self._tickets[ticket] = audio
        self._queue.submit(ticket)

    def _job(self, audio: AudioInput) -> Callable[[], Job]:
        def job(engine: Engine, cancel: CancelFlag) -> Iterator[Event]:
            from mmdesk.tasks import RecordingWork  # late: imported in the engine's thread

            work = self._unfinished.setdefault(audio.sha256, RecordingWork(audio))
            return work.run(engine, cancel)

        return lambda: job

    def cancel(self, sha256: str) -> None:
        """Stop transcribing a sound; what is done is used when it is wanted again."""
        for ticket, audio in list(self._tickets.items()):
            if audio.sha256 == sha256:
                self._queue.cancel(ticket)

    @Slot(object, object)
    def _on_event(self, ticket: Ticket, event: Event) -> None:
        audio = self._tickets.get(ticket)
        if audio is None:
            return
        if isinstance(event, Preparing) and event.fraction is not None:
            self.progressed.emit(audio.sha256, event.fraction)
        elif isinstance(event, Transcribed) and event.settled_s is not None:
            self.grown.emit(audio.sha256, event.transcript)
        elif isinstance(event, Transcribed):
            self._keep(audio, event.transcript)

    def _keep(self, audio: AudioInput, transcript: Transcript) -> None:
        sha256 = audio.sha256
        self._known[sha256] = transcript
        self._unfinished.pop(sha256, None)
        self._history.change(lambda store: store.set_transcript(sha256, transcript), soon=False)
        self.transcribed.emit(replace(audio, transcript=transcript))

    @Slot(object, object)
    def _on_ended(self, ticket: Ticket, _stats: object) -> None:
        self._tickets.pop(ticket, None)

    @Slot(object)
    def _on_cancelled(self, ticket: Ticket) -> None:
        audio = self._tickets.pop(ticket, None)
        if audio is not None:
            self.stopped.emit(audio.sha256)

    @Slot(object, object, object)
    def _on_failed(self, ticket: Ticket, _message: str, _hint: str) -> None:
        audio = self._tickets.pop(ticket, None)
        if audio is not None:
            self.failed.emit(audio.sha256)
