"""Fetching model parts from the window: progress, cancel and retry over a child process."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from mmdesk.bridge.children import PythonChild
from mmdesk.errors import MMDeskError
from mmdesk.messages import FetchProgress

GRACE_MS = 3000  # between asking the child to stop and killing it

CHILD = "mmdesk.bridge.fetch_child"


class Fetcher(QObject):
    """Installs parts one after another, in the order given.

    Signals (every `fetch` ends with exactly one of finished, failed, cancelled):
        progressed: FetchProgress.
        installed: id of a part that was asked for, id of what is ready for use now: another one
            where no source had the part and its fallback was taken.
        finished: all parts are there.
        failed: message, hint of the first part that could not be had; the others were tried too.
        cancelled: the person stopped it.
    """

    progressed = Signal(object)
    installed = Signal(str, str)
    finished = Signal()
    failed = Signal(str, str)
    cancelled = Signal()

    def __init__(self, parent: QObject | None = None, module: str = CHILD) -> None:
        super().__init__(parent)
        self._module = module
        self._child: PythonChild | None = None
        self._parts: tuple[str, ...] = ()
        self._tried: tuple[str, ...] = ()
        self._done: set[str] = set()
        self._error: MMDeskError | None = None
        self._cancelled = False
        self._grace = QTimer(self)
        self._grace.setSingleShot(True)
        self._grace.setInterval(GRACE_MS)
        self._grace.timeout.connect(self._on_grace_over)

    def is_running(self) -> bool:
        return self._child is not None

    def fetch(self, parts: tuple[str, ...]) -> None:
        """Begin to install; while something is being fetched, the parts are added behind it."""
        new = tuple(part for part in parts if part not in self._parts)
        if self._child is not None:
            self._parts += new
            return
        if parts:
            self._parts, self._done = parts, set()
            self._error, self._cancelled = None, False
            self._run()

    @Slot()
    def cancel(self) -> None:
        """Stop fetching. What has been fetched stays and is carried on by the next try."""
        if self._child is not None:
            self._cancelled = True
            self._child.close_input()
            self._grace.start()

    @Slot()
    def retry(self) -> None:
        """Try again what is not there yet of the last `fetch`."""
        if self._child is None:
            self.fetch(self._missing())

    def close(self) -> None:
        """End the child at once, without a word."""
        self._grace.stop()
        self._child = None
        for child in self.findChildren(PythonChild):
            child.shut_down()

    def _missing(self) -> tuple[str, ...]:
        return tuple(part for part in self._parts if part not in self._done)

    def _run(self) -> None:
        self._tried = self._parts
        self._child = PythonChild(self._module, self)
        self._child.said.connect(self._on_said)
        self._child.ended.connect(self._on_ended)
        self._child.ended.connect(self._child.deleteLater)
        self._child.start()
        self._child.send(self._missing())

    @Slot(object)
    def _on_said(self, value: object) -> None:
        if isinstance(value, FetchProgress):
            self.progressed.emit(value)
        elif isinstance(value, MMDeskError):
            self._error = self._error or value
        elif isinstance(value, tuple):
            self._done.add(value[1])
            self.installed.emit(value[1], value[2])

    @Slot(bool)
    def _on_ended(self, in_order: bool) -> None:
        self._child = None
        self._grace.stop()
        if self._cancelled:
            self.cancelled.emit()
        elif self._error is not None:
            self.failed.emit(self._error.user_message, self._error.hint)
        elif not in_order:
            self.failed.emit(
                self.tr("Fetching stopped unexpectedly."),
                self.tr("Try again: it carries on where it stopped."),
            )
        elif self._parts != self._tried:
            self._run()
        else:
            self.finished.emit()

    @Slot()
    def _on_grace_over(self) -> None:
        if self._child is not None:
            self._child.kill()
