"""One sitting at the window: questions, pictures and sounds become jobs, and jobs become facts.

The signals are what a window wants to know, one to one; which job they came from, what the
conversation so far was, and what to do with a half answer is settled here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from mmdesk.chat.conversation import Conversation
from mmdesk.chat.dictation import Dictation
from mmdesk.chat.prefetch import DraftPrefetch, JobBuilder
from mmdesk.values import (
    NO_STATS,
    AudioInput,
    DescribeImagesRequest,
    Event,
    ImageDescribed,
    ImageDescriptions,
    ImageInput,
    LoadRequest,
    Notice,
    Preparing,
    Request,
    Stats,
    TextChunk,
    Transcribed,
    TranscribeRequest,
    Turn,
)
from mmdesk.workers import EngineFactory, Job, JobKind, JobQueue, Ticket


def request_job(request: Request) -> Job:
    """The job of one plain request."""
    return lambda engine, cancel: engine.generate(request, cancel)


@dataclass(eq=False)
class _PendingAnswer:
    """An answer in the making. `turn` is None when the last turn is to be answered again."""

    conversation: Conversation
    turn: Turn | None
    recipe: JobBuilder
    key: str
    asked: bool = False
    begun: bool = False
    text: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


class Session(QObject):
    """Facade over the job queue for the window.

    An answer belongs to the conversation it was asked in. When another one is shown, it goes on
    unseen, and is told again from its start when its conversation comes back.

    Attributes:
        conversation: the one that is shown.
        image_descriptions: what is known about pictures.

    Signals about the conversation that is shown (an answer that began ends with exactly one of
    finished, stopped, failed, unless another conversation is shown before):
        answer_began(key), preparing(stage, fraction or None), text_arrived(text),
        notice_arrived(text), answer_finished(Stats), answer_stopped, answer_failed(message, hint).

    Signals about every answer, before those:
        answer_grew(key, text);
        answer_ended(key, "whole" | "stopped" | "failed", Stats, notices, message, hint).

    Other signals:
        image_described(sha256, ImageDescription): with the person's correction, if there is one;
        hearing_changed(bool), heard(Transcript);
        spoken_so_far(text): while somebody speaks; written_down(seconds): of the recording, for
            good, so that the next look at it may begin there;
        problem_arose(JobKind, message, hint): work beside the answers failed;
        state_changed(text): what the engine is doing.
        model_loaded(Stats): a language model is in memory; which, and on what device.
    """

    answer_began = Signal(str)
    preparing = Signal(str, object)
    text_arrived = Signal(str)
    notice_arrived = Signal(str)
    answer_finished = Signal(object)
    answer_stopped = Signal()
    answer_failed = Signal(str, str)
    answer_grew = Signal(str, str)
    answer_ended = Signal(str, str, object, object, str, str)
    image_described = Signal(str, object)
    hearing_changed = Signal(bool)
    heard = Signal(object)
    spoken_so_far = Signal(str)
    written_down = Signal(float)
    problem_arose = Signal(int, str, str)
    state_changed = Signal(str)
    model_loaded = Signal(object)

    def __init__(self, make_engine: EngineFactory, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.image_descriptions = ImageDescriptions()
        self.conversation = Conversation(image_descriptions=self.image_descriptions)
        self._answers: dict[Ticket, _PendingAnswer] = {}
        self._unseen: dict[str, ImageInput] = {}
        self._hearing = False
        self._dictation = Dictation()
        self._dictated: dict[Ticket, Dictation] = {}  # pieces, and what is left at the end
        self._queue = JobQueue(make_engine, self)
        self._ahead = DraftPrefetch(self._queue)
        self._queue.started.connect(self._on_started)
        self._queue.happened.connect(self._on_happened)
        self._queue.finished.connect(self._on_finished)
        self._queue.cancelled.connect(self._on_cancelled)
        self._queue.failed.connect(self._on_failed)

    # --- what the person does ---

    def answer(self, turn: Turn | None, recipe: JobBuilder, key: str = "") -> None:
        """Answer a turn of the person by `recipe`, after what was said before; None answers the
        last turn again. `key` names the answer in the signals.
        """
        answer = _PendingAnswer(self.conversation, turn, recipe, key)
        ticket = Ticket(JobKind.ANSWER, partial(self._prepare_answer, answer))
        if not any(known.conversation is answer.conversation for known in self._answers.values()):
            self._begin(answer)
        self._answers[ticket] = answer
        if answer.begun and self._queue.running is not None:
            self.preparing.emit(self._waiting_for(self._queue.running), None)
        self._queue.submit(ticket)

    def show(self, conversation: Conversation, key: str = "") -> None:
        """Another conversation is shown. When the answer `key` is still coming, it is told from
        its start, and goes on where it was asked.
        """
        running = next((known for known in self._answers.values() if known.key == key), None)
        if not key or running is None:
            self.conversation = conversation
            return
        self.conversation = running.conversation
        running.begun = True
        self.answer_began.emit(key)
        for notice in running.notices:
            self.notice_arrived.emit(notice)
        if running.text:
            self.text_arrived.emit("".join(running.text))
        elif self._queue.running is not None:
            self.preparing.emit(self._waiting_for(self._queue.running), None)

    def is_answering(self, conversation: str) -> bool:
        """Whether an answer comes in the conversation of this id."""
        return any(known.conversation.id == conversation for known in self._answers.values())

    def read_ahead(self, draft: Turn, recipe: JobBuilder) -> None:
        """Do what can be done for a question while it is typed: `recipe` gets all turns, the last
        with what is attached and no words. Nothing follows, and everything else goes before.
        """
        if not self._answers:
            self._ahead.want(self.conversation, draft, recipe)

    def load(self, model: str | None) -> None:
        """Load a language model before the first question needs it, in place of any other that
        waits to be loaded.
        """
        self._ahead.stop()
        for ticket in self._queue.waiting(JobKind.LOAD):
            self._queue.cancel(ticket)
        job = request_job(LoadRequest(model))
        self._queue.submit(Ticket(JobKind.LOAD, lambda: job, about=model or ""))

    def look_at(self, image: ImageInput) -> None:
        """Look at a picture as soon as the engine is free; `image_described` follows."""
        known = self.image_descriptions.get(image.sha256)
        if known is not None:
            self.image_described.emit(image.sha256, known)
            return
        self._unseen[image.sha256] = image
        prepare = partial(self._prepare_look, image)
        self._queue.submit(Ticket(JobKind.DESCRIBE, prepare, about=image.sha256))

    def look_again(self) -> None:
        """Look at the pictures that could not be looked at before."""
        waiting = {ticket.about for ticket in self._queue.waiting(JobKind.DESCRIBE)}
        for sha256, image in list(self._unseen.items()):
            if sha256 not in waiting:
                self.look_at(image)

    def hear(self, audio: AudioInput, about_picture: bool = False) -> None:
        """Write down what is said; `heard` follows. It may be a question `about_picture`."""
        job = request_job(TranscribeRequest(audio, about_picture=about_picture))
        self._set_hearing(True)
        self._queue.submit(
            Ticket(JobKind.TRANSCRIBE, lambda: job, about=audio.sha256, may_restart=True)
        )

    def begin_dictation(self) -> None:
        """Somebody begins to speak."""
        self._dictation.is_over = True
        self._dictation = Dictation()

    def hear_so_far(self, audio: AudioInput, begin_s: float) -> None:
        """Write down what ended in a pause, of a recording from `begin_s` on; `spoken_so_far` and
        `written_down` follow, nothing when it cannot be done.
        """
        dictation = self._dictation
        prepare = partial(self._prepare_piece, dictation, audio, begin_s)
        ticket = Ticket(JobKind.DICTATE, prepare, about=audio.sha256, may_restart=True)
        self._dictated[ticket] = dictation
        self._queue.submit(ticket)

    def hear_rest(self, audio: AudioInput, begin_s: float, about_picture: bool = False) -> None:
        """Nothing more is spoken: write down what has not been yet, of a recording from `begin_s`
        on; `heard` follows, with all that was said. It may be a question `about_picture`.
        """
        dictation = self._dictation
        dictation.is_over = True
        for waiting in self._queue.waiting(JobKind.DICTATE):
            self._queue.cancel(waiting)
        self._set_hearing(True)

        def prepare() -> Job:  # late: a piece that is being written down counts
            return request_job(dictation.rest_request(audio, begin_s, about_picture))

        ticket = Ticket(JobKind.TRANSCRIBE, prepare, about=audio.sha256, may_restart=True)
        self._dictated[ticket] = dictation
        self._queue.submit(ticket)

    @Slot()
    def stop(self) -> None:
        """Stop the answer that is shown; what was said so far stays."""
        for ticket, answer in list(self._answers.items()):
            if answer.conversation is self.conversation:
                self._queue.cancel(ticket)

    def stop_in(self, conversation: str) -> None:
        """Stop what is answered in the conversation of this id, shown or not."""
        for ticket, answer in list(self._answers.items()):
            if answer.conversation.id == conversation:
                self._queue.cancel(ticket)

    @Slot(str, str)
    def correct_description(self, sha256: str, words: str) -> None:
        """The person's words stand in place of what was seen ("" takes them back)."""
        self.image_descriptions.correct(sha256, words)

    @Slot()
    def start_over(self) -> None:
        """Show an empty conversation."""
        self.show(Conversation(image_descriptions=self.image_descriptions))

    def is_busy(self) -> bool:
        """Whether the engine is at work."""
        return self._queue.running is not None

    def replace_engine(self, make_engine: EngineFactory) -> None:
        """Use an engine with other settings from the next job on."""
        self._ahead.stop()
        self._queue.replace_engine(make_engine)

    def close(self) -> bool:
        """End everything, bounded; False when a job in this process would not stop."""
        self.blockSignals(True)
        return self._queue.close()

    # --- what the engine does ---

    def _prepare_answer(self, answer: _PendingAnswer) -> Job:
        answer.asked = True
        if answer.turn is not None:
            return answer.recipe(answer.conversation.ask(answer.turn))
        return answer.recipe(answer.conversation.turns())

    def _prepare_look(self, image: ImageInput) -> Job:
        if (
            self.image_descriptions.get(image.sha256) is not None
        ):  # an answer has looked meanwhile
            return lambda _engine, _cancel: iter(())
        return request_job(DescribeImagesRequest((image,)))

    def _prepare_piece(self, dictation: Dictation, audio: AudioInput, begin_s: float) -> Job:
        if dictation.is_over:  # what is left is written down at once
            return lambda _engine, _cancel: iter(())
        return request_job(dictation.piece_request(audio, begin_s))

    def _begin(self, answer: _PendingAnswer) -> None:
        if not answer.begun:
            answer.begun = True
            if self._is_shown(answer):
                self.answer_began.emit(answer.key)

    def _is_shown(self, answer: _PendingAnswer) -> bool:
        return answer.conversation is self.conversation

    @Slot(object)
    def _on_started(self, ticket: Ticket) -> None:
        if ticket in self._answers:
            self._begin(self._answers[ticket])
        if ticket.kind is JobKind.PREFILL:
            return  # nothing that the person waits for
        self.state_changed.emit(self._doing(ticket.kind))

    @Slot(object, object)
    def _on_happened(self, ticket: Ticket, event: Event) -> None:
        if isinstance(event, ImageDescribed):
            self._unseen.pop(event.sha256, None)
            description = self.image_descriptions.remember(event.sha256, event.description)
            self.image_described.emit(event.sha256, description)
        elif ticket.kind is JobKind.TRANSCRIBE and isinstance(event, Transcribed):
            self._set_hearing(False)  # first, so that what was heard has the last word
            dictation = self._dictated.get(ticket)
            self.heard.emit(dictation.whole(event.transcript) if dictation else event.transcript)
        elif ticket.kind is JobKind.DICTATE and isinstance(event, Transcribed):
            self._take_piece(self._dictated[ticket], event)
        elif ticket.kind is JobKind.LOAD and isinstance(event, Preparing):
            self.state_changed.emit(event.stage)
        answer = self._answers.get(ticket)
        if answer is not None:
            self._tell(answer, event)

    def _take_piece(self, dictation: Dictation, heard: Transcribed) -> None:
        dictation.take(heard)
        if dictation is self._dictation and not dictation.is_over:
            if heard.transcript.text:
                self.spoken_so_far.emit(dictation.text)
            self.written_down.emit(dictation.written_s)

    def _tell(self, answer: _PendingAnswer, event: Event) -> None:
        shown = self._is_shown(answer)
        if isinstance(event, TextChunk):
            answer.text.append(event.text)
            self.answer_grew.emit(answer.key, event.text)
            if shown:
                self.text_arrived.emit(event.text)
        elif isinstance(event, Notice):
            answer.notices.append(event.text)
            if shown:
                self.notice_arrived.emit(event.text)
        elif isinstance(event, Preparing) and shown:
            self.preparing.emit(event.stage, event.fraction)

    @Slot(object, object)
    def _on_finished(self, ticket: Ticket, stats: Stats) -> None:
        answer = self._end(ticket, "whole", stats)
        self._ahead.ended(ticket, whole=True)
        if ticket.kind is JobKind.LOAD:
            self.model_loaded.emit(stats)
        if answer is not None and self._is_shown(answer):
            self.answer_finished.emit(stats)

    @Slot(object)
    def _on_cancelled(self, ticket: Ticket) -> None:
        answer = self._end(ticket, "stopped")
        self._ahead.ended(ticket, whole=False)
        if answer is not None and self._is_shown(answer) and answer.begun:
            self.answer_stopped.emit()

    @Slot(object, str, str)
    def _on_failed(self, ticket: Ticket, message: str, hint: str) -> None:
        answer = self._end(ticket, "failed", message=message, hint=hint)
        if ticket.kind in (JobKind.DICTATE, JobKind.PREFILL):
            return  # it is tried again, and told, when it is needed
        if answer is None:
            self.problem_arose.emit(int(ticket.kind), message, hint)
        elif self._is_shown(answer):
            self.answer_failed.emit(message, hint)

    def _end(
        self, ticket: Ticket, how: str, stats: Stats = NO_STATS, message: str = "", hint: str = ""
    ) -> _PendingAnswer | None:
        """Close the books on a ticket; its answer, if it was one."""
        if ticket.kind is not JobKind.PREFILL:
            self.state_changed.emit(self.tr("Ready"))
        self._dictated.pop(ticket, None)
        if ticket.kind is JobKind.TRANSCRIBE:
            self._set_hearing(bool(self._queue.waiting(JobKind.TRANSCRIBE)))
        answer = self._answers.pop(ticket, None)
        if answer is None:
            return None
        if answer.asked:
            answer.conversation.answered("".join(answer.text))
        self.answer_ended.emit(answer.key, how, stats, tuple(answer.notices), message, hint)
        return answer

    def _set_hearing(self, on: bool) -> None:
        if on != self._hearing:
            self._hearing = on
            self.hearing_changed.emit(on)

    def _waiting_for(self, ticket: Ticket) -> str:
        if ticket in self._answers and not self._is_shown(self._answers[ticket]):
            return self.tr("waiting for the answer in another conversation")
        return self._doing(ticket.kind)

    def _doing(self, kind: JobKind) -> str:
        doing = {
            JobKind.ANSWER: self.tr("Answering…"),
            JobKind.LOAD: self.tr("Loading the model…"),
            JobKind.TRANSCRIBE: self.tr("Writing down what was said…"),
            JobKind.DICTATE: self.tr("Writing down what was said…"),
            JobKind.DESCRIBE: self.tr("Looking at the picture…"),
            JobKind.PREFILL: self.tr("Reading…"),
        }
        return doing[kind]
