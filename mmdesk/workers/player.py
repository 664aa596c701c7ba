"""Player of sounds, in a thread of its own."""

from __future__ import annotations

import logging
import threading

from PySide6.QtCore import QObject, Signal, Slot

from mmdesk.errors import MMDeskError
from mmdesk.translatable import TranslatableText
from mmdesk.values import AudioInput
from mmdesk.workers.worker_thread import PATIENCE_MS, WorkerThread

log = logging.getLogger(__name__)


class Player(QObject):
    """Player of one sound at a time.

    Signals:
        started: digest of the sound that is playing from now on.
        stopped: digest of the sound, at its end or before it.
        failed: message, hint.
    """

    started = Signal(str)
    stopped = Signal(str)
    failed = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        """Prepare the thread; it starts with the first sound."""
        super().__init__(parent)
        self._thread = WorkerThread("player", self)
        self._playing = ""
        self._cancel = threading.Event()

    @Slot(object)
    def toggle(self, audio: AudioInput) -> None:
        """Play a sound instead of what is playing; stop it where it is playing already."""
        was_playing = self._playing
        self._cancel.set()
        if was_playing == audio.sha256:
            return
        self._cancel = cancel = threading.Event()
        self._playing = audio.sha256
        self.started.emit(audio.sha256)

        def play() -> None:
            from mmdesk.inputs import play  # late: brings in the sound library

            play(audio, cancel)

        self._thread.call(
            play,
            lambda _none: self._end(audio.sha256),
            lambda error: self._fail(audio.sha256, error),
        )

    def close(self, patience_ms: int = PATIENCE_MS) -> bool:
        """Stop and end the thread; return False when the sound device kept it."""
        self._cancel.set()
        return self._thread.close(patience_ms)

    def _end(self, sha256: str) -> None:
        if self._playing == sha256:
            self._playing = ""
        self.stopped.emit(sha256)

    def _fail(self, sha256: str, error: Exception) -> None:
        self._end(sha256)
        if isinstance(error, MMDeskError):
            self.failed.emit(error.user_message, error.hint)
        else:
            log.error("the player", exc_info=error)
            self.failed.emit(TranslatableText("The sound can’t be played."), "")
