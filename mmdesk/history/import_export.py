"""Export of conversations to one JSON file, and import: all versions, with their attachments.

The file is an object `{"format": "mmdesk-conversations", "version": 1, "conversations": [...],
"files": {sha256: base64}}`; messages name their attachments by digest. Imported conversations
keep their ids: importing a file twice changes nothing, and a conversation that has grown gets the
new messages.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmdesk.history import codec
from mmdesk.history.blobs import picture_from_png
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

if TYPE_CHECKING:
    from pydantic import BaseModel

    from mmdesk.history.import_schema import ConversationEntry, ConversationFile, MessageEntry

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
        **({"project": store.projects.name_of(info.project)} if info.project else {}),
        "messages": [
            _export_message(store, message, files) for message in store.all_messages(conversation)
        ],
    }


def _add_file(files: dict[str, str], sha256: str, data: bytes) -> None:
    """Add an attachment's bytes; one that is missing or damaged is left out."""
    if data:
        files[sha256] = base64.b64encode(data).decode("ascii")


def _export_message(store: Store, message: StoredMessage, files: dict[str, str]) -> dict[str, Any]:
    turn = message.turn
    for image in turn.images:
        if image.sha256 not in files:
            _add_file(files, image.sha256, store.picture_png(image.sha256))
    for audio in turn.audio:
        if audio.sha256 not in files:
            pcm = store.sound(audio.sha256)
            is_whole = hashlib.sha256(pcm).hexdigest() == audio.sha256
            _add_file(files, audio.sha256, pcm if is_whole else b"")
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
        **({"reasoning": message.reasoning} if message.reasoning else {}),
        "citations": codec.encode_citations(message.citations),
        "pictures": [
            {
                "sha256": image.sha256,
                "name": image.name,
                "sight": codec.encode_description(image.description),
                **codec.encode_notices(image.notices),
            }
            for image in turn.images
        ],
        "sounds": [
            {
                "sha256": audio.sha256,
                "name": audio.name,
                "transcript": codec.encode_transcript(audio.transcript),
                **codec.encode_notices(audio.notices),
            }
            for audio in turn.audio
        ],
        "documents": [
            {
                "name": document.name,
                "text": document.text,
                "media_type": document.media_type,
                "pages": document.pages,
                **codec.encode_notices(document.notices),
                **codec.encode_page_starts(document),
            }
            for document in turn.documents
        ],
    }
    return {name: value for name, value in data.items() if value not in ("", [], {}, None)}


# --- import ---------------------------------------------------------------------------------------


def import_json(store: Store, path: Path) -> tuple[str, ...]:
    """Import the conversations of a JSON file, all or nothing; return their ids.

    Everything is checked before anything is written, see import_schema.

    Raises:
        InputError: the file cannot be read, or is not what `export_json` writes.
        OSError: an attachment cannot be written.
    """
    # Late: pydantic takes a tenth of a second, and lists and exports do without it.
    from mmdesk.history.import_schema import read_conversations

    file = read_conversations(path)
    sizes = _check_files(path.name, file)
    _check_owners(store, path.name, file)
    for sha256 in sizes:
        store.save_picture(_picture(sha256, file.files[sha256]))
    with store.together():
        return tuple(
            _import_conversation(store, entry, file, sizes) for entry in file.conversations
        )


def _check_files(name: str, file: ConversationFile) -> dict[str, tuple[int, int]]:
    """Compare all bytes with their digests; return (width, height) of every picture."""
    from mmdesk.history.import_schema import refuse

    messages = [message for entry in file.conversations for message in entry.messages]
    sizes: dict[str, tuple[int, int]] = {}
    for picture in (picture for message in messages for picture in message.pictures):
        if picture.sha256 in file.files and picture.sha256 not in sizes:
            image = _picture(picture.sha256, file.files[picture.sha256])
            if image is None:
                refuse(name, TranslatableText("the picture {name} is damaged", name=picture.name))
            sizes[picture.sha256] = image.width, image.height
    for sound in (sound for message in messages for sound in message.sounds):
        if file.files.get(sound.sha256) and _sound(sound.sha256, file.files[sound.sha256]) is None:
            refuse(name, TranslatableText("the recording {name} is damaged", name=sound.name))
    return sizes


def _check_owners(store: Store, name: str, file: ConversationFile) -> None:
    """Check that no message of the file is in another conversation of the store."""
    from mmdesk.history.import_schema import refuse

    for entry in file.conversations:
        for message in entry.messages:
            if store.conversation_of(message.id) not in ("", entry.id):
                title = entry.title[:80]
                refuse(
                    name,
                    TranslatableText(
                        'a message in "{title}" belongs to another conversation', title=title
                    ),
                )


def _picture(sha256: str, text: object) -> ImageInput | None:
    """Return a picture of the file; None where its bytes are not those of the digest."""
    return picture_from_png(_bytes(text), "", sha256)


def _sound(sha256: str, text: object) -> bytes | None:
    """Return samples of the file; None where they are not those of the digest."""
    pcm = _bytes(text)
    return None if len(pcm) % 4 or hashlib.sha256(pcm).hexdigest() != sha256 else pcm


def _bytes(text: object) -> bytes:
    """Return the bytes that are written in base64; empty where it is none."""
    if not isinstance(text, str):
        return b""
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return b""


def _import_conversation(
    store: Store,
    entry: ConversationEntry,
    file: ConversationFile,
    sizes: dict[str, tuple[int, int]],
) -> str:
    settings = codec.decode(ChatSettings, entry.settings)
    project = store.projects.named(entry.project)
    store.begin(
        ConversationInfo(
            *(entry.id, entry.title, entry.created, entry.changed, entry.pinned, settings),
            project=project,
        )
    )
    store.restore(entry.id)  # it may be hidden since it was deleted
    leaf = store.leaf(entry.id)
    for message in entry.messages:
        store.add(entry.id, _message(message, file, sizes))
    if leaf or entry.leaf:
        store.show(entry.id, leaf or entry.leaf)
    return entry.id


def _message(
    entry: MessageEntry, file: ConversationFile, sizes: dict[str, tuple[int, int]]
) -> StoredMessage:
    turn = Turn(
        entry.role,
        entry.text,
        images=tuple(
            ImageInput(
                picture.name,
                *sizes.get(picture.sha256, (0, 0)),
                b"",  # written already
                picture.sha256,
                codec.decode_description(_data(picture.sight)),
                _notices(picture),
            )
            for picture in entry.pictures
        ),
        audio=tuple(
            AudioInput(
                sound.name,
                _bytes(file.files.get(sound.sha256, "")),
                sound.sha256,
                codec.decode_transcript(_data(sound.transcript)),
                _notices(sound),
            )
            for sound in entry.sounds
        ),
        documents=tuple(
            DocumentInput(
                document.name,
                document.text,
                document.media_type,
                document.pages,
                _notices(document),
                codec.decode_page_starts({"page_starts": document.page_starts}, document.text),
            )
            for document in entry.documents
        ),
    )
    return StoredMessage(
        entry.id,
        entry.parent,
        turn,
        entry.state if entry.state in _STATES else "interrupted",  # type: ignore[arg-type]
        entry.created,
        codec.decode(Task, entry.task),
        codec.decode(Stats, entry.stats),
        *codec.decode_texts(entry.model_dump(include={"notices", "error", "hint", "templates"})),
        reasoning=entry.reasoning,
        citations=codec.decode_citations(entry.citations, entry.text),
    )


def _notices(entry: BaseModel) -> tuple[TranslatableText, ...]:
    return codec.decode_notices(entry.model_dump(include={"notices", "templates"}))


def _data(entry: BaseModel | None) -> dict[str, Any]:
    return entry.model_dump(exclude_unset=True) if entry is not None else {}
