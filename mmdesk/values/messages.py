"""Frozen values of stored conversations, exchanged by the window, the chat and the history.

A conversation is a tree of messages. The message that a message follows is its parent; messages
with the same parent are versions of one another (a question that was edited, an answer that was
generated again). The window shows, and the model reads, one path from a root to a leaf.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Literal

from mmdesk.values.citations import Citation
from mmdesk.values.events import Stats
from mmdesk.values.media import AudioInput, DocumentInput, ImageInput

Role = Literal["system", "user", "assistant"]

MessageState = Literal["streaming", "whole", "stopped", "failed", "interrupted"]
NO_STATS = Stats()
TITLE_LENGTH = 60  # characters of a title that was taken from the first message
TaskKind = Literal["chat", "describe", "summarise", "translate", "minutes"]
HitKind = Literal["title", "question", "answer", "document", "picture", "sound"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a conversation as the model reads it.

    Attributes:
        role: who wrote it.
        text: of the message.
        images: attached pictures.
        audio: attached sounds.
        documents: attached documents.
    """

    role: Role
    text: str
    images: tuple[ImageInput, ...] = ()
    audio: tuple[AudioInput, ...] = ()
    documents: tuple[DocumentInput, ...] = ()


def new_id() -> str:
    """Return a new unique identifier."""
    return uuid.uuid4().hex


@dataclass(frozen=True, slots=True)
class Task:
    """Task that an answer fulfils, stored so that it can be run again.

    Attributes:
        kind: of task.
        words: length of a summary.
        language: of a translation, its English name.
    """

    kind: TaskKind = "chat"
    words: int = 0
    language: str = ""


USUAL_TASK = Task()


@dataclass(frozen=True, slots=True)
class ChatSettings:
    """Settings of one conversation; None means the value of the user's settings.

    Attributes:
        system_prompt: instructions of this conversation.
        temperature: of sampling; 0 is greedy decoding.
        top_p: 0..1, the probability mass of nucleus sampling.
        max_tokens: length limit of an answer.
        model: id of the language model; None before the first question.
    """

    system_prompt: str | None = None
    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    model: str | None = None


@dataclass(frozen=True, slots=True)
class ConversationInfo:
    """Conversation as a line of the list.

    Attributes:
        id: unique identifier.
        title: given by the user, or taken from the first message.
        created: seconds since 1970.
        changed: seconds since 1970, of the newest message.
        pinned: shown at the top of the list.
        settings: of this conversation.
        messages: how many, in all versions; 0 where it was not counted.
        project: id of the project that it stands in; "" for none.
    """

    id: str
    title: str
    created: float = 0.0
    changed: float = 0.0
    pinned: bool = False
    settings: ChatSettings = ChatSettings()
    messages: int = 0
    project: str = ""


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """One message as it is stored.

    Attributes:
        id: unique identifier.
        parent: id of the message it follows, "" for a root.
        turn: its text and attachments; pictures come without their pixels.
        state: "streaming" while the answer is generated, "interrupted" when mmdesk ended meanwhile.
        created: seconds since 1970.
        task: that an answer fulfils.
        stats: of an answer.
        notices: shown beside the answer; TranslatableText where their templates are known.
        error: why the answer failed, as `notices`; "" otherwise.
        hint: what to do about the error, as `notices`.
        versions: ids of all messages with the same parent, oldest first, this one among them.
        reasoning: what a reasoning model thought before this answer; no prompt has it.
        citations: passages of documents that the answer rests on, in its order.
    """

    id: str
    parent: str
    turn: Turn
    state: MessageState = "whole"
    created: float = 0.0
    task: Task = USUAL_TASK
    stats: Stats = NO_STATS
    notices: tuple[str, ...] = ()
    error: str = ""
    hint: str = ""
    versions: tuple[str, ...] = ()
    reasoning: str = ""
    citations: tuple[Citation, ...] = ()


def can_continue(message: StoredMessage) -> bool:
    """Return whether a message is a chat answer that was cut off, so that it can be continued."""
    is_answer = message.turn.role == "assistant" and message.task.kind == "chat"
    if not is_answer or not message.turn.text.strip():
        return False
    cut_at_limit = message.state == "whole" and message.stats.stop == "length"
    return cut_at_limit or message.state in ("stopped", "interrupted")


@dataclass(frozen=True, slots=True)
class Summary:
    """Summary of the first messages of a conversation's path, which stands in their place.

    Attributes:
        last: id of the last message that it covers; it counts on every path through that one.
        text: in the language model's words.
    """

    last: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class OpenedConversation:
    """Conversation to be shown.

    Attributes:
        info: its line of the list.
        messages: one path, oldest first; of a long one the end, EarlierMessages follow.
        at: id of the message to scroll to; "" for the end.
        terms: words of a search, to be marked.
        summaries: of its messages, of all versions.
    """

    info: ConversationInfo
    messages: tuple[StoredMessage, ...] = field(repr=False)
    at: str = ""
    terms: tuple[str, ...] = ()
    summaries: tuple[Summary, ...] = ()


@dataclass(frozen=True, slots=True)
class EarlierMessages:
    """Messages before those of an OpenedConversation that has only the end of its path.

    Attributes:
        conversation: its id.
        before: id of the message that follows them.
        messages: of the path, oldest first.
    """

    conversation: str
    before: str
    messages: tuple[StoredMessage, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class SearchHit:
    """Hit of a search.

    Attributes:
        conversation: its id.
        title: of the conversation.
        message: id, or "" where the title matched.
        excerpt: text around the hit.
        marks: (first character, length) of the terms in `excerpt`.
        when: seconds since 1970, of the message or of the conversation's last change.
        kind: what holds the terms: the title, the message's text, or one of its attachments.
    """

    conversation: str
    title: str
    message: str
    excerpt: str
    marks: tuple[tuple[int, int], ...] = ()
    when: float = 0.0
    kind: HitKind = "title"


def title_of(turn: Turn, task: Task = USUAL_TASK) -> str:
    """Return a title for a conversation: the first words of its first message, or its attachments.

    The text of a task is not the user's own, and is the same every time: there the title names the
    attachments.
    """
    names = [_name_of(document) for document in turn.documents]
    names += [image.name for image in turn.images] + [audio.name for audio in turn.audio]
    first_line = "" if names and task.kind != "chat" else _first_line(turn.text)
    return shortened_title(first_line or ", ".join(names))


def shortened_title(text: str) -> str:
    """Return the first line of a text, cut at a word where it is too long for a title."""
    title = _first_line(text)
    if len(title) <= TITLE_LENGTH:
        return title
    cut = title[:TITLE_LENGTH]
    return (cut.rsplit(" ", 1)[0] if " " in cut[20:] else cut).rstrip(" ,;:.") + "…"


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")


def _name_of(document: DocumentInput) -> str:
    """Return a file's name; a pasted text, which has none, is named by its first line."""
    return document.name if "." in document.name else _first_line(document.text) or document.name


@dataclass(frozen=True, slots=True)
class Forecast:
    """Estimate of what sending the question in the composer takes.

    Attributes:
        tokens: of the prompt.
        limit: tokens that fit beside an answer; 0 when unknown.
        forgotten: how many of the oldest messages would be left out.
        wait_s: seconds until the first token, from the speed measured so far; None before that.
    """

    tokens: int = 0
    limit: int = 0
    forgotten: int = 0
    wait_s: float | None = None
