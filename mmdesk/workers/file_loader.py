"""Decoding of dropped and pasted files, one after another, in a child process.

A thread of its own speaks with the child. To take an hour of sound out of a pipe (230 MB) kept the
window's thread busy for 18 ms at one go when it read the pipe itself; now it is 1 ms.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from mmdesk.errors import Cancelled, InputError, MMDeskError
from mmdesk.workers.file_decoder import FileDecoder
from mmdesk.workers.worker_thread import WorkerThread


class FileLoader(QObject):
    """Decoder of files, in the order in which they were offered.

    The child lives as long as there is something to decode. When it dies, the file it was at is
    reported and the others go on in a new one.

    Signals:
        loaded: an ImageInput, AudioInput or DocumentInput.
        failed: message, hint.
        idle: everything offered so far has been answered.
    """

    loaded = Signal(object)
    failed = Signal(object, object)
    idle = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        """Begin with nothing to decode."""
        super().__init__(parent)
        self._stop = threading.Event()
        self._decoder = FileDecoder(self._stop)
        self._thread = WorkerThread("files", self)
        self._waiting = 0

    @Slot(list)
    def load_paths(self, paths: list[str]) -> None:
        """Decode files by their content."""
        for path in paths:
            self._load(Path(path), None)

    @Slot(str, bytes)
    def load_image(self, name: str, data: bytes) -> None:
        """Decode a pasted picture."""
        self._load(Path(name), bytes(data))

    def close(self) -> bool:
        """End the child, whatever it is doing; what was waiting is forgotten.

        Returns:
            False when the thread did not end in time.
        """
        self._stop.set()
        ended = self._thread.close()
        if ended:
            self._decoder.close()
        return ended

    def _load(self, path: Path, data: bytes | None) -> None:
        self._waiting += 1
        work: Callable[[], object]
        if data is None:
            work = partial(self._decoder.load_any, path)
        else:
            work = partial(self._decoder.load_pasted, path.name, data)
        self._thread.call(work, self._on_loaded, partial(self._on_failed, path.name))

    def _on_loaded(self, value: object) -> None:
        self._count_down()
        self.loaded.emit(value)
        self._end_if_idle()

    def _on_failed(self, name: str, error: Exception) -> None:
        self._count_down()
        if isinstance(error, Cancelled):
            return
        if not isinstance(error, MMDeskError):  # the child could not be started
            reason = getattr(error, "strerror", None) or type(error).__name__
            error = InputError("{name} cannot be read: {reason}.", name=name, reason=reason)
        self.failed.emit(error.user_message, error.hint)
        self._end_if_idle()

    def _count_down(self) -> None:
        self._waiting -= 1
        if not self._waiting:  # before the next file is offered, or its child would be ended
            self._thread.call(self._decoder.close)

    def _end_if_idle(self) -> None:
        if not self._waiting:
            self.idle.emit()
