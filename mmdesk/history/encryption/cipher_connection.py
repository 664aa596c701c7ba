"""Connection to a database that SQLCipher encrypts, with the exceptions of sqlite3.

The module sqlcipher3 has exception types of its own, which nothing else here would catch.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

from sqlcipher3 import dbapi2 as sqlcipher

from mmdesk.history.encryption.data_key import DataKey


def connect_encrypted(path: Path, key: DataKey, timeout_s: float) -> sqlite3.Connection:
    """Open a database with its key; a wrong key shows at the first statement.

    Raises:
        sqlite3.OperationalError: the file cannot be opened.
    """
    with _TRANSLATION:
        connection = sqlcipher.connect(
            str(path),
            timeout=timeout_s,
            isolation_level=None,
            check_same_thread=False,
            factory=_Connection,
        )
        connection.execute("PRAGMA cipher_log_level = NONE")  # damage is told by exceptions
        connection.execute(f"PRAGMA key = \"x'{key.derived('database').hex()}'\"")
    return cast("sqlite3.Connection", connection)


class _Cursor(sqlcipher.Cursor):
    def execute(self, *arguments: Any) -> _Cursor:
        with _TRANSLATION:
            super().execute(*arguments)
        return self

    def executemany(self, sql: str, rows: Iterable[Any]) -> _Cursor:
        with _TRANSLATION:
            super().executemany(sql, rows)
        return self

    def fetchone(self) -> Any:
        with _TRANSLATION:
            return super().fetchone()

    def fetchmany(self, *arguments: Any) -> Any:
        with _TRANSLATION:
            return super().fetchmany(*arguments)

    def fetchall(self) -> Any:
        with _TRANSLATION:
            return super().fetchall()

    def __next__(self) -> Any:
        with _TRANSLATION:
            return super().__next__()


class _Connection(sqlcipher.Connection):
    def cursor(self, *arguments: Any) -> _Cursor:
        with _TRANSLATION:
            return cast("_Cursor", super().cursor(_Cursor))

    def execute(self, *arguments: Any) -> _Cursor:
        return self.cursor().execute(*arguments)

    def executemany(self, sql: str, rows: Iterable[Any]) -> _Cursor:
        return self.cursor().executemany(sql, rows)

    def backup(self, *arguments: Any, **options: Any) -> None:
        with _TRANSLATION:
            super().backup(*arguments, **options)

    def close(self) -> None:
        with _TRANSLATION:
            super().close()


class _Translation:
    """Context in which the exceptions of sqlcipher3 become those of sqlite3."""

    def __enter__(self) -> None:
        """Do nothing yet."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Raise the exception of sqlite3 with the same name."""
        if isinstance(error, sqlcipher.Error):
            kind_here = getattr(sqlite3, type(error).__name__, sqlite3.DatabaseError)
            translated = kind_here(*error.args)
            translated.sqlite_errorcode = getattr(error, "sqlite_errorcode", 0)
            raise translated from error


_TRANSLATION = _Translation()
