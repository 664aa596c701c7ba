"""Recording from the microphone in a thread of its own: opening a sound device can take long."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from mmdesk.errors import MMDeskError
from mmdesk.translatable import TranslatableText
from mmdesk.workers.child_process import PythonChild
from mmdesk.workers.worker_thread import PATIENCE_MS, WorkerThread

if TYPE_CHECKING:
    from mmdesk.inputs import Microphone

log = logging.getLogger(__name__)

LEVELS_PER_S = 30
LONG_S = 60.0  # from which a recording may be worth keeping
SNAPSHOT_EVERY_S = 1.5  # of what was recorded so far, while the recording goes on


class Recorder(QObject):
    """Microphone that is started and stopped without waiting for it.

    Signals:
        started: sound is being recorded from now on.
        level_measured: 0..1, at most 30 times a second.
        spectrum_measured: list[float], the levels of the bands from low to high; as often.
        grown: AudioInput, start: what was recorded so far and is not transcribed yet, and the
            second of the recording at which it starts; after each, nothing until `keep_from`.
        recorded: AudioInput, start: the same, after `stop`.
        long_recorded: AudioInput, all of a recording of LONG_S or more, before `recorded`.
        devices_listed: list[str], after `list_devices`; nothing comes when there is no sound.
        failed: message, hint; nothing is being recorded then.
    """

    started = Signal()
    level_measured = Signal(float)
    spectrum_measured = Signal(list)
    grown = Signal(object, float)
    recorded = Signal(object, float)
    long_recorded = Signal(object)
    failed = Signal(object, object)
    devices_listed = Signal(list)

    def __init__(self, parent: QObject | None = None) -> None:
        """Prepare the thread; it starts with the first recording."""
        super().__init__(parent)
        self._device_child: PythonChild | None = None
        self._thread = WorkerThread("microphone", self)
        # Below: of the thread, and of the sound library's where that is said.
        self._microphone: Microphone | None = None
        self._transcribed_until_s = 0.0
        self._last_level = 0.0  # when, in the sound library's thread
        self._next_snapshot = 0.0
        self._may_snapshot = False

    def start(self, device: str) -> None:
        """Begin to record; `device` as in Settings.microphone."""
        self._call(partial(self._open, device))

    def stop(self) -> None:
        """End the recording; `recorded` follows."""
        self._call(self._stop)

    @Slot(float)
    def keep_from(self, transcribed_until_s: float) -> None:
        """Take the next snapshot when it is due, without the seconds that are transcribed."""
        self._call(partial(self._keep_from, transcribed_until_s))

    def list_devices(self) -> None:
        """Find out which microphones there are, in a child process."""
        if self._device_child is None:
            self._device_child = PythonChild("mmdesk.workers.devices_main", self)
            self._device_child.received.connect(self._on_listed)
            self._device_child.start()

    @Slot(object)
    def _on_listed(self, names: object) -> None:
        if isinstance(names, list):
            self.devices_listed.emit(names)
        else:
            log.info("no microphones: %s", names)

    def close(self, patience_ms: int = PATIENCE_MS) -> bool:
        """Stop and end the thread; return False when the sound device kept it."""
        if self._device_child is not None:
            self._device_child.shut_down()
        ended = self._thread.close(patience_ms)
        if ended and self._microphone is not None:
            microphone, self._microphone = self._microphone, None
            try:
                microphone.stop(self._transcribed_until_s)
            except Exception:
                log.exception("the microphone")
        return ended

    def _call(self, action: Callable[[], None]) -> None:
        self._thread.call(action, on_failed=self._on_failed)

    def _on_failed(self, error: Exception) -> None:
        if isinstance(error, MMDeskError):
            self.failed.emit(error.user_message, error.hint)
            return
        log.error("the microphone", exc_info=error)
        message = TranslatableText(
            "The microphone cannot be used ({kind}).", kind=type(error).__name__
        )
        self.failed.emit(message, "")

    # --- in the thread ------------------------------------------------------------------------

    def _open(self, device: str) -> None:
        if self._microphone is not None:
            return
        from mmdesk.inputs import Microphone  # late: brings in the sound library

        microphone = Microphone(device)
        self._transcribed_until_s = 0.0
        self._next_snapshot, self._may_snapshot = time.monotonic() + SNAPSHOT_EVERY_S, True
        microphone.start(self._on_level)
        self._microphone = microphone
        self._thread.post(self.started.emit)

    def _stop(self) -> None:
        microphone, self._microphone = self._microphone, None
        if microphone is not None:
            start_s = self._transcribed_until_s
            audio = microphone.stop(start_s)
            whole = microphone.snapshot()
            if whole.seconds >= LONG_S:
                self._thread.post(lambda: self.long_recorded.emit(whole))
            self._thread.post(lambda: self.recorded.emit(audio, start_s))

    def _keep_from(self, transcribed_until_s: float) -> None:
        self._transcribed_until_s = transcribed_until_s
        self._may_snapshot = True
        # The sound may be over: then no level comes any more.
        self._snapshot_if_due(time.monotonic())

    def _snapshot(self) -> None:
        if self._microphone is not None:  # it may have been stopped meanwhile
            start_s = self._transcribed_until_s
            audio = self._microphone.snapshot(start_s)
            self._thread.post(lambda: self.grown.emit(audio, start_s))

    def _snapshot_if_due(self, now: float) -> None:
        if self._may_snapshot and now >= self._next_snapshot:
            self._may_snapshot = False  # until the last snapshot has been dealt with
            self._next_snapshot = now + SNAPSHOT_EVERY_S
            self._call(self._snapshot)

    # --- in the sound library's thread --------------------------------------------------------

    def _on_level(self, level: float) -> None:
        now = time.monotonic()
        if now - self._last_level >= 1 / LEVELS_PER_S:
            self._last_level = now
            self._thread.post(partial(self.level_measured.emit, level))
            if self._microphone is not None:
                bands = self._microphone.spectrum()
                self._thread.post(partial(self.spectrum_measured.emit, bands))
        self._snapshot_if_due(now)
