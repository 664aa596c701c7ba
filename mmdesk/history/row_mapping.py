"""Rows of the database as values, and values as what stands in a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mmdesk.history import codec
from mmdesk.values import (
    NO_STATS,
    USUAL_TASK,
    ChatSettings,
    ConversationInfo,
    Stats,
    StoredMessage,
    Task,
    Turn,
)

if TYPE_CHECKING:
    from mmdesk.history.attachment_table import AttachmentRow

INFO = (
    "SELECT id, title, created, changed, pinned, settings, (SELECT count(*) FROM messages "
    "WHERE conversation = conversations.id) FROM conversations "
)
MESSAGE = "SELECT number, id, parent, role, text, state, created, detail FROM messages "


def info_of(row: tuple) -> ConversationInfo:
    """A conversation from a row of INFO."""
    conversation, title, created, changed, pinned, settings, messages = row
    kept = codec.made(ChatSettings, codec.read(settings))
    return ConversationInfo(conversation, title, created, changed, bool(pinned), kept, messages)


def message_of(
    row: tuple, versions: tuple[str, ...] = (), attached: AttachmentRow | None = None
) -> StoredMessage:
    """A message from a row of MESSAGE, with what other tables hold of it."""
    _number, message, parent, role, text, state, created, detail = row
    turn = Turn(role, text, *attached) if attached else Turn(role, text)
    more = codec.read(detail)
    if not more:
        return StoredMessage(message, parent or "", turn, state, created, versions=versions)
    return StoredMessage(
        message,
        parent or "",
        turn,
        state,
        created,
        codec.made(Task, more["task"]) if "task" in more else USUAL_TASK,
        codec.made(Stats, more["stats"]) if "stats" in more else NO_STATS,
        tuple(map(str, more.get("notices", ()))),
        str(more.get("error", "")),
        str(more.get("hint", "")),
        versions,
    )


def detail_of(message: StoredMessage) -> str:
    """What of a message stands in its column `detail`, as JSON."""
    parts = {
        "task": codec.plain(message.task),
        "stats": codec.plain(message.stats),
        "notices": list(message.notices),
        "error": message.error,
        "hint": message.hint,
    }
    return codec.written({name: value for name, value in parts.items() if value})
