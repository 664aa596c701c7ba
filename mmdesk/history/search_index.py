"""Full-text index (FTS5) over titles, messages and their attachments.

A message's row holds its text, the text of its documents, the descriptions and transcripts of its
pictures and sounds, and the names of files. The tables store what they index: deleting a row of a
contentless table needs exactly the text that went in, and an index that is wrong for ever is worse
than some megabytes.
"""

from __future__ import annotations

import re
import sqlite3

from mmdesk.history.attachment_table import AttachmentTable
from mmdesk.history.codec import moment
from mmdesk.history.search_text import (
    excerpt,
    find_terms,
    index_text,
    match_expression,
    query_terms,
)
from mmdesk.values import HitKind, SearchHit

_MARKDOWN = re.compile(r"\*\*|__|`|^#+ ", re.MULTILINE)  # left out of excerpts


class SearchIndex:
    """Full-text tables `message_words` and `title_words`."""

    def __init__(self, connection: sqlite3.Connection, attachments: AttachmentTable) -> None:
        self._connection = connection
        self._attachments = attachments

    def update_title(self, conversation: str) -> None:
        """Index the title of a conversation anew."""
        row = self._connection.execute(
            "SELECT number, title FROM conversations WHERE id = ?", (conversation,)
        ).fetchone()
        if row is not None:
            self._put("title_words", row[0], row[1])

    def update_message(self, number: int) -> None:
        """Index a message and its attachments anew."""
        (text,) = self._connection.execute(
            "SELECT text FROM messages WHERE number = ?", (number,)
        ).fetchone()
        attached = (part for _kind, part in self._attachments.searchable_texts(number))
        texts = (text, *attached)
        self._put("message_words", number, "\n".join(texts))

    def _put(self, table: str, number: int, text: str) -> None:
        self._connection.execute(f"DELETE FROM {table} WHERE rowid = ?", (number,))
        self._connection.execute(
            f"INSERT INTO {table} (rowid, words) VALUES (?, ?)", (number, index_text(text))
        )

    def remove_conversation(self, conversation: str) -> None:
        """Delete everything of a conversation from the index, before its own rows are deleted."""
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

    def optimize(self) -> None:
        """Rewrite the index without deleted rows: FTS5 only marks those as deleted."""
        for table in ("message_words", "title_words"):
            self._connection.execute(f"INSERT INTO {table} ({table}) VALUES ('optimize')")

    def search(self, query: str, limit: int, project: str = "") -> tuple[SearchHit, ...]:
        """Search titles and messages, see Store.search."""
        expression, terms = match_expression(query), query_terms(query)
        if not expression:
            return ()
        titles = self._connection.execute(
            "SELECT id, title, changed FROM title_words JOIN conversations "
            "ON conversations.number = title_words.rowid WHERE title_words MATCH ? "
            "AND deleted IS NULL AND ? IN ('', project) ORDER BY changed DESC LIMIT ?",
            (expression, project, limit),
        ).fetchall()
        hits = [
            SearchHit(conversation, title, "", *excerpt(title, terms), moment(changed))
            for conversation, title, changed in titles
        ]
        messages = self._connection.execute(
            "SELECT messages.number, conversations.id, title, messages.id, role, text, "
            "messages.created "
            "FROM message_words JOIN messages ON messages.number = message_words.rowid "
            "JOIN conversations ON conversations.id = messages.conversation "
            "WHERE message_words MATCH ? AND deleted IS NULL AND ? IN ('', project) "
            "ORDER BY messages.created DESC, messages.number DESC LIMIT ?",
            (expression, project, limit - len(hits)),
        ).fetchall()
        for number, conversation, title, message, role, text, created in messages:
            kind, found = self._where(number, role, text, terms)
            line, marks = excerpt(found, terms)
            when = moment(created)
            hits.append(SearchHit(conversation, title, message, line, marks, when, kind))
        return tuple(hits)

    def _where(
        self, number: int, role: str, text: str, terms: tuple[str, ...]
    ) -> tuple[HitKind, str]:
        """Return what holds the terms, the message or an attachment of it, with its text."""
        text = _MARKDOWN.sub("", text)
        if not find_terms(text, terms):
            for kind, attached in self._attachments.searchable_texts(number):
                if find_terms(attached, terms):
                    return kind, attached
        return "answer" if role == "assistant" else "question", text
