"""Summaries of a conversation's first messages, which stand in a prompt in their place."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from mmdesk.history import codec
from mmdesk.values import Summary


class SummaryTable:
    """Table `summaries`.

    A summary belongs to the last message that it covers. An edit of an earlier message makes
    another path, which does not have that message; so the summary does not count there.
    """

    def __init__(self, connection: sqlite3.Connection, clock: Callable[[], float]) -> None:
        self._connection = connection
        self._clock = clock

    def of(self, conversation: str) -> tuple[Summary, ...]:
        """Return the summaries of a conversation, of all its versions."""
        rows = self._connection.execute(
            "SELECT last, text FROM summaries WHERE conversation = ? ORDER BY created",
            (conversation,),
        )
        return tuple(Summary(codec.text_of(last), codec.text_of(text)) for last, text in rows)

    def add(self, conversation: str, summary: Summary) -> None:
        """Store a summary, unless its conversation was deleted for good."""
        self._connection.execute(
            "INSERT OR REPLACE INTO summaries (conversation, last, text, created) "
            "SELECT id, ?, ?, ? FROM conversations WHERE id = ?",
            (summary.last, codec.replace_surrogates(summary.text), self._clock(), conversation),
        )
