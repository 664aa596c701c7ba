"""Frozen values of kept conversations, as the window, the bridge and the history exchange them.

A conversation is a tree of messages. The message that a message follows is its parent; messages
with the same parent are versions of one another (a question that was edited, an answer that was
asked for again). What is shown and what the model reads is one path from a root to a leaf.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Literal

from mmdesk.values.events import Stats
from mmdesk.values.media import AudioInput, DocumentInput, ImageInput

Role = Literal["system", "user", "assistant"]

MessageState = Literal["streaming", "whole", "stopped", "failed", "interrupted"]
NO_STATS = Stats()
TITLE_LENGTH = 60  # characters of a title that was made from the first words
TaskKind = Literal["chat", "describe", "summarise", "translate"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a conversation, with what was attached to it."""

    role: Role
    text: str
    images: tuple[ImageInput, ...] = ()
    audio: tuple[AudioInput, ...] = ()
    documents: tuple[DocumentInput, ...] = ()


def new_id() -> str:
    """An identifier nobody else has made."""
    return uuid.uuid4().hex


@dataclass(frozen=True, slots=True)
class Task:
    """What was asked for, so that it can be asked for again.

    Attributes:
        words: length of a summary.
        language: of a translation, in English.
    """

    kind: TaskKind = "chat"
    words: int = 0
    language: str = ""


USUAL_TASK = Task()


@dataclass(frozen=True, slots=True)
class ChatSettings:
    """What is different in one conversation; None leaves it as the settings say.

    Attributes:
        system_prompt: what the assistant is told first.
        temperature: 0 is greedy.
        top_p: 0..1, the share of probability that is drawn from.
        max_tokens: longest answer.
        model: id of the language part that answers; None before anything was asked.
    """

    system_prompt: str | None = None
    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    model: str | None = None


@dataclass(frozen=True, slots=True)
class ConversationInfo:
    """A conversation as a line of a list.

    Attributes:
        created, changed: seconds since 1970.
        messages: how many there are in all versions; 0 where it was not counted.
    """

    id: str
    title: str
    created: float = 0.0
    changed: float = 0.0
    pinned: bool = False
    settings: ChatSettings = ChatSettings()
    messages: int = 0


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """One message as it is kept.

    Attributes:
        parent: id of the message it follows, "" for a first one.
        turn: its words and what was attached; pictures come without their pixels.
        state: "streaming" while the answer comes, "interrupted" when mmdesk ended meanwhile.
        task: what an answer answers.
        notices: what was to be known beside the answer.
        error, hint: why it failed.
        versions: ids of all messages with the same parent, oldest first, this one among them.
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


@dataclass(frozen=True, slots=True)
class OpenedConversation:
    """A conversation to be shown.

    Attributes:
        messages: one path, oldest first; of a long one the end, EarlierMessages follow.
        at: id of the message to show first; "" for the end.
        terms: words that were searched for, to be marked.
    """

    info: ConversationInfo
    messages: tuple[StoredMessage, ...] = field(repr=False)
    at: str = ""
    terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EarlierMessages:
    """What stands before the messages of an OpenedConversation that was not given whole.

    Attributes:
        before: id of the message they stand before.
    """

    conversation: str
    before: str
    messages: tuple[StoredMessage, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class SearchHit:
    """Where something was found.

    Attributes:
        message: id, or "" where the title was found.
        excerpt: words around the place.
        marks: (first character, length) of what was found in `excerpt`.
    """

    conversation: str
    title: str
    message: str
    excerpt: str
    marks: tuple[tuple[int, int], ...] = ()
    when: float = 0.0


def title_of(turn: Turn, task: Task = USUAL_TASK) -> str:
    """A title from the first message: its first words, or what was attached. A task's words were
    not the person's own, and are the same every time: there it is what was attached.
    """
    names = [_name_of(document) for document in turn.documents]
    names += [image.name for image in turn.images] + [audio.name for audio in turn.audio]
    asked = "" if names and task.kind != "chat" else _first_line(turn.text)
    words = asked or ", ".join(names)
    if len(words) <= TITLE_LENGTH:
        return words
    cut = words[:TITLE_LENGTH]
    return (cut.rsplit(" ", 1)[0] if " " in cut[20:] else cut).rstrip(" ,;:.") + "…"


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")


def _name_of(document: DocumentInput) -> str:
    """A file's name; a pasted text, which has none, is called by its first line."""
    return document.name if "." in document.name else _first_line(document.text) or document.name


@dataclass(frozen=True, slots=True)
class Forecast:
    """What will happen when the question in the composer is sent.

    Attributes:
        tokens, limit: what the model would read, estimated, and how much it can take with room
            for an answer. `limit` 0: not known.
        forgotten: how many of the oldest messages would be left out.
        wait_s: seconds until the first word, from the speed measured so far; None before any was.
    """

    tokens: int = 0
    limit: int = 0
    forgotten: int = 0
    wait_s: float | None = None
