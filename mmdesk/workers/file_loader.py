"""Decoding of dropped and pasted files, one after another, in a child process."""

from __future__ import annotations

from collections import deque
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from mmdesk.errors import MMDeskError
from mmdesk.workers.child_process import PythonChild
from mmdesk.workers.decoded_values import DecodedUnpacker
from mmdesk.workers.file_decoder import LIMIT_S, PARSE_MODULE, decoder_crashed, took_too_long


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
        self._waiting: deque[tuple[object, ...]] = deque()
        self._current: tuple[object, ...] | None = None
        self._child: PythonChild | None = None
        self._too_long = False
        self._limit = QTimer(self)
        self._limit.setSingleShot(True)
        self._limit.setInterval(round(LIMIT_S * 1000))
        self._limit.timeout.connect(self._on_limit)

    @Slot(list)
    def load_paths(self, paths: list[str]) -> None:
        """Decode files by their content."""
        self._waiting.extend(("any", path, None) for path in paths)
        self._next()

    @Slot(str, bytes)
    def load_image(self, name: str, data: bytes) -> None:
        """Decode a pasted picture."""
        self._waiting.append(("image", name, bytes(data)))
        self._next()

    def close(self) -> None:
        """End the child, whatever it is doing; what was waiting is forgotten."""
        self._waiting.clear()
        self._limit.stop()
        self._child, self._current = None, None
        for child in self.findChildren(PythonChild):
            child.shut_down()

    def _next(self) -> None:
        if self._current is not None:
            return
        if not self._waiting:
            self._release_child()
            return
        self._current = self._waiting.popleft()
        self._limit.start()
        if self._child is None:
            self._child = self._start_child()
        self._child.send(self._current)

    def _release_child(self) -> None:
        if self._child is not None:
            self._child.close_input()
            self._child = None  # it deletes itself when it has ended
        self.idle.emit()

    def _start_child(self) -> PythonChild:
        child = PythonChild(PARSE_MODULE, self, DecodedUnpacker())
        child.received.connect(self._on_received)
        child.ended.connect(self._on_ended)
        child.ended.connect(child.deleteLater)
        child.start()
        return child

    @Slot(object)
    def _on_received(self, value: object) -> None:
        self._current = None
        self._limit.stop()
        if isinstance(value, MMDeskError):
            self.failed.emit(value.user_message, value.hint)
        else:
            self.loaded.emit(value)
        self._next()

    @Slot(bool)
    def _on_ended(self, succeeded: bool) -> None:
        if self.sender() is not self._child:
            return  # it was released
        self._child = None
        if self._current is None:
            return
        name, too_long = Path(str(self._current[1])).name, self._too_long
        self._current, self._too_long = None, False
        self._limit.stop()
        error = took_too_long(name) if too_long else decoder_crashed(name)
        self.failed.emit(error.user_message, error.hint)
        self._next()

    @Slot()
    def _on_limit(self) -> None:
        if self._child is not None:
            self._too_long = True
            self._child.kill()
