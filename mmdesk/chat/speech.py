"""Transcription of a spoken message, while it is recorded and at its end."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot

from mmdesk.chat.dictation import Dictation
from mmdesk.chat.jobs import no_job, request_job
from mmdesk.values import AudioInput, Event, Transcribed, TranscribeRequest
from mmdesk.workers import Job, JobKind, JobQueue, Ticket


class SpeechToText(QObject):
    """Transcriber of what the user speaks, through the job queue.

    Signals:
        transcribing_changed: True while a finished sound is being transcribed.
        transcribed: the Transcript of a whole recording.
        utterance_transcribed: the AudioInput of an utterance, its Transcript.
        dictated: the transcript so far, while the user speaks.
        transcribed_until: seconds of the recording whose transcript is final, so that its next
            piece may start there.
    """

    transcribing_changed = Signal(bool)
    transcribed = Signal(object)
    utterance_transcribed = Signal(object, object)
    dictated = Signal(str)
    transcribed_until = Signal(float)

    def __init__(self, queue: JobQueue, parent: QObject | None = None) -> None:
        """Transcribe through `queue`."""
        super().__init__(parent)
        self._queue = queue
        self._is_transcribing = False
        self._dictation = Dictation()
        self._utterances: dict[Ticket, AudioInput] = {}  # of a hands-free conversation
        self._dictations: dict[Ticket, Dictation] = {}  # of pieces, and of the rest at the end
        queue.event_arrived.connect(self._on_event)
        queue.finished.connect(self._on_ended)
        queue.cancelled.connect(self._on_ended)
        queue.failed.connect(self._on_ended)

    def transcribe_utterance(self, audio: AudioInput) -> None:
        """Transcribe what was said before a pause, instead of what still waits.

        `utterance_transcribed` follows.
        """
        for ticket in list(self._utterances):
            self._queue.cancel(ticket)
        job = request_job(TranscribeRequest(audio))
        self._utterances[self._submit(JobKind.DICTATE, audio, lambda: job)] = audio

    def load(self) -> None:
        """Load the speech model before anybody speaks."""
        audio = AudioInput("", b"", "")
        job = request_job(TranscribeRequest(audio, unfinished=True))
        self._submit(JobKind.DICTATE, audio, lambda: job)

    @Slot()
    def begin_dictation(self) -> None:
        """Begin the transcript of a new recording."""
        self._dictation.is_over = True
        self._dictation = Dictation()

    @Slot(object, float)
    def transcribe_piece(self, audio: AudioInput, start_s: float) -> None:
        """Transcribe what ended in a pause, of a recording from `start_s` on.

        `dictated` and `transcribed_until` follow, nothing when it cannot be done.
        """
        dictation = self._dictation

        def make_job() -> Job:
            if dictation.is_over:  # what is left is transcribed at once
                return no_job
            return request_job(dictation.piece_request(audio, start_s))

        self._submit(JobKind.DICTATE, audio, make_job, dictation)

    @Slot(object, float)
    def transcribe_rest(
        self, audio: AudioInput, start_s: float, about_picture: bool = False
    ) -> None:
        """Transcribe the rest of a recording that is over, from `start_s` on.

        `transcribed` follows, with all that was said. It may be a question `about_picture`.
        """
        dictation = self._dictation
        dictation.is_over = True
        for waiting in self._queue.waiting(JobKind.DICTATE):
            self._queue.cancel(waiting)

        def make_job() -> Job:  # late: a piece that is being transcribed counts
            return request_job(dictation.rest_request(audio, start_s, about_picture))

        self._set_transcribing(True)
        self._submit(JobKind.TRANSCRIBE, audio, make_job, dictation)

    def _submit(
        self,
        kind: JobKind,
        audio: AudioInput,
        make_job: Callable[[], Job],
        dictation: Dictation | None = None,
    ) -> Ticket:
        ticket = Ticket(kind, make_job, about=audio.sha256, may_restart=True)
        if dictation is not None:
            self._dictations[ticket] = dictation
        self._queue.submit(ticket)
        return ticket

    @Slot(object, object)
    def _on_event(self, ticket: Ticket, event: Event) -> None:
        if not isinstance(event, Transcribed):
            return
        dictation = self._dictations.get(ticket)
        if ticket in self._utterances:
            self.utterance_transcribed.emit(self._utterances[ticket], event.transcript)
        elif ticket.kind is JobKind.TRANSCRIBE:
            self._set_transcribing(False)  # first: the window shows the transcript after it
            whole = dictation.whole(event.transcript) if dictation else event.transcript
            self.transcribed.emit(whole)
        elif ticket.kind is JobKind.DICTATE and dictation is not None:
            self._add_piece(dictation, event)

    def _add_piece(self, dictation: Dictation, piece: Transcribed) -> None:
        dictation.add(piece)
        if dictation is self._dictation and not dictation.is_over:
            if piece.transcript.text:
                self.dictated.emit(dictation.text)
            self.transcribed_until.emit(dictation.transcribed_until_s)

    def _on_ended(self, ticket: Ticket, *_details: object) -> None:
        self._dictations.pop(ticket, None)
        self._utterances.pop(ticket, None)
        if ticket.kind is JobKind.TRANSCRIBE:
            self._set_transcribing(bool(self._queue.waiting(JobKind.TRANSCRIBE)))

    def _set_transcribing(self, on: bool) -> None:
        if on != self._is_transcribing:
            self._is_transcribing = on
            self.transcribing_changed.emit(on)
