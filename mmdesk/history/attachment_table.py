"""Attachments of messages, stored once by content and named where they are attached."""

from __future__ import annotations

import hashlib
import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from mmdesk.history import codec
from mmdesk.history.blobs import Blobs
from mmdesk.translatable import TranslatableText
from mmdesk.values import (
    FOLDER_TYPE,
    AudioInput,
    DocumentInput,
    HitKind,
    ImageDescription,
    ImageInput,
    Transcript,
    Turn,
)

Attachments = tuple[tuple[ImageInput, ...], tuple[AudioInput, ...], tuple[DocumentInput, ...]]


def digest(text: str) -> str:
    """Return the hex SHA-256 of a document's text."""
    return hashlib.sha256(text.encode()).hexdigest()


class AttachmentTable:
    """Tables `attachments` and `attached`, and the files behind them."""

    def __init__(self, connection: sqlite3.Connection, blobs: Blobs) -> None:
        self._connection = connection
        self._blobs = blobs

    def attach(self, message: int, turn: Turn) -> None:
        """Store everything that is attached to the turn of this message.

        Args:
            message: number of its row.
            turn: pictures, sounds and documents are numbered in this order.
        """
        position = 0
        for image in turn.images:
            self._blobs.save_picture(image)
            perceived = codec.encode_description(image.description)
            size = image.width, image.height
            self._insert_media(image.sha256, "picture", perceived, image.notices, size)
            self._link(message, position, image.sha256, image.name)
            position += 1
        for audio in turn.audio:
            self._blobs.save_sound(audio)
            perceived = codec.encode_transcript(audio.transcript)
            self._insert_media(audio.sha256, "sound", perceived, audio.notices)
            self._link(message, position, audio.sha256, audio.name)
            position += 1
        for document in turn.documents:
            text = codec.replace_surrogates(document.text)
            sha256 = digest(text)
            self._insert(sha256, "document", text, codec.encode_document(document))
            pages = document.pages
            self._link(message, position, sha256, document.name, document.media_type, pages)
            position += 1

    def _insert_media(
        self,
        sha256: str,
        kind: str,
        perceived: dict[str, Any],
        notices: tuple[TranslatableText, ...],
        size: tuple[int, int] = (0, 0),
    ) -> None:
        """Store a picture or a sound; what is known of it is kept where the turn has less."""
        known = self._perceived(sha256)
        told = codec.encode_notices(notices) or codec.only_notices(known)
        data = {**(perceived or codec.without_notices(known)), **told}
        self._insert(sha256, kind, "", codec.to_json(data) if data else "", size)

    def _perceived(self, sha256: str) -> dict[str, Any]:
        """Return what is stored of an attachment beside its text; empty where there is none."""
        row = self._connection.execute(
            "SELECT perceived FROM attachments WHERE sha256 = ?", (sha256,)
        ).fetchone()
        return codec.from_json(row[0]) if row else {}

    def _update_perceived(self, sha256: str, kind: str, perceived: dict[str, Any]) -> None:
        """Replace a description or transcript, and keep the file's notices."""
        data = {**perceived, **codec.only_notices(self._perceived(sha256))}
        self._connection.execute(
            "UPDATE attachments SET perceived = ? WHERE sha256 = ? AND kind = ?",
            (codec.to_json(data), sha256, kind),
        )

    def _insert(
        self, sha256: str, kind: str, text: str, perceived: str = "", size: tuple[int, int] = (0, 0)
    ) -> None:
        self._connection.execute(
            "INSERT INTO attachments (sha256, kind, text, perceived, width, height) "
            "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (sha256) DO UPDATE "
            "SET perceived = excluded.perceived WHERE excluded.perceived <> ''",
            (sha256, kind, text, perceived, *size),
        )

    def _link(
        self,
        message: int,
        position: int,
        sha256: str,
        name: str,
        media_type: str = "",
        pages: int | None = None,
    ) -> None:
        self._connection.execute(
            "INSERT OR REPLACE INTO attached (message, place, sha256, name, media_type, pages) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (message, position, sha256, codec.replace_surrogates(name), media_type, pages),
        )

    def set_description(self, sha256: str, description: ImageDescription | None) -> list[int]:
        """Store the description of a picture; return the numbers of the messages that show it."""
        self._update_perceived(sha256, "picture", codec.encode_description(description))
        rows = self._connection.execute(
            "SELECT DISTINCT message FROM attached WHERE sha256 = ?", (sha256,)
        )
        return [number for (number,) in rows]

    def set_transcript(self, sha256: str, transcript: Transcript) -> list[int]:
        """Store the transcript of a sound; return the numbers of the messages that have it."""
        self._update_perceived(sha256, "sound", codec.encode_transcript(transcript))
        rows = self._connection.execute(
            "SELECT DISTINCT message FROM attached WHERE sha256 = ?", (sha256,)
        )
        return [number for (number,) in rows]

    def set_document(self, message: int, before: DocumentInput, after: DocumentInput) -> None:
        """Replace the stored text of a document by what OCR read."""
        text = codec.replace_surrogates(after.text)
        self._insert(digest(text), "document", text, codec.encode_document(after))
        old = digest(codec.replace_surrogates(before.text))
        self._connection.execute(
            "UPDATE attached SET sha256 = ? WHERE message = ? AND sha256 = ? AND name = ?",
            (digest(text), message, old, codec.replace_surrogates(before.name)),
        )

    # --- reading ------------------------------------------------------------------------------

    def of_conversation(self, conversation: str) -> dict[int, Attachments]:
        """Return all attachments of a conversation, by the message's number."""
        return self._select(
            "JOIN messages ON messages.number = attached.message WHERE messages.conversation = ?",
            conversation,
        )

    def of_message(self, number: int) -> Attachments:
        """Return the attachments of one message."""
        return self._select("WHERE attached.message = ?", number).get(number, ((), (), ()))

    def _select(self, where: str, value: str | int) -> dict[int, Attachments]:
        rows = self._connection.execute(
            "SELECT attached.message, attached.name, attached.media_type, attached.pages, "
            "attachments.sha256, attachments.kind, attachments.text, attachments.width, "
            "attachments.height, attachments.perceived FROM attached "
            f"JOIN attachments ON attachments.sha256 = attached.sha256 {where} "
            "ORDER BY attached.message, attached.place",
            (value,),
        )
        kinds: dict[int, dict[str, list]] = defaultdict(
            lambda: {"picture": [], "sound": [], "document": []}
        )
        for message, name, media_type, pages, sha256, kind, text, width, height, perceived in rows:
            attached: ImageInput | AudioInput | DocumentInput
            data = codec.from_json(perceived)
            notices = codec.decode_notices(data)
            if kind == "picture":
                description = codec.decode_description(codec.without_notices(data))
                attached = ImageInput(name, width, height, b"", sha256, description, notices)
            elif kind == "sound":
                transcript = codec.decode_transcript(codec.without_notices(data))
                attached = AudioInput(name, b"", sha256, transcript, notices)
            else:
                starts = codec.decode_page_starts(data, text)
                folder = codec.text_of(data.get("folder")) if media_type == FOLDER_TYPE else ""
                attached = DocumentInput(
                    name, text, media_type, pages, notices, starts, path=folder
                )
            kinds[message][kind].append(attached)
        return {
            number: (tuple(found["picture"]), tuple(found["sound"]), tuple(found["document"]))
            for number, found in kinds.items()
        }

    def searchable_texts(self, number: int) -> Iterable[tuple[HitKind, str]]:
        """Yield the names, texts, descriptions and transcripts of a message's attachments.

        Yields:
            What it is attached as, and the text.
        """
        images, sounds, documents = self.of_message(number)
        for image in images:
            for text in _texts_of_picture(image):
                yield "picture", text
        for audio in sounds:
            yield "sound", audio.name
            yield "sound", audio.transcript.meant if audio.transcript else ""
        for document in documents:
            yield "document", document.name
            yield "document", document.text

    # --- deleting -----------------------------------------------------------------------------

    def delete_unused(self) -> list[tuple[str, str]]:
        """Delete attachments of no message; return (digest, kind) of those with files."""
        unused = "sha256 NOT IN (SELECT sha256 FROM attached)"
        rows = self._connection.execute(
            f"SELECT sha256, kind FROM attachments WHERE kind <> 'document' AND {unused}"
        ).fetchall()
        self._connection.execute(f"DELETE FROM attachments WHERE {unused}")
        return rows

    def remove_orphans(self) -> None:
        """Remove files that belong to no attachment."""
        rows = self._connection.execute("SELECT sha256 FROM attachments WHERE kind <> 'document'")
        self._blobs.remove_orphans({sha256 for (sha256,) in rows})


def _texts_of_picture(image: ImageInput) -> Iterable[str]:
    yield image.name
    if image.description is not None:
        yield from (label.full_name for label in image.description.labels)
        yield image.description.caption
        yield image.description.text
        yield image.description.correction or ""
