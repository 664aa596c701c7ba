"""Controller of the shown conversation: it asks, answers, edits, stores, and shows another one.

A question becomes two stored messages and a job. The answer's text grows in the conversation;
window and history follow it by signals and changes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from mmdesk.chat.conversation import Conversation
from mmdesk.chat.image_describer import ImageDescriber
from mmdesk.chat.jobs import ReadingJobs, continue_job, job_for, prefill_job
from mmdesk.chat.pending_answers import PendingAnswer, PendingAnswers
from mmdesk.chat.prefetch import DraftPrefetch
from mmdesk.chat.prompt_extras import PromptExtras
from mmdesk.chat.stored_pictures import StoredPictures
from mmdesk.chat.temporary_chat import Change, TemporaryConversation, write_unless_temporary
from mmdesk.settings import Settings
from mmdesk.values import (
    USUAL_TASK,
    ChatSettings,
    EarlierMessages,
    ImageInput,
    OpenedConversation,
    StoredMessage,
    Task,
    Turn,
    can_continue,
    new_id,
    title_of,
)
from mmdesk.workers import HistoryWorker, Job, JobKind, JobQueue, Ticket

if TYPE_CHECKING:
    from mmdesk.history import Archive

END = 60  # messages of a conversation that are shown before the rest of it is read


def summary_alone(conversation: Conversation, before: str) -> PromptExtras:
    """Return the extras of a prompt that has no project and no remembered facts."""
    return PromptExtras(summary=conversation.summary(before))


class ChatController(QObject):
    """Conversations between window, job queue and history, in the window's thread; it never waits.

    An answer belongs to the conversation it was asked in. When another one is shown, it goes on
    unseen, and is told again from its start when its conversation comes back.

    Attributes:
        answers: the answers in progress, and what is told of them.
        pictures: the pictures of stored messages.
        settings: the application's, with the language model that really answers.
        extras_of: what stands in the prompt of a conversation beside its messages, before one of
            them; by default a summary of what is no longer read.

    Signals about which conversation is shown:
        shown: OpenedConversation; the answer that still comes in it is told right after.
        earlier_shown: tuple[StoredMessage, ...] that stand before those that are shown.
        cleared: an empty conversation is shown.
        current_changed: id of the conversation that is shown, "" for a new one.
        settings_changed: its ChatSettings.
        temporary_changed: whether nothing of it is stored.
        title_changed: its title.

    Signals about a message of the conversation that is shown:
        message_added: StoredMessage of the user's.
        versions_changed: a message's id, the ids of all its versions.
    """

    shown = Signal(object)
    earlier_shown = Signal(object)
    cleared = Signal()
    current_changed = Signal(str)
    settings_changed = Signal(object)
    temporary_changed = Signal(bool)
    message_added = Signal(object)
    versions_changed = Signal(str, object)
    title_changed = Signal(str)

    def __init__(
        self,
        queue: JobQueue,
        history: HistoryWorker[Archive],
        describer: ImageDescriber,
        settings: Settings,
        parent: QObject | None = None,
    ) -> None:
        """Show an empty conversation."""
        super().__init__(parent)
        self._queue, self._history, self._describer = queue, history, describer
        self._prefetch = DraftPrefetch(queue, self)
        self._reading = ReadingJobs()
        self._touched = False
        self._made_titles: dict[str, str] = {}  # by conversation, since the start
        self._first_title = ""  # of a first question that is being edited, where it is the title
        self._first = ""  # the message before which earlier ones may still come
        self._wanted = ""  # the conversation that was asked for last
        self.settings = settings
        self.extras_of: Callable[[Conversation, str], PromptExtras] = summary_alone
        empty = Conversation(describer.descriptions)
        self.answers = PendingAnswers(queue, history, empty, self)
        self.pictures = StoredPictures(history, describer, self)
        self.pictures.loaded.connect(self._put_pixels)

    @property
    def conversation(self) -> Conversation:
        """The conversation that is shown."""
        return self.answers.shown

    @property
    def current(self) -> str:
        """The id of the conversation that is shown; "" for a new one."""
        return self.conversation.id

    def is_untouched(self) -> bool:
        """Return True while nobody has chosen, begun or asked anything since the start."""
        return not self._touched

    def is_empty(self) -> bool:
        """Return True when nothing was said yet in what is shown."""
        return not self.conversation.path

    # --- which conversation is shown ----------------------------------------------------------

    @Slot()
    def begin_new(self) -> None:
        """Show an empty conversation; it is stored once something is said in it."""
        self._begin_empty(Conversation(self._describer.descriptions))

    @Slot()
    def begin_temporary(self) -> None:
        """Show an empty conversation of which nothing is stored."""
        self._begin_empty(TemporaryConversation(self._describer.descriptions))

    def _begin_empty(self, conversation: Conversation) -> None:
        self._wanted = ""
        self._touched = True
        self._show(conversation)
        self.cleared.emit()

    @Slot(str)
    def begin_in_project(self, project: str) -> None:
        """Show an empty conversation that will stand in a project."""
        conversation = Conversation(self._describer.descriptions)
        conversation.info = replace(conversation.info, project=project)
        self._begin_empty(conversation)

    @Slot()
    def keep(self) -> None:
        """Store the temporary conversation that is shown, and whatever comes in it."""
        kept = self.conversation
        if not isinstance(kept, TemporaryConversation) or not kept.is_temporary:
            return
        kept.is_temporary = False
        self.temporary_changed.emit(False)
        if self.current:
            self._history.change(kept.storing(), relist=True)
            self.title_changed.emit(kept.info.title)
            self.current_changed.emit(self.current)
            self.answers.tell_first_answer(kept, kept.path[1:2])

    @Slot(str, str, object)
    def open(self, conversation: str, at: str = "", terms: tuple[str, ...] = ()) -> None:
        """Show a stored conversation, at one of its messages.

        Of a long one that is not opened at a certain message, the end comes first.
        """
        if conversation == self.current and not at:
            return
        self._touched = True
        self._wanted = conversation
        if at:
            self._history.call(lambda store: store.open(conversation, at, terms), self._on_opened)
        else:
            self._history.call(lambda store: store.open_end(conversation, END), self._on_opened)

    def take_over(self, other: ChatController) -> None:
        """Show another controller's conversation, stored by now; its answer goes on here."""
        conversation, ended = other.conversation, other.conversation.path[-1]
        is_coming = self.answers.take_over(other.answers)
        if not is_coming and ended.state in ("whole", "stopped"):
            self.answers.first_answered.emit(conversation.info, conversation.path[0].turn, ended)
        self.answers.tell_busy()
        self.open(conversation.id)

    def _on_opened(self, opened: OpenedConversation) -> None:
        if opened.info.id != self._wanted:
            return  # the user went on to another one
        last = opened.messages[-1].id if opened.messages else ""
        answer = self.answers.get(last)
        if answer is None:
            descriptions = self._describer.descriptions
            self._show(Conversation(descriptions, opened.info, opened.messages))
            self.conversation.take_summaries(opened.summaries)
            self.shown.emit(opened)
        else:
            answer.conversation.info = opened.info
            self._show(answer.conversation)
            self.shown.emit(replace(opened, messages=opened.messages[:-1]))
            self._retell(answer)
        self.pictures.show(opened.messages)
        if opened.messages and opened.messages[0].parent:
            self._first = first = opened.messages[0].id
            self._history.call(lambda store: store.earlier(opened.info.id, first), self._on_earlier)

    def _on_earlier(self, earlier: EarlierMessages) -> None:
        if earlier.conversation != self.current or earlier.before != self._first:
            return
        self._first = ""
        self.conversation.put_earlier(earlier.messages)
        self.earlier_shown.emit(earlier.messages)
        self.pictures.show(earlier.messages)

    def _show(self, conversation: Conversation) -> None:
        if self.conversation.is_temporary:  # nothing brings it back
            self.stop()
        self.answers.shown = conversation
        self._first = ""
        self.temporary_changed.emit(conversation.is_temporary)
        self.current_changed.emit("" if conversation.is_temporary else self.current)
        self.settings_changed.emit(conversation.settings)

    @Slot(object)
    def _put_pixels(self, image: ImageInput) -> None:
        self.conversation.set_pixels(image)

    def _write(self, change: Change, **when: bool) -> None:
        """Change the conversation that is shown in the history, unless it is temporary."""
        write_unless_temporary(self._history, self.conversation, change, **when)

    def _retell(self, answer: PendingAnswer) -> None:
        """Tell an answer that was unseen, from its start."""
        self.answers.retell(answer)
        self.versions_changed.emit(answer.id, answer.message.versions)

    # --- questions ----------------------------------------------------------------------------

    @Slot(object)
    def ask(self, turn: Turn, task: Task = USUAL_TASK, siblings: tuple[str, ...] = ()) -> None:
        """Ask something after everything that is shown, as another version of `siblings`."""
        self._touched = True
        if not self.current:
            self._store_conversation(title_of(turn, task))
        elif siblings and not self.conversation.path and self._first_title:
            self.retitle(self.current, self._first_title, title_of(turn, task))
        question = self.conversation.add(turn, siblings)
        self._store_message(question)
        self.message_added.emit(question)
        self._queue.submit(self._begin_answer(task, ()))

    @Slot(str)
    def regenerate(self, message: str) -> None:
        """Answer again: add another version of the answer with this id."""
        old = self.conversation.get(message)
        if old is not None and not self._is_answering():
            self._cut(message)
            self._queue.submit(self._begin_answer(old.task, old.versions))

    @Slot(str, str)
    def regenerate_with(self, message: str, model: str) -> None:
        """Answer again with another language model; the conversation keeps its own."""
        old = self.conversation.get(message)
        if old is not None and not self._is_answering():
            self._cut(message)
            self._queue.submit(self._begin_answer(old.task, old.versions, model))

    @Slot(str)
    def continue_answer(self, message: str) -> None:
        """Continue the last answer, which was stopped, interrupted or cut at its limit."""
        conversation, settings = self.conversation, self.settings
        old = conversation.get(message)
        is_last = old is not None and old is conversation.path[-1]
        if old is None or not is_last or not can_continue(old) or self._is_answering():
            return
        conversation.change(message, state="streaming")
        self._write(lambda store: store.resume(message))
        answer = PendingAnswer(conversation, message)
        chat, version = conversation.settings, old.versions.index(message)

        def make_job() -> Job:
            extras, turns = self.prompt_of(conversation, message)
            return self._reading.reading_first(
                turns,
                lambda read: continue_job(old.turn.text, read, settings, chat, version, extras),
            )

        ticket = Ticket(JobKind.ANSWER, make_job, about=message)
        self.answers.add(ticket, answer)
        self.shown.emit(OpenedConversation(conversation.info, tuple(conversation.path[:-1])))
        self._retell(answer)
        self._queue.submit(ticket)

    @Slot(str, str)
    def edit(self, message: str, text: str) -> None:
        """Ask in other words: add another version of the user's message with this id."""
        old = self.conversation.get(message)
        if old is not None and not self._is_answering():
            answer = self.conversation.after(message)
            self._cut(message)
            task = USUAL_TASK if answer is None else answer.task
            title = self.conversation.info.title
            automatic = (title_of(old.turn, task), self._made_titles.get(self.current))
            self._first_title = title if title in automatic and not old.parent else ""
            self.ask(replace(old.turn, text=text), task, old.versions)

    @Slot(str)
    def choose_version(self, message: str) -> None:
        """Show another version and what followed it."""
        conversation = self.conversation
        if not self.current or self._is_answering():
            return
        if isinstance(conversation, TemporaryConversation) and conversation.is_temporary:
            conversation.choose(message)
            path = tuple(conversation.path)
            self.shown.emit(OpenedConversation(conversation.info, path, message))
        else:
            self._history.change(lambda store: store.choose(message))
            self.open(self.current, message)

    @Slot()
    def stop(self) -> None:
        """Stop the answer that is shown; what was said so far stays."""
        self.answers.stop(lambda conversation: conversation is self.conversation)

    def prefill(self, draft: Turn) -> None:
        """Have the engine read what can be read of a question that is being typed."""
        if self.answers.conversations():
            return
        conversation, settings = self.conversation, self.settings
        chat, draft = conversation.settings, replace(draft, text="")

        def make_job() -> Job:  # late: pictures may have been described meanwhile
            extras, turns = self.prompt_of(conversation, "", conversation.described(draft))
            return prefill_job(turns, settings, chat, extras)

        self._prefetch.request((*conversation.turns(), draft), make_job)

    def prompt_of(
        self, conversation: Conversation, before: str = "", *drafts: Turn
    ) -> tuple[PromptExtras, tuple[Turn, ...]]:
        """Return what the model reads of a conversation before a message, with drafts after it."""
        extras = self.extras_of(conversation, before)
        turns = (*conversation.turns(before), *drafts)
        return extras, extras.attached_to(turns, self.settings.context_tokens)

    def _begin_answer(self, task: Task, siblings: tuple[str, ...], model: str = "") -> Ticket:
        """Add an empty answer to the last message, another version of `siblings`.

        Args:
            task: of the answer.
            siblings: ids of the other versions.
            model: id of the language model that answers this once; "" for the usual one.

        Returns:
            The ticket whose job writes it.
        """
        conversation, settings = self.conversation, self.settings
        message = conversation.add(Turn("assistant", ""), siblings, "streaming", task)
        self._store_message(message)
        answer = PendingAnswer(conversation, message.id)
        chat, version = conversation.settings, len(siblings)
        if model:  # its first answer is another one as it is, and need not be sampled
            settings, version = replace(settings, model=model), 0

        def make_job() -> Job:  # late: the answer before it, and descriptions, may be new
            extras, turns = self.prompt_of(conversation, message.id)
            if task.kind == "chat":
                answer.facts = len(extras.facts)
            else:
                turns = conversation.turns(message.id)
            return self._reading.reading_first(
                turns, lambda read: job_for(task, read, settings, chat, version, extras)
            )

        ticket = Ticket(JobKind.ANSWER, make_job, about=message.id)
        self.answers.begin(ticket, answer)
        if siblings:
            self.versions_changed.emit(message.id, message.versions)
        return ticket

    def _store_conversation(self, title: str) -> None:
        now = time.time()
        info = replace(self.conversation.info, id=new_id(), title=title, created=now, changed=now)
        self.conversation.info = info
        self._wanted = info.id
        self._write(lambda store: store.begin(info))
        self.title_changed.emit(title)
        if not self.conversation.is_temporary:
            self.current_changed.emit(info.id)

    def _store_message(self, message: StoredMessage) -> None:
        id = self.current
        self._write(lambda store: store.add(id, message), relist=True)

    def _cut(self, message: str) -> None:
        """Show what stands before a message."""
        self.conversation.cut(message)
        self.shown.emit(OpenedConversation(self.conversation.info, tuple(self.conversation.path)))

    def _is_answering(self) -> bool:
        return self.answers.is_answering(self.current)

    # --- conversations ------------------------------------------------------------------------

    @Slot(str, str)
    def rename(self, conversation: str, title: str) -> None:
        """Give a conversation another title."""
        title = " ".join(title.split())
        if not title:
            return
        self._history.change(lambda store: store.rename(conversation, title), relist=True)
        self._take_title(conversation, title)

    @Slot(str, str, str)
    def retitle(self, conversation: str, old: str, title: str) -> None:
        """Give a conversation a better title, unless the user has changed it meanwhile."""
        self._history.change(lambda store: store.retitle(conversation, old, title), relist=True)
        self._made_titles[conversation] = title
        self._take_title(conversation, title, old)

    def _take_title(self, conversation: str, title: str, old: str | None = None) -> None:
        for known in (self.conversation, *self.answers.conversations()):
            if known.id == conversation and old in (None, known.info.title):
                known.info = replace(known.info, title=title)
                if known is self.conversation:
                    self.title_changed.emit(title)

    @Slot(str)
    def delete(self, conversation: str) -> None:
        """Hide a conversation; an answer in it is stopped, an empty one takes its place."""
        self.answers.stop(lambda known: known.id == conversation)
        self._history.change(lambda store: store.delete(conversation), relist=True)
        if conversation == self.current:
            self.begin_new()

    @Slot(object)
    def set_settings(self, settings: ChatSettings) -> None:
        """Change what differs in the shown conversation, from the next answer on."""
        self.conversation.info = replace(self.conversation.info, settings=settings)
        id = self.current
        if id:
            self._write(lambda store: store.set_settings(id, settings), relist=True)
        self.settings_changed.emit(settings)
