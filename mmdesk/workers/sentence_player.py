"""Player of spoken sentences one after another, in a thread of its own."""

from __future__ import annotations

import logging
import threading
from functools import partial

from PySide6.QtCore import QObject, Signal

from mmdesk.errors import MMDeskError
from mmdesk.values import SpokenSentence
from mmdesk.workers.worker_thread import PATIENCE_MS, WorkerThread

log = logging.getLogger(__name__)


class SentencePlayer(QObject):
    """Queue of sentences in front of the sound output.

    Signals:
        sentence_started: the SpokenSentence that is heard from now on.
        sentence_ended: the same, at its end.
        failed: message, hint; what waited is dropped.
    """

    sentence_started = Signal(object)
    sentence_ended = Signal(object)
    failed = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        """Prepare the thread; it starts with the first sentence."""
        super().__init__(parent)
        self._thread = WorkerThread("sentence player", self)
        self._cancel = threading.Event()
        self._waiting = 0

    def is_playing(self) -> bool:
        """Return True while a sentence is heard or waits."""
        return self._waiting > 0

    def add(self, sentence: SpokenSentence, device: str) -> None:
        """Play a sentence after those before it; `device` as in Settings.speaker."""
        cancel = self._cancel
        self._waiting += 1

        def play() -> None:
            if cancel.is_set():
                return
            from mmdesk.inputs import play_sentence  # late: brings in the sound library

            self._thread.post(partial(self._tell_start, sentence, cancel))
            play_sentence(sentence, device, cancel)

        self._thread.call(
            play,
            lambda _none: self._on_end(sentence, cancel),
            lambda error: self._on_failed(error, cancel),
        )

    def stop(self) -> None:
        """Stop at once and drop what waits; no signal comes of it."""
        self._cancel.set()
        self._cancel = threading.Event()
        self._waiting = 0

    def close(self, patience_ms: int = PATIENCE_MS) -> bool:
        """Stop and end the thread; return False when the sound device kept it."""
        self._cancel.set()
        return self._thread.close(patience_ms)

    def _tell_start(self, sentence: SpokenSentence, cancel: threading.Event) -> None:
        if cancel is self._cancel:
            self.sentence_started.emit(sentence)

    def _on_end(self, sentence: SpokenSentence, cancel: threading.Event) -> None:
        if cancel is self._cancel:
            self._waiting -= 1
            self.sentence_ended.emit(sentence)

    def _on_failed(self, error: Exception, cancel: threading.Event) -> None:
        if cancel is not self._cancel:
            return
        self.stop()
        if isinstance(error, MMDeskError):
            self.failed.emit(error.user_message, error.hint)
        else:
            log.error("the sentence player", exc_info=error)
            self.failed.emit("The sound can’t be played.", "")
