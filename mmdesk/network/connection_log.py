"""Log of all connections, in a private file of bounded size.

A connection is written when it begins and again when it ends, so that one whose process was killed
is in the log as well. Any number of processes append to the file at once: each line is one write.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from mmdesk import settings
from mmdesk.private_files import FILE_MODE, make_private_folder
from mmdesk.translatable import TranslatableText
from mmdesk.values import Connection

MAX_BYTES = 200_000  # of the file; the file before it is kept, too
SHOWN = 500  # connections that are read
_MAX_LINE = 4_000  # bytes; a longer one was not written by mmdesk
_DAMAGE = (ValueError, LookupError, TypeError, AttributeError, RecursionError)
_numbers = itertools.count()


class ConnectionLog:
    """Log in a file; in the logs of mmdesk's home when None."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or settings.home() / "logs" / "connections.jsonl"

    def new_key(self) -> str:
        """Return what names a connection in the log."""
        return f"{os.getpid()}-{time.time_ns()}-{next(_numbers)}"

    def write(self, key: str, connection: Connection) -> None:
        """Write an entry of a connection, or its end; a log that cannot be written is ignored.

        Args:
            key: names the connection; what is written later replaces what was written before.
            connection: the state now.
        """
        line = json.dumps({"key": key, **_stored(connection)}).encode() + b"\n"
        with contextlib.suppress(OSError):  # a full disk must not keep a download from running
            make_private_folder(self.path.parent)
            if self.path.exists() and self.path.stat().st_size > MAX_BYTES:
                os.replace(self.path, self._older)
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
            handle = os.open(self.path, flags, FILE_MODE)
            try:
                os.write(handle, line)
            finally:
                os.close(handle)

    def read(self, most: int = SHOWN) -> tuple[Connection, ...]:
        """Return the latest connections, the newest first; damaged lines are left out."""
        found: dict[str, Connection] = {}
        for line in (*_lines(self._older), *_lines(self.path)):
            with contextlib.suppress(*_DAMAGE):
                data = json.loads(line)
                key = str(data.pop("key"))
                found[key] = _restored(data)
        newest_first = sorted(found.values(), key=lambda one: one.time, reverse=True)
        return tuple(newest_first[:most])

    def clear(self) -> None:
        """Delete the log.

        Raises:
            OSError: it cannot be deleted.
        """
        for path in (self.path, self._older):
            path.unlink(missing_ok=True)

    @property
    def _older(self) -> Path:
        return self.path.with_suffix(".1.jsonl")


def _lines(path: Path) -> list[bytes]:
    try:
        with path.open("rb") as stream:
            data = stream.read(2 * MAX_BYTES)
    except OSError:
        return []
    return [line for line in data.splitlines() if len(line) <= _MAX_LINE]


def _stored(connection: Connection) -> dict[str, Any]:
    data = asdict(connection)
    for name in ("reason", "result"):
        text: TranslatableText = getattr(connection, name)
        values = {key: str(value)[:200] for key, value in text.values.items()}
        data[name] = [text.template, values]
    data["host"] = connection.host[:300]
    return data


def _restored(data: dict[str, Any]) -> Connection:
    for name in ("reason", "result"):
        template, values = data[name]
        if not all(isinstance(value, str) for value in values.values()):
            raise TypeError(name)
        data[name] = TranslatableText(template, **values)
    numbers = (data["time"], data["port"], data["sent"] or 0, data["received"] or 0)
    if not all(isinstance(number, int | float) and 0 <= number < 1e15 for number in numbers):
        raise TypeError("number")
    return Connection(**data)
