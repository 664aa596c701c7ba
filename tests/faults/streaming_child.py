"""Streams answers of a scripted engine through the window's own path into a history, until killed.

Arguments: the database; the data key in hexadecimal digits, if it is encrypted. On standard output,
one line each: `said <answer> <characters> <time>` when the window was told (time.monotonic),
`ended <answer> <characters>` once an answer's end is on the disk, `kept <question>` once a question
is.
"""

from __future__ import annotations

import os
import random
import sys
import time
from itertools import count
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from mmdesk.chat import ChatController, ImageDescriber
from mmdesk.history.archive import Archive
from mmdesk.history.encryption.data_key import DataKey
from mmdesk.settings import Settings
from mmdesk.values import Task, TextChunk, Turn
from mmdesk.workers import HistoryWorker, JobQueue
from tests.fakes.scripted_engine import ScriptedEngine

WORD_S = 0.004  # between two words: 250 a second, more than any model here


def say(*words: object) -> None:
    """One line, whole, past every buffer of this process: a kill cannot take it back."""
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


class Streamer:
    """Asks for one answer after another."""

    def __init__(self, path: Path, key: DataKey | None) -> None:
        engine = ScriptedEngine(self._script, delay=lambda: time.sleep(WORD_S))
        self.queue = JobQueue(lambda: engine)
        self.history = HistoryWorker(lambda: Archive(path, key=key))
        self.chat = ChatController(self.queue, self.history, ImageDescriber(self.queue), Settings())
        self.numbers = count()
        self.said = 0
        self.waiting: list[tuple[int, tuple]] = []  # until that many are on the disk: what to say
        self.history.ready.connect(self.next)
        self.history.written.connect(self.on_written)
        self.chat.answers.text_arrived.connect(self.on_text)
        self.chat.answers.finished.connect(self.on_finished)

    @staticmethod
    def _script(request: object) -> list[TextChunk]:
        return [TextChunk(f"word{number} ") for number in range(random.randint(5, 250))]

    def next(self) -> None:
        self.said = 0
        self.chat.ask(Turn("user", f"question {next(self.numbers)}"), Task())
        question, answer = self.chat.conversation.path[-2:]
        self.waiting.append((self.history.changes - 1, ("kept", question.id)))
        self.answer = answer.id

    def on_text(self, text: str) -> None:
        self.said += len(text)
        say("said", self.answer, self.said, time.monotonic())

    def on_finished(self, stats: object) -> None:
        self.waiting.append((self.history.changes, ("ended", self.answer, self.said)))
        if len(self.chat.conversation.path) > 12:
            self.chat.begin_new()
        self.next()

    def on_written(self, done: int) -> None:
        while self.waiting and self.waiting[0][0] <= done:
            say(*self.waiting.pop(0)[1])


if __name__ == "__main__":
    application = QCoreApplication([])
    secret = sys.argv[2:]
    key = DataKey(bytes.fromhex(secret[0])) if secret else None
    streamer = Streamer(Path(sys.argv[1]), key)
    streamer.history.begin()
    application.exec()
