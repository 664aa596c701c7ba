"""Repair of rows that could be stored before imports were checked.

Reading does without it, as every value is checked where it is read. But a conversation should not
stay without a date, or in a circle, for good.
"""

from __future__ import annotations

import hashlib
import sqlite3

from mmdesk.history.codec import MAX_TIME
from mmdesk.history.message_tree import cyclic
from mmdesk.history.schema import transaction

# A cycle has a message that is not newer than its parent; so have few others. Indexes alone answer
# the query: 0.1 s for 100,000 messages.
_SUSPICIOUS = (
    "SELECT messages.number FROM messages LEFT JOIN messages AS parents "
    "ON parents.id = messages.parent WHERE messages.parent IS NOT NULL "
    "AND (parents.number IS NULL OR parents.number >= messages.number)"
)
_BAD_DIGEST = (
    "typeof(sha256) <> 'text' OR length(sha256) NOT BETWEEN 1 AND 64 OR "
    "sha256 GLOB '*[^0-9A-Za-z]*'"
)


def repair(connection: sqlite3.Connection, now: float) -> int:
    """Repair circles of messages, impossible dates and names of attachments; return how many.

    Nothing is written where nothing is wrong.
    """
    suspicious = connection.execute(f"{_SUSPICIOUS} LIMIT 1").fetchone() is not None
    digests = [
        digest
        for (digest,) in connection.execute(f"SELECT sha256 FROM attachments WHERE {_BAD_DIGEST}")
    ]
    dates = [column for column in ("created", "changed") if _has_bad_dates(connection, column)]
    if not (suspicious or digests or dates):
        return 0
    with transaction(connection):
        repaired = _open_cycles(connection) if suspicious else 0
        repaired += sum(_set_date(connection, column, now) for column in dates)
        for digest in digests:
            _rename_attachment(connection, digest)
    return repaired + len(digests)


def _open_cycles(connection: sqlite3.Connection) -> int:
    """Take their parents from messages whose parent is unknown or, in a circle, follows them."""
    rows = connection.execute(
        f"SELECT DISTINCT conversation FROM messages WHERE number IN ({_SUSPICIOUS})"
    ).fetchall()
    repaired = connection.execute(
        "UPDATE messages SET parent = NULL WHERE parent NOT IN (SELECT id FROM messages)"
    ).rowcount
    for (conversation,) in rows:
        tree = connection.execute(
            "SELECT id, parent FROM messages WHERE conversation = ? AND parent IS NOT NULL "
            "ORDER BY number",
            (conversation,),
        )
        for message in cyclic(dict(tree.fetchall())):
            connection.execute("UPDATE messages SET parent = NULL WHERE id = ?", (message,))
            repaired += 1
    return repaired


def _bad_date(column: str) -> str:
    return f"(typeof({column}) NOT IN ('real', 'integer') OR {column} NOT BETWEEN 0 AND {MAX_TIME})"


def _has_bad_dates(connection: sqlite3.Connection, column: str) -> bool:
    rows = connection.execute(f"SELECT 1 FROM conversations WHERE {_bad_date(column)} LIMIT 1")
    return rows.fetchone() is not None


def _set_date(connection: sqlite3.Connection, column: str, now: float) -> int:
    return connection.execute(
        f"UPDATE conversations SET {column} = ? WHERE {_bad_date(column)}", (now,)
    ).rowcount


def _rename_attachment(connection: sqlite3.Connection, digest: object) -> None:
    """Give an attachment a name that a file can have; it has no file of its own."""
    name = hashlib.sha256(repr(digest).encode("utf-8", "replace")).hexdigest()
    connection.execute(
        "INSERT OR IGNORE INTO attachments (sha256, kind, text, width, height, perceived) "
        "SELECT ?, kind, text, width, height, perceived FROM attachments WHERE sha256 = ?",
        (name, digest),
    )
    connection.execute("UPDATE attached SET sha256 = ? WHERE sha256 = ?", (name, digest))
    connection.execute("DELETE FROM attachments WHERE sha256 = ?", (digest,))
