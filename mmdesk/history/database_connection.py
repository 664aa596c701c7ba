"""The one place that opens SQLite files of the history, plain or encrypted."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mmdesk.history.encryption.data_key import DataKey


def connect(path: Path, key: DataKey | None = None, timeout_s: float = 5.0) -> sqlite3.Connection:
    """Open a database without changing anything; transactions are begun by hand.

    Args:
        path: of the file, which is created when it is missing.
        key: of an encrypted database; None for a plain one.
        timeout_s: how long another process may hold the lock.

    Raises:
        sqlite3.OperationalError: the file cannot be opened.
    """
    if key is None:
        return sqlite3.connect(
            path, timeout=timeout_s, isolation_level=None, check_same_thread=False
        )
    from mmdesk.history.encryption.cipher_connection import connect_encrypted

    return connect_encrypted(path, key, timeout_s)
