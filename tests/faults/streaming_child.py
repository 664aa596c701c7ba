"""Streams answers of a scripted engine through the window's own path into a history, until killed.

Argument: the database. On standard output, one line each: `said <answer> <characters> <time>` when
the window was told (time.monotonic), `ended <answer> <characters>` once an answer's end is on the
disk, `kept <question>` once a question is.
"""

from __future__ import annotations

import os
import random
import sys
import time
from itertools import count
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from mmdesk.chat.controller import ChatController
from mmdesk.chat.session import Session, request_job
from mmdesk.history.archive import Archive
from mmdesk.values import ChatRequest, Task, TextChunk, Turn
from mmdesk.workers.history_worker import HistoryWorker
from tests.fakes.scripted_engine import ScriptedEngine

WORD_S = 0.004  # between two words: 250 a second, more than any model here


def say(*words: object) -> None:
    """One line, whole, past every buffer of this process: a kill cannot take it back."""
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


class Streamer:
    """Asks for one answer after another."""

    def __init__(self, path: Path) -> None:
        engine = ScriptedEngine(self._script, delay=lambda: time.sleep(WORD_S))
        self.session = Session(lambda: engine)
        self.keeping = HistoryWorker(lambda: Archive(path))
        self.talks = ChatController(
            self.session, self.keeping, lambda task, settings: lambda turns: request_job(
                ChatRequest(turns)
            )
        )  # fmt: skip
        self.numbers = count()
        self.said = 0
        self.sent = 0  # changes given to the history, as it counts them
        self.waiting: list[tuple[int, tuple]] = []  # until that many are on the disk: what to say
        self._count_changes()
        self.keeping.ready.connect(self.next)
        self.keeping.written.connect(self.on_written)
        self.session.text_arrived.connect(self.on_text)
        self.session.answer_finished.connect(self.on_finished)

    @staticmethod
    def _script(request: object) -> list[TextChunk]:
        return [TextChunk(f"word{number} ") for number in range(random.randint(5, 250))]

    def _count_changes(self) -> None:
        self.keeping._changed.connect(self.on_changed)

    def on_changed(self, change: object, soon: bool) -> None:
        self.sent += 1

    def next(self) -> None:
        self.said = 0
        self.talks.ask(Turn("user", f"question {next(self.numbers)}"), Task())
        question, answer = self.talks.path[-2:]
        self.waiting.append((self.sent - 1, ("kept", question.id)))
        self.answer = answer.id

    def on_text(self, text: str) -> None:
        self.said += len(text)
        say("said", self.answer, self.said, time.monotonic())

    def on_finished(self, stats: object) -> None:
        self.waiting.append((self.sent, ("ended", self.answer, self.said)))
        if len(self.talks.path) > 12:
            self.talks.begin_new()
        self.next()

    def on_written(self, done: int) -> None:
        while self.waiting and self.waiting[0][0] <= done:
            say(*self.waiting.pop(0)[1])


if __name__ == "__main__":
    application = QCoreApplication([])
    streamer = Streamer(Path(sys.argv[1]))
    streamer.keeping.begin()
    application.exec()
