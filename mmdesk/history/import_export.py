"""Conversations as one JSON file and back: every version of every message, pictures within.

The file is an object `{"format": "mmdesk-conversations", "version": 1, "conversations": [...],
"files": {sha256: base64}}`; messages name their attachments by digest. What is imported keeps its
ids: the same file twice changes nothing, and a conversation that has grown gets what is new.
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
    """The JSON object of these conversations. Raises InputError for an unknown id."""
    files: dict[str, str] = {}
    talks = [_conversation(store, conversation, files) for conversation in conversations]
    return {"format": FORMAT, "version": VERSION, "conversations": talks, "files": files}


def export_json(store: Store, conversations: Iterable[str], path: Path) -> Path:
    """Write them to `path`, whole or not at all. Raises InputError, OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.half")
    text = json.dumps(exported(store, conversations), ensure_ascii=False, indent=1)
    half.write_text(text, encoding="utf-8")
    half.replace(path)
    return path


def _conversation(store: Store, conversation: str, files: dict[str, str]) -> dict[str, Any]:
    info = store.info(conversation)
    return {
        "id": info.id,
        "title": info.title,
        "created": info.created,
        "changed": info.changed,
        "pinned": info.pinned,
        "settings": codec.plain(info.settings),
        "leaf": store.leaf(conversation),
        "messages": [_message(store, kept, files) for kept in store.all_messages(conversation)],
    }


def _message(store: Store, message: StoredMessage, files: dict[str, str]) -> dict[str, Any]:
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
        "task": codec.plain(message.task),
        "stats": codec.plain(message.stats),
        "notices": list(message.notices),
        "error": message.error,
        "hint": message.hint,
        "pictures": [
            {
                "sha256": image.sha256,
                "name": image.name,
                "sight": codec.description_data(image.description),
            }
            for image in turn.images
        ],
        "sounds": [
            {
                "sha256": audio.sha256,
                "name": audio.name,
                "transcript": codec.transcript_data(audio.transcript),
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


# --- back ---------------------------------------------------------------------------------------


def import_json(store: Store, path: Path) -> tuple[str, ...]:
    """Take the conversations of a file over; the ids of those that are there now.

    All or nothing.

    Raises:
        InputError: the file cannot be read, or is not what `export` writes.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}.") from error
    except ValueError as error:
        raise InputError(f"{path.name} is not JSON: {error}.") from error
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise InputError(f"{path.name} is not a file of mmdesk's conversations.")
    if data.get("version") != VERSION:
        raise InputError(f"{path.name} was written by a newer mmdesk.", "Update mmdesk to read it.")
    try:
        with store.together():
            return tuple(_take(store, talk, data["files"]) for talk in data["conversations"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        what = f"{type(error).__name__}: {error}"
        raise InputError(f"{path.name} is damaged ({what}); nothing was taken over.") from error


def _take(store: Store, talk: dict[str, Any], files: dict[str, str]) -> str:
    info = ConversationInfo(
        str(talk["id"]),
        str(talk["title"]),
        float(talk["created"]),
        float(talk["changed"]),
        bool(talk.get("pinned", False)),
        codec.made(ChatSettings, talk.get("settings")),
    )
    store.begin(info)
    leaf = store.leaf(info.id)
    for data in talk["messages"]:
        store.add(info.id, _kept(data, files))
    if leaf or talk.get("leaf"):
        store.show(info.id, leaf or str(talk["leaf"]))
    return info.id


def _kept(data: dict[str, Any], files: dict[str, str]) -> StoredMessage:
    if data["role"] not in ("user", "assistant"):
        raise ValueError(f"no such role: {data['role']!r}")
    turn = Turn(
        data["role"],
        str(data.get("text", "")),
        images=tuple(_picture(entry, files) for entry in data.get("pictures", ())),
        audio=tuple(_sound(entry, files) for entry in data.get("sounds", ())),
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
        codec.made(Task, data.get("task")),
        codec.made(Stats, data.get("stats")),
        tuple(map(str, data.get("notices", ()))),
        str(data.get("error", "")),
        str(data.get("hint", "")),
    )


def _picture(entry: dict[str, Any], files: dict[str, str]) -> ImageInput:
    from PIL import Image  # late: it takes a while, and not every file has pictures

    sha256, name = str(entry["sha256"]), str(entry["name"])
    image = ImageInput(name, 0, 0, b"", sha256, codec.description(entry.get("sight", {})))
    if sha256 not in files:
        return image
    try:
        with Image.open(BytesIO(_decoded(files[sha256])), formats=("PNG",)) as picture:
            rgb = picture.convert("RGB")
            return replace(image, width=rgb.width, height=rgb.height, rgb=rgb.tobytes())
    except (OSError, SyntaxError) as error:
        raise ValueError(f"the picture {name} is damaged") from error


def _sound(entry: dict[str, Any], files: dict[str, str]) -> AudioInput:
    sha256 = str(entry["sha256"])
    pcm = _decoded(files.get(sha256, ""))
    if len(pcm) % 4:
        raise ValueError(f"the recording {entry['name']} is damaged")
    transcript = codec.transcript(entry.get("transcript", {}))
    return AudioInput(str(entry["name"]), pcm, sha256, transcript)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("an attachment is damaged") from error
