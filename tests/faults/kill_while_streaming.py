"""`python -m tests.faults.kill_while_streaming --runs N`: kills a streaming mmdesk again and again.

A child streams answers through the window's own path (session, history thread, SQLite) and says
on a pipe what the window was told and what is on the disk. It is killed (SIGKILL; TerminateProcess
on Windows) at a random moment, and the database, which grows from run to run, is compared with
what the child had said. Prints one JSON object:

    runs
    corrupt            runs after which SQLite's or FTS5's own checks, or mmdesk, found damage
    lost_messages      messages that were said to be on the disk and are not there whole
    max_lost_seconds   age of the oldest words of a running answer that are missing

Exit status 1 when anything was corrupt or lost, or more than a second is missing.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from mmdesk.history.archive import Archive
from mmdesk.history.database_connection import connect
from mmdesk.history.encryption.data_key import DataKey

ROOT = Path(__file__).resolve().parents[2]
LONGEST_S = 1.5  # of streaming before the kill
START_S = 60.0  # within which the child has to say its first word


@dataclass
class Result:
    runs: int = 0
    corrupt: int = 0
    lost_messages: int = 0
    max_lost_seconds: float = 0.0


@dataclass
class Said:
    """Output of a child before it died."""

    questions: set[str] = field(default_factory=set)
    ended: dict[str, int] = field(default_factory=dict)  # answer -> characters
    told: list[tuple[str, int, float]] = field(default_factory=list)  # answer, characters, when

    def take(self, line: str) -> None:
        kind, answer, *rest = line.split()
        if kind == "kept":
            self.questions.add(answer)
        elif kind == "ended":
            self.ended[answer] = int(rest[0])
        else:
            self.told.append((answer, int(rest[0]), float(rest[1])))


def run_once(database: Path, result: Result, key: DataKey | None = None) -> None:
    """One child, one kill, one comparison."""
    said, died = _stream_and_kill(database, key)
    result.runs += 1
    if not _is_sound(database, key):
        result.corrupt += 1
        return
    with closing(Archive(database, key=key)) as archive:
        archive.recover()
        found = {
            message.id: message
            for info in archive.conversations()
            for message in archive.all_messages(info.id)
        }
    lost = said.questions - found.keys()
    lost |= {
        answer
        for answer, length in said.ended.items()
        if answer not in found or len(found[answer].turn.text) != length
    }
    result.lost_messages += len(lost)
    missing = [
        died - when
        for answer, length, when in said.told
        if answer not in found or len(found[answer].turn.text) < length
    ]
    result.max_lost_seconds = max([result.max_lost_seconds, *missing])


def _stream_and_kill(database: Path, key: DataKey | None) -> tuple[Said, float]:
    secret = [] if key is None else [key.secret.hex()]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.streaming_child", str(database), *secret],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    too_long = threading.Timer(START_S, child.kill)
    too_long.start()
    try:
        assert child.stdout is not None
        first = child.stdout.readline()
        time.sleep(random.uniform(0, LONGEST_S))
    finally:
        too_long.cancel()
        child.kill()
        died = time.monotonic()
    rest = child.stdout.read()
    child.wait()
    child.stdout.close()
    if not first:
        raise SystemExit("The child said nothing.")
    said = Said()
    for line in (first + rest).splitlines(keepends=True):
        if line.endswith("\n"):
            said.take(line)
    return said, died


def _is_sound(database: Path, key: DataKey | None) -> bool:
    try:
        with closing(connect(database, key)) as raw:
            sound = raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            sound &= raw.execute("PRAGMA foreign_key_check").fetchall() == []
            for table in ("message_words", "title_words"):
                raw.execute(f"INSERT INTO {table} ({table}) VALUES ('integrity-check')")
    except sqlite3.DatabaseError:
        return False
    return sound


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--encrypted", action="store_true", help="the history is encrypted")
    options = parser.parse_args(arguments)
    result, key = Result(), DataKey.random() if options.encrypted else None
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(options.runs):
            run_once(Path(folder) / "history.db", result, key)
    result.max_lost_seconds = round(result.max_lost_seconds, 3)
    print(json.dumps(vars(result)))
    good = not result.corrupt and not result.lost_messages and result.max_lost_seconds <= 1
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
