"""Conversations in a SQLite database: writing, reading and searching.

Every method that writes is one transaction, or part of the one around it (`together`). An answer
is written while it is generated (`extend`); it is indexed when it has ended. Times are seconds
since 1970.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from mmdesk.errors import InputError, MMDeskError
from mmdesk.history import codec
from mmdesk.history.attachment_table import AttachmentTable
from mmdesk.history.blobs import BLOB_FOLDERS, Blobs
from mmdesk.history.message_tree import children_of, newest_leaf, path_to
from mmdesk.history.projects import ProjectTable
from mmdesk.history.repair import repair
from mmdesk.history.row_mapping import (
    SELECT_CONVERSATIONS,
    SELECT_MESSAGES,
    detail_json,
    row_to_info,
    row_to_message,
)
from mmdesk.history.salvage import is_damage, salvage
from mmdesk.history.schema import (
    move_damaged,
    open_database,
    refuse_in_use,
    remove_backups,
    remove_database,
    replacement,
    transaction,
)
from mmdesk.history.search_index import SearchIndex
from mmdesk.history.summaries import SummaryTable
from mmdesk.values import (
    NO_STATS,
    ChatSettings,
    Citation,
    ConversationInfo,
    DocumentInput,
    EarlierMessages,
    ImageDescription,
    ImageInput,
    MessageState,
    OpenedConversation,
    SearchHit,
    Stats,
    StoredMessage,
    Transcript,
)

if TYPE_CHECKING:
    from mmdesk.history.encryption.data_key import DataKey

log = logging.getLogger(__name__)

KEPT_DAYS = 30  # how long a deleted conversation can be brought back
_DAY_S = 86_400.0


class Store:
    """One history.db with its folder of attachments.

    Attributes:
        path: of the database file.
        damaged: new path of a damaged database that this one replaces, or None.
        salvaged: how many conversations of a damaged database could be read.
        repaired: how many rows that no version should have written were repaired.
        projects: the projects, and which conversation stands in which.
        summaries: of what is too old to be read whole.
    """

    def __init__(
        self, path: Path, clock: Callable[[], float] = time.time, key: DataKey | None = None
    ) -> None:
        """Open or create the database.

        Args:
            path: of the database file; attachments are stored next to it.
            clock: seconds since 1970.
            key: of an encrypted history.

        Raises:
            MMDeskError: it was written by a newer mmdesk, or the folder cannot be written.
        """
        self.path = path
        self.damaged: Path | None = None
        self.salvaged = 0
        self.repaired = 0
        self._clock = clock
        self._key = key
        self._blobs = Blobs(path.parent / BLOB_FOLDERS[key is not None], key)
        try:
            self._connect(path)
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            # SQLite's messages quote a damaged schema, which may be no text.
            if isinstance(error, sqlite3.OperationalError):  # locked or full: not damaged
                raise MMDeskError(
                    "{path} cannot be opened: {error}.", path=path, error=str(error)
                ) from error
            self._replace()

    def _connect(self, path: Path) -> None:
        self._connection = open_database(path, self._key)
        self._attachments = AttachmentTable(self._connection, self._blobs)
        self._index = SearchIndex(self._connection, self._attachments)
        self.projects = ProjectTable(self._connection, self._clock)
        self.summaries = SummaryTable(self._connection, self._clock)

    def _replace(self) -> None:
        """Copy what can be read of a damaged database into a new one, and keep the old file.

        The old file stays where it is until the new one is complete: the disk may be full.
        """
        refuse_in_use(self.path, self._key)
        new = replacement(self.path)
        try:
            remove_database(new)
            self._connect(new)
            with closing(self._connection), self.together():
                salvaged = salvage(self.path, self._connection, self._key)
                self.projects.salvage(self.path, self._key)
                self._reindex()
            self.damaged = move_damaged(self.path)
            new.rename(self.path)
        except (OSError, sqlite3.OperationalError) as error:
            raise MMDeskError(
                "The file of conversations is damaged, and a new one cannot be made: {reason}.",
                reason=str(error),
            ) from error
        self._connect(self.path)
        self.salvaged = salvaged
        self.repair()

    def _reindex(self) -> None:
        for (conversation,) in self._connection.execute("SELECT id FROM conversations").fetchall():
            self._index.update_title(conversation)
        for (number,) in self._connection.execute("SELECT number FROM messages").fetchall():
            self._index.update_message(number)

    def heal(self, error: Exception) -> bool:
        """Replace the database by a new one with what can be read, if `error` came from damage.

        Damage may be noticed long after the opening: SQLite reads a page when it needs it.

        Returns:
            Whether it was damaged; `damaged` and `salvaged` then tell about it, and what failed
            can be tried again.

        Raises:
            MMDeskError: it is damaged, and cannot be replaced now.
        """
        if not is_damage(error, self._connection):
            return False
        log.exception("the database is damaged", exc_info=error)
        self._connection.close()
        try:
            self._replace()
        except MMDeskError:
            self._connect(self.path)  # goes on with what can be read
            raise
        return True

    def close(self) -> None:
        """Close the database; no other method may be called afterwards."""
        self._connection.close()

    def together(self) -> AbstractContextManager[None]:
        """Return a context manager for one transaction around several calls."""
        return transaction(self._connection)

    def recover(self) -> int:
        """End answers that a killed process left streaming, and erase what was deleted long ago.

        The window calls it at its start.

        Returns:
            Number of interrupted answers.
        """
        with self.together():
            rows = self._connection.execute("SELECT id FROM messages WHERE state = 'streaming'")
            interrupted = [message for (message,) in rows]
            for message in interrupted:
                self.end(message, "interrupted")
        self.repair()
        self.purge(KEPT_DAYS)
        self.projects.purge()
        remove_backups(self.path, KEPT_DAYS * _DAY_S)
        if not any(self.path.parent.glob(f"{self.path.name}.damaged-*")):
            self._attachments.remove_orphans()  # which may be a damaged file's
        return len(interrupted)

    def repair(self) -> int:
        """Repair rows that an import of an earlier version wrote unchecked; return how many."""
        repaired = repair(self._connection, self._clock())
        self.repaired += repaired
        return repaired

    # --- conversations ------------------------------------------------------------------------

    def begin(self, info: ConversationInfo) -> None:
        """Insert a conversation; an id that exists already changes nothing."""
        now = self._clock()
        with self.together():
            inserted = self._connection.execute(
                "INSERT OR IGNORE INTO conversations (id, title, created, changed, pinned, "
                "settings, project) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    info.id,
                    codec.replace_surrogates(info.title),
                    info.created or now,
                    info.changed or now,
                    int(info.pinned),
                    codec.to_json(codec.encode(info.settings)),
                    info.project or None,
                ),
            )
            if inserted.rowcount:
                self._index.update_title(info.id)

    def rename(self, conversation: str, title: str) -> None:
        """Change the title of a conversation."""
        with self.together():
            self._set(conversation, "title = ?", codec.replace_surrogates(title))
            self._index.update_title(conversation)

    def retitle(self, conversation: str, old: str, title: str) -> None:
        """Change the title of a conversation, unless it has another one than `old` by now."""
        if self._connection.execute(
            "SELECT 1 FROM conversations WHERE id = ? AND title = ?",
            (conversation, codec.replace_surrogates(old)),
        ).fetchone():
            self.rename(conversation, title)

    def pin(self, conversation: str, pinned: bool) -> None:
        """Pin a conversation to the top of the list, or unpin it."""
        self._set(conversation, "pinned = ?", int(pinned))

    def set_settings(self, conversation: str, settings: ChatSettings) -> None:
        """Store the settings of a conversation."""
        self._set(conversation, "settings = ?", codec.to_json(codec.encode(settings)))

    def delete(self, conversation: str) -> None:
        """Move a conversation to Recently deleted, until `restore` or `purge`."""
        self._set(conversation, "deleted = ?", self._clock())

    def restore(self, conversation: str) -> None:
        """Show a deleted conversation again."""
        self._set(conversation, "deleted = ?", None)

    def deleted(self) -> tuple[ConversationInfo, ...]:
        """Return the deleted conversations that can be restored, the last deleted one first."""
        rows = self._connection.execute(
            f"{SELECT_CONVERSATIONS} WHERE deleted IS NOT NULL ORDER BY deleted DESC, number DESC"
        )
        return tuple(row_to_info(row) for row in rows)

    def purge(self, kept_days: float = 0.0) -> None:
        """Erase deleted conversations for good, but for those of the last `kept_days`.

        A time of deletion in the future (the clock was wrong) does not keep one for ever: it counts
        as now from the next `purge` on.
        """
        now = self._clock()
        self._connection.execute(
            "UPDATE conversations SET deleted = ? WHERE deleted > ?", (now, now)
        )
        rows = self._connection.execute(
            "SELECT id FROM conversations WHERE deleted <= ?", (now - kept_days * _DAY_S,)
        )
        self.erase(tuple(conversation for (conversation,) in rows))

    def erase(self, conversations: tuple[str, ...]) -> None:
        """Erase conversations for good if they are deleted, with attachments that only they had."""
        hidden = {info.id for info in self.deleted()}
        erased = [conversation for conversation in conversations if conversation in hidden]
        with self.together():
            for conversation in erased:
                self._index.remove_conversation(conversation)
                self._connection.execute(
                    "DELETE FROM messages WHERE conversation = ?", (conversation,)
                )
                self._connection.execute("DELETE FROM conversations WHERE id = ?", (conversation,))
            unused = self._attachments.delete_unused()
            if erased:
                self._index.optimize()
        for sha256, kind in unused:  # after the commit: a file cannot be rolled back
            self._blobs.remove(sha256, kind)
        if erased:
            remove_backups(self.path)
        if erased and not self._connection.in_transaction:
            # The log holds the deleted text too.
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def conversations(self) -> tuple[ConversationInfo, ...]:
        """Return all that were not deleted: the pinned ones first, then by their last change."""
        rows = self._connection.execute(
            f"{SELECT_CONVERSATIONS} WHERE deleted IS NULL "
            "ORDER BY pinned DESC, changed DESC, number DESC"
        )
        return tuple(row_to_info(row) for row in rows)

    def info(self, conversation: str) -> ConversationInfo:
        """Return a conversation as a line of the list.

        Raises:
            InputError: there is no such conversation.
        """
        row = self._connection.execute(
            f"{SELECT_CONVERSATIONS} WHERE id = ? AND deleted IS NULL", (conversation,)
        ).fetchone()
        if row is None:
            raise InputError(
                "There is no conversation {conversation!r}.",
                "mmdesk history list shows all conversations.",
                conversation=conversation,
            )
        return row_to_info(row)

    def set_shown(self, conversation: str) -> None:
        """Remember the conversation to open at the next start; "" for none."""
        self._connection.execute(
            "INSERT OR REPLACE INTO state (name, value) VALUES ('shown', ?)", (conversation,)
        )

    def shown(self) -> str:
        """Return the conversation that was shown last; "" if it was deleted."""
        row = self._connection.execute(
            "SELECT id FROM state JOIN conversations ON id = value "
            "WHERE name = 'shown' AND deleted IS NULL"
        ).fetchone()
        return str(row[0]) if row else ""

    def _set(self, conversation: str, assignment: str, value: object) -> None:
        self._connection.execute(
            f"UPDATE conversations SET {assignment} WHERE id = ?", (value, conversation)
        )

    # --- messages -----------------------------------------------------------------------------

    def add(self, conversation: str, message: StoredMessage) -> None:
        """Insert a message and show the path that ends with it; a known id changes nothing."""
        created = message.created or self._clock()
        with self.together():
            inserted = self._connection.execute(
                "INSERT OR IGNORE INTO messages (id, conversation, parent, role, text, state, "
                "created, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    message.id,
                    conversation,
                    message.parent or None,
                    message.turn.role,
                    codec.replace_surrogates(message.turn.text),
                    message.state,
                    created,
                    detail_json(message),
                ),
            )
            if not inserted.rowcount:
                return
            number = self._number(message.id)
            self._attachments.attach(number, message.turn)
            self._connection.execute(
                "UPDATE conversations SET leaf = ?, changed = max(changed, ?) WHERE id = ?",
                (message.id, created, conversation),
            )
            if message.state != "streaming":
                self._index.update_message(number)

    def extend(self, message: str, text: str) -> None:
        """Append text to an answer."""
        self._connection.execute(
            "UPDATE messages SET text = text || ? WHERE id = ?",
            (codec.replace_surrogates(text), message),
        )

    def resume(self, message: str) -> None:
        """Mark an answer that is continued; `extend` and `end` follow."""
        self._connection.execute("UPDATE messages SET state = 'streaming' WHERE id = ?", (message,))

    def end(
        self,
        message: str,
        state: MessageState,
        stats: Stats = NO_STATS,
        notices: tuple[str, ...] = (),
        error: str = "",
        hint: str = "",
        reasoning: str = "",
        citations: tuple[Citation, ...] = (),
    ) -> None:
        """Store how an answer ended, and index it.

        Args:
            message: id of the answer; an unknown one changes nothing.
            state: "whole", "stopped", "failed" or "interrupted".
            stats: measurements of the answer.
            notices: shown beside the answer; a TranslatableText comes back as one.
            error: why it failed, as `notices`.
            hint: what to do about the error, as `notices`.
            reasoning: what a reasoning model thought before it answered.
            citations: passages of documents that the answer rests on.
        """
        with self.together():
            row = self._connection.execute(f"{SELECT_MESSAGES} WHERE id = ?", (message,)).fetchone()
            if row is None:
                return
            ended = replace(
                row_to_message(row),
                state=state,
                stats=stats,
                notices=notices,
                error=error,
                hint=hint,
                reasoning=reasoning,
                citations=citations,
            )
            self._connection.execute(
                "UPDATE messages SET state = ?, detail = ? WHERE id = ?",
                (state, detail_json(ended), message),
            )
            self._index.update_message(row[0])

    def set_description(self, sha256: str, description: ImageDescription | None) -> None:
        """Store the description of a picture, or the user's correction of it."""
        with self.together():
            for number in self._attachments.set_description(sha256, description):
                self._index.update_message(number)

    def set_transcript(self, sha256: str, transcript: Transcript) -> None:
        """Store the transcript of a sound wherever it is attached."""
        with self.together():
            for number in self._attachments.set_transcript(sha256, transcript):
                self._index.update_message(number)

    def set_document(self, message: str, before: DocumentInput, after: DocumentInput) -> None:
        """Store what was read of a document's scanned pages since it was attached to a message."""
        with self.together():
            number = self._number(message)
            self._attachments.set_document(number, before, after)
            self._index.update_message(number)

    def _number(self, message: str) -> int:
        row = self._connection.execute("SELECT number FROM messages WHERE id = ?", (message,))
        return int(row.fetchone()[0])

    # --- paths --------------------------------------------------------------------------------

    def choose(self, message: str) -> str:
        """Show the newest path through a message from now on; return its conversation's id.

        Raises:
            InputError: there is no such message.
        """
        row = self._connection.execute(
            "SELECT conversation FROM messages WHERE id = ?", (message,)
        ).fetchone()
        if row is None:
            raise InputError("This message no longer exists.")
        (conversation,) = row
        leaf = newest_leaf(self._tree(conversation), message)
        self._set(conversation, "leaf = ?", leaf)
        return str(conversation)

    def open(
        self, conversation: str, at: str = "", terms: tuple[str, ...] = ()
    ) -> OpenedConversation:
        """Return the path of a conversation that is shown.

        Args:
            conversation: its id.
            at: id of a message; if it is not on the path, the newest path through it is shown
                from now on.
            terms: words to mark, passed through.

        Raises:
            InputError: there is no such conversation.
        """
        info = self.info(conversation)
        tree = self._tree(conversation)
        path = path_to(tree, self.leaf(conversation))
        if at and at in tree and at not in path:
            self.choose(at)
            path = path_to(tree, self.leaf(conversation))
        messages = self._messages(conversation, tree, path)
        return OpenedConversation(info, messages, at, terms, self.summaries.of(conversation))

    def open_end(self, conversation: str, most: int) -> OpenedConversation:
        """Return the last `most` messages of the path.

        A recursive query from the leaf takes as long for a long conversation as for a short one.

        Raises:
            InputError: there is no such conversation.
        """
        info = self.info(conversation)
        rows = self._connection.execute(
            "WITH RECURSIVE path (id, parent, depth) AS (SELECT id, parent, 1 FROM messages "
            "WHERE id = ? UNION ALL SELECT messages.id, messages.parent, depth + 1 FROM messages "
            "JOIN path ON messages.id = path.parent WHERE depth < ? AND conversation = ?) "
            "SELECT id, parent FROM path ORDER BY depth DESC",
            (self.leaf(conversation), most, conversation),
        ).fetchall()
        if not rows:
            return self.open(conversation)
        messages = tuple(self._read_message(conversation, *row) for row in rows)
        return OpenedConversation(info, messages, summaries=self.summaries.of(conversation))

    def _read_message(self, conversation: str, message: str, parent: str | None) -> StoredMessage:
        row = self._connection.execute(f"{SELECT_MESSAGES} WHERE id = ?", (message,)).fetchone()
        versions = self._connection.execute(
            "SELECT id FROM messages WHERE parent IS ? AND conversation = ? ORDER BY number",
            (parent, conversation),
        )
        ids = tuple(version for (version,) in versions)
        return row_to_message(row, ids, self._attachments.of_message(row[0]))

    def earlier(self, conversation: str, before: str) -> EarlierMessages:
        """Return the messages of the path before this one."""
        tree = self._tree(conversation)
        path = path_to(tree, before)[:-1] if before in tree else []
        messages = self._messages(conversation, tree, path) if path else ()
        return EarlierMessages(conversation, before, messages)

    def all_messages(self, conversation: str) -> tuple[StoredMessage, ...]:
        """Return every version of every message, parents before children."""
        tree = self._tree(conversation)
        return self._messages(conversation, tree, tree)

    def leaf(self, conversation: str) -> str:
        """Return the id of the last message of the path that is shown; "" where there is none."""
        row = self._connection.execute(
            "SELECT leaf FROM conversations WHERE id = ?", (conversation,)
        ).fetchone()
        return str(row[0]) if row else ""

    def show(self, conversation: str, leaf: str) -> None:
        """Show the path that ends with this message; an unknown one changes nothing."""
        if leaf in self._tree(conversation):
            self._set(conversation, "leaf = ?", leaf)

    def conversation_of(self, message: str) -> str:
        """Return the id of a message's conversation; "" for an unknown message."""
        row = self._connection.execute(
            "SELECT conversation FROM messages WHERE id = ?", (message,)
        ).fetchone()
        return str(row[0]) if row else ""

    def _tree(self, conversation: str) -> dict[str, str]:
        """Return each message's parent, oldest first; "" for none in this conversation."""
        rows = self._connection.execute(
            "SELECT id, coalesce(parent, '') FROM messages WHERE conversation = ? ORDER BY number",
            (conversation,),
        )
        tree = dict(rows.fetchall())
        return {message: parent if parent in tree else "" for message, parent in tree.items()}

    def _messages(
        self, conversation: str, tree: dict[str, str], wanted: Iterable[str]
    ) -> tuple[StoredMessage, ...]:
        versions = {parent: tuple(ids) for parent, ids in children_of(tree).items()}
        attachments = self._attachments.of_conversation(conversation)
        rows = self._connection.execute(
            f"{SELECT_MESSAGES} WHERE conversation = ?", (conversation,)
        )
        found = {row[1]: row for row in rows}
        return tuple(
            replace(
                row_to_message(
                    found[message], versions[tree[message]], attachments.get(found[message][0])
                ),
                parent=tree[message],
            )
            for message in wanted
        )

    # --- search and files ---------------------------------------------------------------------

    def search(self, question: str, most: int = 100, project: str = "") -> tuple[SearchHit, ...]:
        """Find titles and messages, with their attachments, that have every word of a query.

        Words are matched by their beginning; of a project, only its conversations are searched.

        Returns:
            Titles first, then messages, the newest first; `most` in all.
        """
        return self._index.search(question, most, project)

    def picture(self, sha256: str, name: str) -> ImageInput | None:
        """Return a picture with its pixels; None when its file is missing or damaged."""
        return self._blobs.picture(sha256, name)

    def picture_png(self, sha256: str) -> bytes:
        """Return a picture's PNG file; empty when it is missing, damaged or another picture."""
        return self._blobs.picture_png(sha256)

    def save_picture(self, image: ImageInput | None) -> None:
        """Write the file of a picture before the message that shows it.

        Raises:
            OSError: the disk is full or the folder cannot be written.
        """
        if image is not None:
            self._blobs.save_picture(image)

    def picture_file(self, sha256: str) -> Path:
        """Return the path of a picture's PNG file."""
        return self._blobs.path(sha256, "picture")

    def sound(self, sha256: str) -> bytes:
        """Return the samples of a recording as in AudioInput.pcm; empty without its file."""
        return self._blobs.sound(sha256)
