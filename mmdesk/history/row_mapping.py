"""Mapping of database rows to values and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast, get_args

from mmdesk.history import codec
from mmdesk.values import (
    NO_STATS,
    USUAL_TASK,
    ChatSettings,
    ConversationInfo,
    MessageState,
    Stats,
    StoredMessage,
    Task,
    Turn,
)

if TYPE_CHECKING:
    from mmdesk.history.attachment_table import Attachments

SELECT_CONVERSATIONS = (
    "SELECT id, title, created, changed, pinned, settings, (SELECT count(*) FROM messages "
    "WHERE conversation = conversations.id), (SELECT projects.id FROM projects WHERE projects.id = "
    "conversations.project AND projects.deleted IS NULL) FROM conversations "
)
SELECT_MESSAGES = "SELECT number, id, parent, role, text, state, created, detail FROM messages "
STATES = get_args(MessageState)


def row_to_info(row: tuple) -> ConversationInfo:
    """Return the conversation of a row of SELECT_CONVERSATIONS."""
    conversation, title, created, changed, pinned, settings, messages, project = row
    return ConversationInfo(
        conversation,
        codec.text_of(title),
        codec.moment(created),
        codec.moment(changed),
        bool(pinned),
        codec.decode(ChatSettings, codec.from_json(settings)),
        messages,
        project or "",
    )


def row_to_message(
    row: tuple, versions: tuple[str, ...] = (), attachments: Attachments | None = None
) -> StoredMessage:
    """Return the message of a row of SELECT_MESSAGES, with what other tables hold of it."""
    _number, message, parent, role, text, state, created, detail = row
    text, created = codec.text_of(text), codec.moment(created)
    state = cast("MessageState", state if state in STATES else "interrupted")
    turn = Turn(role, text, *attachments) if attachments else Turn(role, text)
    data = codec.from_json(detail)
    if not data:
        return StoredMessage(message, parent or "", turn, state, created, versions=versions)
    return StoredMessage(
        message,
        parent or "",
        turn,
        state,
        created,
        codec.decode(Task, data["task"]) if "task" in data else USUAL_TASK,
        codec.decode(Stats, data["stats"]) if "stats" in data else NO_STATS,
        *codec.decode_texts(data),
        versions,
        codec.text_of(data.get("reasoning")),
        codec.decode_citations(data.get("citations"), text),
    )


def detail_json(message: StoredMessage) -> str:
    """Return the JSON of a message's column `detail`: all but what has a column."""
    data = {
        "task": codec.encode(message.task),
        "stats": codec.encode(message.stats),
        **codec.encode_texts(message),
        "reasoning": message.reasoning,
        "citations": codec.encode_citations(message.citations),
    }
    return codec.to_json({name: value for name, value in data.items() if value})
