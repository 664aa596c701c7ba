"""Database schema: opening the file, migrations, transactions.

WAL lets the command line read while the window writes. A commit is flushed to the disk
(synchronous=FULL): there are at most a few a second, on a thread that nothing waits for, and a
power cut should not lose more than a kill does. Deleted text is overwritten (secure_delete), since
users delete what they do not want to be found.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from mmdesk.errors import MMDeskError
from mmdesk.history.database_connection import connect
from mmdesk.private_files import make_private_folder, open_private, restrict

if TYPE_CHECKING:
    from mmdesk.history.encryption.data_key import DataKey

log = logging.getLogger(__name__)

LOCK_TIMEOUT_S = 5.0  # how long another process may hold the write lock

# One script per version; a script that has been released is never changed.
MIGRATIONS = (
    """
    CREATE TABLE conversations (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        title TEXT NOT NULL,
        created REAL NOT NULL,
        changed REAL NOT NULL,
        pinned INTEGER NOT NULL DEFAULT 0,
        deleted REAL,
        settings TEXT NOT NULL DEFAULT '{}',
        leaf TEXT NOT NULL DEFAULT ''
    );
    CREATE TABLE messages (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        conversation TEXT NOT NULL REFERENCES conversations(id) ON DELETE CASCADE,
        parent TEXT REFERENCES messages(id) DEFERRABLE INITIALLY DEFERRED,
        role TEXT NOT NULL CHECK (role IN ('user', 'assistant')),
        text TEXT NOT NULL,
        state TEXT NOT NULL,
        created REAL NOT NULL,
        detail TEXT NOT NULL DEFAULT '{}'
    );
    CREATE INDEX messages_by_conversation ON messages(conversation, number);
    CREATE INDEX messages_by_parent ON messages(parent);
    CREATE INDEX messages_streaming ON messages(state) WHERE state = 'streaming';
    CREATE TABLE attachments (
        sha256 TEXT PRIMARY KEY,
        kind TEXT NOT NULL CHECK (kind IN ('picture', 'sound', 'document')),
        text TEXT NOT NULL DEFAULT '',
        width INTEGER NOT NULL DEFAULT 0,
        height INTEGER NOT NULL DEFAULT 0,
        perceived TEXT NOT NULL DEFAULT ''
    );
    CREATE TABLE attached (
        message INTEGER NOT NULL REFERENCES messages(number) ON DELETE CASCADE,
        place INTEGER NOT NULL,
        sha256 TEXT NOT NULL REFERENCES attachments(sha256),
        name TEXT NOT NULL,
        media_type TEXT NOT NULL DEFAULT '',
        pages INTEGER,
        PRIMARY KEY (message, place)
    ) WITHOUT ROWID;
    CREATE INDEX attached_by_digest ON attached(sha256);
    CREATE TABLE state (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE VIRTUAL TABLE message_words USING fts5(
        words, tokenize = "unicode61 remove_diacritics 2", prefix = '2 3'
    );
    CREATE VIRTUAL TABLE title_words USING fts5(
        words, tokenize = "unicode61 remove_diacritics 2", prefix = '2 3'
    );
    """,
    """
    ALTER TABLE conversations ADD COLUMN project TEXT;
    CREATE INDEX conversations_by_project ON conversations(project) WHERE project IS NOT NULL;
    CREATE TABLE projects (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        instructions TEXT NOT NULL DEFAULT '',
        model TEXT NOT NULL DEFAULT '',
        folded INTEGER NOT NULL DEFAULT 0,
        created REAL NOT NULL,
        deleted REAL
    );
    CREATE TABLE project_files (
        project TEXT NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
        place INTEGER NOT NULL,
        name TEXT NOT NULL,
        media_type TEXT NOT NULL DEFAULT '',
        pages INTEGER,
        text TEXT NOT NULL,
        perceived TEXT NOT NULL DEFAULT '',
        PRIMARY KEY (project, place)
    ) WITHOUT ROWID;
    CREATE TABLE summaries (
        conversation TEXT NOT NULL REFERENCES conversations(id) ON DELETE CASCADE,
        last TEXT NOT NULL,
        text TEXT NOT NULL,
        created REAL NOT NULL,
        PRIMARY KEY (conversation, last)
    ) WITHOUT ROWID;
    """,
)


def open_database(path: Path, key: DataKey | None = None) -> sqlite3.Connection:
    """Open the file, and create or migrate it where needed.

    One thread at a time may use the connection.

    Args:
        path: of the file.
        key: of an encrypted database.

    Raises:
        MMDeskError: it comes from a newer mmdesk, or the folder cannot be written.
        sqlite3.DatabaseError: it is not a database, or a damaged one.
    """
    try:
        make_private_folder(path.parent)
        if not path.exists() and replacement(path).exists():
            replacement(path).rename(path)  # complete: a kill came between two renames
        _make_private(path)
        connection = connect(path, key, LOCK_TIMEOUT_S)
    except (OSError, sqlite3.OperationalError) as error:
        raise MMDeskError(
            "Conversations cannot be saved in {folder}: {error}.",
            "They will be lost when mmdesk closes.",
            folder=path.parent,
            error=getattr(error, "strerror", None) or str(error),
        ) from error
    connection.text_factory = _decode
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        _migrate(connection, path, key)
    except BaseException:
        connection.close()
        raise
    return connection


def _decode(text: bytes) -> str:
    """Decode a text of the database; damage may have left bytes in it that are no UTF-8."""
    return text.decode("utf-8", "replace")


def _make_private(path: Path) -> None:
    """Create the file for this account alone; SQLite gives its -wal and -shm the same mode."""
    if not path.exists():
        open_private(path, "a").close()
    for suffix in ("", "-wal", "-shm"):
        restrict(path.with_name(path.name + suffix))


def _migrate(connection: sqlite3.Connection, path: Path, key: DataKey | None) -> None:
    newest = len(MIGRATIONS)
    version = _version(connection)
    if version > newest:
        raise MMDeskError(
            "{name} was saved by a newer mmdesk (format {version}, this one reads up to {newest}).",
            "Update mmdesk to open your conversations. They have not been changed.",
            name=path.name,
            version=version,
            newest=newest,
        )
    if 0 < version < newest:
        _back_up(connection, path.with_name(f"{path.name}.v{version}"), key)
    while version < newest:
        # Whole or not at all, and by one process only; `executescript` would commit on its own.
        with transaction(connection):
            version = _version(connection)  # another process may have been faster
            if version < newest:
                for statement in statements(MIGRATIONS[version]):
                    connection.execute(statement)
                version += 1
                connection.execute(f"PRAGMA user_version = {version}")


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _back_up(connection: sqlite3.Connection, path: Path, key: DataKey | None) -> None:
    """Copy the database as it was before its migration."""
    open_private(path, "a").close()
    with contextlib.closing(connect(path, key)) as copy:
        connection.backup(copy)


def remove_backups(path: Path, older_than_s: float = 0.0) -> None:
    """Remove the copies from before migrations: they have what was deleted since."""
    for copy in path.parent.glob(f"{path.name}.v[0-9]*"):
        with contextlib.suppress(OSError):
            if time.time() - copy.stat().st_mtime >= older_than_s:
                copy.unlink()


def statements(script: str) -> list[str]:
    """Split a script into its statements."""
    statements, current = [], ""
    for line in script.splitlines():
        current += line + "\n"
        if sqlite3.complete_statement(current):
            statements.append(current)
            current = ""
    return statements


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Write everything inside or nothing; an inner transaction is part of the outer one."""
    if connection.in_transaction:
        yield
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # SQLite has rolled back by itself after some errors, and has not after a failed COMMIT.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def replacement(path: Path) -> Path:
    """Return where the replacement of a damaged database is written."""
    return path.with_name(f"{path.name}.new")


def remove_database(path: Path) -> None:
    """Remove a database with its log, if it exists.

    Raises:
        OSError: it cannot be removed.
    """
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def move_damaged(path: Path) -> Path:
    """Rename a damaged file (and its log), never over another; return its new path."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    moved = path.with_name(f"{path.name}.damaged-{stamp}")
    for suffix in ("", "-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(moved.with_name(moved.name + suffix))
    log.error("%s is damaged; it was renamed to %s", path, moved.name)
    return moved


def refuse_in_use(path: Path, key: DataKey | None = None) -> None:
    """Check that no other process has the database open, which would go on writing to it.

    Raises:
        MMDeskError: another one has.
    """
    with contextlib.closing(connect(path, key, timeout_s=0)) as connection:
        try:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise MMDeskError(
                    "The saved conversations are damaged, and another mmdesk is using them.",
                    "Quit all of mmdesk, then open it again.",
                ) from error
        except (sqlite3.DatabaseError, UnicodeDecodeError):
            return  # so damaged that nobody can use it
