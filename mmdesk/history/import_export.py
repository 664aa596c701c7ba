"""Export of conversations to one JSON file, and import: all versions, with their attachments.

The file is an object `{"format": "mmdesk-conversations", "version": 1, "conversations": [...],
"files": {sha256: base64}}`; messages name their attachments by digest. Imported conversations
keep their ids: importing a file twice changes nothing, and a conversation that has grown gets the
new messages.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

from mmdesk.errors import InputError
from mmdesk.history import codec
from mmdesk.history.store import Store
from mmdesk.translatable import TranslatableText
from mmdesk.values import (
    AudioInput,
    ChatSettings,
    ConversationInfo,
    DocumentInput,
    ImageInput,
    Stats,
    StoredMessage,
    Task,
    Turn,
)

FORMAT, VERSION = "mmdesk-conversations", 1
_STATES = ("whole", "stopped", "failed", "interrupted")


def exported(store: Store, conversations: Iterable[str]) -> dict[str, Any]:
    """Return the JSON object of conversations.

    Raises:
        InputError: an id is unknown.
    """
    files: dict[str, str] = {}
    exported = [_export_conversation(store, conversation, files) for conversation in conversations]
    return {"format": FORMAT, "version": VERSION, "conversations": exported, "files": files}


def export_json(store: Store, conversations: Iterable[str], path: Path) -> Path:
    """Write conversations to a JSON file, whole or not at all.

    Raises:
        InputError: an id is unknown.
        OSError: the file cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.half")
    text = json.dumps(exported(store, conversations), ensure_ascii=False, indent=1)
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)
    return path


def _export_conversation(store: Store, conversation: str, files: dict[str, str]) -> dict[str, Any]:
    info = store.info(conversation)
    return {
        "id": info.id,
        "title": info.title,
        "created": info.created,
        "changed": info.changed,
        "pinned": info.pinned,
        "settings": codec.encode(info.settings),
        "leaf": store.leaf(conversation),
        "messages": [
            _export_message(store, message, files) for message in store.all_messages(conversation)
        ],
    }


def _export_message(store: Store, message: StoredMessage, files: dict[str, str]) -> dict[str, Any]:
    turn = message.turn
    for image in turn.images:
        path = store.picture_file(image.sha256)
        if path.exists():
            files[image.sha256] = base64.b64encode(path.read_bytes()).decode("ascii")
    for audio in turn.audio:
        files[audio.sha256] = base64.b64encode(store.sound(audio.sha256)).decode("ascii")
    data: dict[str, Any] = {
        "id": message.id,
        "parent": message.parent,
        "role": turn.role,
        "text": turn.text,
        "state": message.state,
        "created": message.created,
        "task": codec.encode(message.task),
        "stats": codec.encode(message.stats),
        **codec.encode_texts(message),
        "pictures": [
            {
                "sha256": image.sha256,
                "name": image.name,
                "sight": codec.encode_description(image.description),
            }
            for image in turn.images
        ],
        "sounds": [
            {
                "sha256": audio.sha256,
                "name": audio.name,
                "transcript": codec.encode_transcript(audio.transcript),
            }
            for audio in turn.audio
        ],
        "documents": [
            {
                "name": document.name,
                "text": document.text,
                "media_type": document.media_type,
                "pages": document.pages,
            }
            for document in turn.documents
        ],
    }
    return {name: value for name, value in data.items() if value not in ("", [], {}, None)}


# --- import ---------------------------------------------------------------------------------------


def import_json(store: Store, path: Path) -> tuple[str, ...]:
    """Import the conversations of a JSON file, all or nothing; return their ids.

    Raises:
        InputError: the file cannot be read, or is not what `export_json` writes.
    """
    try:
        data = json.loads(path.read_bytes())  # UTF-8, 16 or 32, with a byte-order mark or without
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError("{path} cannot be read: {error}.", path=path, error=reason) from error
    except ValueError as error:
        raise InputError(
            "{name} is not a JSON file: {error}.", name=path.name, error=str(error)
        ) from error
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise InputError("{name} is not a file of mmdesk conversations.", name=path.name)
    if data.get("version") != VERSION:
        raise InputError(
            "{name} was saved by a newer mmdesk.", "Update mmdesk to import it.", name=path.name
        )
    try:
        with store.together():
            return tuple(
                _import_conversation(store, entry, data["files"]) for entry in data["conversations"]
            )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(
            "{name} is damaged ({reason}). Nothing was imported.",
            name=path.name,
            reason=_reason(error),
        ) from error


def _reason(error: Exception) -> str:
    """Return a sentence of this module as it is, any other error with its type."""
    text = error.args[0] if error.args else ""
    return text if isinstance(text, TranslatableText) else f"{type(error).__name__}: {error}"


def _import_conversation(store: Store, data: dict[str, Any], files: dict[str, str]) -> str:
    info = ConversationInfo(
        str(data["id"]),
        str(data["title"]),
        float(data["created"]),
        float(data["changed"]),
        bool(data.get("pinned", False)),
        codec.decode(ChatSettings, data.get("settings")),
    )
    store.begin(info)
    leaf = store.leaf(info.id)
    for message in data["messages"]:
        store.add(info.id, _import_message(message, files))
    if leaf or data.get("leaf"):
        store.show(info.id, leaf or str(data["leaf"]))
    return info.id


def _import_message(data: dict[str, Any], files: dict[str, str]) -> StoredMessage:
    if data["role"] not in ("user", "assistant"):
        raise ValueError(TranslatableText("unknown role: {role!r}", role=data["role"]))
    turn = Turn(
        data["role"],
        str(data.get("text", "")),
        images=tuple(_import_picture(entry, files) for entry in data.get("pictures", ())),
        audio=tuple(_import_sound(entry, files) for entry in data.get("sounds", ())),
        documents=tuple(
            DocumentInput(
                str(entry["name"]),
                str(entry.get("text", "")),
                str(entry.get("media_type", "text/plain")),
                entry.get("pages"),
            )
            for entry in data.get("documents", ())
        ),
    )
    state = data.get("state", "whole")
    return StoredMessage(
        str(data["id"]),
        str(data.get("parent", "")),
        turn,
        state if state in _STATES else "interrupted",
        float(data["created"]),
        codec.decode(Task, data.get("task")),
        codec.decode(Stats, data.get("stats")),
        *codec.decode_texts(data),
    )


def _import_picture(entry: dict[str, Any], files: dict[str, str]) -> ImageInput:
    from PIL import Image  # late: it takes a while, and not every file has pictures

    sha256, name = str(entry["sha256"]), str(entry["name"])
    image = ImageInput(name, 0, 0, b"", sha256, codec.decode_description(entry.get("sight", {})))
    if sha256 not in files:
        return image
    try:
        with Image.open(BytesIO(_decode_base64(files[sha256])), formats=("PNG",)) as picture:
            rgb = picture.convert("RGB")
            return replace(image, width=rgb.width, height=rgb.height, rgb=rgb.tobytes())
    except (OSError, SyntaxError) as error:
        raise ValueError(TranslatableText("the picture {name} is damaged", name=name)) from error


def _import_sound(entry: dict[str, Any], files: dict[str, str]) -> AudioInput:
    sha256 = str(entry["sha256"])
    pcm = _decode_base64(files.get(sha256, ""))
    if len(pcm) % 4:
        raise ValueError(TranslatableText("the recording {name} is damaged", name=entry["name"]))
    transcript = codec.decode_transcript(entry.get("transcript", {}))
    return AudioInput(str(entry["name"]), pcm, sha256, transcript)


def _decode_base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(TranslatableText("an attachment is damaged")) from error
