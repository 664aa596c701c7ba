"""The full-text index over titles, messages and everything that was attached to them.

A message's row holds the words of its text, of its documents, of what was seen and heard, and
the names of files. The rows keep what they index: taking a row out of a contentless table needs
exactly the words that went in, and an index that is wrong for ever is worse than some megabytes.
"""

from __future__ import annotations

import re
import sqlite3

from mmdesk.history.attachment_table import AttachmentTable
from mmdesk.history.search_text import excerpt, indexed, match_expression, places, terms
from mmdesk.values import SearchHit

_MARKS = re.compile(r"\*\*|__|`|^#+ ", re.MULTILINE)  # Markdown that would only be in the way


class SearchIndex:
    """The tables `message_words` and `title_words`."""

    def __init__(self, connection: sqlite3.Connection, attachments: AttachmentTable) -> None:
        self._connection = connection
        self._attachments = attachments

    def title(self, conversation: str) -> None:
        """The conversation's title is new."""
        row = self._connection.execute(
            "SELECT number, title FROM conversations WHERE id = ?", (conversation,)
        ).fetchone()
        if row is not None:
            self._put("title_words", row[0], row[1])

    def message(self, number: int) -> None:
        """The message, or something attached to it, is new."""
        (text,) = self._connection.execute(
            "SELECT text FROM messages WHERE number = ?", (number,)
        ).fetchone()
        self._put("message_words", number, "\n".join((text, *self._attachments.words(number))))

    def _put(self, table: str, number: int, text: str) -> None:
        self._connection.execute(f"DELETE FROM {table} WHERE rowid = ?", (number,))
        self._connection.execute(
            f"INSERT INTO {table} (rowid, words) VALUES (?, ?)", (number, indexed(text))
        )

    def forget(self, conversation: str) -> None:
        """Take out everything of a conversation, before its rows go."""
        self._connection.execute(
            "DELETE FROM message_words WHERE rowid IN "
            "(SELECT number FROM messages WHERE conversation = ?)",
            (conversation,),
        )
        self._connection.execute(
            "DELETE FROM title_words WHERE rowid IN "
            "(SELECT number FROM conversations WHERE id = ?)",
            (conversation,),
        )

    def wipe(self) -> None:
        """Write the index anew without what was taken out: FTS5 only marks that as gone."""
        for table in ("message_words", "title_words"):
            self._connection.execute(f"INSERT INTO {table} ({table}) VALUES ('optimize')")

    def search(self, question: str, most: int) -> tuple[SearchHit, ...]:
        """See Store.search."""
        wanted, looked_for = match_expression(question), terms(question)
        if not wanted:
            return ()
        titles = self._connection.execute(
            "SELECT id, title, changed FROM title_words JOIN conversations "
            "ON conversations.number = title_words.rowid WHERE title_words MATCH ? "
            "AND deleted IS NULL ORDER BY changed DESC LIMIT ?",
            (wanted, most),
        ).fetchall()
        hits = [
            SearchHit(conversation, title, "", *excerpt(title, looked_for), changed)
            for conversation, title, changed in titles
        ]
        messages = self._connection.execute(
            "SELECT messages.number, conversations.id, title, messages.id, text, messages.created "
            "FROM message_words JOIN messages ON messages.number = message_words.rowid "
            "JOIN conversations ON conversations.id = messages.conversation "
            "WHERE message_words MATCH ? AND deleted IS NULL "
            "ORDER BY messages.created DESC, messages.number DESC LIMIT ?",
            (wanted, most - len(hits)),
        ).fetchall()
        for number, conversation, title, message, text, created in messages:
            line, marks = self._excerpt(number, text, looked_for)
            hits.append(SearchHit(conversation, title, message, line, marks, created))
        return tuple(hits)

    def _excerpt(
        self, number: int, text: str, looked_for: tuple[str, ...]
    ) -> tuple[str, tuple[tuple[int, int], ...]]:
        """From the message itself, or from what was attached where the words stand there."""
        text = _MARKS.sub("", text)
        if not places(text, looked_for):
            for part in self._attachments.words(number):
                if places(part, looked_for):
                    return excerpt(part, looked_for)
        return excerpt(text, looked_for)
