"""Copy of what can still be read of a damaged database into a new one.

A damaged page of a table hides the rows on it, and those of pages below it. Each table is read
from its beginning and from its end up to the damage, and the rows between, one by one.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from mmdesk.history.codec import moment, replace_surrogates, text_of
from mmdesk.history.database_connection import connect
from mmdesk.history.lost_schema import readable_copy
from mmdesk.history.row_mapping import STATES

if TYPE_CHECKING:
    from mmdesk.history.encryption.data_key import DataKey

log = logging.getLogger(__name__)

_CORRUPT, _NOT_A_DATABASE = 11, 26  # SQLITE_CORRUPT, SQLITE_NOTADB
_UNREADABLE = (sqlite3.Error, UnicodeDecodeError)  # the latter for messages that quote damage
_SCHEMA_SIGNS = (  # in SQLite's messages; no statement of mmdesk's can cause them
    "no such table",
    "no such column",
    "has no column",
    "vtable constructor failed",
    "invalid fts5 file format",
)
_MAX_SINGLE = 300_000  # rows that are asked for one by one: a few seconds
_COLUMNS = {
    "conversations": "id, title, created, changed, pinned, deleted, settings, leaf",
    "messages": "id, conversation, parent, role, text, state, created, detail",
    "attachments": "sha256, kind, text, width, height, perceived",
}
_ROLES = ("user", "assistant")
_KINDS = ("picture", "sound", "document")
_LOST_TITLE = "Recovered conversation"
_Rows = dict[int, tuple]  # by rowid


def is_damage(error: Exception, connection: sqlite3.Connection) -> bool:
    """Return whether an error says, or the database shows after it, that the file is damaged."""
    if isinstance(error, sqlite3.Error):
        code = (getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF
        if code in (_CORRUPT, _NOT_A_DATABASE):
            return True
        if isinstance(error, sqlite3.OperationalError):
            return _is_wrong_schema(error)  # else locked, full, read-only
    try:
        return connection.execute("PRAGMA integrity_check(1)").fetchone()[0] != "ok"
    except sqlite3.OperationalError:
        return False
    except (sqlite3.DatabaseError, UnicodeDecodeError):
        return True


def _is_wrong_schema(error: sqlite3.Error) -> bool:
    """Return whether a table, a column or an index is not what mmdesk made."""
    return any(sign in str(error) for sign in _SCHEMA_SIGNS)


def salvage(damaged: Path, new: sqlite3.Connection, key: DataKey | None = None) -> int:
    """Copy the readable rows; return how many conversations there are.

    Args:
        damaged: the database file; it is not changed. Its log stays with it.
        new: an empty database, inside a transaction.
        key: of the damaged one, where it is encrypted.
    """
    try:
        with (
            readable_copy(damaged, key) as path,
            contextlib.closing(connect(path, key)) as old,
        ):
            old.text_factory = lambda text: text.decode("utf-8", "replace")
            conversations, messages, attachments = (_rows(old, table) for table in _COLUMNS)
            attached = _attached(old, messages)
            shown = _shown(old)
    except _UNREADABLE:
        log.exception("nothing can be read of %s", damaged)
        return 0
    known = _copy_conversations(new, conversations, messages)
    _copy_messages(new, messages, known)
    _copy_attachments(new, attachments, attached)
    if shown:
        new.execute("INSERT OR REPLACE INTO state (name, value) VALUES ('shown', ?)", (shown,))
    log.warning("%s conversations, %s messages were salvaged", len(known), len(messages))
    return len(known)


# --- reading --------------------------------------------------------------------------------------


def _rows(old: sqlite3.Connection, table: str) -> _Rows:
    """Return the readable rows of a table, by their number and in its order."""
    query = f"SELECT rowid, {_COLUMNS[table]} FROM {table}"
    rows = dict(_until_damage(old, f"{query} ORDER BY rowid"))
    below = max(rows, default=0)
    tail = dict(_until_damage(old, f"{query} ORDER BY rowid DESC", below))
    above = min(tail, default=below)
    for number in range(below + 1, min(above, below + _MAX_SINGLE)):
        rows.update(_until_damage(old, f"{query} WHERE rowid = {number}"))
    return dict(sorted((rows | tail).items()))


def _until_damage(
    old: sqlite3.Connection, query: str, stop: int | None = None
) -> Iterator[tuple[int, tuple]]:
    """Yield (rowid, other columns) up to the first error, or down to row `stop`."""
    with contextlib.suppress(*_UNREADABLE, OverflowError, MemoryError):
        for number, *values in old.execute(query):
            if not isinstance(number, int) or (stop is not None and number <= stop):
                return
            yield number, tuple(values)


def _attached(old: sqlite3.Connection, messages: _Rows) -> list[tuple]:
    """Return the readable links between messages and attachments."""
    links = []
    for number in messages:
        with contextlib.suppress(*_UNREADABLE):
            links += old.execute(
                "SELECT message, place, sha256, name, media_type, pages FROM attached "
                "WHERE message = ?",
                (number,),
            ).fetchall()
    return links


def _shown(old: sqlite3.Connection) -> str:
    with contextlib.suppress(*_UNREADABLE):
        row = old.execute("SELECT value FROM state WHERE name = 'shown'").fetchone()
        return text_of(row[0]) if row else ""
    return ""


# --- writing --------------------------------------------------------------------------------------


def _copy_conversations(new: sqlite3.Connection, rows: _Rows, messages: _Rows) -> set[str]:
    """Insert the conversations, and one for messages that have lost theirs; return their ids."""
    for number, (name, title, created, changed, pinned, deleted, settings, leaf) in rows.items():
        if text_of(name):
            new.execute(
                "INSERT OR IGNORE INTO conversations (number, id, title, created, changed, "
                "pinned, deleted, settings, leaf) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    number,
                    replace_surrogates(name),
                    text_of(title),
                    moment(created),
                    moment(changed),
                    int(pinned == 1),
                    moment(deleted) or None,
                    text_of(settings),
                    text_of(leaf),
                ),
            )
    for _id, conversation, *_others, created, _detail in messages.values():
        if text_of(conversation):
            new.execute(
                "INSERT OR IGNORE INTO conversations (id, title, created, changed) "
                "VALUES (?, ?, ?, ?)",
                (conversation, _LOST_TITLE, moment(created), moment(created)),
            )
    return {name for (name,) in new.execute("SELECT id FROM conversations")}


def _copy_messages(new: sqlite3.Connection, rows: _Rows, conversations: set[str]) -> None:
    """Insert the messages; one whose parent is lost follows the one before it."""
    ids = {row[0] for row in rows.values()}
    latest: dict[str, str] = {}
    for number, (name, conversation, parent, role, text, state, created, detail) in rows.items():
        if not text_of(name) or conversation not in conversations or role not in _ROLES:
            continue
        if parent not in (None, "") and parent not in ids:
            parent = latest.get(conversation)
        new.execute(
            "INSERT OR IGNORE INTO messages (number, id, conversation, parent, role, text, state, "
            "created, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                number,
                name,
                conversation,
                parent or None,
                role,
                text_of(text),
                state if state in STATES else "interrupted",
                moment(created),
                text_of(detail),
            ),
        )
        latest[conversation] = name
    new.execute("UPDATE messages SET parent = NULL WHERE parent NOT IN (SELECT id FROM messages)")


def _copy_attachments(new: sqlite3.Connection, rows: _Rows, attached: list[tuple]) -> None:
    for sha256, kind, text, width, height, perceived in rows.values():
        if text_of(sha256) and kind in _KINDS:
            new.execute(
                "INSERT OR IGNORE INTO attachments (sha256, kind, text, width, height, perceived) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                (sha256, kind, text_of(text), _size(width), _size(height), text_of(perceived)),
            )
    for message, place, sha256, name, media_type, pages in attached:
        new.execute(
            "INSERT OR IGNORE INTO attached (message, place, sha256, name, media_type, pages) "
            "SELECT ?, ?, ?, ?, ?, ? WHERE EXISTS (SELECT 1 FROM messages WHERE number = ?) "
            "AND EXISTS (SELECT 1 FROM attachments WHERE sha256 = ?)",
            (message, place, sha256, text_of(name), text_of(media_type), pages, message, sha256),
        )


def _size(value: object) -> int:
    return value if isinstance(value, int) and 0 <= value <= 1_000_000 else 0
