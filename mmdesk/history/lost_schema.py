"""Copy of a damaged database in which the list of its tables can be read again.

SQLite keeps that list, the schema, in page 1 and pages below it. Where one of those is damaged, no
table can be found, however sound its own pages are. But the tables of the first migration are made
in an empty file, so that each of them begins at the same page in every database: the first page of
a new database finds them.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from mmdesk.history.schema import MIGRATIONS, statements
from mmdesk.private_files import open_private

if TYPE_CHECKING:
    from mmdesk.history.encryption.data_key import DataKey

_CHANGES = 24  # place of the counter of changes; the number of pages counts where 92 equals it
_UNREADABLE = (sqlite3.Error, UnicodeDecodeError)


@contextlib.contextmanager
def readable_copy(damaged: Path, key: DataKey | None = None) -> Iterator[Path]:
    """Yield the path of a database whose schema can be read: the damaged one itself, or a copy.

    Raises:
        OSError: there is no space for the copy.
    """
    if key is not None or _has_schema(damaged):  # an encrypted first page cannot be replaced
        yield damaged
        return
    copy = damaged.with_name(f"{damaged.name}.schema")
    try:
        open_private(copy, "a").close()  # for this account alone, like the database
        with damaged.open("rb") as old, copy.open("wb") as new:
            page = _first_page()
            new.write(page)
            old.seek(len(page))
            shutil.copyfileobj(old, new)
        yield copy
    finally:
        for suffix in ("", "-wal", "-shm", "-journal"):
            copy.with_name(copy.name + suffix).unlink(missing_ok=True)


def _has_schema(path: Path) -> bool:
    try:
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("SELECT * FROM sqlite_master").fetchall()
    except _UNREADABLE:
        return False
    return True


def _first_page() -> bytes:
    """Return page 1 of a database with the tables of the first migration."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "new.db"
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as new:
            for statement in statements(MIGRATIONS[0]):
                new.execute(statement)
            (size,) = new.execute("PRAGMA page_size").fetchone()
        page = bytearray(path.read_bytes()[:size])
    page[_CHANGES : _CHANGES + 4] = b"\xff\xff\xff\xfe"  # so the size of the file counts
    return bytes(page)
