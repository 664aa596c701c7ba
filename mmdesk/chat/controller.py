"""Which conversation is shown, and what happens to it: asked, answered, edited, kept.

Between the window, the session and the history: a question becomes two kept messages and a job,
and everything an answer says is kept under its id, shown or not.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import cast

from PySide6.QtCore import QObject, Signal, Slot

from mmdesk.chat.conversation import Conversation, conversation_of
from mmdesk.chat.prefetch import JobBuilder
from mmdesk.chat.session import Session
from mmdesk.values import (
    ChatSettings,
    ConversationInfo,
    EarlierMessages,
    ImageInput,
    MessageState,
    OpenedConversation,
    Stats,
    StoredMessage,
    Task,
    Turn,
    new_id,
    title_of,
)
from mmdesk.workers import HistoryWorker

JobBuilderFactory = Callable[[Task, ChatSettings], JobBuilder]


class ChatController(QObject):
    """See the module. All methods are called on the window's thread; none waits.

    Attributes:
        info: the conversation that is shown; None before anything was said in it.
        settings: what is different in it.
        path: its messages, oldest first.

    Signals:
        shown(object): an OpenedConversation to show; the answer that still comes in it is told
            by the session right after.
        earlier_shown(object): KeptMessages that stand before those that are shown, a tuple.
        cleared(): an empty conversation is shown.
        message_added(object): a StoredMessage of the person's.
        versions_changed(str, object): a message's id, the ids of all its versions.
        current_changed(str): id of the conversation that is shown, "" for a new one.
        busy_changed(object): ids of the conversations in which an answer comes, a frozenset.
        settings_changed(object): the ChatSettings of the conversation that is shown.
    """

    shown = Signal(object)
    earlier_shown = Signal(object)
    cleared = Signal()
    message_added = Signal(object)
    versions_changed = Signal(str, object)
    current_changed = Signal(str)
    busy_changed = Signal(object)
    settings_changed = Signal(object)

    def __init__(
        self,
        session: Session,
        keeping: HistoryWorker,
        recipe_of: JobBuilderFactory,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._keeping = keeping
        self._recipe_of = recipe_of
        self._busy: dict[str, str] = {}  # answer -> conversation
        self._said: dict[str, list[str]] = {}  # answer -> its words so far
        self._touched = False
        self._first = ""  # the message before which earlier ones may still come
        self._wanted = ""  # the conversation that was asked for last
        self.info: ConversationInfo | None = None
        self.settings = ChatSettings()
        self.path: list[StoredMessage] = []
        session.answer_grew.connect(self._on_grew)
        session.answer_ended.connect(self._on_ended)
        session.image_described.connect(keeping.set_description)
        keeping.opened.connect(self._on_opened)
        keeping.earlier_read.connect(self._on_earlier)
        keeping.picture_loaded.connect(self._on_picture)

    @property
    def current(self) -> str:
        """The id of the conversation that is shown; "" for a new one."""
        return self.info.id if self.info is not None else ""

    def is_untouched(self) -> bool:
        """Whether nobody has chosen, begun or asked anything since the start."""
        return not self._touched

    def is_empty(self) -> bool:
        """Whether nothing was said yet in what is shown."""
        return not self.path

    # --- which one is shown -------------------------------------------------------------------

    @Slot()
    def begin_new(self) -> None:
        """Show an empty conversation; it is kept once something is said in it."""
        self._wanted = ""
        self._touched = True
        self._take(None, ChatSettings(), [])
        self._session.show(Conversation(image_descriptions=self._session.image_descriptions))
        self.cleared.emit()

    @Slot(str, str, object)
    def open(self, conversation: str, at: str = "", terms: tuple[str, ...] = ()) -> None:
        """Show a kept conversation, at one of its messages."""
        if conversation != self.current or at:
            self._wanted = conversation
            self._touched = True
            self._keeping.open(conversation, at, terms)

    @Slot(object)
    def _on_opened(self, opened: OpenedConversation) -> None:
        if opened.info.id != self._wanted:
            return  # the person went on to another one
        path = list(opened.messages)
        coming = path[-1].id if path and path[-1].id in self._busy else ""
        kept = path[:-1] if coming else path
        self._take(opened.info, opened.info.settings, path)
        self.shown.emit(replace(opened, messages=tuple(kept)))
        made = conversation_of(opened.info.id, kept, self._session.image_descriptions)
        self._session.show(made, coming)
        self._first = path[0].id if path else ""
        if coming:
            self.versions_changed.emit(coming, path[-1].versions)
        for message in kept:
            for image in message.turn.images:
                self._take_up(image)

    @Slot(object)
    def _on_earlier(self, earlier: EarlierMessages) -> None:
        if earlier.conversation != self.current or earlier.before != self._first:
            return
        self._first = ""
        self.path[:0] = earlier.messages
        self.earlier_shown.emit(earlier.messages)
        before = conversation_of(self.current, earlier.messages, self._session.image_descriptions)
        if not self._is_answering():  # a conversation in which an answer comes was never cut
            self._session.conversation.put_before(before)
        for message in earlier.messages:
            for image in message.turn.images:
                self._take_up(image)

    def _take_up(self, image: ImageInput) -> None:
        """What is known of a kept picture is shown; nothing known: it has to be looked at."""
        description = self._session.image_descriptions.get(image.sha256)
        if description is not None:
            self._session.image_described.emit(image.sha256, description)
        elif not image.rgb:
            self._keeping.load_picture(image.sha256, image.name)

    @Slot(object)
    def _on_picture(self, image: ImageInput) -> None:
        self._session.conversation.put_pixels(image)
        if self._session.image_descriptions.get(image.sha256) is None:
            self._session.look_at(image)

    def _take(
        self, info: ConversationInfo | None, settings: ChatSettings, path: list[StoredMessage]
    ) -> None:
        self.info, self.path, self._first = info, path, ""
        self.settings = settings
        self.current_changed.emit(self.current)
        self.settings_changed.emit(settings)

    # --- what is said -------------------------------------------------------------------------

    def ask(self, turn: Turn, task: Task) -> None:
        """The person asks, after everything that is shown."""
        self._ask(turn, task, ())

    def _ask(self, turn: Turn, task: Task, siblings: tuple[str, ...]) -> None:
        self._touched = True
        info = self._kept_info(turn, task)
        parent = self.path[-1].id if self.path else ""
        made = new_id()
        question = StoredMessage(
            made, parent, turn, created=time.time(), versions=(*siblings, made)
        )
        self._keeping.add(info.id, question)
        self.path.append(question)
        self.message_added.emit(question)
        self._answer(turn, task, ())

    def _answer(self, turn: Turn | None, task: Task, siblings: tuple[str, ...]) -> None:
        """Answer `turn`, or the last one again, by a new version beside `siblings`."""
        assert self.info is not None
        made = new_id()
        answer = StoredMessage(
            *(made, self.path[-1].id, Turn("assistant", ""), "streaming", time.time(), task),
            versions=(*siblings, made),
        )
        self._keeping.add(self.info.id, answer)
        self.path.append(answer)
        self._set_busy(answer.id, self.info.id)
        self._session.answer(turn, self._recipe_of(task, self.settings), answer.id)
        if siblings:
            self.versions_changed.emit(answer.id, answer.versions)

    def _kept_info(self, turn: Turn, task: Task) -> ConversationInfo:
        """The conversation; a new one is kept from its first words on."""
        if self.info is None:
            now = time.time()
            title = title_of(turn, task)
            info = ConversationInfo(new_id(), title, now, now, settings=self.settings)
            self.info = info
            self._wanted = info.id
            self._session.conversation.id = info.id
            self._keeping.begin_conversation(info)
            self.current_changed.emit(info.id)
        return self.info

    @Slot(str)
    def regenerate(self, message: str) -> None:
        """Answer again: another version beside the answer with this id."""
        at = self._place(message)
        if at is None or self._is_answering():
            return
        old = self.path[at]
        self._cut(at)
        self._answer(None, old.task, old.versions)

    @Slot(str, str)
    def edit(self, message: str, text: str) -> None:
        """Ask in other words: another version of the person's message with this id."""
        at = self._place(message)
        if at is None or self._is_answering():
            return
        old = self.path[at]
        task = self.path[at + 1].task if at + 1 < len(self.path) else Task()
        self._cut(at)
        self._ask(replace(old.turn, text=text), task, old.versions)

    @Slot(str)
    def choose_version(self, message: str) -> None:
        """Show another version and what followed it."""
        if self.info is not None and not self._is_answering():
            self._keeping.choose(message)
            self._wanted = self.info.id
            self._keeping.open(self.info.id, message)

    def _cut(self, at: int) -> None:
        """Show the path up to, and without, the message at this place."""
        assert self.info is not None
        self.path = self.path[:at]
        self.shown.emit(OpenedConversation(self.info, tuple(self.path)))
        made = conversation_of(self.info.id, self.path, self._session.image_descriptions)
        self._session.show(made)

    def _place(self, message: str) -> int | None:
        ids = [known.id for known in self.path]
        return ids.index(message) if message in ids else None

    def _is_answering(self) -> bool:
        return self.current in self._busy.values()

    @Slot(str, str)
    def _on_grew(self, key: str, text: str) -> None:
        self._keeping.extend(key, text)
        self._said.setdefault(key, []).append(text)

    @Slot(str, str, object, object, str, str)
    def _on_ended(
        self, key: str, how: str, stats: Stats, notices: tuple[str, ...], error: str, hint: str
    ) -> None:
        state = cast(MessageState, how)
        self._keeping.end(key, state, stats, notices, error, hint)
        text = "".join(self._said.pop(key, ()))
        if self.path and self.path[-1].id == key:
            self.path[-1] = replace(
                self.path[-1],
                turn=Turn("assistant", text),
                state=state,
                stats=stats,
                notices=notices,
                error=error,
                hint=hint,
            )
        self._set_busy(key, "")

    def _set_busy(self, answer: str, conversation: str) -> None:
        if conversation:
            self._busy[answer] = conversation
        else:
            self._busy.pop(answer, None)
        self.busy_changed.emit(frozenset(self._busy.values()))

    # --- what is done with conversations --------------------------------------------------------

    @Slot(str, str)
    def rename(self, conversation: str, title: str) -> None:
        title = " ".join(title.split())
        if title:
            self._keeping.rename(conversation, title)
            if self.info is not None and self.info.id == conversation:
                self.info = replace(self.info, title=title)

    @Slot(str)
    def delete(self, conversation: str) -> None:
        """Hide it; an answer that comes in it is stopped, an empty one is shown in its place."""
        self._session.stop_in(conversation)
        self._keeping.delete(conversation)
        if conversation == self.current:
            self.begin_new()

    @Slot(object)
    def set_settings(self, settings: ChatSettings) -> None:
        """What is different in the conversation that is shown, from the next answer on."""
        self.settings = settings
        if self.info is not None:
            self.info = replace(self.info, settings=settings)
            self._keeping.set_settings(self.info.id, settings)
        self.settings_changed.emit(settings)

    @Slot(str, str)
    def correct_description(self, sha256: str, words: str) -> None:
        """The person's words about a picture, kept with it."""
        self._session.correct_description(sha256, words)
        self._keeping.set_description(sha256, self._session.image_descriptions.get(sha256))
