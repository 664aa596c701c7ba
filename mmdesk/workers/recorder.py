"""The microphone, away from the window's thread: opening a sound device can take long."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QThread, Signal, Slot

from mmdesk.errors import MMDeskError
from mmdesk.workers.child_process import PythonChild

if TYPE_CHECKING:
    from mmdesk.inputs import Microphone

log = logging.getLogger(__name__)

LEVELS_PER_S = 30
LOOK_EVERY_S = 1.5  # how often what was recorded is looked at while it goes on


class _RecorderWorker(QObject):
    """Lives on the microphone's thread."""

    started = Signal()
    level_measured = Signal(float)
    grown = Signal(object, float)
    recorded = Signal(object, float)
    failed = Signal(str, str)
    _look_due = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._microphone: Microphone | None = None
        self._last_level = 0.0
        self._written_s = 0.0
        self._next_look = 0.0
        self._may_look = False
        self._look_due.connect(self._look, Qt.ConnectionType.QueuedConnection)

    @Slot(str)
    def start(self, device: str) -> None:
        if self._microphone is None:
            self._written_s = 0.0
            self._try(lambda: self._open(device))

    @Slot()
    def stop(self) -> None:
        microphone, self._microphone = self._microphone, None
        if microphone is not None:
            begin_s = self._written_s
            self._try(lambda: self.recorded.emit(microphone.stop(begin_s), begin_s))

    @Slot(float)
    def go_on(self, written_s: float) -> None:
        self._written_s = written_s
        self._may_look = True
        self._look_if_due(time.monotonic())  # the sound may be over: then no level comes any more

    @Slot()
    def _look(self) -> None:
        microphone = self._microphone
        if microphone is not None:  # it may have been stopped meanwhile
            self.grown.emit(microphone.snapshot(self._written_s), self._written_s)

    def _open(self, device: str) -> None:
        from mmdesk.inputs import Microphone  # late: brings in the sound library

        microphone = Microphone(device)
        self._next_look, self._may_look = time.monotonic() + LOOK_EVERY_S, True
        microphone.start(self._on_level)
        self._microphone = microphone
        self.started.emit()

    def _on_level(self, level: float) -> None:  # called in the sound library's thread
        now = time.monotonic()
        if now - self._last_level >= 1 / LEVELS_PER_S:
            self._last_level = now
            self.level_measured.emit(level)
        self._look_if_due(now)

    def _look_if_due(self, now: float) -> None:
        if self._may_look and now >= self._next_look:
            self._may_look = False  # until the last look has been answered
            self._next_look = now + LOOK_EVERY_S
            self._look_due.emit()

    def _try(self, action: Callable[[], None]) -> None:
        try:
            action()
        except MMDeskError as error:
            self.failed.emit(error.user_message, error.hint)
        except Exception as error:
            log.exception("the microphone")
            self.failed.emit(f"The microphone cannot be used ({type(error).__name__}).", "")


class Recorder(QObject):
    """Starts and stops recording without waiting for it.

    Signals:
        started: sound is being recorded from now on.
        level_measured: 0..1, at most 30 times a second.
        grown: AudioInput, from second: what was recorded so far, without what has been written
            down; after each, nothing until `go_on`.
        recorded: AudioInput, from second: the same, after `stop`.
        devices_listed: list[str], after `list_devices`; nothing comes when there is no sound.
        failed: message, hint; nothing is being recorded then.
    """

    started = Signal()
    level_measured = Signal(float)
    grown = Signal(object, float)
    recorded = Signal(object, float)
    failed = Signal(str, str)
    devices_listed = Signal(list)
    _start_wanted = Signal(str)
    _written = Signal(float)
    _stop_wanted = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lister: PythonChild | None = None
        self._recorder = _RecorderWorker()
        self._thread = QThread(self)
        self._thread.setObjectName("microphone")
        self._recorder.moveToThread(self._thread)
        self._start_wanted.connect(self._recorder.start)
        self._stop_wanted.connect(self._recorder.stop)
        self._recorder.started.connect(self.started)
        self._recorder.level_measured.connect(self.level_measured)
        self._recorder.grown.connect(self.grown)
        self._recorder.recorded.connect(self.recorded)
        self._written.connect(self._recorder.go_on)
        self._recorder.failed.connect(self.failed)
        self._thread.start()

    def start(self, device: str) -> None:
        """Begin to record; `device` as in Settings.microphone."""
        self._start_wanted.emit(device)

    def stop(self) -> None:
        """End the recording; `recorded` follows."""
        self._stop_wanted.emit()

    @Slot(float)
    def go_on(self, written_s: float) -> None:
        """The last `grown` was dealt with, and the first `written_s` seconds of the recording are
        not needed any more.
        """
        self._written.emit(written_s)

    def list_devices(self) -> None:
        """Find out which microphones there are, in a child process."""
        if self._lister is None:
            self._lister = PythonChild("mmdesk.workers.devices_main", self)
            self._lister.said.connect(self._on_listed)
            self._lister.start()

    @Slot(object)
    def _on_listed(self, names: object) -> None:
        if isinstance(names, list):
            self.devices_listed.emit(names)
        else:
            log.info("no microphones: %s", names)

    def close(self, patience_ms: int = 2000) -> bool:
        """Stop and end the thread; False when the sound device would not let go in time."""
        if self._lister is not None:
            self._lister.shut_down()
        self._thread.quit()
        ended = self._thread.wait(patience_ms)
        self._recorder.blockSignals(True)
        if ended:
            self._recorder.stop()
        return ended
