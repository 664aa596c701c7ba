"""Change of a history from plain to encrypted, and back, that survives a kill at any moment.

The new files are written beside the old ones. One step switches: the key file appears, or goes. The
files that are no longer in force are then overwritten and removed. While this goes on there is a
file `history.migration`, so that the next start knows that it has to remove one of the two sets:
without the key file the encrypted one, with it the plain one. Nothing else is ever removed.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from mmdesk.errors import MMDeskError
from mmdesk.history.blobs import BLOB_FOLDERS, save_whole
from mmdesk.history.database_connection import connect
from mmdesk.history.encryption.data_key import DataKey
from mmdesk.history.encryption.key_file import KeyFile, flush_folder
from mmdesk.history.schema import open_database, transaction

log = logging.getLogger(__name__)

PLAIN, ENCRYPTED = "history.db", "history.encrypted.db"
KEY_FILE = "history.key"
_MARK, _LOCK = "history.migration", "history.lock"
_SEALED = ".sealed"  # at the end of the name of a damaged database that was encrypted as a file
_ROWS = 500  # that are copied at a time
_CHUNK = 1 << 20
Progress = Callable[[int, int], object]  # parts done, all parts


def key_file(folder: Path) -> KeyFile:
    """Return the key file of the history in a folder."""
    return KeyFile(folder / KEY_FILE)


def encrypt_history(folder: Path, key: DataKey, passphrase: str, progress: Progress) -> None:
    """Encrypt a plain history that nothing else has open.

    Raises:
        InputError: the passphrase is too short.
        MMDeskError: another mmdesk uses the history, it is damaged, or the disk is full. The plain
            history is as it was.
    """
    with _migrating(folder, folder / ENCRYPTED):
        with _alone(folder / PLAIN, None) as old:
            _copy(folder, old, None, key, progress)
            step("switch")
            key_file(folder).write(key, passphrase)
        step("switched")
        _remove_plain(folder)


def decrypt_history(folder: Path, key: DataKey, progress: Progress) -> None:
    """Decrypt a history that nothing else has open.

    Raises:
        MMDeskError: another mmdesk uses the history, it is damaged, or the disk is full. The
            encrypted history is as it was.
    """
    with _migrating(folder, folder / PLAIN):
        with _alone(folder / ENCRYPTED, key) as old:
            _copy(folder, old, key, None, progress)
            step("switch")
            path = folder / KEY_FILE
            if any(_is_kept(copy) for copy in folder.glob(f"{ENCRYPTED}*")):
                path.rename(folder / f"{KEY_FILE}.{time.time_ns()}")  # those copies need it
            else:
                path.unlink()
            flush_folder(folder)
        step("switched")
        _remove_encrypted(folder)


def finish_migration(folder: Path) -> None:
    """Finish or undo a migration that was killed, if there was one.

    Raises:
        MMDeskError: it is going on, in another process.
    """
    if (folder / _MARK).exists():
        with _locked(folder):
            _finish(folder)


def step(name: str) -> None:
    """Mark a moment between two steps; the tests kill the process here."""


def _finish(folder: Path) -> None:
    if not (folder / _MARK).exists():
        return
    if key_file(folder).exists():
        _remove_plain(folder)
    else:
        _remove_encrypted(folder)
    step("removed")
    (folder / _MARK).unlink()
    log.info("a migration of the history has ended")


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the lock that only one process has; it ends with the process."""
    from filelock import FileLock, Timeout

    try:
        with FileLock(folder / _LOCK, timeout=0, mode=0o600):
            yield
    except Timeout as error:
        raise MMDeskError(
            "Another mmdesk is encrypting or decrypting the conversations.",
            "Wait until it is done, then try again.",
        ) from error


@contextlib.contextmanager
def _migrating(folder: Path, target: Path) -> Iterator[None]:
    """Mark that a migration goes on; finish or undo it at the end, whatever happens."""
    try:
        with _locked(folder):
            _finish(folder)
            if target.exists():  # of an earlier mmdesk, or one whose key file was lost
                raise MMDeskError(
                    "{file} is in the way.",
                    "Move it to another folder, then try again.",
                    file=target,
                )
            save_whole(folder / _MARK, b"A change between a plain and an encrypted history.\n")
            flush_folder(folder)
            step("marked")
            try:
                yield
            finally:
                _finish(folder)
    except (OSError, sqlite3.Error, UnicodeDecodeError) as error:
        log.exception("the migration of the history")
        raise MMDeskError(
            "The conversations cannot be encrypted or decrypted: {reason}.",
            "They are as they were.",
            reason=getattr(error, "strerror", None) or str(error),
        ) from error


@contextlib.contextmanager
def _alone(path: Path, key: DataKey | None) -> Iterator[sqlite3.Connection]:
    """Open a database that no other process may use meanwhile."""
    open_database(path, key).close()  # creates or migrates it
    with contextlib.closing(connect(path, key, timeout_s=0)) as connection:
        try:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            raise MMDeskError(
                "Another mmdesk is using the conversations.", "Quit it, then try again."
            ) from error
        yield connection


# --- copying --------------------------------------------------------------------------------------


def _copy(
    folder: Path,
    old: sqlite3.Connection,
    old_key: DataKey | None,
    new_key: DataKey | None,
    progress: Progress,
) -> None:
    """Write the database and all files in their other form."""
    files = list(_files(folder, old_key))
    tables = _tables(old)
    counts = [old.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables]
    every = len(files) + sum(counts)
    for done, path in enumerate(files):
        progress(done, every)
        _copy_file(folder, path, old_key, new_key)
        step("file")
    path = folder / (PLAIN if new_key is None else ENCRYPTED)
    with contextlib.closing(open_database(path, new_key)) as new:
        step("database")
        new.execute("PRAGMA foreign_keys = OFF")
        done = len(files)
        with transaction(new):
            for table in tables:
                for copied in _copy_table(old, new, table):
                    done += copied
                    progress(done, every)
        step("rows")
        new.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        if new.execute("PRAGMA integrity_check(1)").fetchone()[0] != "ok":
            raise sqlite3.DatabaseError("the copy is not sound")
        for table, count in zip(tables, counts, strict=True):
            if new.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] != count:
                raise sqlite3.DatabaseError("the copy is not complete")
    flush_folder(folder)


def _tables(connection: sqlite3.Connection) -> list[str]:
    """Return the tables that hold rows: those of the full-text indexes too, not their fronts."""
    rows = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite^_%' "
        "ESCAPE '^' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"
    )
    return [name for (name,) in rows]


def _copy_table(old: sqlite3.Connection, new: sqlite3.Connection, table: str) -> Iterator[int]:
    """Copy the rows of a table; yield how many, time and again."""
    names = [row[1] for row in new.execute(f'PRAGMA table_info("{table}")')]
    columns, marks = ", ".join(f'"{name}"' for name in names), ", ".join("?" * len(names))
    new.execute(f'DELETE FROM "{table}"')
    rows = old.execute(f'SELECT {columns} FROM "{table}"')
    while chunk := rows.fetchmany(_ROWS):
        new.executemany(f'INSERT INTO "{table}" ({columns}) VALUES ({marks})', chunk)
        yield len(chunk)


def _files(folder: Path, key: DataKey | None) -> Iterator[Path]:
    """Yield the attachments, and the damaged databases that were kept."""
    for path in (folder / BLOB_FOLDERS[key is not None]).glob("*/*"):
        if path.is_file() and not path.name.startswith("."):
            yield path
    if key is None:
        yield from (path for path in folder.glob(f"{PLAIN}.damaged-*") if path.is_file())
    else:
        yield from folder.glob(f"{ENCRYPTED}.damaged-*{_SEALED}")


def _copy_file(folder: Path, path: Path, old_key: DataKey | None, new_key: DataKey | None) -> None:
    data, name = path.read_bytes(), path.name
    is_damaged_database = path.parent == folder
    if old_key is not None:
        try:
            stored_as = data[:64].decode() if is_damaged_database else name
            name, data = old_key.decrypt(data[64:] if is_damaged_database else data, stored_as)
        except (OSError, UnicodeDecodeError):
            log.warning("%s is damaged and stays behind", path.name)
            return
        blobs = folder / BLOB_FOLDERS[0]
        save_whole(folder / name if is_damaged_database else blobs / name[:2] / name, data)
    elif new_key is not None:
        stored_as = new_key.file_name(name)
        data = new_key.encrypt(data, name)
        if is_damaged_database:
            sealed = folder / (name.replace(PLAIN, ENCRYPTED, 1) + _SEALED)
            save_whole(sealed, stored_as.encode() + data)
        else:
            save_whole(folder / BLOB_FOLDERS[1] / stored_as[:2] / stored_as, data)


# --- removing -------------------------------------------------------------------------------------


def _remove_plain(folder: Path) -> None:
    _remove(folder, BLOB_FOLDERS[0], f"{PLAIN}*")


def _remove_encrypted(folder: Path) -> None:
    """Remove the encrypted files, but not a damaged encrypted database that was kept."""
    _remove(folder, BLOB_FOLDERS[1], f"{ENCRYPTED}*", _is_kept)


def _is_kept(path: Path) -> bool:
    return ".damaged-" in path.name and not path.name.endswith(_SEALED)


def _remove(
    folder: Path, blobs: str, pattern: str, is_kept: Callable[[Path], bool] = lambda path: False
) -> None:
    paths = [path for path in (folder / blobs).glob("*/*") if path.is_file()]
    paths += [path for path in folder.glob(pattern) if path.is_file() and not is_kept(path)]
    for path in paths:
        overwrite_and_remove(path)
        step("file removed")
    for inner in (folder / blobs).glob("*"):
        with contextlib.suppress(OSError):
            inner.rmdir()
    with contextlib.suppress(OSError):
        (folder / blobs).rmdir()
    flush_folder(folder)


def overwrite_and_remove(path: Path) -> None:
    """Overwrite a file with zeros, as deletions inside the database are, and remove it.

    Raises:
        OSError: it cannot be removed.
    """
    with contextlib.suppress(OSError):
        if path.stat().st_nlink == 1 and not path.is_symlink():
            with path.open("r+b") as stream:
                left = path.stat().st_size
                while left > 0:
                    left -= stream.write(bytes(min(_CHUNK, left)))
                stream.flush()
                os.fsync(stream.fileno())
    path.unlink()
