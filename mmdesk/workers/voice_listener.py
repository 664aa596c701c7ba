"""Listening for the user's voice in a child process, as the window sees it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal

from mmdesk.errors import MMDeskError
from mmdesk.translatable import TranslatableText
from mmdesk.workers.child_process import PythonChild

LISTEN_MODULE = "mmdesk.workers.listen_main"


class VoiceListener(QObject):
    """Listener that tells where the user begins, pauses and ends to speak.

    Signals:
        ready: the microphone listens; also when it was plugged in again.
        level_measured: 0..1, at most 30 times a second.
        spectrum_measured: list[float], the levels of the bands from low to high; as often.
        speech_began: the user speaks.
        speech_paused: AudioInput, what was said so far with what was heard just before it.
        speech_resumed: the user goes on after a pause.
        speech_ended: the user has finished; what was said is that of the last pause.
        speech_dropped: it was too short for a word.
        device_lost: the microphone was unplugged; `ready` follows once it is back.
        failed: message, hint; nothing is heard any more.
    """

    ready = Signal()
    level_measured = Signal(float)
    spectrum_measured = Signal(list)
    speech_began = Signal()
    speech_paused = Signal(object)
    speech_resumed = Signal()
    speech_ended = Signal()
    speech_dropped = Signal()
    device_lost = Signal()
    failed = Signal(object, object)

    def __init__(self, parent: QObject | None = None, module: str = LISTEN_MODULE) -> None:
        """Prepare the child; `module` is replaced in tests."""
        super().__init__(parent)
        self._module = module
        self._child: PythonChild | None = None
        self._signals = {
            "ready": self.ready,
            "began": self.speech_began,
            "resumed": self.speech_resumed,
            "ended": self.speech_ended,
            "dropped": self.speech_dropped,
            "lost": self.device_lost,
        }

    def start(self, device: str) -> None:
        """Begin to listen; `device` as in Settings.microphone."""
        if self._child is None:
            self._child = child = PythonChild(self._module, self)
            child.received.connect(partial(self._on_received, child))
            child.ended.connect(partial(self._on_ended, child))
            child.ended.connect(child.deleteLater)
            child.start()
            child.send(("start", device))

    def stop(self) -> None:
        """Stop listening; no signal comes any more."""
        child, self._child = self._child, None
        if child is not None:
            child.close_input()

    def set_muted(self, muted: bool) -> None:
        """Hear nothing, or listen again."""
        self._send("mute", muted)

    def set_speaking(self, speaking: bool) -> None:
        """Listen only to what is louder than the assistant, while it speaks."""
        self._send("speaking", speaking)

    def close(self) -> None:
        """End the child and wait for it, bounded."""
        self._child = None
        for child in self.findChildren(PythonChild):
            child.shut_down()

    def _send(self, *frame: object) -> None:
        if self._child is not None:
            self._child.send(frame)

    def _on_received(self, child: PythonChild, value: object) -> None:
        if child is not self._child or not isinstance(value, tuple):
            return  # of one that was stopped
        kind = value[0]
        if kind == "level":
            self.level_measured.emit(value[1])
            self.spectrum_measured.emit(value[2])
        elif kind == "paused":
            self.speech_paused.emit(value[1])
        elif kind == "failed" and isinstance(value[1], MMDeskError):
            self._fail(value[1].user_message, value[1].hint)
        elif kind in self._signals:
            self._signals[kind].emit()

    def _on_ended(self, child: PythonChild, _succeeded: bool) -> None:
        if child is self._child:
            self._fail(TranslatableText("Listening stopped unexpectedly."), "")

    def _fail(self, message: str, hint: str) -> None:
        self.stop()
        self.failed.emit(message, hint)
