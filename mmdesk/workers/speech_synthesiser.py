"""Synthesis of growing answers in a child process, as the window sees it."""

from __future__ import annotations

import logging

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from mmdesk.errors import MMDeskError, ModelUnavailable
from mmdesk.translatable import TranslatableText
from mmdesk.values import SpeechOptions, SpokenSentence
from mmdesk.workers.child_process import PythonChild
from mmdesk.workers.speech_client import SPEECH_MODULE

log = logging.getLogger(__name__)

IDLE_MS = 10 * 60_000  # after which the child ends, with the voice in its memory


class SpeechSynthesiser(QObject):
    """Synthesiser of one text at a time; its child starts with the first.

    Signals:
        sentence_ready: SpokenSentence, in order.
        finished: everything of the text was synthesised.
        failed: message, hint; nothing more comes of this text.
        voice_missing: instead of `failed`, where a voice that can be downloaded is missing.
    """

    sentence_ready = Signal(object)
    finished = Signal()
    failed = Signal(object, object)
    voice_missing = Signal()

    def __init__(self, parent: QObject | None = None, module: str = SPEECH_MODULE) -> None:
        """Prepare the child; `module` is replaced in tests."""
        super().__init__(parent)
        self._module = module
        self._child: PythonChild | None = None
        self._count = 0
        self._id = ""  # of the text that is being synthesised
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.setInterval(IDLE_MS)
        self._idle.timeout.connect(self._rest)

    def load(self) -> None:
        """Load the voice before there is a text."""
        self._send("load")
        self._idle.start()

    def begin(self, options: SpeechOptions) -> None:
        """Begin a text instead of the one before."""
        self._count += 1
        self._id = str(self._count)
        self._idle.stop()
        self._send("begin", self._id, options)

    def feed(self, text: str) -> None:
        """Add some more of the text."""
        if self._id:
            self._send("text", self._id, text)

    def finish(self) -> None:
        """Take note that the text is whole."""
        if self._id:
            self._send("finish", self._id)

    def want_more(self) -> None:
        """Ask for another sentence, as one is being spoken."""
        if self._id:
            self._send("more", self._id)

    def stop(self) -> None:
        """Give the text up; nothing more comes of it."""
        if self._id:
            self._id = ""
            self._send("stop")
            self._idle.start()

    def close(self) -> None:
        """End the child; no signal comes any more."""
        self._idle.stop()
        self._id = ""
        for child in self.findChildren(PythonChild):
            child.shut_down()

    def _send(self, *frame: object) -> None:
        if self._child is None:
            self._child = PythonChild(self._module, self)
            self._child.received.connect(self._on_received)
            self._child.ended.connect(self._on_ended)
            self._child.ended.connect(self._child.deleteLater)
            self._child.start()
        self._child.send(frame)

    @Slot()
    def _rest(self) -> None:
        if self._child is not None:
            self._child.close_input()

    @Slot(object)
    def _on_received(self, value: object) -> None:
        if not isinstance(value, tuple) or value[1] != self._id or not self._id:
            return  # of a text that was given up
        if value[0] == "sound" and isinstance(value[2], SpokenSentence):
            self.sentence_ready.emit(value[2])
            return
        self._id = ""
        self._idle.start()
        if value[0] == "failed" and isinstance(value[2], ModelUnavailable):
            self.voice_missing.emit()
        elif value[0] == "failed" and isinstance(value[2], MMDeskError):
            self.failed.emit(value[2].user_message, value[2].hint)
        else:
            self.finished.emit()

    @Slot(bool)
    def _on_ended(self, succeeded: bool) -> None:
        self._child = None
        if self._id:
            self._id = ""
            log.error("the voice ended (%s)", succeeded)
            message = TranslatableText("The voice stopped unexpectedly.")
            self.failed.emit(message, TranslatableText("Try again."))
