"""What is attached to messages: kept once by content, named where it is attached."""

from __future__ import annotations

import hashlib
import sqlite3
from collections import defaultdict
from collections.abc import Iterable

from mmdesk.history import codec
from mmdesk.history.blobs import Blobs
from mmdesk.values import AudioInput, DocumentInput, ImageDescription, ImageInput, Turn

AttachmentRow = tuple[tuple[ImageInput, ...], tuple[AudioInput, ...], tuple[DocumentInput, ...]]


def digest(text: str) -> str:
    """Hex SHA-256 of a document's text."""
    return hashlib.sha256(text.encode()).hexdigest()


class AttachmentTable:
    """The tables `attachments` and `attached`, and the files behind them."""

    def __init__(self, connection: sqlite3.Connection, blobs: Blobs) -> None:
        self._connection = connection
        self._blobs = blobs

    def attach(self, message: int, turn: Turn) -> None:
        """Keep everything that is attached to the turn of this message (its number)."""
        place = 0
        for image in turn.images:
            self._blobs.keep_picture(image)
            perceived = (
                codec.written(codec.description_data(image.description))
                if image.description
                else ""
            )
            self._keep(image.sha256, "picture", "", perceived, (image.width, image.height))
            self._link(message, place, image.sha256, image.name)
            place += 1
        for audio in turn.audio:
            self._blobs.keep_sound(audio)
            heard = codec.transcript_data(audio.transcript)
            self._keep(audio.sha256, "sound", "", codec.written(heard) if heard else "")
            self._link(message, place, audio.sha256, audio.name)
            place += 1
        for document in turn.documents:
            text = codec.clean(document.text)
            sha256 = digest(text)
            self._keep(sha256, "document", text)
            self._link(message, place, sha256, document.name, document.media_type, document.pages)
            place += 1

    def _keep(
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
        place: int,
        sha256: str,
        name: str,
        media_type: str = "",
        pages: int | None = None,
    ) -> None:
        self._connection.execute(
            "INSERT OR REPLACE INTO attached (message, place, sha256, name, media_type, pages) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (message, place, sha256, codec.clean(name), media_type, pages),
        )

    def set_description(self, sha256: str, description: ImageDescription | None) -> list[int]:
        """Keep what was seen in a picture; the numbers of the messages that show it."""
        self._connection.execute(
            "UPDATE attachments SET perceived = ? WHERE sha256 = ? AND kind = 'picture'",
            (codec.written(codec.description_data(description)), sha256),
        )
        rows = self._connection.execute(
            "SELECT DISTINCT message FROM attached WHERE sha256 = ?", (sha256,)
        )
        return [number for (number,) in rows]

    # --- reading ------------------------------------------------------------------------------

    def of_conversation(self, conversation: str) -> dict[int, AttachmentRow]:
        """Everything attached in a conversation, by the message's number."""
        return self._gathered(
            "JOIN messages ON messages.number = attached.message WHERE messages.conversation = ?",
            conversation,
        )

    def of_message(self, number: int) -> AttachmentRow:
        """What is attached to one message."""
        return self._gathered("WHERE attached.message = ?", number).get(number, ((), (), ()))

    def _gathered(self, where: str, value: str | int) -> dict[int, AttachmentRow]:
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
        for message, name, media_type, pages, sha256, kind, text, width, height, seen in rows:
            made: ImageInput | AudioInput | DocumentInput
            if kind == "picture":
                description = codec.description(codec.read(seen))
                made = ImageInput(name, width, height, b"", sha256, description)
            elif kind == "sound":
                made = AudioInput(name, b"", sha256, codec.transcript(codec.read(seen)))
            else:
                made = DocumentInput(name, text, media_type, pages)
            kinds[message][kind].append(made)
        return {
            number: (tuple(found["picture"]), tuple(found["sound"]), tuple(found["document"]))
            for number, found in kinds.items()
        }

    def words(self, number: int) -> Iterable[str]:
        """Everything of a message's attachments that can be searched for."""
        images, sounds, documents = self.of_message(number)
        for image in images:
            yield image.name
            if image.description is not None:
                yield from (label.full_name for label in image.description.labels)
                yield from (
                    image.description.caption,
                    image.description.text,
                    image.description.correction or "",
                )
        for audio in sounds:
            yield audio.name
            yield audio.transcript.meant if audio.transcript else ""
        for document in documents:
            yield document.name
            yield document.text

    # --- what nobody needs any more -----------------------------------------------------------

    def drop_unused(self) -> list[tuple[str, str]]:
        """Forget attachments that no message has any more; (digest, kind) of those with files."""
        unused = "sha256 NOT IN (SELECT sha256 FROM attached)"
        rows = self._connection.execute(
            f"SELECT sha256, kind FROM attachments WHERE kind <> 'document' AND {unused}"
        ).fetchall()
        self._connection.execute(f"DELETE FROM attachments WHERE {unused}")
        return rows

    def sweep(self) -> None:
        """Remove files that no attachment has any more."""
        rows = self._connection.execute("SELECT sha256 FROM attachments WHERE kind <> 'document'")
        self._blobs.sweep({sha256 for (sha256,) in rows})
