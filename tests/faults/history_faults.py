"""Faults of the disk, of the clock and of a second window, for what is kept."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from mmdesk.history import Archive
from mmdesk.settings import Settings, load
from mmdesk.values import ConversationInfo, StoredMessage, Turn
from mmdesk.workers import history_worker
from tests.faults import kill_while_streaming
from tests.faults.fault import Fault, History, Outcome, first_line, must, run_command, wait_until
from tests.history.conftest import talk
from tests.history.test_damage import damage, fill
from tests.history.test_store import DOG

INFO = ConversationInfo("c", "A talk")


def _ask(history: History) -> None:
    """Store a question and an answer, long enough to need room."""
    history.worker.change(lambda store: store.begin(INFO))
    question = StoredMessage("q", "", Turn("user", "word " * 40_000))
    history.worker.change(lambda store: store.add("c", question))
    answer = StoredMessage("a", "q", Turn("assistant", "because"))
    history.worker.change(lambda store: store.add("c", answer))


def _messages(path: Path) -> int:
    with closing(Archive(path)) as store:
        return sum(info.messages for info in store.conversations())


def kill_the_window(folder: Path) -> Outcome:
    """Kill a process that streams answers into its history, a few times."""
    result = kill_while_streaming.Result()
    for _ in range(3):
        kill_while_streaming.run_once(folder / "history.db", result)
    must(not result.corrupt and not result.lost_messages, str(result))
    return Outcome(
        "Interrupted (under the answer, at the next start)",
        "every question and every finished answer; of the running answer all but the last second",
    )


class _SmallDisk(Archive):
    """Database that may take no more pages until there is room: SQLite says that it is full."""

    room = False

    def _connect(self, path: Path) -> None:
        super()._connect(path)
        pages = self._connection.execute("PRAGMA page_count").fetchone()[0]
        self._connection.execute(f"PRAGMA max_page_count = {pages}")

    def make_room(self) -> None:
        """Allow pages again."""
        self._connection.execute("PRAGMA max_page_count = 1000000")


def fill_the_disk(folder: Path) -> Outcome:
    """Let the disk fill up while a question is stored, and make room later."""
    path, opened = folder / "history.db", []

    def make() -> Archive:
        opened.append(_SmallDisk(path))
        return opened[0]

    history = History(make)
    history.worker.begin()
    _ask(history)
    sentence = history.wait_for_sentence()
    must("full" in sentence, sentence)
    must(_messages(path) == 0, "something was written")
    opened[0].make_room()  # SQLite lets another thread do that; the worker waits for its timer
    wait_until(lambda: history.written == 3)
    must(history.worker.close(), "the history does not close")
    must(_messages(path) == 2, "something is missing")
    return Outcome(sentence, "everything, in memory until there is room; then it is written")


def fill_the_disk_before_the_start(folder: Path) -> Outcome:
    """Open the window on a full disk, and make room later."""
    reasons = [OSError(28, "No space left on device")] * 2

    def make() -> Archive:
        if reasons:
            raise reasons.pop()
        return Archive(folder / "history.db")

    history_worker.RETRY_MS, usual = 50, history_worker.RETRY_MS
    try:
        history = History(make)
        history.worker.begin()
        _ask(history)
        sentence = history.wait_for_sentence()
        wait_until(lambda: history.written == 3)
        must(history.worker.close(), "the history does not close")
    finally:
        history_worker.RETRY_MS = usual
    must(_messages(folder / "history.db") == 2, "something is missing")
    return Outcome(sentence, "everything: the history is opened as soon as there is room")


def make_the_home_read_only(folder: Path) -> Outcome:
    """Give mmdesk a home where nobody can write."""
    home = folder / "file" / "home"
    home.parent.write_bytes(b"")
    history = History(lambda: Archive(home / "history.db"))
    history.worker.begin()
    sentence = history.wait_for_sentence()
    must(history.worker.close(), "the history does not close")
    done = run_command(home, "history", "list")
    must(done.returncode == 1 and "cannot be saved" in done.stderr, done.stderr)
    return Outcome(
        sentence,
        "the window works; what is said stays in memory and is saved if the folder can be "
        "written again before the window closes",
    )


def damage_the_database(folder: Path) -> Outcome:
    """Overwrite pages in the middle of history.db."""
    path = folder / "history.db"
    with closing(Archive(path)) as store:
        talks = len(fill(store, 40))
    damage(path, 0.4, 0.5)
    done = run_command(folder, "history", "export", "--format", "json", "--to", str(folder))
    must(done.returncode == 0, done.stderr)
    must(list(folder.glob("history.db.damaged-*")), "the damaged file is gone")
    with closing(Archive(path)) as store:
        kept = len(store.conversations())
    must(kept > talks // 2, f"{kept} of {talks}")
    sentence = first_line(done).replace(str(folder), "…")
    return Outcome(sentence, "all that can be read; the damaged file stays beside the new one")


def damage_an_attachment(folder: Path) -> Outcome:
    """Cut the file of a picture in half."""
    with closing(Archive(folder / "history.db")) as store:
        conversation, _ = talk(store, "look", images=(DOG,))
        picture = store.picture_file(DOG.sha256)
        picture.write_bytes(picture.read_bytes()[:40])
        must(store.picture(DOG.sha256, "dog") is None, "half a picture is shown")
        page = store.export_markdown(conversation, folder / "page").read_text(encoding="utf-8")
        must("missing" in page, "the export does not say so")
        must(len(store.open(conversation).messages) == 1, "the message is lost")
    return Outcome("(the place of the picture says that its file is missing)", "the words")


def damage_the_settings(folder: Path) -> Outcome:
    """Overwrite settings.json with rubbish."""
    path = folder / "settings.json"
    path.write_bytes(os.urandom(3000))
    must(load(path) == Settings(), "settings from rubbish")
    must(path.with_suffix(".json.bad").exists(), "the damaged file is gone")
    return Outcome("", "the usual settings are used; the damaged file stays as settings.json.bad")


def turn_back_the_clock(folder: Path) -> Outcome:
    """Let the clock jump to 1970 and to the year 2100 between messages."""
    times = iter([1.7e9, 1.7e9, 5.0, 4.1e9, 1.7e9, 1.7e9, 1.7e9, 1.7e9])
    with closing(Archive(folder / "history.db", lambda: next(times, 1.7e9))) as store:
        conversation, *ids = talk(store, "a", "b", "c", "d")
        shown = store.open(conversation).messages
        must([message.id for message in shown] == ids, "the order has changed")
        store.recover()
        must(store.search("b"), "it is not found")
        must(len(store.conversations()) == 1, "the list is empty")
    done = run_command(folder, "history", "list")
    must(done.returncode == 0, done.stderr)
    return Outcome("", "everything, in the order in which it was said")


def open_two_windows(folder: Path) -> Outcome:
    """Write from a second process at the same time, and hold the lock for too long."""
    path = folder / "history.db"
    with closing(Archive(path)) as store:
        talk(store, "from the other window")

    class Impatient(Archive):
        def _connect(self, path: Path) -> None:
            super()._connect(path)
            self._connection.execute("PRAGMA busy_timeout = 200")

    history = History(lambda: Impatient(path))
    history.worker.begin()
    opened: list[object] = []
    history.worker.listed.connect(opened.append)
    wait_until(lambda: opened)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        _ask(history)
        sentence = history.wait_for_sentence()
        other.execute("COMMIT")
    must("locked" in sentence, sentence)
    wait_until(lambda: history.written == 3)
    must(history.worker.close(), "the history does not close")
    must(_messages(path) == 3, "something is missing")
    return Outcome(sentence, "everything of both windows")


FAULTS = (
    Fault("Kill", "the window, while an answer streams", kill_the_window, cheap=False),
    Fault("Disk full", "while a question is stored", fill_the_disk),
    Fault("Disk full", "before the window opens", fill_the_disk_before_the_start),
    Fault("Read-only", "the folder of mmdesk", make_the_home_read_only, cheap=False),
    Fault("Corrupt file", "history.db, in its middle", damage_the_database, cheap=False),
    Fault("Corrupt file", "a stored picture", damage_an_attachment),
    Fault("Corrupt file", "settings.json", damage_the_settings),
    Fault("Clock", "jumps to 1970 and to 2100", turn_back_the_clock, cheap=False),
    Fault("Two windows", "one holds the history's lock", open_two_windows),
)
