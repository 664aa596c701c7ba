"""Conversations in their database: what is written, and how a path of messages is read.

Writing never loses what was written before: every method is one transaction, or part of the one
around it (`together`). An answer is written while it comes (`extend`); its words enter the index
when it has ended. Times are seconds since 1970.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

from mmdesk.errors import InputError, MMDeskError
from mmdesk.history import codec
from mmdesk.history.attachment_table import AttachmentTable
from mmdesk.history.blobs import Blobs
from mmdesk.history.message_tree import children_of, newest_below, path_to
from mmdesk.history.row_mapping import INFO, MESSAGE, detail_of, info_of, message_of
from mmdesk.history.schema import open_database, set_aside, transaction
from mmdesk.history.search_index import SearchIndex
from mmdesk.values import (
    NO_STATS,
    ChatSettings,
    ConversationInfo,
    EarlierMessages,
    ImageDescription,
    ImageInput,
    MessageState,
    OpenedConversation,
    SearchHit,
    Stats,
    StoredMessage,
)


class Store:
    """One history.db with its folder of attachments.

    Attributes:
        damaged: where a damaged database was moved to when this one was made anew, or None.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        """Open or make the database.

        Raises:
            MMDeskError: it was written by a newer mmdesk, or the folder cannot be written.
        """
        self.path = path
        self.damaged: Path | None = None
        self._clock = clock
        try:
            self._connection = open_database(path)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):  # locked or full: not damaged
                raise MMDeskError(f"{path} cannot be opened: {error}.") from error
            self.damaged = set_aside(path)
            self._connection = open_database(path)
        self._blobs = Blobs(path.parent / "attachments")
        self._attachments = AttachmentTable(self._connection, self._blobs)
        self._index = SearchIndex(self._connection, self._attachments)

    def close(self) -> None:
        """Give the file back; nothing can be called after it."""
        self._connection.close()

    def together(self) -> AbstractContextManager[None]:
        """A transaction around several calls."""
        return transaction(self._connection)

    def recover(self) -> int:
        """Close what a killed process left open, and forget what was deleted before; called by
        the window at its start. Returns how many answers had been interrupted.
        """
        with self.together():
            rows = self._connection.execute("SELECT id FROM messages WHERE state = 'streaming'")
            broken = [message for (message,) in rows]
            for message in broken:
                self.end(message, "interrupted")
        self.purge()
        self._attachments.sweep()
        return len(broken)

    # --- conversations ------------------------------------------------------------------------

    def begin(self, info: ConversationInfo) -> None:
        """A new conversation, or the same one again (nothing happens then)."""
        now = self._clock()
        with self.together():
            done = self._connection.execute(
                "INSERT OR IGNORE INTO conversations (id, title, created, changed, pinned, "
                "settings) VALUES (?, ?, ?, ?, ?, ?)",
                (
                    *(info.id, codec.clean(info.title), info.created or now, info.changed or now),
                    *(int(info.pinned), codec.written(codec.plain(info.settings))),
                ),
            )
            if done.rowcount:
                self._index.title(info.id)

    def rename(self, conversation: str, title: str) -> None:
        with self.together():
            self._set(conversation, "title = ?", codec.clean(title))
            self._index.title(conversation)

    def pin(self, conversation: str, pinned: bool) -> None:
        self._set(conversation, "pinned = ?", int(pinned))

    def set_settings(self, conversation: str, settings: ChatSettings) -> None:
        self._set(conversation, "settings = ?", codec.written(codec.plain(settings)))

    def delete(self, conversation: str) -> None:
        """Hide it everywhere; `restore` takes that back until `purge`."""
        self._set(conversation, "deleted = ?", self._clock())

    def restore(self, conversation: str) -> None:
        self._set(conversation, "deleted = ?", None)

    def purge(self) -> None:
        """Forget deleted conversations for good, with everything only they had."""
        rows = self._connection.execute("SELECT id FROM conversations WHERE deleted IS NOT NULL")
        deleted = [conversation for (conversation,) in rows]
        with self.together():
            for conversation in deleted:
                self._index.forget(conversation)
                self._connection.execute(
                    "DELETE FROM messages WHERE conversation = ?", (conversation,)
                )
                self._connection.execute("DELETE FROM conversations WHERE id = ?", (conversation,))
            unused = self._attachments.drop_unused()
            if deleted:
                self._index.wipe()
        for sha256, kind in unused:  # after the commit: a file cannot be rolled back
            self._blobs.remove(sha256, kind)
        if deleted and not self._connection.in_transaction:
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # it holds the words too

    def conversations(self) -> tuple[ConversationInfo, ...]:
        """All that were not deleted: the pinned ones first, then by their last change."""
        rows = self._connection.execute(
            f"{INFO} WHERE deleted IS NULL ORDER BY pinned DESC, changed DESC, number DESC"
        )
        return tuple(info_of(row) for row in rows)

    def info(self, conversation: str) -> ConversationInfo:
        """Raises InputError when there is no such conversation."""
        row = self._connection.execute(
            f"{INFO} WHERE id = ? AND deleted IS NULL", (conversation,)
        ).fetchone()
        if row is None:
            raise InputError(
                f"There is no conversation {conversation!r}.", "mmdesk history list shows them."
            )
        return info_of(row)

    def set_shown(self, conversation: str) -> None:
        """The conversation to come back to; "" for none."""
        self._connection.execute(
            "INSERT OR REPLACE INTO state (name, value) VALUES ('shown', ?)", (conversation,)
        )

    def shown(self) -> str:
        """The conversation that was shown last, if it is still there; else ""."""
        row = self._connection.execute(
            "SELECT id FROM state JOIN conversations ON id = value "
            "WHERE name = 'shown' AND deleted IS NULL"
        ).fetchone()
        return str(row[0]) if row else ""

    def _set(self, conversation: str, what: str, value: object) -> None:
        self._connection.execute(
            f"UPDATE conversations SET {what} WHERE id = ?", (value, conversation)
        )

    # --- messages -----------------------------------------------------------------------------

    def add(self, conversation: str, message: StoredMessage) -> None:
        """Keep a message, and show the path that ends with it. Kept once however often told."""
        created = message.created or self._clock()
        with self.together():
            done = self._connection.execute(
                "INSERT OR IGNORE INTO messages (id, conversation, parent, role, text, state, "
                "created, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(message.id, conversation, message.parent or None, message.turn.role),
                    *(codec.clean(message.turn.text), message.state, created, detail_of(message)),
                ),
            )
            if not done.rowcount:
                return
            number = self._number(message.id)
            self._attachments.attach(number, message.turn)
            self._connection.execute(
                "UPDATE conversations SET leaf = ?, changed = max(changed, ?) WHERE id = ?",
                (message.id, created, conversation),
            )
            if message.state != "streaming":
                self._index.message(number)

    def extend(self, message: str, text: str) -> None:
        """Some more of an answer."""
        self._connection.execute(
            "UPDATE messages SET text = text || ? WHERE id = ?", (codec.clean(text), message)
        )

    def end(
        self,
        message: str,
        state: MessageState,
        stats: Stats = NO_STATS,
        notices: tuple[str, ...] = (),
        error: str = "",
        hint: str = "",
    ) -> None:
        """An answer has ended."""
        with self.together():
            row = self._connection.execute(f"{MESSAGE} WHERE id = ?", (message,)).fetchone()
            if row is None:
                return
            ended = replace(
                message_of(row), state=state, stats=stats, notices=notices, error=error, hint=hint
            )
            self._connection.execute(
                "UPDATE messages SET state = ?, detail = ? WHERE id = ?",
                (state, detail_of(ended), message),
            )
            self._index.message(row[0])

    def set_description(self, sha256: str, description: ImageDescription | None) -> None:
        """What was seen in a picture, or what the person said instead."""
        with self.together():
            for number in self._attachments.set_description(sha256, description):
                self._index.message(number)

    def _number(self, message: str) -> int:
        row = self._connection.execute("SELECT number FROM messages WHERE id = ?", (message,))
        return int(row.fetchone()[0])

    # --- paths --------------------------------------------------------------------------------

    def choose(self, message: str) -> str:
        """Show the newest path through this message from now on; its conversation's id.

        Raises:
            InputError: there is no such message.
        """
        row = self._connection.execute(
            "SELECT conversation FROM messages WHERE id = ?", (message,)
        ).fetchone()
        if row is None:
            raise InputError("The message is not there any more.")
        (conversation,) = row
        leaf = newest_below(self._tree(conversation), message)
        self._set(conversation, "leaf = ?", leaf)
        return str(conversation)

    def open(
        self, conversation: str, at: str = "", terms: tuple[str, ...] = ()
    ) -> OpenedConversation:
        """The conversation's path; with `at`, the one through that message unless it is on it.

        Raises:
            InputError: there is no such conversation.
        """
        info = self.info(conversation)
        tree = self._tree(conversation)
        path = path_to(tree, self.leaf(conversation))
        if at and at in tree and at not in path:
            self.choose(at)
            path = path_to(tree, self.leaf(conversation))
        return OpenedConversation(info, self._messages(conversation, tree, path), at, terms)

    def open_end(self, conversation: str, most: int) -> OpenedConversation:
        """The last messages of the path, `most` of them; in no more time for a long conversation
        than for a short one. Raises InputError when there is no such conversation.
        """
        info = self.info(conversation)
        rows = self._connection.execute(
            "WITH RECURSIVE path (id, parent, depth) AS (SELECT id, parent, 1 FROM messages "
            "WHERE id = ? UNION ALL SELECT messages.id, messages.parent, depth + 1 FROM messages "
            "JOIN path ON messages.id = path.parent WHERE depth < ?) "
            "SELECT id, parent FROM path ORDER BY depth DESC",
            (self.leaf(conversation), most),
        ).fetchall()
        if not rows:
            return self.open(conversation)
        return OpenedConversation(
            info, tuple(self._one(conversation, message, parent) for message, parent in rows)
        )

    def _one(self, conversation: str, message: str, parent: str | None) -> StoredMessage:
        row = self._connection.execute(f"{MESSAGE} WHERE id = ?", (message,)).fetchone()
        versions = self._connection.execute(
            "SELECT id FROM messages WHERE parent IS ? AND conversation = ? ORDER BY number",
            (parent, conversation),
        )
        ids = tuple(version for (version,) in versions)
        return message_of(row, ids, self._attachments.of_message(row[0]))

    def earlier(self, conversation: str, before: str) -> EarlierMessages:
        """What stands on the path before this message."""
        tree = self._tree(conversation)
        path = path_to(tree, before)[:-1] if before in tree else []
        messages = self._messages(conversation, tree, path) if path else ()
        return EarlierMessages(conversation, before, messages)

    def all_messages(self, conversation: str) -> tuple[StoredMessage, ...]:
        """Every version of every message, parents before children."""
        tree = self._tree(conversation)
        return self._messages(conversation, tree, tree)

    def leaf(self, conversation: str) -> str:
        """The id of the last message of the path that is shown; "" for an empty conversation."""
        row = self._connection.execute(
            "SELECT leaf FROM conversations WHERE id = ?", (conversation,)
        ).fetchone()
        return str(row[0]) if row else ""

    def show(self, conversation: str, leaf: str) -> None:
        """Show the path that ends with this message; an unknown one changes nothing."""
        if leaf in self._tree(conversation):
            self._set(conversation, "leaf = ?", leaf)

    def _tree(self, conversation: str) -> dict[str, str]:
        """Each message's parent ("" for none), oldest first."""
        rows = self._connection.execute(
            "SELECT id, coalesce(parent, '') FROM messages WHERE conversation = ? ORDER BY number",
            (conversation,),
        )
        return dict(rows.fetchall())

    def _messages(
        self, conversation: str, tree: dict[str, str], wanted: Iterable[str]
    ) -> tuple[StoredMessage, ...]:
        versions = {parent: tuple(ids) for parent, ids in children_of(tree).items()}
        attached = self._attachments.of_conversation(conversation)
        rows = self._connection.execute(f"{MESSAGE} WHERE conversation = ?", (conversation,))
        found = {row[1]: row for row in rows}
        return tuple(
            message_of(found[message], versions[tree[message]], attached.get(found[message][0]))
            for message in wanted
        )

    # --- searching and looking ----------------------------------------------------------------

    def search(self, question: str, most: int = 100) -> tuple[SearchHit, ...]:
        """Where every word of the question stands together: titles first, then messages (with
        everything attached to them), the newest first. Words are found by their beginning.
        """
        return self._index.search(question, most)

    def picture(self, sha256: str, name: str) -> ImageInput | None:
        """A picture with its pixels; None when its file is missing or damaged."""
        return self._blobs.picture(sha256, name)

    def picture_file(self, sha256: str) -> Path:
        """Where a picture's PNG file is."""
        return self._blobs.path(sha256, "picture")

    def sound(self, sha256: str) -> bytes:
        """The samples of a recording as in AudioInput.pcm; empty when the file is missing."""
        return self._blobs.sound(sha256)
