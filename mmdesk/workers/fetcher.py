"""Fetching model parts from the window: progress, cancel and retry over a child process."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from mmdesk.errors import MMDeskError
from mmdesk.values import FetchProgress
from mmdesk.workers.child_process import PythonChild

GRACE_MS = 3000  # between asking the child to stop and killing it

CHILD = "mmdesk.workers.fetch_main"


class Fetcher(QObject):
    """Installs parts one after another, in the order given.

    Signals (every `fetch` ends with exactly one of finished, failed, cancelled):
        progressed: FetchProgress.
        installed: id of a part that was asked for, id of what is ready for use now: another one
            where no source had the part and its fallback was taken.
        finished: all parts are there.
        failed: message, hint of the first part that could not be had; the others were tried too.
        cancelled: the person stopped it.
        part_failed: id, message, hint of each part that could not be had.
        paused: id of a part that was put aside; what is here of it stays.
    """

    progressed = Signal(object)
    installed = Signal(str, str)
    part_failed = Signal(str, str, str)
    paused = Signal(str)
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
        self._asked: list[str] = []  # of the child, and not answered yet
        self._put_aside: list[str] = []
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

    def pause(self, part: str) -> None:
        """Put one part aside, whether it is being fetched or waiting; the others go on. Without
        others this ends like `cancel`, and `retry` carries on with it.
        """
        if self._child is not None and part in self._missing() and part not in self._put_aside:
            self._put_aside.append(part)
            self._child.close_input()  # it was told all parts at once: another one is started
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

    def is_missing(self, part: str) -> bool:
        """Whether a part of the last `fetch` is not here yet."""
        return part in self._missing()

    def _missing(self) -> tuple[str, ...]:
        return tuple(part for part in self._parts if part not in self._done)

    def _run(self) -> None:
        self._tried = self._parts
        self._child = PythonChild(self._module, self)
        self._child.said.connect(self._on_said)
        self._child.ended.connect(self._on_ended)
        self._child.ended.connect(self._child.deleteLater)
        self._child.start()
        self._asked = list(self._missing())
        self._child.send(tuple(self._asked))

    @Slot(object)
    def _on_said(self, value: object) -> None:
        if isinstance(value, FetchProgress):
            self.progressed.emit(value)
        elif isinstance(value, MMDeskError):
            self._error = self._error or value
            part = self._asked.pop(0) if self._asked else ""
            self.part_failed.emit(part, value.user_message, value.hint)
        elif isinstance(value, tuple):
            self._done.add(value[1])
            self._asked.remove(value[1])
            self.installed.emit(value[1], value[2])

    @Slot(bool)
    def _on_ended(self, in_order: bool) -> None:
        self._child = None
        self._grace.stop()
        aside, self._put_aside = self._put_aside, []
        for part in aside:
            self.paused.emit(part)
        if self._cancelled:
            self.cancelled.emit()
        elif aside:
            self._go_on_without(aside)
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

    def _go_on_without(self, aside: list[str]) -> None:
        rest = tuple(part for part in self._parts if part not in aside)
        if set(rest) <= self._done:
            self.cancelled.emit()
        else:
            self._parts = rest
            self._run()

    @Slot()
    def _on_grace_over(self) -> None:
        if self._child is not None:
            self._child.kill()
